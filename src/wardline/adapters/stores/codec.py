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
from typing import Any, TypeVar

from wardline.adapters.stores import kinds
from wardline.errors import InputError, IntegrityError

T = TypeVar("T")
Cell = str | int | float | bool | bytes | datetime | date | None
Row = Mapping[str, Any]
"""Cells by field name."""
Converter = Callable[[Any], Any]

_CANONICAL = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=True)
"""Made once: ``json.dumps`` makes one for each value that is not written in its own form, and a commit writes dozens."""
_PLAIN: tuple[type[Any], ...] = (str, bool, int, float, bytes, datetime, date)


def to_row(record: Any) -> dict[str, Cell]:
    """Turn a record into a row."""
    return {column.name: column.encode(getattr(record, column.name)) for column in _columns(type(record))}


def from_row(record_type: type[T], row: Row) -> T:
    """Turn a row into a record; ``IntegrityError`` when it does not fit, for only records were ever written."""
    try:
        return record_type(
            **{column.name: _cell(column, row[column.name]) for column in _columns(record_type)}
        )
    except (InputError, ValueError, TypeError, KeyError, AttributeError) as error:
        thing = f"{kinds.name_of(record_type)} {row.get('id', '')}".rstrip()
        raise IntegrityError(f"{thing}: what is stored is malformed, expected a valid record") from error


def _cell(column: _Column, cell: Any) -> Any:
    """Decode one cell. What is stored as it is, is let pass here: most cells are, and two calls for each took most of the time of reading."""
    return cell if type(cell) in column.passes else column.decode(cell)


def canonical_json(value: Any) -> str:
    """Write JSON in the one form that is digested: sorted keys, no spaces, ASCII."""
    return _CANONICAL.encode(value)


def canonical(row: Row) -> bytes:
    """Give the bytes of a row that digests are made of."""
    return canonical_json({name: _json_cell(value) for name, value in row.items()}).encode()


def digest(row: Row, salt: bytes, *, later: Row | None = None) -> str:
    """Give the salted SHA-256 of a row, hexadecimal.

    Args:
        row: What is digested.
        salt: 16 bytes.
        later: Cells that are left out while they hold exactly this; see ``kinds.Kind.later``.
    """
    said = {name: cell for name, cell in row.items() if not (later and _as_before(name, cell, later))}
    return hashlib.sha256(salt + canonical(said)).hexdigest()


def _as_before(name: str, cell: Cell, later: Row) -> bool:
    return name in later and type(cell) is type(later[name]) and cell == later[name]


def digest_of_load(members: Mapping[str, str], salt: bytes) -> str:
    """Give the salted SHA-256 over the digests of records that were loaded together, hexadecimal."""
    return hashlib.sha256(salt + canonical_json(members).encode()).hexdigest()


# --- columns ------------------------------------------------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class _Column:
    name: str
    encode: Converter
    decode: Converter
    passes: tuple[type[Any], ...]
    """Cells of these types are the field's value."""


_known_columns: dict[type[Any], tuple[_Column, ...]] = {}


def _columns(record_type: type[Any]) -> tuple[_Column, ...]:
    columns = _known_columns.get(record_type)
    if columns is None:
        hints = typing.get_type_hints(record_type)
        columns = tuple(
            _Column(field.name, *_column_codec(hints[field.name]), _passes(hints[field.name]))
            for field in fields(record_type)
        )
        _known_columns[record_type] = columns
    return columns


def _column_codec(hint: Any) -> tuple[Converter, Converter]:
    members = _members(hint)
    present = [member for member in members if member is not types.NoneType]
    optional = len(present) < len(members)
    if len(present) == 1 and present[0] in _PLAIN:
        return _same, _maybe(_checked(present[0]), optional)
    if len(present) == 1 and _is_enum(present[0]):
        return _maybe(str, optional), _maybe(_enum(present[0]), optional)
    write, read = _json_codec(hint)
    return _maybe(lambda value: canonical_json(write(value)), optional), _maybe(
        lambda cell: read(json.loads(cell)), optional
    )


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
    return value.hex() if isinstance(value, bytes) else value


# --- nested values ------------------------------------------------------------------------------------------------------------------
@cache
def _json_codec(hint: Any) -> tuple[Converter, Converter]:
    """Give the functions that turn a value of this type into JSON's values and back."""
    members = _members(hint)
    if len(members) > 1:
        return _union_codec(members)
    if typing.get_origin(hint) is tuple:
        write, read = _json_codec(typing.get_args(hint)[0])
        return (
            lambda values: [write(value) for value in values],
            lambda values: tuple(read(value) for value in _checked(list)(values)),
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

    def write(record: Any) -> dict[str, Any]:
        return {name: codec[0](getattr(record, name)) for name, codec in codecs.items()}

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
