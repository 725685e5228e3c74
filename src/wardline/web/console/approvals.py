"""Approvals: the acts that need two people. Who proposed what, what it means, and who decided."""

from __future__ import annotations

from dataclasses import dataclass

from starlette.responses import Response

from wardline import assurance, records
from wardline.pipeline import blind_requests, vics_export
from wardline.records import ApprovalKind, ApprovalState
from wardline.web.console import list_view, list_words
from wardline.web.console.desk import MANAGERS, OVERSEERS, Desk, Page
from wardline.web.console.hold_export import REASONS
from wardline.web.console.list_view import DECIDED_SHOWN
from wardline.web.console.paging import paged
from wardline.web.console.rendering import go, page

_ROTATION = (
    "Whoever runs the machine may make a new master key for the vault and wrap every data key with it. Evidence stays readable throughout. The old "
    "key is taken away afterwards; older back-ups cannot be read without a copy of it."
)
ACTS = {
    ApprovalKind.ACTIVATE_HASH_LIST: "Switch on the hash list {}",
    ApprovalKind.LET_HASH_LIST_CHANGE: "Let the hash list {} change as much as it likes at its next sync",
    ApprovalKind.CERTIFY: "Let a machine decide alone in {}",
    ApprovalKind.DESTROY_EVIDENCE: "Destroy evidence for good: {}",
    ApprovalKind.EXPORT: "Give hashes to law enforcement: {}",
    ApprovalKind.ROTATE_VAULT_KEY: "Put a new key in the place of {}",
}
"""What is proposed, around the name of what it is about."""


@dataclass(frozen=True, slots=True)
class Proposal:
    """One open proposal, with what it is about."""

    approval: records.Approval
    about: records.HashList | None
    outdated: bool
    """What was proposed changed since: it can only be refused."""
    means: str
    """What happens if it is approved."""
    origin: str
    """What the list is read from."""
    certificate: records.Certificate | None = None
    destruction: records.Destruction | None = None
    export: records.Export | None = None


def approvals(desk: Desk) -> Response:
    """List proposals: the open ones first, then what was decided lately."""
    store = desk.wardline.parts.store
    proposed = blind_requests.seen_approvals(
        desk.wardline.parts, store.approvals(state=ApprovalState.PROPOSED), desk.user
    )
    waiting = paged(proposed, desk.asked("page"), most=list_view.WAITING_SHOWN)
    known = {each.id: each for each in store.hash_lists()}
    decided = blind_requests.seen_approvals(
        desk.wardline.parts, store.decided_approvals(most=DECIDED_SHOWN), desk.user
    )
    certified = {each.subject_id for each in decided if each.kind is ApprovalKind.CERTIFY}
    return page(
        desk, "approvals", waiting=waiting, rows=[_row(desk, each, known.get(each.subject_id)) for each in waiting.shown],
        decided=decided, scopes={each: store.certificate(each).scope for each in certified}, names={user.id: user.name for user in store.users()}, acts=ACTS,
        most=DECIDED_SHOWN, manages=desk.user.role in MANAGERS, list_means=list_words.means, surfaces=list_words.surfaces,
        percent=assurance.percent, reasons=REASONS,
    )  # fmt: skip


def approve(desk: Desk) -> Response:
    """Approve somebody else's proposal."""
    desk.wardline.approve(desk.record("approval"), user=desk.user)
    return go("/approvals")


def refuse(desk: Desk) -> Response:
    """Refuse somebody else's proposal."""
    desk.wardline.refuse(desk.record("approval"), user=desk.user)
    return go("/approvals")


def _row(desk: Desk, approval: records.Approval, about: records.HashList | None) -> Proposal:
    if approval.kind is ApprovalKind.CERTIFY:
        return _of_certificate(desk, approval)
    if approval.kind is ApprovalKind.DESTROY_EVIDENCE:
        return _of_destruction(desk, approval)
    if approval.kind is ApprovalKind.EXPORT:
        return _of_export(desk, approval)
    if approval.kind is ApprovalKind.ROTATE_VAULT_KEY:
        return Proposal(approval, None, outdated=False, means=_ROTATION, origin="")
    if about is None:
        return Proposal(approval, None, outdated=True, means="", origin="")
    outdated = about.revision != approval.subject_version
    return Proposal(
        approval,
        about,
        outdated,
        means=_means(desk, approval.kind, about),
        origin=list_words.origin(desk, about),
    )


def _of_certificate(desk: Desk, approval: records.Approval) -> Proposal:
    made = desk.wardline.parts.store.certificate(approval.subject_id)
    outdated = made.version != approval.subject_version or desk.now >= made.expires_at
    does = (
        "release what scores below" if made.arm is records.Arm.CLEAR else "restrict what scores at or above"
    )
    means = (
        f"Of uploads of {made.scope}, a machine may {does} {made.threshold:.4f} by itself. Everything is computed again when you approve; if the evidence "
        "or the settings changed since, nothing happens."
    )
    return Proposal(approval, None, outdated, means=means, origin="", certificate=made)


def _of_destruction(desk: Desk, approval: records.Approval) -> Proposal:
    made = desk.wardline.parts.store.destruction(approval.subject_id)
    one = len(made.item_ids) == 1
    means = (
        f"{'1 file is' if one else f'{len(made.item_ids)} files are'} destroyed at once. Nobody can bring {'it' if one else 'them'} back, and no hold "
        f"keeps {'it' if one else 'them'}. Read the request itself before you approve it."
    )
    return Proposal(approval, None, outdated=False, means=means, origin="", destruction=made)


def _of_export(desk: Desk, approval: records.Approval) -> Proposal:
    made = desk.wardline.parts.store.export(approval.subject_id)
    without = len(vics_export.without_files(desk.wardline.parts, made.case_ids))
    words = vics_export.without_files_words(without, len(made.case_ids))
    means = (
        f"Hashes and categories of {made.media} file{'' if made.media == 1 else 's'} can be taken out for {vics_export.LASTS.days} days. {f'{words} ' if words else ''}The document is made once more when you approve; if a decision "
        "or the meaning of the numbers changed since, nothing happens. Read the request itself before you approve it."
    )
    return Proposal(approval, None, outdated=False, means=means, origin="", export=made)


def _means(desk: Desk, kind: ApprovalKind, about: records.HashList) -> str:
    match kind:
        case ApprovalKind.ACTIVATE_HASH_LIST:
            return f"It is switched on. {list_words.does_when_on(desk, about)}"
        case ApprovalKind.LET_HASH_LIST_CHANGE:
            most = f"{desk.wardline.parts.rules.list_change:.0%}".replace("%", " %")
            return (
                f"Its next sync may bring in and take away as many entries as it likes, and not only {most} of the list. After that one "
                "sync the limit holds again."
            )
        case _:
            return ""  # about no list, see _row


PAGES = (
    Page("GET", "/approvals", OVERSEERS, approvals),
    Page("POST", "/approvals/{approval_id}/approve", MANAGERS, approve, grave=True),
    Page("POST", "/approvals/{approval_id}/refuse", MANAGERS, refuse, grave=True),
)
