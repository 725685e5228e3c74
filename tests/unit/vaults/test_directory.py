from __future__ import annotations

import errno
import os
import secrets
import struct
import subprocess
import sys
import threading
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.keywrap import aes_key_wrap

from wardline.adapters.vaults import DirectoryVault
from wardline.adapters.vaults.envelope import HEADER_BYTES, Name, open_sealed
from wardline.errors import (
    ConfigurationError,
    EvidenceError,
    InputError,
    NotFoundError,
    StorageFullError,
    StoreUnavailableError,
    UnknownMasterKeyError,
)
from wardline.testing.clock import VirtualClock
from wardline.testing.vault_contract import TurningKeys
from wardline.testing.write_points import Recorder

ID = "item-01k9xyzq6m3v8r5c2t7w4n0b1d"
OTHER_ID = "item-01k9xyzq6m3v8r5c2t7w4n0b1e"
KEY = bytes(range(32))
MARKER = b"a harmless marker that must never be found on disk"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return tmp_path / "vault"


@pytest.fixture
def vault(root: Path) -> DirectoryVault:
    return DirectoryVault(root, KEY, reached=Recorder())


def _files(root: Path) -> list[Path]:
    return [path for path in root.rglob("*") if path.is_file()]


def _only_file(root: Path) -> Path:
    (path,) = _files(root)
    return path


