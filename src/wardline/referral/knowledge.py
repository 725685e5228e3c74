"""What people know besides what the platform passed: how it stands in a report, and when it may still be added. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime

from wardline import records
from wardline.errors import ConflictError
from wardline.records import FactKind, ReferralState
from wardline.referral.building import with_whole_reason
from wardline.referral.masking import Masking

FACT_WORDS = {
    FactKind.DANGER: "Danger to a child now",
    FactKind.LOCATION: "Location",
    FactKind.IDENTIFIER: "Another identifier of the account or person",
    FactKind.LINKED: "Another account that belongs to it",
    FactKind.CALL: "Telephoned",
}
_OPEN = (ReferralState.DRAFT, ReferralState.OPENING, ReferralState.NEEDS_HUMAN)
MARKED = "A person at the service, or somebody who complained of the content, said that a child may be in danger now. No reason was written down."
"""The reason in a report of a case that somebody marked, or flagged as this, where nobody wrote one."""


def with_knowledge(
    report: records.Report, facts: Sequence[records.Fact], *, regions: Sequence[str] = (),
    said: Sequence[tuple[datetime, str]] = (), is_marked: bool = False,
) -> records.Report:  # fmt: skip
    """Put into a report what people wrote down, and the country that the platform gave of its account.

    Reasons for danger become the report's own, the newest first and word for word: whoever has a minute reads that, and where all of them are
    too long for the field, the note goes on with the oldest. Everything else is a line of the note, with who knows it. A correction takes
    none of it.

    Args:
        report: As it follows from its decision.
        facts: What people wrote down about the case, oldest first.
        regions: Where the platform says that the account is.
        said: Each reason for danger that stands in a decision, its own among them, and when it was written.
        is_marked: Somebody marked the case, or flagged its content, as one in which a child may be in danger now. That alone is told too: without a word of it the
            authority would not know that it is urgent.
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
    reasons = [*said, *((each.at, each.text) for each in facts if each.kind is FactKind.DANGER)]
    escalation = _newest_first(reasons) or report.escalation or (MARKED if is_marked else None)
    note = "\n".join([report.note, *lines])
    return with_whole_reason(
        replace(report, note=note, escalation=escalation, masked=masking.told(report.masked))
    )


def _newest_first(written: Sequence[tuple[datetime, str]]) -> str | None:
    """Join reasons for danger; of two at the same moment the later one in the sequence counts as newer. The same one stands once."""
    in_order = sorted(enumerate(written), key=lambda each: (each[1][0], each[0]), reverse=True)
    newest: dict[str, datetime] = {}
    for _, (at, text) in in_order:
        newest.setdefault(text, at)
    parts = [
        text if number == 0 else f"Before that, {at.astimezone(UTC):%Y-%m-%d %H:%M} UTC: {text}"
        for number, (text, at) in enumerate(newest.items())
    ]
    return " ".join(parts) or None


def require_addable(found: records.Referral) -> None:
    """Raise ``ConflictError`` unless what is added now is in the report that is filed."""
    if found.corrects is not None:
        raise ConflictError(f"{found.id}: corrects another report, expected one that reports something")
    if found.in_flight or found.state not in _OPEN:
        raise ConflictError(
            f"{found.id}: {found.state}, expected one of which nothing was sent yet",
            remedy="Tell the authority in another way, naming its report number: a report that was sent takes nothing more. If a child may be in "
            "danger now, telephone first.",
        )


def _line(fact: records.Fact, text: str) -> str:
    if fact.kind is FactKind.CALL and fact.happened_at is not None:
        at = fact.happened_at.astimezone(UTC)
        return f"The service telephoned {text} at {at:%Y-%m-%d %H:%M} UTC."
    return f"{FACT_WORDS[fact.kind]}, as a person at the service wrote it down: {text}"
