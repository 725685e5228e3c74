"""A cluster that fills its page: of which much is said, and from which much spread."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from wardline import records
from wardline.records import CaseState
from wardline.testing import store_records as make

_MEMBERS, _SPREADS, _PEOPLE = 60, 60, 20


def large_cluster(now: datetime) -> tuple[str, list[Any]]:
    """Make a cluster with closed cases, votes and spreads; gives its id and all that is to be written."""
    cluster = make.cluster(opened_at=now)
    cases = [
        make.case(cluster_id=cluster.id, opened_at=now, state=CaseState.CLOSED, account_reference="")
        for _ in range(_MEMBERS)
    ]
    members = [
        make.cluster_member(
            cluster_id=cluster.id, case_id=case.id, joined_at=now, distance_bits=number % 32, near_spread_id="spread-1"
        )
        for number, case in enumerate(cases)
    ]  # fmt: skip
    votes = [
        make.cluster_vote(cluster_id=cluster.id, user_id=f"user-{number}", category=category, at=now)
        for number in range(_PEOPLE)
        for category in records.Category
    ]
    spreads = [make.spread(cluster_id=cluster.id, begun_at=now, decided=1_234) for _ in range(_SPREADS)]
    return cluster.id, [cluster, *cases, *members, *votes, *spreads]
