"""Clusters, rehearsed: how much is looked at when decisions spread, and how many of those that spread are wrong.

Truth is drawn, people look at it, and ``review.agreement`` says what spreads, as it does in ``pipeline.clusters``. Nothing here knows the
rule a second time. All that is left out is time: each file is looked at before the next of its cluster comes, which is the case in which the
fewest copies wait and therefore the fewest looks are spared.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

import numpy as np

from wardline import records, review
from wardline.records import Category, Outcome

_KINDS = (
    (Outcome.VIOLATION, Category.A2), (Outcome.VIOLATION, Category.B2), (Outcome.OTHER_RULE, None), (Outcome.NOT_VIOLATION, None),
)  # fmt: skip
"""What a person says of the scale's A and B, of another violation, and of harmless files."""
_BEGUN = datetime(2026, 1, 1, tzinfo=UTC)
"""Any time: none passes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Clustered:
    """How clusters are drawn. The numbers are invented ones of the simulated year in docs/explanation/queue-order.md."""

    uploads: int = 200_000
    """About so many, 1 and up: the last cluster is drawn whole."""
    single_share: float = 0.8
    """Of the clusters so many have one file only, 0 to 1."""
    size_exponent: float = 1.4
    """Of the Pareto distribution that the sizes of the others follow, from 2 on."""
    most_files: int = 500
    """In one cluster."""
    identical_share: float = 0.5
    """Of the members of a cluster but the first so many are the first one, byte for byte, 0 to 1."""
    impurity: float = 0.01
    """So many of the other files are something else than their cluster, 0 to 1."""
    mix: tuple[float, float, float, float] = (0.016, 0.061, 0.134, 0.789)
    """How many are A, B, another violation, harmless; together 1."""
    people: int = 20
    """Who looks next is drawn among them, 2 and up."""
    mistaken: float = 0.0
    """So many looks come to something else than what the file is, 0 to 1."""
    audit_share: float = 0.05
    """Of what would be decided without a look so many are looked at, 0 to 1."""


@dataclass(slots=True)
class Counted:
    """What came of it."""

    files: int = 0
    looks: int = 0
    """How often somebody looked; without clusters everything is looked at once."""
    violations: int = 0
    """Files of A and B."""
    looks_at_violations: int = 0
    spread: int = 0
    """Decisions without a look."""
    spread_wrong: int = 0
    """Those of them that were not what the file is, also where they were taken back."""
    taken_back: int = 0
    in_front: int = 0
    """Files that were hidden, and looked at sooner, for one near them was a violation."""
    in_front_wrong: int = 0
    """Those of them that are none."""
    stopped: int = 0
    """Clusters in which somebody differed from what had spread."""


@dataclass(slots=True)
class _Cluster:
    """One cluster while it is worked through."""

    voices: dict[int, list[records.Voice]] = field(default_factory=lambda: defaultdict(list))
    """By file."""
    said: dict[tuple[str, Outcome, Category | None], records.Voice] = field(default_factory=dict)
    """By all people of all files, each thing once."""
    standing: dict[int, records.Spread] = field(default_factory=dict)
    """What stands for the copies of a file."""
    decided: dict[int, int] = field(default_factory=lambda: defaultdict(int))
    """How many copies of a file were decided without a look."""
    is_in_front: bool = False
    is_stopped: bool = False


def rehearse(drawn: Clustered, *, seed: int) -> tuple[Counted, Counted]:
    """Work through clusters until there were so many uploads.

    Args:
        drawn: How the clusters are drawn.
        seed: The same one gives the same answer.

    Returns:
        What came of clusters of two files and more, and of everything.
    """
    chance = np.random.default_rng(seed)
    clustered, everything = Counted(), Counted()
    while everything.files < drawn.uploads:
        is_single = chance.random() < drawn.single_share
        size = (
            1 if is_single else int(min(2 * chance.random() ** (-1 / drawn.size_exponent), drawn.most_files))
        )
        counted = _Walk(drawn, chance).through(size)
        for total in (everything, clustered) if size > 1 else (everything,):
            _add(total, counted)
    return clustered, everything


class _Walk:
    """The way through one cluster."""

    def __init__(self, drawn: Clustered, chance: np.random.Generator) -> None:
        self._drawn, self._chance = drawn, chance
        self._cluster, self._counted = _Cluster(), Counted()
        self._number = 0

    def through(self, size: int) -> Counted:
        """Look at what has to be looked at, file by file."""
        kinds = len(_KINDS)
        common = int(self._chance.choice(kinds, p=self._drawn.mix))
        truths = {0: common}
        is_copy = self._chance.random(size) < self._drawn.identical_share
        is_other = self._chance.random(size) < self._drawn.impurity
        for place in range(size):
            file = 0 if place == 0 or is_copy[place] else place
            if file not in truths:
                truths[file] = self._other_than(common) if is_other[place] else common
            self._take(file, truths[file])
        return self._counted

    def _take(self, file: int, truth: int) -> None:
        cluster, counted = self._cluster, self._counted
        counted.files += 1
        counted.violations += _KINDS[truth][0] is Outcome.VIOLATION
        stands = cluster.standing.get(file)
        if stands is not None and self._chance.random() >= self._drawn.audit_share:
            counted.spread += 1
            cluster.decided[file] += 1
            counted.spread_wrong += (stands.outcome, stands.category) != _KINDS[truth]
            return
        if cluster.is_in_front and stands is None:
            counted.in_front += 1
            counted.in_front_wrong += _KINDS[truth][0] is not Outcome.VIOLATION
        self._look(file, truth)

    def _look(self, file: int, truth: int) -> None:
        counted = self._counted
        counted.looks += 1
        counted.looks_at_violations += _KINDS[truth][0] is Outcome.VIOLATION
        said = self._other_than(truth) if self._chance.random() < self._drawn.mistaken else truth
        person = self._somebody(file)
        self._number += 1
        outcome, category = _KINDS[said]
        voice = records.Voice(person, outcome, category, f"{self._number:09}")
        self._cluster.voices[file].append(voice)
        self._weigh(file, truth, voice)

    def _weigh(self, file: int, truth: int, voice: records.Voice) -> None:
        """Do as ``pipeline.clusters.weigh`` does."""
        cluster = self._cluster
        if cluster.is_stopped:
            return
        stands = cluster.standing.get(file)
        if stands is not None and review.contradicts(stands, cluster.voices[file]):
            self._stop(file, truth)
            return
        before = list(cluster.said.values())
        cluster.said.setdefault((voice.user_id, voice.outcome, voice.category), voice)
        every = list(cluster.said.values())
        self._begin_if_agreed(file, every)
        cluster.is_in_front = review.for_near(every) is not None
        if type(review.agreement(before)) is not type(review.agreement(every)):
            self._weigh_others(every)

    def _weigh_others(self, every: Sequence[records.Voice]) -> None:
        cluster = self._cluster
        if not isinstance(review.agreement(every), review.Split):
            for file in cluster.voices:
                self._begin_if_agreed(file, every)
            return
        for file in list(cluster.standing):
            if not review.stands_alone(cluster.voices[file]):
                del cluster.standing[file]

    def _begin_if_agreed(self, file: int, every: Sequence[records.Voice]) -> None:
        cluster = self._cluster
        if file in cluster.standing:
            return
        agreed = review.for_identical(cluster.voices[file], every)
        if agreed is not None:
            cluster.standing[file] = _spread(agreed)

    def _stop(self, file: int, truth: int) -> None:
        """Nothing spreads any more, and what had spread from this file is looked at by people."""
        cluster, counted = self._cluster, self._counted
        cluster.is_stopped, cluster.is_in_front = True, False
        cluster.standing.clear()
        again = cluster.decided[file]
        counted.stopped += 1
        counted.taken_back += again
        counted.looks += again
        counted.looks_at_violations += again * (_KINDS[truth][0] is Outcome.VIOLATION)

    def _somebody(self, file: int) -> str:
        """Draw who looks; whoever saw these bytes before is handed them again only when nobody else is left."""
        seen = {voice.user_id for voice in self._cluster.voices[file]}
        while True:
            person = f"user-{self._chance.integers(self._drawn.people)}"
            if person not in seen or len(seen) >= self._drawn.people:
                return person

    def _other_than(self, kind: int) -> int:
        others = np.array([0.0 if each == kind else share for each, share in enumerate(self._drawn.mix)])
        return int(self._chance.choice(len(_KINDS), p=others / others.sum()))


def _spread(agreed: review.Agreed) -> records.Spread:
    return records.Spread(
        id="spread-00000000000000000000000000", cluster_id="cluster", target="file", outcome=agreed.outcome,
        category=agreed.category, decisions=agreed.decisions, begun_at=_BEGUN,
    )  # fmt: skip


def _add(total: Counted, counted: Counted) -> None:
    for name in Counted.__dataclass_fields__:
        setattr(total, name, getattr(total, name) + getattr(counted, name))
