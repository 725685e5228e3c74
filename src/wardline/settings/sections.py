"""The sections of wardline.toml, but for the moderators' day."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from wardline.kernels import Choice
from wardline.records import CategoryProfile
from wardline.referral import Agreement, Approval, Clocks, Duty
from wardline.settings.filing import EmergencySettings, PackSettings
from wardline.triage import Response


@dataclass(frozen=True, slots=True, kw_only=True)
class Installation:
    name: str = "wardline"
    """Names the audit log: letters, digits, dots and dashes."""
    data: Path = Path("data")
    """Folder for the database, vault and logs, relative to wardline.toml."""
    keys: Path = Path("keys")
    """Folder for the keys; give it another owner or another disk."""
    production: bool = False
    """One of the two places that must say so before anything is filed for real."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StoreSettings:
    adapter: str = "sqlite"
    """``"sqlite"`` or ``"postgres"``."""
    url_file: Path | None = None
    """PostgreSQL only: a file with the connection URL, for it holds a password."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerSettings:
    host: str = "127.0.0.1"
    port: int = 8460
    low_trust_answer_ms: int = 100
    """Low-trust keys get their answer at multiples of this time after the upload was judged, so that timing tells nothing; 0: off."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PrivateScanningSettings:
    legal_basis: dict[str, str] = field(default_factory=dict)
    """Region (ISO 3166-1) to the legal basis for scanning private surfaces there, confirmed by counsel. Empty: off."""


@dataclass(frozen=True, slots=True, kw_only=True)
class IntakeSettings:
    max_bytes: int = 50_000_000
    """Largest upload, bytes. Applied before anything is buffered."""
    max_pixels: int = 100_000_000
    """Largest picture, pixels of one frame."""
    max_frames: int = 1000
    """Longest animation, frames."""
    decode_seconds: float = 2.0
    """Longest time a picture may take in the sandbox, seconds."""
    decode_workers: int = 2
    """Sandboxed decoders; one for each core."""
    heic: bool = False
    """Accept HEIC; needs the extra ``wardline[heif]``."""
    private_scanning: PrivateScanningSettings = field(default_factory=PrivateScanningSettings)


@dataclass(frozen=True, slots=True, kw_only=True)
class ExchangeSettings:
    name: str
    """What lists are fetched from it by; stays the same for ever."""
    adapter: str
    """``"ncmec"``, ``"stopncii"``, ``"threatexchange"``, ``"tat"`` (these need the extra ``wardline[exchanges]``) or ``"local"``."""
    options: dict[str, str] = field(default_factory=dict)
    """What the adapter takes: docs/reference/settings.md."""
    secret_file: Path | None = None
    interval_minutes: float = 60.0
    """How often it is asked for news."""
    feedback: bool = False
    """Tell the owner of matches that people confirmed or denied. Your contract with the owner says whether you may, or must."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MatchingSettings:
    hashers: tuple[str, ...] = ("md5", "sha1", "sha256", "pdq")
    """Hash types that every picture gets."""
    index: str = "mapped"
    """Search for near hashes."""
    kernels: Choice = Choice.AUTO
    """``"auto"``: compiled kernels where they were built, ``"fast"``: only those, ``"reference"``: the plain ones."""
    list_stale_hours: int = 168
    """A list without news for this long raises an alarm."""
    list_change_percent: float = 20.0
    """A sync that brings or takes away a larger part of a list is refused; 1,000 entries may always come, and go."""
    entry_daily_matches: int = 50
    """An entry that matches more uploads than this on a day is held: it restricts nothing until a person looked at it."""
    look_back_days: int = 0
    """When a list grows, files that are kept anyway and came within so many days are matched again; 0: off."""
    exchanges: tuple[ExchangeSettings, ...] = ()
    """Where lists are fetched from on a schedule."""
    category_profiles: dict[str, CategoryProfile] = field(default_factory=dict)
    """Name to what the category numbers of VICS documents mean. None is built in, and an unknown one is refused."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TriageSettings:
    verified_match: Response = Response.ACT
    """``"act"``: restrict at once and open a case; ``"review"``: only open a case."""
    unverified_match: Response = Response.REVIEW


