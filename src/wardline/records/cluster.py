"""Clusters: files that look alike, what people said of them, and what of it spread."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from wardline.errors import InputError
from wardline.records.case import Outcome
from wardline.records.category import Category
from wardline.records.checks import require_range, require_utc
from wardline.records.hashes import HASH_BYTES, HashKind
from wardline.records.ids import require_id

CLUSTER_RADIUS_BITS = 31
"""So far from the leader's PDQ hash a member may be. Source: ThreatExchange, PDQ, recommended threshold."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cluster:
    """Files within the radius of one file, the leader, and their identical copies. Nobody is in it for being near another member."""

    id: str
    opened_at: datetime
    pdq: str | None
    """The leader's hash, 64 hexadecimal digits; None where only identical files join: without a good hash, or once unlinked."""
    stopped_at: datetime | None = None
    """From here on nothing spreads in it: people disagreed about a file of which a decision had spread."""
    version: int = 1

    def __post_init__(self) -> None:
        require_id("cluster", self.id)
        require_utc("opened_at", self.opened_at)
        require_utc("stopped_at", self.stopped_at)
        if self.pdq is not None:
            _require_digest("pdq", self.pdq, HashKind.PDQ)


@dataclass(frozen=True, slots=True, kw_only=True)
class ClusterFile:
    """One sequence of bytes in a cluster. No two have the same digest, so that identical files always stand together."""

    id: str
    cluster_id: str
    sha256: str

    def __post_init__(self) -> None:
        require_id("cluster-file", self.id)
        _require_digest("sha256", self.sha256, HashKind.SHA256)


@dataclass(frozen=True, slots=True, kw_only=True)
class ClusterMember:
    """The place of one case in a cluster, by its first file."""

    id: str
    cluster_id: str
    file_id: str
    """The same for identical files; stays when the digest itself is gone."""
    case_id: str
    joined_at: datetime
    distance_bits: int
    """From the leader, 0 to ``CLUSTER_RADIUS_BITS``; 0 also where there is no hash to compare."""
    spread_id: str | None = None
    """The spread that decided this case, or that drew it for review."""
    near_spread_id: str | None = None
    """The spread that put this case in front, for a file near it was found to be a violation."""
    restricted: bool = False
    """Whether a spread hid the content: then the same one may show it again."""
    version: int = 1

    def __post_init__(self) -> None:
        require_id("cluster-member", self.id)
        require_utc("joined_at", self.joined_at)
        require_range("distance_bits", self.distance_bits, 0, CLUSTER_RADIUS_BITS)


@dataclass(frozen=True, slots=True, kw_only=True)
class ClusterVote:
    """One person's decision, as far as it counts for a cluster."""

    id: str
    cluster_id: str
    file_id: str
    decision_id: str
    user_id: str
    outcome: Outcome
    category: Category | None
    """Of a violation, what this person named."""
    at: datetime
    withdrawn_at: datetime | None = None
    """From here on it counts no more: it was undone or overturned."""
    version: int = 1

    def __post_init__(self) -> None:
        require_id("cluster-vote", self.id)
        require_utc("at", self.at)
        require_utc("withdrawn_at", self.withdrawn_at)
        if self.outcome is Outcome.CANNOT_TELL:
            raise InputError(f"vote {self.id}: cannot tell, expected an opinion")


@dataclass(frozen=True, slots=True)
class Voice:
    """What one person said, however often they said it."""

    user_id: str
    outcome: Outcome
    category: Category | None
    decision_id: str
    """The first decision in which they said so."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Spread:
    """What two people agreed on, and how far it was carried to files that nobody looked at for it."""

    id: str
    cluster_id: str
    target: str
    """The id of the cluster's file whose identical copies are decided; or of the cluster, whose open cases are put in front."""
    outcome: Outcome
    category: Category | None
    decisions: tuple[str, ...]
    """The decisions that agreed."""
    begun_at: datetime
    reached: str | None = None
    """The member up to which this pass has come; None between passes."""
    passes: int = 0
    decided: int = 0
    """Cases that were decided by it."""
    sampled: int = 0
    """Cases that would have been, and go to a person instead: the share that is reviewed."""
    put_in_front: int = 0
    """Cases of near files that a person shall see sooner."""
    stopped_at: datetime | None = None
    """From here on it is carried no further; what it did stands."""
    withdrawn_at: datetime | None = None
    """From here on what it did is taken back."""
    version: int = 1

    def __post_init__(self) -> None:
        require_id("spread", self.id)
        require_utc("begun_at", self.begun_at)
        require_utc("stopped_at", self.stopped_at)
        require_utc("withdrawn_at", self.withdrawn_at)
        if self.withdrawn_at is not None and self.stopped_at is None:
            raise InputError(f"spread {self.id}: withdrawn and not stopped, expected both")

    @property
    def decides(self) -> bool:
        """Whether it decides identical files, and does not only put near ones in front."""
        return self.target != self.cluster_id


def _require_digest(field: str, value: str, kind: HashKind) -> None:
    digits = 2 * HASH_BYTES[kind]
    if len(value) != digits or set(value) - set("0123456789abcdef"):
        raise InputError(f"cluster {field}: malformed, expected {digits} lower-case hexadecimal digits")
