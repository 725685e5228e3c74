from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from tests.unit.made import DAY, NOW, SECOND, case, hold, item, new_id
from wardline import preservation, records
from wardline.errors import ConfigurationError
from wardline.preservation import Periods
from wardline.records import CaseState, HoldBasis, HoldState

LATER = NOW + 400 * DAY
CLOSED = case(state=CaseState.CLOSED)


def ends(
    subject: records.Hold, *others: records.Hold, about: records.Case = CLOSED, referred: bool = False
) -> tuple[bool, bool]:
    return preservation.ends(subject, about, others, referred=referred, now=LATER)


def test_quarantine_begins_with_a_provisional_hold() -> None:
    subject = item()
    placed = preservation.place_provisional(
        subject, new_id("case"), hold_id=new_id("hold"), periods=Periods(), now=NOW
    )
    assert (placed.item_id, placed.basis, placed.until - placed.placed_at) == (
        subject.id,
        HoldBasis.PROVISIONAL,
        30 * DAY,
    )


def test_a_receipt_begins_a_year_for_each_file() -> None:
    files = tuple(records.ReferralFile(item_id=new_id("item")) for _ in range(2))
    referral = records.Referral(
        id=new_id("referral"), case_id=new_id("case"), decision_id=new_id("decision"), authority="ncmec", environment="sandbox",
        state=records.ReferralState.FINISHED, created_at=NOW, files=files,
    )  # fmt: skip
    before = hold(item_id=files[0].item_id)
    placed = preservation.place_after_filing(
        referral, [before], hold_ids=[new_id("hold"), new_id("hold")], receipt_at=LATER, periods=Periods()
    )
    assert [each.item_id for each in placed] == [file.item_id for file in files]
    assert [each.case_id for each in placed] == [before.case_id, referral.case_id]
    assert {(each.basis, each.placed_at, each.until - each.placed_at) for each in placed} == {
        (HoldBasis.REPORTED, LATER, 366 * DAY)  # 2028 has a 29 February
    }
    assert {each.referral_id for each in placed} == {referral.id}


@pytest.mark.parametrize(
    ("received", "until"),
    [
        ((2027, 3, 1, 9), (2028, 3, 1, 9)),  # 366 days, for 29 February lies between
        ((2028, 2, 29, 9), (2029, 3, 1, 9)),
        ((2028, 3, 1, 9), (2029, 3, 1, 9)),
    ],
)
def test_a_year_is_one_by_the_calendar(received: tuple[int, ...], until: tuple[int, ...]) -> None:
    at, end = (datetime(*moment, tzinfo=UTC) for moment in (received, until))  # type: ignore[misc, arg-type]  # four numbers
    assert Periods().end_of_report(at) == end
    assert Periods(after_filing=500 * DAY).end_of_report(at) == at + 500 * DAY


def test_less_than_a_year_after_a_report_is_refused() -> None:
    with pytest.raises(ConfigurationError, match="after_filing_days: 364"):
        Periods(after_filing=timedelta(days=365) - SECOND)


def test_a_cleared_file_gets_the_date_of_its_destruction() -> None:
    dated = preservation.redate_after_clearance(hold(), periods=Periods(), now=NOW + DAY)
    assert (dated.until, dated.version) == (NOW + 15 * DAY, 2)


def test_the_last_hold_that_ends_takes_the_file_with_it() -> None:
    assert ends(hold()) == (True, True)
    assert ends(hold(), hold(state=HoldState.ENDED)) == (True, True)


def test_a_file_that_another_hold_keeps_stays() -> None:
    assert ends(hold(), hold(basis=HoldBasis.REPORTED)) == (True, False)


@pytest.mark.parametrize("state", [CaseState.OPEN, CaseState.DECIDED])
def test_a_provisional_hold_outlives_its_date_while_nobody_decided(state: CaseState) -> None:
    assert ends(hold(), about=case(state=state)) == (False, False)


def test_a_provisional_hold_outlives_its_date_while_the_report_is_not_finished() -> None:
    assert ends(hold(), referred=True) == (False, False)


@pytest.mark.parametrize("basis", list(HoldBasis))
def test_the_last_hold_keeps_the_file_of_a_case_that_is_open_again(basis: HoldBasis) -> None:
    """Whatever it was placed for: an appeal opens a case when its first hold is long over."""
    again = case(state=CaseState.OPEN)
    gone = hold(state=HoldState.ENDED)
    assert ends(hold(basis=basis), gone, about=again) == (False, False)
    assert ends(hold(basis=basis), gone, referred=True) == (False, False)


def test_a_request_that_is_over_ends_while_another_hold_keeps_the_file_of_an_open_case() -> None:
    asked = hold(basis=HoldBasis.REQUESTED)
    assert ends(asked, hold(), about=case(state=CaseState.OPEN)) == (True, False)


def test_a_hold_ends_at_its_date_and_once() -> None:
    assert preservation.ends(hold(until=LATER), CLOSED, (), referred=False, now=LATER - SECOND) == (
        False,
        False,
    )
    assert ends(hold(until=LATER)) == (True, True)
    assert ends(hold(state=HoldState.ENDED)) == (False, False)
