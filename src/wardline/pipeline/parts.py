"""What the conductor holds: the doors, the rules and the keys, chosen by ``wiring``."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import BinaryIO, Protocol

from argon2 import PasswordHasher
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from wardline import enforcement, intake, ports, preservation, records, review, triage
from wardline.errors import PlatformError
from wardline.pipeline.account_rules import AccountRules, Provider
from wardline.pipeline.automation_rules import AutomationRules
from wardline.pipeline.circuits import Circuits
from wardline.pipeline.filing_rules import FilingRules
from wardline.pipeline.giving_way import GivingWay
from wardline.pipeline.hearing import Hearing
from wardline.pipeline.measures import Measures
from wardline.pipeline.scopes import Scopes
from wardline.records.ids import ENTROPY_BYTES

ORIGINAL = "original"
"""The vault's purpose for a file as it was uploaded."""
NO_RECEIVER = "none"
"""In the place of a receiver's name and environment while the settings name none."""
SYSTEM = "system"
"""The actor of what nobody in particular did."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """The settings that steps need, as values."""

    max_bytes: int = 50_000_000
    private_scanning: intake.PrivateScanning = field(
        default_factory=lambda: intake.PrivateScanning(legal_basis={})
    )
    policy: triage.Policy = field(default_factory=triage.Policy)
    lease: timedelta = timedelta(minutes=15)
    undo_window: timedelta = timedelta(seconds=60)
    weights: review.Weights = field(default_factory=review.Weights)
    look_ahead: timedelta = timedelta(hours=24)
    """Until when capacity is expected back: harm until then counts in the order of the queue."""
    oldest_share: float = 0.05
    """Of the cases that are handed out, 0 to 1: half of so many are the oldest that waits, half drawn by lot, whatever the order says."""
    queues: tuple[review.QueueRule, ...] = ()
    """Beside the general one, in the order in which a case is tried on them."""
    targets: review.Targets = field(default_factory=review.Targets)
    order: review.Order = review.Order.HARM
    calibration: review.CalibrationLimits = field(default_factory=review.CalibrationLimits)
    restricted_most: timedelta = timedelta(days=7)
    """So long content may be hidden before its case goes first."""
    restricted_share: float = 0.5
    """Of the cases that are handed out, 0 to 1: so many are those, while there are any."""
    restore_unverified: bool = False
    """Whether content that has been hidden for that long is restored where no verified list knows it."""
    audit_share: float = 0.05
    """Of the cases that a spread would decide, 0 to 1: so many go to a person instead."""
    opinions: review.SecondOpinions = field(default_factory=review.SecondOpinions)
    golden_share: float = 0.0
    """Of the cases that are handed out, 0 to 1: so many are followed by a file with a known answer."""
    golden_violating: bool = False
    """Whether evidence that is lawfully held may be among those."""
    wellbeing: review.Limits = field(default_factory=review.Limits)
    periods: preservation.Periods = field(default_factory=preservation.Periods)
    clock_gap: timedelta | None = None
    """After so long without a sign of life nothing is destroyed until a person has looked at the clock; None: that is off."""
    remind_before: timedelta | None = None
    """So long before a request to preserve ends an alarm tells of it; None: that is off."""
    reporter: records.Reporter = field(
        default_factory=lambda: records.Reporter(first_name="", last_name="", email="", platform="")
    )
    list_stale_after: timedelta = timedelta(days=7)
    list_change: float = 0.2
    """By which part of itself a list may grow, and by which it may shrink, when it is read again."""
    entry_daily_matches: int = 50
    """An entry that matches more uploads than this on a day is held."""
    look_back: timedelta = timedelta(0)
    """How long ago a kept file may have come to be matched with what is new on a list; nothing: that is off."""
    min_free_bytes: int = 1_000_000_000
    scopes: Scopes = field(default_factory=Scopes)
    """Where detectors are asked."""
    accounts: AccountRules = field(default_factory=AccountRules)
    check_log_every: timedelta = timedelta(0)
    """How often the whole log is checked without anybody asking; nothing: never."""
    ladder: enforcement.Ladder = field(default_factory=enforcement.Ladder)
    promises: enforcement.Promises = field(default_factory=enforcement.Promises)
    automation: AutomationRules = field(default_factory=AutomationRules)
    filing: FilingRules = field(default_factory=FilingRules)


class ListOpener(Protocol):
    """Makes a source of a hash list file."""

    def __call__(
        self, path: Path, *, form: records.ListForm = records.ListForm.AUTO, profile: str | None = None
    ) -> ports.HashListSource:
        """Choose how to read a file; ``InputError`` when that cannot be known. The profile is one of the settings', by its name."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Exchange:
    """An exchange that lists are fetched from."""

    exchange: ports.HashExchange
    interval: timedelta
    """How often it is asked for news."""
    feedback: bool
    """Whether its owner is told of matches that people confirmed or denied."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Witnessing:
    """A witness of the audit log."""

    witness: ports.Witness
    interval: timedelta
    """How often it is handed a checkpoint."""


VicsEntry = tuple[int, Mapping[records.HashKind, str]]
"""A category number, and the hashes of one file."""
VicsWriter = Callable[[BinaryIO, Iterable[VicsEntry], str], int]
"""Writes a document of a profile; gives how many files it lists. The adapter ``hash_lists``, ``vics-writer``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """One installation's adapters and keys. Everything that a step may touch is here and nowhere else."""

    store: ports.Store
    vault: ports.Vault
    media: ports.Media
    clock: ports.Clock
    rules: Rules
    make_index: Callable[[], ports.Index]
    open_list: ListOpener
    wording: ports.Wording
    """Words messages to people."""
    exchanges: Mapping[str, Exchange] = field(default_factory=dict)
    """By the name that the settings give each."""
    entropy: Callable[[int], bytes]
    """``secrets.token_bytes``, or a seeded twin in simulations."""
    idempotency_secret: bytes
    log_origin: str
    log_key: Ed25519PrivateKey
    copies: ports.Copies | None = None
    """Where the processes of an installation share what they search; None: each makes its own."""
    authority: ports.Authority | None = None
    """Where a report goes that no rule of a region sends elsewhere."""
    receivers: Mapping[str, ports.Authority] = field(default_factory=dict)
    """The others, by name; see ``receiver``."""
    packs: ports.PackKeeper | None = None
    """The packs of all receivers, also of those that the settings do not name any more."""
    platforms: Mapping[str, ports.Platform] = field(default_factory=dict)
    notifiers: Sequence[ports.Notifier] = ()
    witnesses: Mapping[str, Witnessing] = field(default_factory=dict)
    """By the name that the settings give each."""
    providers: Mapping[str, Provider] = field(default_factory=dict)
    """At which people sign in, by the name that the settings give each."""
    category_profiles: Mapping[str, records.CategoryProfile] = field(default_factory=dict)
    """What category numbers mean to those whose documents are read or written, by the name that the settings give each."""
    write_vics: VicsWriter | None = None
    free_bytes: Callable[[], int] = lambda: 2**62
    """Free space on the data disk."""
    password_hasher: PasswordHasher = field(default_factory=lambda: PasswordHasher())  # noqa: PLW0108 -- by name, so that tests can put a cheap one there
    """argon2id with the parameters of new passwords."""
    reached: ports.WritePoint = lambda _name: None
    measures: Measures = field(default_factory=Measures)
    hearing: Hearing = field(default_factory=Hearing)
    circuits: Circuits = field(default_factory=Circuits)
    giving_way: GivingWay = field(default_factory=GivingWay)

    def now(self) -> datetime:
        """The time, from the one clock."""
        return self.clock.now()

    def new_id(self, kind: str) -> str:
        """Make the id of a new record."""
        return records.new_id(kind, self.now(), self.entropy(ENTROPY_BYTES))

    def platform(self, name: str) -> ports.Platform:
        """Give the door to a platform.

        Raises:
            PlatformError: The settings have no webhook for it: as for one that is down, what is meant for it waits.
        """
        found = self.platforms.get(name)
        if found is None:
            raise PlatformError(f"platform {name}: no webhook in the settings, expected one")
        return found

    def receiver(self, name: str) -> ports.Authority | None:
        """Give the receiver of this name; for ``NO_RECEIVER`` the one where reports go that no rule sends elsewhere."""
        main = self.authority
        return main if main is not None and name in (NO_RECEIVER, main.name) else self.receivers.get(name)

    def receivers_of_packs(self) -> list[ports.PackMaker]:
        """Give those to whom a person files."""
        every = (self.authority, *self.receivers.values())
        return [each for each in every if isinstance(each, ports.PackMaker)]

    def keepers_of_packs(self) -> list[ports.PackKeeper]:
        """Give where packs may be: all of them, or, where that is not known, those of each receiver of the settings."""
        return [self.packs] if self.packs is not None else list(self.receivers_of_packs())

    def jitter(self) -> float:
        """A random number from 0 to 1 that spreads retries."""
        return int.from_bytes(self.entropy(4), "big") / 2**32

    def happens(self, probability: float) -> bool:
        """Draw whether something happens that shall happen so often, 0 to 1."""
        return probability > 0 and self.jitter() < probability

    def entry(
        self, verb: records.Verb, subject_id: str, *, actor: str = SYSTEM, detail: str = ""
    ) -> records.Entry:
        """Make an audit entry of now."""
        return records.Entry(verb=verb, subject_id=subject_id, actor=actor, at=self.now(), detail=detail)

    def count(self, step: records.Step, amount: int = 1) -> records.Add:
        """Count a step on today's date (UTC)."""
        return records.Add(step, self.now().date(), amount)
