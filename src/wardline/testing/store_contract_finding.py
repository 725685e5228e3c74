"""The part of the store's contract that is about finding records."""
# ruff: noqa: S101 - a contract suite is tests, kept in the package so that plug-in authors can subclass it

from __future__ import annotations

from wardline import ports
from wardline.records import Insert
from wardline.testing import store_records as make
from wardline.testing.store_records import later


class FindingContract:
    """What is found, and in which order."""

    def test_cases_and_referrals_are_found_by_the_end_of_their_ids(self, store: ports.Store) -> None:
        cases = [make.case(id=f"case-{minute:020d}00a00z") for minute in range(3)]
        other = make.case(id=f"case-{7:020d}00a001")
        referral = make.referral(id=f"referral-{1:020d}00a00z")
        store.commit(*map(Insert, (*cases, other, referral)), entries=[make.entry()])
        assert store.cases_ending("00a00z", most=2) == [cases[2], cases[1]]
        assert store.cases_ending("00a001", most=9) == [other]
        assert store.referrals_ending("00a00z", most=9) == [referral]
        assert store.referrals_ending("00a001", most=9) == []

    def test_what_patterns_are_made_of_finds_nothing_but_itself(self, store: ports.Store) -> None:
        store.commit(Insert(make.case()), entries=[make.entry()])
        assert [store.cases_ending(each, most=9) for each in ("%", "_", "\\")] == [[], [], []]

    def test_referrals_are_found_by_the_number_the_authority_gave(self, store: ports.Store) -> None:
        older, newer = (
            make.referral(id=make.new_id("referral", later(minute)), remote_id="4711") for minute in (0, 1)
        )
        store.commit(*map(Insert, (newer, older, make.referral())), entries=[make.entry()])
        assert store.referrals_of_report("4711", most=9) == [newer, older]
        assert store.referrals_of_report("471", most=9) == []
