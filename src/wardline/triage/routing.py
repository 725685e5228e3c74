"""From signals to a route."""

from __future__ import annotations

from collections.abc import Sequence
from typing import assert_never

from wardline import records
from wardline.triage.automation import Automation, decide
from wardline.triage.policy import Policy, Response
from wardline.triage.scopes import for_people

_TOLD = "The platform told of an incident without a file"


def route(
    signals: Sequence[records.Signal], policy: Policy, *, automation: Automation | None = None
) -> records.Route:
    """Decide who decides.

    Every signal, also "could not be scanned", reaches a person; a match on a verified list restricts first, if the policy says so, and
    unless somebody doubts the entry. Only where one detector's score is all there is, and a certificate stands for it, a machine decides:
    no certificate, no automation.

    Args:
        signals: Everything that points at the item.
        policy: What the platform wants to happen at once.
        automation: What a machine may decide in the upload's scope now; None where it has none, or that cannot be known.
    """
    if not signals:
        return records.Release()
    decided = decide(signals, automation) if automation is not None else None
    if decided is not None:
        return decided
    reasons = tuple(dict.fromkeys(reason_of(signal) for signal in for_people(signals)))
    if any(_response(signal, policy) is Response.ACT for signal in signals):
        return records.Act(reasons=reasons)
    return records.Review(reasons=reasons)


def _response(signal: records.Signal, policy: Policy) -> Response:
    match signal:
        case records.Match(doubt=records.Doubt()):
            return Response.REVIEW
        case records.Match(trust=records.ListTrust.VERIFIED):
            return policy.verified_match
        case records.Match():
            return policy.unverified_match
        case records.Flag() | records.Score() | records.Unscannable() | records.Told():
            return Response.REVIEW
        case _:
            assert_never(signal)


def reason_of(signal: records.Signal) -> str:
    """Say in words why a signal points at a file."""
    match signal:
        case records.Match():
            return _match_reason(signal)
        case records.Flag(official=records.OfficialNotice(), reason=reason):
            return f"An authority gave notice of it: {reason}"
        case records.Flag(reason=reason, trusted=trusted):
            return f"A {'trusted flagger' if trusted else 'user'} flagged it: {reason}"
        case records.Score():  # the same words for a high score, for a scope where everything is looked at, and for what was drawn by lot
            return "A detector was asked about it, and a person decides"
        case records.Unscannable(source=source, reason=reason):
            return f"Could not be scanned by {source}: {reason}"
        case records.Told(kind=kind):
            return f"{_TOLD}: {records.KIND_WORDS[kind]}"
        case _:
            assert_never(signal)


def _match_reason(found: records.Match) -> str:
    nearness = "Same as" if found.distance_bits == 0 else "Close to"
    article = "a" if found.trust is records.ListTrust.VERIFIED else "an"
    reason = f"{nearness} an entry of {article} {found.trust} list ({found.list_id})"
    if found.meaning is not records.ListMeaning.ILLEGAL:
        reason += f", {found.meaning.words}"
    match found.doubt:
        case records.Doubt.HELD:
            return f"{reason}; the entry is held, for it may be wrong"
        case records.Doubt.DISPUTED:
            return f"{reason}; a negative list says otherwise"
        case None:
            return reason


def is_told(reasons: Sequence[str]) -> bool:
    """Say whether a case is about an incident without a file, by why it was opened: then there is no content that is visible or hidden."""
    return any(each.startswith(f"{_TOLD}:") for each in reasons)
