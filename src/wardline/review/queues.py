"""Which queue a case waits in, and who takes from which."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from wardline import records
from wardline.records import GENERAL_QUEUE, Letter, MediaFormat, Visibility
from wardline.review.targets import Targets, letter_of, with_target


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueRule:
    """From ``[[review.queues]]`` in wardline.toml: what comes into a queue, and who takes from it. What is empty is no condition."""

    name: str
    """Letters, digits, dots and dashes; not ``"general"``, which is where everything else waits."""
    surfaces: tuple[str, ...] = ()
    """Where it was posted, in the platform's words; capital letters make no difference."""
    languages: tuple[str, ...] = ()
    """BCP 47 tags: ``"de"`` is also ``"de-AT"``, ``"de-AT"`` is not ``"de"``."""
    formats: tuple[MediaFormat, ...] = ()
    categories: tuple[Letter, ...] = ()
    """How grave the case may be: ``"A"``, ``"B"`` or ``"other"``."""
    visibility: Visibility | None = None
    skills: tuple[str, ...] = ()
    """What somebody needs to take from it: all of these."""
    target_hours: float = 0.0
    """A target of its own, where that is earlier than the one of the case's class; 0: none."""


def queue_of(case: records.Case, item: records.Item, rules: Sequence[QueueRule]) -> str:
    """Choose the queue of a case: the first whose conditions fit. One that a lead chose stays, while there is such a queue."""
    names = {rule.name for rule in rules} | {GENERAL_QUEUE}
    if case.diverted_by is not None and case.queue in names:
        return case.queue
    return next((rule.name for rule in rules if _fits(rule, case, item)), GENERAL_QUEUE)


def put_in_queue(
    case: records.Case, item: records.Item, *, rules: Sequence[QueueRule], targets: Targets
) -> records.Case:
    """Choose a case's queue, its class and its target from what is known of it now. A target never moves to a later time; its version stays.

    Args:
        case: It has its place already; see ``rank``.
        item: Its first file.
        rules: Of the settings, in their order.
        targets: Of the settings.
    """
    queue = queue_of(case, item, rules)
    there = case if queue == case.queue else replace(case, queue=queue)
    return with_target(
        there, targets=targets, queue_hours=hours_of(queue, rules), left_hours=hours_of(case.queue, rules)
    )


def hours_of(queue: str, rules: Iterable[QueueRule]) -> float:
    """Give the target that a queue has of its own; 0 for none."""
    return next((rule.target_hours for rule in rules if rule.name == queue), 0.0)


def taken_with(skills: Iterable[str], rules: Iterable[QueueRule]) -> tuple[str, ...]:
    """Name the queues from which somebody with these skills takes; the general one always."""
    has = set(skills)
    return (GENERAL_QUEUE, *(rule.name for rule in rules if has.issuperset(rule.skills)))


def _fits(rule: QueueRule, case: records.Case, item: records.Item) -> bool:
    context = item.context
    surface = context.surface.casefold() if context else None
    fits_context = (
        (not rule.surfaces or surface in {each.casefold() for each in rule.surfaces})
        and (not rule.languages or _speaks(context.language if context else None, rule.languages))
        and (rule.visibility is None or (context is not None and context.visibility is rule.visibility))
    )
    fits_format = not rule.formats or (item.picture is not None and item.picture.format in rule.formats)
    return fits_context and fits_format and (not rule.categories or letter_of(case) in rule.categories)


def _speaks(language: str | None, wanted: Iterable[str]) -> bool:
    """Compare by basic filtering. Source: RFC 4647, section 3.3.1."""
    if language is None:
        return False
    given = language.casefold()
    return any(given == each.casefold() or given.startswith(each.casefold() + "-") for each in wanted)
