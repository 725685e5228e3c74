"""Training: what one person's opinions come to, for a lead who trains them. One person at a time, and never beside another."""

from __future__ import annotations

from starlette.responses import Response

from wardline import assurance, records
from wardline.pipeline import people, training
from wardline.records import Outcome, Role
from wardline.web.console.desk import Desk, Page
from wardline.web.console.opinion_view import OUTCOMES
from wardline.web.console.rendering import page

LEADS = frozenset({Role.LEAD})
_KINDS = {
    **{kind: f"category {kind}" for kind in assurance.KINDS},
    "violation": "a violation without a category",
    **{str(outcome): OUTCOMES[outcome] for outcome in Outcome if outcome is not Outcome.VIOLATION},
}
"""What an answer may be, in words."""


def index(desk: Desk) -> Response:
    """List the people who review, by name and without a figure; beside them where ten or more people together differ."""
    found = [each for each in desk.wardline.parts.store.users() if people.may_review(each)]
    return page(
        desk, "trainees", people=sorted(found, key=lambda each: each.name.casefold()), kinds=_KINDS,
        differences=desk.wardline.differences(reader=desk.user), fewest=assurance.LEAST_PEOPLE, days=training.DIFFERENCE_DAYS,
    )  # fmt: skip


def show(desk: Desk) -> Response:
    """Show what one person's opinions come to; that it was looked at is in the log first."""
    person = desk.wardline.parts.store.user(records.require_id("user", desk.path("user_id")))
    measures = desk.wardline.measures_of(person.id, reader=desk.user)
    return page(desk, "training", person=person, measures=measures)


PAGES = (
    Page("GET", "/training", LEADS, index),
    Page("GET", "/training/{user_id}", LEADS, show),
)
