"""Certificates: proposed, suspended, and what is missing for one."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product

from wardline import assurance, records
from wardline.errors import (
    AlreadyExistsError,
    ConflictError,
    IdempotencyMismatchError,
    InputError,
    RefusedError,
)
from wardline.pipeline import approvals, certified, people
from wardline.pipeline.automation_rules import AutomationScope
from wardline.pipeline.parts import Parts
from wardline.records import ApprovalKind, Arm, CertificateState, Insert, Scope, Verb


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposed:
    """What came of a try."""

    certificate: records.Certificate
    """Proposed, or failed: then its reason says why."""
    approval: records.Approval | None
    """For a second person; None where it failed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ArmStanding:
    """Where one arm of one scope is."""

    scope: AutomationScope
    arm: Arm
    certificate: records.Certificate | None
    """The one that stands, else the one that waits for a second person, else the newest try; None where there was none."""
    holds: bool
    """Whether the machine decides under it at this moment."""
    watch: records.CertificateWatch | None
    tries: int
    """How many there were, each of which made the next one harder."""
    counted: assurance.Counts
    """What there is for the next try, from counts alone: no score was looked at for this."""


def propose(
    parts: Parts, scope_name: str, arm: Arm, *, user: records.User, once: str | None = None
) -> Proposed:
    """Try to certify an arm with the evidence there is, and propose the certificate to a second person.

    Args:
        parts: The installation's.
        scope_name: As the settings have it.
        arm: Which of the two.
        user: Who proposes.
        once: A key of 1 to 255 characters that this person gives to no other try. Asked again with it, the try that was made is given, and
            nothing is spent.

    Raises:
        IdempotencyMismatchError: The key belongs to a try of another scope or arm.
        NotAllowedError: The role does not allow it.
        NotFoundError: The settings have no such scope.
        RefusedError: Something is missing; the message says what. No score was looked at, and nothing is spent.
        ConflictError: A proposal of this arm waits already, or somebody else tried at the same moment.
    """
    people.require_scope(user, Scope.MANAGE)
    scope = certified.scope_named(parts, scope_name)
    seed = certified.new_seed(parts) if once is None else certified.seed_of(parts, user, once)
    if once is not None and (before := _tried_before(parts, scope, arm, seed)) is not None:
        return before
    _require_unproposed(parts, scope, arm)
    asked = certified.question(parts, scope, arm, parts.now())
    tried = certified.attempt(parts, asked, seed)
    if tried.counted.missing:
        raise RefusedError(
            f"scope {scope.name}, {arm}: {'; '.join(tried.counted.missing)}",
            remedy="`wardline certificate plan` says how long it takes to gather what is missing.",
        )
    made = certified.made(parts, scope, asked, tried, seed, user)
    try:
        return _stored(parts, made, user)
    except AlreadyExistsError:
        # Of two of one moment the first has the number. Not tried again by itself: each try makes the next one harder.
        if once is not None and (before := _tried_before(parts, scope, arm, seed)) is not None:
            return before
        _require_unproposed(parts, scope, arm)
        raise ConflictError(
            f"scope {scope.name}, {arm}: somebody else tried at this moment, expected one try at a time",
            remedy="See with `wardline certificate list` what came of it before you try again: each try makes the next one harder.",
        ) from None


def _require_unproposed(parts: Parts, scope: AutomationScope, arm: Arm) -> None:
    for each in parts.store.certificates_in(CertificateState.PROPOSED):
        if (each.scope, each.arm) == (scope.name, arm):
            raise ConflictError(f"{each.id}: proposed already, expected a second person to decide")


def _stored(parts: Parts, made: records.Certificate, user: records.User) -> Proposed:
    """Store a try, and propose it to a second person where it did not fail."""
    is_proposed = made.state is CertificateState.PROPOSED
    outcome = "proposed" if is_proposed else "failed"
    told = parts.entry(
        Verb.CERTIFICATE_TRIED, made.id, actor=user.id, detail=f"{made.scope} {made.arm} number {made.number}: {outcome}"
    )  # fmt: skip
    if not is_proposed:
        # Kept, for the scores were looked at: that spent its part of the error of the scope's life.
        parts.store.commit(Insert(made), entries=[told])
        return Proposed(certificate=made, approval=None)
    approval = approvals.proposal(parts, ApprovalKind.CERTIFY, made.id, made.version, user)
    approvals.propose(parts, approval, user, Insert(made), entries=[told])
    return Proposed(certificate=made, approval=approval)


def _tried_before(parts: Parts, scope: AutomationScope, arm: Arm, seed: int) -> Proposed | None:
    """Find the try that was made with a seed, with its approval."""
    every = (
        made
        for known, of in product(parts.rules.automation.scopes, Arm)
        for made in parts.store.tries_of(known.name, of)
    )
    before = next((made for made in every if made.seed == seed), None)
    if before is None:
        return None
    if (before.scope, before.arm) != (scope.name, arm):
        raise IdempotencyMismatchError(
            f"{before.id}: tried with this key for another scope or arm, expected a new key for each try"
        )
    about = (each for each in parts.store.approvals() if each.subject_id == before.id)
    return Proposed(certificate=before, approval=next(about, None))


def suspend(parts: Parts, certificate_id: str, reason: str, *, user: records.User) -> records.Certificate:
    """End a certificate at once, with the reason: one person is enough to give everything back to people.

    Raises:
        NotAllowedError: The role does not allow it.
        InputError: Without a reason.
        ConflictError: It does not stand.
    """
    people.require_scope(user, Scope.MANAGE)
    said = " ".join(reason.split())
    if not 1 <= len(said) <= records.LONGEST_REASON:
        raise InputError(f"reason: {len(said)} characters, expected 1 to {records.LONGEST_REASON}")
    certificate = parts.store.certificate(certificate_id)
    if certificate.state is not CertificateState.STANDING:
        raise ConflictError(f"{certificate.id}: {certificate.state}, expected one that stands")
    certified.ended(parts, certificate, CertificateState.SUSPENDED, said, actor=user.id).commit(parts)
    return parts.store.certificate(certificate_id)


def standing(parts: Parts) -> list[ArmStanding]:
    """Say where each arm of each scope is, scopes as the settings have them."""
    return [_of(parts, scope, arm) for scope in parts.rules.automation.scopes for arm in Arm]


def holding(parts: Parts) -> list[records.Certificate]:
    """Give the certificates under which the machine decides at this moment."""
    now, rules = parts.now(), parts.rules.automation
    found = []
    for each in parts.store.certificates_in(CertificateState.STANDING):
        scope = rules.named(each.scope)
        if (
            scope is not None
            and each.holds(now)
            and each.conditions == certified.conditions_now(parts, scope)
        ):
            found.append(each)
    return found


def _of(parts: Parts, scope: AutomationScope, arm: Arm) -> ArmStanding:
    store, now = parts.store, parts.now()
    tries = store.tries_of(scope.name, arm)
    shown = next(
        (each for state in (CertificateState.STANDING, CertificateState.PROPOSED) for each in tries if each.state is state),
        tries[-1] if tries else None,
    )  # fmt: skip
    asked = certified.question(parts, scope, arm, now)
    counted = certified.counted(parts, asked)
    holds = shown is not None and shown.holds(now)
    if shown is not None and holds:
        holds = shown.conditions == certified.conditions_now(parts, scope)
    return ArmStanding(
        scope=scope, arm=arm, certificate=shown, holds=holds, tries=len(tries), counted=counted,
        watch=store.certificate_watch(shown.id) if shown is not None else None,
    )  # fmt: skip
