"""The nouns of child-safety operations: frozen records, ids and closed sets. No I/O.

Import the room, not the drawer: ``from wardline import records`` and then ``records.Case``.
"""

from wardline.records.account import (
    ApiKey,
    Approval,
    ApprovalKind,
    ApprovalState,
    KeyTrust,
    Role,
    Scope,
    Session,
    User,
)
from wardline.records.action import Action, ActionKind, ActionState
from wardline.records.alarm import Alarm, AlarmKind
from wardline.records.case import (
    Case,
    CaseState,
    Category,
    Decision,
    DecisionState,
    FileAnnotation,
    Finding,
    Outcome,
    ReportAnnotation,
    Reveal,
)
from wardline.records.figures import DurationFigure, Figures, Step, StepCount
from wardline.records.hash_list import (
    EntryChange,
    HashList,
    HashListEntry,
    HashListPage,
    HashListState,
    ListTrust,
    MalformedLine,
)
from wardline.records.hold import Hold, HoldBasis, HoldState
from wardline.records.ids import new_id, require_id
from wardline.records.item import (
    Examination,
    Hash,
    HashKind,
    Item,
    MediaFormat,
    Picture,
    Rendition,
    UploadContext,
    Visibility,
)
from wardline.records.log import Checkpoint, Entry, Verb
from wardline.records.referral import AuthorityAnswer, Receipt, Referral, ReferralFile, ReferralState
from wardline.records.report import IpEvent, Report, ReportedFile, ReportedPerson, Reporter
from wardline.records.route import Act, Release, Review, Route
from wardline.records.signal import Flag, Match, Score, Signal, Unscannable
from wardline.records.work import Add, Change, Insert, Load, Remembered, Remove, Replace, Task

__all__ = [
    "Act", "Action", "ActionKind", "ActionState", "Add", "Alarm", "AlarmKind", "ApiKey", "Approval", "ApprovalKind", "ApprovalState",
    "AuthorityAnswer", "Case", "CaseState", "Category", "Change", "Checkpoint", "Decision", "DecisionState", "DurationFigure", "Entry",
    "EntryChange", "Examination", "Figures", "FileAnnotation", "Finding", "Flag", "Hash", "HashKind", "HashList", "HashListEntry",
    "HashListPage", "HashListState", "Hold", "HoldBasis", "HoldState", "Insert", "IpEvent", "Item", "KeyTrust", "ListTrust", "Load",
    "MalformedLine", "Match", "MediaFormat", "Outcome", "Picture", "Receipt", "Referral", "ReferralFile", "ReferralState", "Release",
    "Remembered", "Remove", "Rendition", "Replace", "Report", "ReportAnnotation", "ReportedFile", "ReportedPerson", "Reporter",
    "Reveal", "Review", "Role", "Route", "Scope", "Score", "Session", "Signal", "Step", "StepCount", "Task", "Unscannable",
    "UploadContext", "User", "Verb", "Visibility", "new_id", "require_id",
]  # fmt: skip
