"""What makes a report useful to the police, and whether it is there. A gap never keeps a report from being filed; it is only said."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from wardline import records
from wardline.records import FactKind, FileAnnotation, Reply
from wardline.referral import passed
from wardline.referral.alike import like_words
from wardline.referral.knowledge import MARKED


class NeedState(StrEnum):
    """Whether one thing that police need is in a report."""

    ANSWERED = "answered"
    NOT_KNOWN = "not known"
    """Somebody was asked and could not say, which is an answer too."""
    MISSING = "missing"
    """Nobody said."""


class Adder(StrEnum):
    """Who can still add what is missing."""

    PLATFORM = "the platform, with its uploads"
    DECIDER = "whoever decides"
    ANYBODY = "a moderator with the case, or a lead"
    ITSELF = "Wardline, by itself"
    NOBODY = "nobody: a batched report takes no more"


@dataclass(frozen=True, slots=True, kw_only=True)
class Need:
    """One thing that makes a report useful."""

    name: str
    state: NeedState
    detail: str
    """What there is of it, or why it is not there: counts and answers, never content, an account or an address."""
    weight: int = 1
    """How much it counts beside the others, 1 to 4; see ``WEIGHTS``."""
    by: Adder = Adder.ITSELF
    """Who can add it, where it is missing."""


DANGER, ADDRESS, PORT, TIME = "Danger now", "Upload address", "Port of the upload", "Time with its zone"
FILES, VIEWED, EXIF, CATEGORY = (
    "The files themselves", "Viewed or not, per file", "EXIF viewed or not, per file", "Category per file",
)  # fmt: skip
ACCOUNT, DISABLED, OTHERS = "Account identifier", "Account disabled", "Other identifiers"
LOCATION, LINKED, CORRECTED = "Location", "Linked accounts", "The report that it corrects"
_ALSO_IN_BATCH = frozenset({DANGER, TIME, FILES, VIEWED, EXIF, CATEGORY, ACCOUNT})
"""Of these something is added to what is in a batched report: danger takes its account out."""
EXCERPT, TAKING_PART, SAID_WHEN, READ, KIND = (
    "What was said", "Who took part", "When each message was written", "Account read or not", "Kind of incident",
)  # fmt: skip
"""Of an incident without a file."""


_QUESTIONS = {
    FileAnnotation.POTENTIAL_MEME: "Potential meme",
    FileAnnotation.GENERATIVE_AI: "Generative AI",
    FileAnnotation.VIRAL: "Viral",
}
WEIGHTS: Mapping[str, tuple[int, Adder]] = {
    DANGER: (4, Adder.ANYBODY), ADDRESS: (4, Adder.PLATFORM), PORT: (2, Adder.PLATFORM), TIME: (2, Adder.ITSELF),
    FILES: (4, Adder.ITSELF), VIEWED: (2, Adder.ITSELF), EXIF: (1, Adder.ITSELF), CATEGORY: (2, Adder.DECIDER),
    **dict.fromkeys(_QUESTIONS.values(), (1, Adder.DECIDER)),
    ACCOUNT: (4, Adder.PLATFORM), DISABLED: (1, Adder.PLATFORM), OTHERS: (2, Adder.ANYBODY), LOCATION: (2, Adder.ANYBODY),
    LINKED: (1, Adder.ANYBODY), CORRECTED: (1, Adder.ITSELF),
    EXCERPT: (4, Adder.PLATFORM), TAKING_PART: (4, Adder.PLATFORM), SAID_WHEN: (2, Adder.PLATFORM), READ: (2, Adder.ITSELF),
    KIND: (2, Adder.DECIDER),
}  # fmt: skip
"""How much each counts, and who can add it. 4: without it nobody can act or decide whether to; 2: it leads on; 1: it helps to sort.

