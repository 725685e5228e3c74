"""Where people differ: which answer against which, of ten people or more together, and never whose.

It says what to talk about in training, not who is right. See docs/explanation/second-opinions.md.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import combinations

from wardline import records
from wardline.assurance.agreement import Share, blind_pair, share
from wardline.records import Category, Outcome

LEAST_PEOPLE = 10
"""Nothing is told of an answer against another that fewer people gave: it would tell of each."""
_UNGRADED = "violation"
"""A violation of which somebody graded no file."""
KINDS = (
    *(str(each) for each in Category),
    _UNGRADED,
    *(str(each) for each in Outcome if each is not Outcome.VIOLATION),
)
"""What an answer may be, in a fixed order: a grade, or an outcome without one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """One kind of answer against another one."""

    one: str
    other: str
    """Both of ``KINDS``, in their order."""
    share: Share
    """Of the cases in which both people gave one of these two answers: in how many they gave different ones."""


@dataclass(slots=True)
class _Met:
    same: int = 0
    people: set[str] = field(default_factory=set)


def differences(cases: Iterable[Sequence[records.Opinion]]) -> tuple[Difference, ...]:
    """Count which answers meet which other ones.

    Args:
        cases: The opinions of each settled case, oldest first. Of each the first two count, for they were given blind.

    Returns:
        In the order of ``KINDS``, not by how often; those with too few people or too few cases are left out.
    """
    met: dict[tuple[str, str], _Met] = defaultdict(_Met)
    for pair in filter(None, map(blind_pair, cases)):
        first, second = pair
        kinds = _kinds(first.answer, second.answer)
        found = met[min(kinds, key=KINDS.index), max(kinds, key=KINDS.index)]
        found.same += 1
        found.people |= {first.user_id, second.user_id}
    told = (_difference(met, one, other) for one, other in combinations(KINDS, 2))
    return tuple(each for each in told if each is not None)


def _difference(met: dict[tuple[str, str], _Met], one: str, other: str) -> Difference | None:
    differed, ones, others = (met.get(pair, _Met()) for pair in ((one, other), (one, one), (other, other)))
    if len(differed.people | ones.people | others.people) < LEAST_PEOPLE:
        return None
    # Where nobody ever met the other answer, there is nothing that could be told apart.
    if not differed.same and not (ones.same and others.same):
        return None
    found = share(differed.same, differed.same + ones.same + others.same)
    return None if found is None else Difference(one=one, other=other, share=found)


def _kinds(first: str, second: str) -> tuple[str, str]:
    """Say of what kind two answers about one case are: of two violations by the first file that they grade otherwise, else by the gravest."""
    one, other = (_grades(answer) for answer in (first, second))
    if len(one) == len(other) and one and other:
        for pair in zip(one, other, strict=True):
            if pair[0] != pair[1]:
                return pair
    return _kind(first, one), _kind(second, other)


def _grades(answer: str) -> list[str]:
    """Give what a violation grades its files as; nothing for any other outcome."""
    outcome, *graded = answer.split(" ")
    if outcome != Outcome.VIOLATION:
        return []
    return [each if each in KINDS else _UNGRADED for each in graded]


def _kind(answer: str, graded: Sequence[str]) -> str:
    if graded:
        return min(graded, key=KINDS.index)
    return answer if answer in KINDS else _UNGRADED
