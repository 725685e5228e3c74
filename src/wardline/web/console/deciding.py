"""Having a case in hand: keep it, set it aside, hand it on, say what one knows of it, decide it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import TypeVar

from starlette.responses import Response

from wardline import records, review
from wardline.errors import ConflictError, InputError, NotAllowedError
from wardline.records import Category, FileAnnotation, IncidentKind, Outcome, Reply, ReportAnnotation
from wardline.web import problems
from wardline.web.console import case_view, drafts, filing
from wardline.web.console.case import show_with
from wardline.web.console.desk import REVIEWERS, Desk, Page
from wardline.web.console.rendering import go, page, part

_WRITTEN = ("note", "reason", "danger", "text", "escalation", "passing-note")
"""Fields in which somebody writes sentences."""
Choice = TypeVar("Choice", FileAnnotation, ReportAnnotation)


def claim(desk: Desk) -> Response:
    """Take the case. What was filled in before its lease was lost stands in the form again."""
    case = desk.wardline.claim(desk.record("case"), user=desk.user)
    draft = desk.sent("draft")
    return go(
        f"/cases/{case.id}?draft={draft}"
        if draft.replace("-", "").replace("_", "").isalnum()
        else f"/cases/{case.id}"
    )


def keep(desk: Desk) -> Response:
    """Keep the case longer; what is filled in stays."""
    case = desk.wardline.claim(desk.record("case"), user=desk.user)
    if desk.wants_part:
        return part(desk, "lease", swap_version=True, **case_view.lease_values(desk, case))
    return go(desk.page_with_draft(case.id))


def hold(desk: Desk) -> Response:
    """Set the case aside, with the reason for whoever takes it up."""

    def act(case_id: str) -> Response:
        hours = desk.sent("hours")
        if hours not in case_view.HOLDS:
            raise InputError(f"hours: unknown, expected one of {', '.join(case_view.HOLDS)}")
        until = desk.now + timedelta(hours=int(hours))
        desk.wardline.hold_case(case_id, user=desk.user, until=until, note=_reason(desk))
        return go("/queue")

    return _with_the_form_kept(desk, act)


def escalate(desk: Desk) -> Response:
    """Hand the case to the leads, with the reason."""

    def act(case_id: str) -> Response:
        desk.wardline.escalate(case_id, user=desk.user, note=_reason(desk))
        return go("/queue")

    return _with_the_form_kept(desk, act)


def decide(desk: Desk) -> Response:
    """Record a decision about the case as this person saw it."""

    def act(case_id: str) -> Response:
        case = desk.wardline.parts.store.case(case_id)
        judgement = _judgement(desk, case)
        if desk.needed("version") != str(case.version):
            raise ConflictError(
                f"{case_id}: changed since this page was shown, expected the page as it is now"
            )
        decision = desk.wardline.decide(case_id, user=desk.user, judgement=judgement)
        return go("/queue" if decision.outcome is Outcome.CANNOT_TELL else f"/cases/{case_id}")

    return _with_the_form_kept(desk, act)


def pass_on(desk: Desk) -> Response:
    """Give the case back for good; nobody asks why, and what stands in the note goes with it."""

    def act(case_id: str) -> Response:
        note = _in_one_line(desk.sent("passing-note"))
        desk.wardline.pass_on(case_id, user=desk.user, note=note)
        return go("/queue")

    return _with_the_form_kept(desk, act)


def add_fact(desk: Desk) -> Response:
    """Add what this person knows to the case in hand, for the report that may follow. What is filled in of the decision stays."""

    def act(case_id: str) -> Response:
        kind, text = filing.kind_of(desk), filing.text_of(desk)
        desk.wardline.add_fact(case_id, user=desk.user, kind=kind, text=text)
        return go(desk.page_with_draft(case_id, but=frozenset({"kind", "text"})))

    return _with_the_form_kept(desk, act)


def mark_danger(desk: Desk) -> Response:
    """Note that a child may be in danger now, with what led to it. What is filled in of the decision stays."""

    def act(case_id: str) -> Response:
        note = " ".join(desk.sent("danger").split())
        if not note:
            raise InputError("reason: missing, expected a sentence for whoever takes the case up")
        desk.wardline.mark_danger(case_id, user=desk.user, note=note)
        return go(desk.page_with_draft(case_id, but=frozenset({"danger"})))

    return _with_the_form_kept(desk, act)


def undo(desk: Desk) -> Response:
    """Take one's own decision back within its window. What was answered stands in the form again."""
    store, case_id = desk.wardline.parts.store, desk.record("case")
    decision_id = store.case(case_id).decision_id
    desk.wardline.undo(case_id, user=desk.user)
    answered = drafts.answered(store.decision(decision_id)) if decision_id else {}
    draft = desk.drafts.keep(answered, session_id=desk.session.id, case_id=case_id, now=desk.now)
    return go(f"/cases/{case_id}?draft={draft}&taken-back=1")


