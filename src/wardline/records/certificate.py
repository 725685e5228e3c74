"""Certificates: what was shown of one arm of one scope, who let it stand, and what has been seen of it since."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from wardline.errors import InputError
from wardline.records.checks import require_range, require_text, require_utc
from wardline.records.evidence import Channel
from wardline.records.ids import require_id

SCORE_BINS = 20
"""Equal parts from 0 to 1 that scores are counted in."""
LONGEST_REASON = 2000
"""Characters."""


class Arm(StrEnum):
    """Which of the two things a machine may do alone."""

    CLEAR = "clear"
    """Release what scores below the threshold."""
    ACT = "act"
    """Restrict what scores at or above it."""


class CertificateState(StrEnum):
    FAILED = "failed"
    """The sample did not carry it. The try is kept, for it spent its part of the error that a scope may make in its whole life."""
    PROPOSED = "proposed"
    STANDING = "standing"
    """A second person approved: the machine decides under it."""
    REFUSED = "refused"
    SUSPENDED = "suspended"
    """A person or the watch ended it, for good: whoever wants it back proposes a new one."""
    EXPIRED = "expired"
    VOID = "void"
    """The detector, a list's terms, the policy or the settings are other ones now."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelCount:
    """What one channel brought to the sample."""

    channel: Channel
    trials: int
    """Items."""
    harmed: int
    """Those that the machine would have decided and a person would have decided rightly; 0 where nothing was certified."""
    carries: bool
    """Whether it was large enough to be compared, so that the threshold had to hold on it alone. Nothing is promised of one that was not."""

    def __post_init__(self) -> None:
        require_range("harmed", self.harmed, 0, self.trials)


@dataclass(frozen=True, slots=True, kw_only=True)
class Certificate:
    """One try to show that one arm of one scope keeps its cap, and what became of it. It names no account and holds no hash."""

    id: str
    arm: Arm
    scope: str
    """The automation scope in the settings, 1 to 64 characters."""
    detector: str
    detector_version: str
    number: int
    """Which try of this scope and arm it is, from 1: the error level falls with it."""
    error_level: float
    """What it spends of the error of the scope's whole life."""
    policy_cap: float
    """The largest cap that the settings allow."""
    human_wrong: int
    human_trials: int
    """How often people were wrong on the part of the evidence that is kept for it."""
    cap: float
    """Largest share of the arm's items that may be harmed: the policy's, or a tenth of what people are known to do wrong."""
    grid: tuple[float, ...]
    """Thresholds in rising order, fixed by the settings."""
    threshold: float | None
    """Cleared is what scores below it, acted on is what scores at or above it; None where none was certified."""
    trials: int
    """Items of the channels that carry it."""
    harmed: int
    limit: float | None
    """Exact upper limit of the harmed share on the worst channel; not above the cap."""
    channels: tuple[ChannelCount, ...]
    seed: int
    """Of the chance in the comparison of the channels."""
    channel_p_value: float | None
    """What that comparison gave; None for the arm that acts, which has one channel."""
    score_counts: tuple[int, ...]
    """Scores of the sample's uniform audits by ``SCORE_BINS`` equal parts: counts, and nothing else."""
    evidence_since: datetime
    """Evidence counts that came in from here on ..."""
    made_at: datetime
    """... and was settled until here."""
    evidence_digest: str
    """SHA-256 of the evidence, in order."""
    conditions: str
    """SHA-256 of all that it holds under: detector, terms of the lists, policy, the scope and the settings of automation."""
    proposed_by: str
    expires_at: datetime
    state: CertificateState
    approved_by: str | None = None
    approved_at: datetime | None = None
    ended_at: datetime | None = None
    reason: str | None = None
    """Why it failed, or ended, in words."""
    version: int = 1

    def __post_init__(self) -> None:
        require_id("certificate", self.id)
        require_text("scope", self.scope, most=64)
        require_text("detector", self.detector, most=100)
        require_text("detector_version", self.detector_version, most=200)
        require_range("number", self.number, 1, 2**31)
        require_range("seed", self.seed, 0, 2**62)
        for field in ("error_level", "policy_cap"):
            if not 0 < getattr(self, field) < 1:
                raise InputError(f"{field}: outside its range, expected above 0 and below 1")
        require_range("cap", self.cap, 0.0, self.policy_cap)
        require_range("harmed", self.harmed, 0, self.trials)
        require_range("human_wrong", self.human_wrong, 0, self.human_trials)
        if len(self.score_counts) != SCORE_BINS:
            raise InputError(f"score_counts: {len(self.score_counts)}, expected {SCORE_BINS}")
        if self.reason is not None:
            require_text("reason", self.reason, most=LONGEST_REASON)
        for name in ("evidence_since", "made_at", "expires_at", "approved_at", "ended_at"):
            require_utc(name, getattr(self, name))
        self._require_whole()

    def _require_whole(self) -> None:
        """Refuse what could stand without what it stands on."""
        if self.state is CertificateState.FAILED:
            return
        if self.threshold is None or self.threshold not in self.grid or self.limit is None:
            raise InputError(f"certificate {self.id}: without a threshold of its grid, expected one")
        if not 0 < self.limit <= self.cap:
            raise InputError(f"certificate {self.id}: its limit is above its cap, expected within it")
        if self.state is CertificateState.STANDING and self.approved_by in (None, self.proposed_by):
            raise InputError(f"certificate {self.id}: stands by one person, expected two")

    def holds(self, now: datetime) -> bool:
        """Say whether it stands at a moment. A clock that jumps back does not revive it: its state says that it ended."""
        began = self.approved_at
        return (
            self.state is CertificateState.STANDING and began is not None and began <= now < self.expires_at
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class CertificateWatch:
    """What has been seen of a certificate since it stands: the state of ``assurance.Watch``, and how far the evidence was fed to it."""

    id: str
    certificate_id: str
    cap: float
    life: int
    """Audited items that it is made for."""
    alarm_level: float
    """How often it may raise a false alarm in its whole life."""
    capital: tuple[float, ...]
    seen: int = 0
    harmed: int = 0
    is_alarmed: bool = False
    fed_until: datetime | None = None
    """When the newest evidence was settled that was fed."""
    fed: tuple[str, ...] = ()
    """Ids of what was fed within the last hour of that: something may be written later than it was settled."""
    version: int = 1

    def __post_init__(self) -> None:
        require_id("certificate-watch", self.id)
        require_id("certificate", self.certificate_id)
        require_utc("fed_until", self.fed_until)
        require_range("harmed", self.harmed, 0, self.seen)


@dataclass(frozen=True, slots=True, kw_only=True)
class ScoreCounts:
    """How uploads of a scope scored on one day, as counts: enough to see that the scores moved, and of no use to learn any one of them."""

    id: str
    scope: str
    detector: str
    detector_version: str
    day: str
    """UTC, ``YYYY-MM-DD``."""
    counts: tuple[int, ...]
    """By ``SCORE_BINS`` equal parts."""
    version: int = 1

    def __post_init__(self) -> None:
        require_id("score-counts", self.id)
        require_text("scope", self.scope, most=64)
        if len(self.counts) != SCORE_BINS or min(self.counts) < 0:
            raise InputError(f"score counts: {len(self.counts)}, expected {SCORE_BINS} of 0 and up")
