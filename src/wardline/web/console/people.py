"""People and keys: who may come in. Leads see them; an administrator adds people, changes them, and locks them out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol
from urllib.parse import urlencode

from starlette.responses import Response

from wardline import records
from wardline.errors import AlreadyExistsError, ConflictError, InputError, WardlineError
from wardline.pipeline import Parts, changing_people, passkeys, passwords, people
from wardline.records import Role
from wardline.web import problems
from wardline.web.console.desk import MANAGERS, Desk, Page
from wardline.web.console.forms import first
from wardline.web.console.paging import paged
from wardline.web.console.rendering import go, page

ADMINS = frozenset({Role.ADMIN})
ROLES = (
    (Role.MODERATOR, "Works the queue: reveals files and decides cases."),
    (
        Role.LEAD,
        "Works the queue too, takes what moderators hand up, switches hash lists, and sees every room.",
    ),
    (Role.ADMIN, "Makes people and keys, switches hash lists, looks after alarms. Is shown no files."),
    (Role.AUDITOR, "Reads the log, the records and the figures. Changes nothing and is shown no files."),
)


_PEOPLE_SHOWN, _KEYS_SHOWN = 25, 10
_MOST_NAME_CHARACTERS = 64


class _Act(Protocol):
    """What an administrator does about somebody."""

    def __call__(self, parts: Parts, name: str, *, actor: str) -> records.User: ...


@dataclass(frozen=True, slots=True)
class Secret:
    """What is shown this once."""

    title: str
    whose: str
    value: str
    advice: str
    """What to do with it."""
    back: str
    """Where the page leads on."""
    note: str = ""


def show(desk: Desk) -> Response:
    """List the people and the keys, a page of each; secrets are never shown, for nobody has them."""
    store = desk.wardline.parts.store
    users = store.users()
    wanted = desk.asked("name").strip()[:_MOST_NAME_CHARACTERS]
    found = [user for user in users if wanted.casefold() in user.name.casefold()]
    found.sort(key=lambda user: (user.disabled, user.name.casefold()))
    people_shown = paged(found, desk.asked("page"), most=_PEOPLE_SHOWN)
    keys_shown = paged(
        sorted(store.api_keys(), key=lambda key: key.disabled), desk.asked("keys"), most=_KEYS_SHOWN
    )
    return page(
        desk, "people", users=people_shown, keys=keys_shown, names={user.id: user.name for user in users}, wanted=wanted,
        more_people=_address(name=wanted, keys=str(keys_shown.number), page=""),
        more_keys=_address(name=wanted, page=str(people_shown.number), keys=""), admin=desk.user.role in ADMINS,
        has_skills=any(rule.skills for rule in desk.wardline.parts.rules.queues),
    )  # fmt: skip


def shown_once(desk: Desk, secret: Secret) -> Response:
    """Show a secret on the answer itself: it has no address, and no cache keeps it."""
    return page(desk, "secret", secret=secret)


def new(desk: Desk) -> Response:
    """Ask who is to be added."""
    return _new(desk)


def add(desk: Desk) -> Response:
    """Add a person, with the password that was typed or one that is made and shown once."""
    typed = first(desk.form, "password")
    password = typed or passwords.generate(desk.wardline.parts)
    try:
        made = people.create_user(
            desk.wardline.parts, desk.sent("name"), _role(desk), password, actor=desk.user.id
        )
    except (InputError, AlreadyExistsError) as error:
        return _new(desk, wrong=error)
    if typed:
        return go(f"/people/{made.id}")
    return shown_once(desk, _password(made, password, "A first password"))


def person(desk: Desk) -> Response:
    """Show one person, and what may be changed of them."""
    return _person(desk, desk.wardline.parts.store.user(desk.record("user")))


def change_role(desk: Desk) -> Response:
    """Give a person another role."""
    user = desk.wardline.parts.store.user(desk.record("user"))
    try:
        wanted = _role(desk)
    except InputError as error:
        return _person(desk, user, wrong=error)
    changing_people.change_role(desk.wardline.parts, user.name, wanted, actor=desk.user.id)
    return go(f"/people/{user.id}")


def reset_password(desk: Desk) -> Response:
    """Make a new password for somebody who forgot theirs, and show it once."""
    parts = desk.wardline.parts
    user = parts.store.user(desk.record("user"))
    if desk.needed("version") != str(user.version):
        # Reloading the answer would make yet another one, and what was noted would be wrong.
        raise ConflictError(
            f"user {user.name}: changed since this page was shown, expected the page as it is now",
            remedy="Open the person's page again. A password that was shown to you before is still right.",
        )
    password = passwords.generate(parts)
    changed = changing_people.reset_password(parts, user.name, password, actor=desk.user.id)
    return shown_once(desk, _password(changed, password, "A new password"))


def unlock(desk: Desk) -> Response:
    """Let somebody try again who was locked after failed tries."""
    return _changed(desk, changing_people.unlock)


def reset_keys(desk: Desk) -> Response:
    """Take all security keys of somebody away who lost theirs; they are signed out everywhere."""
    user = desk.wardline.parts.store.user(desk.record("user"))
    passkeys.reset(desk.wardline.parts, user.name, actor=desk.user.id)
    return go(f"/people/{user.id}")


def lock_out(desk: Desk) -> Response:
    """Lock a person out for good."""
    return _changed(desk, changing_people.disable_user)


def _address(**asked: str) -> str:
    """Write the page's address with what was asked for; the last name is left for a number to follow."""
    *others, last = asked.items()
    kept = urlencode([(name, value) for name, value in others if value and value != "1"])
    return f"/people?{kept}{'&' if kept else ''}{last[0]}="


