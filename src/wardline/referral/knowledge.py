"""What people know besides what the platform passed: how it stands in a report, and when it may still be added. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC

from wardline import records
from wardline.errors import ConflictError
from wardline.records import FactKind, ReferralState
from wardline.referral.building import LONGEST_REASON
from wardline.referral.masking import Masking

FACT_WORDS = {
    FactKind.DANGER: "Danger to a child now",
    FactKind.LOCATION: "Location",
    FactKind.IDENTIFIER: "Another identifier of the account or person",
    FactKind.LINKED: "Another account that belongs to it",
    FactKind.CALL: "Telephoned",
}
_OPEN = (ReferralState.DRAFT, ReferralState.OPENING, ReferralState.NEEDS_HUMAN)


def with_knowledge(
    report: records.Report, facts: Sequence[records.Fact], *, regions: Sequence[str] = ()
) -> records.Report:
    """Put into a report what people wrote down, and the country that the platform gave of its account.

    A reason for danger becomes the report's own, beside the decision's. Everything else is a line of the note, with who knows it.
    """
    if report.corrects is not None:
        return report
    masking = Masking(report.victims, report.person.facts, report.person.account_reference)
    lines = [
        f"Country of the account, as the service knows it (ISO 3166-1): {', '.join(regions)}."
    ] if regions else []  # fmt: skip
    lines += [
        _line(each, masking.text("note", each.text)) for each in facts if each.kind is not FactKind.DANGER
    ]
    dangers = [masking.text("escalation", each.text) for each in facts if each.kind is FactKind.DANGER]
    reasons = [report.escalation or "", *dangers]
    escalation = " ".join(each for each in dict.fromkeys(reasons) if each)[:LONGEST_REASON] or None
    if not (lines or escalation):
        return report
    return replace(
        report,
        note="\n".join([report.note, *lines]),
        escalation=escalation,
        masked=masking.told(report.masked),
    )


def require_addable(found: records.Referral) -> None:
    """Raise ``ConflictError`` unless what is added now is in the report that is filed."""
    if found.corrects is not None:
        raise ConflictError(f"{found.id}: corrects another report, expected one that reports something")
    if found.in_flight or found.state not in _OPEN:
        raise ConflictError(
            f"{found.id}: {found.state}, expected one of which nothing was sent yet",
            remedy="Tell the authority in another way, naming its report number: a report that was sent takes nothing more.",
        )


def _line(fact: records.Fact, text: str) -> str:
    if fact.kind is FactKind.CALL and fact.happened_at is not None:
        at = fact.happened_at.astimezone(UTC)
        return f"The service telephoned {text} at {at:%Y-%m-%d %H:%M} UTC."
    return f"{FACT_WORDS[fact.kind]}, as a person at the service wrote it down: {text}"
