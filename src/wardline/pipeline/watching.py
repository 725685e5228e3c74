"""The watch over certificates: judged items are fed to it once each, in order, and its alarm suspends the certificate in the same commit."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

from wardline import assurance, records
from wardline.errors import AlreadyExistsError, VersionConflictError, WardlineError
from wardline.pipeline import alarms, certified
from wardline.pipeline.bringing_back import bring_back
from wardline.pipeline.parts import SYSTEM, Parts
from wardline.pipeline.writing import Writing
from wardline.records import AlarmKind, CertificateState, Replace, Verb

_LATE = timedelta(hours=1)
"""Something may be written so long after it was settled, and is still fed."""
_STRAGGLING = timedelta(days=1)
_FED_AT_ONCE = 500
_SHIFT_DAYS = 7
_SHIFT_LEAST = 1000
"""Fewer scores on either side say nothing of a shift."""


def watch(parts: Parts) -> None:
    """End what is over, and have the watches of what stands fed; each minute. Certificates of no scope of the settings end too.

    One that this cannot be done for keeps none of the others; afterwards the first error is raised.
    """
    errors: list[WardlineError] = []
    for certificate in parts.store.certificates_in(CertificateState.STANDING):
        try:
            if not _end(parts, certificate):
                feed(parts, certificate.id)
                compare_scores(parts, certificate)
        except (VersionConflictError, AlreadyExistsError):
            continue  # somebody changed it, or raised its alarm, at this very moment; the next minute looks again
        except WardlineError as error:
            errors.append(error)
    _bring_back_stragglers(parts)
    if errors:
        raise errors[0]


def _bring_back_stragglers(parts: Parts) -> None:
    """Bring back what was on its way in when its certificate was suspended, and was written after its other cases had been brought back."""
    for certificate in parts.store.certificates_in(CertificateState.SUSPENDED):
        if certificate.ended_at is not None and parts.now() - certificate.ended_at < _STRAGGLING:
            bring_back(parts, certificate.id, 0)


def feed(parts: Parts, certificate_id: str, _attempt: int = 0) -> None:
    """Feed what was judged since to the watch of a certificate. Doing it again feeds nothing twice."""
    while _feed_some(parts, certificate_id) == _FED_AT_ONCE:
        pass


def _feed_some(parts: Parts, certificate_id: str) -> int:
    certificate = parts.store.certificate(certificate_id)
    before = parts.store.certificate_watch(certificate_id)
    if certificate.state is not CertificateState.STANDING or before is None or certificate.threshold is None:
        return 0
    near = _since(parts, certificate, before)
    known = set(before.fed)
    some = [each for each in near if each.id not in known][:_FED_AT_ONCE]
    if not some:
        return 0
    outcomes = [_is_harmed(certificate, certificate.threshold, each) for each in some]
    after = _advanced(before, near, some, outcomes)
    written = Writing()
    told = parts.entry(
        Verb.CERTIFICATE_WATCHED,
        after.id,
        detail=f"{certificate.id}: {len(some)} items, {sum(outcomes)} harmed",
    )
    written.note(Replace(after), told)
    if after.is_alarmed:
        written.add(_alarmed(parts, certificate))
    try:
        written.commit(parts)
    except AlreadyExistsError:  # the alarm was raised at the same moment; the next minute suspends
        return 0
    return len(some)


def _is_harmed(certificate: records.Certificate, threshold: float, each: records.Evidence) -> bool:
    """Say whether an item counts against a certificate: by its score the machine decides it wrongly, or it did so under this certificate.

    The two differ only where something is amiss: then what was done is what somebody suffered.
    """
    was_decided = each.disposal is not records.Disposal.LEFT and each.certificate_id == certificate.id
    return assurance.is_harmed(certificate.arm, each, threshold) or (was_decided and each.person_was_right)


def _since(
    parts: Parts, certificate: records.Certificate, watch: records.CertificateWatch
) -> list[records.Evidence]:
    """Give what was settled since, and an hour before: of items that came in while the certificate stood, for older ones are no news."""
    began = certificate.approved_at
    if began is None:
        return []
    settled_from = began if watch.fed_until is None else watch.fed_until - _LATE
    about = parts.store.evidence_about(
        certificate.scope, certificate.detector, certificate.detector_version, since=settled_from
    )
    return [each for each in about if each.scored_at >= began and assurance.counts_for(certificate.arm, each)]


def _advanced(
    before: records.CertificateWatch,
    near: Sequence[records.Evidence],
    some: Sequence[records.Evidence],
    outcomes: Sequence[bool],
) -> records.CertificateWatch:
    seen = assurance.observe(_state(before), outcomes)
    newest = max([each.recorded_at for each in some] + ([before.fed_until] if before.fed_until else []))
    fed = {*before.fed, *(each.id for each in some)}
    kept = tuple(each.id for each in near if each.id in fed and each.recorded_at >= newest - _LATE)
    return replace(
        before, seen=seen.seen, harmed=seen.harmed, capital=seen.capital, is_alarmed=seen.is_alarmed, fed_until=newest,
        fed=kept, version=before.version + 1,
    )  # fmt: skip


def _state(kept: records.CertificateWatch) -> assurance.Watch:
    return assurance.Watch(
        cap=kept.cap, life=kept.life, alarm_level=kept.alarm_level, seen=kept.seen, harmed=kept.harmed, capital=kept.capital,
        is_alarmed=kept.is_alarmed,
    )  # fmt: skip


def alarm_share(kept: records.CertificateWatch) -> float:
    """Say how far a watch is on the way to its alarm, which comes at 1."""
    state = _state(kept)
    return 1.0 if state.is_alarmed else state.evidence * state.alarm_level


def _alarmed(parts: Parts, certificate: records.Certificate) -> Writing:
    """Suspend a certificate and tell of it, to be committed with what showed it."""
    written = certified.ended(
        parts, certificate, CertificateState.SUSPENDED,
        "the watch found that more than the cap is decided wrongly", actor=SYSTEM,
    )  # fmt: skip
    written.add(alarms.raised(parts, AlarmKind.CERTIFICATE_SUSPENDED, certificate.id, _message(certificate)))
    return written


def _message(certificate: records.Certificate) -> str:
    return (
        f"The watch over the arm {certificate.arm} of the scope {certificate.scope} found its cap exceeded. The certificate is suspended and everything "
        "goes to people. Look at what was decided wrongly, and propose a new certificate on fresh evidence only."
    )


def _end(parts: Parts, certificate: records.Certificate) -> bool:
    """End a certificate whose time is over, or whose conditions are other ones; gives whether it did."""
    scope = parts.rules.automation.named(certificate.scope)
    watch = parts.store.certificate_watch(certificate.id)
    if parts.now() >= certificate.expires_at:
        state, why = CertificateState.EXPIRED, "its time is over"
    elif watch is not None and _state(watch).is_over:
        state, why = (
            CertificateState.EXPIRED,
            f"its watch has seen the {watch.life} items that it was made for",
        )
    elif scope is None or certified.conditions_now(parts, scope) != certificate.conditions:
        state, why = CertificateState.VOID, "the detector, a list, the policy or the settings changed"
    else:
        return False
    written = certified.ended(parts, certificate, state, why, actor=SYSTEM)
    message = (
        f"The certificate of the arm {certificate.arm} of the scope {certificate.scope} ended: {why}. Everything goes to people until a new one "
        "stands."
    )
    written.add(alarms.raised(parts, AlarmKind.CERTIFICATE_ENDED, certificate.id, message))
    written.commit(parts)
    return True


def compare_scores(parts: Parts, certificate: records.Certificate) -> None:
    """Warn when uploads score otherwise than when the certificate was made. Nothing else follows: it may be harmless, and often is."""
    since = (parts.now() - timedelta(days=_SHIFT_DAYS)).date().isoformat()
    days = parts.store.score_counts(
        certificate.scope, certificate.detector, certificate.detector_version, since=since
    )
    now = [sum(each.counts[place] for each in days) for place in range(records.SCORE_BINS)]
    enough = min(sum(now), sum(certificate.score_counts)) >= _SHIFT_LEAST
    if enough and assurance.moved(certificate.score_counts, now) > parts.rules.automation.shift:
        alarms.raise_alarm(
            parts, AlarmKind.SCORES_MOVED, certificate.id,
            f"Uploads of the scope {certificate.scope} score otherwise than when its certificate was made. That may be harmless; look whether what is "
            "uploaded there changed. Nothing was switched off.",
        )  # fmt: skip
    elif enough:
        alarms.resolve_about(parts, AlarmKind.SCORES_MOVED, certificate.id)