def _with_the_form_kept(desk: Desk, act: Callable[[str], Response]) -> Response:
    """Do what a form asks for. What cannot be done loses nothing of what was filled in."""
    case_id = desk.record("case")
    try:
        return act(case_id)
    except InputError as error:
        if case_view.is_mine(desk, desk.wardline.parts.store.case(case_id)):
            return show_with(desk, case_id, desk.form, problem=error)
        raise
    except (ConflictError, NotAllowedError) as error:
        text = next(filter(None, map(desk.sent, _WRITTEN)), "")
        return page(
            desk, "error", status=problems.status_of(error), error=error, written=text, after=desk.page_with_draft(case_id),
        )  # fmt: skip


def _reason(desk: Desk) -> str:
    text = desk.sent("reason")
    if not text:
        raise InputError("reason: missing, expected a sentence for whoever takes the case up")
    return text


def _judgement(desk: Desk, case: records.Case) -> review.Judgement:
    category, note = desk.sent("category"), _in_one_line(desk.sent("note"))
    another, danger = desk.sent("second-opinion") == "yes", _in_one_line(desk.sent("escalation"))
    if category in (Outcome.NOT_VIOLATION, Outcome.OTHER_RULE, Outcome.CANNOT_TELL):
        return review.Judgement(
            outcome=Outcome(category), escalation=danger, note=note, second_opinion=another
        )
    if category in set(IncidentKind):
        return review.Judgement(
            outcome=Outcome.VIOLATION, annotations=_chosen(desk, "report", ReportAnnotation),
            findings=tuple(records.Finding(item_id=item_id, incident=IncidentKind(category)) for item_id in case.item_ids),
            escalation=danger, note=note, second_opinion=another,
        )  # fmt: skip
    if category not in set(Category):
        raise InputError("category: not chosen, expected one of those on the page")
    answers = _answers(desk)
    said_yes = [answer.about for answer in answers if answer.reply is Reply.YES]
    annotations = tuple(dict.fromkeys((*said_yes, *_chosen(desk, "annotation", FileAnnotation))))
    findings = tuple(
        records.Finding(item_id=item_id, category=Category(category), annotations=annotations)
        for item_id in case.item_ids
    )
    return review.Judgement(
        outcome=Outcome.VIOLATION, findings=findings, annotations=_chosen(desk, "report", ReportAnnotation),
        escalation=danger, answers=answers, note=note,
        second_opinion=another,
    )  # fmt: skip


def _in_one_line(text: str) -> str | None:
    """The authority's field takes no line breaks, and a log of notes reads better without."""
    return " ".join(text.split()) or None


def _answers(desk: Desk) -> tuple[records.Answer, ...]:
    found = []
    for about in records.ASKED:
        said = desk.sent(f"answer-{about}")
        if said and said not in set(Reply):
            raise InputError(f"answer-{about}: unknown, expected yes, no or not-sure")
        if said:
            found.append(records.Answer(about=about, reply=Reply(said)))
    return tuple(found)


def _chosen(desk: Desk, field: str, kind: type[Choice]) -> tuple[Choice, ...]:
    sent = set(desk.form.get(field, ()))
    if sent - set(kind):
        raise InputError(f"form: {field} is unknown, expected those of the page")
    return tuple(each for each in kind if each in sent)


PAGES = (
    Page("POST", "/cases/{case_id}/claim", REVIEWERS, claim),
    Page("POST", "/cases/{case_id}/keep", REVIEWERS, keep),
    Page("POST", "/cases/{case_id}/hold", REVIEWERS, hold),
    Page("POST", "/cases/{case_id}/escalation", REVIEWERS, escalate),
    Page("POST", "/cases/{case_id}/decisions", REVIEWERS, decide),
    Page("POST", "/cases/{case_id}/pass", REVIEWERS, pass_on),
    Page("POST", "/cases/{case_id}/facts", REVIEWERS, add_fact),
    Page("POST", "/cases/{case_id}/danger", REVIEWERS, mark_danger),
    Page("POST", "/cases/{case_id}/undo", REVIEWERS, undo),
)
