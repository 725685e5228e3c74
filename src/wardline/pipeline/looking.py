"""What an upload looks like: its detectors are asked, it is hashed and looked up, a second time exactly where anything points at it."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, replace

import structlog

from wardline import intake, matching, records, triage
from wardline.errors import WardlineError
from wardline.pipeline import detecting, sampling
from wardline.pipeline.lookup import Lookup
from wardline.pipeline.parts import Parts
from wardline.pipeline.scopes import Scope
from wardline.pipeline.standing import StandingCertificates
from wardline.records import Disposal, Precision

_log = structlog.get_logger("wardline.submit")

_CLOSE_LOOK_SECONDS_PER_PIXEL = 25e-9
"""What a close look takes longer than a glance, at most: that is decoding a JPEG in full. Measured 9 to 24 ns a pixel, on a machine at four
times its load; other formats take as long for both."""


@dataclass(frozen=True, slots=True)
class _SeenAs:
    """What an upload looks like."""

    signals: list[records.Signal]
    findings: matching.Findings


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """What is known of an upload when it is routed."""

    signals: list[records.Signal]
    route: records.Route
    scope: Scope | None
    scores: tuple[records.Score, ...]
    is_drawn: bool
    """The lot fell on it."""
    examined: records.Examination | records.Unscannable
    findings: matching.Findings
    answers: Sequence[detecting.Answer]
    """Of the scope's detectors."""
    judged_at: float
    """As ``Submission.judged_at``."""

    @property
    def is_released(self) -> bool:
        """Nothing points at it, or a machine clears it."""
        return isinstance(self.route, records.Release)

    @property
    def certificate_id(self) -> str | None:
        """Under which a machine decides."""
        return None if isinstance(self.route, records.Review) else self.route.certificate_id

    @property
    def disposal(self) -> Disposal:
        """What a machine does with it."""
        if self.certificate_id is None:
            return Disposal.LEFT
        return Disposal.CLEARED if self.is_released else Disposal.ACTED


def judge(
    parts: Parts, lookup: Lookup, upload: intake.Upload, *, standing: StandingCertificates | None = None
) -> Judged:
    """Look at an upload and route it. Nothing is written. Without standing certificates no machine decides anything."""
    # Whatever the upload is, the detectors of its scope are asked first; so their time is in what everything there costs.
    scope = _scope_of(parts, upload)
    answers = detecting.ask(parts, scope, upload.content) if scope else ()
    began = time.monotonic()
    examined = parts.media.hash(upload.content, precision=Precision.FAST)
    glance_seconds = time.monotonic() - began
    seen_as = _look_up(lookup, upload, examined, margin_bits=matching.FAST_ERROR_BITS)
    # Asked whatever was found, so that the answer takes as long for everything of a scope.
    automation = standing.of(upload.context.surface) if standing is not None else None
    # Set before the close look, which only some uploads get: set after it, the answer to what is near a list would leave later than that to
    # what is not. The time that a close look takes is granted to every upload instead.
    judged_at = time.monotonic() + close_look_seconds(examined, glance_seconds)
    scored = detecting.scored(scope, answers, seen_as.findings.matches)
    is_drawn = sampling.is_drawn(parts, scope)
    if seen_as.signals or seen_as.findings or scored.signals or is_drawn:
        examined, seen_as = _look_closely(parts, lookup, upload, examined, seen_as)
        scored = detecting.scored(scope, answers, seen_as.findings.matches)
    signals = [*seen_as.signals, *scored.signals]
    route = triage.route(signals, parts.rules.policy, automation=automation)
    return Judged(
        signals=signals, route=route, scope=scope, scores=scored.scores, is_drawn=is_drawn,
        examined=examined, findings=seen_as.findings, answers=answers, judged_at=judged_at,
    )  # fmt: skip


def _scope_of(parts: Parts, upload: intake.Upload) -> Scope | None:
    """Give the scope of an upload. None for what came by a private message without a legal basis, because somebody flagged it: people look at it, and
    neither a detector nor the lot does."""
    private = upload.context.visibility is records.Visibility.PRIVATE
    if private and not parts.rules.private_scanning.allows(upload.context.region):
        return None
    return parts.rules.scopes.of(upload.context.surface)


def close_look_seconds(examined: records.Examination | records.Unscannable, glance_seconds: float) -> float:
    """Say how long a close look would take, from what is the same whether or not there will be one."""
    if isinstance(examined, records.Unscannable):
        return 0.0
    pixels = examined.picture.width * examined.picture.height
    return glance_seconds + _CLOSE_LOOK_SECONDS_PER_PIXEL * pixels


def _look_closely(
    parts: Parts,
    lookup: Lookup,
    upload: intake.Upload,
    glance: records.Examination | records.Unscannable,
    seen_as: _SeenAs,
) -> tuple[records.Examination | records.Unscannable, _SeenAs]:
    """Hash an upload exactly that is near a list or has another signal, and look it up again: this is what counts and what is kept.

    Where it cannot be hashed exactly, in time for instance, it goes to a person, without the fast hash: that one must not get into a
    report. Matches stand that are certain all the same, with the distance of the fast hash; of others the person is told that there are.
    """
    if isinstance(glance, records.Unscannable):  # looked up by the digests of its bytes, which are exact
        return glance, seen_as
    examined = parts.media.hash(upload.content, precision=Precision.EXACT)
    if isinstance(examined, records.Examination):
        return examined, _look_up(lookup, upload, examined, margin_bits=0)
    exact = tuple(each for each in glance.hashes if each.kind is not records.HashKind.PDQ)
    if not seen_as.signals:  # no list knows it but those in preview, which have no effect, nor has their look
        return replace(glance, hashes=exact), replace(seen_as, findings=matching.Findings())
    certain = seen_as.findings.certain
    kept = [each for each in seen_as.signals if not isinstance(each, records.Match) or each in certain]
    if len(kept) < len(seen_as.signals):
        kept.append(records.Unscannable(source="matching", reason="near an entry, but not hashed exactly"))
    return replace(glance, hashes=exact), _SeenAs([examined, *kept], matching.Findings(matches=certain))


def _look_up(
    lookup: Lookup,
    upload: intake.Upload,
    examined: records.Examination | records.Unscannable,
    *,
    margin_bits: int,
) -> _SeenAs:
    findings = matching.Findings()
    signals: list[records.Signal] = []
    if isinstance(examined, records.Unscannable):
        signals.append(examined)
    # A file that no decoder can read may still be a known file, byte for byte.
    hashes = examined.hashes if isinstance(examined, records.Examination) else intake.digests(upload.content)
    try:
        findings = lookup.find(hashes, surface=upload.context.surface, margin_bits=margin_bits)
        signals += findings.matches
    except WardlineError as error:
        _log.error("lists cannot be searched", error=error.code)
        signals.append(records.Unscannable(source="matching", reason="lists could not be searched"))
    if upload.flag is not None:
        signals.append(upload.flag)
    return _SeenAs(signals, findings)
