"""Taking a break: what is in hand goes back, and the page says when pictures come again."""

from __future__ import annotations

from starlette.responses import Response

from wardline.web.console import pause, queue
from wardline.web.console.desk import REVIEWERS, Desk, Page
from wardline.web.console.rendering import go, page


def take(desk: Desk) -> Response:
    """Begin a break. Only what goes back is written: that it was for a break is nobody's business."""
    pause.give_back(desk, pause.only_back)
    return go("/break")


def show(desk: Desk) -> Response:
    """Show the page of the break."""
    seen, limits = desk.wardline.exposure(desk.user), desk.wardline.parts.rules.wellbeing
    over = seen.last_at + limits.break_length if seen.last_at else desk.now
    return page(
        desk,
        "break",
        over=over,
        minutes=limits.break_length,
        is_over=over <= desk.now,
        held=queue.in_hand(desk),
    )


PAGES = (Page("POST", "/break", REVIEWERS, take), Page("GET", "/break", REVIEWERS, show))
