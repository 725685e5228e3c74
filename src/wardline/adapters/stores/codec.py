"""Records to rows and back, by their type hints.

A row has one cell a field. Plain values stay plain; anything nested is one cell of canonical JSON. The canonical bytes of a row are
the same on every store, so a digest made on one of them can be checked on another.
"""

from __future__ import annotations

import hashlib
import json
import types
import typing
from collections.abc import Callable, Mapping
from dataclasses import MISSING, dataclass, fields, is_dataclass
from datetime import date, datetime
from enum import StrEnum
from functools import cache
from operator import attrgetter
from typing import Any, TypeVar

from wardline.adapters.stores import kinds
from wardline.errors import InputError, IntegrityError

T = TypeVar("T")
Cell = str | int | float | bool | bytes | datetime | date | None
Row = Mapping[str, Any]
"""Cells by field name."""
Converter = Callable[[Any], Any]

_PLAIN: tuple[type[Any], ...] = (str, bool, int, float, bytes, datetime, date)


def to_row(record: Any) -> dict[str, Cell]:
    """Turn a record into a row."""
    form = _form(type(record))
    row = dict(zip(form.names, form.values(record), strict=True))
    for name, encode in form.encoded:
        if row[name] is not None:
            row[name] = encode(row[name])
    return row


def from_row(record_type: type[T], row: Row) -> T:
    """Turn a row into a record; ``IntegrityError`` when it does not fit, for only records were ever written."""
    form = _form(record_type)
    try:
        # What is stored as it is, is let pass here: most cells are, and a call for each took most of the time of reading.
        return record_type(
            **{
                name: cell if type(cell := row[name]) in passes else decode(cell)
                for name, passes, decode in form.decoded
            }
        )
    except (InputError, ValueError, TypeError, KeyError, AttributeError) as error:
        thing = f"{kinds.name_of(record_type)} {row.get('id', '')}".rstrip()
        raise IntegrityError(f"{thing}: what is stored is malformed, expected a valid record") from error


def canonical_json(value: Any) -> str:
    """Write JSON in the one form that is digested: sorted keys, no spaces, ASCII."""
    return _CANONICAL.encode(value)


def canonical(row: Row) -> bytes:
    """Give the bytes of a row that digests are made of."""
    return canonical_json(dict(row)).encode()


def digest(row: Row, salt: bytes, *, later: Row | None = None) -> str:
    """Give the salted SHA-256 of a row, hexadecimal.

    Args:
        row: What is digested.
        salt: 16 bytes.
        later: Cells that are left out while they hold exactly this; see ``kinds.Kind.later``.
    """
    said = dict(row)
    for name, before in (later or {}).items():
        if name in said and type(said[name]) is type(before) and said[name] == before:
            del said[name]
    return hashlib.sha256(salt + canonical(said)).hexdigest()


def digest_of_load(members: Mapping[str, str], salt: bytes) -> str:
    """Give the salted SHA-256 over the digests of records that were loaded together, hexadecimal."""
    return hashlib.sha256(salt + canonical_json(members).encode()).hexdigest()


# --- columns ------------------------------------------------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class _Form:
    """How the records of one type are written and read: found out once, for each commit does it dozens of times while others wait."""

    names: tuple[str, ...]
    values: Callable[[Any], tuple[Any, ...]]
    """Gives all fields of a record, in the order of the names."""
    encoded: tuple[tuple[str, Converter], ...]
    """Fields whose value is not its own cell; without a value they have no cell either."""
    decoded: tuple[tuple[str, tuple[type[Any], ...], Converter], ...]
    """Each field, the types of those cells that are its value as they are, and what turns any other cell into it."""


_known_forms: dict[type[Any], _Form] = {}


def _form(record_type: type[Any]) -> _Form:
    form = _known_forms.get(record_type)
    if form is None:
        hints = typing.get_type_hints(record_type)
        names = tuple(field.name for field in fields(record_type))
        codecs = {name: _column_codec(hints[name]) for name in names}
        form = _Form(
            names=names,
            values=_getter(names),
            encoded=tuple((name, encode) for name, (encode, _) in codecs.items() if encode is not _same),
            decoded=tuple((name, _passes(hints[name]), decode) for name, (_, decode) in codecs.items()),
        )
        _known_forms[record_type] = form
    return form


def _getter(names: tuple[str, ...]) -> Callable[[Any], tuple[Any, ...]]:
    """Make what reads several fields at once."""
    get = attrgetter(*names)
    return get if len(names) > 1 else lambda record: (get(record),)


