"""What a case is known to be, over SQL: the same as ``review.grade_of_case`` says of a record.

It is read from the text in which the store writes what a place was computed from: canonical JSON, whose keys are sorted. Reading a record of
each case that somebody does not take would take a hundred times as long.
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from wardline.adapters.stores import tables
from wardline.records import Grade

UNGRAVE = "u"
"""The letter of what is not known to be of A or B."""
_SEVERE = (Grade.A, Grade.B)
_ZEROS = ("0", "0.0")
"""A number may have been given without a fraction."""


def is_letter(wanted: str) -> sa.ColumnElement[bool]:
    """Select the cases of one letter, spelt as their indexes are."""
    spelt: sa.ColumnElement[str] = sa.literal_column(tables.LETTER, sa.Text())
    return spelt == sa.literal_column(f"'{wanted}'", sa.Text())


def letter(urgency: Any) -> sa.ColumnElement[str]:
    """Give the same by the column of a part of ``cases``."""
    return sa.func.coalesce(sa.func.substr(urgency, 14, 1), UNGRAVE, type_=sa.Text())


def letters(declined: tuple[Grade, ...], put_off: tuple[Grade, ...]) -> tuple[str, ...]:
    """Give the letters of what somebody may take, danger aside."""
    return (*(each.value for each in _SEVERE if each not in (*declined, *put_off)), UNGRAVE)


def letters_of(some: tuple[Grade, ...], *, but_for: tuple[Grade, ...]) -> tuple[str, ...]:
    """Give the letters of some grades but for others; the rest has none of its own."""
    return tuple(each.value for each in _SEVERE if each in some and each not in but_for)


def is_told_by_letter(of: str, declined: tuple[Grade, ...], put_off: tuple[Grade, ...]) -> bool:
    """Say whether all that has this letter is taken, so that it need not be looked at more closely."""
    return of != UNGRAVE or {*declined, *put_off} <= {*_SEVERE, Grade.HARMLESS}


def takes(case: Any, declined: tuple[Grade, ...], put_off: tuple[Grade, ...]) -> sa.ColumnElement[bool]:
    """Select what somebody takes who does not take some grades, and others only where a child may be in danger.

    Args:
        case: The columns of ``cases``, or of a part of it that has ``urgency`` and ``imminent_since``.
        declined: Not taken.
        put_off: Not taken, but for danger.
    """
    text = sa.func.coalesce(case["urgency"], "", type_=sa.Text())
    not_declined = [sa.not_(_is(text, grade)) for grade in declined]
    not_put_off = [sa.not_(_is(text, grade)) for grade in put_off]
    return sa.and_(
        sa.true(),
        *not_declined,
        sa.or_(case["imminent_since"].is_not(None), sa.and_(sa.true(), *not_put_off)),
    )


def _is(text: Any, grade: Grade) -> sa.ColumnElement[bool]:
    match grade:
        case Grade.A | Grade.B:
            return sa.and_(sa.true(), text.like(f'{{"category":"{grade.value}%'))
        case Grade.OTHER:
            return sa.and_(
                sa.or_(*(text.like(f"{start}%") for start in _others())),
                *(text.not_like(f"{start}{zero}}}%") for start in _others() for zero in _ZEROS),
            )
        case Grade.UNKNOWN:
            return sa.not_(sa.or_(*(_is(text, each) for each in (Grade.A, Grade.B, Grade.OTHER))))
        case Grade.HARMLESS:  # of files that somebody looked at, never of a case
            return sa.false()


def _others() -> list[str]:
    """Give how the text begins where nothing but another violation is possible."""
    return [f'{{"category":null,"odds":{{"a":{a},"b":{b},"other":' for a in _ZEROS for b in _ZEROS]
