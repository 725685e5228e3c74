"""One incident is one case, also where several tell of it at the same moment."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.acceptance.test_an_incident_without_a_file import told
from tests.unit.stores.databases import POSTGRES, SQLITE, new_database, open_engine
from wardline import records, review
from wardline.adapters.stores import SqlStore
from wardline.pipeline import incidents
from wardline.records import Outcome, Verb
from wardline.testing.harness import Line

MANY = 6


@pytest.fixture
def line(tmp_path: Path) -> Iterator[Line]:
    with Line(tmp_path, store="memory") as made:
        yield made


def at_once(line: Line, stores: list[Any], keys: list[str | None], **fields: Any) -> list[str | None]:
    """Tell of one incident several times, each having seen that it is not kept before any of them opens a case."""
    gate, key = threading.Barrier(len(keys), timeout=60), line.platform_key().record

    class Sealed:
        """The vault, before which all of them wait once."""

        def __init__(self) -> None:
            self.waited = False

        def __getattr__(self, name: str) -> Any:
            return getattr(line.parts.vault, name)

        def seal(self, *what: Any) -> None:
            if not self.waited:
                self.waited = True
                gate.wait()
            line.parts.vault.seal(*what)

    def one(number: int) -> str | None:
        parts = replace(line.parts, store=stores[number % len(stores)], vault=Sealed())
        given = told(**fields)
        return incidents.tell(parts, given, api_key=key, idempotency_key=keys[number]).item_id

    with ThreadPoolExecutor(len(keys)) as pool:
        return list(pool.map(one, range(len(keys))))


@pytest.mark.parametrize("kind", [SQLITE, POSTGRES])
def test_first_tellings_at_the_same_moment_open_one_case(kind: str, line: Line, tmp_path: Path) -> None:
    address = new_database(kind, tmp_path)
    processes = 2 if kind == "postgres" else 1
    stores = [SqlStore(open_engine(kind, address), enqueue=lambda *_: None) for _ in range(processes)]
    try:
        opened = at_once(line, stores, [None] * MANY, flag=None, visibility=records.Visibility.PUBLIC)
        assert sorted(each is not None for each in opened) == [False] * (MANY - 1) + [True]
        (case,) = stores[0].cases()
        assert case.item_ids == (next(filter(None, opened)),)
        assert len(list(line.parts.vault.inventory())) == 1
    finally:
        for store in stores:
            store.close()


def test_each_of_them_adds_its_complaint_and_another_key_makes_no_other_incident(line: Line) -> None:
    opened = at_once(line, [line.store], [f"key-{number}" for number in range(MANY)])
    (case,) = line.store.cases()
    assert case.item_ids == (next(filter(None, opened)),)
    (notice,) = line.store.notices_of(case.id)
    assert notice.reason == "contact with a child"
    assert line.wardline.tell(told(), api_key=line.platform_key().record).item_id is None


def test_what_was_destroyed_and_is_told_anew_opens_one_case_again(line: Line) -> None:
    key, mika = line.platform_key().record, line.person("mika").user
    first = line.case_of(line.wardline.tell(told(), api_key=key))
    line.wardline.claim(first.id, user=mika)
    line.wardline.decide(first.id, user=mika, judgement=review.Judgement(outcome=Outcome.NOT_VIOLATION))
    line.pass_time(line.parts.rules.undo_window)
    item = line.store.item(first.item_ids[0])
    # Sooner than anything destroys it, so that what its first telling stored is still there.
    gone = line.parts.entry(Verb.EVIDENCE_DESTROYED, item.id)
    line.store.commit(records.Replace(replace(item, sealed=False, version=item.version + 1)), entries=[gone])
    opened = at_once(line, [line.store], [None] * MANY)
    assert sorted(each is not None for each in opened) == [False] * (MANY - 1) + [True]
    assert len(line.store.cases()) == 2
