"""Training: what one person's opinions come to, for a lead who trains them. One person at a time, and never beside another."""

from __future__ import annotations

from starlette.responses import Response

from wardline import records
from wardline.pipeline import people
from wardline.records import Role
from wardline.web.console.desk import Desk, Page
from wardline.web.console.rendering import page

LEADS = frozenset({Role.LEAD})


def index(desk: Desk) -> Response:
    """List the people who review, by name and without a figure."""
    found = [each for each in desk.wardline.parts.store.users() if people.may_review(each)]
    return page(desk, "trainees", people=sorted(found, key=lambda each: each.name.casefold()))


def show(desk: Desk) -> Response:
    """Show what one person's opinions come to; that it was looked at is in the log first."""
    person = desk.wardline.parts.store.user(records.require_id("user", desk.path("user_id")))
    measures = desk.wardline.measures_of(person.id, reader=desk.user)
    return page(desk, "training", person=person, measures=measures)


PAGES = (
    Page("GET", "/training", LEADS, index),
    Page("GET", "/training/{user_id}", LEADS, show),
)
