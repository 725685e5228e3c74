"""What becomes of a referral whose decision was overturned: it is withdrawn where it was not filed, else corrected by a report of its own.

A finished report cannot be changed or taken back; a correction is a new report that names it.
Source: CyberTipline Reporting API, technical documentation of June 2025.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import assert_never

from wardline import records
from wardline.errors import InputError
from wardline.referral import moves, texts
from wardline.referral.steps import UNKNOWN_ORPHAN

_State = records.ReferralState
OVERTURNED = "the decision was overturned"
"""The problem of a referral whose open report is withdrawn for that."""


def cancel(referral: records.Referral) -> records.Referral:
    """Give a referral that is not to be filed any more its next state; the same one where it is finished or withdrawn, or in another's report.

    An open report is withdrawn at the authority first; the referral then comes here once more.
    """
    match referral.state:
        case _State.DRAFT:
            return moves.advance(referral, state=_State.WITHDRAWN, problem=OVERTURNED)
        case _State.OPENING:
            # A report may be open under an id that nobody knows; nobody finishes it, so the authority deletes it.
            orphans = (*referral.orphans, UNKNOWN_ORPHAN) if referral.in_flight else referral.orphans
            return moves.advance(
                referral, state=_State.WITHDRAWN, problem=OVERTURNED, orphans=orphans, in_flight=False
            )
        case _State.NEEDS_HUMAN if referral.problem in moves.LOOKED_UP:
            # Only a person knows whether another installation filed it.
            return (
                referral
                if referral.problem == moves.LOOK_FALLEN
                else moves.advance(referral, problem=moves.LOOK_FALLEN)
            )
        case _State.NEEDS_HUMAN if referral.remote_id is None:
            return moves.advance(referral, state=_State.WITHDRAWN, problem=OVERTURNED, in_flight=False)
        case _State.NEEDS_HUMAN if referral.problem in moves.HANDED_OVER:
            # Only a person knows whether it was filed meanwhile.
            return (
                referral
                if referral.problem == moves.UNWANTED
                else moves.advance(referral, problem=moves.UNWANTED)
            )
        case _State.OPENED | _State.FINISHING | _State.NEEDS_HUMAN:
            return moves.retracting(referral, OVERTURNED)
        case _State.RETRACTING:
            return referral if referral.problem == OVERTURNED else moves.advance(referral, problem=OVERTURNED)
        case _State.FINISHED | _State.WITHDRAWN | _State.JOINED:
            return referral
        case _:
            assert_never(referral.state)


def build_correction(
    referral_id: str,
    corrected: records.Referral,
    decision: records.Decision,
    case: records.Case,
    items: Sequence[records.Item],
    reporter: records.Reporter,
    now: datetime,
    named_in: Sequence[records.Referral] = (),
) -> records.Report:
    """Write the report that corrects a finished one: no file, no address, and one sentence that says what is wrong with the first.

    Where the first is about another account, it names this one as one that has its file, and that alone is corrected.

    Args:
        referral_id: Id of the new referral.
        corrected: The finished one.
        decision: The decision that overturned its own.
        case: The case of both.
        items: Every item of the case.
        reporter: The platform's reporting person.
        now: Aware UTC.
        named_in: Other finished ones that name the account of the case in the same way.

    Raises:
        InputError: The first report is not finished, the decision is no reason to correct it, or the account was unlinked.
    """
    if corrected.state is not _State.FINISHED or corrected.remote_id is None:
        raise InputError(f"referral {referral_id}: corrects one that is {corrected.state}, expected finished")
    if decision.case_id != case.id or decision.outcome not in (
        records.Outcome.NOT_VIOLATION,
        records.Outcome.OTHER_RULE,
    ):
        raise InputError(
            f"referral {referral_id}: decision {decision.id} corrects nothing, expected one that overturned a violation"
        )
    if not case.account_reference:
        raise InputError(
            f"referral {referral_id}: the account of case {case.id} was unlinked, expected a known account"
        )
    is_own = corrected.case_id == case.id
    reported = {file.item_id for file in corrected.files} if is_own else {item.id for item in items}
    uploads = [
        item.context.uploaded_at if item.context else item.received_at
        for item in items
        if item.id in reported
    ]
    others = tuple(each.remote_id for each in named_in if each.remote_id is not None)
    return records.Report(
        referral_id=referral_id,
        incident_at=min((at for at in uploads if at <= now), default=corrected.created_at),
        incident_time_meaning=texts.time_meaning(each for each in items if each.id in reported),
        annotations=(),
        escalation=None,
        reporter=reporter,
        person=records.ReportedPerson(account_reference=case.account_reference, prior_reports=others),
        files=(),
        urls=(),
        note=_note(referral_id, corrected, decision, case, others)
        if is_own
        else _note_of_name(referral_id, corrected, decision, case, items, others),
        corrects=corrected.remote_id,
    )


def _found(decision: records.Decision) -> str:
    if decision.outcome is records.Outcome.NOT_VIOLATION:
        return "no violation"
    return "nothing that has to be reported, though it breaks the service's own rules"


def _reports(numbers: Sequence[str]) -> str:
    return f"report {numbers[0]}" if len(numbers) == 1 else f"reports {', '.join(numbers)}"


def _note_of_name(
    referral_id: str, corrected: records.Referral, decision: records.Decision, case: records.Case, items: Sequence[records.Item],
    others: Sequence[str],
) -> str:  # fmt: skip
    """Say that reports about other accounts name this one by a decision that fell."""
    numbers = [corrected.remote_id or "", *others]
    platform = f" ({items[0].platform})" if items else ""
    return "\n".join(
        [
            f"Correction of one thing in {_reports(numbers)}. Please do not treat this as a report of an incident.",
            (
                f"What {'that report names' if len(numbers) == 1 else 'those reports name'} among other accounts with the same file or one near it is "
                f"also the account {case.account_reference}{platform}, by a decision that found a violation. That decision was reviewed at the service on "
                f"{decision.at:%Y-%m-%d} by a person who had no part in it, and overturned: that person found {_found(decision)}."
            ),
            "That account is to be read as not named there. Everything else in what is corrected stands; questions go to the reporting person.",
            f"References at the service: {referral_id}, correcting {corrected.id}.",
        ]
    )


def _also_named(others: Sequence[str]) -> list[str]:
    if not others:
        return []
    where = f"The same account is named in our {_reports(others)}, about other accounts with the same file or one near it."
    return [f"{where} It is to be read as not named there; what is said there of those accounts stands."]


def _note(
    referral_id: str, corrected: records.Referral, decision: records.Decision, case: records.Case, others: Sequence[str]
) -> str:  # fmt: skip
    found = _found(decision)
    is_part = holds_others(corrected)
    whole = "The decision that led to that report"
    part = "on the account that this one names" if corrected.batched else "on these files of that report"
    of = f"The decision {part}" if is_part else whole
    because = "What was done to the account and its content because of it is being taken back."
    what = "What was told of that incident is" if is_in_words(corrected) else "The files of that report are"
    kept = f"{what} kept as the law asks; questions go to the reporting person."
    return "\n".join(
        [
            f"Correction of report {corrected.remote_id}. Please do not treat this as a report of an incident.",
            *(files_named(corrected, case) if is_part else ()),
            (
                f"{of} was reviewed at the service on {decision.at:%Y-%m-%d} by a person who had no part in it, "
                f"and overturned: that person found {found}."
            ),
            f"{because} {kept}",
            *(["Everything else in that report stands."] if is_part else []),
            *_also_named(others),
            f"References at the service: {referral_id}, correcting {corrected.id}.",
        ]
    )


def is_in_words(filed: records.Referral) -> bool:
    """Say whether a report is about an incident without a file."""
    return bool(filed.files) and all(file.in_text for file in filed.files)


def holds_others(filed: records.Referral) -> bool:
    """Say whether files of other decisions are in a referral's report, too."""
    return filed.joined is not None or bool(filed.bundle)


def files_named(corrected: records.Referral, case: records.Case) -> list[str]:
    """Name the files that a correction or a supplement is about, of a report that holds those of other decisions too; of a batched one the account."""
    if corrected.batched:
        return [
            "That report names several accounts that spread one file. This is about the one that is named here and about no other."
        ]
    own = [file for file in corrected.files if file.item_id in case.item_ids]
    numbers = [
        f"{file.remote_file_id or 'without a number'} ({file.item_id})" for file in own if not file.in_text
    ]
    names = [f"file {', '.join(numbers)}"] if numbers else []
    names += [f"the account {file.item_id}" for file in own if file.in_text]
    return [f"This is about only a part of that report: {', '.join(names)}."]
