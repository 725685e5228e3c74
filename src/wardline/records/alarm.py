"""Alarms: what a person must hear about."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from wardline.records.checks import require_utc
from wardline.records.ids import require_id


class AlarmKind(StrEnum):
    FILING_FAILED = "filing-failed"
    FILING_NEEDS_HUMAN = "filing-needs-human"
    RECEIVER_REMOVED = "receiver-removed"
    """Packs wait for a receiver that the settings do not name any more."""
    SCHEMA_CHANGED = "schema-changed"
    """The authority serves another schema than before, or one that cannot be read. Only a person closes it."""
    SCHEMA_UNSEEN = "schema-unseen"
    """The authority's schema cannot be had, so a change of it would not be seen."""
    REFERRAL_NEAR = "referral-near"
    """Reports have half of their clock behind them, or more."""
    REFERRAL_PAST = "referral-past"
    """Reports are past their clock."""
    REFERRAL_UNAPPROVED = "referral-unapproved"
    """A report was filed although nobody had approved it in time."""
    REFERRAL_UNCHECKED = "referral-unchecked"
    """Reports were filed by one person, and no second one checked them in time."""
    KNOWN_LATE = "known-late"
    """Somebody said of a case what its report does not have, after that was sent: a person tells the authority."""
    RECEIPT_LACKS = "receipt-lacks-files"
    """The receipt of a finished report lists fewer files than were attached. Only a person closes it."""
    WEBHOOK_UNDELIVERED = "webhook-undelivered"
    LIST_STALE = "list-stale"
    LIST_NOT_SYNCED = "list-not-synced"
    """An exchange cannot be read, or what it gave was refused."""
    ENTRY_HELD = "entry-held"
    """Entries of a list are held: a person has to look at them."""
    COPY_FAILED = "list-copy-failed"
    """A list's copy on disk was damaged, or could not be made."""
    DISK_FULL = "disk-full"
    EVIDENCE_UNCLAIMED = "evidence-unclaimed"
    """Many sealed files that no record points at: more likely a database from an older back-up than rubbish."""
    DESTRUCTION_STOPPED = "destruction-stopped"
    """Two people agreed to destroy evidence, and something came in between. Only a person closes it."""
    PRESERVATION_ENDING = "preservation-ending"
    """A request to preserve ends in some days."""
    FENCED = "fenced"
    """This is a restored copy: it neither sends nor destroys until a person says that the old one is gone."""
    DETECTOR_FAILING = "detector-failing"
    """A detector gives no usable answer: everything in its scopes goes to people."""
    DETECTOR_CHANGED = "detector-changed"
    """A detector answers as another version than the settings name."""
    CLUSTER_DISPUTED = "cluster-disputed"
    """People disagree about a file of which a decision had spread, or what it did could not be taken back whole."""
    KIND_UNTAKEN = "kind-untaken"
    """Cases of a kind wait, and nobody takes them at present."""
    DANGER_UNATTENDED = "danger-unattended"
    """A case in which a child may be in danger now waits, and nobody may take it at present."""
    CASE_STUCK = "case-stuck"
    """Nobody is left who may take a case."""
    QUEUE_UNSTAFFED = "queue-unstaffed"
    """Cases wait in a queue, and nobody has the skills that it needs."""
    TARGET_NEAR = "target-near"
    """Cases of a class have half of their time behind them, or more."""
    TARGET_PAST = "target-past"
    """Cases of a class are past their target."""
    RESTRICTED_LONG = "restricted-too-long"
    """Content is hidden for longer than the settings allow without a decision."""
    CALIBRATION_POOR = "calibration-poor"
    """Probabilities are not what they say; the queue goes by score meanwhile."""
    COMPLAINT_LATE = "complaint-late"
    """An appeal, a flag or a message is past the time that was promised."""
    REPORT_WRONG = "report-wrong"
    """A finished report says what was overturned since: a person tells the authority what Wardline cannot."""
    OPINION_MISSING = "opinion-missing"
    """Decisions take effect without a second person's opinion: nobody else may review, or it did not come in time."""
    CERTIFICATE_SUSPENDED = "certificate-suspended"
    """The watch found that a cap is not kept: the arm is off, and everything goes to people."""
    CERTIFICATE_ENDED = "certificate-ended"
    """A certificate expired, or what it held under is not what it was; the arm is off."""
    SCORES_MOVED = "scores-moved"
    """Uploads score otherwise than when a certificate was made. A warning: it may be harmless, and nothing is switched off."""
    CLOCK_JUMPED = "clock-jumped"
    """The time went back, or on by so much that nothing is destroyed before somebody looked."""
    WORK_FAILED = "work-failed"
    """A task that goes on failing for a reason that nobody foresaw."""
    WORK_WAITS = "work-waits"
    """A durable queue in which work waits does not move."""
    DECODER_KILLED = "decoder-killed"
    LOG_UNVERIFIED = "log-does-not-verify"
    """The audit log, or a record, is not what was signed. Only a person closes it: it is no fault that passes."""
    WITNESS_SILENT = "witness-silent"
    """A witness does not take the log's checkpoints."""
    PASSKEY_COPIED = "passkey-copied"
    """The counter of a security key went backwards, so that there may be a copy of it."""
    ALARM_UNDELIVERED = "alarm-undelivered"
    """A notifier could not be reached: itself worth an alarm."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Alarm:
    """One open question. The same kind and subject raises it once until it is resolved."""

    id: str
    kind: AlarmKind
    subject_id: str
    """The record it is about, or a fixed word such as ``"disk"``."""
    message: str
    """For the operator: what is, and what to do. No account data."""
    raised_at: datetime
    resolved_at: datetime | None = None
    undelivered: tuple[str, ...] = ()
    """Names of the notifiers that still owe this alarm."""
    version: int = 1

    def __post_init__(self) -> None:
        require_id("alarm", self.id)
        require_utc("raised_at", self.raised_at)
        require_utc("resolved_at", self.resolved_at)
