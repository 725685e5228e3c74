"""``/v1/clusters``: files that look alike, what people said of them, and what spread. No names, no hashes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Depends

from wardline import records
from wardline.pipeline import Wardline
from wardline.pipeline.cluster_acts import MOST_COUNTED, Said
from wardline.records import require_id
from wardline.web import access
from wardline.web.access import Caller
from wardline.web.api.pages import Cursor, Limit, Page, page

router = APIRouter(prefix="/v1/clusters", tags=["clusters"])

_Caller = Annotated[Caller, Depends(access.caller)]
_Wardline = Annotated[Wardline, Depends(access.wardline)]


@dataclass(frozen=True, slots=True)
class ClusterLine:
    """One cluster in a list."""

    id: str
    opened_at: datetime
    members: int
    """Counted up to 1,000."""
    stopped_at: datetime | None
    """Nothing spreads in it any more since then."""


@dataclass(frozen=True, slots=True)
class SpreadLine:
    """What two people agreed on, and how far it was carried."""

    id: str
    identical: bool
    """Whether it decides identical files; else it puts near ones in front."""
    outcome: records.Outcome
    category: records.Category | None
    decisions: tuple[str, ...]
    decided: int
    sampled: int
    put_in_front: int
    stopped_at: datetime | None
    withdrawn_at: datetime | None


@dataclass(frozen=True, slots=True)
class MemberLine:
    """The place of one case."""

    case_id: str
    state: records.CaseState
    file_id: str
    """The same for identical files."""
    distance_bits: int
    spread_id: str | None
    """What decided it or drew it as a sample; null also while opinions are awaited."""
    near_spread_id: str | None
    """What put it in front; likewise."""


@dataclass(frozen=True, slots=True)
class ClusterPage:
    """Where a cluster stands, with a page of its members."""

    cluster: ClusterLine
    said: list[Said] | None
    """Null while somebody's opinion is awaited who shall not know the others'; then no spread is told either."""
    spreads: list[SpreadLine]
    members: Page[MemberLine]


@router.get("")
def list_clusters(
    caller: _Caller, wardline: _Wardline, cursor: Cursor = None, limit: Limit = 100
) -> Page[ClusterLine]:
    """List clusters, oldest first."""
    _ = caller.person
    found = wardline.parts.store.clusters(after=cursor, most=limit)
    members = wardline.parts.store.count_members([each.id for each in found], most=MOST_COUNTED)
    lines = [_line(each, members.get(each.id, 0)) for each in found]
    return page(lines, limit, [each.id for each in found])


@router.get("/{cluster_id}")
def show_cluster(
    cluster_id: str, caller: _Caller, wardline: _Wardline, cursor: Cursor = None, limit: Limit = 100
) -> ClusterPage:
    """Show one cluster with a page of its members."""
    _ = caller.person
    stands = wardline.cluster(require_id("cluster", cluster_id))
    store = wardline.parts.store
    found = store.cluster_members(cluster_id, after=cursor, most=limit)
    cases = store.several_cases([each.case_id for each in found])
    withheld = stands.said is None
    members = [_member(each, cases[each.case_id], withheld=withheld) for each in found]
    return ClusterPage(
        _line(stands.cluster, stands.members), None if stands.said is None else list(stands.said),
        [_spread(each) for each in stands.spreads], page(members, limit, [each.id for each in found]),
    )  # fmt: skip


def _line(cluster: records.Cluster, members: int) -> ClusterLine:
    return ClusterLine(cluster.id, cluster.opened_at, members, cluster.stopped_at)


def _member(each: records.ClusterMember, case: records.Case, *, withheld: bool) -> MemberLine:
    spreads = (None, None) if withheld else (each.spread_id, each.near_spread_id)
    return MemberLine(each.case_id, case.state, each.file_id, each.distance_bits, *spreads)


def _spread(each: records.Spread) -> SpreadLine:
    return SpreadLine(
        each.id, each.decides, each.outcome, each.category, each.decisions, each.decided, each.sampled, each.put_in_front,
        each.stopped_at, each.withdrawn_at,
    )  # fmt: skip
