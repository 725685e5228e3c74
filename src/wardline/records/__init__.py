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
from wardline.records.action import Action, ActionKind, ActionState, ReversalState
from wardline.records.alarm import Alarm, AlarmKind
from wardline.records.authority_schema import AuthoritySchema, SchemaReading
from wardline.records.case import (
    ASKED,
    GENERAL_QUEUE,
    Answer,
    Case,
    CaseState,
    Covering,
    Decision,
    DecisionState,
    FileAnnotation,
    Finding,
    Note,
    Outcome,
    Reply,
    ReportAnnotation,
    Reveal,
    Stage,
    glance_at,
    standing_of,
)
from wardline.records.category import Category
from wardline.records.certificate import (
    LONGEST_REASON,
    SCORE_BINS,
    Arm,
    Certificate,
    CertificateState,
    CertificateWatch,
    ChannelCount,
    ScoreCounts,
)
from wardline.records.cluster import (
    CLUSTER_RADIUS_BITS,
    Cluster,
    ClusterFile,
    ClusterMember,
    ClusterVote,
    Spread,
    Voice,
)
from wardline.records.complaint import (
    LONGEST_COMPLAINT,
    Appeal,
    AppealState,
    Flagger,
    Message,
    MessageKind,
    MessageState,
    Notice,
    NoticeState,
)
from wardline.records.evidence import Channel, Disposal, Evidence, EvidenceCount, Part, Truth
from wardline.records.export import MOST_EXPORTED, Export, ExportCause, ExportReason, ExportState
from wardline.records.fact import LONGEST_FACT, Fact, FactKind
from wardline.records.figures import DurationFigure, Figures, Step, StepCount
from wardline.records.golden import GoldenCase, GoldenItem
from wardline.records.hash_batch import MOST_IN_BATCH, BatchChange, HashBatch, category_code, category_of
from wardline.records.hash_list import (
    WIDEST_RADIUS_BITS,
    HashList,
    HashListState,
    ListMeaning,
    ListRole,
    ListTerms,
    ListTrust,
)
from wardline.records.hashes import HASH_BYTES, Hash, HashKind
from wardline.records.hold import Hold, HoldBasis, HoldState
from wardline.records.ids import new_id, require_id
from wardline.records.item import (
    MOST_MATCHES,
    MOST_SCORES,
    Examination,
    Item,
    MediaFormat,
    Picture,
    Precision,
    Rendition,
    UploadContext,
    Visibility,
)
from wardline.records.list_care import HeldEntry, HoldCause, ListSync, SyncState, Tallied, Tally
from wardline.records.list_file import CategoryMeaning, CategoryProfile, ListForm
from wardline.records.list_source import (
    EntryChange,
    FeedbackState,
    HashListPage,
    ListFeedback,
    MalformedLine,
    Verdict,
    check_key,
)
from wardline.records.log import Checkpoint, Entry, Verb
from wardline.records.opinion import Opinion, OpinionReason
from wardline.records.places import COUNTRIES, US_STATES
from wardline.records.preservation import (
    MOST_PRESERVED,
    Asker,
    DestroyedFile,
    Destruction,
    DestructionState,
    Extension,
    Fence,
    Preservation,
    PreservationBasis,
)
from wardline.records.preview import (
    Preview,
    PreviewColumn,
    PreviewDocument,
    PreviewField,
    PreviewSection,
    PreviewTable,
)
from wardline.records.queues import Attained, Drawn, Glance, Letter, Standing, Taker, Target, Waiting
from wardline.records.random_audit import RandomAudit
from wardline.records.referral import (
    AuthorityAnswer,
    Bundled,
    PackTaking,
    Priority,
    Receipt,
    Referral,
    ReferralFile,
    ReferralState,
)
from wardline.records.report import (
    LikeAccount,
    LikeAccounts,
    Likeness,
    Report,
    ReportedFile,
    ReportedPerson,
    ReportedText,
    Reporter,
)
from wardline.records.report_incidents import (
    Batch,
    Chat,
    EmailMessage,
    Gaming,
    Incident,
    IncidentKind,
    LawEnforcement,
    Metadata,
    MetadataKind,
    NamedValue,
    Newsgroup,
    Offline,
    PeerToPeer,
    ReportFacts,
    Telephone,
    WebPage,
)  # fmt: skip
from wardline.records.report_people import (
    MOST_INCIDENTS,
    MOST_OF_A_KIND,
    AddressKind,
    AssociatedAccount,
    AssociationKind,
    Device,
    Disabling,
    Email,
    EmailKind,
    EventName,
    IpEvent,
    Location,
    Party,
    Person,
    Phone,
    PhoneKind,
    PostalAddress,
    newest,
)  # fmt: skip
from wardline.records.route import Act, Release, Review, Route
from wardline.records.sign_in import Identity, Opening, Passkey, SecondFactor
from wardline.records.signal import (
    IMMINENT_DANGER,
    OTHER_VERSION,
    Doubt,
    Flag,
    Match,
    OfficialNotice,
    Score,
    Signal,
    Told,
    Unscannable,
)
from wardline.records.strike import HEAVIEST_STRIKE, Strike
from wardline.records.telling import (
    KIND_WORDS,
    LONGEST_ACCOUNT,
    LONGEST_SAID,
    MOST_SAID,
    Said,
    Telling,
    unturned,
)
from wardline.records.urgency import MOST_VIEWS_PER_HOUR, Lane, Odds, Place, Urgency
from wardline.records.wellbeing import DECLINABLE, Grade, ShownFile, ViewingChoices
from wardline.records.work import Add, Change, Insert, Load, Remembered, Remove, Replace, Task

