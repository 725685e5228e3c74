from __future__ import annotations

import base64
from pathlib import Path

import pytest

from wardline.adapters.vaults import create_master_key, load_master_key
from wardline.errors import SecretFileError


def _write(path: Path, text: str, mode: int = 0o600) -> Path:
    path.write_text(text)
    path.chmod(mode)
    return path


def test_a_key_that_was_written_is_read_back(tmp_path: Path) -> None:
    key = create_master_key()
    assert load_master_key(_write(tmp_path / "key", base64.b64encode(key).decode() + "\n")) == key


def test_two_keys_are_never_the_same() -> None:
    assert create_master_key() != create_master_key()
    assert len(create_master_key()) == 32


@pytest.mark.parametrize("mode", [0o604, 0o640, 0o644, 0o602, 0o777])
def test_a_key_file_that_others_can_use_is_refused(tmp_path: Path, mode: int) -> None:
    path = _write(tmp_path / "key", base64.b64encode(bytes(32)).decode(), mode)
    with pytest.raises(SecretFileError, match="0600"):
        load_master_key(path)


@pytest.mark.parametrize(
    "text", ["", "not base64!", base64.b64encode(bytes(31)).decode(), base64.b64encode(bytes(64)).decode()]
)
def test_a_file_that_holds_no_key_is_refused_without_showing_what_it_holds(tmp_path: Path, text: str) -> None:
    path = _write(tmp_path / "key", text)
    with pytest.raises(SecretFileError) as caught:
        load_master_key(path)
    assert not text or text not in str(caught.value)


def test_a_missing_key_file_and_a_folder_are_refused(tmp_path: Path) -> None:
    for path in (tmp_path / "missing", tmp_path):
        with pytest.raises(SecretFileError):
            load_master_key(path)
