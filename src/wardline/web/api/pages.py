"""Lists come in pages, with a cursor for the next."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Generic, TypeVar

from fastapi import Query

R = TypeVar("R")

Cursor = Annotated[str | None, Query(max_length=100, description="`next` of the page before")]
Limit = Annotated[int, Query(ge=1, le=500)]


@dataclass(frozen=True, slots=True)
class Page(Generic[R]):
    """One page of a list."""

    items: list[R]
    next: str | None
    """Cursor of the next page; null at the end."""


def page(found: list[R], limit: int, cursors: list[str]) -> Page[R]:
    """Make a page; a full one has a next."""
    return Page(items=found, next=cursors[-1] if len(found) == limit and cursors else None)