def _column_codec(hint: Any) -> tuple[Converter, Converter]:
    """Give what turns a value that is there into its cell, and a cell into the value."""
    members = _members(hint)
    present = [member for member in members if member is not types.NoneType]
    optional = len(present) < len(members)
    if len(present) == 1 and present[0] in _PLAIN:
        return _same, _maybe(_checked(present[0]), optional)
    if len(present) == 1 and _is_enum(present[0]):
        return str, _maybe(_enum(present[0]), optional)
    write, read = _json_codec(hint)
    is_tuple = typing.get_origin(hint) is tuple  # most of those are empty
    decode = _maybe(lambda cell: read(json.loads(cell)), optional)
    if is_tuple:
        return lambda values: canonical_json(write(values)) if values else _EMPTY, decode
    return lambda value: canonical_json(write(value)), decode


def _passes(hint: Any) -> tuple[type[Any], ...]:
    members = _members(hint)
    present = [member for member in members if member is not types.NoneType]
    none = (types.NoneType,) if len(present) < len(members) else ()
    return (*_allowed(present[0]), *none) if len(present) == 1 and present[0] in _PLAIN else none


def _json_cell(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat(timespec="microseconds")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, bytes):
        return value.hex()
    raise TypeError(f"codec: no form for a cell of type {type(value).__name__}, expected a plain value")


_CANONICAL = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=True, default=_json_cell)
"""Made once: ``json.dumps`` makes one for each value that is not written in its own form, and a commit writes dozens."""
_EMPTY = "[]"
"""What canonical JSON writes for no values."""


# --- nested values ------------------------------------------------------------------------------------------------------------------
@cache
def _json_codec(hint: Any) -> tuple[Converter, Converter]:
    """Give the functions that turn a value of this type into JSON's values and back."""
    members = _members(hint)
    if len(members) > 1:
        return _union_codec(members)
    if typing.get_origin(hint) is tuple:
        write, read = _json_codec(typing.get_args(hint)[0])
        check = _checked(list)
        return (
            _same if write is _same else lambda values: [write(value) for value in values],
            lambda values: tuple([read(value) for value in check(values)]),
        )
    if hint in (datetime, date, bytes):
        return _json_cell, bytes.fromhex if hint is bytes else hint.fromisoformat
    if hint in _PLAIN:
        return _same, _checked(hint)
    if _is_enum(hint):
        return str, _enum(hint)
    if is_dataclass(hint):
        return _dataclass_codec(hint)
    raise TypeError(f"codec: no form for {hint}, expected plain values, enumerations, tuples and dataclasses")


def _dataclass_codec(record_type: Any) -> tuple[Converter, Converter]:
    hints = typing.get_type_hints(record_type)
    codecs = {field.name: _json_codec(hints[field.name]) for field in fields(record_type)}
    # Fields that came later have a default, which is what they were before.
    optional = {field.name for field in fields(record_type) if field.default is not MISSING}

    names = tuple(codecs)
    values = _getter(names)
    others = tuple((name, write) for name, (write, _) in codecs.items() if write is not _same)

    def write(record: Any) -> dict[str, Any]:
        written = dict(zip(names, values(record), strict=True))
        for name, convert in others:
            written[name] = convert(written[name])
        return written

    def read(value: Any) -> Any:
        return record_type(
            **{
                name: codec[1](value[name])
                for name, codec in codecs.items()
                if name in value or name not in optional
            }
        )

    return write, read


def _union_codec(members: tuple[Any, ...]) -> tuple[Converter, Converter]:
    present = tuple(member for member in members if member is not types.NoneType)
    if len(present) == 1:
        write, read = _json_codec(present[0])
        return _maybe(write, True), _maybe(read, True)
    by_name = {member.__name__: (member, _json_codec(member)) for member in present}

    def write_tagged(value: Any) -> Any:
        return None if value is None else [type(value).__name__, by_name[type(value).__name__][1][0](value)]

    def read_tagged(value: Any) -> Any:
        return None if value is None and len(present) < len(members) else by_name[value[0]][1][1](value[1])

    return write_tagged, read_tagged


# --- small pieces -------------------------------------------------------------------------------------------------------------------
def _members(hint: Any) -> tuple[Any, ...]:
    is_union = typing.get_origin(hint) in (typing.Union, types.UnionType)
    return typing.get_args(hint) if is_union else (hint,)


def _is_enum(hint: Any) -> bool:
    return isinstance(hint, type) and issubclass(hint, StrEnum)


def _same(value: Any) -> Any:
    return value


def _enum(enum_type: type[StrEnum]) -> Converter:
    return enum_type


def _maybe(convert: Converter, optional: bool) -> Converter:
    return (lambda value: None if value is None else convert(value)) if optional else convert


def _checked(expected: type[Any]) -> Converter:
    """Let values of one type pass: SQLite columns and edited JSON may hold anything."""
    allowed = _allowed(expected)

    def check(value: Any) -> Any:
        if type(value) not in allowed:
            raise ValueError(f"holds {type(value).__name__}, expected {expected.__name__}")
        return value

    return check


def _allowed(expected: type[Any]) -> tuple[type[Any], ...]:
    return (float, int) if expected is float else (expected,)
