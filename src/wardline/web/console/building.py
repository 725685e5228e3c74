"""The console's routes: every request passes the session, the rule, and for changes the form's token, before a page sees it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable
from pathlib import Path
from urllib.parse import parse_qs, quote

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles

from wardline.errors import NotAllowedError, NotAuthenticatedError, WardlineError
from wardline.pipeline import Wardline, sessions
from wardline.web import problems
from wardline.web.console import case, pause, people, queue, records_kept, sign_in, watching
from wardline.web.console.desk import Desk, Page
from wardline.web.console.origins import require_own_form
from wardline.web.console.pictures import Shelf
from wardline.web.console.rendering import bare, go, page, theme_of

_STATIC = Path(__file__).parent / "static"
_MOST_FIELDS = 200

PAGES: tuple[Page, ...] = (
    *queue.PAGES, *case.PAGES, *pause.PAGES, *records_kept.PAGES, *watching.PAGES, *people.PAGES,
)  # fmt: skip


def routes(wardline: Wardline) -> list[BaseRoute]:
    """Make the console's routes for one installation."""
    shelf = Shelf()
    found: list[BaseRoute] = [
        Route(each.path, _endpoint(each, wardline, shelf), methods=[each.method]) for each in PAGES
    ]
    found += [Route(path, handler, methods=methods) for path, handler, methods in sign_in.routes(wardline)]
    return [*found, Mount("/static", StaticFiles(directory=_STATIC))]


def rules() -> Iterable[tuple[str, str, frozenset[str]]]:
    """Give method, path and roles of every page, for the test that tries every cell."""
    return ((each.method, each.path, frozenset(role.value for role in each.roles)) for each in PAGES)


def _endpoint(wanted: Page, wardline: Wardline, shelf: Shelf) -> Callable[[Request], Awaitable[Response]]:
    async def endpoint(request: Request) -> Response:
        body = await request.body() if wanted.method == "POST" else b""
        return await run_in_threadpool(_answer, wanted, wardline, shelf, request, body)

    return endpoint


def _answer(wanted: Page, wardline: Wardline, shelf: Shelf, request: Request, body: bytes) -> Response:
    token = request.cookies.get(sign_in.COOKIE, "")
    try:
        session, user = sessions.open_session_of(wardline.parts, token)
    except NotAuthenticatedError:
        return _sign_in_first(wanted, request)
    desk = Desk(
        request=request,
        wardline=wardline,
        shelf=shelf,
        user=user,
        session=session,
        token=token,
        form=_form(body),
    )
    try:
        if user.role not in wanted.roles:
            raise NotAllowedError(f"page {wanted.path}: not for the role {user.role}")
        if wanted.method == "POST":
            require_own_form(request)
            sessions.require_csrf(token, desk.sent("csrf"))
        return wanted.handler(desk)
    except WardlineError as error:
        return page(desk, "error", status=problems.status_of(error), error=error)


def _sign_in_first(wanted: Page, request: Request) -> Response:
    """After signing in, a page that was asked for is shown; a form that was sent is not: nobody shall decide by surprise."""
    if wanted.method == "GET":
        return go(f"/sign-in?next={quote(request.url.path)}")
    return bare("signed_out", status=401, theme=theme_of(request.cookies))


def _form(body: bytes) -> dict[str, tuple[str, ...]]:
    try:
        fields = parse_qs(body.decode(), keep_blank_values=True, max_num_fields=_MOST_FIELDS)
    except (UnicodeDecodeError, ValueError):
        return {}
    return {name: tuple(values) for name, values in fields.items()}
