"""Taking back is the exact inverse of what was asked for: each action once, whatever came before, between and after."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from wardline import enforcement, records, referral
from wardline.records import ActionKind, ActionState, Outcome, ReferralState, ReversalState
from wardline.testing import store_records as make
from wardline.testing.platform_ledger import AccountState, ContentState, Ledger, ReceivedAction

_TAKES_AWAY = (
    ActionKind.RESTRICT_CONTENT,
    ActionKind.REMOVE_CONTENT,
    ActionKind.SUSPEND_ACCOUNT,
    ActionKind.WARN_ACCOUNT,
)
_ON_ACCOUNT = (ActionKind.SUSPEND_ACCOUNT, ActionKind.WARN_ACCOUNT)
_POSTS = ("post-1", "post-2")


def _action(kind: ActionKind, post: str, minute: int, state: ActionState) -> records.Action:
    return make.action(
        kind=kind, content_reference=None if kind in _ON_ACCOUNT else post, created_at=make.later(minute), state=state
    )  # fmt: skip


_ASKED = st.lists(
    st.tuples(
        st.sampled_from(ActionKind), st.sampled_from(_POSTS), st.integers(0, 50), st.sampled_from(
            [ActionState.PENDING, ActionState.DELIVERED, ActionState.FAILED]
        )
    ),
    max_size=8,
).map(lambda rows: [_action(*row) for row in rows])  # fmt: skip
_WANTED = st.lists(
    st.tuples(
        st.sampled_from(ActionKind), st.sampled_from(_POSTS), st.just(60), st.just(ActionState.PENDING)
    ),
    max_size=4,
    unique_by=lambda row: (row[0], None if row[0] in _ON_ACCOUNT else row[1]),
).map(lambda rows: [_action(*row) for row in rows])  # fmt: skip


def _received(action: records.Action, *, reverse: bool) -> ReceivedAction:
    return ReceivedAction(
        id=action.id, action=action.kind, account_reference=action.account_reference, content_reference=action.content_reference,
        case_id=action.case_id, created_at=action.created_at.isoformat(), reverse=reverse, received_at="",
    )  # fmt: skip


def _states(ledger: Ledger) -> tuple[list[ContentState], AccountState]:
    return [ledger.state_of(post) for post in _POSTS], ledger.account_state_of("account-1")


@given(_ASKED, st.randoms(use_true_random=False))
def test_when_nothing_is_wanted_any_more_the_platform_is_where_it_was_in_whatever_order_it_hears(
    asked: list[records.Action], chance: object
) -> None:
    settled = enforcement.settle(asked, ())
    calls = [_received(each, reverse=False) for each in asked]
    calls += [_received(each, reverse=True) for each in settled.reversed]
    calls += calls[: len(calls) // 2]  # repeats
    chance.shuffle(calls)  # type: ignore[attr-defined]
    ledger = Ledger(None)
    for call in calls:
        ledger.receive(call)
    untouched = Ledger(None)
    for each in asked:
        if each.kind not in _TAKES_AWAY:
            untouched.receive(_received(each, reverse=False))
    assert _states(ledger) == _states(untouched)
    assert settled.added == ()


@given(_ASKED)
def test_each_action_is_taken_back_once_and_a_restoration_never(asked: list[records.Action]) -> None:
    settled = enforcement.settle(asked, ())
    taken = {each.id: each for each in settled.reversed}
    assert set(taken) == {each.id for each in asked if each.kind in _TAKES_AWAY}
    after = [taken.get(each.id, each) for each in asked]
    assert enforcement.settle(after, ()).reversed == ()
    for each in settled.reversed:
        assert each.reversal is ReversalState.PENDING
        assert each.state is not ActionState.PENDING
    times = [each.created_at for each in settled.reversed]
    assert times == sorted(times, reverse=True)


@given(_ASKED, _WANTED)
def test_settling_gives_what_is_wanted_and_then_nothing_more(
    asked: list[records.Action], wanted: list[records.Action]
) -> None:
    settled = enforcement.settle(asked, wanted)
    taken = {each.id: each for each in settled.reversed}
    after = [*(taken.get(each.id, each) for each in asked), *settled.added]
    again = enforcement.settle(after, wanted)
    assert (again.reversed, again.added) == ((), ())

    def stand(kind: ActionKind, post: str | None) -> bool:
        return any(each.kind is kind and each.stands and each.content_reference == post for each in after)

    for each in wanted:
        if each.kind in _TAKES_AWAY and each.kind is not ActionKind.RESTRICT_CONTENT:
            assert stand(each.kind, each.content_reference)
    removed = {each.content_reference for each in wanted if each.kind is ActionKind.REMOVE_CONTENT}
    for post in _POSTS:
        assert stand(ActionKind.REMOVE_CONTENT, post) == (post in removed)
    for kind in _ON_ACCOUNT:
        assert stand(kind, None) == any(each.kind is kind for each in wanted)


_LADDERS = st.builds(
    lambda warn, more, rule: enforcement.Ladder(warn_at=warn, suspend_at=warn + more, other_rule=rule),
    st.integers(0, 5),
    st.integers(1, 5),
    st.integers(1, 4),
)


@given(_LADDERS, st.lists(st.tuples(st.integers(1, 5), st.integers(0, 100), st.booleans()), max_size=8))
def test_a_voided_or_expired_strike_counts_as_if_it_never_was(
    ladder: enforcement.Ladder, given_: list[tuple[int, int, bool]]
) -> None:
    at = make.later(50)
    strikes = [
        make.strike(
            weight=weight,
            given_at=make.later(minute - 40),
            expires_at=make.later(minute),
            voided_by="decision-1" if voided else None,
        )
        for weight, minute, voided in given_
    ]
    standing = [each for each in strikes if each.counts(at)]
    assert enforcement.total(strikes, at) == sum(each.weight for each in standing)
    assert ladder.rung(enforcement.total(strikes, at)) == ladder.rung(enforcement.total(standing, at))


@given(st.lists(st.integers(1, 4), min_size=1, max_size=6), st.integers(1, 8), st.integers(0, 5))
def test_a_suspension_stays_only_while_its_sum_would_have_been_reached_without_what_was_voided(
    weights: list[int], suspend_at: int, voided: int
) -> None:
    strikes = [
        make.strike(weight=weight, given_at=make.later(place), expires_at=make.later(1000))
        for place, weight in enumerate(weights)
    ]
    suspension = make.action(
        kind=ActionKind.SUSPEND_ACCOUNT, content_reference=None, created_at=make.later(len(weights) - 1)
    )
    left = [
        replace(each, voided_by="decision-1") if place == voided else each
        for place, each in enumerate(strikes)
    ]
    gone = enforcement.unjustified([suspension], left, suspend_at=suspend_at)
    total = sum(each.weight for each in left if each.voided_by is None)
    assert (gone == (suspension,)) == (total < suspend_at)
    assert enforcement.unjustified([enforcement.reverse(suspension)], left, suspend_at=suspend_at) == ()


@given(
    st.sampled_from(ReferralState),
    st.booleans(),
    st.none() | st.just("4711"),
    st.none() | st.just("something else"),
)
def test_a_cancelled_referral_is_withdrawn_at_once_or_after_its_open_report_and_a_finished_one_stays(
    state: ReferralState, in_flight: bool, remote: str | None, problem: str | None
) -> None:
    needs_id = state in (ReferralState.OPENED, ReferralState.FINISHING, ReferralState.RETRACTING)
    before = make.referral(
        state=state, in_flight=in_flight, remote_id=remote or ("4711" if needs_id else None), problem=problem,
        joined="referral-other" if state is ReferralState.JOINED else None,
    )  # fmt: skip
    after = referral.cancel(before)
    if state in (ReferralState.FINISHED, ReferralState.WITHDRAWN, ReferralState.JOINED):
        assert after is before
        return
    assert after.state in (ReferralState.WITHDRAWN, ReferralState.RETRACTING)
    assert after.version == before.version + (after != before)
    if after.state is ReferralState.RETRACTING:
        assert referral.cancel(after) is after
        gone = referral.on_answer(
            after, referral.Retract(str(after.remote_id)),
            records.AuthorityAnswer(remote_id=None, request_id=None, body=b""), make.NOON + timedelta(hours=1),
        )  # fmt: skip
        assert referral.cancel(gone).state is ReferralState.WITHDRAWN


@given(st.sampled_from(Outcome))
def test_reasons_are_stated_for_nothing_that_is_reported_unless_told_to(outcome: Outcome) -> None:
    findings = () if outcome is not Outcome.VIOLATION else make.decision().findings
    decision = make.decision(outcome=outcome, findings=findings, annotations=())
    usual, never = enforcement.Promises(), enforcement.Promises(statements=enforcement.Statements.NEVER)
    assert enforcement.may_state(decision, usual) == (outcome is not Outcome.VIOLATION)
    assert not enforcement.may_state(decision, never)
