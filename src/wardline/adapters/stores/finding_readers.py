"""Finding records, over SQL."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from wardline import records
from wardline.adapters.stores import tables
from wardline.adapters.stores.reading import SqlReading

_ESCAPE = "\\"


class SqlFinding(SqlReading):
    """Ends of ids are looked for in the index of the ids: some tenths of a second among a million."""

    def cases_ending(self, ending: str, *, most: int) -> list[records.Case]:
        table = tables.cases
        return self._all(records.Case, _newest(table, table.c.id.like(_end(ending), escape=_ESCAPE), most))

    def referrals_ending(self, ending: str, *, most: int) -> list[records.Referral]:
        table = tables.referrals
        return self._all(
            records.Referral, _newest(table, table.c.id.like(_end(ending), escape=_ESCAPE), most)
        )

    def referrals_of_report(self, remote_id: str, *, most: int) -> list[records.Referral]:
        table = tables.referrals
        return self._all(records.Referral, _newest(table, table.c.remote_id == remote_id, most))


def _newest(table: sa.Table, chosen: sa.ColumnElement[bool], most: int) -> sa.Select[Any]:
    # Ids sort by time.
    return sa.select(table).where(chosen).order_by(table.c.id.desc()).limit(most)


def _end(ending: str) -> str:
    for special in (_ESCAPE, "%", "_"):
        ending = ending.replace(special, _ESCAPE + special)
    return f"%{ending}"
