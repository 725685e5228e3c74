"""What people choose for themselves: how pictures come, and what does not come. Nobody else sees it, and nobody is told."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from starlette.responses import Response

from wardline import records, review
from wardline.errors import InputError
from wardline.records import DECLINABLE, GENERAL_QUEUE, Grade
from wardline.web.console.desk import REVIEWERS, Desk, Page
from wardline.web.console.rendering import go

GRADES = {
    Grade.A: "A, as a list says", Grade.B: "B, as a list says", Grade.OTHER: "another violation", Grade.UNKNOWN: "not known yet",
}  # fmt: skip
"""What a person may choose not to take, in words."""


def queue_names(rules: Sequence[review.QueueRule], chosen: records.ViewingChoices) -> tuple[str, ...]:
    """Give the queues that a person may choose not to take from: those there are, and those they chose before."""
    return tuple(dict.fromkeys((GENERAL_QUEUE, *(rule.name for rule in rules), *chosen.queues)))


def viewing(desk: Desk) -> Response:
    """Keep how pictures shall come to this person."""
    grey, small, hold, steps = (_is_on(desk, name) for name in ("grey", "small", "hold", "steps"))
    desk.wardline.choose(
        lambda now: replace(now, grey=grey, small=small, hold=hold, steps=steps), user=desk.user
    )
    return go("/you?done=viewing#viewing")


def kinds(desk: Desk) -> Response:
    """Keep what this person does not take. No reason is asked."""
    grades, queues = set(desk.form.get("grade", ())), tuple(dict.fromkeys(desk.form.get("queue", ())))
    if grades - set(DECLINABLE):
        raise InputError(f"grade: unknown, expected some of {', '.join(DECLINABLE)}")
    chosen = tuple(each for each in DECLINABLE if each in grades)
    desk.wardline.choose(lambda now: replace(now, grades=chosen, queues=queues), user=desk.user)
    return go("/you?done=kinds#kinds")


def _is_on(desk: Desk, name: str) -> bool:
    sent = desk.needed(name)
    if sent not in ("yes", "no"):
        raise InputError(f"{name}: neither yes nor no, expected one of them")
    return sent == "yes"


PAGES = (
    Page("POST", "/you/viewing", REVIEWERS, viewing),
    Page("POST", "/you/kinds", REVIEWERS, kinds),
)