def test_every_single_changed_bit_is_found(vault: DirectoryVault, root: Path) -> None:
    vault.seal(ID, "evidence", b"small")
    path = _only_file(root)
    sealed = path.read_bytes()
    for position in range(len(sealed) * 8):
        changed = bytearray(sealed)
        changed[position // 8] ^= 1 << position % 8
        path.write_bytes(changed)
        with pytest.raises(EvidenceError):
            vault.open(ID, "evidence")
    path.write_bytes(sealed)
    assert vault.open(ID, "evidence") == b"small"


def test_a_file_cut_short_or_made_longer_is_found(vault: DirectoryVault, root: Path) -> None:
    vault.seal(ID, "evidence", MARKER)
    path = _only_file(root)
    whole = path.read_bytes()
    for changed in (*(whole[:length] for length in range(len(whole))), whole + b"\0", whole + whole):
        path.write_bytes(changed)
        with pytest.raises(EvidenceError):
            vault.open(ID, "evidence")


def test_a_file_put_in_the_place_of_another_is_found(vault: DirectoryVault, root: Path) -> None:
    vault.seal(ID, "evidence", b"one")
    first = _only_file(root)
    vault.seal(OTHER_ID, "evidence", b"two")
    (second,) = set(_files(root)) - {first}
    first.replace(second)
    with pytest.raises(EvidenceError):
        vault.open(OTHER_ID, "evidence")


def test_a_file_moved_to_another_purpose_is_found(vault: DirectoryVault, root: Path) -> None:
    vault.seal(ID, "evidence", b"one")
    path = _only_file(root)
    path.rename(path.with_name(path.name.replace("evidence", "rendition")))
    with pytest.raises(EvidenceError):
        vault.open(ID, "rendition")


def test_another_master_key_opens_nothing_and_does_not_begin(vault: DirectoryVault, root: Path) -> None:
    empty = DirectoryVault(root, secrets.token_bytes(32), reached=Recorder())
    vault.seal(ID, "evidence", b"one")
    with pytest.raises(UnknownMasterKeyError):
        empty.open(ID, "evidence")
    with pytest.raises(UnknownMasterKeyError, match=r"vault\.key"):
        DirectoryVault(root, secrets.token_bytes(32), reached=Recorder())


def test_a_change_of_keys_that_was_interrupted_does_not_begin_without_the_old_key(root: Path) -> None:
    keys = TurningKeys()
    vault = DirectoryVault(root, keys, reached=Recorder())
    ids = [f"item-{number}" for number in range(40)]
    for each in ids:
        vault.seal(each, "evidence", b"one")
    keys.add()
    for object_id, purpose, _ in list(vault.inventory())[:20]:
        vault.rewrap(object_id, purpose)
    keys.retire()
    with pytest.raises(UnknownMasterKeyError, match=r"vault\.key"):
        DirectoryVault(root, keys, reached=Recorder())


def test_what_an_object_was_under_an_older_key_is_worthless_on_the_disk(root: Path) -> None:
    keys = TurningKeys()
    vault = DirectoryVault(root, keys, reached=Recorder())
    vault.seal(ID, "evidence", b"one")
    with _only_file(root).open("rb") as before:  # the file itself, whatever its name comes to mean
        sealed = before.read()
        keys.add()
        vault.rewrap(ID, "evidence")
        before.seek(0)
        left = before.read()
    assert left != sealed
    with pytest.raises(EvidenceError):
        open_sealed(keys, Name(ID, "evidence"), left)
    assert vault.open(ID, "evidence") == b"one"


def test_what_is_read_while_its_key_is_wrapped_anew_is_read_again(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    keys = TurningKeys()
    vault = DirectoryVault(root, keys, reached=Recorder())
    vault.seal(ID, "evidence", b"one")
    read, torn = Path.read_bytes, list[bool]()

    def interrupted(path: Path) -> bytes:
        if torn:
            return read(path)
        torn.append(True)
        with path.open("rb") as opened:
            keys.add()
            vault.rewrap(ID, "evidence")
            return opened.read()

    monkeypatch.setattr(Path, "read_bytes", interrupted)
    assert vault.open(ID, "evidence") == b"one"
    assert torn


def test_a_left_over_is_worthless_on_the_disk(root: Path) -> None:
    _killed_seal(root, "vault:written")
    with _only_file(root).open("rb") as left:
        sealed = left.read()
        DirectoryVault(root, KEY, reached=Recorder())
        left.seek(0)
        assert left.read()[:HEADER_BYTES] != sealed[:HEADER_BYTES]
    assert _files(root) == []


@pytest.mark.parametrize("point", ["vault:before-rewrap", "vault:rewrapped"])
def test_a_crash_while_a_key_is_wrapped_anew_leaves_the_object_readable(root: Path, point: str) -> None:
    keys = TurningKeys()

    def stop(name: str) -> None:
        if name == point:
            raise RuntimeError

    vault = DirectoryVault(root, keys, reached=stop)
    vault.seal(ID, "evidence", b"one")
    keys.add()
    with pytest.raises(RuntimeError):
        vault.rewrap(ID, "evidence")
    again = DirectoryVault(root, keys, reached=Recorder())
    assert again.open(ID, "evidence") == b"one"
    assert again.rewrap(ID, "evidence") is (point == "vault:before-rewrap")
    keys.retire()
    assert again.open(ID, "evidence") == b"one"
    assert list((root / "incoming").iterdir()) == []


def test_a_file_of_the_first_version_is_read_and_wrapped_anew(root: Path) -> None:
    keys = TurningKeys()
    vault = DirectoryVault(root, keys, reached=Recorder())
    vault.seal(ID, "evidence", b"one")
    (path,) = root.glob("*/*.sealed")
    name, fixed = Name(ID, "evidence"), struct.Struct(">8sH8sq12s")
    magic, _, key, at, nonce = fixed.unpack(path.read_bytes()[: fixed.size])
    first = fixed.pack(magic, 1, key, at, nonce)
    bound = (
        b"wardline vault"
        + first
        + b"".join(struct.pack(">H", len(part)) + part.encode() for part in (name.object_id, name.purpose))
    )
    wrapped = aes_key_wrap(keys.newest(), b"d" * 32)
    path.write_bytes(first + wrapped + AESGCM(b"d" * 32).encrypt(nonce, b"one", bound))
    assert vault.open(ID, "evidence") == b"one"
    ((_, _, sealed_at),) = vault.inventory()
    keys.add()
    assert vault.rewrap(ID, "evidence") is True
    keys.retire()
    assert vault.open(ID, "evidence") == b"one"
    assert [each[2] for each in vault.inventory()] == [sealed_at]


def test_no_plaintext_is_in_any_file_at_any_write_point(root: Path) -> None:
    seen: list[str] = []

    def look(name: str) -> None:
        seen.append(name)
        assert not any(MARKER in path.read_bytes() for path in _files(root))

    vault = DirectoryVault(root, KEY, reached=look)
    vault.seal(ID, "evidence", MARKER * 50)
    vault.destroy(ID, "evidence")
    assert seen == [
        "vault:before-seal",
        "vault:written",
        "vault:sealed",
        "vault:key-destroyed",
        "vault:destroyed",
    ]


def test_the_same_content_sealed_twice_is_never_the_same_file(vault: DirectoryVault, root: Path) -> None:
    vault.seal(ID, "evidence", MARKER)
    vault.seal(OTHER_ID, "evidence", MARKER)
    first, second = (path.read_bytes() for path in _files(root))
    assert not {first[n : n + 16] for n in range(26, len(first) - 16)} & {
        second[n : n + 16] for n in range(26, len(second) - 16)
    }


def test_files_and_folders_are_for_their_owner_only(vault: DirectoryVault, root: Path) -> None:
    vault.seal(ID, "evidence", b"content")
    assert root.stat().st_mode & 0o777 == 0o700
    assert all(path.stat().st_mode & 0o777 == (0o700 if path.is_dir() else 0o600) for path in root.rglob("*"))


def test_the_key_is_overwritten_before_the_file_goes(root: Path) -> None:
    def stop(name: str) -> None:
        if name == "vault:key-destroyed":
            raise KeyboardInterrupt

    vault = DirectoryVault(root, KEY, reached=stop)
    vault.seal(ID, "evidence", b"content")
    before = _only_file(root).read_bytes()
    with pytest.raises(KeyboardInterrupt):
        vault.destroy(ID, "evidence")
    after = _only_file(root).read_bytes()
    assert sum(a != b for a, b in zip(before, after, strict=True)) > 30
    with pytest.raises(EvidenceError):
        vault.open(ID, "evidence")
    assert [object_id for object_id, _, _ in vault.inventory()] == [ID]  # so that a sweep can finish it
    healthy = DirectoryVault(root, KEY, reached=Recorder())
    healthy.destroy(ID, "evidence")
    assert not list(healthy.inventory())


def test_the_sealing_time_is_the_clock_s(root: Path) -> None:
    clock = VirtualClock(datetime(2026, 11, 23, 9, 30, 1, 123456, tzinfo=UTC))
    vault = DirectoryVault(root, KEY, reached=Recorder(), now=clock.now)
    vault.seal(ID, "evidence", b"")
    assert list(vault.inventory()) == [(ID, "evidence", clock.now())]


def test_the_inventory_stops_at_what_it_did_not_write(vault: DirectoryVault, root: Path) -> None:
    vault.seal(ID, "evidence", b"content")
    _only_file(root).write_bytes(b"short")
    with pytest.raises(EvidenceError):
        list(vault.inventory())
    _only_file(root).rename(root / "00" / "foreign file.txt")
    with pytest.raises(EvidenceError):
        list(vault.inventory())


def test_a_sealed_file_in_another_folder_is_an_integrity_error(vault: DirectoryVault, root: Path) -> None:
    vault.seal(ID, "evidence", b"content")
    path = _only_file(root)
    path.rename(root / ("00" if path.parent.name != "00" else "01") / path.name)
    with pytest.raises(EvidenceError):
        list(vault.inventory())


@pytest.mark.parametrize("call", ["write", "fsync", "open"])
@pytest.mark.parametrize(
    ("code", "error"), [(errno.ENOSPC, StorageFullError), (errno.EIO, StoreUnavailableError)]
)
def test_a_disk_that_fails_leaves_nothing_half_written(
    vault: DirectoryVault,
    root: Path,
    monkeypatch: pytest.MonkeyPatch,
    call: str,
    code: int,
    error: type[Exception],
) -> None:
    def fail(*args: Any, **kwargs: Any) -> Any:
        raise OSError(code, os.strerror(code))

    with monkeypatch.context() as patch:
        patch.setattr(os, call, fail)
        with pytest.raises(error):
            vault.seal(ID, "evidence", b"content")
    assert not _files(root)
    with pytest.raises(NotFoundError):
        vault.open(ID, "evidence")
    vault.seal(ID, "evidence", b"content")
    assert vault.open(ID, "evidence") == b"content"


def test_a_disk_that_is_really_full_refuses_and_reads_on(root: Path) -> None:
    program = f"""
import resource
from pathlib import Path
from wardline.adapters.vaults import DirectoryVault
from wardline.errors import StorageFullError
vault = DirectoryVault(Path({str(root)!r}), bytes(32), reached=print)
vault.seal("item-small", "evidence", b"x" * 100)
resource.setrlimit(resource.RLIMIT_FSIZE, (5000, 5000))
try:
    vault.seal("item-large", "evidence", b"y" * 20000)
except StorageFullError:
    assert vault.open("item-small", "evidence") == b"x" * 100
    assert [entry[0] for entry in vault.inventory()] == ["item-small"]
    print("refused")
"""
    run = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert run.stdout.endswith("refused\n")
    assert len(_files(root)) == 1


def _killed_seal(root: Path, point: str) -> None:
    program = (
        "from pathlib import Path; from wardline.adapters.vaults import DirectoryVault; from wardline.testing import write_points\n"
        f"DirectoryVault(Path({str(root)!r}), bytes(range(32)), reached=write_points.from_environment())"
        f".seal({ID!r}, 'evidence', b'content')"
    )
    environment = {**os.environ, "WARDLINE_CRASH_AT": point}
    run = subprocess.run([sys.executable, "-c", program], env=environment, check=False)
    assert run.returncode == -9


@pytest.mark.parametrize("point", ["vault:before-seal", "vault:written"])
def test_killed_before_the_name_is_given_the_object_does_not_exist_and_left_overs_go(
    root: Path, point: str
) -> None:
    _killed_seal(root, point)
    vault = DirectoryVault(root, KEY, reached=Recorder())
    assert not _files(root)
    with pytest.raises(NotFoundError):
        vault.open(ID, "evidence")
    vault.seal(ID, "evidence", b"content")
    assert vault.open(ID, "evidence") == b"content"


def test_killed_after_the_name_was_given_the_object_is_whole(root: Path) -> None:
    _killed_seal(root, "vault:sealed")
    vault = DirectoryVault(root, KEY, reached=Recorder())
    assert vault.open(ID, "evidence") == b"content"
    assert len(_files(root)) == 1


def test_the_inventory_removes_left_overs_too(vault: DirectoryVault, root: Path) -> None:
    _killed_seal(root, "vault:written")
    assert len(_files(root)) == 1
    assert not list(vault.inventory())
    assert not _files(root)


def test_a_file_that_is_being_written_is_no_left_over(root: Path) -> None:
    def look_in(name: str) -> None:
        if name == "vault:written":
            assert not list(DirectoryVault(root, KEY, reached=Recorder()).inventory())

    vault = DirectoryVault(root, KEY, reached=look_in)
    vault.seal(ID, "evidence", b"content")
    assert vault.open(ID, "evidence") == b"content"


def test_of_many_threads_that_seal_one_name_exactly_one_content_wins(vault: DirectoryVault) -> None:
    refused: list[int] = []
    start = threading.Barrier(8)

    def seal(number: int) -> None:
        start.wait()
        try:
            vault.seal(ID, "evidence", b"content %d" % number)
        except EvidenceError:
            refused.append(number)

    threads = [threading.Thread(target=seal, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    (winner,) = set(range(8)) - set(refused)
    assert vault.open(ID, "evidence") == b"content %d" % winner


@pytest.mark.parametrize("purpose", ["", "..", "a/b", "a.b", "Evidence", "x" * 65])
def test_a_purpose_that_could_be_a_path_is_refused(vault: DirectoryVault, purpose: str) -> None:
    acts: tuple[Callable[[], object], ...] = (
        lambda: vault.seal(ID, purpose, b""), lambda: vault.open(ID, purpose), lambda: vault.destroy(ID, purpose),
    )  # fmt: skip
    for act in acts:
        with pytest.raises(InputError):
            act()


def test_a_key_of_the_wrong_length_and_an_unusable_folder_are_configuration_errors(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError):
        DirectoryVault(tmp_path / "vault", b"short", reached=Recorder())
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(ConfigurationError):
        DirectoryVault(tmp_path / "file", KEY, reached=Recorder())
    with pytest.raises(ConfigurationError):
        DirectoryVault(tmp_path / "missing" / "vault", KEY, reached=Recorder())
