"""The key file: several keys, newest first, read again when it changes, and a key that is gone is gone from the disk."""

from __future__ import annotations

import base64
import multiprocessing
import secrets
from pathlib import Path

import pytest

from wardline.errors import SecretFileError
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
    made = FileKeys(folder).add()
    assert running.newest() == made.key != old
    assert [each.epoch for each in running.all()] == [2, 1]
    assert running.named(bytes.fromhex(running.all()[1].name)) == old


def test_a_retired_key_is_nowhere_in_the_folder(folder: Path) -> None:
    running = FileKeys(folder)
    old = running.all()[0]
    FileKeys(folder).add()
    with FileKeys(folder).retiring():
        pass
    content = b"".join(path.read_bytes() for path in folder.iterdir())
    assert base64.b64encode(old.key) not in content
    assert old.key not in content
    assert [each.epoch for each in running.all()] == [2]
    assert (folder / "vault.key").stat().st_mode & 0o777 == 0o600


def test_no_key_is_retired_when_something_went_wrong_meanwhile(folder: Path) -> None:
    ring = FileKeys(folder)
    ring.add()
    with pytest.raises(RuntimeError), ring.retiring():
        raise RuntimeError
    assert len(ring.all()) == 2


def _add(folder: Path) -> None:
    FileKeys(folder).add()


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
