"""A hash list of pictures that lie on this machine: a platform's own logos and avatars, as canaries or on a negative list."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from wardline import matching, ports, records
from wardline.errors import InputError
from wardline.records import EntryChange, HashKind, HashListPage, MalformedLine, Unscannable

_TAKEN = (HashKind.PDQ, HashKind.SHA256, HashKind.MD5)
_FILES_AT_ONCE = 100


@dataclass
class PictureSource:
    """Hashes files in the decode sandbox, exactly, as ``ports.HashListSource``. They are read once, and nothing of them is kept.

    Args:
        paths: Files and folders; of a folder, every file below it.
        media: The sandbox.
    """

    paths: Sequence[Path]
    media: ports.Media
    untaken: dict[str, int] = field(default_factory=dict)
    """Pictures that are too plain for PDQ; their files are on the list byte for byte."""

    def fetch(self, cursor: str | None) -> HashListPage:
        """Give the hashes of the next hundred files; one that cannot be decoded is malformed, by its place in the order of paths."""
        start = int(cursor or 0)
        files = list(self._files())
        added: list[EntryChange] = []
        malformed: list[MalformedLine] = []
        for place, path in enumerate(files[start : start + _FILES_AT_ONCE], start=start + 1):
            found = self._hashed(path)
            if isinstance(found, Unscannable):
                malformed.append(
                    MalformedLine(line=place, reason=f"not a picture that can be decoded: {found.reason}")
                )
            else:
                added += found
        rest = start + _FILES_AT_ONCE
        return HashListPage(
            added=tuple(added), malformed=tuple(malformed), cursor=str(rest) if rest < len(files) else None
        )

    def _files(self) -> Iterator[Path]:
        for path in self.paths:
            if path.is_dir():
                yield from sorted(each for each in path.rglob("*") if each.is_file())
            elif path.is_file():
                yield path
            else:
                raise InputError(f"{path.name}: not there, expected a file or a folder of pictures")

    def _hashed(self, path: Path) -> list[EntryChange] | Unscannable:
        examined = self.media.hash(path.read_bytes())
        if isinstance(examined, Unscannable):
            return examined
        if any(_is_plain(each) for each in examined.hashes):
            self.untaken["pdq of plain pictures"] = self.untaken.get("pdq of plain pictures", 0) + 1
        return [
            EntryChange(kind=each.kind, value=each.value, category=None)
            for each in examined.hashes
            if each.kind in _TAKEN and not _is_plain(each)
        ]


def _is_plain(item_hash: records.Hash) -> bool:
    return item_hash.kind is HashKind.PDQ and (item_hash.quality or 0) < matching.MIN_PDQ_QUALITY
