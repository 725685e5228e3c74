"""Files with a known answer: which one comes next, and what their cases look like."""

from __future__ import annotations

import string
from collections.abc import Collection, Sequence

from wardline import records

ENOUGH = 2
"""So many people have to say the same of a case, blind, before its answer counts as known."""


def is_beyond_doubt(decision_id: str, opinions: Sequence[records.Opinion]) -> bool:
    """Say whether a decision is the answer of two people at least, and the one with which its case was settled."""
    same = [each for each in opinions if each.settled is not None and each.answer == each.settled]
    return len({each.user_id for each in same}) >= ENOUGH and any(
        each.decision_id == decision_id for each in same
    )


def choose(
    items: Sequence[records.GoldenItem], had: Collection[str], *, chance: float
) -> records.GoldenItem | None:
    """Choose one that this person did not have yet; None when they had all.

    Args:
        items: Those in use.
        had: Ids of those that this person was given.
        chance: 0 to below 1, random.
    """
    new = [each for each in items if each.id not in had]
    return new[int(chance * len(new))] if new else None


def disguise(sample: str, chance: bytes) -> str:
    """Make an id that looks like another one: digits for digits, letters for letters.

    Args:
        sample: Not empty.
        chance: Random; used again from its start where the sample is longer.
    """
    return "".join(_other(each, chance[place % len(chance)]) for place, each in enumerate(sample))


def _other(character: str, number: int) -> str:
    for alphabet in (string.digits, string.ascii_lowercase, string.ascii_uppercase):
        if character in alphabet:
            return alphabet[number % len(alphabet)]
    return character
