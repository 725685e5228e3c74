"""What makes a report useful to the police, and whether it is there. A gap never keeps a report from being filed; it is only said."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from wardline import records
from wardline.records import FileAnnotation, Reply


class NeedState(StrEnum):
    """Whether one thing that police need is in a report."""

    ANSWERED = "answered"
    NOT_KNOWN = "not known"
    """Somebody was asked and could not say, which is an answer too."""
    MISSING = "missing"
    """Nobody said."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Need:
    """One thing that makes a report useful."""

    name: str
    state: NeedState
    detail: str
    """What there is of it, or why it is not there: counts and answers, never content, an account or an address."""


_QUESTIONS = {
    FileAnnotation.POTENTIAL_MEME: "Potential meme",
    FileAnnotation.GENERATIVE_AI: "Generative AI",
    FileAnnotation.VIRAL: "Viral",
}
_REPLIES = {Reply.YES: "yes", Reply.NO: "no", Reply.NOT_SURE: "not sure"}


def checklist(report: records.Report, decision: records.Decision) -> tuple[Need, ...]:
    """Say which of the things that police need a report has.

    Source: CyberTipline Reporting API, documentation of June 2025, for the upload, the flags, the annotations and the classification; a
    published checklist of SI 2026/268, schedule 1, for address, port and time of the upload, the content itself and the account.
    """
    files = report.files
    if report.corrects is not None:
        named = _need("The report that it corrects", there=True, detail=f"number {report.corrects}", gone="")
        return named, _account(report.person)
    return (
        _counted("Upload address", [file.upload is not None for file in files],
                 there="not only a login address", gone="the platform did not pass it"),
        _counted("Port of the upload", [file.upload is not None and file.upload.port is not None for file in files],
                 there="tells apart those who share an address", gone="the platform did not pass it"),
        _time(report),
        _files(files),
        _viewed(files),
        _category(files),
        *(_asked(about, name, files, decision) for about, name in _QUESTIONS.items()),
        _account(report.person),
        _disabled(report.person),
        *_escalation(report),
    )  # fmt: skip


def _need(name: str, there: bool, detail: str, gone: str) -> Need:
    return Need(
        name=name,
        state=NeedState.ANSWERED if there else NeedState.MISSING,
        detail=detail if there else gone,
    )


def _counted(name: str, has: Sequence[bool], *, there: str, gone: str) -> Need:
    """Judge something that every file should have."""
    lacking = has.count(False)
    where = "" if lacking == len(has) else f" for {lacking} of {len(has)} files"
    return _need(name, lacking == 0 and bool(has), there, f"{gone}{where}")


def _time(report: records.Report) -> Need:
    said = bool(report.incident_time_meaning.strip())
    return _need(
        "Time with its zone", said, "UTC, and what it is the time of", "nothing says what it is the time of"
    )


def _files(files: Sequence[records.ReportedFile]) -> Need:
    number = f"{len(files)} file{'' if len(files) == 1 else 's'}"
    return _need("The files themselves", bool(files), f"{number}, not only hashes", "no file")


def _viewed(files: Sequence[records.ReportedFile]) -> Need:
    yes = sum(file.viewed for file in files)
    return _need(
        "Viewed or not, per file",
        bool(files),
        f"from the reveal log: {yes} yes, {len(files) - yes} no",
        "no file",
    )


def _category(files: Sequence[records.ReportedFile]) -> Need:
    given = Counter(file.category for file in files if file.category is not None)
    words = ", ".join(
        category.value if len(given) == 1 else f"{count} {category.value}"
        for category, count in sorted(given.items())
    )
    return _counted(
        "Category per file",
        [file.category is not None for file in files],
        there=words,
        gone="nobody gave one",
    )


def _asked(
    about: FileAnnotation, name: str, files: Sequence[records.ReportedFile], decision: records.Decision
) -> Need:
    reply = next((answer.reply for answer in decision.answers if answer.about is about), None)
    if reply is None and any(about in file.annotations for file in files):
        reply = Reply.YES  # said of a file without the question having been asked
    if reply is None:
        return Need(name=name, state=NeedState.MISSING, detail="nobody answered")
    state = NeedState.NOT_KNOWN if reply is Reply.NOT_SURE else NeedState.ANSWERED
    return Need(name=name, state=state, detail=f"answered: {_REPLIES[reply]}")


def _account(person: records.ReportedPerson) -> Need:
    there = bool(person.account_reference)
    return _need(
        "Account identifier", there, "the platform's own id of the account", "the account is not known"
    )


def _disabled(person: records.ReportedPerson) -> Need:
    there = person.temporarily_disabled_at is not None
    return _need(
        "Account disabled",
        there,
        "yes, and since when",
        "the platform did not confirm that it suspended the account",
    )


def _escalation(report: records.Report) -> tuple[Need, ...]:
    """Nobody has to escalate, so there is no gap where nobody did."""
    if report.escalation is None:
        return ()
    return (Need(name="Escalated", state=NeedState.ANSWERED, detail="with a reason in writing"),)
