"""``/v1/cases``: claim, reveal, decide."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Annotated

from fastapi import APIRouter, Depends
from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import Response

from wardline import records, review
from wardline.errors import InputError
from wardline.pipeline import Showing, Wardline, seeing
from wardline.pipeline.blindness import Answered
from wardline.pipeline.golden import KnownAnswer
from wardline.records import require_id
from wardline.web import access
from wardline.web.access import Caller
from wardline.web.api.pages import Cursor, Limit, Page, page

router = APIRouter(prefix="/v1/cases", tags=["cases"])

_Caller = Annotated[Caller, Depends(access.caller)]
_Wardline = Annotated[Wardline, Depends(access.wardline)]


class RevealBody(BaseModel):
    model_config = ConfigDict(extra="forbid")
    item_id: str
    frame: int = Field(0, ge=0, description="Of an animation; 0 for a still picture")


class FindingBody(BaseModel):
    model_config = ConfigDict(extra="forbid")
    item_id: str
    category: records.Category | None = None
    annotations: list[records.FileAnnotation] = Field(default_factory=list, max_length=10)
    incident: records.IncidentKind | None = Field(
        None, description="Of an account without a file, instead of a category"
    )


class AnswerBody(BaseModel):
    model_config = ConfigDict(extra="forbid")
    about: records.FileAnnotation = Field(description=f"One of {', '.join(records.ASKED)}")
    reply: records.Reply


class HoldBody(BaseModel):
    model_config = ConfigDict(extra="forbid")
    until: datetime = Field(description="Within the next seven days, with its zone")
    note: str = Field(min_length=1, max_length=2000, description="Why, for whoever takes it up again")


class OpeningBody(BaseModel):
    model_config = ConfigDict(extra="forbid")
    reason: str = Field(min_length=1, max_length=500, description="Why, for whoever reads the log")


class EscalationBody(BaseModel):
    model_config = ConfigDict(extra="forbid")
    note: str = Field(min_length=1, max_length=2000, description="Why, for the leads")


class DecisionBody(BaseModel):
    model_config = ConfigDict(extra="forbid")
    outcome: records.Outcome
    findings: list[FindingBody] = Field(default_factory=list, max_length=1000)
    annotations: list[records.ReportAnnotation] = Field(default_factory=list, max_length=5)
    answers: list[AnswerBody] = Field(default_factory=list, max_length=len(records.ASKED))
    note: str | None = Field(None, min_length=1, max_length=2000, description="For colleagues")
    escalation: str | None = Field(
        None, min_length=1, max_length=3000, description="Only when a child may be in danger now: why"
    )
    second_opinion: bool = Field(
        False, description="Another person decides too, without knowing this; only of a first decision"
    )

    def judgement(self) -> review.Judgement:
        """Turn it into what a moderator says."""
        findings = tuple(
            records.Finding(
                item_id=each.item_id,
                category=each.category,
                annotations=tuple(dict.fromkeys(each.annotations)),
                incident=each.incident,
            )
            for each in self.findings
        )
        return review.Judgement(
            outcome=self.outcome,
            findings=findings,
            annotations=tuple(dict.fromkeys(self.annotations)),
            escalation=self.escalation,
            answers=tuple(records.Answer(about=each.about, reply=each.reply) for each in self.answers),
            note=self.note,
            second_opinion=self.second_opinion,
        )


@router.get("")
def list_cases(
    caller: _Caller, wardline: _Wardline, state: records.CaseState | None = None, mine: bool = False,
    cursor: Cursor = None, limit: Limit = 100,
) -> Page[records.Case]:  # fmt: skip
    """List cases, oldest first; with ``mine``, of each page only those that the caller has claimed."""
    stored = wardline.parts.store.cases(state=state, after=cursor, most=limit)
    found = [seeing.without_account(wardline.parts, each, caller.person) for each in stored]
    ids = [case.id for case in found]
    found = wardline.seen_cases(found, user=caller.person)
    full = page(found, limit, ids)
    return (
        Page(items=[case for case in found if case.claimed_by == caller.person.id], next=full.next)
        if mine
        else full
    )


@router.post(
    "/next", response_model=records.Case, responses={204: {"description": "No case waits for this person"}}
)
def take_next(caller: _Caller, wardline: _Wardline) -> records.Case | Response:
    """Claim the next case, in the order in which cases are handed out."""
    case = wardline.next_case(caller.person)
    return _seen(wardline, caller, case) if case else Response(status_code=204)


def _seen(wardline: Wardline, caller: Caller, case: records.Case) -> records.Case:
    """Give a case as its reader may see it: others' opinions are not known before it is closed."""
    return wardline.seen_cases([case], user=caller.person)[0]


@router.get("/{case_id}")
def show_case(case_id: str, caller: _Caller, wardline: _Wardline) -> records.Case:
    """Show one case; its account only to whom it is open."""
    case = _seen(wardline, caller, wardline.parts.store.case(require_id("case", case_id)))
    return seeing.without_account(wardline.parts, case, caller.person)


