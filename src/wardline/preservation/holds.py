"""Holds and their dates."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from wardline import records
from wardline.errors import ConfigurationError
from wardline.records import HoldBasis, HoldState

_LEAST_AFTER_FILING = timedelta(days=365)
"""Source: 18 USC 2258A(h)(1) as amended by Pub. L. 118-59: one year after submission."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Periods:
    """How long evidence is kept. From ``[preservation]`` in wardline.toml."""

    provisional: timedelta = timedelta(days=30)
    """From triage on. A hold never ends while its case is undecided."""
    after_filing: timedelta = _LEAST_AFTER_FILING
    """From the authority's receipt on; one year at least, also where that year has 366 days."""
    before_filing: timedelta = timedelta(0)
    """What the account had uploaded so long before, and is still there, is kept as long as the report; nothing: only what was reported."""
    after_clearance: timedelta = timedelta(days=14)
    """After "not a violation": time to appeal, then the file is destroyed."""
    unlink_after_clearance: timedelta = timedelta(days=30)
    """After "not a violation": then the account is unlinked from the case."""

    def __post_init__(self) -> None:
        if self.after_filing < _LEAST_AFTER_FILING:
            raise ConfigurationError(
                f"preservation.after_filing_days: {self.after_filing.days}, expected at least {_LEAST_AFTER_FILING.days}",
                remedy="The law of the United States asks for one year after a report; counsel must confirm what holds for you.",
            )

    def end_of_report(self, receipt_at: datetime) -> datetime:
        """Say until when a report's content is kept: never less than a year by the calendar, which 365 days are not before a leap day."""
        return max(receipt_at + self.after_filing, _a_year_after(receipt_at))


def _a_year_after(at: datetime) -> datetime:
    try:
        return at.replace(year=at.year + 1)
    except ValueError:  # 29 February: the year after has none, and the year is over when March begins
        return at.replace(year=at.year + 1, month=3, day=1)


def place_provisional(
    item: records.Item, case_id: str, *, hold_id: str, periods: Periods, now: datetime
) -> records.Hold:
    """Place the short hold that quarantine starts with."""
    return records.Hold(
        id=hold_id,
        item_id=item.id,
        case_id=case_id,
        basis=HoldBasis.PROVISIONAL,
        placed_at=now,
        until=now + periods.provisional,
    )


def place_after_filing(
    referral: records.Referral,
    held: Sequence[records.Hold],
    *,
    hold_ids: Sequence[str],
    receipt_at: datetime,
    periods: Periods,
) -> tuple[records.Hold, ...]:
    """Place the hold that a receipt starts, one for each file of the report. The provisional ones run out by themselves."""
    case_of = {hold.item_id: hold.case_id for hold in held}
    return tuple(
        records.Hold(
            id=hold_id, item_id=file.item_id, case_id=case_of.get(file.item_id, referral.case_id), basis=HoldBasis.REPORTED,
            placed_at=receipt_at, until=periods.end_of_report(receipt_at), referral_id=referral.id,
        )
        for hold_id, file in zip(hold_ids, referral.files, strict=True)
    )  # fmt: skip


def place_before_filing(
    referral: records.Referral,
    others: Mapping[str, str],
    *,
    hold_ids: Sequence[str],
    receipt_at: datetime,
    periods: Periods,
) -> tuple[records.Hold, ...]:
    """Place holds on what the account had uploaded in the weeks before, as the law of the United Kingdom asks: ids of files to their cases.

    Source: SI 2026/268, regulation 8(2), two weeks; read second-hand, counsel must confirm.
    """
    return tuple(
        records.Hold(
            id=hold_id, item_id=item_id, case_id=case_id, basis=HoldBasis.REPORTED, placed_at=receipt_at,
            until=periods.end_of_report(receipt_at), referral_id=referral.id,
        )
        for hold_id, (item_id, case_id) in zip(hold_ids, others.items(), strict=True)
    )  # fmt: skip


def redate_after_clearance(hold: records.Hold, *, periods: Periods, now: datetime) -> records.Hold:
    """Give a provisional hold the date at which an innocent file is destroyed."""
    return replace(hold, until=now + periods.after_clearance, version=hold.version + 1)


def ends(
    hold: records.Hold, case: records.Case, others: Sequence[records.Hold], *, referred: bool, now: datetime
) -> tuple[bool, bool]:
    """Say whether a hold ends now, and whether the file may be destroyed with it.

    A provisional hold outlives its date while the case is undecided or its report is not finished, and so does whatever hold is the last on
    its item: evidence before everything.

    Args:
        hold: The hold in question.
        case: Its case.
        others: Every other hold on the same item.
        referred: Whether a referral of this case is still unfinished.
        now: The time.
    """
    if hold.state is HoldState.ENDED or now < hold.until:
        return False, False
    waits = case.state is not records.CaseState.CLOSED or referred
    is_last = all(other.state is HoldState.ENDED for other in others)
    if waits and (is_last or hold.basis is HoldBasis.PROVISIONAL):
        return False, False
    return True, is_last
