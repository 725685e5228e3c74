"""The readers of clusters, over dictionaries."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime

from wardline import records
from wardline.adapters.stores.memory_queue import waits
from wardline.adapters.stores.memory_several import MemorySeveral
from wardline.records import CaseState, ClusterMember, Stage


class MemoryClusters(MemorySeveral):
    """Clusters, their members, what people said and what spread."""

    def cluster(self, cluster_id: str) -> records.Cluster:
        return self._one(records.Cluster, cluster_id)

    def clusters(self, *, after: str | None = None, most: int) -> list[records.Cluster]:
        found = self._all(records.Cluster, _opened)
        return self._following(records.Cluster, found, _opened, after)[:most]

    def leaders(self, *, after: str, most: int) -> list[tuple[str, str]]:
        found = self._all(records.Cluster, lambda each: each.id, lambda each: each.id > after)
        return [(each.id, each.pdq) for each in found if each.pdq is not None][:most]

    def cluster_file(self, sha256: str) -> records.ClusterFile | None:
        found = self._all(records.ClusterFile, lambda each: each.id, lambda each: each.sha256 == sha256)
        return found[0] if found else None

    def cluster_member(self, case_id: str) -> ClusterMember | None:
        found = self._members(lambda each: each.case_id == case_id)
        return found[0] if found else None

    def cluster_members(self, cluster_id: str, *, after: str | None = None, most: int) -> list[ClusterMember]:
        return self._members(lambda each: each.cluster_id == cluster_id, after)[:most]

    def count_members(self, cluster_ids: Sequence[str], *, most: int) -> dict[str, int]:
        counted = {each: len(self.cluster_members(each, most=most)) for each in cluster_ids}
        return {each: number for each, number in counted.items() if number}

    def untouched_members(
        self, spread: records.Spread, *, after: str | None = None, most: int
    ) -> list[ClusterMember]:
        def fits(each: ClusterMember) -> bool:
            is_its = (each.file_id if spread.decides else each.cluster_id) == spread.target
            is_new = each.spread_id is None and (spread.decides or each.near_spread_id is None)
            return is_its and is_new and self._is_open(each.case_id)

        return self._members(fits, after)[:most]

    def touched_members(self, spread_id: str, *, most: int) -> list[ClusterMember]:
        return self._members(lambda each: spread_id in (each.spread_id, each.near_spread_id))[:most]

    def judged_members(
        self, *, cluster_id: str, file_id: str | None = None, besides: str | None = None, most: int
    ) -> list[ClusterMember]:
        def fits(each: ClusterMember) -> bool:
            is_about = each.cluster_id == cluster_id if file_id is None else each.file_id == file_id
            return is_about and each.file_id != besides and self._is_judged(each.case_id)

        return self._members(fits)[::-1][:most]

    def cluster_vote(self, decision_id: str) -> records.ClusterVote | None:
        found = self._all(
            records.ClusterVote, lambda each: each.id, lambda each: each.decision_id == decision_id
        )
        return found[0] if found else None

    def voices(self, *, cluster_id: str, file_id: str | None = None) -> list[records.Voice]:
        def fits(each: records.ClusterVote) -> bool:
            is_about = each.cluster_id == cluster_id if file_id is None else each.file_id == file_id
            return is_about and each.withdrawn_at is None

        said: dict[tuple[str, str, str | None], records.Voice] = {}
        for each in self._all(records.ClusterVote, lambda vote: vote.decision_id, fits):
            voice = records.Voice(each.user_id, each.outcome, each.category, each.decision_id)
            said.setdefault((each.user_id, each.outcome, each.category), voice)
        return list(said.values())

    def judged_files(self, cluster_id: str, *, after: str, most: int) -> list[str]:
        def fits(each: records.ClusterVote) -> bool:
            return each.cluster_id == cluster_id and each.withdrawn_at is None and each.file_id > after

        found = self._all(records.ClusterVote, lambda each: each.file_id, fits)
        return list(dict.fromkeys(each.file_id for each in found))[:most]

    def spread(self, spread_id: str) -> records.Spread:
        return self._one(records.Spread, spread_id)

    def standing_spread(self, target: str) -> records.Spread | None:
        def fits(each: records.Spread) -> bool:
            return each.target == target and each.stopped_at is None

        found = self._all(records.Spread, lambda each: each.id, fits)
        return found[0] if found else None

    def spreads_of(self, cluster_id: str, *, after: str | None = None, most: int) -> list[records.Spread]:
        def fits(each: records.Spread) -> bool:
            return each.cluster_id == cluster_id and each.id > (after or "")

        return self._all(records.Spread, lambda each: each.id, fits)[:most]

    def several_cases(self, case_ids: Sequence[str]) -> dict[str, records.Case]:
        with self._gate:
            table = self._table(records.Case)
            return {each: table[each] for each in case_ids if each in table}

    def is_linked(self, *, cluster_id: str, besides: str, file_id: str | None = None) -> bool:
        def fits(each: ClusterMember) -> bool:
            is_about = each.cluster_id == cluster_id if file_id is None else each.file_id == file_id
            return is_about and each.case_id != besides

        of_it = [each.case_id for each in self._members(fits)]
        return any(case.account_reference for case in self.several_cases(of_it).values())

    def awaits_opinion(self, cluster_id: str) -> bool:
        def fits(case: records.Case) -> bool:
            return (
                case.cluster_id == cluster_id
                and case.state is CaseState.OPEN
                and case.stage is not Stage.FIRST
            )

        return bool(self._all(records.Case, lambda case: case.id, fits))

    def waiting_in_cluster(
        self, cluster_id: str, *, now: datetime, taker: records.Taker, most: int
    ) -> list[records.Case]:
        def fits(case: records.Case) -> bool:
            return case.cluster_id == cluster_id and waits(case, now, taker, escalated=False)

        return self._all(records.Case, lambda case: case.id, fits)[:most]

    def shown_in_cluster(
        self, cluster_id: str, *, user_id: str, since: datetime, most: int, file_id: str | None = None
    ) -> list[records.Reveal]:
        def fits(each: ClusterMember) -> bool:
            return each.cluster_id == cluster_id if file_id is None else each.file_id == file_id

        of_it = {each.case_id for each in self._members(fits)}
        shown = [each for each in self.reveals_to(user_id, since=since) if each.case_id in of_it]
        return shown[::-1][:most]

    def _members(
        self, fits: Callable[[ClusterMember], bool], after: str | None = None
    ) -> list[ClusterMember]:
        return self._all(
            ClusterMember, lambda each: each.id, lambda each: each.id > (after or "") and fits(each)
        )

    def _is_judged(self, case_id: str) -> bool:
        case = self.several_cases([case_id]).get(case_id)
        if case is None or case.state is not CaseState.CLOSED or not case.account_reference:
            return False
        with self._gate:
            decision = self._table(records.Decision).get(case.decision_id or "")
        return decision is not None and (decision.outcome, decision.state) == (
            records.Outcome.VIOLATION,
            records.DecisionState.EFFECTIVE,
        )

    def _is_open(self, case_id: str) -> bool:
        case = self.several_cases([case_id]).get(case_id)
        return case is not None and case.state is CaseState.OPEN


def _opened(cluster: records.Cluster) -> tuple[datetime, str]:
    return cluster.opened_at, cluster.id
