"""Other accounts with the same files, or ones near them: what a report says of them. Pure."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from wardline import records
from wardline.referral import moves

MOST_NAMED = 20
"""Accounts in one report; of more their number is told."""
_BEFORE = (
    "Other accounts at the service with the same file or one near it, each by a decision there that found a violation. That alone does not say "
    "that the accounts know each other, or are one person's."
)


def with_like_accounts(report: records.Report, found: records.LikeAccounts) -> records.Report:
    """Put into a report which other accounts have its files, as lines of its note too.

    They are no ``associated`` accounts: those are, as the platform tells them, of the same person or of one near them, and a file alone says nothing
    of that. A victim's account is not named as one that has the file. Corrections and batched reports, which have no place for it, take none.

    Args:
        report: As it is otherwise.
        found: At most ``MOST_NAMED`` of them with a name.

    Source: CyberTipline Reporting API, ``associatedAccount`` and ``additionalInfo``; which of them fits is our reading.
    """
    if report.corrects is not None or report.batch is not None:
        return report
    harmed = {victim.account_reference for victim in report.victims} | {
        each.account_reference for victim in report.victims for each in victim.associated
    }
    named = tuple(each for each in found.named if each.account_reference not in harmed)
    if not named:
        return report
    numbers = {file.item_id: number for number, file in enumerate(report.files, start=1)}
    lines = [_line(each, numbers) for each in named]
    told = replace(found, named=named)
    more = f"{_more(told)}." if told.more else "There may be more." if told.at_least else ""
    note = "\n".join([report.note, _BEFORE, *lines, *([more] if more else [])])
    return replace(report, note=note, like=told)


def noted(found: records.Referral, said: records.LikeAccounts) -> records.Referral:
    """Note in a referral whose report is opened whom it names. Its version stays."""
    named: dict[str, list[str]] = {}
    for each in said.named:
        named.setdefault(each.item_id, []).append(each.case_id)
    return replace(
        found, files=tuple(replace(file, named=tuple(named.get(file.item_id, ()))) for file in found.files)
    )


def opened_anew(found: records.Referral) -> records.Referral | None:
    """Withdraw an open report that names somebody who is not to be named any more, to open it without; None where it cannot be done at this moment."""
    is_open = found.state in (records.ReferralState.OPENED, records.ReferralState.FINISHING)
    return moves.retracting(found, None) if is_open and not found.in_flight else None


def like_words(found: records.LikeAccounts) -> str:
    """Say how many there are, without a name; empty where there are none."""
    if not found.named:
        return ""
    more = f" and {'at least ' if found.at_least else ''}{found.more} more not named" if found.more else ""
    return f"{len(found.named)} with the same file or one near it{more}"


def _more(found: records.LikeAccounts) -> str:
    return f"And {'at least ' if found.at_least else ''}{found.more} more"


def _line(each: records.LikeAccount, numbers: dict[str, int]) -> str:
    number = numbers.get(each.item_id)
    said = "the same bytes as" if each.how is records.Likeness.IDENTICAL else "nearly the same picture as"
    about = f" {said} file {number}," if number is not None else ""
    ours = f", our report {each.report}" if each.report is not None else ""
    return (
        f"- {each.account_reference} ({each.platform}): {each.how},{about} uploaded {_when(each.uploaded_at)}, decided {_when(each.decided_at)}{ours}."
    )  # fmt: skip


def _when(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y-%m-%d %H:%M} UTC"
