"""The doors: what Wardline asks of the outside, as Protocols.

A docstring here is a contract; ``wardline.testing`` holds the suites that check it over every adapter. An adapter translates foreign
exceptions into ``wardline.errors`` at the door. An expected failure is a value, never an exception.
"""

from wardline.ports.clusters import ClusterReader
from wardline.ports.complaints import ComplaintReader
from wardline.ports.evidence import EvidenceReader
from wardline.ports.filing import FilingReader
from wardline.ports.finding import FindingReader
from wardline.ports.identities import Claims, Errand, IdentityProvider, SignedOut
from wardline.ports.log_copies import LogMirror, Witness
from wardline.ports.opinions import OpinionReader
from wardline.ports.outside import (
    Authority,
    Classifier,
    Clock,
    Closeable,
    Copies,
    Finding,
    Frame,
    Hasher,
    HashExchange,
    HashListSource,
    Index,
    Indexes,
    MasterKeys,
    Media,
    Notifier,
    Platform,
    Publisher,
    SealedVault,
    Vault,
    WritePoint,
)
from wardline.ports.packs import PackKeeper, PackMaker
from wardline.ports.queue import LOOKED_AT, QueueReader, TargetReader
from wardline.ports.schemas import SchemaReader, SchemaSource
from wardline.ports.sign_in import SignInReader
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
from wardline.ports.wording import Wording

__all__ = [
    "LOOKED_AT",
    "AlarmReader",
    "AuditReader",
    "Authority",
    "Claims",
    "Classifier",
    "Clock",
    "Closeable",
    "ClusterReader",
    "ComplaintReader",
    "Copies",
    "EnforcementReader",
    "Errand",
    "EvidenceReader",
    "FilingReader",
    "Finding",
    "FindingReader",
    "Frame",
    "HashExchange",
    "HashListSource",
    "Hasher",
    "IdentityProvider",
    "Index",
    "Indexes",
    "IntakeReader",
    "LogMirror",
    "MasterKeys",
    "MatchingReader",
    "Media",
    "Notifier",
    "OpinionReader",
    "PackKeeper",
    "PackMaker",
    "PeopleReader",
    "Platform",
    "PreservationReader",
    "Publisher",
    "QueueReader",
    "ReferralReader",
    "ReviewReader",
    "SchemaReader",
    "SchemaSource",
    "SealedVault",
    "SeveralReader",
    "SignInReader",
    "SignedOut",
    "StatisticsReader",
    "Store",
    "TargetReader",
    "Vault",
    "WellbeingReader",
    "Witness",
    "Wording",
    "WritePoint",
]  # fmt: skip
