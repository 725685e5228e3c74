"""What is read of clusters. No reader gives a whole cluster: one may have a hundred thousand members."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from wardline import records


class ClusterReader(Protocol):
    def cluster(self, cluster_id: str) -> records.Cluster: ...

    def clusters(self, *, after: str | None = None, most: int) -> list[records.Cluster]:
        """Oldest first, after the cluster with this id."""
        ...

    def leaders(self, *, after: str, most: int) -> list[tuple[str, str]]:
        """Ids of clusters that near files may join, with the PDQ hashes of their leaders; by id, after this one, which need not exist."""
        ...

    def cluster_file(self, sha256: str) -> records.ClusterFile | None: ...

    def cluster_member(self, case_id: str) -> records.ClusterMember | None:
        """The place of a case."""
        ...

    def cluster_members(
        self, cluster_id: str, *, after: str | None = None, most: int
    ) -> list[records.ClusterMember]:
        """In the order in which they joined, after the member with this id."""
        ...

    def count_members(self, cluster_ids: Sequence[str], *, most: int) -> dict[str, int]:
        """How many members each has, counted up to ``most``."""
        ...

    def untouched_members(
        self, spread: records.Spread, *, after: str | None = None, most: int
    ) -> list[records.ClusterMember]:
        """Those with an open case that a spread is for and has not come to: identical ones, or all; by id, after the member with this
        id, which need not exist."""
        ...

    def touched_members(self, spread_id: str, *, most: int) -> list[records.ClusterMember]:
        """Those that a spread decided, drew for review or put in front; by id."""
        ...

    def judged_members(
        self, *, cluster_id: str, file_id: str | None = None, besides: str | None = None, most: int
    ) -> list[records.ClusterMember]:
        """Members, or those with one file, or without one, whose case is closed, still linked to its account, and whose newest decision is a violation in effect;
        newest first."""
        ...

    def cluster_vote(self, decision_id: str) -> records.ClusterVote | None: ...

    def voices(self, *, cluster_id: str, file_id: str | None = None) -> list[records.Voice]:
        """What people said of a cluster, or of one file in it; each that a person said once, without votes that were withdrawn."""
        ...

    def judged_files(self, cluster_id: str, *, after: str, most: int) -> list[str]:
        """Ids of the files of which somebody said something; by id, after this one, which need not exist."""
        ...

    def spread(self, spread_id: str) -> records.Spread: ...

    def standing_spread(self, target: str) -> records.Spread | None:
        """The spread for this file or cluster that was not stopped."""
        ...

    def spreads_of(self, cluster_id: str, *, after: str | None = None, most: int) -> list[records.Spread]:
        """Oldest first, after the spread with this id."""
        ...

    def several_cases(self, case_ids: Sequence[str]) -> dict[str, records.Case]:
        """Ids of what is not stored are left out."""
        ...

    def is_linked(self, *, cluster_id: str, besides: str, file_id: str | None = None) -> bool:
        """Whether a case of a cluster, or of one file in it, other than this one is still linked to its account."""
        ...

    def awaits_opinion(self, cluster_id: str) -> bool:
        """Whether an open case of it waits for somebody who shall not know what others said."""
        ...

    def waiting_in_cluster(
        self, cluster_id: str, *, now: datetime, taker: records.Taker, most: int
    ) -> list[records.Case]:
        """Of the ``waiting_cases`` that were not handed to the leads those of a cluster, by id."""
        ...

    def shown_in_cluster(
        self, cluster_id: str, *, user_id: str, since: datetime, most: int, file_id: str | None = None
    ) -> list[records.Reveal]:
        """What this person was shown of a cluster, or of one file in it, from then on; newest first."""
        ...
