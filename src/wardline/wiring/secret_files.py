"""Secrets live in files that nobody but their owner may read."""

from __future__ import annotations

import os
import stat
from pathlib import Path

from wardline.errors import AlreadyExistsError, SecretFileError

_MOST_BYTES = 4096


def read_secret(path: Path, what: str) -> bytes:
    """Read a secret, without the white space around it.

    Raises:
        SecretFileError: Missing, empty, or others than its owner may read it.
    """
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    except OSError as error:
        raise SecretFileError(
            f"{what}: its file {path.name} cannot be read ({error.strerror}), expected it"
        ) from None
    try:
        file = os.fdopen(descriptor, "rb")
    except IsADirectoryError:
        os.close(descriptor)
        raise SecretFileError(f"{what}: {path.name} is a folder, expected a file") from None
    with file:
        mode = os.fstat(file.fileno()).st_mode
        content = file.read(_MOST_BYTES).strip()
    if stat.S_IMODE(mode) & 0o077:
        raise SecretFileError(
            f"{what}: its file {path.name} has mode {stat.S_IMODE(mode):04o}, expected 0600",
            remedy="Run `chmod 600` on it, and make a new secret if others could have read it.",
        )
    if not content:
        raise SecretFileError(f"{what}: its file {path.name} is empty, expected a secret")
    return content


def create_secret(path: Path, content: bytes) -> None:
    """Write a new secret file, mode 0600, durably. An existing one is never overwritten."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    except FileExistsError:
        raise AlreadyExistsError(f"secret file {path.name}: exists already, expected none") from None
    with os.fdopen(descriptor, "wb") as file:
        file.write(content + b"\n")
        file.flush()
        os.fsync(file.fileno())
