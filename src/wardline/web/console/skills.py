"""What a person can: the skills that queues ask for. Leads and administrators set them."""

from __future__ import annotations

from starlette.responses import Response

from wardline.errors import InputError
from wardline.pipeline import changing_people
from wardline.web.console.desk import MANAGERS, Desk, Page
from wardline.web.console.rendering import go, page


def show(desk: Desk) -> Response:
    """Show a person's skills, and what each queue asks for."""
    rules = desk.wardline.parts.rules.queues
    person = desk.wardline.parts.store.user(desk.record("user"))
    asked = {
        skill: [rule.name for rule in rules if skill in rule.skills]
        for rule in rules
        for skill in rule.skills
    }
    left = {skill: list[str]() for skill in person.skills if skill not in asked}
    return page(desk, "skills", person=person, skills=sorted((asked | left).items()))


def change(desk: Desk) -> Response:
    """Set exactly the skills that are ticked."""
    user = desk.wardline.parts.store.user(desk.record("user"))
    if desk.needed("version") != str(user.version):
        raise InputError(
            f"user {user.name}: changed since this page was shown, expected the page as it is now",
            remedy="Open the page again.",
        )
    changing_people.change_skills(
        desk.wardline.parts, user.name, desk.form.get("skill", ()), actor=desk.user.id
    )
    return go(f"/people/{user.id}/skills")


PAGES = (
    Page("GET", "/people/{user_id}/skills", MANAGERS, show),
    Page("POST", "/people/{user_id}/skills", MANAGERS, change),
)
