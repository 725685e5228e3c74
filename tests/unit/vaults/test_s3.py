from __future__ import annotations

import os
import secrets
import subprocess
import sys
import threading
from datetime import UTC, datetime

import pytest

from tests.s3_server import ObjectStore, names_in
from wardline.adapters.vaults.bucket import Bucket
from wardline.adapters.vaults.s3 import S3Vault
from wardline.errors import (
    EvidenceError,
    NotFoundError,
    UnknownMasterKeyError,
    VaultDeniedError,
    VaultUnavailableError,
)
from wardline.testing.clock import VirtualClock
from wardline.testing.vault_contract import TurningKeys
from wardline.testing.write_points import Recorder

ID = "item-01k9xyzq6m3v8r5c2t7w4n0b1d"
OTHER_ID = "item-01k9xyzq6m3v8r5c2t7w4n0b1e"
KEY = bytes(range(32))
MARKER = b"a harmless marker that must never leave this process"


@pytest.fixture
def bucket(object_store: ObjectStore) -> Bucket:
    return object_store.bucket()


@pytest.fixture
def vault(bucket: Bucket) -> S3Vault:
    return S3Vault(bucket, KEY, reached=Recorder())


def _contents(bucket: Bucket) -> dict[str, bytes]:
    found = {entry.name: bucket.read(entry.name) for entry in bucket.entries("") if entry.is_newest}
    return {name: content[0] for name, content in found.items() if content is not None}


def _put(bucket: Bucket, name: str, content: bytes) -> None:
    bucket.asked().put_object(Bucket=bucket.place.bucket, Key=name, Body=content)


def _stopping(point: str) -> object:
    def stop(name: str) -> None:
        if name == point:
            raise RuntimeError(name)

    return stop


def test_nothing_of_the_content_lies_in_the_bucket_at_any_write_point(bucket: Bucket) -> None:
    seen: list[str] = []

    def look(name: str) -> None:
        seen.append(name)
        assert not any(MARKER in content for content in _contents(bucket).values())

    vault = S3Vault(bucket, KEY, reached=look)
    vault.seal(ID, "evidence", MARKER * 50)
    vault.destroy(ID, "evidence")
    assert seen == [
        "vault:before-seal", "vault:written", "vault:sealed", "vault:key-destroyed", "vault:destroyed",
    ]  # fmt: skip
    assert names_in(bucket) == []


def test_any_changed_byte_of_the_head_and_of_the_content_is_found(vault: S3Vault, bucket: Bucket) -> None:
    vault.seal(ID, "evidence", b"small")
    for name, content in _contents(bucket).items():
        for position in range(len(content)):
            changed = bytearray(content)
            changed[position] ^= 1
            _put(bucket, name, bytes(changed))
            with pytest.raises(EvidenceError):
                vault.open(ID, "evidence")
        for damaged in (b"", content[:-1], content + b"\0"):
            _put(bucket, name, damaged)
            with pytest.raises(EvidenceError):
                vault.open(ID, "evidence")
        _put(bucket, name, content)
    assert vault.open(ID, "evidence") == b"small"


def test_an_object_put_in_the_place_of_another_is_found(vault: S3Vault, bucket: Bucket) -> None:
    vault.seal(ID, "evidence", b"one")
    vault.seal(OTHER_ID, "evidence", b"two")
    for name, content in _contents(bucket).items():
        if OTHER_ID in name:
            _put(bucket, name.replace(OTHER_ID, ID), content)
    with pytest.raises(EvidenceError):
        vault.open(ID, "evidence")


def test_an_object_without_its_content_is_damaged_and_not_absent(vault: S3Vault, bucket: Bucket) -> None:
    vault.seal(ID, "evidence", b"one")
    for entry in list(bucket.entries("")):
        if not entry.name.endswith("/key"):
            bucket.remove(entry)
    with pytest.raises(EvidenceError):
        vault.open(ID, "evidence")
    assert [each[0] for each in vault.inventory()] == [ID]


