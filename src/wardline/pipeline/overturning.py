"""A decision that had taken effect loses against what others decided: the one place where that is put right."""

from __future__ import annotations

from dataclasses import dataclass, replace

from wardline import records, referral, review
from wardline.pipeline import alarms
from wardline.pipeline.parts import Parts
from wardline.records import AlarmKind, Outcome, ReferralState, Replace, Task, Verb

_STOPPED = (ReferralState.FINISHED, ReferralState.NEEDS_HUMAN)
_TRIES_BETWEEN = 1_000_000
"""As in ``pipeline.refer``: a number of tries that none before had."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Overturned:
    """What goes into the commit with which another decision takes its place."""

    changes: tuple[records.Change, ...]
    entries: tuple[records.Entry, ...]
    work: tuple[Task, ...]
    acts: bool
    """Whether the platform has to be asked for something else than before."""
    drafts: bool
    """Whether a report may be drafted: none went out that has to be corrected instead."""


def overturn(parts: Parts, case: records.Case, lost_id: str, winner: records.Decision) -> Overturned:
    """Take a decision's effect back as far as a machine may, and tell a lead what is left to do by hand.

    What the winning decision asks of the platform follows from it as from any other; a report that is under way is withdrawn and waits
    for a person; one that is finished cannot be, and an account stays suspended until a person restores it: the alarm says so.
    """
    lost = parts.store.decision(lost_id)
    no_more = replace(review.given(lost), version=lost.version + 1)
    referrals = parts.store.referrals(case_id=case.id)
    under_way = [each for each in referrals if each.state not in _STOPPED]
    withdrawn = [
        referral.withdraw(each, "another decision took the place of its own, expected a person's word")
        for each in under_way
    ]
    filed = [each for each in referrals if each.state is ReferralState.FINISHED]
    alarms.raise_alarm(parts, AlarmKind.DECISION_OVERTURNED, case.id, _to_do(case, lost, winner, filed))
    return Overturned(
        changes=(Replace(no_more), *map(Replace, withdrawn)),
        entries=(
            parts.entry(Verb.DECISION_OVERTURNED, case.id, actor=winner.user_id, detail=winner.id),
            *(parts.entry(Verb.REFERRAL_MOVED, each.id, detail=f"{each.state} overturned") for each in withdrawn),
        ),
        work=tuple(
            Task(name="refer", record_id=each.id, attempt=each.version * _TRIES_BETWEEN) for each in withdrawn
        ),
        acts=lost.outcome is not winner.outcome,
        drafts=not filed,
    )  # fmt: skip


def _to_do(
    case: records.Case, lost: records.Decision, winner: records.Decision, filed: list[records.Referral]
) -> str:
    said = [f"What had taken effect in {case.id} was decided otherwise by others."]
    if filed:
        said.append(f"Correct the report {filed[0].id} with its receiver.")
    if lost.outcome is Outcome.VIOLATION and winner.outcome is not Outcome.VIOLATION:
        said.append("Restore the account on the platform.")
    if winner.outcome is Outcome.NOT_VIOLATION:
        said.append(
            "See that the content is visible again: the platform was asked, and may not bring back what it removed."
        )
    if winner.outcome is Outcome.VIOLATION and filed:
        said.append("No second report was drafted.")
    return " ".join(said)
