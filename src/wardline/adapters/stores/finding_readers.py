"""Finding records, over SQL."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from wardline import records
from wardline.adapters.stores import tables
from wardline.adapters.stores.reading import SqlReading

_ESCAPE = "\\"
_INDEXED = 6


class SqlFinding(SqlReading):
    """Ends of ids have an index of their own, by their last six letters."""

    def cases_ending(self, ending: str, *, most: int) -> list[records.Case]:
        table = tables.cases
        return self._all(records.Case, _newest(table, _ends(table.c.id, ending, tables.CASE_ENDING), most))

    def referrals_ending(self, ending: str, *, most: int) -> list[records.Referral]:
        table = tables.referrals
        return self._all(
            records.Referral, _newest(table, _ends(table.c.id, ending, tables.REFERRAL_ENDING), most)
        )

    def referrals_of_report(self, remote_id: str, *, most: int) -> list[records.Referral]:
        table = tables.referrals
        return self._all(records.Referral, _newest(table, table.c.remote_id == remote_id, most))


def _newest(table: sa.Table, chosen: sa.ColumnElement[bool], most: int) -> sa.Select[Any]:
    # Ids sort by time.
    return sa.select(table).where(chosen).order_by(table.c.id.desc()).limit(most)


def _ends(column: sa.Column[Any], ending: str, indexed: str) -> sa.ColumnElement[bool]:
    """Select ids that end like this: one with as many letters as the index holds is found by it."""
    plain = ending
    for special in (_ESCAPE, "%", "_"):
        plain = plain.replace(special, _ESCAPE + special)
    ends = column.like(f"%{plain}", escape=_ESCAPE)
    if len(ending) < _INDEXED:
        return ends
    # An index on an expression is found by no other spelling.
    last: sa.ColumnElement[str] = sa.literal_column(indexed, sa.Text())
    return sa.and_(last == ending[-_INDEXED:], ends)
