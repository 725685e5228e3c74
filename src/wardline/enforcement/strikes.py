"""Strikes: what a decision weighs, and what an account's sum leads to."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from wardline import records
from wardline.errors import ConfigurationError
from wardline.records import ActionKind, Outcome


@dataclass(frozen=True, slots=True, kw_only=True)
class Ladder:
    """From ``[enforcement.strikes]`` in wardline.toml. A sum that is 0 there leads to nothing."""

    category_a: int = 4
    """Weight of a violation of the scale's A, the gravest file counting, or of an incident as grave."""
    category_b: int = 4
    """Of its B, or of another incident."""
    other_rule: int = 1
    """Of content that breaks the platform's own rules; 0: no strike."""
    lifetime: timedelta = timedelta(days=365)
    warn_at: int = 1
    """From this sum on the account is warned."""
    suspend_at: int = 3
    """From this sum on it is suspended."""

    def __post_init__(self) -> None:
        if self.suspend_at and self.warn_at >= self.suspend_at:
            raise ConfigurationError(
                f"enforcement.strikes.warn_at: {self.warn_at}, expected less than suspend_at ({self.suspend_at})",
                remedy="Who is to be suspended was warned before; set warn_at to 0 for no warnings.",
            )

    def weight(self, decision: records.Decision) -> int:
        """Give what a decision weighs; 0 for no strike."""
        match decision.outcome:
            case Outcome.VIOLATION:
                is_gravest = any(finding.is_gravest for finding in decision.findings)
                return self.category_a if is_gravest else self.category_b
            case Outcome.OTHER_RULE:
                return self.other_rule
            case _:
                return 0

    def rung(self, total: int) -> ActionKind | None:
        """Give what a sum leads to."""
        if self.suspend_at and total >= self.suspend_at:
            return ActionKind.SUSPEND_ACCOUNT
        return ActionKind.WARN_ACCOUNT if self.warn_at and total >= self.warn_at else None


def strike_of(
    decision: records.Decision, item: records.Item, ladder: Ladder, *, strike_id: str, now: datetime
) -> records.Strike | None:
    """Make the strike that a decision gives; None where it weighs nothing or nobody is known to give it to."""
    weight = ladder.weight(decision)
    if weight == 0 or not item.account_reference:
        return None
    return records.Strike(
        id=strike_id, platform=item.platform, account_reference=item.account_reference, case_id=decision.case_id,
        decision_id=decision.id, weight=weight, given_at=now, expires_at=now + ladder.lifetime,
    )  # fmt: skip


def total(strikes: Iterable[records.Strike], at: datetime) -> int:
    """Add up what counts at a moment."""
    return sum(each.weight for each in strikes if each.counts(at))


def by_sum(
    decision: records.Decision, strikes: Iterable[records.Strike], ladder: Ladder, now: datetime
) -> ActionKind | None:
    """Say what an account's strikes lead to now. A violation suspends anyway, whatever the sum, and needs nothing more."""
    if decision.outcome is not Outcome.OTHER_RULE or ladder.weight(decision) == 0:
        return None
    return ladder.rung(total(strikes, now))
