"""One report of one file that several accounts spread, as a receiver agreed to get them. Pure.

Such a report says of each account its identifier and nothing else. So only what would say no more by itself goes into one, apart from what
the receiver said that it can do without; everything else is filed as before. What goes together is the same byte for byte, is judged and was
viewed alike, and each of it was decided to be a violation by itself.

Source: CyberTipline Reporting API, documentation of June 2025, ``batchedReport``.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from wardline import records
from wardline.errors import ConflictError
from wardline.records import FileAnnotation, HashKind, Priority
from wardline.referral import bundling
from wardline.referral.bundling import Bundle

MOST_ACCOUNTS = 100
"""In one report: ours, for nothing is said of it. Further ones are further reports."""
TIME_MEANING = "Time of the earliest upload of this file by one of these accounts."
WAITS = "waits for other accounts that spread the same file"
"""How the problem of a report begins that waits as its receiver agreed to."""
_SAID = frozenset({FileAnnotation.VIRAL, FileAnnotation.POTENTIAL_MEME})


class LeftOut(StrEnum):
    """What a report says of an upload by itself and a batched one cannot, and a receiver may do without."""

    UPLOAD_ADDRESS = "upload-address"
    """The address, port and time of each upload."""
    WEB_ADDRESS = "web-address"
    """Where the content was."""
    FILE_NAME = "file-name"
    SUSPENSION = "suspension"
    """Since when an account is suspended."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreement:
    """What a receiver agreed to about batched reports."""

    agreed_with: str
    """Who said so at the receiver, and how: for those who ask later."""
    agreed_on: str
    """The day, ``"2026-11-27"``."""
    leaves_out: tuple[LeftOut, ...] = ()
    """What the receiver can do without. An upload of which something else is known is reported by itself."""
    wait_hours: float = 0.0
    """So long a report may wait for other accounts, where nobody has a duty to report. 0: nothing waits."""
    no_duty_in: tuple[str, ...] = ()
    """Regions (ISO 3166-1) of accounts about which the platform owes nobody a report. Counsel must confirm each."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """What all that goes into one batched report has in common."""

    sha256: str
    category: records.Category | None
    annotations: tuple[FileAnnotation, ...]
    viewed: bool
    """Whether a person saw this upload in full. What was seen of one says nothing of another, so both never go together."""
    publicly_available: bool
    platform: str


def kind_of(report: records.Report, items: Sequence[records.Item]) -> Kind | None:
    """Give what a report would have in common with others; None where it is not about one file whose bytes are known.

    Args:
        report: By itself, as it would be filed.
        items: Every item of its case.
    """
    item, file = (items[0], report.files[0]) if len(items) == len(report.files) == 1 else (None, None)
    digest = (
        next((each.value for each in item.hashes if each.kind is HashKind.SHA256), None) if item else None
    )
    if item is None or file is None or digest is None:
        return None
    return Kind(
        sha256=digest, category=file.category, annotations=tuple(sorted(file.annotations)), viewed=file.viewed,
        publicly_available=file.publicly_available, platform=item.platform,
    )  # fmt: skip


def against_batch(
    report: records.Report, items: Sequence[records.Item], facts: Sequence[records.Fact], agreed: Agreement,
    *, priority: Priority | None, known_otherwise: bool,
) -> tuple[str, ...]:  # fmt: skip
    """Say why a report is filed by itself: what a batched one could not say of it. Empty: it may go into one.

    Args:
        report: By itself, as it would be filed.
        items: Every item of its case.
        facts: What people wrote down about the case.
        agreed: With its receiver.
        priority: Of its referral.
        known_otherwise: Whether the receiver gets, or got, another report of ours about the account.
    """
    if kind_of(report, items) is None:
        return ("it is not about one file",)
    file = report.files[0]
    said = set(file.annotations)
    found = [
        ("nobody answered that the file is viral or may be a meme", not said & _SAID),
        ("nobody gave the file a category", file.category is None),
        ("the file has another annotation", bool(said - _SAID)),
        ("the incident is annotated", bool(report.annotations)),
        ("a child may be in danger", report.escalation is not None or priority is not Priority.THIRD),
        ("people wrote down more about it", bool(facts)),
        ("the platform passed more about it", _is_told_more(report, items)),
        ("another report is about the same account", known_otherwise or bool(report.person.prior_reports)),
        ("the file only explains others", file.supplemental),
        *_kept(report, agreed.leaves_out),
    ]
    return tuple(why for why, holds in found if holds)


def _is_told_more(report: records.Report, items: Sequence[records.Item]) -> bool:
    passed = [each.context.facts for each in items if each.context and each.context.facts]
    return (
        any(each != records.ReportFacts() for each in passed)
        or bool(report.victims or report.recipients or report.incidents or report.unread)
        or report.law_enforcement is not None
    )


def _kept(report: records.Report, leaves_out: Collection[LeftOut]) -> Iterable[tuple[str, bool]]:
    """Give what is known of the upload, where the receiver did not say that it can do without."""
    file = report.files[0]
    known = {
        LeftOut.UPLOAD_ADDRESS: file.upload is not None or bool(report.person.ip_events),
        LeftOut.WEB_ADDRESS: bool(report.urls) or file.url is not None,
        LeftOut.FILE_NAME: bool((file.file_name or "").strip()),
        LeftOut.SUSPENSION: report.person.temporarily_disabled_at is not None,
    }
    for each, there in known.items():
        yield (
            f"its {each.replace('-', ' ')} is known, and the receiver did not agree to do without",
            (there and each not in leaves_out),
        )


def as_batch(reports: Sequence[records.Report]) -> records.Report:
    """Make one report of several that go together; the file is that of the first.

    Raises:
        InputError: Two are about the same account, or there is but one.
    """
    first = reports[0]
    file = replace(
        first.files[0],
        file_name=None,
        url=None,
        hashes=(),
        upload=None,
        devices=(),
        metadata=(),
        batched=True,
    )
    others = tuple(each.person.account_reference for each in reports[1:])
    return replace(
        first, incident_at=min(each.incident_at for each in reports), incident_time_meaning=TIME_MEANING,
        person=records.ReportedPerson(account_reference=first.person.account_reference), files=(file,), urls=(),
        batch=records.Batch(account_references=others), like=records.LikeAccounts(), masked=(), unread=(),
        note=f"One file that {len(reports)} accounts spread. A batched report takes no note, so this is not sent.",
    )  # fmt: skip


def may_batch(found: records.Referral) -> bool:
    """Say whether a referral may have or join a batched report now, as far as itself shows."""
    is_ready = bundling.is_untouched(found) and found.priority is Priority.THIRD
    return is_ready and (not found.bundle or found.batched)


def batched(lead: records.Referral, others: Sequence[records.Referral]) -> Bundle:
    """Put referrals about other accounts into the batched report of one. Their files are told as copies of its own.

    Raises:
        ConflictError: One of them may not, or they are too many.
    """
    cases = [*lead.case_ids, *(each.case_id for each in others)]
    fits = all(may_batch(each) and not each.bundle and len(each.files) == 1 for each in others)
    if not (
        may_batch(lead)
        and len(lead.attached) == 1
        and fits
        and len(set(cases)) == len(cases) <= MOST_ACCOUNTS
    ):
        raise ConflictError(
            f"referral {lead.id}: cannot be batched with these, expected some of which nothing was sent"
        )
    item_id = lead.attached[0].item_id
    copies = [
        replace(each, files=tuple(replace(file, copy_of=item_id) for file in each.files)) for each in others
    ]
    return bundling.together(lead, copies, batched=True)


def let_go(lead: records.Referral, members: Sequence[records.Referral]) -> Bundle:
    """Take referrals out of a batched report of which nothing was sent: they are filed by themselves.

    Raises:
        ConflictError: Something was sent, or one of them is not in it.
    """
    if not bundling.is_untouched(lead) or any(each.joined != lead.id for each in members):
        raise ConflictError(f"referral {lead.id}: cannot let these go, expected a report that is not opened")
    return bundling.apart(lead, members)


def may_wait(regions: Collection[str], agreed: Agreement, duties: Collection[str]) -> bool:
    """Say whether a report may wait for others: the settings say so, and nobody has a duty to report the account.

    Args:
        regions: Where the account may be; empty where nobody knows, and then a duty is taken for granted.
        agreed: With the receiver.
        duties: Regions with a rule of their own.
    """
    free = set(agreed.no_duty_in) - set(duties)
    return agreed.wait_hours > 0 and bool(regions) and set(regions) <= free


def wait_ends(found: records.Referral, agreed: Agreement) -> datetime:
    """Say until when a report may wait: never beyond half of its clock."""
    until = found.created_at + timedelta(hours=agreed.wait_hours)
    if found.due_at is None or found.clock_from is None:
        return until
    return min(until, found.clock_from + (found.due_at - found.clock_from) / 2)