Our judgement, after what keeps reports from being worked on. Source: Stanford Internet Observatory, April 2024, on incomplete reports and
unviewed files; NCMEC's figures of 2024, by which over 8 % of industry's reports lacked what tells whose jurisdiction they are.
"""
_NOT_IN_BATCH = "a batched report has no place for it, as agreed with the receiver"
_REPLIES = {Reply.YES: "yes", Reply.NO: "no", Reply.NOT_SURE: "not sure"}


def checklist(
    report: records.Report,
    decision: records.Decision,
    facts: Sequence[records.Fact] = (),
    *,
    regions: Sequence[str] = (),
    gone: Collection[str] = (),
) -> tuple[Need, ...]:
    """Say which of the things that police need a report has.

    Args:
        report: With what people added.
        decision: What it follows from.
        facts: What people wrote down about the case.
        regions: Where the platform says that the account is.
        gone: Items whose files are not kept any more: only their hashes could be told.

    Source: CyberTipline Reporting API, documentation of June 2025, for the upload, the flags, the annotations and the classification; a
    published checklist of SI 2026/268, schedule 1, for address, port and time of the upload, the content itself and the account.
    """
    files, account = report.files, report.person.facts
    if report.corrects is not None:
        named = _need(CORRECTED, there=True, detail=f"number {report.corrects}", gone="")
        danger = (_danger(report),) if report.escalation is not None else ()
        return *danger, named, _account(report.person)
    rest = (
        _account(report.person, report.batch),
        _disabled(report.person, report.batch),
        _known(OTHERS, facts, FactKind.IDENTIFIER, len(passed.identifiers(account)), "neither the platform nor a person gave one"),
        _location(account, facts, regions),
        _linked(report, facts),
    )  # fmt: skip
    of_files = _of_files(report, decision, gone) if files or not report.texts else ()
    of_texts = () if not report.texts else _of_texts(report, with_events=not files)
    needs = (_danger(report), *of_files, *of_texts, *rest)
    if report.batch is None:
        return needs
    return tuple(each if each.name in _ALSO_IN_BATCH else replace(each, by=Adder.NOBODY) for each in needs)


def _of_texts(report: records.Report, *, with_events: bool) -> tuple[Need, ...]:
    """Judge incidents without a file: nobody can miss a file that never was."""
    texts = report.texts
    events = [text.event for text in texts]
    messages, dated = sum(text.messages for text in texts), sum(text.dated for text in texts)
    others = len(report.recipients) + len(report.victims)
    named = [f"{others} named by the platform"] if others else []
    named += [f"{names} in the excerpt"] if (names := max(text.names for text in texts)) > 1 else []
    gone, read = "the platform did not pass it", sum(text.viewed for text in texts)
    about = (
        _need(ADDRESS, all(events), "not only a login address", gone),
        _need(PORT, all(each is not None and each.port is not None for each in events), "tells apart those who share an address", gone),
        _time(report),
    )  # fmt: skip
    return (
        *(about if with_events else ()),
        _need(EXCERPT, messages > 0, f"{messages} message{'' if messages == 1 else 's'}, word for word", "only an account of it: the platform passed no message"),
        _need(SAID_WHEN, messages > 0 and dated == messages, "each with its time, in UTC", f"{dated} of {messages} messages have a time"),
        _need(TAKING_PART, bool(named), ", ".join(named), "nobody but the account is named"),
        _need(READ, True, f"from the reveal log: {read} yes, {len(texts) - read} no", ""),
        _need(KIND, all(text.kind for text in texts), ", ".join(sorted({records.KIND_WORDS[text.kind] for text in texts if text.kind})), "nobody said"),
    )  # fmt: skip


def _of_files(report: records.Report, decision: records.Decision, gone: Collection[str]) -> tuple[Need, ...]:
    """Judge what is said of each file."""
    files = report.files
    return (
        _counted(ADDRESS, [file.upload is not None for file in files],
                 there="not only a login address", gone=_NOT_IN_BATCH if report.batch else "the platform did not pass it"),
        _counted(PORT, [file.upload is not None and file.upload.port is not None for file in files],
                 there="tells apart those who share an address", gone=_NOT_IN_BATCH if report.batch else "the platform did not pass it"),
        _time(report),
        _files(files, gone),
        _viewed(files),
        _exif(files),
        _category(files),
        *(_asked(about, name, files, decision) for about, name in _QUESTIONS.items()),
    )  # fmt: skip


def _need(name: str, there: bool, detail: str, gone: str) -> Need:
    return _of(name, NeedState.ANSWERED if there else NeedState.MISSING, detail if there else gone)


def _of(name: str, state: NeedState, detail: str) -> Need:
    weight, by = WEIGHTS[name]
    return Need(name=name, state=state, detail=detail, weight=weight, by=by)


def _counted(name: str, has: Sequence[bool], *, there: str, gone: str) -> Need:
    """Judge something that every file should have."""
    lacking = has.count(False)
    where = "" if lacking == len(has) else f" for {lacking} of {len(has)} files"
    return _need(name, lacking == 0 and bool(has), there, f"{gone}{where}")


def _time(report: records.Report) -> Need:
    said = bool(report.incident_time_meaning.strip())
    return _need(TIME, said, "UTC, and what it is the time of", "nothing says what it is the time of")


def _files(files: Sequence[records.ReportedFile], gone: Collection[str]) -> Need:
    number = f"{len(files)} file{'' if len(files) == 1 else 's'}"
    lacking = sum(file.item_id in gone for file in files)
    missing = f"only hashes of {lacking} of {number}: the rest is not kept any more" if lacking else "no file"
    return _need(FILES, bool(files) and not lacking, f"{number}, not only hashes", missing)


def _viewed(files: Sequence[records.ReportedFile]) -> Need:
    yes = sum(file.viewed for file in files)
    return _need(
        VIEWED,
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
        CATEGORY,
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
        return _of(name, NeedState.MISSING, "nobody answered")
    state = NeedState.NOT_KNOWN if reply is Reply.NOT_SURE else NeedState.ANSWERED
    return _of(name, state, f"answered: {_REPLIES[reply]}")


def _account(person: records.ReportedPerson, batch: records.Batch | None = None) -> Need:
    there, several = bool(person.account_reference), len(batch.account_references) + 1 if batch else 1
    words = "the platform's own id of the account"
    if batch:
        words = f"a batched report: the platform's own ids of {several} accounts that spread one file, and nothing else of them"
    return _need(ACCOUNT, there, words, "the account is not known")


def _disabled(person: records.ReportedPerson, batch: records.Batch | None = None) -> Need:
    there = person.temporarily_disabled_at is not None
    gone = _NOT_IN_BATCH if batch else "the platform did not confirm that it suspended the account"
    return _need(DISABLED, there, "yes, and since when", gone)


def _danger(report: records.Report) -> Need:
    """Nobody has to say it; but that nobody did is no answer, and who reads the report should not take it for one."""
    said = report.escalation not in (None, MARKED)
    marked = "a person marked it so, or a flag did, and nobody wrote why"
    gone = marked if report.escalation == MARKED else "nobody wrote that a child is in danger now"
    return _need(DANGER, said, "yes, with a reason in writing", gone)


def _exif(files: Sequence[records.ReportedFile]) -> Need:
    """Data inside a file are shown to nobody here, which is what the report says of each."""
    return _need(EXIF, bool(files), f"no, for {len(files)}: it is shown to nobody", "no file")


def _known(name: str, facts: Sequence[records.Fact], kind: FactKind, told: int, gone: str) -> Need:
    """Judge something that the platform passes or a person writes down."""
    found = sum(each.kind is kind for each in facts)
    counted = [f"{told} passed by the platform"] if told else []
    counted += [f"{found} written down by a person"] if found else []
    return _need(name, bool(counted), ", ".join(counted), gone)


def _linked(report: records.Report, facts: Sequence[records.Fact]) -> Need:
    """Judge the other accounts: what the platform tells stands first, then what people wrote, then who has the same file."""
    told = len(passed.linked(report.person.facts))
    named = _known(LINKED, facts, FactKind.LINKED, told, "neither the platform nor a person named one")
    like = like_words(report.like)
    if not like:
        return named
    said = [named.detail] if named.state is NeedState.ANSWERED else []
    return _of(LINKED, NeedState.ANSWERED, ", ".join([*said, like]))


def _location(account: records.Party | None, facts: Sequence[records.Fact], regions: Sequence[str]) -> Need:
    told = len(passed.places(account))
    written = _known(LOCATION, facts, FactKind.LOCATION, told, "neither the platform nor a person said where")
    if written.state is NeedState.ANSWERED or not regions:
        return written
    return _of(LOCATION, NeedState.ANSWERED, f"the country of the account, {', '.join(regions)}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Score:
    """How much of what police need a report has. Never shown without what is missing."""

    answered: int
    """How many of the needs have an answer, "not known" among them."""
    of: int
    weight: int
    """The same by weight."""
    of_weight: int
    missing: tuple[Need, ...]
    """The weightiest first."""

    @property
    def percent(self) -> int:
        """The share by weight, 0 to 100, rounded down: only a report that lacks nothing has 100."""
        return 100 * self.weight // self.of_weight if self.of_weight else 0

    @property
    def words(self) -> str:
        """The score with its reasons, in one line."""
        lacking = ", ".join(each.name[0].lower() + each.name[1:] for each in self.missing)
        return f"{self.answered} of {self.of} of what police need; missing: {lacking or 'nothing'}"


def score(needs: Sequence[Need]) -> Score:
    """Sum up a checklist."""
    missing = sorted(
        (each for each in needs if each.state is NeedState.MISSING), key=lambda each: -each.weight
    )
    lacking = sum(each.weight for each in missing)
    whole = sum(each.weight for each in needs)
    return Score(
        answered=len(needs) - len(missing), of=len(needs), weight=whole - lacking, of_weight=whole, missing=tuple(missing)
    )  # fmt: skip


def median(counted: Mapping[int, int]) -> int | None:
    """Give the middle of how complete reports were, the lower one of two; None of none.

    Args:
        counted: How many there were, by how complete they were.
    """
    half, seen = (sum(counted.values()) + 1) // 2, 0
    for completeness in sorted(counted):
        seen += counted[completeness]
        if seen >= half:
            return completeness
    return None
