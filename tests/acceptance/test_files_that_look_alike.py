"""Files that look alike stand together; what two people say of one spreads as far as it may, and is taken back when it does not stand."""

from __future__ import annotations

from datetime import timedelta

import pytest
from PIL import Image

from tests.acceptance.conftest import MakeLine
from tests.acceptance.stories import reveal_all, the_referral, violation
from wardline import records, review
from wardline.errors import ConflictError
from wardline.pipeline import Complaint, Rules, clusters
from wardline.records import (
    ActionKind,
    AlarmKind,
    CaseState,
    Category,
    DecisionState,
    Outcome,
    ReferralState,
    Stage,
    Target,
)
from wardline.testing import pictures
from wardline.testing.authority_sandbox import AuthoritySandbox
from wardline.testing.harness import REPORTER, Line, Person
from wardline.testing.platform_ledger import AccountState, ContentState
from wardline.testing.platform_sandbox import PlatformSandbox

HARMLESS = review.Judgement(outcome=Outcome.NOT_VIOLATION)
NOBODY_SAMPLED = Rules(reporter=REPORTER, audit_share=0.0)
EVERY_ONE_SAMPLED = Rules(reporter=REPORTER, audit_share=1.0)


def like(quality: int = 85, seed: int = 1) -> bytes:
    """Encode a scene: near others of its seed, identical to those of its quality."""
    return pictures.encode(pictures.scene(seed, (320, 240)), quality=quality)


@pytest.fixture
def line(make_line: MakeLine) -> Line:
    return make_line(rules=NOBODY_SAMPLED)


@pytest.fixture
def people(line: Line) -> list[Person]:
    return [line.person(name) for name in ("mika", "noor", "otto")]


def flagged(line: Line, content: bytes, account: str) -> records.Case:
    """Have a picture flagged, so that it goes to a person and stays visible."""
    upload = line.submit(content, account=account, flag="nudity", content_reference=f"post of {account}")
    line.run_due()
    return line.case_of(upload)


def say(line: Line, case: records.Case, person: Person, judgement: review.Judgement, *, looks: bool = True) -> records.Decision:  # fmt: skip
    """Claim, look, decide, and let it take effect."""
    claimed = line.wardline.claim(case.id, user=person.user)
    if looks:
        reveal_all(line, claimed, person)
    decision = line.wardline.decide(case.id, user=person.user, judgement=judgement)
    line.pass_time(line.parts.rules.undo_window)
    return decision


def now(line: Line, case: records.Case) -> records.Case:
    return line.store.case(case.id)


def test_near_files_stand_together_and_others_do_not(line: Line) -> None:
    first, same, near = (
        flagged(line, like(quality), f"a{quality}-{n}") for n, quality in enumerate((85, 85, 40))
    )
    other = flagged(line, like(seed=2), "b")
    assert first.cluster_id == same.cluster_id == near.cluster_id
    assert other.cluster_id not in (None, first.cluster_id)
    places = [line.store.cluster_member(case.id) for case in (first, same, near)]
    files = [place.file_id for place in places if place is not None]
    assert files[0] == files[1] != files[2]


def test_what_is_released_leaves_no_trace_in_a_cluster(line: Line) -> None:
    line.submit(like())
    assert line.store.clusters(most=9) == []
    assert line.store.leaders(after="", most=9) == []


def test_pictures_of_one_colour_join_identical_ones_only(line: Line) -> None:
    flat = [
        pictures.encode(Image.new("RGB", (64, 64), (value, value, value)), format="png") for value in (90, 91)
    ]
    cases = [flagged(line, content, f"a{n}") for n, content in enumerate((flat[0], flat[1], flat[0]))]
    assert cases[0].cluster_id == cases[2].cluster_id != cases[1].cluster_id


