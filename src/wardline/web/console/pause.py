"""I need to stop: the case goes back, the screen is empty, nobody asks."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from typing import ParamSpec

import structlog
from starlette.responses import Response

from wardline.errors import VersionConflictError, WardlineError
from wardline.web.console import queue
from wardline.web.console.desk import EVERYBODY, Desk, Page
from wardline.web.console.rendering import bare, theme_of

P = ParamSpec("P")
_MOVED, _REFUSED = 300, 400
_TRIES = 3
_log = structlog.get_logger("wardline.console")


def stop(desk: Desk) -> Response:
    """Give every case back and show the quiet page, even if all else fails.

    The log has no entry for it: one would tell everybody who reads the log. A case that goes back looks like one that was passed on.
    """
    return _quiet(is_back=give_back(desk, _stop), theme=theme_of(desk.request.cookies))


def show(desk: Desk) -> Response:
    """The quiet page."""
    return _quiet(is_back=not queue.in_hand(desk), theme=theme_of(desk.request.cookies))


def give_back(desk: Desk, back: Callable[[Desk, str], None]) -> bool:
    """Return every case that this person holds and cover what is revealed; each whatever became of the others.

    Args:
        desk: Whose cases.
        back: How one goes back.

    Returns:
        Whether nothing is in their hands any more. What is left comes free by itself when its lease ends.
    """
    failed: list[Exception] = []
    try:
        held = queue.in_hand(desk)
    except Exception as error:  # noqa: BLE001 -- whatever it was, the page comes
        failed, held = [error], []
    for case in held:
        try:
            _again(back, desk, case.id)
        except Exception as error:  # noqa: BLE001 -- the others go back all the same
            failed.append(error)
    try:
        desk.wardline.cover_again(user=desk.user)
    except Exception as error:  # noqa: BLE001 -- the screen is empty either way
        failed.append(error)
    for each in failed:
        code = each.code if isinstance(each, WardlineError) else type(each).__name__
        _log.error("a case could not be given back; its lease will end by itself", error=code)
    return not failed


def _again(back: Callable[[Desk, str], None], desk: Desk, case_id: str) -> None:
    for _ in range(_TRIES):
        with suppress(VersionConflictError):  # another tab changed it at this moment
            return back(desk, case_id)
    return back(desk, case_id)


def _stop(desk: Desk, case_id: str) -> None:
    """Leave it to a colleague: whoever comes back after stopping is not handed the very case that made them stop."""
    desk.wardline.stop(case_id, user=desk.user)


def only_back(desk: Desk, case_id: str) -> None:
    """Give it back, to whoever takes it next."""
    desk.wardline.return_case(case_id, user=desk.user)


def whatever_happens(answer: Callable[P, Response]) -> Callable[P, Response]:
    """Make an answer that always looks like the quiet page: also without a session, with an old form, or when nothing works."""

    def quiet(*args: P.args, **kwargs: P.kwargs) -> Response:
        try:
            given = answer(*args, **kwargs)
        except Exception as error:  # noqa: BLE001 -- whoever needs to stop is shown no error
            _log.error(
                "stopping was not carried out; leases will end by themselves", error=type(error).__name__
            )
            return _quiet(is_back=False, status=500)
        if given.status_code < _MOVED:
            return given
        return _quiet(is_back=False, status=given.status_code if given.status_code >= _REFUSED else 401)

    return quiet


def _quiet(*, is_back: bool, status: int = 200, theme: str = "system") -> Response:
    return bare("pause", status=status, theme=theme, is_back=is_back)


PAGES = (Page("POST", "/pause", EVERYBODY, stop), Page("GET", "/pause", EVERYBODY, show))
