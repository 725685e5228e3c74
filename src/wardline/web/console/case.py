"""A case: why it is here, a cover for each file, a deliberate reveal, and the decision."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeVar

from starlette.responses import Response

from wardline import records, review
from wardline.errors import ConflictError, InputError
from wardline.pipeline import Showing
from wardline.records import Category, FileAnnotation, Outcome, Rendition, ReportAnnotation
from wardline.web.console.desk import REVIEWERS, Desk, Page
from wardline.web.console.rendering import HEADERS, go, page

Choice = TypeVar("Choice", FileAnnotation, ReportAnnotation)

_SMALL, _FULL = 480, 1600
"""Longest side of a revealed picture, pixels."""
_CATEGORIES = (
    (Category.A1, "younger, kind 1"), (Category.A2, "younger, kind 2"), (Category.B1, "older, kind 1"), (Category.B2, "older, kind 2"),
)  # fmt: skip
_SORTED_BY = (
    (FileAnnotation.POTENTIAL_MEME, "Potential meme"), (FileAnnotation.GENERATIVE_AI, "Generative AI"), (FileAnnotation.VIRAL, "Viral"),
)  # fmt: skip
_OTHERS = (
    (FileAnnotation.ANIME_DRAWING_VIRTUAL_HENTAI, "Drawing or animation"),
    (FileAnnotation.POSSIBLE_SELF_PRODUCTION, "Possible self-production"), (FileAnnotation.LIVE_STREAMING, "Live streaming"),
    (FileAnnotation.INFANT, "Infant"), (FileAnnotation.PHYSICAL_HARM, "Physical harm"),
)  # fmt: skip
_REPORT = (
    (ReportAnnotation.SEXTORTION, "Sextortion"), (ReportAnnotation.MINOR_TO_MINOR_INTERACTION, "Between minors"),
    (ReportAnnotation.SPAM, "Spam"),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Look:
    """One file of a case, as the page shows it."""

    item: records.Item
    number: int
    picture: str | None
    """Address of the revealed picture, to be fetched once; None while it is covered."""
    frame: int
    seen: int
    """How many of its frames this person was shown."""
    viewed: bool
    """Whether a report would say that a person viewed the entire file."""


def show(desk: Desk) -> Response:
    """Show a case with every file covered."""
    return _show(desk, desk.wardline.parts.store.case(desk.record("case")))


def claim(desk: Desk) -> Response:
    """Claim the case, or keep it longer."""
    return go(f"/cases/{desk.wardline.claim(desk.record('case'), user=desk.user).id}")


def return_case(desk: Desk) -> Response:
    """Pass the case on; nobody asks why."""
    desk.wardline.return_case(desk.record("case"), user=desk.user)
    return go("/queue")


def cover(desk: Desk) -> Response:
    """Give the stand-in for a file: at most 32 by 20 grey points, made and blurred on the server."""
    picture = desk.wardline.cover(desk.record("case"), item_id=desk.record("item"), user=desk.user)
    return Response(picture, media_type="image/png", headers=HEADERS)


def reveal(desk: Desk) -> Response:
    """Show one file to this person. The log has it before the page is sent."""
    case_id, item_id = desk.record("case"), records.require_id("item", desk.needed("item_id"))
    frame = desk.sent("frame") or "0"
    if not frame.isascii() or not frame.isdigit() or len(frame) > 6:
        raise InputError("form: frame is no number, expected one")
    showing = Showing(
        frame=int(frame), rendition=Rendition.FULL if desk.sent("show") == "colour" else Rendition.GREY,
        longest_side=_FULL if desk.sent("size") == "full" else _SMALL,
    )  # fmt: skip
    picture = desk.wardline.reveal(case_id, item_id=item_id, user=desk.user, showing=showing)
    name = desk.shelf.put(picture, session_id=desk.session.id, now=desk.now)
    case = desk.wardline.parts.store.case(case_id)
    return _show(desk, case, revealed=item_id, picture=f"/pictures/{name}", frame=int(frame))


def fetch(desk: Desk) -> Response:
    """Give a revealed picture to the browser of the person it was revealed to, once."""
    picture = desk.shelf.take(desk.path("name"), session_id=desk.session.id, now=desk.now)
    return Response(picture, media_type="image/png", headers=HEADERS)


def decide(desk: Desk) -> Response:
    """Record a decision about the case as this person saw it."""
    case_id = desk.record("case")
    case = desk.wardline.parts.store.case(case_id)
    if desk.needed("version") != str(case.version):
        raise ConflictError(f"{case_id}: changed since this page was shown, expected the page as it is now")
    decision = desk.wardline.decide(case_id, user=desk.user, judgement=_judgement(desk, case))
    return go("/queue" if decision.outcome is Outcome.CANNOT_TELL else f"/cases/{case_id}")


def undo(desk: Desk) -> Response:
    """Take one's own decision back within its window."""
    return go(f"/cases/{desk.wardline.undo(desk.record('case'), user=desk.user).id}")


