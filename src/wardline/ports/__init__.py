"""The doors: what Wardline asks of the outside, as Protocols.

A docstring here is a contract; ``wardline.testing`` holds the suites that check it over every adapter. An adapter translates foreign
exceptions into ``wardline.errors`` at the door. An expected failure is a value, never an exception.
"""

from wardline.ports.outside import (
    Authority,
    Classifier,
    Clock,
    Closeable,
    Copies,
    Frame,
    Hasher,
    HashExchange,
    HashListSource,
    Index,
    Indexes,
    Media,
    Notifier,
    Platform,
    Publisher,
    Vault,
    WritePoint,
)
from wardline.ports.store import (
    AlarmReader,
    AuditReader,
    EnforcementReader,
    IntakeReader,
    MatchingReader,
    PeopleReader,
    PreservationReader,
    ReferralReader,
    ReviewReader,
    SeveralReader,
    StatisticsReader,
    Store,
)
from wardline.ports.wellbeing import WellbeingReader

__all__ = [
    "AlarmReader", "AuditReader", "Authority", "Classifier", "Clock", "Closeable", "Copies", "EnforcementReader", "Frame", "HashExchange", "HashListSource", "Hasher", "Index", "Indexes", "IntakeReader", "MatchingReader", "Media", "Notifier", "PeopleReader", "Platform", "PreservationReader", "Publisher", "ReferralReader", "ReviewReader", "SeveralReader", "StatisticsReader", "Store", "Vault", "WellbeingReader", "WritePoint",
]  # fmt: skip