def test_what_two_people_find_in_one_file_decides_its_copies_and_says_that_nobody_viewed_them(
    line: Line, people: list[Person], platform: PlatformSandbox, authority: AuthoritySandbox
) -> None:
    cases = [flagged(line, like(), f"a{n}") for n in range(4)]
    decisions = [
        say(line, case, person, violation(case)) for case, person in zip(cases, people[:2], strict=False)
    ]
    copy = now(line, cases[2])
    assert copy.state is CaseState.CLOSED
    assert copy.decision_id is not None
    spread = line.store.decision(copy.decision_id)
    assert spread.spread_from == tuple(sorted(each.id for each in decisions))
    assert spread.user_id not in {person.user.id for person in people}
    assert spread.state is DecisionState.EFFECTIVE
    assert spread.findings == (records.Finding(item_id=copy.item_ids[0], category=Category.A2),)
    assert platform.state_of("post of a2") is ContentState.REMOVED
    assert platform.account_state_of("a3") is AccountState.SUSPENDED
    assert line.store.reveals_of(copy.id) == []
    report = line.wardline.preview_referral(the_referral(line, copy).id).report
    assert report is not None
    assert [file.viewed for file in report.files] == [False]
    assert "Identical to a file that two people decided" in report.note
    assert len(authority.ledger.finished()) == 4


def test_a_near_copy_comes_sooner_by_score_too_and_has_the_target_of_what_was_found(
    line: Line, people: list[Person]
) -> None:
    near, later = flagged(line, like(20), "near"), flagged(line, like(seed=2), "later")
    assert near.score_turn == later.score_turn
    for number, person in enumerate(people[:2]):
        copy = flagged(line, like(), f"a{number}")
        say(line, copy, person, violation(copy))
    found = now(line, near)
    assert found.score_turn is not None
    assert later.score_turn is not None
    assert found.score_turn < later.score_turn
    assert found.target is Target.A
    assert found.due_at == near.opened_at + timedelta(hours=24)


def test_near_copies_are_hidden_and_come_sooner_and_nothing_is_done_to_their_accounts(
    line: Line, people: list[Person], platform: PlatformSandbox, authority: AuthoritySandbox
) -> None:
    near = flagged(line, like(20), "near")
    urgency = near.urgency
    cases = [flagged(line, like(), f"a{n}") for n in range(2)]
    for case, person in zip(cases, people[:2], strict=True):
        say(line, case, person, violation(case))
    later = now(line, near)
    assert later.state is CaseState.OPEN
    assert later.decision_id is None
    assert later.restricted
    assert later.reasons[-1] == "Near a file that two people found to be a violation of category A2"
    assert urgency is not None
    assert later.urgency is not None
    assert later.urgency.odds.violation > urgency.odds.violation
    assert platform.state_of("post of near") is ContentState.RESTRICTED
    assert platform.account_state_of("near") is AccountState.ACTIVE
    assert line.store.referrals(case_id=near.id) == []
    assert len(authority.ledger.finished()) == 2
    say(line, later, people[2], violation(later))
    assert platform.account_state_of("near") is AccountState.SUSPENDED


def test_what_comes_after_two_people_agreed_follows_at_once(line: Line, people: list[Person]) -> None:
    cases = [flagged(line, like(), f"a{n}") for n in range(2)]
    for case, person in zip(cases, people[:2], strict=True):
        say(line, case, person, violation(case))
    assert flagged(line, like(), "late").state is CaseState.CLOSED
    near = flagged(line, like(40), "late near")
    assert near.state is CaseState.OPEN
    assert near.restricted


def test_no_violation_spreads_to_identical_files_only(
    line: Line, people: list[Person], platform: PlatformSandbox
) -> None:
    line.list_of([like()])  # so that what is found harmless was hidden before
    cases = [flagged(line, like(), f"a{n}") for n in range(3)]
    near = flagged(line, like(40), "near")
    for case, person in zip(cases, people[:2], strict=False):
        say(line, case, person, HARMLESS)
    assert now(line, cases[2]).state is CaseState.CLOSED
    assert platform.state_of("post of a2") is ContentState.VISIBLE
    assert now(line, near) == near
    assert line.store.referrals() == []


def test_one_person_twice_is_not_two(line: Line, people: list[Person]) -> None:
    cases = [flagged(line, like(), f"a{n}") for n in range(3)]
    for case in cases[:2]:
        say(line, case, people[0], violation(case))
    assert now(line, cases[2]).state is CaseState.OPEN


