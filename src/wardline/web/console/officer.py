"""A report as the officer reads it: is a child in danger, which child, who, where, what, whom to ask; then the rest, then the documents."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from starlette.responses import Response

from wardline import records, referral
from wardline.errors import NotFoundError
from wardline.pipeline import bundles, filed_together, reported, wrong_references
from wardline.records import FactKind, FileAnnotation, ReportAnnotation
from wardline.web.console import case_view, filing, packs
from wardline.web.console.desk import OVERSEERS, Desk, Page
from wardline.web.console.rendering import page

_DOCUMENTS = 2
_CHARACTERS = 8_000
"""Of each document so much is shown: a page stays small, and the whole is a download."""
_ADDRESSES = 12
_SAID, _PARTIES = 3, 6
_EXCERPT = 1_200
"""Characters of an excerpt that are shown: its end, which is the newest."""
_OF_REPORTS: dict[ReportAnnotation, str] = {
    **dict(case_view.REPORT),
    ReportAnnotation.CSAM_SOLICITATION: "Asking a child for pictures",
    ReportAnnotation.SADISTIC_ONLINE_EXPLOITATION: "Sadistic online exploitation",
}
_OF_FILES: dict[FileAnnotation, str] = {
    **dict(case_view.QUESTIONS), **dict(case_view.OTHERS),
    FileAnnotation.VIOLENCE_GORE: "Violence", FileAnnotation.BESTIALITY: "Animals",
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Somebody:
    """A victim, or somebody whom it was meant for."""

    name: str
    account: str
    age: str
    lives: str
    """School, and places."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """The end of an excerpt of what was written."""

    where: str
    text: str
    is_cut: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Brief:
    """What an officer has to know within a minute."""

    danger: str | None
    """The reasons in writing, the newest first; None: nobody wrote one."""
    marked: bool
    """Somebody marked the case as danger, and nobody wrote why."""
    victims: tuple[Somebody, ...]
    recipients: tuple[Somebody, ...]
    said: tuple[Said, ...]
    more: dict[str, int]
    """How many more of these three the documents hold."""
    people: dict[FactKind, list[str]]
    """What people wrote down, by its kind."""
    passed: dict[FactKind, tuple[str, ...]]
    """What the platform passed of the same kinds."""
    regions: tuple[str, ...]
    addresses: tuple[records.IpEvent, ...]
    """Newest first, as many as are shown."""
    more_addresses: int
    urls: tuple[str, ...]
    categories: str
    words: str
    viewed: int
    calls: tuple[records.Fact, ...]
    accounts: tuple[str, ...]
    """Of a batched report all that it names; else the one."""


def show(desk: Desk) -> Response:
    """Show a report as the officer reads it, to be printed too."""
    found = desk.wardline.preview_referral(filing.opened(desk))
    if found.report is None:
        raise NotFoundError(
            f"{found.referral.id}: its report cannot be built any more, expected one that can"
        )
    documents = found.preview.documents if found.preview is not None else ()
    receipt = desk.wardline.receipt_of(found.referral)
    return page(
        desk, "officer", incident_words=records.KIND_WORDS, referral=found.referral, report=found.report, brief=_brief(desk, found.referral, found.report),
        score=referral.score(found.checklist), numbers=filing.emergency(desk, *bundles.lead_of(desk.wardline.parts, found.referral).case_ids),
        documents=[(each.name, each.body[:_CHARACTERS].decode("utf-8", "replace"), len(each.body) > _CHARACTERS) for each in documents[:_DOCUMENTS]],
        awaits=referral.awaits(found.referral), unwanted=packs.is_unwanted(found.referral),
        several_packs=filed_together.packs_in(desk.wardline.parts, bundles.lead_of(desk.wardline.parts, found.referral)),
        is_word=receipt is not None and wrong_references.is_word(receipt),
        more_documents=max(0, len(documents) - _DOCUMENTS), unavailable=found.unavailable,
    )  # fmt: skip


def _brief(desk: Desk, of: records.Referral, report: records.Report) -> Brief:
    parts, known = desk.wardline.parts, report.person.facts or records.Party()
    facts = reported.facts_of_report(parts, of)
    uploads = (file.upload for file in report.files)
    events = {each for each in (*report.person.ip_events, *known.ip_events, *uploads) if each}
    newest = sorted(events, key=lambda each: (each.at or report.incident_at, each.ip_address), reverse=True)
    people: dict[FactKind, list[str]] = {kind: [] for kind in FactKind}
    said = [each for each in map(_said, report.incidents) if each]
    for each in facts:
        people[each.kind].append(each.text)
    return Brief(
        danger=None if report.escalation == referral.MARKED else report.escalation, marked=report.escalation == referral.MARKED,
        victims=tuple(map(_somebody, report.victims[:_PARTIES])), recipients=tuple(map(_somebody, report.recipients[:_PARTIES])),
        said=tuple(said[-_SAID:]),
        more={"victims": len(report.victims[_PARTIES:]), "recipients": len(report.recipients[_PARTIES:]), "said": len(said[:-_SAID])},
        people=people,
        passed={
            FactKind.IDENTIFIER: referral.identifiers(known), FactKind.LINKED: referral.linked(known), FactKind.LOCATION: referral.places(known),
        },
        regions=referral.regions_of(bundles.items_about(parts, of)) if report.corrects is None and report.batch is None else (),
        addresses=tuple(newest[:_ADDRESSES]), more_addresses=max(0, len(newest) - _ADDRESSES), urls=report.urls,
        categories=_categories(report), words=_words(report), viewed=sum(file.viewed for file in report.files),
        calls=tuple(each for each in reversed(facts) if each.kind is FactKind.CALL),
        accounts=(report.person.account_reference, *(report.batch.account_references if report.batch else ())),
    )  # fmt: skip


def _somebody(party: records.Party) -> Somebody:
    person = party.person or records.Person()
    names = " ".join(each for each in (person.first_name, person.last_name) if each)
    accounts = (
        party.account_reference,
        party.screen_name,
        *party.display_names,
        *(each.address for each in person.emails),
    )
    age = [f"{person.age}"] if person.age is not None else []
    age += [f"born {person.date_of_birth:%d %b %Y}"] if person.date_of_birth is not None else []
    age += ["other signs speak for another age"] if person.age_disputed else []
    return Somebody(
        name=names or "no name known", account=", ".join(each for each in accounts if each) or "not known", age=", ".join(age),
        lives=", ".join(each for each in (party.school, *referral.places(party)) if each),
    )  # fmt: skip


def _said(incident: records.Incident) -> Said | None:
    match incident:
        case records.Chat(client=first, room=second) | records.Gaming(game=first, console=second):
            where = ", ".join(each for each in (first, second) if each)
        case records.EmailMessage():
            where = "e-mail"
        case records.Newsgroup(name=name):
            where = name or "newsgroup"
        case _:
            return None
    if not (incident.content or "").strip():
        return None
    text = (incident.content or "").strip()
    return Said(where=where or "a conversation", text=text[-_EXCERPT:], is_cut=len(text) > _EXCERPT)


def _categories(report: records.Report) -> str:
    counted = Counter(file.category for file in report.files)
    known = [f"{counted[each]} of category {each}" for each in sorted(each for each in counted if each)]
    return ", ".join([*known, *([f"{counted[None]} without a category"] if counted[None] else [])])


def _words(report: records.Report) -> str:
    of_files = (annotation for file in report.files for annotation in file.annotations)
    said = [_OF_REPORTS[each] for each in report.annotations]
    said += [_OF_FILES[each] for each in dict.fromkeys(of_files)]
    return ", ".join(said)


PAGES = (Page("GET", "/referrals/{referral_id}/officer", OVERSEERS, show),)
