"""What a case is known to be, over SQL: the same as ``review.grade_of_case`` says of a record.

It is read from the text in which the store writes what a place was computed from: canonical JSON, whose keys are sorted. Reading a record of
each case that somebody does not take would take a hundred times as long.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import sqlalchemy as sa

from wardline.adapters.stores import tables
from wardline.records import Grade

UNGRAVE = "u"
"""The letter of what is not known to be of A or B."""
_SEVERE = (Grade.A, Grade.B)
LETTERS = (*(each.value for each in _SEVERE), UNGRAVE)
_KNOWN = (Grade.A, Grade.B, Grade.OTHER, Grade.UNKNOWN)
"""What a case may be; harmless are only files that somebody looked at."""
_ZEROS = ("0", "0.0")
"""A number may have been given without a fraction."""
_OTHERS = [f'{{"category":null,"odds":{{"a":{a},"b":{b},"other":' for a in _ZEROS for b in _ZEROS]
"""How the text begins where nothing but another violation is possible."""


@lru_cache(maxsize=256)
def switches(declined: tuple[Grade, ...], put_off: tuple[Grade, ...]) -> dict[str, int]:
    """Give the values by which the statements know what somebody does not take: 1 switches a condition or a part on, 0 off.

    Args:
        declined: Not taken.
        put_off: Not taken, but for danger.
    """
    aside = {*declined, *put_off}
    # Of a severe case the letter tells whether it is taken; what has the other letter may have to be looked at more closely.
    is_told = aside <= {*_SEVERE, Grade.HARMLESS}
    later = {each: each in put_off and each not in declined for each in _SEVERE}
    found = {
        f"told_{UNGRAVE}": is_told,
        "looked_at": not is_told,
        "danger": any(later.values()),
        **{f"told_{each.value}": each not in aside for each in _SEVERE},
        **{f"danger_{each.value}": on for each, on in later.items()},
        **{f"takes_{each.value}": each not in aside for each in _KNOWN},
        **{f"in_danger_{each.value}": each not in declined for each in _KNOWN},
    }
    return {name: int(on) for name, on in found.items()}


def is_on(switch: str) -> sa.ColumnElement[bool]:
    """Select by a switch."""
    return _switch(switch) == _ON


def is_letter(wanted: str) -> sa.ColumnElement[bool]:
    """Select the cases of one letter, spelt as their indexes are."""
    spelt: sa.ColumnElement[str] = sa.literal_column(tables.LETTER, sa.Text())
    return spelt == _text(wanted)


def is_put_off(case: Any) -> sa.ColumnElement[bool]:
    """Select what is put off but for danger, by the letter, of a part of ``cases``."""
    letter = sa.func.coalesce(
        sa.func.substr(case.urgency, _number(14), _number(1)), _text(UNGRAVE), type_=sa.Text()
    )
    return sa.or_(*(sa.and_(letter == _text(each.value), is_on(f"danger_{each.value}")) for each in _SEVERE))


def takes(case: Any) -> sa.ColumnElement[bool]:
    """Select what somebody takes who does not take some grades, and others only where a child may be in danger.

    Args:
        case: The columns of ``cases``, or of a part of it that has ``urgency`` and ``imminent_since``.
    """
    text = sa.func.coalesce(case.urgency, _text(""), type_=sa.Text())
    is_safe = case.imminent_since.is_(None)
    taken = {
        grade: sa.case((is_safe, _switch(f"takes_{grade.value}")), else_=_switch(f"in_danger_{grade.value}"))
        for grade in _KNOWN
    }
    told = [(_is(text, grade), taken[grade]) for grade in (Grade.A, Grade.B, Grade.OTHER)]
    return sa.case(*told, else_=taken[Grade.UNKNOWN]) == _ON


def _is(text: Any, grade: Grade) -> sa.ColumnElement[bool]:
    """Select one of the grades of which something is known."""
    if grade is not Grade.OTHER:
        return _begins(text, f'{{"category":"{grade.value}')
    return sa.and_(
        sa.or_(*(_begins(text, start) for start in _OTHERS)),
        *(sa.not_(_begins(text, f"{start}{zero}}}")) for start in _OTHERS for zero in _ZEROS),
    )


def _begins(text: Any, start: str) -> sa.ColumnElement[bool]:
    return sa.and_(sa.true(), text.like(_text(f"{start}%")))


def _text(value: str) -> sa.ColumnElement[str]:
    """Give a text of ours as it is. As values of a statement these would be sent each time."""
    return sa.literal_column(f"'{value}'", sa.Text())


def _number(value: int) -> sa.ColumnElement[int]:
    return sa.literal_column(str(value), sa.Integer())


def _switch(name: str) -> sa.BindParameter[int]:
    return sa.bindparam(name, type_=sa.Integer())


_ON = _number(1)
