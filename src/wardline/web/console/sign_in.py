"""Signing in and out."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from urllib.parse import urlencode

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from wardline.errors import NotAllowedError, NotAuthenticatedError
from wardline.pipeline import Wardline, sessions
from wardline.web.console import coming_in
from wardline.web.console.coming_in import Doorway
from wardline.web.console.desk import COOKIE
from wardline.web.console.drafts import filled_only
from wardline.web.console.forms import Fields, fields_of, first
from wardline.web.console.origins import require_own_form
from wardline.web.console.rendering import THEME_COOKIE, THEMES, bare, go, theme_of

Handler = Callable[[Request], Awaitable[Response]]
_ABOUT_A_CASE = re.compile(
    r"/cases/(case-[0-9a-z]{26})/(?:decisions|keep|hold|escalation|facts|danger|pass|reveals|coverings)"
)
"""Where forms go that take thought to fill in."""


def signed_out(wardline: Wardline, request: Request, sent: Fields) -> Response:
    """Say that the session is over and nothing was done. What was filled in about a case goes along in the page, for after signing in."""
    about = _ABOUT_A_CASE.fullmatch(request.url.path)
    kept = urlencode(filled_only(sent)) if about else ""
    return bare(
        "signed_out", status=401, theme=theme_of(request.cookies), kept_for=about.group(1) if about else "", kept=kept, next="",
        failed=False, problem=None, **coming_in.ways(wardline),
    )  # fmt: skip


def routes(door: Doorway) -> list[tuple[str, Handler, list[str]]]:
    """The pages that need no session: path, handler, methods."""

    async def form(request: Request) -> Response:
        return await run_in_threadpool(_form, door, request)

    async def enter(request: Request) -> Response:
        return await run_in_threadpool(_enter, door, request, await request.body())

    async def leave(request: Request) -> Response:
        return await run_in_threadpool(_leave, door.wardline, request, await request.body())

    async def theme(request: Request) -> Response:
        return _theme(request, await request.body())

    async def begin_passkey(request: Request) -> Response:
        return await run_in_threadpool(coming_in.begin_passkey, door, request, await request.body())

    async def end_key(request: Request) -> Response:
        return await run_in_threadpool(coming_in.end_key, door, request, await request.body())

    async def begin_provider(request: Request) -> Response:
        return await run_in_threadpool(coming_in.begin_provider, door, request, await request.body())

    async def end_provider(request: Request) -> Response:
        return await run_in_threadpool(coming_in.end_provider, door, request)

    async def farewell(request: Request) -> Response:
        return await run_in_threadpool(coming_in.farewell, door, request)

    async def signed_out_there(request: Request) -> Response:
        return await run_in_threadpool(coming_in.signed_out, door, request, await request.body())

    return [
        ("/sign-in", form, ["GET"]),
        ("/sign-in", enter, ["POST"]),
        ("/sign-in/passkey", begin_passkey, ["POST"]),
        ("/sign-in/key", end_key, ["POST"]),
        ("/sign-in/with/{provider}", begin_provider, ["POST"]),
        ("/sign-in/with/{provider}/back", end_provider, ["GET"]),
        ("/sign-in/with/{provider}/farewell", farewell, ["GET"]),
        ("/sign-in/with/{provider}/signed-out", signed_out_there, ["POST"]),
        ("/sign-out", leave, ["POST"]),
        ("/theme", theme, ["POST"]),
    ]


def _form(door: Doorway, request: Request) -> Response:
    parts = door.wardline.parts
    left = parts.providers.get(request.query_params.get("left", ""))
    return bare(
        "sign_in", theme=theme_of(request.cookies), next=coming_in.inside(request.query_params.get("next", "")), failed=False,
        problem=None, left=(left.name, left.label) if left else None, **coming_in.ways(door.wardline),
    )  # fmt: skip


def _enter(door: Doorway, request: Request, body: bytes) -> Response:
    sent = fields_of(body)
    following = coming_in.following_of(sent)
    try:
        require_own_form(request)
        begun = sessions.begin(door.wardline.parts, first(sent, "name"), first(sent, "password"))
    except (NotAuthenticatedError, NotAllowedError):
        return coming_in.again(door, request, following, failed=True)
    if isinstance(begun, sessions.Half):
        return coming_in.ask_key(door, request, begun, following)
    return coming_in.let_in(door, request, begun, following)


def _leave(wardline: Wardline, request: Request, body: bytes) -> Response:
    token, following = request.cookies.get(COOKIE, ""), "/sign-in"
    try:
        session, _ = sessions.open_session_of(wardline.parts, token)
        sessions.require_csrf(token, first(fields_of(body), "csrf"))
        following = coming_in.left(wardline, session)
        sessions.sign_out(wardline.parts, session)
    except NotAuthenticatedError:
        pass  # it had ended by itself
    except NotAllowedError:
        return go("/")
    answer = go(following)
    answer.delete_cookie(COOKIE, path="/")
    return answer


def _theme(request: Request, body: bytes) -> Response:
    chosen = first(fields_of(body), "theme")
    answer = go(coming_in.inside(first(fields_of(body), "next")) or "/")
    if chosen in THEMES:
        answer.set_cookie(
            THEME_COOKIE,
            chosen,
            max_age=31_536_000,
            httponly=True,
            samesite="strict",
            secure=request.url.scheme == "https",
        )
    return answer
