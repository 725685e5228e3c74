"""The part of the store's contract that is about reading."""
# ruff: noqa: S101 - a contract suite is tests, kept in the package so that plug-in authors can subclass it

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from wardline import ports, records
from wardline.errors import AlreadyExistsError, NotFoundError
from wardline.records import Add, Insert, Remove, Replace, Step
from wardline.testing import store_records as make
from wardline.testing.store_records import later


def put(store: ports.Store, *made: Any) -> None:
    """Insert records."""
    store.commit(*map(Insert, made), entries=[make.entry()])


class ReadersContract:
    """What each reader gives, and in which order."""

    @pytest.mark.parametrize(
        ("reader", "record"),
        [
            pytest.param("hash_list", make.hash_list(), id="hash list"),
            pytest.param("item", make.item(), id="item"),
            pytest.param(
                "item", make.item(account_reference="", context=None, picture=None, hashes=()), id="bare item"
            ),
            pytest.param("case", make.case(passed_by=("user-1", "user-2")), id="case"),
            pytest.param("decision", make.decision(escalation="a child may be in danger"), id="decision"),
            pytest.param("action", make.action(delivered_at=later(1)), id="action"),
            pytest.param("referral", make.referral(problem="refused", finished_at=later(2)), id="referral"),
            pytest.param("user", make.user(disabled=True), id="user"),
            pytest.param("user", make.user(failed_sign_ins=5, locked_until=later(15)), id="locked user"),
            pytest.param("held_entry", make.held_entry(), id="held entry"),
            pytest.param("list_sync", make.list_sync(pages=3, unknown=1), id="list sync"),
            pytest.param("list_feedback", make.list_feedback(), id="list feedback"),
            pytest.param("approval", make.approval(decided_by="user-2", decided_at=later(1)), id="approval"),
            pytest.param("alarm", make.alarm(resolved_at=later(1)), id="alarm"),
        ],
    )
    def test_a_record_comes_back_by_its_id_as_it_was(
        self, store: ports.Store, reader: str, record: Any
    ) -> None:
        read: Callable[[str], Any] = getattr(store, reader)
        with pytest.raises(NotFoundError):
            read(record.id)
        put(store, record)
        assert read(record.id) == record

    # --- intake -----------------------------------------------------------------------------------------------------------------
    def test_keys_are_remembered_until_they_are_removed(self, store: ports.Store) -> None:
        keys = [
            records.Remembered(key_digest=f"k{hours}", body_digest=f"b{hours}", expires_at=later(60 * hours))
            for hours in (3, 1, 2, 9)
        ]
        store.commit(*keys, entries=[])
        assert store.remembered("k2") == keys[2]
        assert store.remembered("k") is None
        assert store.expired_keys(later(59), most=9) == []
        assert store.expired_keys(later(180), most=9) == ["k1", "k2", "k3"]
        assert store.expired_keys(later(180), most=2) == ["k1", "k2"]
        store.commit(Remove(records.Remembered, "k1"), Remove(records.Remembered, "k2"), entries=[])
        assert store.expired_keys(later(180), most=9) == ["k3"]
        assert store.remembered("k1") is None

    # --- review -----------------------------------------------------------------------------------------------------------------
    def test_cases_come_oldest_first_page_by_page(self, store: ports.Store) -> None:
        cases = [make.case(opened_at=later(minute)) for minute in (5, 1, 3, 3, 3, 2)]
        put(store, *cases)
        expected = sorted(cases, key=lambda case: (case.opened_at, case.id))
        paged: list[records.Case] = []
        while page := store.cases(after=paged[-1].id if paged else None, most=2):
            assert len(page) <= 2
            paged += page
        assert paged == expected == store.cases()

    def test_cases_are_chosen_by_state_and_account(self, store: ports.Store) -> None:
        mine = [make.case(account_reference="a", opened_at=later(minute)) for minute in range(3)]
        closed = make.case(account_reference="a", opened_at=later(9), state=records.CaseState.CLOSED)
        put(store, *mine, closed, make.case(account_reference="A"))
        assert store.cases(account="a") == [*mine, closed]
        assert store.cases(account="a", state=records.CaseState.OPEN, after=mine[0].id, most=1) == [mine[1]]
        assert store.cases(state=records.CaseState.CLOSED) == [closed]
        assert store.cases(account="nobody") == []

    def test_the_cases_of_an_account_come_newest_first_page_by_page(self, store: ports.Store) -> None:
        cases = [make.case(account_reference="a", opened_at=later(minute)) for minute in (5, 1, 3, 3, 2)]
        put(store, *cases, make.case(account_reference="A"))
        expected = sorted(cases, key=lambda case: (case.opened_at, case.id), reverse=True)
        paged: list[records.Case] = []
        while page := store.cases_of_account("a", before=paged[-1].id if paged else None, most=2):
            assert len(page) <= 2
            paged += page
        assert paged == expected
        assert store.cases_of_account("nobody", most=2) == []
        with pytest.raises(NotFoundError):
            store.cases_of_account("a", before="case-gone", most=2)

    def test_a_page_after_a_record_that_is_gone_is_refused(self, store: ports.Store) -> None:
        for read in (store.cases, store.referrals, store.holds):
            with pytest.raises(NotFoundError):
                read(after="case-gone")

    def test_waiting_cases_are_free_and_not_passed_by_this_person(self, store: ports.Store) -> None:
        free = make.case(opened_at=later(5))
        lapsed = make.case(opened_at=later(4), claimed_by="user-2", lease_until=later(10))
        held = make.case(claimed_by="user-2", lease_until=later(10.001))
        passed = make.case(opened_at=later(6), passed_by=("user-3", "user-1"))
        likewise = make.case(opened_at=later(7), passed_by=("user-11", "xuser-1"))
        decided = make.case(state=records.CaseState.DECIDED)
        put(store, free, lapsed, held, passed, likewise, decided)
        assert store.waiting_cases(now=later(10), taker=make.taker("user-1"), most=9) == [
            lapsed,
            free,
            likewise,
        ]
        assert store.waiting_cases(now=later(10), taker=make.taker("user-1"), most=2) == [lapsed, free]
        assert store.waiting_cases(now=later(9), taker=make.taker("user-2"), most=9) == [
            free,
            passed,
            likewise,
        ]
        assert store.waiting_cases(now=later(9), taker=make.taker("%"), most=9) == [free, passed, likewise]

    def test_what_was_handed_to_the_leads_waits_apart(self, store: ports.Store) -> None:
        theirs = [make.case(opened_at=later(minute), escalated_by="user-2") for minute in (3, 1)]
        others = [make.case(opened_at=later(minute)) for minute in (2, 4, 6)]
        put(store, *theirs, *others)
        asked: dict[str, Any] = {"now": later(10), "taker": make.taker("user-1"), "most": 9}
        assert store.waiting_cases(**asked, escalated=True) == theirs[::-1]
        assert store.waiting_cases(**asked) == others
        assert store.waiting_cases(**asked, after=others[0].id) == others[1:]
        assert (store.count_waiting(**asked), store.count_waiting(**asked, escalated=True)) == (3, 2)
        assert store.count_waiting(**{**asked, "most": 2}) == 2

    def test_what_is_set_aside_waits_only_when_its_time_has_come(self, store: ports.Store) -> None:
        aside = [make.case(opened_at=later(minute), held_until=later(10 * minute)) for minute in (2, 1, 3)]
        decided = make.case(held_until=later(90), state=records.CaseState.DECIDED)
        put(store, *aside, decided)
        assert store.held_cases(now=later(5), most=9) == [aside[1], aside[0], aside[2]]
        assert store.held_cases(now=later(10), most=1) == [aside[0]]
        assert store.waiting_cases(now=later(9.9), taker=make.taker("user-1"), most=9) == []
        assert store.waiting_cases(now=later(20), taker=make.taker("user-1"), most=9) == [aside[1], aside[0]]

    def test_what_a_person_was_shown_comes_from_a_moment_on(self, store: ports.Store) -> None:
        reveals = [make.reveal(at=later(minute)) for minute in (2, 0, 1)]
        ends = [make.covering(at=later(minute)) for minute in (2, 0, 1)]
        put(store, *reveals, *ends, make.reveal(user_id="user-11"), make.covering(user_id="user-11"))
        assert store.reveals_to("user-1", since=later(1)) == [reveals[2], reveals[0]]
        assert store.coverings_by("user-1", since=later(1)) == [ends[2], ends[0]]
        assert store.reveals_to("user-2", since=later(0)) == []
        assert store.coverings_by("user-2", since=later(0)) == []

    def test_a_showing_ends_once(self, store: ports.Store) -> None:
        covering = make.covering()
        put(store, covering)
        with pytest.raises(AlreadyExistsError):
            put(store, make.covering(reveal_id=covering.reveal_id))

    def test_notes_and_decisions_of_a_case_come_oldest_first(self, store: ports.Store) -> None:
        notes = [make.note(at=later(minute)) for minute in (1, 0)]
        decisions = [make.decision(at=later(minute)) for minute in (1, 0)]
        put(store, *notes, *decisions, make.note(case_id="case-2"), make.decision(case_id="case-2"))
        assert store.notes_of("case-1") == notes[::-1]
        assert store.decisions_of("case-1") == decisions[::-1]

    def test_claimed_cases_are_open_with_a_running_lease_of_this_person(self, store: ports.Store) -> None:
        second = make.case(opened_at=later(2), claimed_by="user-1", lease_until=later(20))
        first = make.case(opened_at=later(1), claimed_by="user-1", lease_until=later(10.001))
        lapsed = make.case(claimed_by="user-1", lease_until=later(10))
        others = make.case(claimed_by="user-11", lease_until=later(20))
        decided = make.case(state=records.CaseState.DECIDED, claimed_by="user-1", lease_until=later(20))
        put(store, second, first, lapsed, others, decided, make.case())
        assert store.claimed_cases(user_id="user-1", now=later(10)) == [first, second]
        assert store.claimed_cases(user_id="user-3", now=later(10)) == []

    def test_reveals_of_a_case_come_in_the_order_of_viewing(self, store: ports.Store) -> None:
        reveals = [make.reveal(case_id="case-1", at=later(minute)) for minute in (2, 0, 1)]
        put(store, *reveals, make.reveal(case_id="case-2"))
        assert store.reveals_of("case-1") == sorted(reveals, key=lambda each: each.at)
        assert store.reveals_of("case-3") == []

    # --- enforcement, referral, preservation ------------------------------------------------------------------------------------
    def test_actions_of_a_case_come_oldest_first(self, store: ports.Store) -> None:
        actions = [make.action(case_id="case-1", created_at=later(minute)) for minute in (2, 0, 1)]
        put(store, *actions, make.action(case_id="case-2"))
        assert store.actions_of("case-1") == sorted(actions, key=lambda each: each.created_at)

    def test_referrals_come_oldest_first_of_a_case_or_of_all(self, store: ports.Store) -> None:
        referrals = [
            make.referral(case_id=f"case-{minute % 2}", created_at=later(minute)) for minute in range(4)
        ]
        put(store, *reversed(referrals))
        assert store.referrals() == referrals
        assert store.referrals(case_id="case-1") == [referrals[1], referrals[3]]
        assert store.referrals(after=referrals[0].id, most=2) == referrals[1:3]
        assert store.referrals(case_id="case-1", after=referrals[1].id) == [referrals[3]]
        stuck = make.referral(state=records.ReferralState.NEEDS_HUMAN, created_at=later(9))
        put(store, stuck)
        assert store.referrals(state=records.ReferralState.NEEDS_HUMAN) == [stuck]
        assert store.count_referrals(stuck.state, most=9) == 1
        assert store.count_referrals(referrals[0].state, most=3) == 3
        assert store.count_referrals(records.ReferralState.FINISHED, most=9) == 0

    def test_referrals_come_newest_first_page_by_page(self, store: ports.Store) -> None:
        made = [make.referral(created_at=later(minute)) for minute in (4, 1, 3, 3)]
        stuck = make.referral(created_at=later(2), state=records.ReferralState.NEEDS_HUMAN)
        put(store, *made, stuck)
        expected = sorted((*made, stuck), key=lambda each: (each.created_at, each.id), reverse=True)
        paged: list[records.Referral] = []
        while page := store.newest_referrals(before=paged[-1].id if paged else None, most=2):
            assert len(page) <= 2
            paged += page
        assert paged == expected
        assert store.newest_referrals(state=records.ReferralState.NEEDS_HUMAN, most=9) == [stuck]

    def test_a_receipt_comes_back_byte_for_byte(self, store: ports.Store) -> None:
        receipt = make.receipt(body=bytes(range(256)), original=False)
        assert store.receipt_of(receipt.referral_id) is None
        put(store, receipt, make.receipt())
        assert store.receipt_of(receipt.referral_id) == receipt

    def test_holds_come_oldest_first_of_an_item_or_of_all(self, store: ports.Store) -> None:
        holds = [make.hold(item_id=f"item-{minute % 2}", placed_at=later(minute)) for minute in range(4)]
        put(store, *reversed(holds))
        assert store.holds() == holds
        assert store.hold(holds[3].id) == holds[3]
        assert store.holds(after=holds[1].id, most=1) == [holds[2]]
        assert store.holds_of("item-0") == [holds[0], holds[2]]

    def test_a_hold_has_ended_when_its_time_has_come_and_not_before(self, store: ports.Store) -> None:
        holds = [make.hold(until=later(minute)) for minute in (30, 10, 20)]
        put(store, *holds, make.hold(until=later(5), state=records.HoldState.ENDED))
        assert store.ended_holds(later(9.9), most=9) == []
        assert store.ended_holds(later(20), most=9) == [holds[1], holds[2]]
        assert store.ended_holds(later(99), most=1) == [holds[1]]

    def test_only_items_whose_file_is_kept_are_sealed(self, store: ports.Store) -> None:
        sealed = [make.item() for _ in range(600)]
        gone = make.item(sealed=False)
        put(store, *sealed, gone)
        asked = [each.id for each in (*sealed, gone)]
        assert store.sealed_items([*asked, "item-unknown"]) == {each.id for each in sealed}
        assert store.sealed_items([]) == set()

    # --- people and alarms ------------------------------------------------------------------------------------------------------
    def test_users_are_found_by_their_exact_name(self, store: ports.Store) -> None:
        users = [make.user(name=name) for name in ("lee", "Kim", "kim")]
        put(store, *users)
        assert store.user_named("kim") == users[2]
        assert store.user_named("KIM") is None
        assert [user.name for user in store.users()] == ["Kim", "kim", "lee"]

    def test_sessions_are_found_by_their_digest_and_their_person(self, store: ports.Store) -> None:
        sessions = [make.session(user_id="user-1", opened_at=later(minute)) for minute in (2, 0, 1)]
        put(store, *sessions, make.session(user_id="user-11"))
        assert store.session_by_digest(sessions[0].token_digest) == sessions[0]
        assert store.session_by_digest(sessions[0].token_digest.upper()) is None
        assert store.session_by_digest("") is None
        assert store.sessions_of("user-1") == sorted(sessions, key=lambda each: each.opened_at)
        assert store.sessions_of("user-2") == []
        store.commit(Remove(records.Session, sessions[0].id), entries=[make.entry()])
        assert store.session_by_digest(sessions[0].token_digest) is None
        assert len(store.sessions_of("user-1")) == 2

    def test_sessions_are_found_by_what_a_provider_calls_them(self, store: ports.Store) -> None:
        one, other = (make.session(provider_session=name, opened_at=later(2)) for name in ("s-1", "s-2"))
        older = make.session(user_id="user-2", provider_session="s-1")
        put(store, one, other, older, make.session())
        assert store.sessions_at_provider("s-1") == [older, one]
        assert store.sessions_at_provider("s-9") == []

    def test_expired_sessions_come_from_the_moment_on_at_which_they_end(self, store: ports.Store) -> None:
        sessions = [make.session(expires_at=later(60 * hours)) for hours in (3, 1, 2, 9)]
        put(store, *sessions)
        assert store.expired_sessions(later(59.999), most=9) == []
        assert store.expired_sessions(later(180), most=9) == [sessions[1], sessions[2], sessions[0]]
        assert store.expired_sessions(later(180), most=2) == [sessions[1], sessions[2]]

    def test_api_keys_are_found_by_their_digest(self, store: ports.Store) -> None:
        keys = [make.api_key(created_at=later(minute)) for minute in (1, 0)]
        put(store, *keys)
        assert store.api_key_by_digest(keys[0].secret_digest) == keys[0]
        assert store.api_key_by_digest("") is None
        assert store.api_keys() == [keys[1], keys[0]]

    def test_a_key_that_is_found_at_once_is_as_it_is_now(self, store: ports.Store) -> None:
        key = make.api_key()
        assert store.api_key_at_once(key.secret_digest) is None
        put(store, key)
        for current in (key, replace(key, disabled=True, version=key.version + 1)):
            if current is not key:
                store.commit(Replace(current), entries=[make.entry()])
            assert store.api_key_at_once(key.secret_digest) in (None, current)
            assert store.api_key_by_digest(key.secret_digest) == current
            assert store.api_key_at_once(key.secret_digest) in (None, current)

    def test_approvals_come_oldest_first_by_state(self, store: ports.Store) -> None:
        approvals = [make.approval(proposed_at=later(minute)) for minute in range(3)]
        done = make.approval(state=records.ApprovalState.APPROVED, proposed_at=later(9))
        put(store, done, *reversed(approvals))
        assert store.approvals(state=records.ApprovalState.PROPOSED) == approvals
        assert store.approvals() == [*approvals, done]
        assert store.count_approvals(records.ApprovalState.PROPOSED, most=9) == 3
        assert store.count_approvals(records.ApprovalState.PROPOSED, most=2) == 2
        assert store.count_approvals(records.ApprovalState.REFUSED, most=9) == 0

    def test_decided_approvals_come_newest_first(self, store: ports.Store) -> None:
        state = records.ApprovalState
        states = (state.APPROVED, state.REFUSED, state.PROPOSED)
        made = [make.approval(state=each, proposed_at=later(minute)) for minute, each in enumerate(states)]
        put(store, *reversed(made))
        assert store.decided_approvals(most=9) == [made[1], made[0]]
        assert store.decided_approvals(most=1) == [made[1]]

    def test_open_alarms_come_oldest_first(self, store: ports.Store) -> None:
        alarms = [
            make.alarm(subject_id="disk" if minute else "list-1", raised_at=later(minute))
            for minute in range(2)
        ]
        put(store, *reversed(alarms), make.alarm(subject_id="disk", resolved_at=later(1)))
        assert store.open_alarms() == alarms
        assert (store.count_open_alarms(most=9), store.count_open_alarms(most=1)) == (2, 1)
        assert store.open_alarm(records.AlarmKind.LIST_STALE, "disk") == alarms[1]
        assert store.open_alarm(records.AlarmKind.DISK_FULL, "disk") is None

    # --- statistics -------------------------------------------------------------------------------------------------------------
    def test_counts_are_summed_by_day_and_step(self, store: ports.Store) -> None:
        days = [make.NOON.date() + timedelta(days=number) for number in range(4)]
        for day in (*days, days[1]):
            store.commit(Add(Step.REVEALS, day, 2), Add(Step.ITEMS_RECEIVED, day), entries=[])
        counts = {(count.day, count.step): count.count for count in store.counts(days[1], days[2])}
        assert counts == {
            (days[1], Step.REVEALS): 4,
            (days[1], Step.ITEMS_RECEIVED): 2,
            (days[2], Step.REVEALS): 2,
            (days[2], Step.ITEMS_RECEIVED): 1,
        }
        listed = [(count.day, count.step) for count in store.counts(days[0], days[3])]
        assert listed == sorted(listed)

    def test_durations_are_those_of_steps_that_ended_in_the_period(self, store: ports.Store) -> None:
        day = make.NOON.date()
        assert store.durations(day, day) == {}
        self._put_a_matter(store, opened_at=make.NOON, seconds=60)
        self._put_a_matter(store, opened_at=make.NOON, seconds=30)
        midnight = datetime(day.year, day.month, day.day, tzinfo=UTC)
        self._put_a_matter(store, opened_at=midnight - timedelta(days=1), seconds=5)
        self._put_a_matter(store, opened_at=midnight + timedelta(days=1), seconds=0)
        assert store.durations(day, day) == {
            "case opened to decided": [30.0, 60.0],
            "decision to action delivered": [60.0, 120.0],
            "decision to receipt": [90.0, 180.0],
        }

    def test_what_was_undone_or_not_told_is_no_decision_in_the_figures(self, store: ports.Store) -> None:
        for values in (
            {"state": records.DecisionState.UNDONE},
            {"outcome": records.Outcome.CANNOT_TELL, "findings": (), "annotations": ()},
        ):
            decision = make.decision(case_id=make.new_id("case"), at=later(1), **values)
            put(store, decision, make.case(id=decision.case_id, decision_id=decision.id))
        assert store.durations(make.NOON.date(), make.NOON.date()) == {}

    @staticmethod
    def _put_a_matter(store: ports.Store, *, opened_at: datetime, seconds: float) -> None:
        """Store a case that was decided after so many seconds, enforced after 2 and receipted after 3 times as many again."""
        unit = timedelta(seconds=seconds)
        decision = make.decision(case_id=make.new_id("case"), at=opened_at + unit)
        case = make.case(
            id=decision.case_id, opened_at=opened_at, decision_id=decision.id, state=records.CaseState.CLOSED
        )
        early = make.action(case_id=case.id, created_at=opened_at - unit, delivered_at=opened_at + unit)
        done = make.action(case_id=case.id, created_at=decision.at, delivered_at=decision.at + 2 * unit)
        waiting = make.action(case_id=case.id, created_at=decision.at)
        referral = make.referral(case_id=case.id, decision_id=decision.id)
        receipt = make.receipt(referral_id=referral.id, received_at=decision.at + 3 * unit)
        put(store, case, decision, done, waiting, referral, receipt, *([early] if seconds else []))
