"""Search. What is searched for travels in the form, never in an address, so that no account stands in histories and proxies' logs."""

from __future__ import annotations

from starlette.responses import Response

from wardline.web.console.desk import REVIEWERS, Desk, Page
from wardline.web.console.opinion_view import OUTCOMES
from wardline.web.console.rendering import page


def ask(desk: Desk) -> Response:
    """Ask what is searched for."""
    return page(desk, "search", words="", found=None)


def show(desk: Desk) -> Response:
    """Show what was found: cases and referrals, without pictures. The log has it that somebody searched."""
    words = desk.needed("words")
    found = desk.wardline.find(words, user=desk.user)
    cases = (*found.by_id, *found.of_account)
    decisions = desk.wardline.parts.store.several_decisions(
        [case.decision_id for case in cases if case.decision_id]
    )
    return page(desk, "search", words=words, found=found, decisions=decisions, outcomes=OUTCOMES)


PAGES = (Page("GET", "/search", REVIEWERS, ask), Page("POST", "/search", REVIEWERS, show))
