"""Long lists of reports are searched for what a person must not know in a few questions, not in one for each row."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import Any

from wardline import records
from wardline.pipeline import blind_filing, subjects
from wardline.records import CaseState, Insert, ReferralState, Role, Stage
from wardline.testing import store_records as make
from wardline.testing.harness import Line


class Counted:
    """A store that counts what it is asked."""

    def __init__(self, store: Any) -> None:
        self._store = store
        self.asked: Counter[str] = Counter()

    def __getattr__(self, name: str) -> Any:
        self.asked[name] += 1
        return getattr(self._store, name)


def test_a_list_of_reports_of_several_is_searched_in_as_many_questions_whatever_its_length(
    tmp_path: Path,
) -> None:
    with Line(tmp_path, store="sqlite") as line:
        reader = line.person("lea", Role.LEAD).user
        blind = [
            make.case(state=CaseState.OPEN, stage=Stage.SECOND, account_reference=f"account-{number}")
            for number in range(20)
        ]
        opinions = [make.opinion(case_id=case.id, settled_at=None, settled=None) for case in blind]
        found: list[records.Referral] = []
        for number in range(60):
            case_id = blind[number].id if number < len(blind) else f"case-{number}"
            lead = make.referral()
            member = make.referral(state=ReferralState.JOINED, joined=lead.id, case_id=case_id)
            inside = records.Bundled(referral_id=member.id, case_id=case_id, decision_id=member.decision_id)
            found += [replace(lead, bundle=(inside,)), member]
        line.store.commit(
            *map(Insert, (*blind, *opinions, *found)),
            entries=[line.parts.entry(records.Verb.CASE_OPENED, blind[0].id)],
        )
        counts = []
        for rows in (found[:10], found):
            store = Counted(line.store)
            left = blind_filing.visible(replace(line.parts, store=store), rows, reader)
            hidden = {each.id for each in rows} - {each.id for each in left}
            assert hidden == {each.id for each in rows[: 2 * len(blind)]}
            counts.append(store.asked)
        assert counts[0] == counts[1]
        assert counts[1]["referral"] == counts[1]["case"] == 0
        together = subjects.cases_in_several(line.parts, found)
        assert together == {each.id: subjects.cases_in(line.parts, each) for each in found}
