"""DBOS looks only where there may be work, and is left alone where it is not as we know it."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from wardline.pipeline import idling


class System:
    """As much of DBOS's inner side as is asked."""

    def __init__(self) -> None:
        self.read: list[str] = []

    def dequeue_scopes(self, _queue_name: str) -> list[None]:
        return [None]

    def get_queue(self, name: str, **_options: Any) -> str:
        self.read.append(name)
        return f"settings of {name}"


def test_an_empty_queue_is_not_looked_into_and_a_full_one_is() -> None:
    system, full = System(), {"full"}
    idling.spare_empty_looks(SimpleNamespace(_sys_db=system), full.__contains__)
    assert system.dequeue_scopes("empty") == []
    assert system.dequeue_scopes("full") == [None]
    full.add("empty")
    assert system.dequeue_scopes("empty") == [None]


def test_settings_are_read_once_and_again_for_whoever_asks_otherwise() -> None:
    system = System()
    idling.spare_empty_looks(SimpleNamespace(_sys_db=system), lambda _: False)
    assert [system.get_queue("one") for _ in range(3)] == ["settings of one"] * 3
    assert system.get_queue("two") == "settings of two"
    assert system.read == ["one", "two"]
    system.get_queue("one", client_system_database=None)
    assert system.read == ["one", "two", "one"]


def test_a_dbos_that_is_otherwise_looks_as_often_as_ever() -> None:
    idling.spare_empty_looks(SimpleNamespace(), lambda _: False)
    system = SimpleNamespace(dequeue_scopes=lambda _: [None])
    idling.spare_empty_looks(SimpleNamespace(_sys_db=system), lambda _: False)
    assert system.dequeue_scopes("any") == [None]


def test_the_dbos_that_is_installed_has_what_is_spared() -> None:
    from dbos._sys_db import SystemDatabase

    assert callable(SystemDatabase.dequeue_scopes)
    assert callable(SystemDatabase.get_queue)
