"""A case for whoever does not hold it: a lead or an auditor gives a reason, and sees for half an hour what is recorded. No picture."""

from __future__ import annotations

from starlette.responses import Response

from wardline import records, referral
from wardline.errors import InputError
from wardline.pipeline import appeal_looks, blindness, facts_kept, seeing, taking_on
from wardline.web import problems
from wardline.web.console.desk import OPENERS, Desk, Page
from wardline.web.console.opinion_view import OUTCOMES
from wardline.web.console.rendering import go, page


def show(desk: Desk) -> Response:
    """Show what is recorded of a case to whoever opened it with a reason; ask for the reason otherwise."""
    return _show(desk)


def look_into(desk: Desk) -> Response:
    """Open a case with a reason. The log has it before anything is shown."""
    case_id = desk.record("case")
    try:
        seeing.look_into(desk.wardline.parts, case_id, desk.user, desk.sent("reason"))
    except InputError as error:
        return _show(desk, wrong=error)
    taking_on.leave_to_others(desk.wardline.parts, case_id, desk.user)
    return go(f"/cases/{case_id}/record")


def _show(desk: Desk, wrong: InputError | None = None) -> Response:
    store = desk.wardline.parts.store
    case = store.case(desk.record("case"))
    status = problems.status_of(wrong) if wrong else 200
    # A lead may have to judge it yet, without knowing what others said.
    blindness.require_open(desk.wardline.parts, case.id, desk.user)
    is_appealed = bool(appeal_looks.may_answer(desk.wardline.parts, [case.id], desk.user))
    if is_appealed or not seeing.sees(desk.wardline.parts, case, desk.user):
        return page(
            desk, "case_opening", status=status, case=case, wrong=wrong, lasts=seeing.LASTS, is_appealed=is_appealed
        )  # fmt: skip
    names = {user.id: user.name for user in store.users()}
    return page(
        desk, "case_record", status=status, case=case, names=names, items=[store.item(each) for each in case.item_ids],
        reveals=store.reveals_of(case.id), decisions=store.decisions_of(case.id), notes=store.notes_of(case.id),
        facts=facts_kept.seen(desk.wardline.parts, case, desk.user), own_facts_alone=facts_kept.are_own_alone(case, desk.user), fact_words=referral.FACT_WORDS,
        outcomes=OUTCOMES, incident_words=records.KIND_WORDS, until=store.opening_of(case.id, desk.user.id, now=desk.now),
    )  # fmt: skip


PAGES = (
    Page("GET", "/cases/{case_id}/record", OPENERS, show),
    Page("POST", "/cases/{case_id}/opening", OPENERS, look_into),
)
