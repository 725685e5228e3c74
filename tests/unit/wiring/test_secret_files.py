"""Secrets live in files that nobody but their owner may read."""

from __future__ import annotations

import base64
import stat
from pathlib import Path

import pytest

from wardline.errors import AlreadyExistsError, SecretFileError
from wardline.wiring import KeyFiles, create_secret, read_secret


def _write(path: Path, text: str, mode: int = 0o600) -> Path:
    path.write_text(text, "utf-8")
    path.chmod(mode)
    return path


def test_a_secret_that_was_written_is_read_back_without_the_white_space_around_it(tmp_path: Path) -> None:
    create_secret(tmp_path / "new" / "folder" / "secret", b"a password")

    assert read_secret(tmp_path / "new" / "folder" / "secret", "password") == b"a password"
    assert stat.S_IMODE((tmp_path / "new" / "folder" / "secret").stat().st_mode) == 0o600


def test_an_existing_secret_is_never_overwritten(tmp_path: Path) -> None:
    create_secret(tmp_path / "secret", b"first")

    with pytest.raises(AlreadyExistsError):
        create_secret(tmp_path / "secret", b"second")
    assert read_secret(tmp_path / "secret", "secret") == b"first"


@pytest.mark.parametrize("mode", [0o604, 0o640, 0o644, 0o602, 0o777])
def test_a_file_that_others_can_use_is_refused(tmp_path: Path, mode: int) -> None:
    with pytest.raises(SecretFileError, match="0600"):
        read_secret(_write(tmp_path / "secret", "a password", mode), "password")


def test_a_missing_file_an_empty_one_and_a_folder_are_refused(tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir(mode=0o700)
    for path in (tmp_path / "missing", _write(tmp_path / "empty", "\n"), tmp_path / "folder"):
        with pytest.raises(SecretFileError):
            read_secret(path, "password")


def test_an_installation_gets_three_keys_that_differ_from_everybody_elses(tmp_path: Path) -> None:
    for name in ("one", "two"):
        KeyFiles.create(tmp_path / name)
    one, two = KeyFiles.read(tmp_path / "one"), KeyFiles.read(tmp_path / "two")

    assert len({one.vault, one.log, one.idempotency, two.vault, two.log, two.idempotency}) == 6
    assert {len(key) for key in (one.vault, one.log, one.idempotency)} == {32}


def test_keys_that_exist_stay_when_an_interrupted_setup_is_repeated(tmp_path: Path) -> None:
    KeyFiles.create(tmp_path)
    before = KeyFiles.read(tmp_path)
    KeyFiles.create(tmp_path)

    assert KeyFiles.read(tmp_path) == before


@pytest.mark.parametrize(
    "text", ["not base64!", base64.b64encode(bytes(31)).decode(), base64.b64encode(bytes(64)).decode()]
)
def test_a_file_that_holds_no_key_is_refused_without_showing_what_it_holds(tmp_path: Path, text: str) -> None:
    KeyFiles.create(tmp_path)
    (tmp_path / "vault.key").unlink()
    _write(tmp_path / "vault.key", text)

    with pytest.raises(SecretFileError) as caught:
        KeyFiles.read(tmp_path)
    assert text not in str(caught.value)


def test_a_missing_key_is_refused_and_named(tmp_path: Path) -> None:
    KeyFiles.create(tmp_path)
    (tmp_path / "log.key").unlink()

    with pytest.raises(SecretFileError, match="log"):
        KeyFiles.read(tmp_path)
