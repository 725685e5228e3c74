"""The master key of a vault: 32 random bytes in a text file that nobody else may read."""

from __future__ import annotations

import base64
import binascii
import os
import secrets
import stat
from pathlib import Path

from wardline.errors import SecretFileError

KEY_BYTES = 32
_MOST_FILE_BYTES = 1024


def create_master_key() -> bytes:
    """Make a master key: 32 bytes from the operating system's generator."""
    return secrets.token_bytes(KEY_BYTES)


def load_master_key(path: Path) -> bytes:
    """Read a master key from its file: 44 characters of base64, one line.

    Raises:
        SecretFileError: There is no such file, others than its owner may use it, or it does not hold a key.
    """
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
        with os.fdopen(descriptor, "rb") as file:
            status = os.fstat(file.fileno())
            if not stat.S_ISREG(status.st_mode):
                raise SecretFileError("master key file: not a regular file, expected a file of base64 text")
            if status.st_mode & 0o077:
                raise SecretFileError(
                    f"master key file: mode {status.st_mode & 0o777:04o}, expected 0600, for its owner only",
                    remedy="Run `chmod 600` on the key file, and make a new key if others could have read it.",
                )
            text = file.read(_MOST_FILE_BYTES)
    except FileNotFoundError:
        raise SecretFileError("master key file: missing, expected a file of base64 text") from None
    except OSError as error:
        raise SecretFileError(
            f"master key file: not readable ({type(error).__name__}), expected a file of base64 text"
        ) from None
    try:
        key = base64.b64decode(text.strip(), validate=True)
    except binascii.Error:
        raise SecretFileError("master key file: not base64, expected 44 characters of base64") from None
    if len(key) != KEY_BYTES:
        raise SecretFileError(f"master key file: a key of {len(key)} bytes, expected {KEY_BYTES}")
    return key
