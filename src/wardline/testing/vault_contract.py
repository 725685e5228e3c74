"""The contract of ``ports.Vault``, as tests. Subclass ``VaultContract`` and give it a vault.

::

    class TestMyVault(VaultContract):
        @pytest.fixture
        def vault(self, tmp_path: Path, keys: TurningKeys) -> ports.Vault:
            return MyVault(tmp_path, keys)
"""
# ruff: noqa: S101 - a contract suite is tests, kept in the package so that plug-in authors can subclass it

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from wardline import ports
from wardline.errors import EvidenceError, InputError, IntegrityError, NotFoundError

_ID = "item-01k9xyzq6m3v8r5c2t7w4n0b1d"
_OTHER_ID = "item-01k9xyzq6m3v8r5c2t7w4n0b1e"
_PURPOSE = "evidence"


class TurningKeys:
    """A ``ports.MasterKeys`` in memory, to which a test adds keys and takes them away."""

    def __init__(self) -> None:
        self.keys = [secrets.token_bytes(32)]

    def newest(self) -> bytes:
        """Give the key that was added last."""
        return self.keys[-1]

    def named(self, key_id: bytes) -> bytes | None:
        """Give the key whose digest begins so."""
        return next((key for key in self.keys if hashlib.sha256(key).digest()[:8] == key_id), None)

    @contextmanager
    def kept(self) -> Iterator[None]:
        """Do nothing: only the test changes keys."""
        yield

    def add(self) -> None:
        """Add a newer key."""
        self.keys.append(secrets.token_bytes(32))

    def retire(self) -> None:
        """Take away all but the newest."""
        self.keys = self.keys[-1:]


class VaultContract:
    """What every vault does."""

    @pytest.fixture
    def keys(self) -> TurningKeys:
        """Give the master keys of the vault."""
        return TurningKeys()

    @pytest.fixture
    def vault(self) -> ports.Vault:
        """Give an empty vault. Override it."""
        raise NotImplementedError

    @settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(content=st.binary(max_size=4096), number=st.integers(0, 2**48))
    def test_what_is_sealed_is_given_back(self, vault: ports.Vault, content: bytes, number: int) -> None:
        object_id = f"item-{number}-{hashlib.sha256(content).hexdigest()}"
        vault.seal(object_id, _PURPOSE, content)
        assert vault.open(object_id, _PURPOSE) == content

    def test_sealing_the_same_content_again_is_no_error(self, vault: ports.Vault) -> None:
        vault.seal(_ID, _PURPOSE, b"content")
        vault.seal(_ID, _PURPOSE, b"content")
        assert vault.open(_ID, _PURPOSE) == b"content"

    def test_sealing_other_content_under_the_same_name_is_refused_and_changes_nothing(
        self, vault: ports.Vault
    ) -> None:
        vault.seal(_ID, _PURPOSE, b"content")
        with pytest.raises(IntegrityError):
            vault.seal(_ID, _PURPOSE, b"other content")
        assert vault.open(_ID, _PURPOSE) == b"content"

    def test_what_was_never_sealed_is_not_found(self, vault: ports.Vault) -> None:
        with pytest.raises(NotFoundError):
            vault.open(_ID, _PURPOSE)

    def test_an_object_is_not_given_out_for_another_purpose(self, vault: ports.Vault) -> None:
        vault.seal(_ID, _PURPOSE, b"content")
        with pytest.raises((NotFoundError, EvidenceError)):
            vault.open(_ID, "rendition")

    def test_a_destroyed_object_is_gone_and_destroying_it_again_is_no_error(self, vault: ports.Vault) -> None:
        vault.seal(_ID, _PURPOSE, b"content")
        vault.seal(_OTHER_ID, _PURPOSE, b"other content")
        vault.destroy(_ID, _PURPOSE)
        vault.destroy(_ID, _PURPOSE)
        with pytest.raises(NotFoundError):
            vault.open(_ID, _PURPOSE)
        assert vault.open(_OTHER_ID, _PURPOSE) == b"other content"

    def test_destroying_what_was_never_sealed_is_no_error(self, vault: ports.Vault) -> None:
        vault.destroy(_ID, _PURPOSE)

    def test_a_destroyed_name_may_be_sealed_again(self, vault: ports.Vault) -> None:
        vault.seal(_ID, _PURPOSE, b"content")
        vault.destroy(_ID, _PURPOSE)
        vault.seal(_ID, _PURPOSE, b"new content")
        assert vault.open(_ID, _PURPOSE) == b"new content"

    def test_the_inventory_lists_every_object_once_with_an_aware_time(self, vault: ports.Vault) -> None:
        vault.seal(_ID, _PURPOSE, b"content")
        vault.seal(_OTHER_ID, _PURPOSE, b"other content")
        vault.destroy(_OTHER_ID, _PURPOSE)
        ((object_id, purpose, sealed_at),) = list(vault.inventory())
        assert (object_id, purpose) == (_ID, _PURPOSE)
        assert sealed_at.utcoffset() == timedelta(0)
        assert sealed_at > datetime(2020, 1, 1, tzinfo=UTC)

    def test_after_a_change_of_keys_the_new_one_alone_opens_what_was_wrapped_anew(
        self, vault: ports.Vault, keys: TurningKeys
    ) -> None:
        vault.seal(_ID, _PURPOSE, b"content")
        (before,) = vault.inventory()
        keys.add()
        assert vault.open(_ID, _PURPOSE) == b"content"
        assert vault.rewrap(_ID, _PURPOSE) is True
        assert vault.rewrap(_ID, _PURPOSE) is False
        keys.retire()
        assert vault.open(_ID, _PURPOSE) == b"content"
        assert list(vault.inventory()) == [before]

    def test_what_was_not_wrapped_anew_does_not_open_without_the_old_key(
        self, vault: ports.Vault, keys: TurningKeys
    ) -> None:
        vault.seal(_ID, _PURPOSE, b"content")
        keys.add()
        keys.retire()
        with pytest.raises(EvidenceError):
            vault.open(_ID, _PURPOSE)
        with pytest.raises(EvidenceError):
            vault.rewrap(_ID, _PURPOSE)

    def test_wrapping_anew_what_is_not_there_brings_nothing_back(
        self, vault: ports.Vault, keys: TurningKeys
    ) -> None:
        vault.seal(_ID, _PURPOSE, b"content")
        vault.destroy(_ID, _PURPOSE)
        keys.add()
        assert vault.rewrap(_ID, _PURPOSE) is False
        assert list(vault.inventory()) == []

    @pytest.mark.parametrize(
        "object_id", ["", ".", "..", "../item", "a/b", "/etc/hosts", "item\0", "item\n", "a.b", "A" * 500]
    )
    def test_an_id_that_could_be_a_path_is_refused(self, vault: ports.Vault, object_id: str) -> None:
        for act in (lambda: vault.seal(object_id, _PURPOSE, b""), lambda: vault.open(object_id, _PURPOSE)):
            with pytest.raises(InputError):
                act()
        with pytest.raises(InputError):
            vault.seal(_ID, object_id, b"")
