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
from wardline.web.console.drafts import Drafts, filled_only
from wardline.web.console.forms import Fields, fields_of, first
from wardline.web.console.origins import require_own_form
from wardline.web.console.rendering import THEME_COOKIE, THEMES, bare, go, theme_of

COOKIE = "wardline_session"
Handler = Callable[[Request], Awaitable[Response]]
_ABOUT_A_CASE = re.compile(r"/cases/(case-[0-9a-z]{26})/(?:decisions|hold|escalation)")
"""Where forms go that take thought to fill in."""


def signed_out(request: Request, sent: Fields) -> Response:
    """Say that the session is over and nothing was done. What was filled in about a case goes along in the page, for after signing in."""
    about = _ABOUT_A_CASE.fullmatch(request.url.path)
    kept = urlencode(filled_only(sent)) if about else ""
    return bare(
        "signed_out",
        status=401,
        theme=theme_of(request.cookies),
        kept_for=about.group(1) if about else "",
        kept=kept,
        failed=False,
    )


def routes(wardline: Wardline, drafts: Drafts) -> list[tuple[str, Handler, list[str]]]:
    """The pages that need no session: path, handler, methods."""

    async def form(request: Request) -> Response:
        return bare(
            "sign_in",
            theme=theme_of(request.cookies),
            next=_inside(request.query_params.get("next", "")),
            failed=False,
        )

    async def enter(request: Request) -> Response:
        return await run_in_threadpool(_enter, wardline, drafts, request, await request.body())

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


def _enter(wardline: Wardline, drafts: Drafts, request: Request, body: bytes) -> Response:
    sent = fields_of(body)
    following, kept = _inside(first(sent, "next")), first(sent, "kept")
    about = _ABOUT_A_CASE.fullmatch(f"/cases/{first(sent, 'kept_for')}/decisions")
    try:
        require_own_form(request)
        session, token = sessions.sign_in(wardline.parts, first(sent, "name"), first(sent, "password"))
    except (NotAuthenticatedError, NotAllowedError):
        again = {"next": following} if about is None else {"kept_for": about.group(1), "kept": kept}
        template = "sign_in" if about is None else "signed_out"
        return bare(template, status=401, theme=theme_of(request.cookies), failed=True, **again)
    if about is not None:
        case_id = about.group(1)
        draft = drafts.keep(
            fields_of(kept.encode()), session_id=session.id, case_id=case_id, now=wardline.parts.now()
        )
        following = f"/cases/{case_id}?draft={draft}"
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
        sessions.require_csrf(token, first(fields_of(body), "csrf"))
        sessions.sign_out(wardline.parts, session)
    except NotAuthenticatedError:
        pass  # it had ended by itself
    except NotAllowedError:
        return go("/")
    answer = go("/sign-in")
    answer.delete_cookie(COOKIE, path="/")
    return answer


def _theme(request: Request, body: bytes) -> Response:
    chosen = first(fields_of(body), "theme")
    answer = go(_inside(first(fields_of(body), "next")) or "/")
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
