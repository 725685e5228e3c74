"""Random audits: uniform, blind, judged by two, gone after fourteen days, and no different from an ordinary case for whoever judges."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from tests.acceptance.conftest import MakeLine
from tests.acceptance.detected import INNOCENT, WINDOW, decide, evidence, orange, rules, scope, total
from tests.acceptance.stories import the_referral, violation
from wardline import classification, intake, records, review
from wardline.errors import NotFoundError
from wardline.pipeline import alarms, blindness, clock_watch, fencing, preserving
from wardline.pipeline.scopes import AUDIT_LIFETIME
from wardline.records import (
    AlarmKind,
    CaseState,
    Channel,
    Outcome,
    Part,
    Release,
    Role,
    Step,
    Truth,
    Verb,
    Visibility,
)
from wardline.testing.harness import Line, Person
from wardline.testing.platform_ledger import ContentState
from wardline.testing.platform_sandbox import PlatformSandbox
from wardline.triage import ScopeMode

LOW, HIGH = orange(0.0), orange(0.9)
ALL = rules(scope(audit_share=1.0))
DAY = timedelta(days=1)


@pytest.fixture
def line(make_line: MakeLine) -> Line:
    return make_line(rules=ALL)


@pytest.fixture
def people(line: Line) -> list[Person]:
    return [line.person(name) for name in ("mika", "noor", "olli")]


def audited(line: Line, content: bytes = LOW, **upload: Any) -> records.Case:
    """Submit something that is released, and give the case that the lot made of it."""
    before = {case.id for case in line.store.cases()}
    submission = line.submit(content, **upload)
    assert isinstance(submission.route, Release)
    assert submission.item_id is None
    (case,) = [each for each in line.store.cases() if each.id not in before]
    return case


def is_kept(line: Line, case: records.Case) -> bool:
    try:
        line.parts.vault.open(case.item_ids[0], "original")
    except NotFoundError:
        return False
    return True


def test_what_is_drawn_is_released_all_the_same_and_a_sealed_copy_waits(
    line: Line, platform: PlatformSandbox
) -> None:
    case = audited(line)
    assert is_kept(line, case)
    assert platform.actions() == []
    assert not case.restricted
    audit = line.store.random_audit_of(case.id)
    assert audit is not None
    assert audit.alone
    assert audit.expires_at == audit.drawn_at + timedelta(days=14)
    counts = [total(line, step) for step in (Step.ITEMS_RELEASED, Step.AUDITS_DRAWN, Step.CASES_OPENED)]
    assert counts == [1, 1, 1]


def test_an_audit_looks_like_what_the_score_found(line: Line) -> None:
    drawn = audited(line)
    found = line.case_of(line.submit(HIGH))
    assert drawn.reasons == found.reasons
    assert (drawn.queue, drawn.target, drawn.urgency) == (found.queue, found.target, found.urgency)


def test_two_people_judge_it_whatever_the_first_says_and_then_it_is_evidence_and_gone(
    line: Line, people: list[Person]
) -> None:
    mika, noor, _ = people
    case = audited(line)
    decide(line, case, mika, INNOCENT)
    assert line.store.case(case.id).state is CaseState.OPEN
    assert line.store.evidence_of(case.id) == []
    decide(line, case, noor, INNOCENT)
    found = evidence(line, case)
    assert (found.channel, found.truth, found.person_was_right, found.judges) == (
        Channel.AUDIT,
        Truth.INNOCENT,
        True,
        2,
    )
    assert found.scored_at == case.opened_at
    line.pass_time(timedelta(minutes=2))
    assert not is_kept(line, case)
    item = line.store.item(case.item_ids[0])
    assert (item.account_reference, item.context, item.hashes, item.scores) == ("", None, (), ())
    assert line.store.case(case.id).account_reference == ""
    audit = line.store.random_audit_of(case.id)
    assert audit is not None
    assert audit.ended_at is not None


def test_one_found_violating_becomes_a_case_like_any_other(
    line: Line, people: list[Person], platform: PlatformSandbox
) -> None:
    case = audited(line)
    for person in people[:2]:
        decide(line, case, person, violation(case))
    found = evidence(line, case)
    assert (found.channel, found.truth) == (Channel.AUDIT, Truth.VIOLATING)
    assert platform.state_of("post-1") is not ContentState.VISIBLE
    assert the_referral(line, case).case_id == case.id
    line.pass_time(AUDIT_LIFETIME + DAY)
    assert is_kept(line, case)


def test_where_two_differ_a_third_decides_and_the_first_is_measured(line: Line, people: list[Person]) -> None:
    mika, noor, olli = people
    case = audited(line)
    decide(line, case, mika, INNOCENT)
    decide(line, case, noor, violation(case))
    assert line.store.evidence_of(case.id) == []
    decide(line, case, olli, violation(case))
    found = evidence(line, case)
    assert (found.truth, found.person_was_right, found.judges) == (Truth.VIOLATING, False, 3)


def test_where_three_differ_a_lead_decides(line: Line, people: list[Person]) -> None:
    case = audited(line)
    lead = line.person("lin", records.Role.LEAD)
    for person, category in zip(people, ("A1", "A2", "B1"), strict=True):
        decide(line, case, person, violation(case, records.Category(category)))
    assert line.store.evidence_of(case.id) == []
    decide(line, case, lead, violation(case, records.Category.B1))
    found = evidence(line, case)
    assert (found.truth, found.judges) == (Truth.VIOLATING, 4)


def test_with_one_person_only_there_is_no_evidence(line: Line) -> None:
    alone = line.person("mika")
    case = audited(line)
    decide(line, case, alone, INNOCENT)
    assert line.store.case(case.id).state is CaseState.CLOSED
    assert line.store.evidence_of(case.id) == []


def test_nobody_who_judges_it_learns_that_it_is_one(line: Line, people: list[Person]) -> None:
    mika, noor, _ = people
    case = audited(line)
    item = line.store.item(case.item_ids[0])
    decide(line, case, mika, INNOCENT)
    line.sequence()
    lines = line.wardline.newest_entries(100)
    told = blindness.told(line.parts, lines, noor.user)
    assert any(entry.verb is Verb.AUDIT_DRAWN for _, entry in lines)
    assert all(entry.verb is not Verb.AUDIT_DRAWN for _, entry in told)
    decide(line, case, noor, INNOCENT)
    closed = line.store.case(case.id)
    assert blindness.scores_of(line.parts, closed, item, mika.user) == ()


def test_looking_at_it_counts_against_the_limits(line: Line, people: list[Person]) -> None:
    mika = people[0]
    case = audited(line)
    decide(line, case, mika, INNOCENT)
    assert len(line.store.reveals_to(mika.user.id, since=line.clock.now() - DAY)) == 1
    assert total(line, Step.REVEALS) == 1


def test_one_that_nobody_judged_is_destroyed_after_fourteen_days(line: Line, people: list[Person]) -> None:
    case = audited(line)
    line.pass_time(AUDIT_LIFETIME - timedelta(minutes=1))
    assert is_kept(line, case)
    line.pass_time(timedelta(minutes=1))
    assert not is_kept(line, case)
    item, closed = line.store.item(case.item_ids[0]), line.store.case(case.id)
    assert (item.sealed, item.account_reference, item.context, item.hashes) == (False, "", None, ())
    assert (closed.state, closed.account_reference) == (CaseState.CLOSED, "")
    assert line.wardline.next_case(people[0].user) is None
    assert all(hold.state is records.HoldState.ENDED for hold in line.store.holds_of(item.id))
    line.pass_time(DAY)
    assert list(line.store.drifted()) == []


def test_none_is_destroyed_while_the_clock_is_in_doubt(line: Line) -> None:
    case = audited(line)
    alarms.raise_alarm(line.parts, AlarmKind.CLOCK_JUMPED, clock_watch.AHEAD, "made for a test")
    line.pass_time(AUDIT_LIFETIME + DAY)
    assert is_kept(line, case)
    alarms.resolve_about(line.parts, AlarmKind.CLOCK_JUMPED, clock_watch.AHEAD)
    line.chores.run()
    assert not is_kept(line, case)


def test_none_is_destroyed_behind_the_fence_of_a_restored_copy(line: Line) -> None:
    case = audited(line)
    fencing.raise_(line.parts)
    line.pass_time(AUDIT_LIFETIME + DAY)
    assert is_kept(line, case)
    line.wardline.lift_fence(user=line.person("lea", Role.LEAD).user)
    line.pass_time(DAY)
    assert not is_kept(line, case)


def requested(line: Line, case: records.Case) -> records.Preservation:
    asker = records.Asker(agency="An agency", reference="REF-1", contact="officer@agency.invalid")
    wanted = preserving.Wanted(
        basis=records.PreservationBasis.US_REQUEST, asker=asker, received_at=line.clock.now(), case_ids=(case.id,)
    )  # fmt: skip
    return line.wardline.preserve(wanted, user=line.person("lea", Role.LEAD).user)


def test_one_that_an_agency_asked_to_preserve_outlives_its_fourteen_days(line: Line) -> None:
    case = audited(line)
    requested(line, case)
    line.pass_time(AUDIT_LIFETIME + DAY)
    assert is_kept(line, case)
    assert line.store.case(case.id).account_reference != ""
    assert line.store.item(case.item_ids[0]).sealed
    line.pass_time(100 * DAY)
    assert is_kept(line, case)  # nobody decided it


def test_one_that_is_found_innocent_stays_for_as_long_as_an_agency_asked(
    line: Line, people: list[Person]
) -> None:
    case = audited(line)
    asked = requested(line, case)
    for person in people[:2]:
        decide(line, case, person, INNOCENT)
    line.pass_time(80 * DAY)
    assert is_kept(line, case)
    line.wardline.end_preservation(asked.id, why="withdrawn", user=line.person("leo", Role.LEAD).user)
    line.pass_time(DAY)
    assert not is_kept(line, case)


def test_the_order_in_which_audits_are_judged_does_not_follow_the_score(make_line: MakeLine) -> None:
    calibration = classification.Calibration(scores=(0.0, 1.0), probabilities=(0.01, 0.9))
    for mode in ScopeMode:
        line = make_line(
            rules=rules(scope(audit_share=1.0, mode=mode, calibration=calibration)), store="memory"
        )
        for content in (LOW, HIGH):
            line.submit(content)
        low, high = line.store.cases()
        assert (low.urgency, low.score_turn, low.due_at) == (high.urgency, high.score_turn, high.due_at), mode


def test_one_that_waits_for_a_second_person_is_destroyed_too(line: Line, people: list[Person]) -> None:
    case = audited(line)
    decide(line, case, people[0], INNOCENT)
    line.pass_time(AUDIT_LIFETIME)
    assert not is_kept(line, case)
    assert line.store.evidence_of(case.id) == []
    assert all(each.settled_at is not None for each in line.store.opinions_of(case.id))


def test_one_that_somebody_found_violating_is_not_destroyed_while_others_are_missing(
    line: Line, people: list[Person]
) -> None:
    case = audited(line)
    decide(line, case, people[0], violation(case))
    line.pass_time(AUDIT_LIFETIME + DAY)
    assert is_kept(line, case)


def test_what_is_pointed_at_and_drawn_is_a_case_of_its_own_and_no_copy_decides_it(
    line: Line, people: list[Person]
) -> None:
    cases = [line.case_of(line.submit(HIGH)) for _ in range(2)]
    assert all(line.store.random_audit_of(case.id) is not None for case in cases)
    assert all(not audit.alone for case in cases if (audit := line.store.random_audit_of(case.id)))
    assert all(case.cluster_id is None for case in cases)
    line.pass_time(AUDIT_LIFETIME + DAY)
    assert all(is_kept(line, case) for case in cases)
    for person in people[:2]:
        decide(line, cases[0], person, INNOCENT)
    assert evidence(line, cases[0]).channel is Channel.AUDIT


def test_a_private_upload_is_never_drawn_without_a_legal_basis(make_line: MakeLine) -> None:
    shown: dict[str, Any] = {"visibility": Visibility.PRIVATE, "region": "SE", "flag": "spam"}
    without = make_line(rules=ALL)
    case = without.case_of(without.submit(LOW, **shown))
    assert without.store.random_audit_of(case.id) is None
    basis = intake.PrivateScanning(legal_basis={"SE": "confirmed by counsel"})
    allowed = make_line(rules=rules(scope(audit_share=1.0), private_scanning=basis), store="memory")
    case = allowed.case_of(allowed.submit(LOW, **shown))
    assert allowed.store.random_audit_of(case.id) is not None


def test_after_a_restart_an_audit_goes_on_where_it_was(make_line: MakeLine) -> None:
    line = make_line(rules=ALL, store="sqlite")
    case = audited(line)
    mika = line.person("mika")
    noor = line.person("noor")
    decide(line, case, mika, INNOCENT)
    line.close()
    again = make_line(rules=ALL, store="sqlite")
    decide(again, case, noor, INNOCENT)
    assert evidence(again, case).channel is Channel.AUDIT


@pytest.mark.parametrize("part", Part)
def test_the_lot_says_what_evidence_is_used_for(make_line: MakeLine, part: Part) -> None:
    share = 1.0 if part is Part.CAPS else 0.0
    line = make_line(rules=rules(scope(audit_share=1.0, caps_share=share)))
    people = [line.person(name) for name in ("mika", "noor")]
    case = audited(line)
    for person in people:
        decide(line, case, person, INNOCENT)
    assert evidence(line, case).part is part


def test_the_draw_is_uniform_whatever_the_score(make_line: MakeLine) -> None:
    line = make_line(rules=rules(scope(audit_share=0.4)), store="memory")
    drawn = dict.fromkeys((LOW, HIGH), 0)
    for _ in range(40):
        for content in drawn:
            before = total(line, Step.AUDITS_DRAWN)
            line.submit(content)
            drawn[content] += total(line, Step.AUDITS_DRAWN) - before
    # The line's chance is seeded: the same draws each run. Of 40 at 0.4, outside 6 to 26 has a chance of less than one in a thousand.
    assert all(6 <= count <= 26 for count in drawn.values())


def test_an_outcome_that_is_no_violation_but_against_a_rule_is_innocent_here(
    line: Line, people: list[Person]
) -> None:
    case = audited(line)
    for person in people[:2]:
        decide(line, case, person, review.Judgement(outcome=Outcome.OTHER_RULE))
    assert evidence(line, case).truth is Truth.INNOCENT


def test_time_for_undoing_ends_before_anything_follows(line: Line, people: list[Person]) -> None:
    mika = people[0]
    case = audited(line)
    line.wardline.claim(case.id, user=mika.user)
    line.wardline.decide(case.id, user=mika.user, judgement=INNOCENT)
    line.wardline.undo(case.id, user=mika.user)
    line.pass_time(WINDOW)
    assert line.store.opinions_of(case.id) == []
