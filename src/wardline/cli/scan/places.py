"""Where the files are: folders walked in a stable order, and lists of paths. Links inside folders are never followed."""

from __future__ import annotations

import io
import os
import stat
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import IntEnum
from typing import IO

from wardline.cli.scan.outcomes import Key
from wardline.errors import InputError

_LONGEST_PATH = 65_536
_CHUNK_BYTES = 65_536


@dataclass(frozen=True, slots=True)
class Place:
    """A file to be looked at."""

    path: str
    named: bool
    """Whether the caller named it: then it may be a link to a file."""


@dataclass(frozen=True, slots=True)
class Trouble:
    """A place that cannot be looked at."""

    path: str
    reason: str


class _Kind(IntEnum):
    FILE = 0
    FOLDER = 1
    PASSED = 2


@dataclass(slots=True)
class PassedOver:
    """What a walk leaves out."""

    links: int = 0
    special: int = 0
    """Devices, pipes and sockets."""


def require(paths: Iterable[str]) -> list[str]:
    """Check what the caller named, before anything begins. Gives it without what lies inside another folder that was named too.

    Raises:
        InputError: One is not there, or is neither a file nor a folder.
    """
    folders: dict[str, str] = {}
    files: dict[str, str] = {}
    for path in paths:
        try:
            mode = os.stat(path).st_mode  # noqa: PTH116 - names stay as the caller wrote them
        except (OSError, ValueError) as error:
            raise InputError(
                f"path {path!a}: cannot be read ({reason_of(error)}), expected a file or a folder",
                remedy="Check its spelling.",
            ) from None
        if not stat.S_ISREG(mode) and not stat.S_ISDIR(mode):
            raise InputError(
                f"path {path!a}: neither a file nor a folder, expected one",
                remedy="Name files and folders only.",
            )
        (folders if stat.S_ISDIR(mode) else files).setdefault(absolute(path), path)
    named = {**folders, **files}
    return [path for whole, path in named.items() if not any(above in folders for above in _above(whole))]


def _above(path: str) -> Iterator[str]:
    while (parent := os.path.dirname(path)) != path:  # noqa: PTH120
        yield parent
        path = parent


def absolute(path: str) -> str:
    """Give a path that is the same wherever the program is started; links in it stay as they are."""
    return os.path.abspath(path)  # noqa: PTH100 - without following links


def listed(stream: IO[bytes], *, end: bytes) -> Iterator[str]:
    """Read paths from a stream, each up to ``end``; empty ones are left out.

    Raises:
        InputError: One is longer than any path: it is no list of paths.
    """
    rest = b""
    while chunk := stream.read1(_CHUNK_BYTES) if isinstance(stream, io.BufferedReader) else stream.read(_CHUNK_BYTES):  # fmt: skip
        *whole, rest = (rest + chunk).split(end)
        yield from (os.fsdecode(each) for each in whole if each)
        if len(rest) > _LONGEST_PATH:
            raise InputError(
                f"--list: a path of over {_LONGEST_PATH} bytes, expected a list of paths",
                remedy="Write one path a line, or use --null when they are separated by NUL.",
            )
    if rest:
        yield os.fsdecode(rest)


def walk(paths: Iterable[str], passed: PassedOver) -> Iterator[Place | Trouble]:
    """Give every file that was named or lies in a folder that was named, folder by folder in the order of their names."""
    for path in paths:
        try:
            mode = os.stat(path).st_mode  # noqa: PTH116
        except (OSError, ValueError) as error:
            yield Trouble(path, reason_of(error))
            continue
        if stat.S_ISDIR(mode):
            yield from _below(path, passed)
        elif stat.S_ISREG(mode):
            yield Place(path, named=True)
        else:
            yield Trouble(path, "neither a file nor a folder")


def _below(top: str, passed: PassedOver) -> Iterator[Place | Trouble]:
    folders = [_entries(top, passed, named=True)]
    while folders:
        found = next(folders[-1], None)
        if found is None:
            folders.pop()
        elif isinstance(found, str):
            folders.append(_entries(found, passed, named=False))
        else:
            yield found


def _entries(folder: str, passed: PassedOver, *, named: bool) -> Iterator[Place | Trouble | str]:
    """Read a folder, as it is when its turn comes; gives the folders in it as strings. Holds the names of one folder at a time."""
    # Somebody may have put a link in its place since it was seen: only the one that was named may be a link.
    flags = os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC | (0 if named else os.O_NOFOLLOW)
    try:
        descriptor = os.open(folder, flags)
        try:
            with os.scandir(descriptor) as entries:
                names = sorted((os.fsencode(entry.name), _kind(entry, passed)) for entry in entries)
        finally:
            os.close(descriptor)
    except OSError as error:
        yield Trouble(folder, reason_of(error))
        return
    for name, kind in names:
        path = os.path.join(folder, os.fsdecode(name))  # noqa: PTH118
        match kind:
            case _Kind.FOLDER:
                yield path
            case _Kind.FILE:
                yield Place(path, named=False)
            case _Kind.PASSED:
                continue


def _kind(entry: os.DirEntry[str], passed: PassedOver) -> _Kind:
    try:
        if entry.is_symlink():
            passed.links += 1
            return _Kind.PASSED
        if entry.is_dir(follow_symlinks=False):
            return _Kind.FOLDER
        if entry.is_file(follow_symlinks=False):
            return _Kind.FILE
    except OSError:
        return _Kind.FILE  # what cannot even be asked for fails, and is told, when it is opened
    passed.special += 1
    return _Kind.PASSED


def key_of(place: Place) -> Key | None:
    """Say which file in which state is there now; None when that cannot be told."""
    try:
        found = os.stat(place.path, follow_symlinks=place.named)  # noqa: PTH116
    except (OSError, ValueError):
        return None
    return Key(absolute(place.path), found.st_size, found.st_mtime_ns)


def opened(place: Place) -> tuple[io.FileIO, Key]:
    """Open a file, and say which one in which state it is.

    Raises:
        OSError: It cannot be opened, or is no file any more.
    """
    # Not blocking: should a pipe have taken its place, opening it would wait for ever.
    flags = os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK | (0 if place.named else os.O_NOFOLLOW)
    file = io.FileIO(os.open(place.path, flags), "rb")
    try:
        found = os.fstat(file.fileno())
    except OSError:
        file.close()
        raise
    if not stat.S_ISREG(found.st_mode):
        file.close()
        raise OSError(0, "not a file any more")
    return file, Key(absolute(place.path), found.st_size, found.st_mtime_ns)


def reason_of(error: OSError | ValueError) -> str:
    """Say in words what the system said."""
    if isinstance(error, OSError) and error.strerror:
        return error.strerror.lower()
    return "not a path"
