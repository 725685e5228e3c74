"""Signing in and out."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from urllib.parse import parse_qs

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from wardline.errors import NotAllowedError, NotAuthenticatedError
from wardline.pipeline import Wardline, sessions
from wardline.web.console.origins import require_own_form
from wardline.web.console.rendering import THEME_COOKIE, THEMES, bare, go, theme_of

COOKIE = "wardline_session"
Handler = Callable[[Request], Awaitable[Response]]


def routes(wardline: Wardline) -> list[tuple[str, Handler, list[str]]]:
    """The pages that need no session: path, handler, methods."""

    async def form(request: Request) -> Response:
        return bare(
            "sign_in",
            theme=theme_of(request.cookies),
            next=_inside(request.query_params.get("next", "")),
            failed=False,
        )

    async def enter(request: Request) -> Response:
        return await run_in_threadpool(_enter, wardline, request, await request.body())

    async def leave(request: Request) -> Response:
        return await run_in_threadpool(_leave, wardline, request, await request.body())

    async def theme(request: Request) -> Response:
        return _theme(request, await request.body())

    return [
        ("/sign-in", form, ["GET"]),
        ("/sign-in", enter, ["POST"]),
        ("/sign-out", leave, ["POST"]),
        ("/theme", theme, ["POST"]),
    ]


def _enter(wardline: Wardline, request: Request, body: bytes) -> Response:
    sent = _fields(body)
    following = _inside(sent.get("next", ""))
    try:
        require_own_form(request)
        session, token = sessions.sign_in(wardline.parts, sent.get("name", ""), sent.get("password", ""))
    except (NotAuthenticatedError, NotAllowedError):
        return bare("sign_in", status=401, theme=theme_of(request.cookies), next=following, failed=True)
    answer = go(following or "/")
    answer.set_cookie(
        COOKIE, token, max_age=int((session.expires_at - session.opened_at).total_seconds()), httponly=True, samesite="strict",
        secure=request.url.scheme == "https", path="/",
    )  # fmt: skip
    return answer


def _leave(wardline: Wardline, request: Request, body: bytes) -> Response:
    token = request.cookies.get(COOKIE, "")
    try:
        session, _ = sessions.open_session_of(wardline.parts, token)
        sessions.require_csrf(token, _fields(body).get("csrf", ""))
        sessions.sign_out(wardline.parts, session)
    except NotAuthenticatedError:
        pass  # it had ended by itself
    except NotAllowedError:
        return go("/")
    answer = go("/sign-in")
    answer.delete_cookie(COOKIE, path="/")
    return answer


def _theme(request: Request, body: bytes) -> Response:
    chosen = _fields(body).get("theme", "system")
    answer = go(_inside(_fields(body).get("next", "")) or "/")
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


def _inside(address: str) -> str:
    """Allow only an address of ours: a path, and no second host hidden in it."""
    fits = (
        address.startswith("/")
        and not address.startswith(("//", "/\\"))
        and "\\" not in address
        and address.isprintable()
    )
    return address if fits else ""


def _fields(body: bytes) -> dict[str, str]:
    try:
        return {
            name: values[0]
            for name, values in parse_qs(body.decode(), keep_blank_values=True, max_num_fields=20).items()
        }
    except (UnicodeDecodeError, ValueError):
        return {}