@pytest.mark.parametrize("order", [(0, 1, 2), (2, 0, 1), (1, 2, 0)])
def test_a_split_vote_does_not_spread_whoever_comes_first(
    line: Line, people: list[Person], order: tuple[int, ...]
) -> None:
    cases = [flagged(line, like(), f"a{n}") for n in range(4)]
    for case, person in zip(
        cases, people, strict=False
    ):  # in their hands, so that nothing decides them before
        line.wardline.claim(case.id, user=person.user)
    judged = [violation(cases[0]), HARMLESS, violation(cases[2])]
    for place in order:
        say(line, cases[place], people[place], judged[place], looks=False)
    line.pass_time(timedelta(minutes=10))
    assert now(line, cases[3]).state is CaseState.OPEN
    assert not now(line, cases[3]).restricted


def test_somebody_who_saw_the_file_and_somebody_who_saw_one_near_it_are_two(
    line: Line, people: list[Person]
) -> None:
    seen, near = flagged(line, like(), "a0"), flagged(line, like(20), "b0")
    copies = [flagged(line, like(), "a1"), flagged(line, like(20), "b1")]
    untouched = flagged(line, like(60), "c")
    decisions = [say(line, case, person, HARMLESS) for case, person in ((seen, people[0]), (near, people[1]))]
    for copy in (now(line, each) for each in copies):
        assert copy.state is CaseState.CLOSED
        assert line.store.decision(copy.decision_id or "").spread_from == tuple(
            sorted(each.id for each in decisions)
        )
    assert now(line, untouched) == untouched


def test_what_is_said_of_another_file_near_it_ends_the_help_and_takes_nothing_back(
    line: Line, people: list[Person]
) -> None:
    seen, near, other = (flagged(line, like(q), f"a{q}") for q in (85, 20, 60))
    line.wardline.claim(other.id, user=people[2].user)
    copy = flagged(line, like(), "copy")
    say(line, seen, people[0], violation(seen))
    say(line, near, people[1], violation(near))
    assert now(line, copy).state is CaseState.CLOSED
    say(line, other, people[2], HARMLESS, looks=False)
    line.pass_time(timedelta(minutes=10))
    assert now(line, copy).state is CaseState.CLOSED
    later = flagged(line, like(), "later")
    assert later.state is CaseState.OPEN
    assert not later.restricted
    say(line, later, people[1], violation(later))  # now two people saw these very bytes
    assert flagged(line, like(), "later still").state is CaseState.CLOSED


def test_where_people_name_different_categories_copies_go_to_a_person(
    line: Line, people: list[Person]
) -> None:
    cases = [flagged(line, like(), f"a{n}") for n in range(3)]
    say(line, cases[0], people[0], violation(cases[0], Category.A1))
    say(line, cases[1], people[1], violation(cases[1], Category.B2))
    third = now(line, cases[2])
    assert third.state is CaseState.OPEN
    assert third.restricted
    assert third.reasons[-1] == "Near a file that two people found to be a violation"


def test_what_somebody_works_on_is_left_to_them_and_looked_at_again_when_they_left(
    line: Line, people: list[Person]
) -> None:
    cases = [flagged(line, like(), f"a{n}") for n in range(3)]
    for case, person in zip(cases[:2], people[:2], strict=True):
        line.wardline.claim(case.id, user=person.user)
    line.wardline.claim(cases[2].id, user=people[2].user)
    for case, person in zip(cases[:2], people[:2], strict=True):
        line.wardline.decide(case.id, user=person.user, judgement=violation(case))
    line.pass_time(line.parts.rules.undo_window)
    assert now(line, cases[2]).claimed_by == people[2].user.id
    line.wardline.return_case(cases[2].id, user=people[2].user)
    line.pass_time(line.parts.rules.lease)
    assert now(line, cases[2]).state is CaseState.CLOSED


