"""What one person's opinions come to: for themselves, and for a lead who trains them, who is written into the log."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from wardline import assurance, records
from wardline.errors import NotAllowedError
from wardline.pipeline.parts import Parts
from wardline.records import Role, Verb

_MOST = 1000
"""Of a person's newest opinions: what they did years ago trains nobody."""


DIFFERENCE_DAYS = 180
"""Where people differ is told of so many whole days (UTC) that are over: today's would tell what somebody said just now."""
_MOST_SETTLED = 20_000
"""Of the newest opinions of that time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Training:
    """One person's measures."""

    measures: assurance.Measures
    known: assurance.Share | None
    """Of files with a known answer: how many the person answered like that; None while they are too few."""
    known_base: int
    """How many of those files the person answered."""


def measures_of(parts: Parts, user_id: str, *, reader: records.User) -> Training:
    """Measure one person's opinions. Anybody may ask for their own; a lead for one other person's, and the log tells of it first.

    Raises:
        NotAllowedError: Somebody else asks.
    """
    if reader.id != user_id:
        if reader.role is not Role.LEAD or reader.disabled:
            raise NotAllowedError(f"{user_id}: another person's training, expected one's own, or a lead")
        parts.store.user(user_id)
        parts.store.commit(entries=[parts.entry(Verb.TRAINING_READ, user_id, actor=reader.id)])
    own = parts.store.opinions_by(user_id, most=_MOST)
    cases = parts.store.opinions_of_several(list({each.case_id: None for each in own}))
    settled = {
        case_id: opinions
        for case_id, opinions in cases.items()
        if all(each.settled_at is not None for each in opinions)
    }
    answered = [
        each
        for each in parts.store.golden_cases_for(user_id)
        if each.user_id == user_id and each.outcome is not None
    ]
    known = {each.golden_id: parts.store.golden_item(each.golden_id) for each in answered}
    right = sum(
        (known[each.golden_id].outcome, known[each.golden_id].category) == (each.outcome, each.category)
        for each in answered
    )
    return Training(
        measures=assurance.measure(user_id, settled), known=assurance.share(right, len(answered)), known_base=len(answered)
    )  # fmt: skip


def differences(parts: Parts, *, reader: records.User) -> tuple[assurance.Difference, ...]:
    """Say which answers meet which other ones, of ten people or more together and of nobody alone.

    Raises:
        NotAllowedError: Somebody asks who is no lead.
    """
    if reader.role is not Role.LEAD or reader.disabled:
        raise NotAllowedError("differences: for leads, who train people, expected a lead")
    today = parts.now().replace(hour=0, minute=0, second=0, microsecond=0)
    since = today - timedelta(days=DIFFERENCE_DAYS)
    found = parts.store.opinions_settled(since=since, until=today, most=_MOST_SETTLED)
    cases = parts.store.opinions_of_several(list({each.case_id: None for each in found}))
    return assurance.differences(cases.values())
