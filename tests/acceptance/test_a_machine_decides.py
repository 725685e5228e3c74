"""A machine decides under a certificate: what it releases is gone, what it restricts waits for people, and nothing else of it is done alone."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.acceptance.stories import picture
from tests.unit.judged import DETECTOR, SCOPE, TERMS, VERSION, good_sample
from tests.unit.pipeline.certifying_line import Certifier
from wardline import classification, records
from wardline.errors import RefusedError
from wardline.pipeline import Complaint, Flagged, Rules, watching
from wardline.pipeline.automation_rules import AutomationRules, automated
from wardline.pipeline.scopes import Detector, Scope, Scopes
from wardline.records import (
    ActionKind,
    Arm,
    CaseState,
    CertificateState,
    Disposal,
    MessageKind,
    Outcome,
    Role,
    Step,
    Verb,
)
from wardline.review import Judgement
from wardline.testing.harness import REPORTER, Line
from wardline.triage import ScopeMode

_LOW, _HIGH = 0.0001, 0.9999


class Says:
    """A detector that says what it is told to."""

    name, version = DETECTOR, VERSION

    def __init__(self) -> None:
        self.next: float | records.Unscannable = 0.5

    def score(self, content: bytes) -> float | records.Unscannable:
        """Give what was told, whatever the picture is."""
        assert content
        return self.next


class Machine:
    """An installation with a detector, certificates, and people."""

    def __init__(self, folder: Path, *, audit_share: float = 0.0, **values: Any) -> None:
        self.detector = Says()
        asked = classification.Asked(name=DETECTOR, version=VERSION)
        one = Detector(classifier=self.detector, asked=asked, version=VERSION)
        scope = Scope(
            name=SCOPE,
            surfaces=("post",),
            detectors=(one,),
            mode=ScopeMode.REVIEW_ALL,
            audit_share=audit_share,
        )
        rules = Rules(
            reporter=REPORTER, scopes=Scopes((scope,)),
            automation=AutomationRules(scopes=(automated(scope),), terms=TERMS, watch_items=1000),
        )  # fmt: skip
        self.line = Line(folder, rules=rules, **values)
        self.certifier = Certifier(self.line)
        self._seen = 0

    def upload(self, score: float | records.Unscannable, **values: Any) -> records.Route | None:
        """Upload another picture that the detector scores so."""
        self.detector.next = score
        self._seen += 1
        given = {"content_reference": f"post-{self._seen}", **values}
        self.submitted = self.line.submit(picture(self._seen), **given)
        return self.submitted.route

    def case(self) -> records.Case:
        """Give the case of the last upload."""
        return self.line.case_of(self.submitted)

    def counted(self, step: Step) -> int:
        """Say how often a step was counted."""
        today = self.line.clock.now().date()
        return sum(each.count for each in self.line.store.counts(today, today) if each.step is step)


@pytest.fixture
def machine(tmp_path: Path) -> Iterator[Machine]:
    made = Machine(tmp_path)
    yield made
    made.line.close()


def test_before_a_certificate_people_decide_whatever_the_score_is(machine: Machine) -> None:
    for score in (0.0, _LOW, 0.5, _HIGH, 1.0):
        assert isinstance(machine.upload(score), records.Review)
    assert machine.counted(Step.ITEMS_CLEARED) == machine.counted(Step.ITEMS_ACTED) == 0


def test_what_the_machine_clears_is_released_and_counted_and_nothing_is_kept(machine: Machine) -> None:
    made = machine.certifier.certified(Arm.CLEAR)
    cases = machine.line.store.cases()
    assert machine.upload(_LOW) == records.Release(certificate_id=made.id)
    assert machine.submitted.item_id is None
    assert machine.line.store.cases() == cases
    assert (machine.counted(Step.ITEMS_CLEARED), machine.counted(Step.ITEMS_RELEASED)) == (1, 1)
    assert isinstance(machine.upload(_HIGH), records.Review)


def test_whatever_else_points_at_it_brings_it_to_people(machine: Machine) -> None:
    machine.line.list_of([picture(1)])
    machine.certifier.certified(Arm.CLEAR)
    machine.certifier.certified(Arm.ACT)
    assert isinstance(machine.upload(_LOW), records.Act), "a verified list knows it"
    assert machine.line.store.item(machine.submitted.item_id or "").disposal is Disposal.LEFT
    assert isinstance(machine.upload(_LOW, flag="looks-wrong"), records.Review)
    failed = records.Unscannable(source=DETECTOR, reason="did not answer")
    assert isinstance(machine.upload(failed), records.Review)
    assert isinstance(machine.upload(_LOW, surface="avatar"), records.Release), "as without any detector"
    assert machine.counted(Step.ITEMS_CLEARED) == machine.counted(Step.ITEMS_ACTED) == 0


def test_what_the_machine_restricts_is_told_and_waits_behind_all_others(machine: Machine) -> None:
    made = machine.certifier.certified(Arm.ACT)
    store = machine.line.store
    route = machine.upload(_HIGH)
    assert isinstance(route, records.Act)
    case, item = machine.case(), store.item(machine.submitted.item_id or "")
    assert (item.disposal, item.certificate_id) == (Disposal.ACTED, made.id)
    assert (case.certificate_id, case.state, case.restricted) == (made.id, CaseState.OPEN, True)
    assert case.due_at is None
    assert [each.kind for each in store.actions_of(case.id)] == [ActionKind.RESTRICT_CONTENT]
    (message,) = store.messages_of(case.id)
    assert message.kind is MessageKind.STATEMENT_OF_REASONS
    assert "The decision itself was made by automated means" in message.text
    for secret in (DETECTOR, str(_HIGH), str(made.threshold), "certificate"):
        assert secret not in message.text
    assert store.referrals() == []
    assert machine.counted(Step.ITEMS_ACTED) == 1
    machine.upload(0.5)
    other = machine.case()
    moderator = machine.line.person("mika").user
    assert [each.id for each in machine.line.wardline.queue(moderator)] == [
        other.id,
        case.id,
    ]
    machine.line.pass_time(timedelta(days=30))
    assert store.referrals() == []
    assert store.case(case.id).state is CaseState.OPEN
    assert store.open_alarm(records.AlarmKind.RESTRICTED_LONG, "restricted") is None, (
        "its uploader was told why, and may object"
    )
    waiting = machine.line.wardline.queue(moderator)
    assert waiting[-1].id == case.id, (
        "hidden for long, and still behind the others: its uploader was told why"
    )
    assert machine.line.verify().ok


def test_who_objects_gets_a_person(machine: Machine) -> None:
    machine.certifier.certified(Arm.ACT)
    machine.upload(_HIGH)
    case, store = machine.case(), machine.line.store
    (action,) = store.actions_of(case.id)
    key = machine.line.platform_key().record
    appeal = machine.line.wardline.appeal(
        Complaint(text="This is a drawing", action_id=action.id), api_key=key
    )
    assert appeal.state is records.AppealState.WAITING
    again = store.case(case.id)
    assert again.certificate_id is None
    assert again.due_at is not None
    moderator = machine.line.person("mika").user
    claimed = machine.line.wardline.claim(case.id, user=moderator)
    machine.line.wardline.decide(
        claimed.id, user=moderator, judgement=Judgement(outcome=Outcome.NOT_VIOLATION)
    )
    machine.line.pass_time(timedelta(hours=1))
    kinds = [each.kind for each in store.actions_of(case.id)]
    assert kinds == [ActionKind.RESTRICT_CONTENT, ActionKind.RESTORE_CONTENT]
    assert store.appeal_of(case.id).state is records.AppealState.OVERTURNED  # type: ignore[union-attr] # there is one


def test_a_flag_or_danger_brings_what_it_restricted_before_people(machine: Machine) -> None:
    machine.certifier.certified(Arm.ACT)
    key = machine.line.platform_key(trust=records.KeyTrust.TRUSTED).record
    machine.upload(_HIGH)
    left = machine.case()
    machine.upload(_HIGH)
    flagged, flagged_id = machine.case(), machine.submitted.item_id
    machine.line.wardline.flag(Flagged(reason="looks-wrong", item_id=flagged_id), api_key=key)
    machine.upload(_HIGH)
    in_danger = machine.case()
    lead = machine.line.person("lea", records.Role.LEAD).user
    machine.line.wardline.mark_danger(in_danger.id, user=lead, note="a colleague called")
    moderator = machine.line.person("mika").user
    order = [each.id for each in machine.line.wardline.queue(moderator)]
    assert order == [in_danger.id, flagged.id, left.id]
    assert machine.line.store.case(in_danger.id).certificate_id is None


def test_the_lot_falls_on_what_the_machine_decided_too_and_whoever_judges_it_does_not_know(
    tmp_path: Path,
) -> None:
    machine = Machine(tmp_path, audit_share=1.0)
    cleared_by, acted_by = (machine.certifier.certified(arm) for arm in (Arm.CLEAR, Arm.ACT))
    store = machine.line.store
    found: list[records.Case] = []
    for score in (_LOW, 0.5, _HIGH):
        machine.upload(score)
        (case,) = [each for each in store.cases() if each.id not in {one.id for one in found}]
        found.append(case)
    items = [store.item(each.item_ids[0]) for each in found]
    assert [(each.disposal, each.certificate_id) for each in items] == [
        (Disposal.CLEARED, cleared_by.id), (Disposal.LEFT, None), (Disposal.ACTED, acted_by.id),
    ]  # fmt: skip
    assert {each.reasons for each in found} == {found[0].reasons}
    assert {each.certificate_id for each in found} == {None}, (
        "an audit waits behind nobody for what the machine did"
    )
    assert [each.kind for each in store.actions_of(found[2].id)] == [ActionKind.RESTRICT_CONTENT]
    assert store.case(found[2].id).restricted
    judge = machine.line.person("mika").user
    seen = machine.line.wardline.seen_cases(found, user=judge)
    assert [each.restricted for each in seen] == [False] * 3, (
        "that it is hidden would tell what the machine said"
    )
    assert machine.line.wardline.seen_actions(found[2].id, user=judge) == []
    auditor = machine.line.person("otto", Role.AUDITOR).user
    assert machine.line.wardline.seen_cases(found, user=auditor)[2].restricted
    assert machine.counted(Step.ITEMS_CLEARED) == machine.counted(Step.ITEMS_ACTED) == 1
    machine.line.close()


def test_a_suspension_holds_from_the_next_upload_on(machine: Machine) -> None:
    made = machine.certifier.certified(Arm.CLEAR)
    assert isinstance(machine.upload(_LOW), records.Release)
    machine.line.wardline.suspend_certificate(made.id, "doubt", user=machine.certifier.first)
    assert isinstance(machine.upload(_LOW), records.Review)


def test_a_detector_that_changes_silently_decides_nothing(machine: Machine) -> None:
    machine.certifier.certified(Arm.CLEAR)
    machine.detector.version = "2"
    assert isinstance(machine.upload(_LOW), records.Review)
    assert machine.counted(Step.ITEMS_CLEARED) == 0


@pytest.mark.parametrize("seed", range(3))
def test_in_any_order_of_events_no_item_is_automated_without_a_certificate_that_stands(
    tmp_path: Path, seed: int
) -> None:
    """Certify, suspend, let time pass, switch lists on, and upload, as chance has it."""
    machine, chance = Machine(tmp_path, seed=seed), random.Random(seed)
    store, line = machine.line.store, machine.line

    def certify() -> None:
        arm = chance.choice((Arm.ACT, Arm.ACT, Arm.CLEAR))
        machine.certifier.gather(arm, size=250)
        try:
            proposed = machine.certifier.proposed(arm)
        except RefusedError:
            return
        if proposed.approval is not None and chance.random() < 0.8:
            act = line.wardline.approve if chance.random() < 0.8 else line.wardline.refuse
            act(proposed.approval.id, user=machine.certifier.second)
        elif proposed.approval is not None:
            line.wardline.refuse(proposed.approval.id, user=machine.certifier.second)

    def suspend() -> None:
        for each in store.certificates_in(CertificateState.STANDING)[:1]:
            line.wardline.suspend_certificate(each.id, "as chance has it", user=machine.certifier.first)

    def wait() -> None:
        line.clock.advance(timedelta(days=chance.choice((0.01, 1, 100, 200))))
        if chance.random() < 0.5:
            line.chores.run()

    def list_() -> None:
        line.list_of([f"no picture {chance.random()}".encode()], name=f"list {chance.random()}")

    def drift() -> None:
        for each in store.certificates_in(CertificateState.STANDING)[:1]:
            line.clock.advance(timedelta(hours=1))
            now = line.clock.now()
            sample = good_sample(each.arm, size=5, of_caps=0, at=now)
            machine.certifier.judged(
                [replace(one, score=1 - one.score, channel=records.Channel.AUDIT) for one in sample]
            )
            watching.feed(line.parts, each.id)

    def upload() -> None:
        flag = "looks-wrong" if chance.random() < 0.2 else None
        before = {each.id for each in store.certificates_in(CertificateState.STANDING)}
        score = chance.choice((0.0, _LOW, 0.3, 0.5, _HIGH, 1.0))
        route = machine.upload(score, flag=flag)
        decided = None if isinstance(route, records.Review) or route is None else route.certificate_id
        if decided is None:
            assert not isinstance(route, records.Release)
            return
        made = store.certificate(decided)
        assert flag is None
        assert decided in before
        assert made.holds(line.clock.now())
        assert made.threshold is not None
        assert (score < made.threshold) == (made.arm is Arm.CLEAR)

    steps = [upload] * 8 + [certify, suspend, wait, list_, drift]
    certify()
    for _ in range(35):
        chance.choice(steps)()
    assert line.verify().ok
    assert {Verb.CERTIFICATE_TRIED} <= {each.verb for _, each in line.wardline.newest_entries(5000)}
    line.close()