def test_another_master_key_opens_nothing_and_seals_nothing_beside(vault: S3Vault, bucket: Bucket) -> None:
    vault.seal(ID, "evidence", b"one")
    other = S3Vault(bucket, secrets.token_bytes(32), reached=Recorder())
    before = names_in(bucket)
    for act in (lambda: other.open(ID, "evidence"), lambda: other.seal(OTHER_ID, "evidence", b"two")):
        with pytest.raises(UnknownMasterKeyError):
            act()
    assert names_in(bucket) == before


@pytest.mark.parametrize("name", ["a-folder/key", f"{'0' * 9}.evidence/key"])
def test_something_foreign_or_damaged_in_the_bucket_keeps_no_upload_out(
    vault: S3Vault, bucket: Bucket, name: str
) -> None:
    """The sweep tells of it; the master key is compared with the first object that has a head."""
    _put(bucket, f"{bucket.place.prefix}{name}", b"no head")
    vault.seal(ID, "evidence", b"one")
    assert vault.open(ID, "evidence") == b"one"
    other = S3Vault(bucket, secrets.token_bytes(32), reached=Recorder())
    with pytest.raises(UnknownMasterKeyError):
        other.seal(OTHER_ID, "evidence", b"two")


def test_the_sealing_time_is_the_clock_s_and_stays_when_keys_change(bucket: Bucket) -> None:
    clock, keys = VirtualClock(datetime(2026, 11, 23, 9, 30, 1, 123456, tzinfo=UTC)), TurningKeys()
    vault = S3Vault(bucket, keys, reached=Recorder(), now=clock.now)
    vault.seal(ID, "evidence", b"")
    keys.add()
    assert vault.rewrap(ID, "evidence") is True
    assert list(vault.inventory()) == [(ID, "evidence", clock.now())]


def test_the_inventory_stops_at_what_it_did_not_write(vault: S3Vault, bucket: Bucket) -> None:
    vault.seal(ID, "evidence", b"content")
    for name in ("note.txt", f"{ID}.evidence/note", "a b.evidence/key"):
        _put(bucket, bucket.place.prefix + name, b"foreign")
        with pytest.raises(EvidenceError):
            list(vault.inventory())
        bucket.remove_all(bucket.place.prefix + name)
    assert len(list(vault.inventory())) == 1


def test_what_lies_outside_the_prefix_is_left_alone(vault: S3Vault, bucket: Bucket) -> None:
    _put(bucket, "something else", b"foreign")
    vault.seal(ID, "evidence", b"content")
    assert len(list(vault.inventory())) == 1
    vault.destroy(ID, "evidence")
    assert names_in(bucket) == ["something else"]