def _judgement(desk: Desk, case: records.Case) -> review.Judgement:
    category = desk.needed("category")
    if category in (Outcome.NOT_VIOLATION, Outcome.CANNOT_TELL):
        return review.Judgement(outcome=Outcome(category))
    if category not in set(Category):
        raise InputError("form: category is unknown, expected one of the page's")
    annotations = _chosen(desk, "annotation", FileAnnotation)
    findings = tuple(
        records.Finding(item_id=item_id, category=Category(category), annotations=annotations)
        for item_id in case.item_ids
    )
    return review.Judgement(
        outcome=Outcome.VIOLATION, findings=findings, annotations=_chosen(desk, "report", ReportAnnotation),
        # In one line: the authority's field takes no line breaks.
        escalation=" ".join(desk.sent("escalation").split()) or None,
    )  # fmt: skip


def _chosen(desk: Desk, field: str, kind: type[Choice]) -> tuple[Choice, ...]:
    sent = set(desk.form.get(field, ()))
    if sent - set(kind):
        raise InputError(f"form: {field} is unknown, expected those of the page")
    return tuple(each for each in kind if each in sent)


def _show(
    desk: Desk, case: records.Case, *, revealed: str | None = None, picture: str | None = None, frame: int = 0
) -> Response:
    store = desk.wardline.parts.store
    reveals = store.reveals_of(case.id)
    looks = []
    for number, item_id in enumerate(case.item_ids, start=1):
        item = store.item(item_id)
        seen = review.viewed_frames(item_id, reveals)
        every = set(range(review.frames_of(item)))
        looks.append(Look(
            item=item, number=number, picture=picture if item_id == revealed else None, frame=frame if item_id == revealed else 0,
            seen=len(seen.get(desk.user.id, ())), viewed=bool(every) and any(every <= frames for frames in seen.values()),
        ))  # fmt: skip
    mine = case.claimed_by == desk.user.id and case.lease_until is not None and case.lease_until > desk.now
    return page(
        desk, "case", case=case, looks=looks, reveals=reveals, mine=mine and case.state is records.CaseState.OPEN,
        decision=store.decision(case.decision_id) if case.decision_id else None, actions=store.actions_of(case.id),
        referrals=store.referrals(case_id=case.id), earlier=_earlier(desk, case), categories=_CATEGORIES, sorted_by=_SORTED_BY,
        others=_OTHERS, report=_REPORT, names=_names(desk),
    )  # fmt: skip


def _earlier(desk: Desk, case: records.Case) -> list[records.Case]:
    """Other cases about the same account."""
    if not case.account_reference:
        return []
    return [
        each
        for each in desk.wardline.parts.store.cases(account=case.account_reference, most=50)
        if each.id != case.id
    ]


def _names(desk: Desk) -> dict[str, str]:
    return {user.id: user.name for user in desk.wardline.parts.store.users()}


PAGES = (
    Page("GET", "/cases/{case_id}", REVIEWERS, show),
    Page("POST", "/cases/{case_id}/claim", REVIEWERS, claim),
    Page("POST", "/cases/{case_id}/return", REVIEWERS, return_case),
    Page("GET", "/cases/{case_id}/covers/{item_id}", REVIEWERS, cover),
    Page("POST", "/cases/{case_id}/reveals", REVIEWERS, reveal),
    Page("POST", "/cases/{case_id}/decisions", REVIEWERS, decide),
    Page("POST", "/cases/{case_id}/undo", REVIEWERS, undo),
    Page("GET", "/pictures/{name}", REVIEWERS, fetch),
)
