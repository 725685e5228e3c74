"""Hash lists, and the approvals that switch them on: who proposed what, and who decided."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from starlette.responses import Response

from wardline import records
from wardline.records import ApprovalState, HashListState
from wardline.web.console.desk import MANAGERS, OVERSEERS, Desk, Page
from wardline.web.console.rendering import go, page

_SHOWN = 100


@dataclass(frozen=True, slots=True)
class Row:
    """One list, as the page shows it."""

    about: records.HashList
    stale: bool
    """No news for longer than the settings allow. A list that is off may be as old as it likes."""
    proposal: records.Approval | None
    """The open proposal to switch it on as it is now."""
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
    """List the hash lists; their entries are never shown."""
    parts = desk.wardline.parts
    known = parts.store.hash_lists()
    waiting = parts.store.approvals(state=ApprovalState.PROPOSED)
    decided = parts.store.decided_approvals(most=_SHOWN)
    rows = [_row(desk, each, waiting, decided) for each in known]
    return page(
        desk, "hash_lists", rows=rows, names=_names(desk), stale_after=parts.rules.list_stale_after,
        manages=desk.user.role in MANAGERS,
    )  # fmt: skip


def disable(desk: Desk) -> Response:
    """Switch a list off at once."""
    desk.wardline.disable_list(desk.record("hash-list"), user=desk.user)
    return go("/hash-lists")


def activate(desk: Desk) -> Response:
    """Propose to switch a list on."""
    proposed = desk.wardline.propose_activation(desk.record("hash-list"), user=desk.user)
    return go(f"/approvals#{proposed.id}")


def approvals(desk: Desk) -> Response:
    """List proposals: the open ones first, then what was decided lately."""
    store = desk.wardline.parts.store
    known = {each.id: each for each in store.hash_lists()}
    waiting = [
        Proposal(each, about, about is None or about.version != each.subject_version)
        for each in store.approvals(state=ApprovalState.PROPOSED)
        for about in [known.get(each.subject_id)]
    ]
    decided = store.decided_approvals(most=_SHOWN)
    return page(
        desk, "approvals", waiting=waiting, decided=decided, names=_names(desk), most=_SHOWN,
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
    age = desk.now - about.refreshed_at
    open_ones = (
        each for each in waiting if (each.subject_id, each.subject_version) == (about.id, about.version)
    )
    return Row(
        about=about,
        stale=about.state is not HashListState.DISABLED and age > desk.wardline.parts.rules.list_stale_after,
        proposal=next(open_ones, None),
        decided=next((each for each in decided if each.subject_id == about.id), None),
    )


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
