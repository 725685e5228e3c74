"""What is told of clusters, and what a person saw of one before."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from wardline import records
from wardline.pipeline.parts import Parts

MOST_COUNTED = 1_000
"""Members are counted up to this number."""
_REMEMBERED = timedelta(days=90)
"""For so long a person is told that they were shown a file before."""
_WORKS_ON = timedelta(minutes=30)
"""So long after somebody was shown a file they work on its cluster."""
_CASES = 4
_SPREADS = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """How many people said the same of the files of a cluster. Nobody is named."""

    outcome: records.Outcome
    category: records.Category | None
    people: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """Where a cluster stands."""

    cluster: records.Cluster
    members: int
    """Counted up to ``MOST_COUNTED``."""
    said: tuple[Said, ...] | None
    """None while somebody's opinion is awaited who shall not know the others'."""
    spreads: tuple[records.Spread, ...]
    """The first of them, oldest first; none while opinions are awaited."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SeenBefore:
    """What a person was shown that is like a file."""

    reveal: records.Reveal
    identical: bool
    """Whether it was this very file; else one near it."""
    decision: records.Decision | None
    """What this person decided about it then."""


def standing(parts: Parts, cluster_id: str) -> Standing:
    """Say where a cluster stands, in a few queries, however large it is."""
    store = parts.store
    cluster = store.cluster(cluster_id)
    members = store.count_members([cluster_id], most=MOST_COUNTED).get(cluster_id, 0)
    if store.awaits_opinion(cluster_id):
        return Standing(cluster=cluster, members=members, said=None, spreads=())
    by = Counter((voice.outcome, voice.category) for voice in store.voices(cluster_id=cluster_id))
    said = tuple(
        Said(outcome=outcome, category=category, people=people)
        for (outcome, category), people in sorted(by.items(), key=lambda each: (-each[1], str(each[0])))
    )
    return Standing(
        cluster=cluster,
        members=members,
        said=said,
        spreads=tuple(store.spreads_of(cluster_id, most=_SPREADS)),
    )


def seen_before(parts: Parts, case: records.Case, user: records.User) -> SeenBefore | None:
    """Say whether a person was shown this case's first file before in another case, or one near it."""
    member = parts.store.cluster_member(case.id)
    if member is None:
        return None
    for file_id in (member.file_id, None):
        shown = parts.store.shown_in_cluster(
            member.cluster_id, user_id=user.id, since=parts.now() - _REMEMBERED, most=_CASES, file_id=file_id
        )
        for reveal in shown:
            if reveal.case_id != case.id:
                own = [each for each in parts.store.decisions_of(reveal.case_id) if each.user_id == user.id]
                standing_ones = [each for each in own if each.state is not records.DecisionState.UNDONE]
                return SeenBefore(
                    reveal=reveal, identical=file_id is not None, decision=standing_ones[-1] if standing_ones else None
                )  # fmt: skip
    return None


@dataclass(frozen=True, slots=True)
class Alike:
    """What waits in the cluster that somebody works on."""

    cases: tuple[records.Standing, ...] = ()
    near: frozenset[str] = frozenset()
    """Ids of cases about files near the one that they were shown."""
    seen: frozenset[str] = frozenset()
    """Ids of cases about files that they were shown already."""


def works_on(parts: Parts, shown: Sequence[records.Reveal], clusters: Mapping[str, str]) -> str | None:
    """Give the cluster of the file that somebody was shown last, if that was lately; None for a file that stands alone.

    Args:
        parts: The installation's.
        shown: What this person was shown in their shift, the newest last.
        clusters: By the id of each case that they were shown, its cluster.
    """
    if not shown or shown[-1].at < parts.now() - _WORKS_ON:
        return None
    return clusters.get(shown[-1].case_id)


def left(
    parts: Parts, user_id: str, shown: Sequence[records.Reveal], clusters: Mapping[str, str], *, among: Collection[str | None]
) -> frozenset[str]:  # fmt: skip
    """Give those of some clusters of which somebody was shown a file lately and passed its case on, or stopped at it: they do not want more of it.

    Args:
        parts: The installation's.
        user_id: Who.
        shown, clusters: See ``works_on``.
        among: The clusters that are asked for. Only where somebody was shown one of them is anything read.
    """
    since = parts.now() - _WORKS_ON
    asked = {each for each in among if each is not None}
    case_ids = {each.case_id for each in shown if each.at >= since and clusters.get(each.case_id) in asked}
    cases = parts.store.several_cases(sorted(case_ids)) if case_ids else {}
    return frozenset(clusters[case_id] for case_id, case in cases.items() if user_id in case.declined_by)


def alike(
    parts: Parts, taker: records.Taker, cluster_id: str | None, others: Sequence[records.Standing]
) -> Alike:
    """Find what waits in the cluster of the file that somebody was shown last, if that was lately.

    Args:
        parts: The installation's.
        taker: Who asks for a case.
        cluster_id: What they work on; see ``works_on``.
        others: What else waits: those of the same cluster are sorted, too.
    """
    store, now = parts.store, parts.now()
    if cluster_id is None:
        return Alike()
    waiting = store.waiting_in_cluster(cluster_id, now=now, taker=taker, most=_CASES)
    standings = [*map(records.standing_of, waiting), *others]
    found = {each.id: each for each in standings if each.cluster_id == cluster_id}
    saw: dict[str, bool] = {}
    seen: set[str] = set()
    for case_id in found:
        member = store.cluster_member(case_id)
        if member is not None and _saw(parts, taker.user_id, member, saw):
            seen.add(case_id)
    return Alike(tuple(found.values()), frozenset(found.keys() - seen), frozenset(seen))


def _saw(parts: Parts, user_id: str, member: records.ClusterMember, known: dict[str, bool]) -> bool:
    if member.file_id not in known:
        known[member.file_id] = bool(
            parts.store.shown_in_cluster(
                member.cluster_id,
                user_id=user_id,
                since=parts.now() - _REMEMBERED,
                most=1,
                file_id=member.file_id,
            )
        )
    return known[member.file_id]


class ClusterActs:
    """Part of ``Wardline``: files that look alike."""

    parts: Parts

    def cluster(self, cluster_id: str) -> Standing:
        """Say where a cluster stands: how large it is, what people said, and what spread. Names nobody."""
        return standing(self.parts, cluster_id)

    def near_copies(self, cases: Sequence[records.Case]) -> dict[str, int]:
        """Count, by case, how many others stand with each in its cluster; cases that stand alone are left out."""
        ids = list(dict.fromkeys(each.cluster_id for each in cases if each.cluster_id is not None))
        counted = self.parts.store.count_members(ids, most=MOST_COUNTED + 1)
        return {
            each.id: counted[each.cluster_id] - 1
            for each in cases
            if each.cluster_id is not None and counted.get(each.cluster_id, 0) > 1
        }

    def seen_before(self, case: records.Case, *, user: records.User) -> SeenBefore | None:
        """Say whether a person was shown the file of a case before, or one near it."""
        return seen_before(self.parts, case, user)
