"""All sections together."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from wardline.settings.accounts import AccountSettings
from wardline.settings.audit import AuditSettings
from wardline.settings.complaints import ComplaintSettings, EnforcementSettings
from wardline.settings.review import ReviewSettings
from wardline.settings.sections import (
    AlarmSettings,
    Installation,
    IntakeSettings,
    MatchingSettings,
    NotifierSettings,
    PlatformSettings,
    PreservationSettings,
    ReferralSettings,
    ServerSettings,
    StoreSettings,
    TriageSettings,
)


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
    enforcement: EnforcementSettings = field(default_factory=EnforcementSettings)
    complaints: ComplaintSettings = field(default_factory=ComplaintSettings)
    referral: ReferralSettings = field(default_factory=ReferralSettings)
    preservation: PreservationSettings = field(default_factory=PreservationSettings)
    accounts: AccountSettings = field(default_factory=AccountSettings)
    audit: AuditSettings = field(default_factory=AuditSettings)
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
