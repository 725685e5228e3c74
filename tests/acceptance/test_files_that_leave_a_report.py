"""A file that somebody viewed and gave no category, after its report was drafted, leaves the report; the others are reported."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from tests.acceptance.stories import the_referral
from tests.acceptance.test_bundles import decided, report_of, take_effect, uploaded
from wardline import records, review
from wardline.records import Category, Insert, Outcome, ReferralState, Replace
from wardline.testing.authority_sandbox import AuthoritySandbox, Fault
from wardline.testing.harness import Line, Person


@pytest.fixture
def mika(line: Line) -> Person:
    return line.person("mika")


def of_two_files(line: Line, mika: Person) -> records.Case:
    """Decide a case of two files, of which one was neither viewed nor given a category."""
    case, other = uploaded(line, 1), uploaded(line, 2)
    both = replace(case, item_ids=(*case.item_ids, *other.item_ids), version=case.version + 1)
    line.store.commit(Replace(both), entries=[line.parts.entry(records.Verb.CASE_OPENED, case.id)])
    held = line.wardline.claim(case.id, user=mika.user)
    line.wardline.reveal(held.id, item_id=held.item_ids[0], user=mika.user)
    judgement = review.Judgement(
        outcome=Outcome.VIOLATION, findings=(records.Finding(item_id=held.item_ids[0], category=Category.A2),)
    )
    line.wardline.decide(held.id, user=mika.user, judgement=judgement)
    return line.store.case(held.id)


def view_the_rest(line: Line, case: records.Case, mika: Person) -> None:
    shown = records.Reveal(
        id=line.parts.new_id("reveal"), case_id=case.id, item_id=case.item_ids[1], user_id=mika.user.id, at=line.clock.now(), frame=0
    )  # fmt: skip
    line.store.commit(
        Insert(shown), entries=[line.parts.entry(records.Verb.CASE_REVEALED, case.id, actor=mika.user.id)]
    )


@pytest.mark.parametrize("call", ["submit", "upload", "finish"])
@pytest.mark.parametrize("is_bundle", [False, True])
def test_the_report_is_made_without_it_whenever_it_was_viewed(
    line: Line, mika: Person, authority: AuthoritySandbox, call: str, is_bundle: bool
) -> None:
    authority.faults = lambda made, _number: Fault.SERVER_ERROR if made == call else None
    case = of_two_files(line, mika)
    more = [decided(line, mika, 3)] if is_bundle else []
    take_effect(line)
    drafted = the_referral(line, case)
    assert drafted.state is not ReferralState.FINISHED
    view_the_rest(line, case, mika)
    authority.faults = None
    line.pass_time(timedelta(hours=3))
    assert [each.state for each in line.store.referrals()] == [ReferralState.FINISHED] * (1 + len(more))
    report = report_of(authority)
    assert len(report.files) == 1 + len(more)
    assert authority.ledger.open() == []
    reported = [each.item_id for each in the_referral(line, case).files if each.described]
    assert case.item_ids[0] in reported
    assert all(
        case.item_ids[1] not in {file.item_id for file in each.files} for each in line.store.referrals()
    )
