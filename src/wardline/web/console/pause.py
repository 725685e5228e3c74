"""I need to stop: the case goes back, the screen is empty, nobody asks."""

from __future__ import annotations

import structlog
from starlette.responses import Response

from wardline.errors import WardlineError
from wardline.web.console import queue
from wardline.web.console.desk import EVERYBODY, Desk, Page
from wardline.web.console.rendering import bare, theme_of

_log = structlog.get_logger("wardline.console")


def stop(desk: Desk) -> Response:
    """Give every case back and show the quiet page, even if all else fails.

    The log has no entry for it: one would tell everybody who reads the log. A case that goes back looks like one that was passed on.
    """
    try:
        for case in queue.in_hand(desk):
            desk.wardline.return_case(case.id, user=desk.user)
        desk.wardline.cover_again(user=desk.user)
    except WardlineError as error:
        _log.error("a case could not be given back; its lease will end by itself", error=error.code)
    return show(desk)


def show(desk: Desk) -> Response:
    """The quiet page."""
    return bare("pause", theme=theme_of(desk.request.cookies))


PAGES = (Page("POST", "/pause", EVERYBODY, stop), Page("GET", "/pause", EVERYBODY, show))
