from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.unit.made import NOW, case, hold, item
from wardline import records, review
from wardline.errors import VaultDeniedError, VaultUnavailableError
from wardline.pipeline import fencing, preserve, preserving, reading, tasks
from wardline.pipeline.log import Sequencer
from wardline.records import CaseState, HoldBasis, HoldState, Insert, Verb
from wardline.testing.authority_sandbox import AuthoritySandbox
from wardline.testing.clock import VirtualClock
from wardline.testing.harness import START, Line

CONTENT = b"no picture, so a person looks at it"


class Between:
    """A store to which something happens right after the first call of one of its readers, once it is armed."""

    def __init__(self, store: Any) -> None:
        self._store = store
        self.after: str | None = None
        self.happens: Callable[[], object] = lambda: None

    def __getattr__(self, name: str) -> Any:
        called = getattr(self._store, name)
        if name != self.after:
            return called

        def then(*arguments: Any, **options: Any) -> Any:
            answer = called(*arguments, **options)
            self.after = None
            self.happens()
            return answer

        return then


def insert(line: Line, *made: Any) -> None:
    line.store.commit(*map(Insert, made), entries=[line.parts.entry(Verb.ITEM_ROUTED, made[0].id)])


def a_held_item(line: Line, state: CaseState) -> records.Item:
    subject = item()
    about = case(item_ids=(subject.id,), state=state)
    insert(line, subject, about, hold(item_id=subject.id, case_id=about.id, until=START + timedelta(days=1)))
    line.parts.vault.seal(subject.id, "original", CONTENT)
    return subject


def test_holds_that_wait_do_not_hide_those_that_end(line: Line) -> None:
    for _ in range(510):
        waiting = item()
        about = case(item_ids=(waiting.id,))
        insert(line, waiting, about, hold(item_id=waiting.id, case_id=about.id, until=NOW))
    subject = a_held_item(line, CaseState.CLOSED)
    line.clock.advance(timedelta(days=2))
    assert preserve.sweep(line.parts) == 1
    assert not line.store.item(subject.id).sealed
    assert preserve.sweep(line.parts) == 0


@pytest.mark.parametrize("after", ["case", "referrals", "holds_of"])
def test_a_receipt_that_arrives_during_the_sweep_keeps_the_evidence(tmp_path: Path, after: str) -> None:
    clock = VirtualClock(START)
    with (
        AuthoritySandbox(clock_now=clock.now) as authority,
        Line(tmp_path, clock=clock, authority=authority) as line,
    ):
        mika = line.person("mika").user
        about = line.case_of(line.submit(CONTENT))
        line.wardline.claim(about.id, user=mika)
        findings = (records.Finding(item_id=about.item_ids[0], category=records.Category.A2),)
        line.wardline.decide(
            about.id,
            user=mika,
            judgement=review.Judgement(outcome=records.Outcome.VIOLATION, findings=findings),
        )
        clock.advance(timedelta(days=60))
        store: Any = Between(line.store)
        store.after, store.happens = after, line.run_due
        preserve.sweep(replace(line.parts, store=store))
        assert line.store.referrals()[0].state is records.ReferralState.FINISHED
        assert line.parts.vault.open(about.item_ids[0], "original") == CONTENT
        assert line.store.item(about.item_ids[0]).sealed


def test_a_hold_that_was_extended_meanwhile_does_not_end(tmp_path: Path) -> None:
    with Line(tmp_path) as line:
        subject = a_held_item(line, CaseState.CLOSED)
        (held,) = line.store.holds()
        line.clock.advance(timedelta(days=2))
        store: Any = Between(line.store)

        def extend() -> None:
            longer = replace(held, until=held.until + timedelta(days=9), version=held.version + 1)
            line.store.commit(records.Replace(longer), entries=[line.parts.entry(Verb.HOLD_PLACED, held.id)])

        store.after, store.happens = "holds_of", extend
        assert preserve.sweep(replace(line.parts, store=store)) == 0
        assert line.parts.vault.open(subject.id, "original") == CONTENT


def test_ending_one_of_two_holds_keeps_the_file(line: Line) -> None:
    subject = a_held_item(line, CaseState.CLOSED)
    longer = hold(
        item_id=subject.id,
        case_id=line.store.cases()[0].id,
        basis=HoldBasis.REPORTED,
        until=START + timedelta(days=9),
    )
    insert(line, longer)
    line.clock.advance(timedelta(days=2))
    assert preserve.sweep(line.parts) == 1
    assert line.parts.vault.open(subject.id, "original") == CONTENT
    line.clock.advance(timedelta(days=8))
    assert preserve.sweep(line.parts) == 1
    assert list(line.parts.vault.inventory()) == []
    assert {each.state for each in line.store.holds()} == {HoldState.ENDED}


def test_an_interrupted_destruction_is_finished_by_the_sweep_of_orphans(line: Line) -> None:
    subject = a_held_item(line, CaseState.CLOSED)
    line.clock.advance(timedelta(days=2))
    preserve.sweep(line.parts)
    line.parts.vault.seal(subject.id, "original", CONTENT)  # as if the crash had come before the destruction
    line.clock.advance(timedelta(hours=2))
    assert preserve.destroy_orphans(line.parts) == 1
    assert list(line.parts.vault.inventory()) == []


