"""Files that are there whole or not at all, also after a power cut."""

from __future__ import annotations

import errno
import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from wardline.errors import StorageFullError, StoreUnavailableError

UNFINISHED = ".unfinished"
_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}


@contextmanager
def translated(what: str) -> Iterator[None]:
    """Turn the operating system's errors into ours: a full disk, or a disk that does not answer."""
    try:
        yield
    except OSError as error:
        if error.errno in _FULL:
            raise StorageFullError(f"{what}: no space left on its disk, expected room for it") from None
        code = errno.errorcode.get(error.errno or 0, "unknown")
        raise StoreUnavailableError(f"{what}: its disk answered {code}, expected it to work") from None


def unfinished_name(path: Path) -> Path:
    """Say where a file is until it is whole."""
    return path.with_name(path.name + UNFINISHED)


@contextmanager
def appearing(path: Path) -> Iterator[int]:
    """Give the descriptor of a file to write; when the block ends well it is durable and takes its name, else it goes."""
    unfinished = unfinished_name(path)
    descriptor = os.open(unfinished, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    try:
        yield descriptor
        os.fsync(descriptor)
        unfinished.rename(path)
        sync_folder(path.parent)
    except BaseException:
        # Also when it has its name already, for that may not be durable.
        for left in (unfinished, path):
            with suppress(FileNotFoundError):
                left.unlink()
        raise
    finally:
        os.close(descriptor)


def sync_folder(folder: Path) -> None:
    """Make the names in a folder durable."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


class Lock:
    """Says which process may write to a folder. It ends with the process, however that ends."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor

    @classmethod
    def of(cls, path: Path) -> Lock | None:
        """Take the lock; None when somebody else has it."""
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            os.close(descriptor)
            if isinstance(error, BlockingIOError):
                return None
            raise
        return cls(descriptor)

    def release(self) -> None:
        """Let others take it."""
        # Closing is not enough: a process that was forked meanwhile has the descriptor too.
        fcntl.flock(self._descriptor, fcntl.LOCK_UN)
        os.close(self._descriptor)
