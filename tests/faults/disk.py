"""A disk in memory that remembers in which order it was written and flushed, so that the power can be cut anywhere afterwards.

SQLite runs on it unchanged, by APSW's hooks for its virtual file system. Until a file is flushed, a power cut keeps any of its written
sectors and loses the others, as a real disk may that writes in an order of its own. What this disk does not do: lose the name of a file that was made or removed, return
a sector with other content than some write gave it, or lie about a flush.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import apsw

SECTOR_BYTES = 512


@dataclass(frozen=True, slots=True)
class Write:
    """Bytes written at a place, or, without bytes, the file cut to that length."""

    name: str
    at: int
    data: bytes | None


@dataclass(frozen=True, slots=True)
class Flush:
    """Everything that was written to a file before is on the disk."""

    name: str


@dataclass(frozen=True, slots=True)
class Removal:
    """The file's name is gone, durably."""

    name: str


@dataclass(frozen=True, slots=True)
class Word:
    """Not of the disk: whoever writes was told something at this moment."""

    text: str


Event = Write | Flush | Removal | Word
Image = dict[str, bytes]
"""The content of each file by its name."""


@dataclass
class Disk:
    """Files, and what happened to them since the start."""

    files: dict[str, bytearray] = field(default_factory=dict)
    events: list[Event] = field(default_factory=list)

    @classmethod
    def of(cls, image: Image) -> Disk:
        """Begin with files that are durable."""
        return cls({name: bytearray(content) for name, content in image.items()})

    def told(self, text: str) -> None:
        """Note that something was acknowledged."""
        self.events.append(Word(text))


def apply(content: bytearray, event: Write) -> None:
    """Do to a file what an event says."""
    if event.data is None:
        del content[event.at :]
        return
    if len(content) < event.at:
        content.extend(bytes(event.at - len(content)))
    content[event.at : event.at + len(event.data)] = event.data


def after_power_cut(before: Image, events: list[Event], chance: random.Random) -> Image:
    """Give what is on the disk when the power ends right after these events.

    Of what was not flushed each sector survives by lot. How many do is drawn for each file: none, few, half, most or all.
    """
    durable = {name: bytearray(content) for name, content in before.items()}
    pending: dict[str, list[Write]] = {}
    for event in events:
        match event:
            case Write():
                durable.setdefault(event.name, bytearray())
                pending.setdefault(event.name, []).append(event)
            case Flush():
                for write in pending.pop(event.name, []):
                    apply(durable[event.name], write)
            case Removal():
                durable.pop(event.name, None)
                pending.pop(event.name, None)
            case Word():
                pass
    for name in sorted(pending):
        surviving = chance.choice((0.0, 0.1, 0.5, 0.9, 1.0))
        for write in pending[name]:
            for part in _sectors(write):
                if chance.random() < surviving:
                    apply(durable[name], part)
    return {name: bytes(content) for name, content in durable.items()}


def _sectors(write: Write) -> Iterator[Write]:
    if write.data is None:
        yield write
        return
    start, end = write.at, write.at + len(write.data)
    while start < end:
        stop = min(end, (start // SECTOR_BYTES + 1) * SECTOR_BYTES)
        yield Write(write.name, start, write.data[start - write.at : stop - write.at])
        start = stop


class RecordingVfs(apsw.VFS):
    """The virtual file system of one disk. Keep it as long as connections use it."""

    def __init__(self, name: str, disk: Disk) -> None:
        self.vfs_name = name
        self._disk = disk
        super().__init__(
            name, base="", maxpathname=512, exclude={"xNextSystemCall", "xSetSystemCall", "xGetSystemCall"}
        )

    def xFullPathname(self, name: str) -> str:  # noqa: N802 - SQLite's name
        return name.rpartition("/")[2]  # there are no folders

    def xAccess(self, pathname: str, flags: int) -> bool:  # noqa: N802
        return pathname in self._disk.files

    def xDelete(self, filename: str, syncdir: bool) -> None:  # noqa: N802
        self._disk.files.pop(filename, None)
        self._disk.events.append(Removal(filename))

    def xOpen(self, name: Any, flags: list[int]) -> Any:  # noqa: N802
        path = name.filename() if isinstance(name, apsw.URIFilename) else name
        flags[1] = flags[0]
        self._disk.files.setdefault(path or "", bytearray())
        return _RecordedFile(path or "", self._disk)

    def xRandomness(self, numbytes: int) -> bytes:  # noqa: N802
        return bytes(numbytes)  # the same run again writes the same

    def xSleep(self, microseconds: int) -> int:  # noqa: N802
        return microseconds

    def xCurrentTime(self) -> float:  # noqa: N802
        return 2_461_000.5

    def xCurrentTimeInt64(self) -> int:  # noqa: N802
        return int(2_461_000.5 * 86_400_000)

    def xGetLastError(self) -> tuple[int, str]:  # noqa: N802
        return 0, ""


class _RecordedFile:
    """One open file. There is one connection, so that locks are always granted."""

    def __init__(self, name: str, disk: Disk) -> None:
        self._name = name
        self._disk = disk

    def xRead(self, amount: int, offset: int) -> bytes:  # noqa: N802
        return bytes(self._disk.files[self._name][offset : offset + amount])

    def xWrite(self, data: Any, offset: int) -> None:  # noqa: N802
        self._do(Write(self._name, offset, bytes(data)))

    def xTruncate(self, newsize: int) -> None:  # noqa: N802
        self._do(Write(self._name, newsize, None))

    def xSync(self, flags: int) -> None:  # noqa: N802
        self._disk.events.append(Flush(self._name))

    def xFileSize(self) -> int:  # noqa: N802
        return len(self._disk.files[self._name])

    def xLock(self, level: int) -> None:  # noqa: N802
        """Grant it."""

    def xUnlock(self, level: int) -> None:  # noqa: N802
        """Take it back."""

    def xCheckReservedLock(self) -> bool:  # noqa: N802
        return False

    def xClose(self) -> None:  # noqa: N802
        """Closing flushes nothing."""

    def xFileControl(self, op: int, ptr: int) -> bool:  # noqa: N802
        return False

    def xSectorSize(self) -> int:  # noqa: N802
        return SECTOR_BYTES

    def xDeviceCharacteristics(self) -> int:  # noqa: N802
        return 0

    def _do(self, write: Write) -> None:
        apply(self._disk.files[self._name], write)
        self._disk.events.append(write)
