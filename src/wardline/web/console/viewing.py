"""How a file comes to the person who asks for it: as they chose, in steps if they like, and not at all beyond a limit."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from wardline import records, review
from wardline.review import Reached
from wardline.web.console.desk import Desk

STEPS = (
    ("grey", "small", "small and grey"),
    ("colour", "small", "small, in colour"),
    ("colour", "full", "whole, in colour"),
)
"""Each step as the form has it, and in words."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Viewing:
    """What the page offers to this person for a file."""

    choices: records.ViewingChoices
    capacity: review.Capacity
    sentence: str
    """Why nothing can be revealed; empty while something can."""

    def chosen(self, name: str, showing: Mapping[str, str]) -> str:
        """Say which of the two choices is set: as it is shown now, else as this person likes it."""
        own = {
            "show": "grey" if self.choices.grey else "colour",
            "size": "small" if self.choices.small else "full",
        }
        return showing.get(name) or own[name]

    def next_step(self, showing: Mapping[str, str]) -> tuple[str, str, str] | None:
        """Give the step after the one that is shown now, the first while the file is covered; None after the last."""
        forms = [(show, size) for show, size, _ in STEPS]
        now = (showing.get("show", ""), showing.get("size", ""))
        place = forms.index(now) + 1 if now in forms else 0
        return STEPS[place] if place < len(STEPS) else None


def viewing_of(desk: Desk) -> Viewing:
    """Say how files come to this person now."""
    found = desk.wardline.capacity(desk.user)
    return Viewing(choices=desk.wardline.choices(desk.user), capacity=found, sentence=sentence(desk, found))


def sentence(desk: Desk, found: review.Capacity) -> str:
    """Say in words which limit is reached and when it is over; empty where none is."""
    if found.reached is None:
        return ""
    limits = desk.wardline.parts.rules.wellbeing
    again = f"{found.until:%H:%M}" if found.until else "the next shift"
    what = "A break from pictures is due."
    if found.reached is Reached.FILES:
        what = f"{limits.most_files} files were revealed to you in this shift: as many as your team set."
    elif found.reached is Reached.SECONDS:
        what = "Less than a minute is left of the time that your team set for pictures in a shift."
    return f"{what} They come again at {again}, if none is shown to you until then."
