"""Hash lists, and the approvals that switch them on: who proposed what, and who decided."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from starlette.responses import Response

from wardline import records
from wardline.records import ApprovalState, HashListState
from wardline.web.console.desk import MANAGERS, OVERSEERS, Desk, Page
from wardline.web.console.paging import number_of, paged
from wardline.web.console.rendering import go, page

_LISTS_SHOWN, _WAITING_SHOWN, _DECIDED_SHOWN = 15, 10, 50


@dataclass(frozen=True, slots=True)
class Row:
    """One list, as the page shows it."""

    about: records.HashList
    stale: bool
    """No news for longer than the settings allow. A list that is off may be as old as it likes."""
    proposal: records.Approval | None
    """The open proposal to switch it on as it is now."""
    proposal_at: str
    """The address of that proposal; empty when there is none."""
    decided: records.Approval | None
    """The newest proposal about it that was decided, if it was lately."""


@dataclass(frozen=True, slots=True)
class Proposal:
    """One open proposal, with what it is about."""

    approval: records.Approval
    about: records.HashList | None
    outdated: bool
    """What was proposed changed since: it can only be refused."""


def hash_lists(desk: Desk) -> Response:
    """List the hash lists, a page at a time; their entries are never shown."""
    parts = desk.wardline.parts
    known = parts.store.hash_lists()
    stale_after = parts.rules.list_stale_after
    waiting = parts.store.approvals(state=ApprovalState.PROPOSED)
    decided = parts.store.decided_approvals(most=_DECIDED_SHOWN)
    shown = paged(known, desk.asked("page"), most=_LISTS_SHOWN)
    return page(
        desk, "hash_lists", shown=shown, rows=[_row(desk, each, waiting, decided) for each in shown.shown], names=_names(desk),
        old=sum(_is_stale(desk, each) for each in known), stale_after=stale_after, manages=desk.user.role in MANAGERS,
    )  # fmt: skip


def disable(desk: Desk) -> Response:
    """Switch a list off at once."""
    desk.wardline.disable_list(desk.record("hash-list"), user=desk.user)
    return go("/hash-lists")


def activate(desk: Desk) -> Response:
    """Propose to switch a list on."""
    proposed = desk.wardline.propose_activation(desk.record("hash-list"), user=desk.user)
    return go(_place_of(proposed, desk.wardline.parts.store.approvals(state=ApprovalState.PROPOSED)))


def approvals(desk: Desk) -> Response:
    """List proposals: the open ones first, then what was decided lately."""
    store = desk.wardline.parts.store
    known = {each.id: each for each in store.hash_lists()}
    waiting = [
        Proposal(each, about, about is None or about.revision != each.subject_version)
        for each in store.approvals(state=ApprovalState.PROPOSED)
        for about in [known.get(each.subject_id)]
    ]
    decided = store.decided_approvals(most=_DECIDED_SHOWN)
    return page(
        desk, "approvals", waiting=paged(waiting, desk.asked("page"), most=_WAITING_SHOWN), decided=decided, names=_names(desk),
        most=_DECIDED_SHOWN,
        manages=desk.user.role in MANAGERS,
    )  # fmt: skip


def approve(desk: Desk) -> Response:
    """Approve somebody else's proposal."""
    desk.wardline.approve(desk.record("approval"), user=desk.user)
    return go("/approvals")


def refuse(desk: Desk) -> Response:
    """Refuse somebody else's proposal."""
    desk.wardline.refuse(desk.record("approval"), user=desk.user)
    return go("/approvals")


def _row(
    desk: Desk,
    about: records.HashList,
    waiting: Sequence[records.Approval],
    decided: Sequence[records.Approval],
) -> Row:
    open_ones = (
        each for each in waiting if (each.subject_id, each.subject_version) == (about.id, about.revision)
    )
    proposal = next(open_ones, None)
    return Row(
        about=about,
        stale=_is_stale(desk, about),
        proposal=proposal,
        proposal_at=_place_of(proposal, waiting) if proposal is not None else "",
        decided=next((each for each in decided if each.subject_id == about.id), None),
    )


def _is_stale(desk: Desk, about: records.HashList) -> bool:
    age = desk.now - about.refreshed_at
    return about.state is not HashListState.DISABLED and age > desk.wardline.parts.rules.list_stale_after


def _place_of(proposal: records.Approval, waiting: Sequence[records.Approval]) -> str:
    """Give the address of an open proposal on the page where it stands."""
    row = next((row for row, each in enumerate(waiting) if each.id == proposal.id), 0)
    number = number_of(row, most=_WAITING_SHOWN)
    return f"/approvals{f'?page={number}' if number > 1 else ''}#{proposal.id}"


def _names(desk: Desk) -> dict[str, str]:
    return {user.id: user.name for user in desk.wardline.parts.store.users()}


PAGES = (
    Page("GET", "/hash-lists", OVERSEERS, hash_lists),
    Page("POST", "/hash-lists/{hash_list_id}/disable", MANAGERS, disable),
    Page("POST", "/hash-lists/{hash_list_id}/activation", MANAGERS, activate),
    Page("GET", "/approvals", OVERSEERS, approvals),
    Page("POST", "/approvals/{approval_id}/approve", MANAGERS, approve),
    Page("POST", "/approvals/{approval_id}/refuse", MANAGERS, refuse),
)
