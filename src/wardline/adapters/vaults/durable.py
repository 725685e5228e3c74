"""Files that are whole or absent, also after a power cut, and folders that several processes share."""

from __future__ import annotations

import errno
import fcntl
import os
import secrets
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from wardline.errors import StorageFullError, StoreUnavailableError, WardlineError

_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
_SUFFIX = ".part"
_HEAD_BYTES = 512


@contextmanager
def translated(what: str) -> Iterator[None]:
    """Turn the operating system's errors into ours: a full disk, or a disk that does not answer."""
    try:
        yield
    except WardlineError:
        raise
    except OSError as error:
        if error.errno in _FULL:
            raise StorageFullError(
                f"{what}: no space left on the vault's disk, expected room for it"
            ) from None
        code = errno.errorcode.get(error.errno or 0, "unknown")
        raise StoreUnavailableError(
            f"{what}: the vault's disk answered {code}, expected it to work"
        ) from None


def make_folders(root: Path, names: Iterable[str]) -> None:
    """Make a folder and folders inside it that only their owner may enter, durably. The parent must exist.

    Names that are there already are made durable too: an earlier process may have died between making and syncing them.
    """
    root.mkdir(mode=0o700, exist_ok=True)
    for name in names:
        # Hundreds of names: to make a ``Path`` of each takes longer than to make the folder.
        path = f"{root}/{name}"
        try:
            os.mkdir(path, 0o700)  # noqa: PTH102
        except FileExistsError:
            if not os.path.isdir(path):  # noqa: PTH112
                raise
    sync_folder(root)
    sync_folder(root.parent)


def sync_folder(folder: Path) -> None:
    """Make the names in a folder durable."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


@contextmanager
def locked_folder(folder: Path) -> Iterator[int]:
    """Keep other threads and processes from changing a folder's names meanwhile. Gives its descriptor, for ``os.fsync``."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield descriptor
    finally:
        os.close(descriptor)


@contextmanager
def written(folder: Path, content: bytes) -> Iterator[Path]:
    """Write a new file durably under a temporary name, to be renamed by the caller; what is left of it disappears at the end, its head
    overwritten.

    The file stays locked until then, which tells ``remove_leftovers`` of another process that it is not one.
    """
    path, descriptor = _create(folder)
    try:
        view = memoryview(content)
        while view:
            view = view[os.write(descriptor, view) :]
        os.fsync(descriptor)
        yield path
    finally:
        with suppress(FileNotFoundError):
            path.unlink()
            _overwrite_head(descriptor)  # not where it has another name by now
        os.close(descriptor)


@contextmanager
def old_file(path: Path) -> Iterator[int]:
    """Open a file to write over bytes of it, also when another one has taken its name meanwhile."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CLOEXEC | os.O_NOFOLLOW)
    try:
        yield descriptor
    finally:
        os.close(descriptor)


def keep_owner(before: int, following: Path) -> None:
    """Give a file to whoever owns the one that it takes the place of: should root do it, the service must still read it."""
    owner, made = os.fstat(before), following.stat()
    if (owner.st_uid, owner.st_gid) != (made.st_uid, made.st_gid):
        os.chown(following, owner.st_uid, owner.st_gid)


def _overwrite_head(descriptor: int) -> None:
    """Make what a deleted file leaves on the disk worthless: whatever opens it stands at its beginning."""
    with suppress(OSError):  # on a disk that fails, too, it is deleted
        os.pwrite(descriptor, secrets.token_bytes(min(_HEAD_BYTES, os.fstat(descriptor).st_size)), 0)
        os.fsync(descriptor)


def _create(folder: Path) -> tuple[Path, int]:
    while True:
        path = folder / f"{secrets.token_hex(16)}{_SUFFIX}"
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            if os.fstat(descriptor).st_nlink:  # else it was taken for a left-over before it could be locked
                return path, descriptor
        except OSError:
            os.close(descriptor)
            raise
        os.close(descriptor)


def remove_leftovers(folder: Path) -> None:
    """Delete temporary files whose writer is dead."""
    for path in folder.glob(f"*{_SUFFIX}"):
        with suppress(FileNotFoundError, BlockingIOError):
            descriptor = os.open(path, os.O_RDWR | os.O_CLOEXEC | os.O_NOFOLLOW)
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
                path.unlink()
                _overwrite_head(descriptor)
            finally:
                os.close(descriptor)
