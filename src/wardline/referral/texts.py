"""What a report says of an incident without a file: what happened in the note, what was said where the incident happened.

The authority has a place for an excerpt among the details of the incident, and none for a text among the files: what is said of a file
(when it was uploaded, what it shows, in what category) is said of nothing that the service wrote down itself.

Source: CyberTipline Reporting API, documentation of June 2025, ``internetDetails`` and ``fileDetails``.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import TypeVar

from wardline import records
from wardline.errors import InputError
from wardline.referral.masking import Masking
from wardline.referral.viewing import was_viewed

UPLOAD_TIME = "Time of upload to the service. If there are several files, the time of the earliest."
INCIDENT_TIME = "Time at which the incident happened or began, as it was told to the service."
_HAS_CONTENT = (records.Chat, records.Gaming, records.EmailMessage, records.Newsgroup)
_I = TypeVar("_I", records.Chat, records.Gaming, records.EmailMessage, records.Newsgroup)


def time_meaning(items: Iterable[records.Item]) -> str:
    """Say what the time of a report about these is the time of."""
    of_texts = [item.told is not None for item in items]
    return INCIDENT_TIME if of_texts and all(of_texts) else UPLOAD_TIME


def reported(
    item: records.Item, finding: records.Finding | None, telling: records.Telling, reveals: Sequence[records.Reveal], masking: Masking
) -> records.ReportedText:  # fmt: skip
    """Say what is reported of one account in words.

    Args:
        item: The account.
        finding: What the decision says of it.
        telling: As it was told.
        reveals: The case's reveal log.
        masking: Takes a victim's data out of what the platform wrote; an excerpt is evidence and stays as it is.
    """
    context = item.context
    said = (context.facts if context else None) or records.ReportFacts()
    event = None
    if context and context.ip_address is not None:
        event = records.IpEvent(
            ip_address=context.ip_address, event=records.EventName.OTHER, at=telling.happened_at, port=context.port,
            possible_proxy=said.possible_proxy,
        )  # fmt: skip
    return records.ReportedText(
        item_id=item.id, happened_at=telling.happened_at, kind=finding.incident if finding else None,
        words=masking.text("note", telling.what_happened), excerpt=telling.excerpt, names=len({each.by for each in telling.said}),
        messages=len(telling.said), dated=sum(each.at is not None for each in telling.said), viewed=was_viewed(item, reveals), event=event,
    )  # fmt: skip


def require_telling(item: records.Item, tellings: Mapping[str, records.Telling]) -> records.Telling:
    """Give the account of an item; ``InputError`` where it was not given."""
    if item.id not in tellings:
        raise InputError(f"item {item.id}: its account was not given, expected it as it was told")
    return tellings[item.id]


def with_excerpts(
    incidents: Sequence[records.Incident], told: Sequence[tuple[records.ReportedText, str]]
) -> tuple[records.Incident, ...]:
    """Put what was said where it happened: into a place that the platform named and said nothing of yet, else into a conversation of its own.

    Args:
        incidents: The places that the platform named.
        told: Each account, with its surface.
    """
    found = list(incidents)
    for text, surface in told:
        if text.excerpt is None:
            continue
        at = next(
            (at for at, each in enumerate(found) if isinstance(each, _HAS_CONTENT) and each.content is None),
            None,
        )
        if at is None:
            found.insert(0, records.Chat(client=surface, content=text.excerpt))
        else:
            found[at] = _saying(found[at], text.excerpt)
    return tuple(found[: records.MOST_INCIDENTS])


def _saying(place: records.Incident, excerpt: str) -> records.Incident:
    match place:
        case records.Chat() | records.Gaming() | records.EmailMessage() | records.Newsgroup():
            return replace(place, content=excerpt)
        case _:
            return place


def sentences(texts: Sequence[records.ReportedText], items: Sequence[records.Item]) -> list[str]:
    """Give what the note says of accounts in words.

    Args:
        texts: In any order.
        items: Those that they are of, among others.
    """
    hashes = {item.id: item.hashes for item in items}
    said = []
    for text in texts:
        said.append(_account(text.words))
        seen = "Read" if text.viewed else "Not read"
        by = "a person" if text.viewed else "any person"
        said.append(f"{seen} in full by {by} at the service before this report: the account {text.item_id}.")
        digest = next(
            (each.value for each in hashes[text.item_id] if each.kind is records.HashKind.SHA256), None
        )
        said.append(
            "This report has no file. The account and the messages are kept at the service as they were told"
            + (f"; SHA-256 {digest}." if digest else ".")
        )
    return said


def withheld(report: records.Report) -> records.Report:
    """Give a report for people who read it before it goes, without the words of an account: these are shown where a reveal is logged."""
    note, incidents, texts = report.note, report.incidents, []
    for text in report.texts:
        words = _stands(text.words)
        note = note.replace(_account(text.words), _account(words))
        excerpt = None if text.excerpt is None else _stands(text.excerpt)
        if excerpt is not None:
            incidents = tuple(
                _saying(each, excerpt) if getattr(each, "content", None) == text.excerpt else each
                for each in incidents
            )
        texts.append(replace(text, words=words, excerpt=excerpt))
    return replace(report, note=note, incidents=incidents, texts=tuple(texts))


def _account(words: str) -> str:
    return f"What happened, as it was told to the service:\n{words}"


def _stands(text: str) -> str:
    return f"[{len(text):,} characters, not shown here: they stand in the report itself, and are sealed at the service]"
