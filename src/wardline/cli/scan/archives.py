"""What is in an archive: tar, tar.gz and zip, read as streams. Nothing is unpacked to disk, and no archive inside one is opened.

Archives are hostile, like pictures. They are read here by Python's own modules, outside the sandbox, within limits on what they may make
this process hold or do; their pictures are decoded in the sandbox only.
"""

from __future__ import annotations

import gzip
import io
import os
import struct
import tarfile
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from wardline.cli import contents
from wardline.cli.scan.bounded import ArchiveError, Bounded, Inflated

MOST_RATIO = 200
"""So many times its packed size a member may have, beyond a first megabyte. Pictures hardly pack; a plain one may, and is told."""
_FREE_BYTES = 2**20
_MOST_AT_ONCE = 2**22
_MOST_DIRECTORY_BYTES = 100_000_000  # the list of a zip's members is read whole: about a million of them
_ENCRYPTED = 0x1  # APPNOTE.TXT 4.4.4, bit 0
_READ_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)  # the others can ask for gigabytes
_NESTED = "an archive inside an archive, not opened"
_NOT_OPENED = "an archive of a kind that is not opened"
_CLOSED = (
    b"7z\xbc\xaf\x27\x1c",
    b"Rar!\x1a\x07",
    b"BZh",
    b"\xfd7zXZ\0",
    b"\x28\xb5\x2f\xfd",
    b"MSCF\0\0\0\0",
)


class Kind(StrEnum):
    """Archives that are opened."""

    ZIP = "zip"
    TAR = "tar"
    GZIP = "tar.gz"


@dataclass(frozen=True, slots=True)
class Member:
    """One file in an archive: what is in it, or why that cannot be known."""

    index: int
    name: str
    content: contents.Content | None
    reason: str | None = None


def kind_of(head: bytes) -> Kind | None:
    """Name the kind of archive that begins so, or None. Names of files are not looked at."""
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08")):
        return Kind.ZIP
    if head.startswith(b"\x1f\x8b"):
        return Kind.GZIP
    with suppress(tarfile.HeaderError):  # a header has a checksum: what passes is one
        tarfile.TarInfo.frombuf(head[: tarfile.BLOCKSIZE], "utf-8", "surrogateescape")
        return Kind.TAR
    return None


def unopened(head: bytes, *, inside: bool) -> str | None:
    """Say why what begins so is not opened, if it is an archive and is not."""
    if inside and kind_of(head) is not None:
        return _NESTED
    return _NOT_OPENED if head.startswith(_CLOSED) else None


def members(
    file: io.FileIO, kind: Kind, *, max_bytes: int, settled: Callable[[int], bool]
) -> Iterator[Member]:
    """Give the files in an archive, one after the other.

    Args:
        file: At its beginning.
        kind: What it is.
        max_bytes: No more of one member is held.
        settled: Asked by index before a member is read; those that are settled are left out.

    Raises:
        ArchiveError: It is damaged or too much: what was not given was not read. Carries a fixed phrase.
    """
    try:
        match kind:
            case Kind.ZIP:
                yield from _zipped(file, max_bytes, settled)
            case Kind.TAR:
                yield from _tarred(Bounded(file, most=_MOST_AT_ONCE), max_bytes, settled)
            case Kind.GZIP:
                yield from _gzipped(file, max_bytes, settled)
    except (ArchiveError, GeneratorExit):
        raise
    except (
        Exception
    ) as error:  # these modules raise almost anything on hostile bytes: the archive is at fault
        raise ArchiveError("a damaged archive, not read to its end") from error