@router.post("/{case_id}/openings", status_code=201)
def look_into_case(case_id: str, body: OpeningBody, caller: _Caller, wardline: _Wardline) -> records.Opening:
    """Open a case that one does not hold, with a reason; for leads and auditors, for half an hour."""
    return seeing.look_into(wardline.parts, require_id("case", case_id), caller.person, body.reason)


@router.post("/{case_id}/standing-aside")
def stand_aside(case_id: str, caller: _Caller, wardline: _Wardline) -> records.Case:
    """Leave the appeal of a case to others, to export what tells what was found in it."""
    (left,) = wardline.leave_appeals([require_id("case", case_id)], user=caller.person)
    return seeing.without_account(wardline.parts, _seen(wardline, caller, left), caller.person)


@router.post("/{case_id}/claim")
def claim_case(case_id: str, caller: _Caller, wardline: _Wardline) -> records.Case:
    """Claim one case, or renew a claim."""
    return _seen(wardline, caller, wardline.claim(require_id("case", case_id), user=caller.person))


@router.post("/{case_id}/return")
def return_case(case_id: str, caller: _Caller, wardline: _Wardline) -> records.Case:
    """Give a case back. No reason is asked."""
    return _seen(wardline, caller, wardline.return_case(require_id("case", case_id), user=caller.person))


@router.post("/{case_id}/hold")
def hold_case(case_id: str, body: HoldBody, caller: _Caller, wardline: _Wardline) -> records.Case:
    """Set a claimed case aside until later."""
    if body.until.tzinfo is None:
        raise InputError("until: time without a zone, expected one")
    until = body.until.astimezone(UTC)
    held = wardline.hold_case(require_id("case", case_id), user=caller.person, until=until, note=body.note)
    return _seen(wardline, caller, held)


@router.post("/{case_id}/escalation")
def escalate_case(case_id: str, body: EscalationBody, caller: _Caller, wardline: _Wardline) -> records.Case:
    """Hand a claimed case to the leads."""
    handed = wardline.escalate(require_id("case", case_id), user=caller.person, note=body.note)
    return _seen(wardline, caller, handed)


@router.get("/{case_id}/reveals")
def list_reveals(
    case_id: str, caller: _Caller, wardline: _Wardline, mine: bool = False
) -> list[records.Reveal]:
    """List who was shown what, to whom the case is open; with ``mine``, only what the caller was shown."""
    if not mine:
        seeing.require(wardline.parts, require_id("case", case_id), caller.person)
    shown = wardline.seen_reveals(require_id("case", case_id), user=caller.person)
    return [each for each in shown if each.user_id == caller.person.id] if mine else shown


@router.post(
    "/{case_id}/reveals",
    response_class=Response,
    responses={200: {"content": {"image/png": {}, "text/plain": {}}}},
)
def reveal(case_id: str, body: RevealBody, caller: _Caller, wardline: _Wardline) -> Response:
    """Show one frame of one file, or the words of an account without one. The log has it before the first byte leaves."""
    item_id = require_id("item", body.item_id)
    shown = wardline.reveal(
        require_id("case", case_id),
        item_id=item_id,
        user=caller.person,
        showing=Showing(frame=body.frame),
    )
    is_text = wardline.parts.store.item(item_id).told is not None
    form = "text/plain; charset=utf-8" if is_text else "image/png"
    return Response(shown, media_type=form, headers={"Cache-Control": "no-store"})


@router.post("/{case_id}/decisions", status_code=201)
def decide(case_id: str, body: DecisionBody, caller: _Caller, wardline: _Wardline) -> records.Decision:
    """Decide a claimed case. It takes effect when the undo window is over."""
    return wardline.decide(require_id("case", case_id), user=caller.person, judgement=body.judgement())


@router.post("/{case_id}/undo")
def undo(case_id: str, caller: _Caller, wardline: _Wardline) -> records.Case:
    """Take one's own decision back within its window."""
    return _seen(wardline, caller, wardline.undo(require_id("case", case_id), user=caller.person))


@router.get("/{case_id}/actions")
def list_actions(case_id: str, caller: _Caller, wardline: _Wardline) -> list[records.Action]:
    """List what the platform was asked to do; not what others' opinions led to, before the case is settled. About whom and what, only to
    whom the case is open."""
    case = wardline.parts.store.case(require_id("case", case_id))
    asked = wardline.seen_actions(case.id, user=caller.person)
    if seeing.sees(wardline.parts, case, caller.person):
        return asked
    return [replace(each, account_reference="", content_reference=None) for each in asked]


@router.get("/{case_id}/opinions")
def list_opinions(case_id: str, caller: _Caller, wardline: _Wardline) -> list[Answered]:
    """Give the answers between which the caller, who holds the case, decides: without names, times and notes."""
    return wardline.answers_for(require_id("case", case_id), user=caller.person)


@router.get("/{case_id}/known-answer")
def known_answer(case_id: str, caller: _Caller, wardline: _Wardline) -> KnownAnswer:
    """Say whether a case that the caller just decided was a file with a known answer, and which."""
    return wardline.known_answer(require_id("case", case_id), user=caller.person)