@dataclass(frozen=True, slots=True, kw_only=True)
class PlatformSettings:
    name: str
    """As in the API keys."""
    url: str
    """Where signed webhooks go."""
    secret_file: Path
    """The secret both sides sign with."""
    adapter: str = "webhook"


@dataclass(frozen=True, slots=True, kw_only=True)
class ReporterSettings:
    first_name: str = ""
    last_name: str = ""
    email: str = ""
    """A role mailbox that somebody reads."""
    platform: str = ""
    """Name of the service as the public knows it."""
    terms_of_service: str | None = None
    legal_url: str | None = None
    phone: str | None = None
    """Where the reporting person can be called."""
    contact_email: str | None = None
    """Whom to ask about a report, where that is somebody else."""
    company_template: str | None = None
    """What every report of this company says of itself."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReferralSettings:
    authority: str | None = None
    """``"ncmec"``, or a receiver of packs; without one, referrals are drafted and wait."""
    environment: str = "sandbox"
    """``"sandbox"``, ``"test"`` or ``"production"``; production must also stand in ``[installation]``."""
    sandbox_url: str | None = None
    """Loopback address of ``wardline sandbox authority``."""
    username: str = ""
    password_file: Path | None = None
    reporter: ReporterSettings = field(default_factory=ReporterSettings)
    clocks: Clocks = field(default_factory=Clocks)
    region_clocks: dict[str, Clocks] = field(default_factory=dict)
    """Region (ISO 3166-1) of an account to other hours for its reports. Counsel must confirm them."""
    approval: Approval = field(default_factory=Approval)
    emergency: dict[str, EmergencySettings] = field(default_factory=dict)
    """Region (ISO 3166-1) to whom to telephone there when a child may be in danger now."""
    packs: dict[str, PackSettings] = field(default_factory=dict)
    """Receivers to whom a person files: ``"nca-pack"``, ``"signed-pack"`` or a plug-in, to what is known of each."""
    duties: dict[str, Duty] = field(default_factory=dict)
    """Region (ISO 3166-1) of an account to whom reports are owed there. Everywhere else ``authority`` gets them. Counsel must confirm them."""
    viral_batches: dict[str, Agreement] = field(default_factory=dict)
    """Receivers that agreed to one report of a file that many accounts spread, to what was agreed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PreservationSettings:
    vault: str = "directory"
    vault_options: dict[str, str] = field(default_factory=dict)
    """What the vault takes: docs/reference/settings.md."""
    vault_secret_file: Path | None = None
    provisional_days: float = 30.0
    """From triage on; a hold never ends while its case is undecided."""
    after_filing_days: float = 365.0
    """From the authority's receipt on; at least 365."""
    before_filing_days: float = 0.0
    """What the account had uploaded so long before a report is held as long as the report. 0: only what was reported."""
    after_clearance_days: float = 14.0
    """After "not a violation": then the file is destroyed."""
    unlink_after_clearance_days: float = 30.0
    """After "not a violation": then the account is unlinked."""
    pause_after_days: float = 7.0
    """After so long without a sign of life nothing is destroyed until somebody has looked at the clock. 0: off."""
    remind_days: float = 14.0
    """So long before a request to preserve ends an alarm tells of it. 0: off."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NotifierSettings:
    adapter: str
    """``"webhook"`` or ``"smtp"``."""
    name: str
    options: dict[str, str] = field(default_factory=dict)
    """What the adapter takes: docs/reference/settings.md."""
    secret_file: Path | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AlarmSettings:
    min_free_bytes: int = 1_000_000_000
    """Less free space on the data disk raises an alarm."""
