"""The part of the store's contract that is about strikes, appeals, flags and messages."""
# ruff: noqa: S101 - a contract suite is tests, kept in the package so that plug-in authors can subclass it

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from wardline import ports, records
from wardline.errors import AlreadyExistsError
from wardline.records import AppealState, Flagger, Insert, MessageKind, MessageState, NoticeState, Replace
from wardline.testing import store_records as make
from wardline.testing.store_records import later


def _put(store: ports.Store, *made: Any) -> None:
    store.commit(*map(Insert, made), entries=[make.entry()])


class ComplaintContract:
    """What people complain of, and what they are told."""

    def test_the_strikes_of_an_account_are_those_on_its_own_platform_oldest_first(
        self, store: ports.Store
    ) -> None:
        second, first = make.strike(given_at=later(2), expires_at=later(9)), make.strike(given_at=later(1))
        elsewhere, other = make.strike(platform="another"), make.strike(account_reference="account-2")
        _put(store, second, first, elsewhere, other)
        assert store.strikes_of("example", "account-1") == [first, second]
        assert store.strike_of_decision(second.decision_id) == second
        assert store.strike_of_decision("decision-of-none") is None
        assert store.old_strikes(later(10), most=9) == [second]

    def test_a_decision_gives_one_strike(self, store: ports.Store) -> None:
        given = make.strike()
        _put(store, given)
        with pytest.raises(AlreadyExistsError):
            _put(store, make.strike(decision_id=given.decision_id))

    def test_appeals_are_listed_oldest_first_and_by_their_state(self, store: ports.Store) -> None:
        late, early = make.appeal(received_at=later(2)), make.appeal(received_at=later(1))
        answered = make.appeal(received_at=later(3), state=AppealState.UPHELD)
        _put(store, late, answered, early)
        assert store.appeals() == [early, late, answered]
        assert store.appeals(after=early.id, most=1) == [late]
        assert store.appeals(state=AppealState.OPEN) == [early, late]
        assert store.count_appeals(AppealState.OPEN, most=9) == 2
        assert store.count_appeals(AppealState.OPEN, most=1) == 1
        assert store.appeal(late.id) == late
        assert store.appeal_of(late.case_id) == late
        assert store.appeal_of("case-of-none") is None
        assert store.appeals_of_several([late.case_id, early.case_id, "case-of-none"]) == {
            late.case_id: late,
            early.case_id: early,
        }

    def test_of_the_appeals_of_a_case_each_has_a_number_of_its_own_and_the_last_one_is_it(
        self, store: ports.Store
    ) -> None:
        first = make.appeal(received_at=later(9))
        second = make.appeal(case_id=first.case_id, number=2, received_at=later(1))
        _put(store, second)
        _put(store, first)
        with pytest.raises(AlreadyExistsError):
            _put(store, make.appeal(case_id=first.case_id))
        assert store.appeals_of(first.case_id) == [first, second]
        assert store.appeals_of("case-of-none") == []
        assert store.appeal_of(first.case_id) == second
        assert store.appeals_of_several([first.case_id]) == {first.case_id: second}

    def test_an_appeal_is_late_until_it_is_answered(self, store: ports.Store) -> None:
        overdue, waiting = (
            make.appeal(due_at=later(5)),
            make.appeal(due_at=later(4), state=AppealState.WAITING),
        )
        _put(store, overdue, waiting, make.appeal(due_at=later(7)))
        assert store.late_appeals(later(5), most=9) == [waiting, overdue]
        assert store.late_appeals(later(5), most=1) == [waiting]
        answered = replace(overdue, state=AppealState.OVERTURNED, version=2)
        store.commit(Replace(answered), entries=[make.entry()])
        assert store.late_appeals(later(5), most=9) == [waiting]

    def test_flags_on_one_file_for_one_reason_by_one_kind_of_flagger_are_one_record(
        self, store: ports.Store
    ) -> None:
        first = make.notice()
        trusted = make.notice(item_id=first.item_id, flagger=Flagger.TRUSTED_FLAGGER, received_at=later(1))
        _put(store, first, trusted)
        with pytest.raises(AlreadyExistsError):
            _put(store, make.notice(item_id=first.item_id))
        found = store.notice_about(first.item_id, reason=first.reason, flagger=Flagger.USER)
        assert found == first
        assert store.notice_about(first.item_id, reason="another", flagger=Flagger.USER) is None

    def test_each_notice_of_an_authority_is_a_record_of_its_own_once_a_file(self, store: ports.Store) -> None:
        one = make.official_notice()
        other = make.official_notice(item_id=one.item_id, number="2026/8")
        elsewhere = make.official_notice()
        _put(store, one, other, elsewhere, make.notice(item_id=one.item_id))
        with pytest.raises(AlreadyExistsError):
            _put(store, make.official_notice(item_id=one.item_id, reason="another"))
        assert store.notice(other.id).official == other.official

    def test_flags_are_listed_oldest_first_by_state_and_by_case(self, store: ports.Store) -> None:
        late, early = make.notice(received_at=later(2)), make.notice(received_at=later(1), case_id="case-2")
        answered = make.notice(received_at=later(3), state=NoticeState.ANSWERED, due_at=later(1))
        _put(store, late, answered, early)
        assert store.notices() == [early, late, answered]
        assert store.notices(after=early.id, most=1) == [late]
        assert store.notices(state=NoticeState.ANSWERED) == [answered]
        assert store.notices_of("case-1") == [late, answered]
        assert store.notices_of_several(["case-1", "case-2", "case-3"]) == {
            "case-1": [late, answered],
            "case-2": [early],
        }
        assert store.late_notices(later(60), most=9) == sorted([early, late], key=lambda each: each.id)
        assert store.late_notices(later(59), most=9) == []
        assert store.notice(late.id) == late

    def test_a_message_of_a_kind_about_a_thing_is_written_once(self, store: ports.Store) -> None:
        first = make.message()
        outcome = make.message(
            subject_id=first.subject_id, kind=MessageKind.APPEAL_UPHELD, created_at=later(1)
        )
        _put(store, first, outcome)
        with pytest.raises(AlreadyExistsError):
            _put(store, make.message(subject_id=first.subject_id))
        assert store.messages_of("case-1") == [first, outcome]
        assert store.message(first.id) == first

    def test_a_message_is_late_until_it_is_delivered(self, store: ports.Store) -> None:
        first, second = make.message(due_at=later(5)), make.message(due_at=later(4))
        _put(store, first, second)
        assert store.late_messages(later(5), most=9) == [second, first]
        delivered = replace(second, state=MessageState.DELIVERED, version=2)
        store.commit(Replace(delivered), entries=[make.entry()])
        assert store.late_messages(later(5), most=9) == [first]
        assert store.late_messages(later(4), most=9) == []

    def test_an_action_keeps_how_far_its_reversal_is(self, store: ports.Store) -> None:
        action = make.action()
        _put(store, action)
        asked = replace(action, reversal=records.ReversalState.PENDING, reversal_attempts=2, version=2)
        store.commit(Replace(asked), entries=[make.entry()])
        assert store.action(action.id) == asked
        assert not asked.stands
