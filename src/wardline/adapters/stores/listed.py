"""A list that is one value of a statement and is read as a table: how long it is makes no other statement."""

from __future__ import annotations

import json
from collections.abc import Iterable
from functools import cache

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY

from wardline.adapters.stores.columns import text


def rows(name: str, dialect: str) -> sa.TableValuedAlias:
    """Give the list that is the value of this name, as a table of this name."""
    if dialect == "postgresql":
        given = sa.func.unnest(sa.bindparam(name, type_=ARRAY(sa.Text())))
        return given.table_valued("value").render_derived(name=name)
    return sa.func.json_each(sa.bindparam(name, type_=sa.Text())).table_valued("value", name=name)


@cache
def each(name: str, dialect: str) -> sa.ColumnElement[str]:
    """Give what a row of that table holds, for a part that is read once for each."""
    collated = ' COLLATE "C"' if dialect == "postgresql" else ""
    return sa.literal_column(f"{name}.value{collated}", text())


def value(texts: Iterable[str], dialect: str) -> list[str] | str:
    """Give the list as the statement takes it."""
    return [*texts] if dialect == "postgresql" else json.dumps([*texts])
