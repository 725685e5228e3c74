"""The leads' page: are targets kept, who waits longest, and why is this case first. Nothing of any person."""

from __future__ import annotations

from dataclasses import replace

from starlette.responses import Response

from wardline import review, triage
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
    since = {each.id: review.waits_since(each, rules.targets) for each in team.longest}
    listed = [
        [case for case in each if not review.is_party(case, desk.user)][:_LISTED]
        for each in (team.first, team.longest)
    ]
    first, longest = (tuple(desk.wardline.seen_cases(each, user=desk.user)) for each in listed)
    team = replace(team, first=first, longest=longest)
    queues = list(dict.fromkeys(line.queue for line in team.lines))
    return page(
        desk, "team", team=team, queues=queues, factors=review.factors, is_told=triage.is_told, grades=GRADES, counted=COUNTED, oldest_percent=round(100 * rules.oldest_share),
        restricted_days=rules.restricted_most.days, wait_for=review.LEAST_HANDLED, least_drawn=rules.calibration.least_decisions,
        is_near=review.is_near_a_violation, since=since,
    )  # fmt: skip


PAGES = (Page("GET", "/team", LEADS, show),)
