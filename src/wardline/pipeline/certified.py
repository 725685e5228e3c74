"""A certificate's life in records: made from evidence, approved, refused and ended. Nothing is committed here."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

import numpy as np

from wardline import assurance, intake, records
from wardline.errors import ConflictError, NotFoundError
from wardline.pipeline.automation_rules import AutomationScope, conditions
from wardline.pipeline.parts import Parts
from wardline.pipeline.writing import Writing
from wardline.records import Arm, CertificateState, Insert, Replace, Task, Verb

_SEED_BYTES = 7


def scope_named(parts: Parts, name: str) -> AutomationScope:
    """Give a scope of the settings; ``NotFoundError`` where they name none like it."""
    found = parts.rules.automation.named(name)
    if found is None:
        raise NotFoundError(
            f"scope {name[:64]}: not in the settings, expected one of [[automation.scopes]]",
            remedy="Name a scope as wardline.toml does.",
        )
    return found


def question(parts: Parts, scope: AutomationScope, arm: Arm, until: datetime) -> assurance.Question:
    """Ask what there is for the next try of an arm."""
    tries = parts.store.tries_of(scope.name, arm)
    return assurance.Question(
        arm=arm, scope=scope.name, detector=scope.detector, detector_version=scope.detector_version,
        number=len(tries) + 1, since=_since(parts, tries, until), until=until,
    )  # fmt: skip


def _since(parts: Parts, tries: Sequence[records.Certificate], until: datetime) -> datetime:
    """Say from when on evidence counts. What came before a watch or a person suspended the arm is about a world that is gone."""
    ended = [
        each.ended_at
        for each in tries
        if each.state is CertificateState.SUSPENDED and each.ended_at is not None
    ]
    return max([until - parts.rules.automation.evidence_for, *ended])


def evidence(parts: Parts, asked: assurance.Question) -> list[records.Evidence]:
    """Read all evidence of a score in a scope that may answer a question, in the order in which it was recorded."""
    about = parts.store.evidence_about(asked.scope, asked.detector, asked.detector_version, since=asked.since)
    return list(about)


def counted(parts: Parts, asked: assurance.Question) -> assurance.Counts:
    """Say what there is for a question from what the store counts: no score is read for it, and not one piece of evidence."""
    numbers = parts.store.count_evidence(
        asked.scope, asked.detector, asked.detector_version, truth=assurance.truth_for(asked.arm), since=asked.since, until=asked.until
    )  # fmt: skip
    return assurance.counted(numbers, asked, parts.rules.automation.terms)


def conditions_now(parts: Parts, scope: AutomationScope) -> str:
    """Give the digest of what holds in a scope at this moment."""
    return conditions(parts.rules.automation, scope, parts.rules.policy, parts.store.hash_lists())


def attempt(parts: Parts, asked: assurance.Question, seed: int) -> assurance.Tried:
    """Look at the evidence, once."""
    rng = np.random.default_rng(seed)
    return assurance.attempt(evidence(parts, asked), asked, parts.rules.automation.terms, rng=rng)


def new_seed(parts: Parts) -> int:
    """Draw the seed of a comparison; it is kept, so that a second person computes the same."""
    return int.from_bytes(parts.entropy(_SEED_BYTES), "big")


def seed_of(parts: Parts, user: records.User, once: str) -> int:
    """Give the seed of the try that a person asks for by this key: the same key asks for the same try. Who chooses the key cannot choose the seed."""
    digest = intake.key_digest(once, api_key_id=user.id, secret=parts.idempotency_secret)
    return int(digest[: 2 * _SEED_BYTES], 16)


def made(
    parts: Parts, scope: AutomationScope, asked: assurance.Question, tried: assurance.Tried, seed: int, user: records.User
) -> records.Certificate:  # fmt: skip
    """Make the record of a try."""
    rules, counted, found = parts.rules.automation, tried.counted, tried.certified
    carrying = [each for each in tried.channels if each.carries]
    return records.Certificate(
        id=parts.new_id("certificate"), arm=asked.arm, scope=scope.name, detector=scope.detector,
        detector_version=scope.detector_version, number=asked.number, error_level=counted.error_level,
        policy_cap=rules.terms.policy_cap(asked.arm), human_wrong=counted.human_wrong, human_trials=counted.human_trials,
        cap=counted.cap, grid=rules.terms.grid, threshold=found.threshold if found else None,
        trials=sum(each.trials for each in carrying), harmed=sum(each.harmed for each in carrying),
        limit=found.limit if found else None, channels=tried.channels, seed=seed, channel_p_value=tried.p_value,
        score_counts=assurance.score_counts(counted.sample), evidence_since=asked.since, made_at=asked.until,
        evidence_digest=assurance.digest(counted.sample), conditions=conditions_now(parts, scope), proposed_by=user.id,
        expires_at=asked.until + rules.valid_for, state=CertificateState.PROPOSED if found else CertificateState.FAILED,
        ended_at=None if found else asked.until, reason=tried.failure,
    )  # fmt: skip


def approved(parts: Parts, approval: records.Approval, user: records.User) -> Writing:
    """Let a proposed certificate stand, after everything was computed again from the store.

    Raises:
        ConflictError: Evidence, conditions or settings are not what they were when it was proposed, or its time is over.
    """
    proposed = parts.store.certificate(approval.subject_id)
    _require_unchanged(parts, proposed, approval)
    now = parts.now()
    standing = replace(
        proposed, state=CertificateState.STANDING, approved_by=user.id, approved_at=now, version=proposed.version + 1
    )  # fmt: skip
    rules = parts.rules.automation
    watch = records.CertificateWatch(
        id=parts.new_id("certificate-watch"), certificate_id=standing.id, cap=standing.cap, life=rules.watch_items,
        alarm_level=rules.terms.alarm_level, capital=(0.0,) * len(assurance.ALTERNATIVES),
    )  # fmt: skip
    written = Writing()
    written.note(
        Replace(standing), parts.entry(Verb.CERTIFICATE_APPROVED, standing.id, actor=user.id, detail=approval.id)
    )  # fmt: skip
    written.changes.append(Insert(watch))
    for each in parts.store.certificates_in(CertificateState.STANDING):
        if (each.scope, each.arm) == (standing.scope, standing.arm):
            written.add(ended(parts, each, CertificateState.EXPIRED, "renewed by a newer one", actor=user.id))
    return written


def refused(parts: Parts, approval: records.Approval, user: records.User) -> Writing:
    """Note that a proposed certificate was refused. What it spent stays spent."""
    proposed, written = parts.store.certificate(approval.subject_id), Writing()
    if proposed.state is not CertificateState.PROPOSED:
        return written
    closed = replace(
        proposed, state=CertificateState.REFUSED, ended_at=parts.now(), reason="refused by a second person",
        version=proposed.version + 1,
    )  # fmt: skip
    told = parts.entry(Verb.CERTIFICATE_REFUSED, closed.id, actor=user.id, detail=approval.id)
    written.note(Replace(closed), told)
    return written


def ended(
    parts: Parts, certificate: records.Certificate, state: CertificateState, reason: str, *, actor: str
) -> Writing:
    """End a certificate for good.

    One that is suspended was doubted: what the machine restricted under it comes back into the order of the queue. What was done under one that
    expired, or that other conditions made void, was done while it held.
    """
    closed = replace(
        certificate, state=state, ended_at=parts.now(), reason=reason, version=certificate.version + 1
    )
    verb = (
        Verb.CERTIFICATE_SUSPENDED if state is CertificateState.SUSPENDED else Verb.CERTIFICATE_ENDED
    )  # fmt: skip
    written = Writing()
    told = parts.entry(verb, closed.id, actor=actor, detail=state)
    work = [Task(name="bring-back", record_id=closed.id)] if state is CertificateState.SUSPENDED else []
    written.note(Replace(closed), told, work=work)
    return written


def _require_unchanged(parts: Parts, proposed: records.Certificate, approval: records.Approval) -> None:
    if proposed.version != approval.subject_version or proposed.state is not CertificateState.PROPOSED:
        raise ConflictError(f"{proposed.id}: {proposed.state}, expected what was proposed")
    scope, changed = parts.rules.automation.named(proposed.scope), ""
    if not proposed.made_at <= parts.now() < proposed.expires_at:
        changed = "its time is over"
    elif scope is None or conditions_now(parts, scope) != proposed.conditions:
        changed = "the detector, a list, the policy or the settings changed since"
    elif proposed.evidence_since < _since(
        parts, parts.store.tries_of(proposed.scope, proposed.arm), proposed.made_at
    ):
        changed = "the arm was suspended since, and what came in before that does not count"
    elif not _is_same(parts, proposed):
        changed = "the evidence is not what it was"
    if changed:
        raise ConflictError(
            f"{proposed.id}: {changed}, expected what was proposed",
            remedy="Refuse this proposal, and propose a new certificate.",
        )


def _is_same(parts: Parts, proposed: records.Certificate) -> bool:
    """Compute a certificate again from what is stored now."""
    asked = assurance.Question(
        arm=proposed.arm, scope=proposed.scope, detector=proposed.detector, detector_version=proposed.detector_version,
        number=proposed.number, since=proposed.evidence_since, until=proposed.made_at,
    )  # fmt: skip
    tried = attempt(parts, asked, proposed.seed)
    found = tried.certified
    return (
        found is not None
        and assurance.digest(tried.counted.sample) == proposed.evidence_digest
        and (found.threshold, found.limit, tried.counted.cap) == (proposed.threshold, proposed.limit, proposed.cap)
    )  # fmt: skip