__all__ = [
    "ASKED", "CLUSTER_RADIUS_BITS", "COUNTRIES", "DECLINABLE", "GENERAL_QUEUE", "HASH_BYTES", "HEAVIEST_STRIKE", "IMMINENT_DANGER",
    "KIND_WORDS", "LONGEST_ACCOUNT", "LONGEST_COMPLAINT", "LONGEST_FACT", "LONGEST_REASON", "LONGEST_SAID", "MOST_EXPORTED", "MOST_INCIDENTS", "MOST_IN_BATCH", "MOST_MATCHES", "MOST_OF_A_KIND", "MOST_PRESERVED",
    "MOST_SAID", "MOST_SCORES",
    "MOST_VIEWS_PER_HOUR", "OTHER_VERSION", "SCORE_BINS", "US_STATES", "WIDEST_RADIUS_BITS", "Act", "Action", "ActionKind",
    "ActionState", "Add", "AddressKind", "Alarm", "AlarmKind", "Answer", "ApiKey", "Appeal", "AppealState", "Approval", "ApprovalKind",
    "ApprovalState", "Arm", "Asker", "AssociatedAccount", "AssociationKind", "Attained", "AuthorityAnswer", "AuthoritySchema", "Batch",
    "BatchChange", "Bundled", "Case", "CaseState", "Category", "CategoryMeaning", "CategoryProfile", "Certificate", "CertificateState",
    "CertificateWatch", "Change", "Channel", "ChannelCount", "Chat", "Checkpoint", "Cluster", "ClusterFile", "ClusterMember",
    "ClusterVote", "Covering", "Decision", "DecisionState", "DestroyedFile", "Destruction", "DestructionState", "Device", "Disabling",
    "Disposal", "Doubt", "Drawn", "DurationFigure", "Email", "EmailKind", "EmailMessage", "Entry", "EntryChange", "EventName",
    "Evidence", "EvidenceCount", "Examination", "Export", "ExportCause", "ExportReason", "ExportState", "Extension", "Fact", "FactKind", "FeedbackState", "Fence",
    "Figures", "FileAnnotation",
    "Finding", "Flag", "Flagger", "Gaming", "Glance", "GoldenCase", "GoldenItem", "Grade", "Hash", "HashBatch", "HashKind", "HashList",
    "HashListPage", "HashListState", "HeldEntry", "Hold", "HoldBasis", "HoldCause", "HoldState", "Identity", "Incident", "IncidentKind",
    "Insert", "IpEvent", "Item", "KeyTrust", "Lane", "LawEnforcement", "Letter", "LikeAccount", "LikeAccounts",
    "Likeness", "ListFeedback", "ListForm", "ListMeaning", "ListRole",
    "ListSync", "ListTerms", "ListTrust", "Load", "Location", "MalformedLine", "Match", "MediaFormat", "Message", "MessageKind",
    "MessageState", "Metadata", "MetadataKind", "NamedValue", "Newsgroup", "Note", "Notice", "NoticeState", "Odds", "OfficialNotice",
    "Offline", "Opening", "Opinion", "OpinionReason", "Outcome", "PackTaking", "Part", "Party", "Passkey", "PeerToPeer", "Person", "Phone",
    "PhoneKind", "Picture", "Place", "PostalAddress", "Precision", "Preservation", "PreservationBasis", "Preview", "PreviewColumn",
    "PreviewDocument", "PreviewField", "PreviewSection", "PreviewTable", "Priority", "RandomAudit", "Receipt", "Referral",
    "ReferralFile", "ReferralState", "Release", "Remembered", "Remove", "Rendition", "Replace", "Reply", "Report", "ReportAnnotation",
    "ReportFacts", "ReportedFile", "ReportedPerson", "ReportedText", "Reporter", "Reveal", "ReversalState", "Review", "Role", "Route", "Said", "SchemaReading",
    "Scope", "Score", "ScoreCounts", "SecondFactor", "Session", "ShownFile", "Signal", "Spread", "Stage", "Standing", "Step",
    "StepCount", "Strike", "SyncState", "Taker", "Tallied", "Tally", "Target", "Task", "Telephone", "Telling", "Told", "Truth", "Unscannable",
    "UploadContext", "Urgency", "User", "Verb", "Verdict", "ViewingChoices", "Visibility", "Voice", "Waiting", "WebPage",
    "category_code", "category_of", "check_key", "glance_at", "new_id", "newest", "require_id", "standing_of", "unturned",
]  # fmt: skip