def test_more_objects_than_a_page_of_the_object_store_are_all_listed(
    vault: S3Vault, bucket: Bucket, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("wardline.adapters.vaults.bucket._PAGE", 3)
    for number in range(8):
        vault.seal(f"item-{number}", "evidence", b"content")
        vault.seal(f"item-{number}", "evidence-2", b"content")
    found = [(object_id, purpose) for object_id, purpose, _ in vault.inventory()]
    assert sorted(found) == sorted(
        (f"item-{n}", purpose) for n in range(8) for purpose in ("evidence", "evidence-2")
    )


# --- versions and locks ---------------------------------------------------------------------------------------------------------------
def test_in_a_bucket_with_versions_every_version_is_destroyed(object_store: ObjectStore) -> None:
    bucket, keys = object_store.bucket(versioned=True), TurningKeys()
    vault = S3Vault(bucket, keys, reached=Recorder())
    vault.seal(ID, "evidence", b"content")
    for entry in list(bucket.entries("")):
        # Somebody deletes it by hand: the bucket hides it, and keeps it.
        bucket.asked().delete_object(Bucket=bucket.place.bucket, Key=entry.name)
    with pytest.raises(NotFoundError):
        vault.open(ID, "evidence")
    assert [each[0] for each in vault.inventory()] == [ID], "so that a sweep finds it"
    vault.destroy(ID, "evidence")
    assert names_in(bucket) == []


def test_wrapping_a_key_anew_leaves_no_older_version_of_it(object_store: ObjectStore) -> None:
    bucket, keys = object_store.bucket(versioned=True), TurningKeys()
    vault = S3Vault(bucket, keys, reached=Recorder())
    vault.seal(ID, "evidence", b"content")
    keys.add()
    vault.rewrap(ID, "evidence")
    assert len(names_in(bucket)) == 2
    keys.retire()
    assert vault.open(ID, "evidence") == b"content"


def test_an_older_version_of_a_key_that_could_not_be_removed_goes_when_the_rotation_goes_on(
    object_store: ObjectStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    bucket, keys = object_store.bucket(versioned=True), TurningKeys()
    vault = S3Vault(bucket, keys, reached=Recorder())
    vault.seal(ID, "evidence", b"content")
    keys.add()

    def away(_bucket: Bucket, _entry: object) -> None:
        raise VaultUnavailableError("bucket: remove failed, expected it to work")

    with monkeypatch.context() as patched:
        patched.setattr(Bucket, "remove", away)
        with pytest.raises(VaultUnavailableError):
            vault.rewrap(ID, "evidence")
    assert len(names_in(bucket)) == 3, "the head under the old key is still there"
    assert vault.rewrap(ID, "evidence") is False
    assert len(names_in(bucket)) == 2
    assert vault.open(ID, "evidence") == b"content"


def test_a_lock_on_an_older_version_of_a_key_does_not_stop_a_rotation(
    object_store: ObjectStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The rotation is what makes that version worthless."""
    bucket, keys = object_store.bucket(versioned=True), TurningKeys()
    vault = S3Vault(bucket, keys, reached=Recorder())
    vault.seal(ID, "evidence", b"content")
    keys.add()

    def locked(_bucket: Bucket, _entry: object) -> None:
        raise VaultDeniedError("bucket: remove is refused, expected the right to it")

    monkeypatch.setattr(Bucket, "remove", locked)
    assert vault.rewrap(ID, "evidence") is True
    assert vault.rewrap(ID, "evidence") is False
    keys.retire()
    assert vault.open(ID, "evidence") == b"content"


def test_a_locked_version_is_told_of_stays_listed_and_goes_when_the_lock_is_off(
    object_store: ObjectStore,
) -> None:
    bucket = object_store.bucket(locked=True)
    vault = S3Vault(bucket, KEY, reached=Recorder())
    vault.seal(ID, "evidence", b"content")
    client, name = bucket.asked(), bucket.place.bucket
    for entry in list(bucket.entries("")):
        client.put_object_legal_hold(Bucket=name, Key=entry.name, LegalHold={"Status": "ON"})
    with pytest.raises(VaultDeniedError):
        vault.destroy(ID, "evidence")
    assert [each[0] for each in vault.inventory()] == [ID]
    for entry in list(bucket.entries("")):
        client.put_object_legal_hold(Bucket=name, Key=entry.name, LegalHold={"Status": "OFF"})
    vault.destroy(ID, "evidence")
    assert names_in(bucket) == []


def test_what_a_lock_keeps_nobody_opens_once_the_master_key_was_changed(object_store: ObjectStore) -> None:
    bucket, keys = object_store.bucket(versioned=True), TurningKeys()
    vault = S3Vault(bucket, keys, reached=Recorder())
    vault.seal(ID, "evidence", b"content")
    kept = _contents(bucket)
    vault.destroy(ID, "evidence")
    keys.add()
    keys.retire()
    for name, content in kept.items():
        _put(bucket, name, content)
    with pytest.raises(UnknownMasterKeyError):
        vault.open(ID, "evidence")


# --- crashes --------------------------------------------------------------------------------------------------------------------------
_PROGRAM = """
import sys
from wardline.adapters.vaults.bucket import Bucket
from wardline.adapters.vaults.s3 import S3Vault
from tests.s3_server import place
from wardline.testing import write_points
url, bucket, act, object_id = sys.argv[1:]
vault = S3Vault(Bucket(place(url, bucket)), bytes(range(32)), reached=write_points.from_environment())
vault.seal(object_id, "evidence", b"content") if act == "seal" else vault.destroy(object_id, "evidence")
"""


def _killed(bucket: Bucket, act: str, point: str) -> None:
    environment = {**os.environ, "WARDLINE_CRASH_AT": point}
    command = [sys.executable, "-c", _PROGRAM, bucket.place.endpoint, bucket.place.bucket, act, ID]
    run = subprocess.run(command, env=environment, check=False, capture_output=True)
    assert run.returncode == -9, run.stderr.decode()


@pytest.mark.parametrize("point", ["vault:before-seal", "vault:written"])
def test_killed_before_it_has_a_head_an_object_is_not_there_and_may_be_sealed_again(
    vault: S3Vault, bucket: Bucket, point: str
) -> None:
    _killed(bucket, "seal", point)
    with pytest.raises(NotFoundError):
        vault.open(ID, "evidence")
    left = [each[0] for each in vault.inventory()]
    assert left == ([ID] if point == "vault:written" else []), "so that a sweep removes the ciphertext"
    vault.seal(ID, "evidence", b"content")
    assert vault.open(ID, "evidence") == b"content"
    assert len(list(vault.inventory())) == 1
    vault.destroy(ID, "evidence")
    assert names_in(bucket) == []


def test_killed_after_it_has_a_head_an_object_is_whole(vault: S3Vault, bucket: Bucket) -> None:
    _killed(bucket, "seal", "vault:sealed")
    assert vault.open(ID, "evidence") == b"content"


def test_killed_when_the_key_was_destroyed_nobody_opens_it_and_a_sweep_finishes(
    vault: S3Vault, bucket: Bucket
) -> None:
    vault.seal(ID, "evidence", b"content")
    _killed(bucket, "destroy", "vault:key-destroyed")
    with pytest.raises(NotFoundError):
        vault.open(ID, "evidence")
    assert [each[0] for each in vault.inventory()] == [ID]
    vault.destroy(ID, "evidence")
    assert names_in(bucket) == []


@pytest.mark.parametrize("point", ["vault:before-rewrap", "vault:rewrapped"])
def test_a_crash_while_a_key_is_wrapped_anew_leaves_the_object_readable(bucket: Bucket, point: str) -> None:
    keys = TurningKeys()
    vault = S3Vault(bucket, keys, reached=_stopping(point))  # type: ignore[arg-type]  # a function that takes a name
    vault.seal(ID, "evidence", b"one")
    keys.add()
    with pytest.raises(RuntimeError):
        vault.rewrap(ID, "evidence")
    again = S3Vault(bucket, keys, reached=Recorder())
    assert again.open(ID, "evidence") == b"one"
    assert again.rewrap(ID, "evidence") is (point == "vault:before-rewrap")
    keys.retire()
    assert again.open(ID, "evidence") == b"one"


def test_what_is_destroyed_while_its_key_is_wrapped_anew_does_not_come_back(bucket: Bucket) -> None:
    keys = TurningKeys()
    other = S3Vault(bucket, keys, reached=Recorder())

    def destroy(name: str) -> None:
        if name == "vault:before-rewrap":
            other.destroy(ID, "evidence")

    vault = S3Vault(bucket, keys, reached=destroy)
    vault.seal(ID, "evidence", b"one")
    keys.add()
    assert vault.rewrap(ID, "evidence") is False
    assert names_in(bucket) == []


def test_of_many_threads_that_seal_one_name_exactly_one_content_wins(vault: S3Vault, bucket: Bucket) -> None:
    refused: list[int] = []
    start = threading.Barrier(6)

    def seal(number: int) -> None:
        start.wait()
        try:
            vault.seal(ID, "evidence", b"content %d" % number)
        except EvidenceError:
            refused.append(number)

    threads = [threading.Thread(target=seal, args=(number,)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    (winner,) = set(range(6)) - set(refused)
    assert vault.open(ID, "evidence") == b"content %d" % winner
    assert len(names_in(bucket)) == 2, "the ciphertexts of the others are gone"
