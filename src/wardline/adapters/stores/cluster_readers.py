"""The readers of clusters, over SQL. Each walks an index and stops after a page."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from wardline import records
from wardline.adapters.stores import codec, tables
from wardline.adapters.stores.queue_readers import waiting
from wardline.adapters.stores.reading import MOST_VALUES, SqlReading

_FURTHER = sa.text("stage <> 'first'")
"""As the index has it: a bound value would not be known to be the same."""


class SqlClusters(SqlReading):
    """Clusters, their members, what people said and what spread."""

    def cluster(self, cluster_id: str) -> records.Cluster:
        return self._one(records.Cluster, cluster_id)

    def clusters(self, *, after: str | None = None, most: int) -> list[records.Cluster]:
        table = tables.clusters
        chosen = sa.select(table).where(self._after(table.c.opened_at, after))
        return self._all(records.Cluster, chosen.order_by(table.c.opened_at, table.c.id).limit(most))

    def leaders(self, *, after: str, most: int) -> list[tuple[str, str]]:
        table = tables.clusters
        chosen = sa.select(table.c.id, table.c.pdq).where(table.c.pdq.is_not(None), table.c.id > after)
        return [(row["id"], row["pdq"]) for row in self._rows(chosen.order_by(table.c.id).limit(most))]

    def cluster_file(self, sha256: str) -> records.ClusterFile | None:
        table = tables.cluster_files
        return self._first(records.ClusterFile, sa.select(table).where(table.c.sha256 == sha256))

    def cluster_member(self, case_id: str) -> records.ClusterMember | None:
        table = tables.cluster_members
        return self._first(records.ClusterMember, sa.select(table).where(table.c.case_id == case_id))

    def cluster_members(
        self, cluster_id: str, *, after: str | None = None, most: int
    ) -> list[records.ClusterMember]:
        table = tables.cluster_members
        return self._members(table.c.cluster_id == cluster_id, after=after, most=most)

    def count_members(self, cluster_ids: Sequence[str], *, most: int) -> dict[str, int]:
        table = tables.cluster_members
        found: dict[str, int] = {}
        for start in range(0, len(cluster_ids), MOST_VALUES):
            counted = [
                sa.select(sa.literal(each).label("id"), sa.func.count().label("number")).select_from(
                    sa.select(table.c.id).where(table.c.cluster_id == each).limit(most).subquery()
                )
                for each in cluster_ids[start : start + MOST_VALUES]
            ]
            found |= {row["id"]: int(row["number"]) for row in self._rows(sa.union_all(*counted))}
        return {each: number for each, number in found.items() if number}

    def untouched_members(
        self, spread: records.Spread, *, after: str | None = None, most: int
    ) -> list[records.ClusterMember]:
        table, cases = tables.cluster_members, tables.cases
        of_it = table.c.file_id if spread.decides else table.c.cluster_id
        is_open = sa.exists().where(
            cases.c.id == table.c.case_id, cases.c.state == records.CaseState.OPEN.value
        )
        chosen = [of_it == spread.target, table.c.spread_id.is_(None), is_open]
        if not spread.decides:
            chosen.append(table.c.near_spread_id.is_(None))
        return self._members(*chosen, after=after, most=most)

    def touched_members(self, spread_id: str, *, most: int) -> list[records.ClusterMember]:
        table = tables.cluster_members
        by_it = sa.or_(table.c.spread_id == spread_id, table.c.near_spread_id == spread_id)
        return self._members(by_it, after=None, most=most)

    def judged_members(
        self, *, cluster_id: str, file_id: str | None = None, besides: str | None = None, most: int
    ) -> list[records.ClusterMember]:
        table, cases, decisions = tables.cluster_members, tables.cases, tables.decisions
        about = table.c.cluster_id == cluster_id if file_id is None else table.c.file_id == file_id
        found = (
            sa.select(table)
            .join(cases, cases.c.id == table.c.case_id)
            .join(decisions, decisions.c.id == cases.c.decision_id)
            .where(
                about,
                table.c.file_id != (besides or ""),
                cases.c.state == records.CaseState.CLOSED.value,
                cases.c.account_reference != "",
                decisions.c.outcome == records.Outcome.VIOLATION.value,
                decisions.c.state == records.DecisionState.EFFECTIVE.value,
            )
        )
        return self._all(records.ClusterMember, found.order_by(table.c.id.desc()).limit(most))

    def cluster_vote(self, decision_id: str) -> records.ClusterVote | None:
        table = tables.cluster_votes
        return self._first(records.ClusterVote, sa.select(table).where(table.c.decision_id == decision_id))

    def voices(self, *, cluster_id: str, file_id: str | None = None) -> list[records.Voice]:
        table = tables.cluster_votes
        said = (table.c.user_id, table.c.outcome, table.c.category)
        about = table.c.cluster_id == cluster_id if file_id is None else table.c.file_id == file_id
        first = sa.func.min(table.c.decision_id).label("decision_id")
        chosen = sa.select(*said, first).where(about, table.c.withdrawn_at.is_(None)).group_by(*said)
        return sorted((_voice(row) for row in self._rows(chosen)), key=lambda voice: voice.decision_id)

    def judged_files(self, cluster_id: str, *, after: str, most: int) -> list[str]:
        table = tables.cluster_votes
        about = (table.c.cluster_id == cluster_id, table.c.withdrawn_at.is_(None), table.c.file_id > after)
        chosen = sa.select(table.c.file_id).where(*about).distinct().order_by(table.c.file_id).limit(most)
        return [row["file_id"] for row in self._rows(chosen)]

    def spread(self, spread_id: str) -> records.Spread:
        return self._one(records.Spread, spread_id)

    def standing_spread(self, target: str) -> records.Spread | None:
        table = tables.spreads
        chosen = sa.select(table).where(table.c.target == target, table.c.stopped_at.is_(None))
        return self._first(records.Spread, chosen)

    def spreads_of(self, cluster_id: str, *, after: str | None = None, most: int) -> list[records.Spread]:
        table = tables.spreads
        chosen = sa.select(table).where(table.c.cluster_id == cluster_id, table.c.id > (after or ""))
        return self._all(records.Spread, chosen.order_by(table.c.id).limit(most))

    def several_cases(self, case_ids: Sequence[str]) -> dict[str, records.Case]:
        table = tables.cases
        found: dict[str, records.Case] = {}
        for start in range(0, len(case_ids), MOST_VALUES):
            chosen = sa.select(table).where(table.c.id.in_(case_ids[start : start + MOST_VALUES]))
            found |= {each.id: each for each in self._all(records.Case, chosen)}
        return found

    def is_linked(self, *, cluster_id: str, besides: str, file_id: str | None = None) -> bool:
        table, cases = tables.cluster_members, tables.cases
        about = table.c.cluster_id == cluster_id if file_id is None else table.c.file_id == file_id
        chosen = sa.select(cases.c.id).join(table, table.c.case_id == cases.c.id)
        linked = chosen.where(about, cases.c.id != besides, cases.c.account_reference != "")
        return bool(self._rows(linked.limit(1)))

    def awaits_opinion(self, cluster_id: str) -> bool:
        table = tables.cases
        chosen = sa.select(table.c.id).where(
            table.c.cluster_id == cluster_id, table.c.state == records.CaseState.OPEN.value, _FURTHER
        )
        return bool(self._rows(chosen.limit(1)))

    def waiting_in_cluster(
        self, cluster_id: str, *, now: datetime, taker: records.Taker, most: int
    ) -> list[records.Case]:
        table = tables.cases
        chosen = sa.select(table).where(table.c.cluster_id == cluster_id, waiting(now, taker))
        return self._all(records.Case, chosen.order_by(table.c.id).limit(most))

    def shown_in_cluster(
        self, cluster_id: str, *, user_id: str, since: datetime, most: int, file_id: str | None = None
    ) -> list[records.Reveal]:
        table, members = tables.reveals, tables.cluster_members
        about = members.c.cluster_id == cluster_id if file_id is None else members.c.file_id == file_id
        chosen = sa.select(table).join(members, members.c.case_id == table.c.case_id)
        shown = chosen.where(table.c.user_id == user_id, table.c.at >= since, about)
        return self._all(records.Reveal, shown.order_by(table.c.at.desc(), table.c.id.desc()).limit(most))

    def _members(
        self, *chosen: sa.ColumnElement[bool], after: str | None, most: int
    ) -> list[records.ClusterMember]:
        table = tables.cluster_members
        found = sa.select(table).where(*chosen, table.c.id > (after or ""))
        return self._all(records.ClusterMember, found.order_by(table.c.id).limit(most))


def _voice(row: sa.RowMapping) -> records.Voice:
    read: dict[str, Any] = dict(row)
    return codec.from_row(records.Voice, read)
