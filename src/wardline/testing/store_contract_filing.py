"""The part of the store's contract that is about reports on their way."""
# ruff: noqa: S101 - a contract suite is tests, kept in the package so that plug-in authors can subclass it

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest

from wardline import ports, records
from wardline.errors import AlreadyExistsError
from wardline.records import Insert, Priority, ReferralState, Replace
from wardline.testing import store_records as make
from wardline.testing.store_records import later


def _due(minute: int, **values: Any) -> records.Referral:
    given = {"priority": Priority.SECOND, "clock_from": later(0), "due_at": later(minute)}
    return make.referral(**{**given, **values})


def _filed(at: datetime, completeness: int | None) -> records.Referral:
    return make.referral(state=ReferralState.FINISHED, finished_at=at, completeness=completeness)


class FilingContract:
    """Clocks, checks, facts, and how complete reports were."""

    def test_referrals_whose_clock_runs_are_found_by_priority_and_due_first(self, store: ports.Store) -> None:
        last, first = _due(9), _due(3)
        over = [_due(1, state=each) for each in (ReferralState.FINISHED, ReferralState.WITHDRAWN)]
        graver, without = _due(2, priority=Priority.FIRST), make.referral()
        joined = _due(1, state=ReferralState.JOINED, joined=first.id)
        store.commit(*map(Insert, (last, first, *over, graver, without, joined)), entries=[make.entry()])
        assert store.due_referrals(Priority.SECOND, most=9) == [first, last]
        assert store.due_referrals(Priority.SECOND, most=1) == [first]
        assert store.due_referrals(Priority.FIRST, most=9) == [graver]
        assert store.due_referrals(Priority.THIRD, most=9) == []

    def test_referrals_that_nobody_checked_are_found_and_due_first(self, store: ports.Store) -> None:
        filed = {"state": ReferralState.FINISHED}
        last, first = (make.referral(check_by=later(minute), **filed) for minute in (9, 3))
        checked = make.referral(check_by=later(1), second_by="user-2", second_at=later(0), **filed)
        on_its_way = make.referral(check_by=later(2))
        store.commit(
            *map(Insert, (last, first, checked, on_its_way, make.referral(**filed))), entries=[make.entry()]
        )
        assert store.unchecked_referrals(most=9) == [first, last]
        assert store.unchecked_referrals(most=1) == [first]

    def test_completeness_is_counted_for_a_period_that_ends_before_its_end(self, store: ports.Store) -> None:
        filed = [_filed(later(0), 80), _filed(later(1), 80), _filed(later(2), 100), _filed(later(3), 40)]
        correction = replace(_filed(later(1), 100), corrects=filed[0].id)
        store.commit(*map(Insert, (*filed, _filed(later(1), None), correction)), entries=[make.entry()])
        assert dict(store.completeness_of(later(0), later(3))) == {80: 2, 100: 1}
        assert dict(store.completeness_of(later(4), later(9))) == {}

    def test_a_decision_is_reported_to_each_receiver_once(self, store: ports.Store) -> None:
        first = make.referral(authority="ncmec")
        other = make.referral(decision_id=first.decision_id, authority="nca-pack")
        store.commit(Insert(first), Insert(other), entries=[make.entry()])
        again = make.referral(decision_id=first.decision_id, authority="nca-pack")
        with pytest.raises(AlreadyExistsError):
            store.commit(Insert(again), entries=[make.entry()])

    def test_a_reference_stands_for_one_report_to_a_receiver(self, store: ports.Store) -> None:
        filed = {"state": ReferralState.FINISHED, "authority": "nca-pack"}
        first = make.referral(remote_id="IRP 7", reference="irp 7", **filed)
        elsewhere = make.referral(
            remote_id="IRP 7", reference="irp 7", **{**filed, "authority": "signed-pack"}
        )
        other, joined = make.referral(**filed), make.referral(remote_id="IRP 7", joined=first.id, **filed)
        store.commit(*map(Insert, (first, elsewhere, other, joined)), entries=[make.entry()])
        same = replace(other, remote_id="irp  7", reference="irp 7", version=2)
        with pytest.raises(AlreadyExistsError):
            store.commit(Replace(same), entries=[make.entry()])
        assert store.referral(other.id) == other

        def known(remote_id: str, reference: str) -> list[records.Referral]:
            return store.referrals_known_as("nca-pack", "sandbox", remote_id=remote_id, reference=reference)

        assert known("IRP 7", "irp 7") == known("x", "irp 7") == known("IRP 7", "x") == [first]
        assert known("x", "y") == []

    def test_facts_come_oldest_first_and_of_one_case(self, store: ports.Store) -> None:
        newer, older = (make.fact(at=later(minute)) for minute in (5, 1))
        call = make.fact(kind=records.FactKind.CALL, at=later(7), happened_at=later(6))
        store.commit(*map(Insert, (newer, older, call, make.fact(case_id="case-2"))), entries=[make.entry()])
        assert store.facts_of("case-1") == [older, newer, call]
        assert store.facts_of("case-3") == []

    def test_what_a_referral_holds_and_what_joined_it_are_kept(self, store: ports.Store) -> None:
        member = make.referral(state=ReferralState.JOINED, joined="referral-1")
        taken = records.Bundled(referral_id=member.id, case_id=member.case_id, decision_id=member.decision_id)
        lead, alone = make.referral(bundle=(taken,)), make.referral(alone=True)
        store.commit(*map(Insert, (member, lead, alone)), entries=[make.entry()])
        assert [store.referral(each.id) for each in (member, lead, alone)] == [member, lead, alone]

    def test_what_is_told_as_the_copy_of_another_file_is_kept(self, store: ports.Store) -> None:
        copy = records.ReferralFile(item_id="item-2", remote_file_id="a", described=True, copy_of="item-1")
        member = make.referral(state=ReferralState.JOINED, joined="referral-1", files=(copy,))
        taken = records.Bundled(
            referral_id=member.id, case_id=member.case_id, decision_id=member.decision_id, batched=True
        )
        lead = make.referral(bundle=(taken,))
        store.commit(Insert(member), Insert(lead), entries=[make.entry()])
        assert [store.referral(each.id) for each in (member, lead)] == [member, lead]
        assert (store.referral(member.id).batched, store.referral(lead.id).batched) == (True, True)

    def test_reports_about_the_same_bytes_are_found_oldest_first_while_nothing_of_them_was_sent(
        self, store: ports.Store
    ) -> None:
        def about(file_id: str, minute: int, **values: Any) -> records.Referral:
            found = make.referral(case_id=make.new_id("case"), created_at=later(minute), **values)
            member = make.cluster_member(file_id=file_id, case_id=found.case_id)
            store.commit(Insert(member), Insert(found), entries=[make.entry()])
            return found

        newer, older = about("file-a", 5), about("file-a", 1, state=ReferralState.OPENING)
        about("file-b", 1)
        about("file-a", 1, state=ReferralState.OPENED)
        about("file-a", 1, state=ReferralState.FINISHED)
        about("file-a", 1, state=ReferralState.JOINED, joined=older.id)
        about("file-a", 1, corrects="referral-1")
        store.commit(Insert(make.referral()), entries=[make.entry()])
        assert store.unopened_copies("file-a", most=9) == [older, newer]
        assert store.unopened_copies("file-a", most=1) == [older]
        assert store.unopened_copies("file-c", most=9) == []

    @pytest.mark.parametrize("field", ["priority", "due_at", "waits_until", "check_by", "completeness"])
    def test_what_a_referral_learns_later_is_kept(self, store: ports.Store, field: str) -> None:
        values = {
            "priority": Priority.FIRST, "due_at": later(1), "waits_until": later(2), "check_by": later(3), "completeness": 71,
        }  # fmt: skip
        before = make.referral()
        after = make.referral(
            id=before.id, decision_id=before.decision_id, version=2, **{field: values[field]}
        )
        store.commit(Insert(before), entries=[make.entry()])
        store.commit(Replace(after), entries=[make.entry()])
        assert getattr(store.referral(before.id), field) == values[field]
