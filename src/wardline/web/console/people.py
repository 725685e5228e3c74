"""People and keys: who may come in. Made on the command line; seen and switched off here."""

from __future__ import annotations

from starlette.responses import Response

from wardline import records
from wardline.web.console.desk import MANAGERS, Desk, Page
from wardline.web.console.rendering import page


def show(desk: Desk) -> Response:
    """List the people and the keys; secrets are never shown, for nobody has them."""
    store = desk.wardline.parts.store
    users = sorted(store.users(), key=lambda user: user.name)
    return page(
        desk, "people", users=users, keys=store.api_keys(), names={user.id: user.name for user in users},
        admin=desk.user.role is records.Role.ADMIN,
    )  # fmt: skip


PAGES = (Page("GET", "/people", MANAGERS, show),)
