"""Pages of what is short enough to be read whole and too long to be shown whole."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from wardline.errors import InputError

_T = TypeVar("_T")
_NUMBER = re.compile(r"[1-9][0-9]{0,6}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Paged(Generic[_T]):
    """One page of a sequence."""

    shown: Sequence[_T]
    start: int
    """How many stand on the pages before."""
    total: int
    """How many there are in all."""
    number: int
    """Which page, from 1."""
    pages: int
    """How many pages there are, at least 1."""

    @property
    def stop(self) -> int:
        """How many stand on the pages up to and with this one."""
        return self.start + len(self.shown)


def paged(everything: Sequence[_T], asked: str, *, most: int) -> Paged[_T]:
    """Give the page that was asked for; nearer pages are given for numbers beyond the last, since lists grow shorter, too.

    Args:
        everything: All of it.
        asked: The page's number, from 1; empty for the first.
        most: How many to a page.

    Raises:
        InputError: What was asked for is no number.
    """
    if asked and not _NUMBER.fullmatch(asked):
        raise InputError("page: malformed number, expected a number from 1")
    pages = max(1, -(-len(everything) // most))
    number = min(int(asked or 1), pages)
    start = (number - 1) * most
    return Paged(everything[start : start + most], start, len(everything), number, pages)


def number_of(row: int, *, most: int) -> int:
    """Say on which page a row stands, both counted as people do: rows from 0, pages from 1."""
    return row // most + 1
