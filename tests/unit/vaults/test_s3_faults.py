from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from tests.s3_server import ObjectStore, names_in, place
from tests.unit.vaults.faulty_store import Door, door_before
from wardline.adapters.vaults.bucket import Bucket
from wardline.adapters.vaults.s3 import S3Vault
from wardline.errors import (
    DependencyError,
    NotFoundError,
    StorageFullError,
    VaultDeniedError,
    VaultUnavailableError,
    WardlineError,
)
from wardline.testing.write_points import Recorder

ID = "item-01k9xyzq6m3v8r5c2t7w4n0b1d"
OTHER_ID = "item-01k9xyzq6m3v8r5c2t7w4n0b1e"
KEY = bytes(range(32))

ACTS: dict[str, Callable[[S3Vault], object]] = {
    "seal": lambda vault: vault.seal(OTHER_ID, "evidence", b"other content"),
    "open": lambda vault: vault.open(ID, "evidence"),
    "destroy": lambda vault: vault.destroy(ID, "evidence"),
    "inventory": lambda vault: list(vault.inventory()),
}


@pytest.fixture
def bucket(object_store: ObjectStore) -> Bucket:
    return object_store.bucket()


@pytest.fixture
def door(bucket: Bucket) -> Iterator[Door]:
    with door_before(bucket.place.endpoint) as made:
        yield made


def _through(door: Door, bucket: Bucket, *, attempts: int = 1, answer_seconds: float = 10.0) -> S3Vault:
    behind = place(door.url, bucket.place.bucket, attempts=attempts, answer_seconds=answer_seconds)
    return S3Vault(Bucket(behind), KEY, reached=Recorder())


FAULTS: list[tuple[str, type[WardlineError]]] = [
    ("507 InsufficientStorage", StorageFullError), ("400 QuotaExceeded", StorageFullError),
    ("403 AccessDenied", VaultDeniedError), ("403 SignatureDoesNotMatch", VaultDeniedError), ("404 NoSuchBucket", VaultDeniedError),
    ("503 SlowDown", VaultUnavailableError), ("500 InternalError", VaultUnavailableError), ("400 BadDigest", VaultUnavailableError),
    ("404 ???", VaultUnavailableError), ("lost", VaultUnavailableError), ("silent", VaultUnavailableError),
]  # fmt: skip


@pytest.mark.long
@pytest.mark.parametrize("act", ACTS)
@pytest.mark.parametrize(("what", "kind"), FAULTS)
def test_an_object_store_that_fails_is_told_apart_and_nothing_is_lost(
    door: Door, bucket: Bucket, act: str, what: str, kind: type[WardlineError]
) -> None:
    vault = _through(door, bucket, answer_seconds=0.3 if what == "silent" else 10.0)
    vault.seal(ID, "evidence", b"content")
    door.fails(what)
    with pytest.raises(kind) as told:
        ACTS[act](vault)
    assert isinstance(told.value, DependencyError), "try again: neither clean nor gone"
    assert not isinstance(told.value, NotFoundError)
    door.works()
    if act != "destroy":
        assert vault.open(ID, "evidence") == b"content"
    ACTS[act](vault)
    if act == "seal":
        assert vault.open(OTHER_ID, "evidence") == b"other content"


@pytest.mark.parametrize("act", ["open", "inventory"])
def test_an_answer_that_is_cut_off_is_no_shorter_answer(door: Door, bucket: Bucket, act: str) -> None:
    vault = _through(door, bucket)
    vault.seal(ID, "evidence", b"content")
    door.fails("cut", method="GET")
    with pytest.raises(VaultUnavailableError):
        ACTS[act](vault)


@pytest.mark.parametrize("part", ["/key", "/0"])
def test_a_write_whose_answer_is_lost_is_tried_again_and_is_there_once(
    door: Door, bucket: Bucket, part: str
) -> None:
    vault = _through(door, bucket, attempts=3)
    door.fails("lost", method="PUT", path=part, first=1)
    vault.seal(OTHER_ID, "evidence", b"content")
    assert vault.open(OTHER_ID, "evidence") == b"content"
    assert len(names_in(bucket)) == 2


def test_a_write_that_came_out_otherwise_is_refused(door: Door, bucket: Bucket) -> None:
    vault = _through(door, bucket)
    door.fails("other bytes")
    with pytest.raises(VaultUnavailableError):
        vault.seal(ID, "evidence", b"content")
    door.works()
    with pytest.raises(NotFoundError):
        vault.open(ID, "evidence")


def test_a_version_that_may_not_be_removed_keeps_none_of_the_others(door: Door, bucket: Bucket) -> None:
    vault = _through(door, bucket)
    vault.seal(ID, "evidence", b"content")
    door.fails("403 AccessDenied", method="DELETE", path=f"{ID}.evidence/0")
    with pytest.raises(VaultDeniedError, match="cannot be removed"):
        vault.destroy(ID, "evidence")
    with pytest.raises(NotFoundError):
        vault.open(ID, "evidence")
    assert [each[0] for each in vault.inventory()] == [ID]
    door.works()
    vault.destroy(ID, "evidence")
    assert names_in(bucket) == []


@pytest.mark.parametrize("code", ["501 NotImplemented", "405 MethodNotAllowed"])
def test_an_object_store_that_knows_no_versions_serves_too(door: Door, bucket: Bucket, code: str) -> None:
    vault = _through(door, bucket)
    door.fails(code, path="versions")
    vault.seal(ID, "evidence", b"content")
    vault.seal(OTHER_ID, "evidence", b"content")
    vault.destroy(OTHER_ID, "evidence")
    assert [each[0] for each in vault.inventory()] == [ID]


def test_nothing_of_the_machine_s_own_set_up_is_used(
    door: Door, bucket: Bucket, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in {
        "AWS_PROFILE": "missing", "AWS_ACCESS_KEY_ID": "foreign", "AWS_SECRET_ACCESS_KEY": "foreign", "AWS_SESSION_TOKEN": "foreign",
        "AWS_ENDPOINT_URL": "http://127.0.0.1:1", "AWS_ENDPOINT_URL_S3": "http://127.0.0.1:1", "AWS_REGION": "nowhere",
        "AWS_CONFIG_FILE": "/missing", "HTTP_PROXY": "http://127.0.0.1:1", "http_proxy": "http://127.0.0.1:1",
        "AWS_CA_BUNDLE": "/missing", "AWS_USE_FIPS_ENDPOINT": "true", "AWS_USE_DUALSTACK_ENDPOINT": "true",
    }.items():  # fmt: skip
        monkeypatch.setenv(name, value)
    vault = _through(door, bucket)
    vault.seal(ID, "evidence", b"content")
    assert vault.open(ID, "evidence") == b"content"
    assert door.credentials == {"id"}


def test_no_content_goes_over_the_line_and_no_name_stands_in_an_error(door: Door, bucket: Bucket) -> None:
    vault, marker = _through(door, bucket), b"a harmless marker that must never leave this process"
    vault.seal(ID, "evidence", marker)
    assert vault.open(ID, "evidence") == marker
    assert any(door.sent)
    assert not any(marker in body for body in door.sent)
    door.fails("403 AccessDenied")
    with pytest.raises(VaultDeniedError) as told:
        vault.open(ID, "evidence")
    assert bucket.place.bucket not in told.value.message
    assert "127.0.0.1" not in told.value.message
