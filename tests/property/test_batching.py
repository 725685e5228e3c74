"""What goes into a batched report, and what may wait for one: nothing that anybody owes, whatever the settings say."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.property.test_bundling import ANY, START, made, several
from wardline import records, referral
from wardline.errors import ConflictError, InputError
from wardline.records import Priority, ReferralState

REGIONS = st.lists(st.sampled_from(["AT", "CH", "DE", "NO"]), unique=True, max_size=4)


def agreed(wait_hours: float = 0.0, no_duty_in: list[str] | None = None) -> referral.Agreement:
    return referral.Agreement(
        agreed_with="them", agreed_on="2026-02-01", wait_hours=wait_hours, no_duty_in=tuple(no_duty_in or ())
    )


@given(regions=REGIONS, free=REGIONS, duties=REGIONS, hours=st.floats(0, 24))
def test_nothing_with_a_duty_is_ever_held_back(
    regions: list[str], free: list[str], duties: list[str], hours: float
) -> None:
    waits = referral.may_wait(regions, agreed(hours, free), duties)
    owed = not regions or any(each in duties or each not in free for each in regions)
    assert waits == (hours > 0 and not owed)


@given(hours=st.floats(0, 24), clock=st.none() | st.floats(0.01, 100))
def test_a_wait_ends_in_its_hours_and_before_half_of_the_clock(hours: float, clock: float | None) -> None:
    due = None if clock is None else START + timedelta(hours=clock)
    found = made(0, due_at=due, clock_from=None if clock is None else START)
    until = referral.wait_ends(found, agreed(hours))
    assert until <= found.created_at + timedelta(hours=hours)
    if due is not None:
        assert until - START <= (due - START) / 2


@given(values=st.lists(ANY, min_size=2, max_size=5))
def test_only_what_is_nowhere_and_of_priority_3_is_batched_and_each_goes_back_as_it_was(
    values: list[dict[str, object]],
) -> None:
    lead, *others = several(values)
    if not all(map(referral.may_batch, (lead, *others))):
        with pytest.raises(ConflictError):
            referral.batched(lead, others)
        return
    bundle = referral.batched(lead, others)
    assert all(each.priority is Priority.THIRD for each in (bundle.lead, *bundle.others))
    assert [each.item_id for each in bundle.lead.attached] == [lead.files[0].item_id]
    assert {each.item_id for each in bundle.lead.files} == {each.files[0].item_id for each in (lead, *others)}
    assert bundle.lead.batched
    assert all(each.batched and each.joined == lead.id for each in bundle.others)
    assert not referral.may_lead(bundle.lead)  # nothing else of any account is put into it
    free = referral.let_go(bundle.lead, bundle.others)
    assert (free.lead.files, free.lead.bundle) == (lead.files, ())
    for before, after in zip(others, free.others, strict=True):
        assert (after.state, after.joined, after.files) == (ReferralState.DRAFT, None, before.files)


@given(values=st.lists(st.just({}), min_size=2, max_size=5), number=st.integers(0, 4))
def test_one_that_leaves_an_unopened_batch_takes_its_copy_with_it(
    values: list[dict[str, object]], number: int
) -> None:
    lead, *others = several(values)
    bundle = referral.batched(lead, others)
    gone = bundle.others[number % len(others)]
    left = referral.leave(bundle.lead, gone)
    assert left.others[0].state is ReferralState.WITHDRAWN
    assert not left.others[0].batched
    assert gone.files[0].item_id not in {each.item_id for each in left.lead.files}
    assert left.lead.batched == (len(others) > 1)


def test_no_more_than_so_many_accounts_are_in_a_batch() -> None:
    lead, *others = (made(number) for number in range(referral.MOST_ACCOUNTS + 1))
    with pytest.raises(ConflictError):
        referral.batched(lead, others)
    assert len(referral.batched(lead, others[:-1]).lead.case_ids) == referral.MOST_ACCOUNTS


def test_a_referral_holds_either_its_own_account_or_others() -> None:
    one, two = (
        records.Bundled(referral_id=f"referral-{each}", case_id="c", decision_id="d", batched=bool(each))
        for each in (0, 1)
    )
    with pytest.raises(InputError, match="expected one of both"):
        made(0, bundle=(one, two))


def test_half_of_an_account_bundle_is_never_batched() -> None:
    joined = referral.join(made(0), [made(1)]).lead
    assert not referral.may_batch(joined)
