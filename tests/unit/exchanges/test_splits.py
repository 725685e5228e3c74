"""Whatever the pages and wherever a fetch is cut short, the list ends as one uninterrupted fetch would leave it."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.unit.exchanges.owners import OPTIONS, SandboxOwner, World
from wardline import ports
from wardline.testing.exchange_contract import Followed, Hash, hash_number

acts = st.lists(st.tuples(st.integers(0, 6), st.booleans()), max_size=12)
"""Which entry, and whether it is shared or withdrawn."""


def fetched(world: World, exchange: str, followed: Followed, resume: str | None, cuts: list[int]) -> str:
    """Follow to the end, each page twice where it is cut: the first time its process dies before the cursor was kept."""
    opened: ports.HashExchange = world.open(exchange)
    cursor, pages = resume, 0
    while True:
        page = opened.fetch(cursor)
        followed.apply(page)
        pages += 1
        if pages in cuts:
            opened = world.open(exchange)
            continue
        if page.cursor is None:
            assert page.resume is not None
            return page.resume
        cursor = page.cursor


@pytest.mark.parametrize("exchange", sorted(OPTIONS))
@settings(max_examples=15)
@given(
    st.lists(acts, min_size=1, max_size=3),
    st.integers(1, 5),
    st.lists(st.integers(1, 8), max_size=3),
    st.booleans(),
)
def test_any_pages_and_any_interruption_end_in_what_the_owner_shares(
    exchange: str, rounds: list[list[tuple[int, bool]]], page_entries: int, cuts: list[int], waits: bool
) -> None:
    world = World(page_entries)
    followed, resume = Followed(), None
    expected: set[Hash] = set()
    with world.sandbox:
        owner = SandboxOwner(world, exchange)
        for each in rounds:
            for number, is_shared in each:
                entry = hash_number(number, owner.kinds)
                if is_shared:
                    owner.share(entry)
                    expected.add(entry)
                else:
                    owner.withdraw(entry)
                    expected.discard(entry)
            if waits:
                world.wait(days=1)
            resume = fetched(world, exchange, followed, resume, cuts)
            assert followed.hashes == expected
