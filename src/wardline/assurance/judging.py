"""What several people said of one item, as a truth and as a measurement of one of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from wardline import records
from wardline.records import Outcome, Truth


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """An item whose truth is settled."""

    truth: Truth
    person_was_right: bool
    """The first person that the rota drew."""
    judges: int


@dataclass(frozen=True, slots=True, kw_only=True)
class NotJudged:
    """It is no evidence."""

    reason: str
    """A fixed phrase."""


def judge(opinions: Sequence[records.Opinion]) -> Judged | NotJudged:
    """Say what the opinions about one matter come to.

    What is no violation is innocent here, also where it breaks another rule: what a certificate is about is what has to be reported.

    Args:
        opinions: All of them, in any order.
    """
    if len(opinions) < 2:
        return NotJudged(reason="a vote is missing, expected two people at least")
    if len({each.user_id for each in opinions}) < len(opinions):
        return NotJudged(reason="one person gave two votes, expected each vote from somebody else")
    if len({each.case_id for each in opinions}) > 1:
        return NotJudged(reason="votes about different cases, expected those of one")
    settled = {each.settled for each in opinions}
    answer = next(iter(settled))
    if len(settled) > 1 or answer is None:
        return NotJudged(reason="not settled, expected two people who agree, or a lead")
    first = min(opinions, key=lambda each: (each.at, each.id))
    truth = _truth(answer)
    return Judged(truth=truth, person_was_right=_truth(first.answer) is truth, judges=len(opinions))


def truth_of(outcome: Outcome) -> Truth:
    """Say which truth an outcome stands for."""
    return Truth.VIOLATING if outcome is Outcome.VIOLATION else Truth.INNOCENT


def _truth(answer: str) -> Truth:
    return truth_of(Outcome(answer.split(" ", 1)[0]))
