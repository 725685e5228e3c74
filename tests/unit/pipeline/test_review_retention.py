"""One damaged record, one failing chore, one cut checkpoint: the rest is still done, and it is still noticed."""

from __future__ import annotations

import threading
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from wardline import records, review
from wardline.errors import IntegrityError, StoreUnavailableError
from wardline.pipeline import preserve
from wardline.pipeline.tasks import Chores
from wardline.records import AlarmKind, HoldState, Role
from wardline.testing.harness import Line


class Damaged:
    """A store in which one case cannot be read."""

    def __init__(self, store: Any, case_id: str) -> None:
        self._store, self._case_id = store, case_id

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)

    def case(self, case_id: str) -> records.Case:
        if case_id == self._case_id:
            raise IntegrityError(f"case {case_id}: what is stored is malformed, expected a valid record")
        found: records.Case = self._store.case(case_id)
        return found


def test_a_damaged_case_does_not_keep_other_evidence_from_being_destroyed(line: Line, tmp_path: Path) -> None:
    first, second = (line.submit(b"no picture", content_reference=f"post-{number}") for number in range(2))
    kim = line.person("kim")
    for kept in (first, second):
        case = line.wardline.claim(line.case_of(kept).id, user=kim.user)
        line.wardline.decide(
            case.id, user=kim.user, judgement=review.Judgement(outcome=records.Outcome.NOT_VIOLATION)
        )
        line.pass_time(timedelta(minutes=2))
    line.clock.advance(timedelta(days=60))
    parts = replace(line.parts, store=Damaged(line.store, line.case_of(first).id))
    with pytest.raises(IntegrityError):
        preserve.sweep(parts)
    (hold,) = line.store.holds_of(line.case_of(second).item_ids[0])
    assert hold.state is HoldState.ENDED


def test_a_chore_that_breaks_in_an_unforeseen_way_does_not_keep_the_others_from_being_done(
    tmp_path: Path,
) -> None:
    def inventory() -> Any:
        raise RuntimeError("nobody foresaw this")

    class Vault:
        pass

    vault = Vault()
    vault.inventory = inventory  # type: ignore[attr-defined]
    with Line(tmp_path, replaced={"vault": vault, "free_bytes": lambda: 0}) as line:
        with pytest.raises(RuntimeError):
            line.chores.run()
        assert [alarm.kind for alarm in line.store.open_alarms()] == [AlarmKind.DISK_FULL]


def test_chores_that_take_long_are_not_done_twice_at_a_time(tmp_path: Path) -> None:
    entered, go_on = threading.Semaphore(0), threading.Event()
    calls: list[int] = []

    def free_bytes() -> int:
        calls.append(1)
        entered.release()
        go_on.wait(30)
        return 2**62

    with Line(tmp_path, replaced={"free_bytes": free_bytes}) as line:
        chores = Chores(line.parts)
        first = threading.Thread(target=chores.run)
        first.start()
        assert entered.acquire(timeout=30)
        chores.run()
        go_on.set()
        first.join(30)
    assert calls == [1]


def test_a_log_without_its_checkpoints_does_not_verify(tmp_path: Path) -> None:
    with Line(tmp_path, store="sqlite") as line:
        line.person("kim")
        line.sequence()
        line.person("lee")
        assert line.verify().ok
        engine: sa.Engine = line.store.engine  # type: ignore[attr-defined]
        with engine.begin() as connection:
            connection.execute(sa.text("DELETE FROM audit_checkpoints WHERE size > 2"))
        cut = line.wardline.verify_audit()
        assert (cut.ok, cut.first_bad) == (False, 2)
        with engine.begin() as connection:
            connection.execute(sa.text("DELETE FROM audit_checkpoints"))
        assert (line.wardline.verify_audit().ok, line.wardline.verify_audit().first_bad) == (False, 0)


def test_an_approval_that_took_effect_is_not_told_as_a_failure(tmp_path: Path) -> None:
    with Line(tmp_path) as line:
        ann, bob = (line.person(name, Role.ADMIN).user for name in ("ann", "bob"))
        path = line.list_file([b"x"], "known")
        added = line.wardline.add_list(
            path, name="known", provenance="made for a test", trust=records.ListTrust.VERIFIED, user=ann
        )

        def away() -> str:
            raise StoreUnavailableError("store: the database does not answer, expected it to")

        line.store.lists_stamp = away  # type: ignore[method-assign]
        assert line.wardline.approve(added.approval.id, user=bob).state is records.ApprovalState.APPROVED
