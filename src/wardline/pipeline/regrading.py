"""Finished reports of which a later decision grades the files otherwise: a correction is prepared, and a person approves it."""

from __future__ import annotations

from collections.abc import Sequence

from wardline import records, referral
from wardline.errors import AlreadyExistsError, InputError
from wardline.pipeline import alarms, correcting
from wardline.pipeline.corrected import told_of
from wardline.pipeline.parts import Parts
from wardline.pipeline.writing import Writing
from wardline.records import AlarmKind, DecisionState, Outcome, ReferralState


def compare_reports(parts: Parts, decision_id: str, _attempt: int) -> None:
    """See to the reports of a case whose later decision, which agrees that there is a violation, grades its files otherwise.

    Only of the newest decision: this may run again, or late, when another one graded them since.
    """
    by = parts.store.decision(decision_id)
    found = parts.store.referrals(case_id=by.case_id)
    if by.state is not DecisionState.EFFECTIVE or _is_overtaken(parts, by):
        return
    for each in found:
        if not _says_otherwise(parts, each, by):
            continue
        if each.state is not ReferralState.FINISHED or not _prepare(parts, each, by, found):
            _tell(parts, each, by)


def _is_overtaken(parts: Parts, by: records.Decision) -> bool:
    in_effect = [
        each for each in parts.store.decisions_of(by.case_id)
        if each.state is DecisionState.EFFECTIVE and each.outcome is not Outcome.CANNOT_TELL
    ]  # fmt: skip
    return in_effect[-1].id != by.id


def _says_otherwise(parts: Parts, found: records.Referral, by: records.Decision) -> bool:
    """Say whether a referral is a report of what another decision said, which nobody overturned: else it was corrected then."""
    is_report = found.corrects is None and found.state is not ReferralState.WITHDRAWN
    if not is_report or found.decision_id == by.id:
        return False
    return parts.store.decision(found.decision_id).state is not DecisionState.OVERTURNED


def _prepare(
    parts: Parts, filed: records.Referral, by: records.Decision, found: Sequence[records.Referral]
) -> bool:
    """Draft the correction of a finished report, unless nothing is different; gives whether it says all that is to be told."""
    written = Writing()
    corrections = [each for each in found if each.corrects == filed.id and each.decision_id != by.id]
    for each in corrections:
        if each.state not in (ReferralState.FINISHED, ReferralState.WITHDRAWN):
            # What it says is overtaken before anybody approved it.
            written.add(correcting.cancelled(parts, each, actor=by.user_id))
    is_new = all(each.decision_id != by.id for each in found)
    told, is_whole = told_of(parts, filed, found, besides=by.id), not referral.unreported(filed, by)
    if is_new and referral.differs(filed, told, by):
        try:
            case = parts.store.case(by.case_id)
            written.add(correcting.draft(parts, case, by, corrects=filed.id, waits=referral.APPROVAL))
        except InputError:
            is_whole = False  # its account was unlinked
    if written.changes:
        try:
            written.commit(parts)
        except AlreadyExistsError:
            return True  # another thread was quicker
    return is_whole


def _tell(parts: Parts, filed: records.Referral, by: records.Decision) -> None:
    message = (
        f"A later decision on {by.case_id} is a violation too, but grades its files otherwise than the report of {filed.id}"
        f"{f' (number {filed.remote_id})' if filed.remote_id else ''}, and a correction cannot say all of it. Tell the authority what is different."
    )
    alarms.raise_alarm(parts, AlarmKind.REPORT_WRONG, filed.id, message)
