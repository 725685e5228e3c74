"""Work in the background lets people go first."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.unit.pipeline.test_renewing import match, put
from wardline import records
from wardline.pipeline import renewing
from wardline.pipeline.giving_way import GivingWay
from wardline.pipeline.handing_out import HandingOut
from wardline.testing.harness import Line


def test_who_finds_nobody_served_does_not_wait() -> None:
    assert GivingWay().wait(60.0) == 60.0


def test_it_waits_until_the_last_has_a_case() -> None:
    way, order = GivingWay(), list[str]()
    waiting = threading.Event()

    def work() -> None:
        waiting.set()
        assert way.wait(60.0) > 0
        order.append("work")

    with ThreadPoolExecutor(1) as pool:
        with way.serving():
            with way.serving():
                done = pool.submit(work)
                assert waiting.wait(30)
            order.append("the first has a case")
            time.sleep(0.05)
            order.append("the second has a case")
        done.result()
    assert order == ["the first has a case", "the second has a case", "work"]


def test_where_somebody_always_is_served_work_goes_on_all_the_same() -> None:
    way = GivingWay()
    with way.serving():
        assert way.wait(0.01) <= 0
        assert way.wait(0.0) == 0.0


def test_somebody_whose_hand_out_failed_is_not_waited_for() -> None:
    way = GivingWay()
    with pytest.raises(ValueError, match="broken"), way.serving():
        raise ValueError("broken")
    assert way.wait(60.0) == 60.0


def test_cases_get_new_places_between_hand_outs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(renewing, "_GIVES_WAY_SECONDS", 60.0)
    begun, over, order = threading.Event(), threading.Event(), list[str]()

    def slow(_self: HandingOut, _user: records.User) -> None:
        begun.set()
        assert over.wait(30)
        order.append("a hand-out")

    monkeypatch.setattr(HandingOut, "next_case", slow)
    with Line(tmp_path) as line, ThreadPoolExecutor(2) as pool:
        person = line.person("Mia")
        case, items = put(line)

        def place() -> None:
            assert renewing.renew(line.parts, [(items[0], match())]) == 1
            order.append("a new place")

        asked = pool.submit(line.wardline.next_case, person.user)
        assert begun.wait(30)
        placed = pool.submit(place)
        time.sleep(0.05)
        assert line.store.case(case.id) == case
        over.set()
        asked.result()
        placed.result()
    assert order == ["a hand-out", "a new place"]
