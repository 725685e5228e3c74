"""Settings: wardline.toml to one frozen value. Secrets come in by file path only; an unknown key is refused, never ignored."""

from wardline.settings.accounts import AccountSettings, OidcSettings, SecondFactorSettings
from wardline.settings.audit import AuditSettings, WitnessSettings
from wardline.settings.automation import AutomationSettings, DetectorSettings, ScopeSettings
from wardline.settings.complaints import ComplaintSettings, EnforcementSettings, StrikeSettings
from wardline.settings.filing import EmergencySettings, PackSettings
from wardline.settings.ranges import RANGES
from wardline.settings.reading import FILE_NAME, load, parse, values_of
from wardline.settings.review import ReviewSettings
from wardline.settings.sections import (
    AlarmSettings,
    ExchangeSettings,
    Installation,
    IntakeSettings,
    MatchingSettings,
    NotifierSettings,
    PlatformSettings,
    PreservationSettings,
    PrivateScanningSettings,
    ReferralSettings,
    ReporterSettings,
    ServerSettings,
    StoreSettings,
    TriageSettings,
)
from wardline.settings.wellbeing import WellbeingSettings
from wardline.settings.whole import Settings

__all__ = [
    "FILE_NAME",
    "RANGES",
    "AccountSettings",
    "AlarmSettings",
    "AuditSettings",
    "AutomationSettings",
    "ComplaintSettings",
    "DetectorSettings",
    "EmergencySettings",
    "EnforcementSettings",
    "ExchangeSettings",
    "Installation",
    "IntakeSettings",
    "MatchingSettings",
    "NotifierSettings",
    "OidcSettings",
    "PackSettings",
    "PlatformSettings",
    "PreservationSettings",
    "PrivateScanningSettings",
    "ReferralSettings",
    "ReporterSettings",
    "ReviewSettings",
    "ScopeSettings",
    "SecondFactorSettings",
    "ServerSettings",
    "Settings",
    "StoreSettings",
    "StrikeSettings",
    "TriageSettings",
    "WellbeingSettings",
    "WitnessSettings",
    "load",
    "parse",
    "values_of",
]  # fmt: skip
