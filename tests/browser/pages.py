"""Every page of the console with real records in its address, and who opens it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import product
from typing import TYPE_CHECKING

from tests.browser.furnished import PEOPLE, Furnished
from wardline.web import console

if TYPE_CHECKING:
    from tests.browser.chromium import Visitors

_WHO = ("lea", "ada", "otto", "mika")
"""Who opens a page: the first of them that may."""
_ALSO = (("mika", "/queue"), ("otto", "/audit"))
"""Pages that look otherwise to somebody else."""
_ASKED = {"/queue/news": "?known=0"}
"""What some addresses must be asked with."""
_REFUSED = 400
_NO_RECORDS = {"name"}
"""What addresses name besides records: pictures that were revealed, to be fetched once."""


def addresses(house: Furnished) -> Iterator[tuple[str, str]]:
    """Give everything that can be got from the console, as (who, address)."""
    for method, path, roles in console.rules():
        if method != "GET":
            continue
        who = next(name for name in _WHO if PEOPLE[name].value in roles)
        places = re.findall(r"{(\w+)(?::\w+)?}", path)
        if _NO_RECORDS & set(places):
            continue
        unknown = [place for place in places if place not in house.ids]
        assert not unknown, f"{path}: give tests/browser/furnished.py a record for {unknown}"
        # The page of a record is opened for every state that one can be in; what lies below it, for one.
        most = None if path.endswith("}") and len(places) == 1 else 1
        for ids in product(*(house.ids[place][:most] for place in places)):
            yield who, re.sub(r"{\w+(?::\w+)?}", "{}", path).format(*ids) + _ASKED.get(path, "")
    yield from house.also


def pages(visitors: Visitors, house: Furnished) -> list[tuple[str | None, str]]:
    """Give every page, as (who, address). Pictures, receipts and parts of pages are none."""
    if not visitors.listed:
        visitors.listed = [(None, "/sign-in"), *_found(visitors, house), *_ALSO]
    return visitors.listed


def _found(visitors: Visitors, house: Furnished) -> Iterator[tuple[str, str]]:
    windows = {name: visitors.page(name) for name in _WHO}
    for who, address in addresses(house):
        # A redirect is not followed: the page where it leads to is on the list itself.
        answer = windows[who].request.get(address, max_redirects=0)
        assert answer.status < _REFUSED, f"{address}: answered {answer.status} to {who}"
        if answer.ok and answer.body().lstrip().lower().startswith(b"<!doctype html>"):
            yield who, address