def _zipped(file: io.FileIO, max_bytes: int, settled: Callable[[int], bool]) -> Iterator[Member]:
    bounded: Any = Bounded(file, most=_MOST_DIRECTORY_BYTES)
    left_bytes = MOST_RATIO * os.fstat(file.fileno()).st_size + max_bytes
    with zipfile.ZipFile(bounded) as archive:
        for index, info in enumerate(archive.infolist()):
            # A name like a folder's hides no content.
            if (info.is_dir() and info.file_size == 0) or settled(index):
                continue
            member = _unzipped(archive, info, index, max_bytes)
            # Members may overlap, so that each of thousands unpacks the same bytes again.
            left_bytes -= info.file_size if member.content is not None else 0
            if left_bytes < 0:
                raise ArchiveError("an archive that is packed too tightly")
            yield member


def _unzipped(archive: zipfile.ZipFile, info: zipfile.ZipInfo, index: int, max_bytes: int) -> Member:
    reason = None
    if info.flag_bits & _ENCRYPTED:
        reason = "encrypted"
    elif info.compress_type not in _READ_METHODS:
        reason = "packed in a way that is not opened"
    elif info.file_size > MOST_RATIO * info.compress_size + _FREE_BYTES:
        reason = "packed too tightly"
    if reason is None:
        try:
            with archive.open(info) as stream:
                return Member(index, info.filename, contents.take(stream.read, max_bytes=max_bytes))
        except (zipfile.BadZipFile, zlib.error, struct.error, EOFError, OSError, ValueError, RuntimeError):
            reason = "damaged in its archive"
    return Member(index, info.filename, None, reason)


def _gzipped(file: io.FileIO, max_bytes: int, settled: Callable[[int], bool]) -> Iterator[Member]:
    with gzip.GzipFile(fileobj=file) as plain:
        if kind_of(plain.read(tarfile.BLOCKSIZE)) is not Kind.TAR:
            raise ArchiveError("a packed file that is no tar, not opened")
        plain.seek(0)
        inflated = Inflated(plain, file.tell, most=_MOST_AT_ONCE, ratio=MOST_RATIO, free_bytes=max_bytes)
        yield from _tarred(inflated, max_bytes, settled)


class _Header(tarfile.TarInfo):
    """A header that leaves word of why there was no next one: ``tarfile`` takes a damaged one for the end."""

    @classmethod
    def fromtarfile(cls, tar: tarfile.TarFile) -> _Header:
        try:
            return super().fromtarfile(tar)
        except tarfile.HeaderError as error:
            tar.why_no_more = type(error).__name__  # type: ignore[attr-defined]
            raise


def _tarred(file: Bounded, max_bytes: int, settled: Callable[[int], bool]) -> Iterator[Member]:
    stream: Any = file
    archive: Any = tarfile.TarFile(
        fileobj=stream, mode="r", tarinfo=_Header, encoding="utf-8", errors="surrogateescape"
    )
    index, place = 0, -1
    while (info := archive.next()) is not None:
        # Sizes below nothing lead backwards, and round and round.
        if info.size < 0 or info.offset_data <= place:
            raise ArchiveError("a damaged archive, not read to its end")
        place = info.offset_data
        archive.members.clear()  # they are kept for ever otherwise
        if (info.isreg() or info.type not in tarfile.SUPPORTED_TYPES) and not settled(index):
            yield _untarred(archive, info, index, max_bytes)
        index += 1
    _require_end(archive, file)


def _untarred(archive: tarfile.TarFile, info: tarfile.TarInfo, index: int, max_bytes: int) -> Member:
    if info.issparse():  # its holes may be as large as it likes
        return Member(index, info.name, None, "a sparse file, not opened")
    stream = archive.extractfile(info)
    if stream is None:
        return Member(index, info.name, None, "no file")
    with stream:
        return Member(index, info.name, contents.take(stream.read, max_bytes=max_bytes))


def _require_end(archive: Any, file: Bounded) -> None:
    """See that it ended where it says it ends, and that nothing stands behind."""
    if getattr(archive, "why_no_more", "") != "EOFHeaderError":
        raise ArchiveError("a damaged archive, not read to its end")
    while chunk := file.read(_FREE_BYTES):
        if chunk.strip(b"\0"):
            raise ArchiveError("an archive with more behind its end, which was not read")
