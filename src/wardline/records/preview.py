"""A report as its receiver will get it: in the receiver's order and names, for people to read, and the very bytes beside it."""

from __future__ import annotations

import re
from dataclasses import dataclass

from wardline.errors import InputError

_NAME = re.compile(r"[a-z0-9][a-z0-9.-]{0,99}")


@dataclass(frozen=True, slots=True, kw_only=True)
class PreviewField:
    """One value of a report."""

    label: str
    """What it is, in words."""
    wire: str
    """Name of the receiver's field."""
    value: str
    """As it is sent. Truth values are ``yes`` and ``no``, and what is sent as a bare name stands here in words."""
    reworded: bool = False
    """True where the value stands here in neutral words and is sent in the receiver's own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PreviewColumn:
    """One field that a table gives for each of its rows."""

    label: str
    wire: str
    """Name of the receiver's field."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PreviewTable:
    """The same fields of several things of one kind, such as files."""

    columns: tuple[PreviewColumn, ...]
    rows: tuple[tuple[str | None, ...], ...]
    """One value a column; None where the field is not sent. Rows are numbered from 1, as the things they are about."""

    def __post_init__(self) -> None:
        if any(len(row) != len(self.columns) for row in self.rows):
            raise InputError("preview: a row does not fit its table, expected one value a column")


@dataclass(frozen=True, slots=True, kw_only=True)
class PreviewSection:
    """One part of a report."""

    title: str
    fields: tuple[PreviewField, ...] = ()
    table: PreviewTable | None = None
    file: int | None = None
    """Which file the part is about, counted from 1 as in the table; None where it is about the report or about all of them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PreviewDocument:
    """One document that is sent, byte for byte."""

    name: str
    """File name to keep it under: lower-case letters, digits, dots and dashes, at most 100."""
    media_type: str
    body: bytes
    awaits: tuple[str, ...] = ()
    """Names of the fields in which a stand-in stands for what only the receiver can give: its own ids."""

    def __post_init__(self) -> None:
        if not _NAME.fullmatch(self.name):
            raise InputError(
                "preview: malformed name of a document, expected small letters, digits, dots and dashes"
            )


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """What one receiver would get of one report."""

    sections: tuple[PreviewSection, ...]
    """In the receiver's order."""
    documents: tuple[PreviewDocument, ...]
    """In the order of sending."""

    def __post_init__(self) -> None:
        if len({each.name for each in self.documents}) < len(self.documents):
            raise InputError("preview: two documents of one name, expected each name once")