@pytest.mark.parametrize("outcome", [records.Outcome.VIOLATION, None])
def test_only_a_case_that_was_no_violation_loses_its_account(
    line: Line, outcome: records.Outcome | None
) -> None:
    about = line.case_of(line.submit(CONTENT))
    if outcome is not None:
        mika = line.person("mika").user
        line.wardline.claim(about.id, user=mika)
        findings = (records.Finding(item_id=about.item_ids[0], category=records.Category.A2),)
        line.wardline.decide(
            about.id, user=mika, judgement=review.Judgement(outcome=outcome, findings=findings)
        )
        line.clock.advance(line.parts.rules.undo_window)
        line.run_due()
    preserve.unlink(line.parts, about.id, 0)
    assert line.store.case(about.id).account_reference == "account-1"


def test_a_few_sealed_files_without_a_record_are_destroyed_and_the_log_tells_of_it(line: Line) -> None:
    strays = [item().id for _ in range(3)]
    for stray in strays:
        line.parts.vault.seal(stray, "original", CONTENT)
    line.pass_time(timedelta(hours=2))

    preserve.destroy_orphans(line.parts)

    assert list(line.parts.vault.inventory()) == []
    line.sequence()
    told = b"".join(leaf for _, leaf, _ in line.store.log_entries(0, line.store.log_size()))
    assert told.count(b"evidence:destroyed") == len(strays)


def test_many_sealed_files_without_a_record_are_kept_and_a_person_is_told(line: Line) -> None:
    strays = [item().id for _ in range(51)]
    for stray in strays:
        line.parts.vault.seal(stray, "original", CONTENT)
    line.pass_time(timedelta(hours=2))

    assert preserve.destroy_orphans(line.parts) == 0
    assert {name for name, _, _ in line.parts.vault.inventory()} == set(strays)
    assert [alarm.kind for alarm in line.store.open_alarms()] == [records.AlarmKind.EVIDENCE_UNCLAIMED]


def test_however_many_files_could_not_be_destroyed_in_time_they_are_destroyed_later(line: Line) -> None:
    """A vault that is away for an hour keeps more than a crash leaves."""
    held = [a_held_item(line, CaseState.CLOSED) for _ in range(51)]
    subject = held[0]
    line.clock.advance(timedelta(days=2))
    vault = Refusing(line.parts.vault, {each.item_id for each in line.store.holds()})
    with pytest.raises(VaultDeniedError):
        preserve.sweep(replace(line.parts, vault=vault))
    assert len(list(line.parts.vault.inventory())) == 51
    line.clock.advance(timedelta(hours=2))

    only = Refusing(line.parts.vault, {subject.id})
    with pytest.raises(VaultDeniedError):
        preserve.destroy_orphans(replace(line.parts, vault=only))
    assert [name for name, _, _ in line.parts.vault.inventory()] == [subject.id]
    assert preserve.destroy_orphans(line.parts) == 1
    assert list(line.parts.vault.inventory()) == []
    assert line.store.open_alarms() == []


def test_a_vault_that_is_away_is_asked_once_and_not_for_every_file(line: Line) -> None:
    """Each call waits for its time to run out, and behind it waits all that is due each minute."""
    for _ in range(3):
        a_held_item(line, CaseState.CLOSED)
    line.clock.advance(timedelta(days=2))
    with pytest.raises(VaultUnavailableError):
        preserve.sweep(replace(line.parts, vault=Away(line.parts.vault, set())))
    assert [each.state for each in line.store.holds()].count(HoldState.ACTIVE) == 2
    assert preserve.sweep(line.parts) == 2
    line.clock.advance(timedelta(hours=2))
    assert preserve.destroy_orphans(line.parts) == 1
    assert list(line.parts.vault.inventory()) == []


class Refusing:
    """A vault with a lock on some of its objects."""

    def __init__(self, vault: Any, locked: set[str]) -> None:
        self._vault, self._locked = vault, locked

    def __getattr__(self, name: str) -> Any:
        return getattr(self._vault, name)

    def destroy(self, object_id: str, purpose: str) -> None:
        if object_id in self._locked:
            raise VaultDeniedError(f"bucket: {object_id} is locked, expected no lock")
        self._vault.destroy(object_id, purpose)


class Away(Refusing):
    """A vault that does not answer."""

    def destroy(self, object_id: str, purpose: str) -> None:
        raise VaultUnavailableError("bucket: no whole answer to remove, expected one in time")


