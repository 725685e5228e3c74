"""The console's routes: every request passes the session, the rule, and for changes the form's token, before a page sees it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable
from urllib.parse import quote

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from wardline import records
from wardline.errors import NotAllowedError, NotAuthenticatedError, WardlineError
from wardline.pipeline import Wardline, sessions
from wardline.web import problems
from wardline.web.console import (
    account,
    alarms,
    api_keys,
    appeals,
    approvals,
    audit,
    automation,
    breaks,
    case,
    case_record,
    cluster,
    deciding,
    exports,
    filing,
    hold_export,
    lists,
    looking,
    officer,
    one_list,
    own_keys,
    packs,
    passing,
    pause,
    people,
    preservation_destruction,
    preservations,
    proofs,
    queue,
    records_kept,
    referral,
    rehearsal,
    search,
    sign_in,
    skills,
    static_files,
    team,
    training,
    watching,
    wellbeing,
    you,
    your_choices,
)
from wardline.web.console.coming_in import Doorway
from wardline.web.console.desk import COOKIE, Desk, Page
from wardline.web.console.drafts import Drafts
from wardline.web.console.forms import fields_of
from wardline.web.console.journeys import Journeys
from wardline.web.console.origins import require_own_form
from wardline.web.console.pictures import Shelf
from wardline.web.console.rendering import HEADERS, go, page

PAGES: tuple[Page, ...] = (
    *queue.PAGES, *search.PAGES, *case.PAGES, *case_record.PAGES, *looking.PAGES, *deciding.PAGES, *account.PAGES, *appeals.PAGES, *pause.PAGES, *referral.PAGES, *filing.PAGES, *packs.PAGES, *officer.PAGES, *records_kept.PAGES, *hold_export.PAGES, *exports.PAGES, *preservations.PAGES, *preservation_destruction.PAGES, *watching.PAGES, *training.PAGES,
    *lists.PAGES, *one_list.PAGES, *approvals.PAGES, *alarms.PAGES, *audit.PAGES, *people.PAGES, *api_keys.PAGES, *you.PAGES, *own_keys.PAGES,
    *passing.PAGES, *skills.PAGES, *team.PAGES, *cluster.PAGES, *your_choices.PAGES, *breaks.PAGES, *wellbeing.PAGES, *automation.PAGES, *rehearsal.PAGES,
)  # fmt: skip


def routes(wardline: Wardline) -> list[BaseRoute]:
    """Make the console's routes for one installation."""
    kept = Shelf(), Drafts(), Journeys()
    found: list[BaseRoute] = [
        Route(each.path, _endpoint(each, wardline, *kept), methods=[each.method]) for each in PAGES
    ]
    open_to_all = sign_in.routes(Doorway(wardline, kept[2], kept[1]))
    found += [Route(path, handler, methods=methods) for path, handler, methods in open_to_all]
    return [*found, static_files.route()]


def rules() -> Iterable[tuple[str, str, frozenset[str]]]:
    """Give method, path and roles of every page, for the test that tries every cell."""
    return ((each.method, each.path, frozenset(role.value for role in each.roles)) for each in PAGES)


def _endpoint(
    wanted: Page, wardline: Wardline, shelf: Shelf, drafts: Drafts, journeys: Journeys
) -> Callable[[Request], Awaitable[Response]]:
    answer = pause.whatever_happens(_answer) if wanted.handler is pause.stop else _answer

    async def endpoint(request: Request) -> Response:
        body = await request.body() if wanted.method == "POST" else b""
        return await run_in_threadpool(answer, wanted, wardline, (shelf, drafts, journeys), request, body)

    return endpoint


def _answer(
    wanted: Page, wardline: Wardline, kept: tuple[Shelf, Drafts, Journeys], request: Request, body: bytes
) -> Response:
    token = request.cookies.get(COOKIE, "")
    try:
        session, user = sessions.open_session_of(wardline.parts, token)
    except NotAuthenticatedError:
        return _sign_in_first(wanted, wardline, request, body)
    desk = Desk(
        request=request,
        wardline=wardline,
        shelf=kept[0],
        drafts=kept[1],
        journeys=kept[2],
        user=user,
        session=_used(wardline, session, request),
        token=token,
        form=fields_of(body),
    )
    try:
        if user.role not in wanted.roles:
            raise _not_for(wanted, user)
        if wanted.method == "POST":
            require_own_form(request)
            sessions.require_csrf(token, desk.sent("csrf"))
        shown = proofs.required(wanted, desk, back=_back(wanted, desk))
        return wanted.handler(shown) if isinstance(shown, Desk) else shown
    except WardlineError as error:
        return page(desk, "error", status=problems.status_of(error), error=error, back=_back(wanted, desk))


def _back(wanted: Page, desk: Desk) -> str:
    """Give the nearest page above what was sent that this person may open; empty where there is none, or where a page was asked for."""
    if wanted.method != "POST":
        return ""
    open_to_them = {each.path for each in PAGES if each.method == "GET" and desk.user.role in each.roles}
    path, address = wanted.path, desk.request.url.path
    while path and path not in open_to_them:
        path, address = path.rpartition("/")[0], address.rpartition("/")[0]
    return address


def _used(wardline: Wardline, session: records.Session, request: Request) -> records.Session:
    """Note that the person is there. What a page asks by itself each minute is no sign of it."""
    asks_by_itself = request.method == "GET" and request.headers.get("hx-request") == "true"
    return session if asks_by_itself else sessions.used(wardline.parts, session)


def _not_for(wanted: Page, user: records.User) -> NotAllowedError:
    expected = " or ".join(sorted(wanted.roles))
    return NotAllowedError(
        f"page {wanted.path}: not for the role {user.role}, expected {expected}",
        remedy="Your role may have changed since you opened the page before. Ask an administrator.",
    )


def _sign_in_first(wanted: Page, wardline: Wardline, request: Request, body: bytes) -> Response:
    """After signing in, a page that was asked for is shown. A form that was sent is given back to be looked at and sent again: nobody
    shall decide by surprise."""
    if wanted.method == "GET":
        if request.headers.get("hx-request") == "true":
            # Else the form for signing in would be put within the page.
            return Response(status_code=401, headers=HEADERS)
        return go(f"/sign-in?next={quote(request.url.path)}")
    return sign_in.signed_out(wardline, request, fields_of(body))
