"""A vault takes what another one sealed, as it is, and nothing else in its place."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.s3_server import ObjectStore, running
from wardline import ports
from wardline.adapters.vaults.directory import DirectoryVault
from wardline.adapters.vaults.s3 import S3Vault
from wardline.errors import EvidenceError, NotFoundError, UnknownMasterKeyError

Make = Callable[[bytes], ports.SealedVault]
KEY, OTHER_KEY = b"k" * 32, b"o" * 32
NAME = ("item-1", "original")


@pytest.fixture(scope="module")
def object_store() -> Iterator[ObjectStore]:
    with running() as made:
        yield made


@pytest.fixture(params=["directory", "s3"])
def make(request: pytest.FixtureRequest, tmp_path: Path) -> Make:
    """Make a new, empty vault of a kind."""
    number = iter(range(9))

    def new(key: bytes) -> ports.SealedVault:
        if request.param == "directory":
            return DirectoryVault(tmp_path / f"vault-{next(number)}", key, reached=lambda _name: None)
        store: ObjectStore = request.getfixturevalue("object_store")
        return S3Vault(store.bucket(), key, reached=lambda _name: None)

    return new


@pytest.fixture
def sealed(tmp_path: Path) -> bytes:
    """Sealed by a vault in another folder."""
    elsewhere = DirectoryVault(tmp_path / "elsewhere", KEY, reached=lambda _name: None)
    elsewhere.seal(*NAME, b"a picture of a fountain")
    return elsewhere.sealed(*NAME)


def test_what_another_vault_sealed_is_kept_byte_for_byte_and_opened(make: Make, sealed: bytes) -> None:
    vault = make(KEY)
    assert isinstance(vault, ports.SealedVault)
    for _ in range(2):  # the same again is no error
        vault.put(*NAME, sealed)
        assert vault.sealed(*NAME) == sealed
    assert vault.open(*NAME) == b"a picture of a fountain"
    assert [each[:2] for each in vault.inventory()] == [NAME]
    vault.destroy(*NAME)
    with pytest.raises(NotFoundError):
        vault.sealed(*NAME)


def test_other_content_takes_nothings_place(make: Make, sealed: bytes) -> None:
    vault = make(KEY)
    vault.seal(*NAME, b"another picture")
    with pytest.raises(EvidenceError):
        vault.put(*NAME, sealed)
    assert vault.open(*NAME) == b"another picture"


def test_what_was_changed_or_is_under_another_name_or_key_is_not_taken(make: Make, sealed: bytes) -> None:
    vault = make(KEY)
    with pytest.raises(EvidenceError):
        vault.put(*NAME, sealed[:-1] + bytes([sealed[-1] ^ 1]))
    with pytest.raises(EvidenceError):
        vault.put("item-2", "original", sealed)
    with pytest.raises(UnknownMasterKeyError):
        make(OTHER_KEY).put(*NAME, sealed)
    assert list(vault.inventory()) == []
