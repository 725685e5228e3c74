"""How a certificate comes and goes, rehearsed with invented numbers, so that nobody meets it for the first time when it matters."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from starlette.responses import Response

from wardline import assurance, capacity
from wardline.capacity import Scene, Turn
from wardline.web.console.desk import EVERYBODY, Desk, Page
from wardline.web.console.rendering import page

_TITLES: dict[Turn, str] = {
    Turn.BEGIN: "A platform",
    Turn.COLD: "Nothing is certified",
    Turn.PEOPLE: "People are measured first",
    Turn.CHANNELS: "The channels are compared",
    Turn.REFUSED: "Refused",
    Turn.CERTIFIED: "Certified",
    Turn.KEPT: "Watched, and kept",
    Turn.SUSPENDED: "Suspended",
    Turn.END: "The end",
}
_TAGS: dict[Turn, str] = {
    Turn.CERTIFIED: "good",
    Turn.KEPT: "good",
    Turn.REFUSED: "notice",
    Turn.SUSPENDED: "bad",
}
"""Of the scenes that say who decides from then on."""


@dataclass(frozen=True, slots=True)
class Told:
    """One scene as the page shows it."""

    scene: Scene
    title: str
    tag: str | None
    alarm_percent: int | None
    """How far the watch is on the way to its alarm, 0 to 100; None in scenes without a watch."""


def show(desk: Desk) -> Response:
    """Play the story. It is the same each time and knows nothing of this installation."""
    return page(desk, "automation_rehearsal", scenes=_story())


@cache
def _story() -> tuple[Told, ...]:
    return tuple(_told(each) for each in capacity.rehearse_automation())


def _told(scene: Scene) -> Told:
    evidence = scene.facts.get("evidence")
    watched = scene.turn in (Turn.KEPT, Turn.SUSPENDED) and isinstance(evidence, float)
    share = (
        min(float(evidence) * assurance.Watch(cap=0.5, life=1).alarm_level, 1.0)
        if watched and evidence
        else 0.0
    )
    return Told(scene, _TITLES[scene.turn], _TAGS.get(scene.turn), round(100 * share) if watched else None)


PAGES = (Page("GET", "/automation/rehearsal", EVERYBODY, show),)
