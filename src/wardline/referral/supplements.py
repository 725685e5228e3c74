"""What tells an authority, after a report was sent, that a child may be in danger now: a report of its own that names the first.

Source: SI 2026/268, as second-hand readers quote it, for a later report that supplements an earlier one; CyberTipline Reporting API,
documentation of June 2025: nothing is added to a report that is finished.
"""

from __future__ import annotations

from collections.abc import Sequence

from wardline import records
from wardline.errors import InputError
from wardline.referral import corrections, texts
from wardline.referral.building import with_whole_reason


def is_supplement(decision: records.Decision) -> bool:
    """Say whether what names a finished report says danger, beside what was reported: its decision finds a violation, and why there is danger."""
    return decision.outcome is records.Outcome.VIOLATION and decision.escalation is not None


def build_supplement(
    referral_id: str,
    filed: records.Referral,
    decision: records.Decision,
    case: records.Case,
    items: Sequence[records.Item],
    reporter: records.Reporter,
) -> records.Report:
    """Write the report that supplements a finished one with a reason for danger: no file, no address, nothing that the first has.

    The reason stands as it was written: there is no field here in which police could look up what was taken out of it.

    Args:
        referral_id: Id of the new referral.
        filed: The finished one.
        decision: Where the reason stands; another one than the first report's.
        case: The case of both.
        items: Every item of the case.
        reporter: The platform's reporting person.

    Raises:
        InputError: The first report is not finished, no reason is written, or the account was unlinked.
    """
    if filed.state is not records.ReferralState.FINISHED or filed.remote_id is None:
        raise InputError(f"referral {referral_id}: supplements one that is {filed.state}, expected finished")
    if decision.case_id != case.id or not is_supplement(decision):
        raise InputError(f"referral {referral_id}: decision {decision.id} says no danger, expected a reason")
    if not case.account_reference:
        raise InputError(
            f"referral {referral_id}: the account of case {case.id} was unlinked, expected a known account"
        )
    reported = {file.item_id for file in filed.files}
    uploads = [each.context.uploaded_at if each.context else each.received_at for each in items if each.id in reported]  # fmt: skip
    return with_whole_reason(records.Report(
        referral_id=referral_id, incident_at=min((at for at in uploads if at <= decision.at), default=filed.created_at),
        incident_time_meaning=texts.time_meaning(each for each in items if each.id in reported), annotations=(), escalation=decision.escalation, reporter=reporter,
        person=records.ReportedPerson(account_reference=case.account_reference), files=(), urls=(),
        note=_note(referral_id, filed, decision, case), corrects=filed.remote_id,
    ))  # fmt: skip


def _note(referral_id: str, filed: records.Referral, decision: records.Decision, case: records.Case) -> str:
    there = "What was told of the incident is" if corrections.is_in_words(filed) else "The files are"
    return "\n".join(
        [
            f"Supplement to report {filed.remote_id}, about the same incident: read both.",
            *(corrections.files_named(filed, case) if corrections.holds_others(filed) else ()),
            (
                f"On {decision.at:%Y-%m-%d %H:%M} UTC another person at the service wrote why a child may be in danger now. That report may "
                f"have been sent without it. {there} there."
            ),
            f"References at the service: {referral_id}, supplementing {filed.id}.",
        ]
    )
