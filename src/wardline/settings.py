"""Settings: wardline.toml to one frozen value. Secrets come in by file path only; an unknown key is refused, never ignored."""

from __future__ import annotations

import re
import tomllib
import types
from collections.abc import Mapping
from dataclasses import MISSING, dataclass, field, fields, is_dataclass
from difflib import get_close_matches
from enum import StrEnum
from pathlib import Path
from typing import Any, Union, get_args, get_origin, get_type_hints

from wardline.errors import ConfigurationError, NotInitialisedError
from wardline.kernels import Choice
from wardline.records import CategoryProfile
from wardline.review import Weights
from wardline.triage import Response

FILE_NAME = "wardline.toml"

_CATEGORY = re.compile(r"0|[1-9][0-9]{0,8}|none")
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9.-]{0,63}")
RANGES: Mapping[str, tuple[float, float]] = {
    "server.port": (0, 65_535),
    "server.low_trust_answer_ms": (0, 60_000),
    "intake.max_bytes": (1, 2**31),
    "intake.max_pixels": (1, 2**31),
    "intake.max_frames": (1, 1_000_000),
    "intake.decode_seconds": (0.01, 600),
    "intake.decode_workers": (1, 1024),
    "matching.list_stale_hours": (1, 87_600),
    "matching.list_change_percent": (0, 10_000),
    "matching.entry_daily_matches": (1, 1_000_000_000),
    "matching.look_back_days": (0, 3_650),
    "matching.exchanges.interval_minutes": (1, 43_200),
    "review.lease_minutes": (0.01, 1440),
    "review.undo_seconds": (0, 86_400),
    "review.look_ahead_hours": (0.01, 87_600),
    "review.oldest_percent": (0, 100),
    "review.weights.severity_a": (0, 1_000_000),
    "review.weights.severity_b": (0, 1_000_000),
    "review.weights.severity_other": (0, 1_000_000),
    "review.weights.delay_a": (0, 1_000_000),
    "review.weights.delay_b": (0, 1_000_000),
    "review.weights.wrongful_restriction": (0, 1_000_000),
    "review.weights.restricted_exposure_percent": (0, 100),
    "review.weights.views_per_hour": (0, 1_000_000),
    "review.weights.private_views_per_hour": (0, 1_000_000),
    "preservation.provisional_days": (0, 36_500),
    "preservation.after_filing_days": (365, 36_500),
    "preservation.after_clearance_days": (0, 3_650),
    "preservation.unlink_after_clearance_days": (0, 3_650),
    "alarms.min_free_bytes": (0, 2**62),
}
"""Smallest and largest value of every setting that is a number."""


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
class ReviewSettings:
    lease_minutes: float = 15.0
    """How long a claim lasts without renewal."""
    undo_seconds: float = 60.0
    """How long a decision may be taken back before it takes effect."""
    look_ahead_hours: float = 24.0
    """Until when capacity is expected back: harm until then counts in the order of the queue."""
    oldest_percent: float = 5.0
    """So many of the cases that are handed out are the oldest, whatever the order says."""
    weights: Weights = field(default_factory=Weights)


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


@dataclass(frozen=True, slots=True, kw_only=True)
class ReferralSettings:
    authority: str | None = None
    """``"ncmec"``; without one, referrals are drafted and wait."""
    environment: str = "sandbox"
    """``"sandbox"``, ``"test"`` or ``"production"``; production must also stand in ``[installation]``."""
    sandbox_url: str | None = None
    """Loopback address of ``wardline sandbox authority``."""
    username: str = ""
    password_file: Path | None = None
    reporter: ReporterSettings = field(default_factory=ReporterSettings)