def test_what_asks_for_a_person_is_never_decided_without_one(line: Line, people: list[Person]) -> None:
    lead = line.person("lead", records.Role.LEAD)
    cases = [flagged(line, like(), f"a{n}") for n in range(4)]
    line.wardline.claim(cases[2].id, user=people[2].user)
    line.wardline.escalate(cases[2].id, user=people[2].user, note="for a lead")
    line.wardline.claim(cases[3].id, user=people[2].user)
    line.wardline.hold_case(
        cases[3].id, user=people[2].user, until=line.clock.now() + timedelta(days=1), note="asked"
    )
    danger = line.case_of(line.submit(like(), account="danger", flag=records.IMMINENT_DANGER))
    for case, person in zip(cases[:2], people[:2], strict=True):
        say(line, case, person, violation(case))
    for case in (*cases[2:], danger):
        assert now(line, case).state is CaseState.OPEN
        assert now(line, case).restricted
    assert lead.user.role is records.Role.LEAD


@pytest.fixture
def sampled(make_line: MakeLine) -> Line:
    return make_line(rules=EVERY_ONE_SAMPLED)


def test_a_share_is_looked_at_by_somebody_who_took_no_part(sampled: Line) -> None:
    people = [sampled.person(name) for name in ("mika", "noor", "otto")]
    cases = [flagged(sampled, like(), f"a{n}") for n in range(3)]
    for case, person in zip(cases, people[:2], strict=False):
        say(sampled, case, person, violation(case))
    third = now(sampled, cases[2])
    assert (third.state, third.stage, third.restricted) == (CaseState.OPEN, Stage.AUDIT, True)
    assert (third.target, third.due_at) == (Target.RESTRICTED, third.opened_at + timedelta(hours=72))
    assert set(third.passed_by) == {people[0].user.id, people[1].user.id}
    assert sampled.wardline.next_case(people[0].user) is None
    assert sampled.wardline.next_case(people[2].user) is not None
    say(sampled, third, people[2], violation(third))
    assert AlarmKind.CLUSTER_DISPUTED not in {each.kind for each in sampled.store.open_alarms()}


def test_when_nobody_else_is_there_those_who_took_part_look_again(sampled: Line) -> None:
    people = [sampled.person(name) for name in ("mika", "noor")]
    cases = [flagged(sampled, like(), f"a{n}") for n in range(3)]
    for case, person in zip(cases, people, strict=False):
        say(sampled, case, person, HARMLESS)
    assert now(sampled, cases[2]).stage is Stage.AUDIT
    assert sampled.wardline.next_case(people[0].user) is not None


def test_who_differs_stops_the_cluster_and_everything_that_had_spread_comes_back(
    line: Line, people: list[Person], platform: PlatformSandbox
) -> None:
    cases = [flagged(line, like(), f"a{n}") for n in range(4)]
    near = flagged(line, like(20), "near")
    handed = now(line, cases[3])
    line.wardline.claim(handed.id, user=people[2].user)  # in somebody's hands while the others are decided
    for case, person in zip(cases[:2], people[:2], strict=True):
        say(line, case, person, violation(case))
    assert now(line, cases[2]).state is CaseState.CLOSED
    line.wardline.claim(handed.id, user=people[2].user)
    say(line, handed, people[2], HARMLESS)
    line.pass_time(timedelta(minutes=10))
    again = now(line, cases[2])
    assert (again.state, again.decision_id, again.stage) == (CaseState.OPEN, None, Stage.FIRST)
    assert not again.restricted
    assert platform.state_of("post of a2") is ContentState.VISIBLE
    assert platform.account_state_of("a2") is AccountState.ACTIVE
    assert platform.account_state_of("a0") is AccountState.SUSPENDED
    assert now(line, near).state is CaseState.OPEN
    assert not now(line, near).restricted
    assert platform.state_of("post of near") is ContentState.VISIBLE
    raised = [each for each in line.store.open_alarms() if each.kind is AlarmKind.CLUSTER_DISPUTED]
    assert {each.subject_id for each in raised} == {again.cluster_id, again.id}
    assert any("was filed on a decision that had spread" in each.message for each in raised)
    assert flagged(line, like(), "late").state is CaseState.OPEN