@pytest.mark.parametrize("sealed", ["before the fence", "behind the fence"])
def test_what_another_installation_may_have_sealed_is_not_destroyed_after_a_restore(
    line: Line, sealed: str
) -> None:
    """Over PostgreSQL the fence is raised after the restore, and of the database's copy it is not known when exactly it was made."""
    stray = item().id
    if sealed == "before the fence":
        line.parts.vault.seal(stray, "original", CONTENT)
    line.clock.advance(timedelta(hours=1))
    fencing.raise_(line.parts)
    if sealed == "behind the fence":
        line.parts.vault.seal(stray, "original", CONTENT)
    line.clock.advance(timedelta(hours=1))
    fencing.lift(line.parts, user=line.person("ada", records.Role.ADMIN).user)
    line.clock.advance(timedelta(hours=2))
    ours = item().id
    line.parts.vault.seal(ours, "original", CONTENT)
    line.clock.advance(timedelta(hours=2))

    assert preserve.destroy_orphans(line.parts) == 1
    assert [name for name, _, _ in line.parts.vault.inventory()] == [stray]
    assert [alarm.kind for alarm in line.store.open_alarms()] == [records.AlarmKind.EVIDENCE_UNCLAIMED]


@pytest.mark.parametrize("after", ["case", "referrals", "holds_of", "item"])
def test_what_is_asked_to_be_preserved_during_the_sweep_is_kept(tmp_path: Path, after: str) -> None:
    with Line(tmp_path) as line:
        lead = line.person("lea", records.Role.LEAD).user
        subject = a_held_item(line, CaseState.CLOSED)
        line.clock.advance(timedelta(days=2))
        store: Any = Between(line.store)
        store.after, store.happens = after, lambda: line.wardline.preserve(asked(line, subject), user=lead)
        preserve.sweep(replace(line.parts, store=store))
        assert line.parts.vault.open(subject.id, "original") == CONTENT
        assert line.store.item(subject.id).sealed
        assert any(each.state is HoldState.ACTIVE for each in line.store.holds_of(subject.id))


def asked(line: Line, subject: records.Item) -> preserving.Wanted:
    asker = records.Asker(agency="An agency", reference="REF-1", contact="officer@agency.invalid")
    return preserving.Wanted(
        basis=records.PreservationBasis.US_REQUEST, asker=asker, received_at=line.clock.now(), item_ids=(subject.id,)
    )  # fmt: skip


def test_what_is_locked_is_told_of_once_and_again_when_that_changes(line: Line) -> None:
    stray = item().id
    line.parts.vault.seal(stray, "original", CONTENT)
    line.clock.advance(timedelta(hours=2))
    locked = replace(line.parts, vault=Refusing(line.parts.vault, {stray}))

    def said() -> list[tuple[Verb, str]]:
        Sequencer(line.parts).run()
        return [(entry.verb, entry.detail) for _, entry in reading.about(line.parts, stray, 99)][::-1]

    for _ in range(4):
        with pytest.raises(VaultDeniedError):
            preserve.destroy_orphans(locked)
        Sequencer(line.parts).run()
        line.clock.advance(timedelta(hours=1))
    first = said()
    assert [verb for verb, _ in first] == [Verb.EVIDENCE_DESTROYED, Verb.EVIDENCE_STAYS]
    assert "is locked" in first[1][1]

    class Otherwise(Refusing):
        def destroy(self, object_id: str, purpose: str) -> None:
            raise VaultDeniedError("bucket: no right to remove, expected it")

    for _ in range(2):
        with pytest.raises(VaultDeniedError):
            preserve.destroy_orphans(replace(line.parts, vault=Otherwise(line.parts.vault, set())))
        Sequencer(line.parts).run()
    second = said()
    assert second[:-1] == first
    assert second[-1] == (Verb.EVIDENCE_STAYS, "bucket: no right to remove, expected it")
    assert preserve.destroy_orphans(line.parts) == 1
    assert said()[-1][0] is Verb.EVIDENCE_DESTROYED
    assert len(said()) == 4


def test_a_vault_with_something_locked_in_it_is_swept_once_an_hour_and_not_each_minute(line: Line) -> None:
    stray = item().id
    line.parts.vault.seal(stray, "original", CONTENT)
    line.clock.advance(timedelta(hours=2))
    looked = 0

    class Counted(Refusing):
        def inventory(self) -> Any:
            nonlocal looked
            looked += 1
            return self._vault.inventory()

    chores = tasks.Chores(replace(line.parts, vault=Counted(line.parts.vault, {stray})))
    for _ in range(5):
        with suppress(VaultDeniedError):
            chores.run()
        line.clock.advance(timedelta(minutes=1))
    assert looked == 1


def test_a_vault_is_looked_through_some_objects_at_a_time(
    line: Line, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(preserve, "_AT_ONCE", 4)
    strays = [item().id for _ in range(3)]
    for stray in strays:
        line.parts.vault.seal(stray, "original", CONTENT)
    kept = [a_held_item(line, CaseState.OPEN) for _ in range(10)]
    line.clock.advance(timedelta(hours=2))
    asked = list[int]()

    class Counting:
        def __getattr__(self, name: str) -> Any:
            return getattr(line.store, name)

        def sealed_items(self, item_ids: Sequence[str]) -> frozenset[str]:
            asked.append(len(item_ids))
            return frozenset(line.store.sealed_items(item_ids))

    store: Any = Counting()
    assert preserve.destroy_orphans(replace(line.parts, store=store)) == 3
    assert asked == [4, 4, 4, 1]
    assert len(list(line.parts.vault.inventory())) == len(kept)
