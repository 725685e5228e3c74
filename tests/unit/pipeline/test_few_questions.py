"""What a person may know of many entries and alarms is asked of the store at once, not for each."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from typing import Any, cast

import pytest

from tests.acceptance.stories import decided_violation, picture, the_referral
from wardline import ports, records
from wardline.pipeline import blind_filing, blindness
from wardline.pipeline.parts import Parts
from wardline.records import AlarmKind, Insert, Role, Verb
from wardline.testing import store_records as make
from wardline.testing.harness import Line


class Counted:
    """A store that counts what it is asked."""

    def __init__(self, store: ports.Store) -> None:
        self._store = store
        self.asked: Counter[str] = Counter()

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._store, name)
        self.asked[name] += 1
        return found


@pytest.fixture
def referrals(line: Line) -> list[records.Referral]:
    """Six reports, each with an alarm and an entry that its case was put in front."""
    lead = line.person("lea", Role.LEAD)
    made = []
    for seed in range(1, 7):
        submission = line.submit(picture(seed), flag="spam", account=f"account-{seed}")
        case = decided_violation(line, submission, lead)
        line.pass_time(line.parts.rules.undo_window)
        made.append(the_referral(line, case))
        alarm = make.alarm(kind=AlarmKind.REFERRAL_NEAR, subject_id=made[-1].id)
        told = [line.parts.entry(Verb.ALARM_RAISED, alarm.id), line.parts.entry(Verb.CASE_PUT_IN_FRONT, case.id)]  # fmt: skip
        line.store.commit(Insert(alarm), entries=told)
    line.sequence()
    return made


def asked(line: Line, ask: Callable[[Parts, records.User], object]) -> Counter[str]:
    """Count what is asked for a person who may judge."""
    store, user = Counted(line.store), next(each for each in line.store.users() if each.name == "lea")
    ask(replace(line.parts, store=cast("ports.Store", store)), user)
    return store.asked


def test_entries_about_many_reports_and_cases_cost_as_many_questions_as_those_about_few(
    line: Line, referrals: list[records.Referral]
) -> None:
    every = line.wardline.newest_entries(1000)
    few = [each for each in every if each[1].subject_id in (referrals[0].id, referrals[0].case_id)]
    many = [each for each in every if each[1].subject_id.startswith(("referral-", "case-", "decision-"))]
    assert len(many) > 5 * len(few) > 0
    costs = [asked(line, lambda parts, user, of=of: blindness.told(parts, of, user)) for of in (few, many)]  # type: ignore[misc]  # of is bound here
    assert costs[0] == costs[1]
    assert costs[1].keys().isdisjoint({"case", "referral", "decision"})


def test_alarms_about_many_reports_cost_as_many_questions_as_those_about_one(
    line: Line, referrals: list[records.Referral]
) -> None:
    alarms = line.store.open_alarms()
    assert {each.subject_id for each in alarms} >= {each.id for each in referrals}
    costs = [
        asked(line, lambda parts, user, of=of: blind_filing.alarms_for(parts, of, user))  # type: ignore[misc]  # of is bound here
        for of in (alarms[:1], alarms)
    ]
    assert costs[0] == costs[1]
    assert costs[1]["referral"] == 0
