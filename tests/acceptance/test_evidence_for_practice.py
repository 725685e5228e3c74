"""Evidence is shown for practice only where the settings say so, where it lies, while it is held; and it counts as exposure."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from tests.acceptance.conftest import MakeLine
from tests.acceptance.stories import picture, violation
from wardline import records, review
from wardline.errors import AlreadyExistsError, ConflictError, LimitReachedError, NotFoundError, RefusedError
from wardline.pipeline import Rules
from wardline.records import Category, Grade, Outcome, Verb
from wardline.testing.harness import REPORTER, Line, Person
from wardline.testing.platform_sandbox import PlatformSandbox

PRACTICE = Rules(
    reporter=REPORTER, golden_share=1.0, golden_violating=True, opinions=review.SecondOpinions(gravest=True)
)
INNOCENT = review.Judgement(outcome=Outcome.NOT_VIOLATION)
WINDOW = PRACTICE.undo_window


@pytest.fixture
def line(make_line: MakeLine) -> Line:
    return make_line(rules=PRACTICE)


def judge(line: Line, case: records.Case, person: Person, judgement: review.Judgement) -> None:
    line.wardline.claim(case.id, user=person.user)
    line.wardline.reveal(case.id, item_id=case.item_ids[0], user=person.user)
    line.wardline.decide(case.id, user=person.user, judgement=judgement)
    line.pass_time(WINDOW)


def beyond_doubt(line: Line) -> records.Case:
    """Have two people find the same violation, blind."""
    case = line.case_of(line.submit(picture(3), flag="spam", content_reference="post-3"))
    for person in [line.person(name) for name in ("mika", "noor")]:
        judge(line, case, person, violation(case))
    return line.store.case(case.id)


def handed_out(line: Line, user: records.User) -> records.Case:
    case = line.wardline.next_case(user)
    assert case is not None
    return case


def verbs(line: Line) -> list[Verb]:
    line.sequence()
    return [entry.verb for _, entry in line.wardline.newest_entries(200)]


def test_it_is_shown_where_it_lies_told_with_its_category_and_counted_by_what_it_is(
    line: Line, platform: PlatformSandbox
) -> None:
    case = beyond_doubt(line)
    golden = line.wardline.use_for_practice(case.id)
    assert (golden.outcome, golden.category, golden.case_id) == (Outcome.VIOLATION, Category.A2, case.id)
    olli, before = line.person("olli").user, platform.actions()
    waiting = line.case_of(line.submit(picture(5), flag="spam", content_reference="post-5"))
    sealed = len(list(line.parts.vault.inventory()))
    shown = handed_out(line, olli)
    assert shown.id not in (case.id, waiting.id)
    assert len(list(line.parts.vault.inventory())) == sealed
    evidence, disguised = line.store.item(case.item_ids[0]), line.store.item(shown.item_ids[0])
    assert not {each.value for each in evidence.hashes} & {each.value for each in disguised.hashes}
    assert disguised.account_reference != evidence.account_reference
    line.wardline.reveal(shown.id, item_id=shown.item_ids[0], user=olli)
    line.clock.advance(timedelta(seconds=20))
    so_far = line.wardline.exposure(olli)
    assert (so_far.files, so_far.seconds, so_far.by_grade) == (1, 20.0, {Grade.UNKNOWN: 1})
    line.wardline.decide(shown.id, user=olli, judgement=INNOCENT)
    learnt = line.wardline.known_answer(shown.id, user=olli)
    assert (learnt.known, learnt.known_category, learnt.agrees) == (Outcome.VIOLATION, Category.A2, False)
    found = line.wardline.exposure(olli)
    assert (found.by_grade, found.severe_in_a_row, found.weighted) == ({Grade.A: 1}, 1, 3.0)
    line.pass_time(WINDOW)
    assert line.parts.vault.open(case.item_ids[0], "original") == picture(3)
    assert platform.actions() == before
    assert Verb.CASE_REVEALED in verbs(line)


def test_another_category_is_another_answer(line: Line) -> None:
    case = beyond_doubt(line)
    line.wardline.use_for_practice(case.id)
    olli, pia = line.person("olli").user, line.person("pia").user
    line.submit(picture(5), flag="spam", content_reference="post-5")
    for user, category, agrees in ((olli, Category.B1, False), (pia, Category.A2, True)):
        shown = handed_out(line, user)
        line.wardline.decide(shown.id, user=user, judgement=violation(shown, category))
        assert line.wardline.known_answer(shown.id, user=user).agrees is agrees
    # Everybody who may have it had it: it is out of use, and the evidence is untouched.
    assert line.store.golden_items() == []
    assert line.parts.vault.open(case.item_ids[0], "original") == picture(3)


def test_it_is_off_by_default(make_line: MakeLine) -> None:
    assert not Rules().golden_violating
    line = make_line(rules=replace(PRACTICE, golden_violating=False))
    case = beyond_doubt(line)
    with pytest.raises(RefusedError, match="evidence is not used"):
        line.wardline.use_for_practice(case.id)


def test_switching_it_off_ends_it_at_once(line: Line, make_line: MakeLine) -> None:
    case = beyond_doubt(line)
    line.wardline.use_for_practice(case.id)
    olli = line.person("olli").user
    waiting = line.case_of(line.submit(picture(5), flag="spam", content_reference="post-5"))
    shown = handed_out(line, olli)
    off = replace(line.parts, rules=replace(PRACTICE, golden_violating=False))
    line.parts = off
    line.wardline = type(line.wardline)(off)
    with pytest.raises(NotFoundError, match="was destroyed"):
        line.wardline.reveal(shown.id, item_id=shown.item_ids[0], user=olli)
    assert handed_out(line, line.person("pia").user).id == waiting.id


def test_one_persons_word_is_no_known_answer(make_line: MakeLine) -> None:
    line = make_line(rules=replace(PRACTICE, opinions=review.SecondOpinions(gravest=False, random_share=0.0)))
    case = line.case_of(line.submit(picture(3), flag="spam"))
    judge(line, case, line.person("mika"), violation(case))
    with pytest.raises(ConflictError, match="two people"):
        line.wardline.use_for_practice(case.id)
    cleared = line.case_of(line.submit(picture(4), flag="spam", content_reference="post-4"))
    judge(line, cleared, line.person("noor"), INNOCENT)
    with pytest.raises(ConflictError, match="not decided as a violation"):
        line.wardline.use_for_practice(cleared.id)


def test_whoever_judged_the_case_or_is_a_party_to_it_gets_none_of_it(line: Line) -> None:
    case = beyond_doubt(line)
    line.wardline.use_for_practice(case.id)
    with pytest.raises(AlreadyExistsError):
        line.wardline.use_for_practice(case.id)
    party = line.wardline.declare_accounts(["account-1"], user=line.person("pia").user)
    mika = next(each for each in line.store.users() if each.name == "mika")
    for user in (mika, party):
        waiting = line.case_of(
            line.submit(picture(5), flag="spam", account="account-5", content_reference="post-5")
        )
        assert handed_out(line, user).id == waiting.id


def test_a_showing_that_was_given_back_goes_to_nobody_who_knows_the_file(line: Line) -> None:
    case = beyond_doubt(line)
    line.wardline.use_for_practice(case.id)
    olli, pia = line.person("olli").user, line.person("pia").user
    mika = next(each for each in line.store.users() if each.name == "mika")
    line.submit(picture(5), flag="spam", content_reference="post-5")
    shown = handed_out(line, olli)
    line.wardline.return_case(shown.id, user=olli)
    with pytest.raises(ConflictError):
        line.wardline.claim(shown.id, user=mika)
    line.wardline.claim(shown.id, user=pia)
    line.wardline.reveal(shown.id, item_id=shown.item_ids[0], user=pia)
    line.wardline.decide(shown.id, user=pia, judgement=violation(shown))
    assert line.wardline.known_answer(shown.id, user=pia).agrees


def test_it_is_out_of_use_when_its_hold_is_over(line: Line) -> None:
    case = beyond_doubt(line)
    golden = line.wardline.use_for_practice(case.id)
    olli = line.person("olli").user
    line.submit(picture(5), flag="spam", content_reference="post-5")
    shown = handed_out(line, olli)
    held = line.store.holds_of(golden.item_id)
    line.clock.advance(max(each.until for each in held) - line.clock.now())
    line.wardline.claim(shown.id, user=olli)
    with pytest.raises(NotFoundError, match="was destroyed"):
        line.wardline.reveal(shown.id, item_id=shown.item_ids[0], user=olli)
    line.pass_time(timedelta(minutes=1))
    assert line.store.golden_item(golden.id).retired_at is not None
    with pytest.raises(ConflictError, match="held no more"):
        line.wardline.use_for_practice(case.id)


def test_taking_it_out_leaves_the_evidence_alone(line: Line) -> None:
    case = beyond_doubt(line)
    golden = line.wardline.use_for_practice(case.id)
    line.wardline.retire_golden(golden.id)
    assert line.store.golden_items() == []
    assert line.store.item(golden.item_id).sealed
    assert line.parts.vault.open(golden.item_id, "original") == picture(3)


def test_it_counts_towards_the_limit(make_line: MakeLine) -> None:
    line = make_line(rules=replace(PRACTICE, wellbeing=review.Limits(most_files=1)))
    case = line.case_of(line.submit(picture(3), flag="spam", content_reference="post-3"))
    for person in [line.person(name) for name in ("mika", "noor")]:
        judge(line, case, person, violation(case))
    line.wardline.use_for_practice(case.id)
    olli = line.person("olli").user
    waiting = line.case_of(line.submit(picture(5), flag="spam", content_reference="post-5"))
    shown = handed_out(line, olli)
    line.wardline.reveal(shown.id, item_id=shown.item_ids[0], user=olli)
    line.wardline.decide(shown.id, user=olli, judgement=violation(shown))
    assert line.wardline.next_case(olli) is None
    with pytest.raises(LimitReachedError):
        line.wardline.claim(waiting.id, user=olli)


def test_a_showing_that_was_given_back_goes_to_no_party_and_to_nobody_who_takes_no_such_files(
    line: Line,
) -> None:
    case = beyond_doubt(line)
    line.wardline.use_for_practice(case.id)
    olli, pia, rosa = (line.person(name).user for name in ("olli", "pia", "rosa"))
    party = line.wardline.declare_accounts(["account-1"], user=pia)
    line.wardline.choose(lambda now: replace(now, grades=(Grade.A,)), user=rosa)
    line.submit(picture(5), flag="spam", account="account-5", content_reference="post-5")
    shown = handed_out(line, olli)
    line.wardline.return_case(shown.id, user=olli)
    for user in (party, rosa):
        with pytest.raises(ConflictError):
            line.wardline.claim(shown.id, user=user)


def test_who_looked_and_gave_it_back_has_it_counted_by_what_it_is_once_it_is_answered(line: Line) -> None:
    case = beyond_doubt(line)
    line.wardline.use_for_practice(case.id)
    olli, pia = line.person("olli").user, line.person("pia").user
    line.submit(picture(5), flag="spam", content_reference="post-5")
    shown = handed_out(line, olli)
    line.wardline.reveal(shown.id, item_id=shown.item_ids[0], user=olli)
    line.wardline.return_case(shown.id, user=olli)
    assert line.wardline.exposure(olli).by_grade == {Grade.UNKNOWN: 1}
    line.wardline.claim(shown.id, user=pia)
    line.wardline.decide(shown.id, user=pia, judgement=INNOCENT)
    assert line.wardline.exposure(olli).by_grade == {Grade.A: 1}
