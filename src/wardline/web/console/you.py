"""You: one's own password, sessions, preferences and exposure. Nobody sees anybody else's."""

from __future__ import annotations

from datetime import timedelta

from starlette.responses import Response

from wardline.errors import InputError, NotAuthenticatedError, NotFoundError, WardlineError
from wardline.pipeline import sessions
from wardline.web import problems
from wardline.web.console.desk import EVERYBODY, REVIEWERS, Desk, Page
from wardline.web.console.forms import first
from wardline.web.console.rendering import KEYS_COOKIE, go, page
from wardline.web.console.viewing import viewing_of
from wardline.web.console.your_choices import GRADES, queue_names

_A_YEAR_SECONDS = 31_536_000


def show(desk: Desk) -> Response:
    """Show what is this person's own."""
    return _show(desk)


def change_password(desk: Desk) -> Response:
    """Change one's own password; this session stays open, the others end."""
    old, new, again = (first(desk.form, field) for field in ("old", "new", "again"))
    if new != again:
        return _show(
            desk,
            wrong=InputError(
                "new password: typed in two ways, expected the same twice", remedy="Type it twice again."
            ),
        )
    try:
        sessions.change_password(desk.wardline.parts, desk.user, old, new, keep=desk.session)
    except NotAuthenticatedError:
        return _show(
            desk,
            wrong=NotAuthenticatedError(
                "current password: wrong, or locked for a while after several tries, expected the one that you signed in with",
                remedy="Type it again. Somebody who forgot it asks an administrator for a new one.",
            ),
        )
    except InputError as error:
        return _show(desk, wrong=error)
    return go("/you?done=password")


def close(desk: Desk) -> Response:
    """Close one of one's own sessions; somebody else's is not found."""
    wanted = desk.record("session")
    found = [each for each in desk.wardline.parts.store.sessions_of(desk.user.id) if each.id == wanted]
    if not found:
        raise NotFoundError(f"{wanted}: no open session of yours", remedy="It may have ended by itself.")
    sessions.sign_out(desk.wardline.parts, found[0])
    return go("/you")


def close_others(desk: Desk) -> Response:
    """Close all of one's own sessions but this one."""
    sessions.close_others(desk.wardline.parts, desk.session)
    return go("/you")


def accounts(desk: Desk) -> Response:
    """Say which accounts on the platforms are one's own; cases about them go to others."""
    try:
        desk.wardline.declare_accounts(first(desk.form, "accounts").splitlines(), user=desk.user)
    except InputError as error:
        return _show(desk, wrong=error)
    return go("/you")


def keys(desk: Desk) -> Response:
    """Switch single-key shortcuts on or off in this browser."""
    chosen = desk.sent("keys")
    if chosen not in ("on", "off"):
        raise InputError("keys: neither on nor off, expected one of them", remedy="Choose one of the two.")
    answer = go("/you")
    answer.set_cookie(
        KEYS_COOKIE, chosen, max_age=_A_YEAR_SECONDS, httponly=True, samesite="strict",
        secure=desk.request.url.scheme == "https",
    )  # fmt: skip
    return answer


def _show(desk: Desk, wrong: WardlineError | None = None) -> Response:
    open_ones = [
        each
        for each in desk.wardline.parts.store.sessions_of(desk.user.id)
        if sessions.is_open(desk.wardline.parts, each) and each.id != desk.session.id
    ]
    parts, seen, chosen = (
        desk.wardline.parts,
        desk.wardline.exposure(desk.user),
        desk.wardline.choices(desk.user),
    )
    linked = {each.issuer: each for each in parts.store.identities_of(desk.user.id)}
    return page(
        desk, "you", status=problems.status_of(wrong) if wrong else 200, wrong=wrong, this=desk.session, others=open_ones[::-1],
        shown=seen, looked=timedelta(seconds=seen.seconds), changed=desk.asked("done") == "password",
        key_added=desk.asked("done") == "key", passkeys_on=bool(parts.rules.accounts.host), passkeys=parts.store.passkeys_of(desk.user.id),
        second_factor=parts.rules.accounts.second_factor[desk.user.role].value, idle=parts.rules.accounts.idle,
        providers=[(each.name, each.label, linked.get(each.issuer)) for each in parts.providers.values()],
        training=desk.wardline.measures_of(desk.user.id, reader=desk.user) if desk.user.role in REVIEWERS else None, done=desk.asked("done"),
        reviews=desk.user.role in REVIEWERS, viewing=viewing_of(desk), choices=chosen, limits=desk.wardline.parts.rules.wellbeing,
        grades=GRADES, queues=queue_names(parts.rules.queues, chosen),
    )  # fmt: skip


PAGES = (
    Page("GET", "/you", EVERYBODY, show),
    Page("POST", "/you/password", EVERYBODY, change_password),
    Page("POST", "/you/sessions/close-others", EVERYBODY, close_others),
    Page("POST", "/you/sessions/{session_id}/close", EVERYBODY, close),
    Page("POST", "/you/keys", EVERYBODY, keys),
    Page("POST", "/you/accounts", EVERYBODY, accounts),
)