@dataclass(frozen=True, slots=True, kw_only=True)
class PreservationSettings:
    vault: str = "directory"
    provisional_days: float = 30.0
    """From triage on; a hold never ends while its case is undecided."""
    after_filing_days: float = 365.0
    """From the authority's receipt on; at least 365."""
    after_clearance_days: float = 14.0
    """After "not a violation": then the file is destroyed."""
    unlink_after_clearance_days: float = 30.0
    """After "not a violation": then the account is unlinked."""


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Everything in wardline.toml."""

    folder: Path
    """Where wardline.toml lies; relative paths start here."""
    installation: Installation = field(default_factory=Installation)
    store: StoreSettings = field(default_factory=StoreSettings)
    server: ServerSettings = field(default_factory=ServerSettings)
    intake: IntakeSettings = field(default_factory=IntakeSettings)
    matching: MatchingSettings = field(default_factory=MatchingSettings)
    triage: TriageSettings = field(default_factory=TriageSettings)
    review: ReviewSettings = field(default_factory=ReviewSettings)
    referral: ReferralSettings = field(default_factory=ReferralSettings)
    preservation: PreservationSettings = field(default_factory=PreservationSettings)
    alarms: AlarmSettings = field(default_factory=AlarmSettings)
    platforms: tuple[PlatformSettings, ...] = ()
    notifiers: tuple[NotifierSettings, ...] = ()

    @property
    def data(self) -> Path:
        """The data folder, absolute."""
        return self.folder / self.installation.data

    @property
    def keys(self) -> Path:
        """The key folder, absolute."""
        return self.folder / self.installation.keys


def load(folder: Path) -> Settings:
    """Read ``wardline.toml`` in a folder.

    Raises:
        NotInitialisedError: There is none.
        ConfigurationError: Not TOML, an unknown key, or a value of the wrong kind; the message names the key.
    """
    path = folder / FILE_NAME
    try:
        text = path.read_text("utf-8")
    except FileNotFoundError:
        raise NotInitialisedError(f"installation {folder}: no {FILE_NAME}, expected one") from None
    return parse(folder, text)


def parse(folder: Path, text: str) -> Settings:
    """Read the text of a settings file that shall lie in a folder. Raises ``ConfigurationError``; see ``load``."""
    try:
        table = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ConfigurationError(f"{FILE_NAME}: not TOML ({error}), expected TOML 1.0") from None
    if "folder" in table:
        raise ConfigurationError(
            f"{FILE_NAME}: unknown key folder, expected none: paths start where the file lies"
        )
    settings: Settings = _build(Settings, {**table, "folder": str(folder.resolve())}, "")
    _check(settings)
    return settings


def _check(settings: Settings) -> None:
    """Refuse values that nothing could work with; what an adapter needs to hear it checks itself."""
    for path, (low, high) in RANGES.items():
        if not all(low <= value <= high for value in _values(settings, path)):
            raise ConfigurationError(f"{FILE_NAME}: {path} is outside its range, expected {low} to {high}")
    if not _NAME.fullmatch(settings.installation.name):
        raise ConfigurationError(
            f"{FILE_NAME}: installation.name has other characters, expected letters, digits, dots and dashes"
        )
    for section, named in _named(settings):
        names = [each.name for each in named]
        if len(set(names)) < len(names):
            raise ConfigurationError(f"{FILE_NAME}: {section} has one name twice, expected each once")
    for name, profile in settings.matching.category_profiles.items():
        _check_profile(f"{FILE_NAME}: matching.category_profiles.{name}", profile)


def _values(settings: Settings, path: str) -> list[float]:
    """Give every value of a setting: one, or one for each table of its section."""
    found: list[Any] = [settings]
    for name in path.split("."):
        inner = [getattr(each, name) for each in found]
        found = [each for value in inner for each in (value if isinstance(value, tuple) else (value,))]
    return found


def _named(settings: Settings) -> tuple[tuple[str, tuple[Any, ...]], ...]:
    return (
        ("platforms", settings.platforms),
        ("notifiers", settings.notifiers),
        ("matching.exchanges", settings.matching.exchanges),
    )


def _check_profile(where: str, profile: CategoryProfile) -> None:
    if not profile.document.strip() or not profile.categories:
        raise ConfigurationError(f"{where} is empty, expected a document and categories")
    # A number with a zero before it would never be found, and so mean nothing without anybody noticing.
    if not all(_CATEGORY.fullmatch(number) for number in profile.categories):
        raise ConfigurationError(
            f"{where}.categories has a key that is no category, expected whole numbers or none"
        )


def _build(kind: type[Any], table: dict[str, Any], where: str) -> Any:
    hints = get_type_hints(kind)
    known = [each.name for each in fields(kind)]
    for key in table:
        if key not in known:
            near = get_close_matches(key, known, n=1)
            raise ConfigurationError(
                f"{FILE_NAME}: unknown key {where}{key}, expected {near[0] if near else ' or '.join(known)}"
            )
    values = {key: _value(hints[key], value, where + key) for key, value in table.items()}
    missing = [
        e.name
        for e in fields(kind)
        if e.name not in values and e.default is MISSING and e.default_factory is MISSING
    ]
    if missing:
        raise ConfigurationError(f"{FILE_NAME}: {where}{missing[0]} is missing, expected a value")
    return kind(**values)


def _value(hint: Any, value: Any, where: str) -> Any:
    if get_origin(hint) in (Union, types.UnionType):
        hint = next(choice for choice in get_args(hint) if choice is not type(None))
    if is_dataclass(hint) and isinstance(hint, type) and isinstance(value, dict):
        return _build(hint, value, where + ".")
    if get_origin(hint) is tuple and isinstance(value, list):
        return tuple(_value(get_args(hint)[0], each, f"{where}[{place}]") for place, each in enumerate(value))
    if get_origin(hint) is dict and isinstance(value, dict):
        return {key: _value(get_args(hint)[1], each, f"{where}.{key}") for key, each in value.items()}
    if isinstance(hint, type) and issubclass(hint, StrEnum) and isinstance(value, str) and value in set(hint):
        return hint(value)
    if hint is Path and isinstance(value, str):
        return Path(value)
    if hint is float and isinstance(value, int) and not isinstance(value, bool):
        return float(value)
    if isinstance(hint, type) and not is_dataclass(hint) and type(value) is hint:
        return value
    raise ConfigurationError(
        f"{FILE_NAME}: {where} has the wrong kind of value, expected {_kind_words(hint)}"
    )


def _kind_words(hint: Any) -> str:
    if isinstance(hint, type) and issubclass(hint, StrEnum):
        return " or ".join(f'"{choice}"' for choice in hint)
    words = {bool: "true or false", int: "a whole number", float: "a number", str: "text", Path: "a path"}
    return words.get(hint, "a table")
