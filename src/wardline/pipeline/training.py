"""What one person's opinions come to: for themselves, and for a lead who trains them, who is written into the log."""

from __future__ import annotations

from dataclasses import dataclass

from wardline import assurance, records
from wardline.errors import NotAllowedError
from wardline.pipeline.parts import Parts
from wardline.records import Role, Verb

_MOST = 1000
"""Of a person's newest opinions: what they did years ago trains nobody."""


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
    right = sum(parts.store.golden_item(each.golden_id).outcome is each.outcome for each in answered)
    return Training(
        measures=assurance.measure(user_id, settled), known=assurance.share(right, len(answered)), known_base=len(answered)
    )  # fmt: skip
