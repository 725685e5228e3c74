"""Signing in with a security key, or with an account at a provider. Nobody is signed in yet who comes here."""

from __future__ import annotations

import hmac
import secrets
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from wardline import records
from wardline.errors import (
    ConflictError,
    DependencyError,
    NotAllowedError,
    NotAuthenticatedError,
    NotFoundError,
    WardlineError,
)
from wardline.pipeline import Wardline, identities, passkeys, sessions
from wardline.pipeline.account_rules import Provider
from wardline.ports import Errand
from wardline.web import problems
from wardline.web.console.desk import COOKIE
from wardline.web.console.drafts import Drafts
from wardline.web.console.forms import Fields, fields_of, first
from wardline.web.console.journeys import Following, Journeys, Purpose, ToKey, ToProvider
from wardline.web.console.origins import require_own_form
from wardline.web.console.rendering import bare, go, theme_of

ERRAND_COOKIE = "wardline_errand"
"""Binds a way to a provider to the browser that was sent. It comes back from another site, so it cannot be ``SameSite=Strict``."""
_ERRAND_SECONDS = 600
_NOT_STORED = {"Cache-Control": "no-store"}


@dataclass(frozen=True, slots=True)
class Doorway:
    """What signing in needs: the installation, what is under way, and what was written before a session ended."""

    wardline: Wardline
    journeys: Journeys
    drafts: Drafts


def ways(wardline: Wardline) -> dict[str, Any]:
    """Give what the page for signing in offers beside passwords."""
    parts = wardline.parts
    return {
        "passkeys_on": passkeys.are_on(parts),
        "providers": [(each.name, each.label) for each in parts.providers.values()],
    }


def again(
    door: Doorway,
    request: Request,
    following: Following,
    *,
    failed: bool = False,
    problem: WardlineError | None = None,
) -> Response:
    """Show the page for signing in once more, with what was kept and what was wrong."""
    status = problems.status_of(problem) if problem is not None else 401 if failed else 200
    template = "signed_out" if following.kept_for else "sign_in"
    return bare(
        template, status=status, theme=theme_of(request.cookies), next=following.next, kept_for=following.kept_for,
        kept=following.kept, failed=failed, problem=problem, left=None, **ways(door.wardline),
    )  # fmt: skip


def let_in(
    door: Doorway,
    request: Request,
    opened: tuple[records.Session, str],
    following: Following,
    *,
    from_outside: bool = False,
) -> Response:
    """Give the browser its session, and send it on to where it was going.

    Args:
        door: The installation, and what was kept.
        request: Of the browser.
        opened: The session and its token.
        following: Where it was going.
        from_outside: It comes from another site, whose redirect would not carry the session along: a page of ours sends it on.
    """
    session, token = opened
    address = following.next or "/"
    if following.kept_for:
        fields = fields_of(following.kept.encode())
        draft = door.drafts.keep(
            fields, session_id=session.id, case_id=following.kept_for, now=door.wardline.parts.now()
        )
        address = f"/cases/{following.kept_for}?draft={draft}"
    answer = onward(request, address, "Wardline", outside=False) if from_outside else go(address)
    answer.set_cookie(
        COOKIE, token, max_age=int((session.expires_at - session.opened_at).total_seconds()), httponly=True, samesite="strict",
        secure=request.url.scheme == "https", path="/",
    )  # fmt: skip
    return answer


def ask_key(door: Doorway, request: Request, half: sessions.Half | None, following: Following) -> Response:
    """Show the page that asks for a security key."""
    parts = door.wardline.parts
    challenge = parts.entropy(passkeys.CHALLENGE_BYTES)
    try:
        question = passkeys.question(parts, challenge, user_id=half.user_id if half else None)
    except NotAllowedError as error:
        return again(door, request, following, problem=error)
    journey = door.journeys.begin(ToKey(challenge=challenge, half=half, following=following), now=parts.now())
    return bare(
        "key", theme=theme_of(request.cookies), question=question, journey=journey, second=half is not None
    )


def onward(request: Request, address: str, name: str, *, outside: bool) -> Response:
    """Show a page that sends the browser on at once: forms of ours may not end at another site, and a session not begin at one."""
    return bare("onward", theme=theme_of(request.cookies), address=address, name=name, outside=outside)


def begin_passkey(door: Doorway, request: Request, body: bytes) -> Response:
    """Ask for a passkey, which is enough alone."""
    sent = fields_of(body)
    following = following_of(sent)
    try:
        require_own_form(request)
    except NotAllowedError as error:
        return again(door, request, following, problem=error)
    return ask_key(door, request, None, following)


def end_key(door: Doorway, request: Request, body: bytes) -> Response:
    """Judge the answer of a security key."""
    sent, parts = fields_of(body), door.wardline.parts
    following = Following()
    try:
        require_own_form(request)
        journey = door.journeys.end(first(sent, "journey"), ToKey, now=parts.now())
        following = journey.following
        if journey.session_id:
            raise passkeys.refusal()
        opened = passkeys.sign_in(
            parts, answer=first(sent, "answer"), challenge=journey.challenge, half=journey.half
        )
    except (NotAuthenticatedError, NotAllowedError, ConflictError) as error:
        return again(door, request, following, problem=error)
    return let_in(door, request, opened, following)


def begin_provider(door: Doorway, request: Request, body: bytes) -> Response:
    """Send a browser to a provider."""
    following = following_of(fields_of(body))
    try:
        require_own_form(request)
        return to_provider(door, request, Purpose.SIGN_IN, following)
    except (NotAllowedError, NotFoundError, DependencyError) as error:
        return again(door, request, following, problem=error)


