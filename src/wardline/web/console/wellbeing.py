"""What leads may know of how much their people are shown: of ten or more together, or nothing."""

from __future__ import annotations

from starlette.responses import Response

from wardline.pipeline.wellbeing import TEAM_DAYS
from wardline.records import Role
from wardline.review.team import FEWEST
from wardline.web.console.desk import Desk, Page
from wardline.web.console.rendering import page
from wardline.web.console.your_choices import GRADES


def show(desk: Desk) -> Response:
    """Show the team's means as bands, what is left of its capacity, and the limits as they are set. No figure is one person's."""
    limits = desk.wardline.parts.rules.wellbeing
    return page(
        desk, "wellbeing", team=desk.wardline.team_wellbeing(), limits=limits, fewest=FEWEST, days=TEAM_DAYS, grades=GRADES
    )  # fmt: skip


PAGES = (Page("GET", "/wellbeing", frozenset({Role.LEAD}), show),)
