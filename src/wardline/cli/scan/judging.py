"""From a file to what came of it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import PurePath

from wardline import records
from wardline.cli import contents
from wardline.cli.scan import archives, places
from wardline.cli.scan.outcomes import Key, Outcome, Status
from wardline.pipeline.scan import Compared, LibraryScan

TOO_LARGE = "too many bytes"
_NO_PICTURE = frozenset({"unknown format", "empty file", TOO_LARGE})
"""What the sandbox says of a file that may simply be none."""
_PICTURE_NAMES = frozenset(
    {".jpg", ".jpeg", ".jpe", ".jfif", ".png", ".gif", ".webp", ".bmp", ".dib", ".tif", ".tiff", ".avif", ".heic", ".heif", ".jxl",
     ".jp2", ".j2k", ".psd", ".raw", ".dng", ".cr2", ".cr3", ".nef", ".arw", ".orf", ".rw2", ".raf", ".ico", ".svg"}
)  # fmt: skip
_PICTURE_STARTS = (
    b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"GIF8", b"BM", b"II*\0", b"MM\0*", b"II+\0", b"MM\0+", b"8BPS",
    b"\0\0\0\x0cJXL ", b"\0\0\0\x0cjP  ", b"\xff\x0a",
)  # fmt: skip
_STILL_BRANDS = (b"avif", b"avis", b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1")


@dataclass(frozen=True, slots=True)
class FoundArchive:
    """A file that turned out to be an archive."""

    place: places.Place
    key: Key
    kind: archives.Kind


@dataclass(frozen=True, slots=True)
class Judge:
    """Looks at files. Called from many threads."""

    scan: LibraryScan
    max_bytes: int
    precision: records.Precision

    def file(self, place: places.Place) -> Outcome | FoundArchive:
        """Read a file and compare it."""
        try:
            file, key = places.opened(place)
        except (OSError, ValueError) as error:
            return unreadable(place.path, places.reason_of(error), places.key_of(place))
        with file:
            try:
                head = file.read(contents.HEAD_BYTES)
                kind = archives.kind_of(head)
                # Whoever makes a picture that can also be read as a tar shall not have it passed over.
                if kind is not None and not head.startswith(_PICTURE_STARTS):
                    return FoundArchive(place, key, kind)
                file.seek(0)
                content = contents.take(file.read, max_bytes=self.max_bytes)
            except OSError as error:
                return unreadable(place.path, places.reason_of(error), key)
        return self.content(place.path, key, content)

    def content(self, name: str, key: Key, content: contents.Content) -> Outcome:
        """Compare what was read."""
        closed = archives.unopened(content.head, inside=key.member is not None)
        if isinstance(content, contents.TooLarge) or closed:
            compared = self.scan.compare_hashes(content.digests, why=closed or TOO_LARGE)
        else:
            compared = self.scan.compare(content.data, precision=self.precision)
        status = _status(compared, closed=closed is not None, picture=_may_be_picture(name, content.head))
        reason = compared.failures[0].reason if compared.failures else None
        return Outcome(
            name=name, status=status, key=key, reason=reason, hashes=compared.hashes, matches=compared.matches,
            too_plain=compared.too_plain,
        )  # fmt: skip


def unreadable(name: str, reason: str, key: Key | None) -> Outcome:
    """Say that a file could not be read."""
    return Outcome(name=name, status=Status.UNREADABLE, key=key, reason=reason)


def unopened(name: str, reason: str, key: Key) -> Outcome:
    """Say that an archive, or a file in one, could not be opened."""
    return Outcome(name=name, status=Status.UNSCANNABLE, key=key, reason=reason)


def _status(compared: Compared, *, closed: bool, picture: bool) -> Status:
    if compared.matches:
        return Status.MATCH
    if not compared.failures:
        return Status.NO_MATCH
    if closed or picture or any(each.reason not in _NO_PICTURE for each in compared.failures):
        return Status.UNSCANNABLE
    return Status.NOT_A_PICTURE


def _may_be_picture(name: str, head: bytes) -> bool:
    """Tell whether somebody may take it for a picture, by its name or by how it begins; also of kinds that the sandbox does not decode."""
    if PurePath(name).suffix.lower() in _PICTURE_NAMES or head.startswith(_PICTURE_STARTS):
        return True
    return (
        head[8:12] in _STILL_BRANDS if head[4:8] == b"ftyp" else head[:4] == b"RIFF" and head[8:12] == b"WEBP"
    )