def test_a_decision_that_is_withdrawn_takes_back_what_it_spread_and_counts_no_more(
    line: Line, people: list[Person]
) -> None:
    cases = [flagged(line, like(), f"a{n}") for n in range(3)]
    first, _ = (say(line, case, person, HARMLESS) for case, person in zip(cases, people[:2], strict=False))
    assert now(line, cases[2]).state is CaseState.CLOSED
    clusters.withdraw(line.parts, first.id)
    clusters.withdraw(line.parts, first.id)
    line.pass_time(timedelta(minutes=10))
    assert now(line, cases[2]).state is CaseState.OPEN
    item = line.store.item(cases[2].item_ids[0])
    line.pass_time(timedelta(days=20))
    assert line.store.item(item.id).sealed
    say(line, cases[2], people[0], HARMLESS)
    assert [each.stopped_at is None for each in line.store.spreads_of(cases[0].cluster_id or "", most=9)] == [
        False, True,
    ]  # fmt: skip


def test_a_report_that_was_not_sent_is_not_sent_any_more(make_line: MakeLine) -> None:
    line = make_line(rules=NOBODY_SAMPLED, authority=None)
    people = [line.person(name) for name in ("mika", "noor")]
    cases = [flagged(line, like(), f"a{n}") for n in range(3)]
    decisions = [
        say(line, case, person, violation(case)) for case, person in zip(cases, people, strict=False)
    ]
    assert the_referral(line, cases[2]).state is ReferralState.DRAFT
    clusters.withdraw(line.parts, decisions[1].id)
    line.pass_time(timedelta(minutes=10))
    assert the_referral(line, cases[2]).state is ReferralState.WITHDRAWN
    assert now(line, cases[2]).state is CaseState.OPEN


def test_hashes_go_with_the_last_account_that_they_were_kept_for(line: Line, people: list[Person]) -> None:
    cases = [flagged(line, like(), f"a{n}") for n in range(2)]
    near = flagged(line, like(20), "near")
    cluster_id = near.cluster_id or ""
    for case, person in zip(cases, people[:2], strict=True):
        say(line, case, person, HARMLESS)
    line.pass_time(line.parts.rules.periods.unlink_after_clearance + timedelta(hours=1))
    assert line.store.cluster(cluster_id).pdq is not None
    assert flagged(line, like(), "again").cluster_id == cluster_id
    for case in line.store.cases(state=CaseState.OPEN):
        say(line, case, people[2], HARMLESS)
    line.pass_time(line.parts.rules.periods.unlink_after_clearance + timedelta(hours=1))
    assert line.store.cluster(cluster_id).pdq is None
    assert flagged(line, like(), "much later").cluster_id != cluster_id


def test_actions_of_a_spread_are_those_of_a_decision(line: Line, people: list[Person]) -> None:
    cases = [flagged(line, like(), f"a{n}") for n in range(3)]
    for case, person in zip(cases, people[:2], strict=False):
        say(line, case, person, violation(case))
    kinds = [[each.kind for each in line.store.actions_of(case.id)] for case in cases]
    assert sorted(kinds[2]) == [ActionKind.REMOVE_CONTENT, ActionKind.SUSPEND_ACCOUNT] == sorted(kinds[0])


def test_whoever_decided_what_spread_is_not_handed_an_appeal_about_a_copy(
    line: Line, people: list[Person]
) -> None:
    cases = [flagged(line, like(), f"a{n}") for n in range(3)]
    for case, person in zip(cases, people[:2], strict=False):
        say(line, case, person, violation(case))
    copy = now(line, cases[2])
    removal = next(each for each in line.store.actions_of(copy.id) if each.kind is ActionKind.REMOVE_CONTENT)
    line.wardline.appeal(
        Complaint(text="It is our garden.", action_id=removal.id), api_key=line.platform_key().record
    )
    line.run_due()
    assert now(line, copy).stage is Stage.APPEAL
    for person in people[:2]:
        assert line.wardline.next_case(person.user) is None
        with pytest.raises(ConflictError, match="had a part"):
            line.wardline.claim(copy.id, user=person.user)
    assert line.wardline.next_case(people[2].user) is not None
