"""What a finished report says of its files, and what a later decision says that grades them otherwise.

Both find a violation, so nothing is taken back: the correction is a new report that names the first, and says file by file what is different.
"""

from __future__ import annotations

from collections.abc import Sequence

from wardline import records
from wardline.errors import InputError
from wardline.referral import texts
from wardline.referral.corrections import is_in_words

_State = records.ReferralState
APPROVAL = "a later decision grades its files otherwise; the correction waits for somebody to approve it"
"""The problem of a correction that nobody looked at yet."""
_UNGRADED = "no category"


Grades = dict[str, records.Category | records.IncidentKind]


def graded(decision: records.Decision) -> Grades:
    """Give the category of each file that a decision grades, and the kind of each incident without one."""
    return {each.item_id: each.grade for each in decision.findings if each.grade}


def differs(filed: records.Referral, told: records.Decision, by: records.Decision) -> bool:
    """Say whether a later decision changes what was told of the files of a report."""
    before, after = graded(told), graded(by)
    return any(before.get(file.item_id) != after.get(file.item_id) for file in filed.files)


def unreported(filed: records.Referral, by: records.Decision) -> list[str]:
    """Name the files that a later decision grades and that the report has not: a correction carries no file, so a person sees to them."""
    reported = {file.item_id for file in filed.files}
    return [item_id for item_id in graded(by) if item_id not in reported]


def build_regrading(
    referral_id: str,
    corrected: records.Referral,
    told: records.Decision,
    by: records.Decision,
    case: records.Case,
    items: Sequence[records.Item],
    reporter: records.Reporter,
) -> records.Report:
    """Write the report that tells an authority which files of a finished one are graded otherwise: no file, no address.

    Args:
        referral_id: Id of the new referral.
        corrected: The finished one.
        told: The decision whose grades the authority knows.
        by: The decision that is in effect instead.
        case: The case of all of them.
        items: Every item of the case.
        reporter: The platform's reporting person.

    Raises:
        InputError: The first report is not finished, nothing is different, or the account was unlinked.
    """
    if corrected.state is not _State.FINISHED or corrected.remote_id is None:
        raise InputError(f"referral {referral_id}: corrects one that is {corrected.state}, expected finished")
    if by.case_id != case.id or not differs(corrected, told, by):
        raise InputError(
            f"referral {referral_id}: decision {by.id} changes nothing that was told, expected another grade"
        )
    if not case.account_reference:
        raise InputError(
            f"referral {referral_id}: the account of case {case.id} was unlinked, expected a known account"
        )
    reported = {file.item_id for file in corrected.files}
    uploads = [each.context.uploaded_at if each.context else each.received_at for each in items if each.id in reported]  # fmt: skip
    return records.Report(
        referral_id=referral_id, incident_at=min((at for at in uploads if at <= by.at), default=corrected.created_at),
        incident_time_meaning=texts.time_meaning(each for each in items if each.id in reported), annotations=(), escalation=None, reporter=reporter,
        person=records.ReportedPerson(account_reference=case.account_reference), files=(), urls=(),
        note=_note(referral_id, corrected, graded(told), graded(by), by), corrects=corrected.remote_id,
    )  # fmt: skip


def _classified(corrected: records.Referral) -> str:
    if is_in_words(corrected):
        return "says that the incident is of another kind"
    return "classified these files of it otherwise (industry classification)"


def _named(file: records.ReferralFile) -> str:
    return "The incident" if file.in_text else f"File {file.remote_file_id or 'without a number'}"


def _note(
    referral_id: str, corrected: records.Referral, before: Grades, after: Grades,
    by: records.Decision,
) -> str:  # fmt: skip
    changed = [
        f"{_named(file)}: {before.get(file.item_id, _UNGRADED)} before, {after.get(file.item_id, _UNGRADED)} now."
        for file in corrected.files
        if before.get(file.item_id) != after.get(file.item_id)
    ]
    kept = "What was told of that incident is" if is_in_words(corrected) else "Its files are"
    return "\n".join(
        [
            f"Correction of report {corrected.remote_id}. Please do not treat this as a report of another incident.",
            (
                f"The decision that led to that report was reviewed at the service on {by.at:%Y-%m-%d} by a person who had no part in it. "
                f"That person found a violation too, and {_classified(corrected)}:"
            ),
            *(
                ["This is about the account alone that this one names, not about others in that report."]
                if corrected.batched
                else []
            ),
            *changed,
            f"Everything else in that report stands. {kept} kept as the law asks; questions go to the reporting person.",
            f"References at the service: {referral_id}, correcting {corrected.id}.",
        ]
    )
