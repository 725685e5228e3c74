"""The key file: several keys, newest first, read again when it changes, and a key that is gone is gone from the disk."""

from __future__ import annotations

import base64
import multiprocessing
import os
import secrets
from pathlib import Path

import pytest

from wardline.errors import ConflictError, SecretFileError
from wardline.wiring import FileKeys, KeyFiles, create_secret


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    KeyFiles.create(tmp_path)
    return tmp_path


def test_the_first_key_of_an_installation_has_number_one(folder: Path) -> None:
    (only,) = FileKeys(folder).all()
    assert only.epoch == 1
    assert only.key == KeyFiles.read(folder).vault


def test_a_new_key_seals_and_the_old_one_still_opens_also_for_whoever_read_the_file_before(
    folder: Path,
) -> None:
    running = FileKeys(folder)
    old = running.newest()
    made = FileKeys(folder).add(after=1)
    assert running.newest() == made.key != old
    assert [each.epoch for each in running.all()] == [2, 1]
    assert running.named(bytes.fromhex(running.all()[1].name)) == old


def test_a_retired_key_is_nowhere_in_the_folder(folder: Path) -> None:
    running = FileKeys(folder)
    old = running.all()[0]
    FileKeys(folder).add(after=1)
    with FileKeys(folder).retiring(before=2):
        pass
    content = b"".join(path.read_bytes() for path in folder.iterdir())
    assert base64.b64encode(old.key) not in content
    assert old.key not in content
    assert [each.epoch for each in running.all()] == [2]
    assert (folder / "vault.key").stat().st_mode & 0o777 == 0o600


def test_no_key_is_retired_when_something_went_wrong_meanwhile(folder: Path) -> None:
    ring = FileKeys(folder)
    ring.add(after=1)
    with pytest.raises(RuntimeError), ring.retiring(before=2):
        raise RuntimeError
    assert len(ring.all()) == 2


def test_of_two_that_change_the_keys_at_once_one_makes_the_new_key(folder: Path) -> None:
    one, other = FileKeys(folder), FileKeys(folder)
    one.add(after=1)
    with pytest.raises(ConflictError):
        other.add(after=1)
    assert [each.epoch for each in one.all()] == [2, 1]


def test_a_key_that_came_while_another_was_being_retired_takes_none_away_that_is_in_use(folder: Path) -> None:
    """Everything was found under key 2 when another process, also rotating, made key 3."""
    ring = FileKeys(folder)
    ring.add(after=1)
    FileKeys(folder).add(after=2)
    with ring.retiring(before=2):
        pass
    assert [each.epoch for each in ring.all()] == [3, 2]


def test_what_an_interrupted_change_left_in_the_folder_goes_with_the_next(folder: Path) -> None:
    ring = FileKeys(folder)
    left = folder / "vault.key.0badcafe.new"
    create_secret(left, (folder / "vault.key").read_bytes())
    with left.open("rb") as opened:
        content = opened.read()
        ring.add(after=1)
        opened.seek(0)
        assert opened.read() != content
    assert not left.exists()


def test_keys_that_root_changes_stay_readable_for_who_owned_them(folder: Path) -> None:
    owner = (12345, 12346) if os.geteuid() == 0 else (os.geteuid(), os.getegid())
    os.chown(folder / "vault.key", *owner)
    FileKeys(folder).add(after=1)
    found = (folder / "vault.key").stat()
    assert (found.st_uid, found.st_gid, found.st_mode & 0o777) == (*owner, 0o600)


def _add(folder: Path) -> None:
    FileKeys(folder).add(after=1)


def test_no_key_comes_or_goes_while_somebody_seals(folder: Path) -> None:
    ring = FileKeys(folder)
    with ring.kept():
        other = multiprocessing.get_context("fork").Process(target=_add, args=(folder,))
        other.start()
        before = ring.newest()
        other.join(0.2)
        assert other.is_alive()
        assert ring.newest() == before
    other.join()
    assert ring.all()[0].epoch == 2


@pytest.mark.parametrize("numbers", [(1, 2), (2, 2), (0,)])
def test_keys_out_of_order_are_refused_without_showing_them(tmp_path: Path, numbers: tuple[int, ...]) -> None:
    lines = [f"{number} {base64.b64encode(secrets.token_bytes(32)).decode()}" for number in numbers]
    create_secret(tmp_path / "vault.key", "\n".join(lines).encode())
    with pytest.raises(SecretFileError) as caught:
        FileKeys(tmp_path)
    assert not any(line.split()[1] in str(caught.value) for line in lines)


def test_a_missing_key_file_is_refused_with_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(SecretFileError) as caught:
        FileKeys(tmp_path)
    assert "vault.key" in caught.value.message
    assert "back-up" in caught.value.advice
