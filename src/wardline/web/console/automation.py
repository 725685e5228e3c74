"""What a machine may do alone: each permission, what it rests on, and what is missing for the next."""

from __future__ import annotations

from dataclasses import dataclass

from starlette.responses import Response

from wardline import assurance
from wardline.errors import InputError
from wardline.pipeline.certifying import ArmStanding
from wardline.records import Arm, CertificateState
from wardline.web.console.desk import EVERYBODY, MANAGERS, OVERSEERS, Desk, Page
from wardline.web.console.rendering import go, page

_SHOWN = 20


@dataclass(frozen=True, slots=True)
class Row:
    """One arm of one scope."""

    standing: ArmStanding
    people: assurance.Interval | None
    """How often people are wrong, 95 %; None while nobody knows."""
    alarm_percent: int
    """How far the watch is on the way to its alarm, 0 to 100."""
    may_propose: bool


def show(desk: Desk) -> Response:
    """Show every arm of every scope, and the certificates that ended."""
    found = desk.wardline.automation()
    rows = [_row(desk, each) for each in found]
    shown = {each.certificate.id for each in found if each.certificate}
    older = [each for each in desk.wardline.parts.store.certificates(most=_SHOWN) if each.id not in shown]
    terms = desk.wardline.parts.rules.automation.terms
    return page(
        desk, "automation", rows=rows, older=older, manages=desk.user.role in MANAGERS, percent=assurance.percent, terms=terms,
        once=desk.wardline.parts.entropy(16).hex(),
        names={user.id: user.name for user in desk.wardline.parts.store.users()},
    )  # fmt: skip


def public(desk: Desk) -> Response:
    """Show what may be published."""
    return page(desk, "automation_public", said=desk.wardline.said_publicly())


def propose(desk: Desk) -> Response:
    """Try to certify an arm, and propose it to a second person."""
    if (arm := desk.needed("arm")) not in list(Arm):
        raise InputError(f"arm {arm[:16]}: unknown, expected clear or act")
    proposed = desk.wardline.propose_certificate(
        desk.needed("scope"), Arm(arm), user=desk.user, once=desk.needed("once")
    )
    if proposed.approval is None:
        return go(f"/automation#{proposed.certificate.id}")
    return go(f"/approvals#{proposed.approval.id}")


def suspend(desk: Desk) -> Response:
    """End a certificate at once."""
    desk.wardline.suspend_certificate(desk.record("certificate"), desk.needed("reason"), user=desk.user)
    return go("/automation")


def _row(desk: Desk, standing: ArmStanding) -> Row:
    made, counted = standing.certificate, standing.counted
    wrong, trials = (
        (made.human_wrong, made.human_trials)
        if made is not None
        else (counted.human_wrong, counted.human_trials)
    )
    share = 0.0 if standing.watch is None else desk.wardline.alarm_share(standing.watch)
    waits = made is not None and made.state is CertificateState.PROPOSED
    return Row(
        standing,
        assurance.exact_interval(wrong, trials) if trials else None,
        round(100 * min(share, 1.0)),
        may_propose=desk.user.role in MANAGERS and not waits and not counted.missing,
    )


PAGES = (
    Page("GET", "/automation", OVERSEERS, show),
    Page("GET", "/automation/public", EVERYBODY, public),
    Page("POST", "/automation/proposals", MANAGERS, propose, grave=True),
    Page("POST", "/certificates/{certificate_id}/suspension", MANAGERS, suspend),
)
