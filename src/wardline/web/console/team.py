"""The leads' page: are targets kept, who waits longest, and why is this case first. Nothing of any person."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from starlette.responses import Response

from wardline import records, review, triage
from wardline.pipeline.team import COUNTED
from wardline.records import Role
from wardline.web.console.desk import Desk, Page
from wardline.web.console.rendering import page
from wardline.web.console.your_choices import GRADES

LEADS = frozenset({Role.LEAD})
_LISTED = 5


def show(desk: Desk) -> Response:
    """Show every queue and class: what waits, what is due, and whether targets were kept."""
    rules = desk.wardline.parts.rules
    team = desk.wardline.team()
    since = {each.id: desk.wardline.waits_since(each) for each in team.longest}
    first, longest = (
        tuple(desk.wardline.seen_cases(each, user=desk.user)) for each in (team.first, team.longest)
    )
    team = replace(team, first=_of_others(desk, first), longest=_of_others(desk, longest))
    own = {
        each.first_due.id
        for each in team.lines
        if each.first_due and review.is_party(each.first_due, desk.user)
    }
    queues = list(dict.fromkeys(line.queue for line in team.lines))
    return page(
        desk, "team", team=team, queues=queues, factors=review.factors, is_told=triage.is_told, grades=GRADES, counted=COUNTED, oldest_percent=round(100 * rules.oldest_share),
        restricted_days=rules.restricted_most.days, wait_for=review.LEAST_HANDLED, least_drawn=rules.calibration.least_decisions,
        is_near=review.is_near_a_violation, own=own, since=since,
    )  # fmt: skip


def _of_others(desk: Desk, cases: Sequence[records.Case]) -> tuple[records.Case, ...]:
    """Give the first few that are about no account of this lead's own."""
    return tuple(each for each in cases if not review.is_party(each, desk.user))[:_LISTED]


PAGES = (Page("GET", "/team", LEADS, show),)
