"""The log as files in a folder, which any web server can serve as it is."""

from __future__ import annotations

import errno
import os
import re
import secrets
from contextlib import suppress
from pathlib import Path

from wardline.errors import DependencyError, InputError, StorageFullError

_ELEMENT = re.compile(r"[a-z0-9][a-z0-9.]{0,63}", re.ASCII)
_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}


class DirectoryMirror:
    """A ``ports.LogMirror`` in a folder, which is made when it is missing. One process at a time may write.

    Args:
        folder: Where the files go; nothing else should be in it.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def read(self, path: str) -> bytes | None:
        """See ``ports.LogMirror``."""
        try:
            return self._at(path).read_bytes()
        except (FileNotFoundError, NotADirectoryError):
            return None
        except OSError as error:
            raise DependencyError(
                f"log mirror: {path} cannot be read ({type(error).__name__}), expected a readable file"
            ) from None

    def write(self, path: str, content: bytes) -> None:
        """See ``ports.LogMirror``."""
        target = self._at(path)
        temporary = target.with_name(f".{target.name}.{secrets.token_hex(8)}")
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
            with temporary.open("xb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            temporary.replace(target)
            _sync(target.parent)
        except OSError as error:
            with suppress(OSError):
                temporary.unlink()
            if error.errno in _FULL:
                raise StorageFullError(
                    f"log mirror: no space left for {path}, expected room for it"
                ) from None
            raise DependencyError(
                f"log mirror: {path} cannot be written ({type(error).__name__}), expected a folder that may be written to"
            ) from None

    def remove(self, path: str) -> None:
        """See ``ports.LogMirror``."""
        target = self._at(path)
        try:
            target.unlink(missing_ok=True)
            with suppress(OSError):  # other partial tiles may still lie there
                target.parent.rmdir()
        except OSError as error:
            raise DependencyError(
                f"log mirror: {path} cannot be removed ({type(error).__name__}), expected a folder that may be written to"
            ) from None

    def _at(self, path: str) -> Path:
        elements = path.split("/")
        if not all(_ELEMENT.fullmatch(each) for each in elements):
            raise InputError("log mirror: no path of the layout, expected small letters, digits and slashes")
        return self._folder.joinpath(*elements)


def _sync(folder: Path) -> None:
    """Make a new name durable."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