def _new(desk: Desk, wrong: WardlineError | None = None) -> Response:
    return page(
        desk, "person_new", status=problems.status_of(wrong) if wrong else 200, roles=ROLES, wrong=wrong,
        typed={field: desk.sent(field) for field in ("name", "role")},
    )  # fmt: skip


def _changed(desk: Desk, act: _Act) -> Response:
    user = desk.wardline.parts.store.user(desk.record("user"))
    act(desk.wardline.parts, user.name, actor=desk.user.id)
    return go(f"/people/{user.id}")


def _role(desk: Desk) -> Role:
    chosen = desk.sent("role")
    if chosen not in set(Role):
        raise InputError("role: none of the four was chosen, expected one", remedy="Choose a role.")
    return Role(chosen)


def _person(desk: Desk, user: records.User, wrong: WardlineError | None = None) -> Response:
    parts = desk.wardline.parts
    keys = [key for key in parts.store.api_keys() if key.user_id == user.id and not key.disabled]
    return page(
        desk, "person", status=problems.status_of(wrong) if wrong else 200, person=user, keys=keys, roles=ROLES,
        lease=parts.rules.lease, wrong=wrong, passkeys=parts.store.passkeys_of(user.id),
    )  # fmt: skip


def _password(user: records.User, password: str, title: str) -> Secret:
    advice = "Give it to them in person or by telephone. They change it under You when they have signed in."
    return Secret(title, user.name, password, advice, f"/people/{user.id}")


PAGES = (
    Page("GET", "/people", MANAGERS, show),
    Page("POST", "/people", ADMINS, add, grave=True),
    Page("GET", "/people/new", ADMINS, new),
    Page("GET", "/people/{user_id}", ADMINS, person),
    Page("POST", "/people/{user_id}/role", ADMINS, change_role, grave=True),
    Page("POST", "/people/{user_id}/password", ADMINS, reset_password, grave=True),
    Page("POST", "/people/{user_id}/unlock", ADMINS, unlock),
    Page("POST", "/people/{user_id}/keys", ADMINS, reset_keys, grave=True),
    Page("POST", "/people/{user_id}/lock-out", ADMINS, lock_out, grave=True),
)
