"""The nouns of a scan: which file, and what came of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from wardline import records


class Status(StrEnum):
    """What came of one file. Only ``NO_MATCH`` says that a picture was compared in full."""

    MATCH = "match"
    NO_MATCH = "no-match"
    NOT_A_PICTURE = "not-a-picture"
    """Neither by its name nor by its content; compared byte for byte."""
    UNSCANNABLE = "unscannable"
    """A picture, or what may hold some, that could not be decoded or opened."""
    UNREADABLE = "unreadable"
    """The file system did not give it out."""


SETTLED = frozenset({Status.NO_MATCH, Status.NOT_A_PICTURE})
"""What a scan that goes on need not look at again. The others are looked at again, so that they are told in full."""


@dataclass(frozen=True, slots=True)
class Key:
    """One file in one state: when it changes it is another one."""

    path: str
    """Absolute; of the archive, for what is in one."""
    size_bytes: int
    modified_ns: int
    member: int | None = None
    """Its place in the archive, from 0."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What came of one file."""

    name: str
    """As the caller wrote it; of what is in an archive ``archive.zip!/inner/name``."""
    status: Status
    key: Key | None = None
    """None of what could not even be found."""
    reason: str | None = None
    """A fixed phrase: why it could not be scanned."""
    hashes: tuple[records.Hash, ...] = ()
    matches: tuple[records.Match, ...] = ()
    too_plain: bool = False
    """Compared byte for byte only: its picture says too little."""
    earlier: bool = False
    """Found by an earlier run and not there any more, or not as it was then."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WholeArchive:
    """An archive of which every member is settled."""

    key: Key
    counts: Mapping[Status, int] = field(default_factory=dict)
    """Of its members."""