def to_provider(
    door: Doorway, request: Request, purpose: Purpose, following: Following, *, session_token: str = ""
) -> Response:
    """Begin a way to the provider that the address names.

    Raises:
        NotFoundError: The settings name no such provider.
        IdentityProviderError: It does not answer.
    """
    parts = door.wardline.parts
    provider = _named(door, request)
    errand = Errand(
        state=secrets.token_urlsafe(32), nonce=secrets.token_urlsafe(32), verifier=secrets.token_urlsafe(48),
        back=f"{parts.rules.accounts.address}/sign-in/with/{provider.name}/back", anew=purpose is not Purpose.SIGN_IN,
    )  # fmt: skip
    address = provider.provider.address(errand)
    journey = ToProvider(
        provider=provider.name,
        errand=errand,
        purpose=purpose,
        following=following,
        session_token=session_token,
    )
    answer = onward(request, address, provider.label, outside=True)
    answer.set_cookie(
        ERRAND_COOKIE, door.journeys.begin(journey, now=parts.now()), max_age=_ERRAND_SECONDS, httponly=True, samesite="lax",
        secure=request.url.scheme == "https", path="/sign-in/with/",
    )  # fmt: skip
    return answer


def end_provider(door: Doorway, request: Request) -> Response:
    """Take a browser back that comes from a provider."""
    parts, following = door.wardline.parts, Following()
    try:
        provider = _named(door, request)
        journey = door.journeys.end(request.cookies.get(ERRAND_COOKIE, ""), ToProvider, now=parts.now())
        following = journey.following
        told = request.query_params
        _require_state(provider, journey, told.get("state", ""))
        claims = provider.provider.claims(journey.errand, dict(told))
        answer = _arrived(door, request, provider, journey, claims)
    except (NotAuthenticatedError, NotAllowedError, NotFoundError, ConflictError, DependencyError) as error:
        answer = again(door, request, following, problem=error)
    except WardlineError as error:
        answer = bare(
            "onward_failed", status=problems.status_of(error), theme=theme_of(request.cookies), error=error
        )
    answer.delete_cookie(ERRAND_COOKIE, path="/sign-in/with/")
    return answer


def _require_state(provider: Provider, journey: ToProvider, state: str) -> None:
    sent = state.encode("utf-8", "surrogatepass")
    if journey.provider != provider.name or not hmac.compare_digest(journey.errand.state.encode(), sent):
        raise NotAllowedError(
            "sign-in: not the one that this browser began, expected its state", remedy="Begin again."
        )


def _arrived(
    door: Doorway, request: Request, provider: Provider, journey: ToProvider, claims: Any
) -> Response:
    parts = door.wardline.parts
    if journey.purpose is Purpose.SIGN_IN:
        begun = identities.sign_in(parts, provider, claims)
        if isinstance(begun, sessions.Half):
            return ask_key(door, request, begun, journey.following)
        return let_in(door, request, begun, journey.following, from_outside=True)
    session, user = sessions.open_session_of(parts, journey.session_token)
    if journey.purpose is Purpose.LINK:
        identities.link(parts, user, claims)
    else:
        identities.prove(parts, session, claims)
    return onward(request, journey.following.next or "/you", "Wardline", outside=False)


def signed_out(door: Doorway, request: Request, body: bytes) -> Response:
    """Take word from a provider, which sends it by itself, that somebody signed out there: their sessions end at once.

    Only the token's signature counts. No browser sends this, and no cookie is looked at.
    Source: OpenID Connect Back-Channel Logout 1.0, sections 2.5, 2.7 and 2.8.
    """
    try:
        provider = _named(door, request)
        ended = provider.provider.signed_out(first(fields_of(body), "logout_token"))
        identities.sign_out(door.wardline.parts, ended)
    except (NotAuthenticatedError, NotFoundError):
        return JSONResponse({"error": "invalid_request"}, status_code=400, headers=_NOT_STORED)
    except WardlineError as error:
        return JSONResponse(
            {"error": "server_error"}, status_code=problems.status_of(error), headers=_NOT_STORED
        )
    return Response(status_code=200, headers=_NOT_STORED)


def farewell(door: Doorway, request: Request) -> Response:
    """Send a browser that signed out here to sign out at the provider, too."""
    try:
        address = _named(door, request).provider.farewell()
    except (NotFoundError, DependencyError) as error:
        return again(door, request, Following(), problem=error)
    return go(address or "/sign-in")


def following_of(sent: Fields) -> Following:
    """Read where somebody was going from a form for signing in."""
    following = Following(next=inside(first(sent, "next")))
    kept_for = first(sent, "kept_for")
    try:
        records.require_id("case", kept_for)
    except WardlineError:
        return following
    return Following(next=following.next, kept_for=kept_for, kept=first(sent, "kept"))


def inside(address: str) -> str:
    """Allow only an address of ours: a path, and no second host hidden in it."""
    fits = (
        address.startswith("/")
        and not address.startswith(("//", "/\\"))
        and "\\" not in address
        and address.isprintable()
    )
    return address if fits else ""


def left(wardline: Wardline, session: records.Session) -> str:
    """Give where to go after signing out: to the page for signing in, which says where somebody may still be signed in."""
    if session.identity_id is None:
        return "/sign-in"
    found = {each.id: each for each in wardline.parts.store.identities_of(session.user_id)}
    identity = found.get(session.identity_id)
    names = [
        name for name, each in wardline.parts.providers.items() if identity and each.issuer == identity.issuer
    ]
    return f"/sign-in?{urlencode({'left': names[0]})}" if names else "/sign-in"


def _named(door: Doorway, request: Request) -> Provider:
    found = door.wardline.parts.providers.get(request.path_params["provider"])
    if found is None:
        raise NotFoundError("provider: unknown here, expected one of the page for signing in")
    return found
