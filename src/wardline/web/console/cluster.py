"""A cluster: files that look alike, what people said of them, and what spread; no pictures, no names."""

from __future__ import annotations

from dataclasses import dataclass

from starlette.responses import Response

from wardline import records
from wardline.pipeline.cluster_acts import MOST_COUNTED
from wardline.records import CaseState, Stage
from wardline.web.console.desk import REVIEWERS, Desk, Page
from wardline.web.console.opinion_view import OUTCOMES
from wardline.web.console.rendering import page

_SHOWN = 40
_SPREADS = 20
_STATES = {
    CaseState.OPEN: "waits for a person", CaseState.DECIDED: "decided, may still be taken back", CaseState.CLOSED: "closed",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Row:
    """One member."""

    case: records.Case
    member: records.ClusterMember
    state: str
    spread: str
    """What spread to it, in words; empty where nothing did, and while opinions are awaited."""


def show(desk: Desk) -> Response:
    """Show a cluster and a page of its members: their state, what people said of them without names, and what spread."""
    cluster_id, after = desk.record("cluster"), desk.asked("after") or None
    stands = desk.wardline.cluster(cluster_id)
    store = desk.wardline.parts.store
    found = store.cluster_members(cluster_id, after=after, most=_SHOWN + 1)
    shown = found[:_SHOWN]
    read = store.several_cases([each.case_id for each in shown])
    cases = {each.id: each for each in desk.wardline.seen_cases(list(read.values()), user=desk.user)}
    return page(
        desk, "cluster", stands=stands, rows=[_row(each, cases[each.case_id], withheld=stands.said is None) for each in shown], outcomes=OUTCOMES, first=after is None,
        spreads=stands.spreads[:_SPREADS], more_spreads=len(stands.spreads) > _SPREADS, more=shown[-1].id if len(found) > _SHOWN else None, is_many=stands.members >= MOST_COUNTED,
        audit_percent=round(100 * desk.wardline.parts.rules.audit_share),
    )  # fmt: skip


def _row(member: records.ClusterMember, case: records.Case, *, withheld: bool) -> Row:
    state = _STATES[case.state]
    if withheld:
        return Row(case, member, state, "")
    if member.spread_id is not None:
        sampled = case.stage is Stage.AUDIT
        return Row(
            case, member, state, "looked at as a sample" if sampled else "decided as an identical file was"
        )
    in_front = member.near_spread_id is not None
    return Row(case, member, state, "put in front, and hidden meanwhile" if in_front else "")


PAGES = (Page("GET", "/clusters/{cluster_id}", REVIEWERS, show),)
