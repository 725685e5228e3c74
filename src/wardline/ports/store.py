"""The store: one way to write, one small reader a room."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime
from typing import Protocol

from wardline import records
from wardline.ports.certificates import CertificateReader
from wardline.ports.clusters import ClusterReader
from wardline.ports.complaints import ComplaintReader
from wardline.ports.evidence import EvidenceReader
from wardline.ports.filing import FilingReader
from wardline.ports.finding import FindingReader
from wardline.ports.opinions import OpinionReader
from wardline.ports.queue import QueueReader, TargetReader
from wardline.ports.schemas import SchemaReader
from wardline.ports.sign_in import SignInReader
from wardline.ports.wellbeing import WellbeingReader


class MatchingReader(Protocol):
    def hash_list(self, list_id: str) -> records.HashList: ...

    def hash_lists(self) -> list[records.HashList]:
        """All of them, by name."""
        ...

    def batches_of(self, list_id: str, *, after: int) -> Iterator[records.HashBatch]:
        """Batches of a list with a higher number than ``after``, by number, read one by one."""
        ...

    def batch(self, batch_id: str) -> records.HashBatch: ...

    def lists_stamp(self) -> str:
        """A short text that changes whenever a list that is searched does, or an entry is held or released."""
        ...

    def held_entry(self, held_id: str) -> records.HeldEntry: ...

    def held_entries(self) -> list[records.HeldEntry]:
        """Those that were not released, oldest first."""
        ...

    def last_release(self, list_id: str, entry_id: str) -> records.HeldEntry | None:
        """The holding of this entry that was released last."""
        ...

    def list_sync(self, sync_id: str) -> records.ListSync: ...

    def syncs_of(self, list_id: str, *, most: int) -> list[records.ListSync]:
        """Newest first."""
        ...

    def list_feedback(self, feedback_id: str) -> records.ListFeedback: ...

    def feedback_of(self, list_id: str, *, most: int) -> list[records.ListFeedback]:
        """Newest first."""
        ...

    def tallies(self, first: date, last: date) -> list[records.Tally]:
        """Of lists as a whole, both days inclusive, by day."""
        ...

    def tally_of(self, list_id: str, entry_id: str, *, day: date, what: records.Tallied) -> int:
        """Of one entry on one day."""
        ...


class IntakeReader(Protocol):
    def item(self, item_id: str) -> records.Item: ...

    def items_since(self, since: datetime, *, after: str | None = None, most: int) -> list[records.Item]:
        """Items that were received from then on, oldest first, after the item with this id."""
        ...

    def remembered(self, key_digest: str) -> records.Remembered | None: ...

    def expired_keys(self, now: datetime, *, most: int) -> list[str]:
        """Digests of idempotency keys that are older than their 24 hours."""
        ...


class ReviewReader(Protocol):
    def case(self, case_id: str) -> records.Case: ...

    def cases(
        self,
        *,
        state: records.CaseState | None = None,
        account: str | None = None,
        after: str | None = None,
        most: int = 100,
    ) -> list[records.Case]:
        """Oldest first, after the case with this id."""
        ...

    def cases_of_account(self, account: str, *, before: str | None = None, most: int) -> list[records.Case]:
        """Newest first, before the case with this id."""
        ...

    def held_cases(self, *, now: datetime, most: int) -> list[records.Case]:
        """Open cases that are set aside until later; the first to come back first."""
        ...

    def claimed_cases(self, *, user_id: str, now: datetime) -> list[records.Case]:
        """Open cases that this person has claimed and whose lease still runs; oldest first."""
        ...

    def reveals_of(self, case_id: str) -> list[records.Reveal]: ...

    def reveals_to(self, user_id: str, *, since: datetime) -> list[records.Reveal]:
        """What this person was shown from then on, oldest first."""
        ...

    def coverings_by(self, user_id: str, *, since: datetime) -> list[records.Covering]:
        """Oldest first."""
        ...

    def notes_of(self, case_id: str) -> list[records.Note]:
        """Oldest first."""
        ...

    def decisions_of(self, case_id: str) -> list[records.Decision]:
        """All of them, those that were undone and "cannot tell" included; oldest first."""
        ...

    def decision(self, decision_id: str) -> records.Decision: ...


class EnforcementReader(Protocol):
    def action(self, action_id: str) -> records.Action: ...

    def actions_of(self, case_id: str) -> list[records.Action]: ...


class ReferralReader(Protocol):
    def referral(self, referral_id: str) -> records.Referral: ...

    def referrals(
        self,
        *,
        case_id: str | None = None,
        state: records.ReferralState | None = None,
        after: str | None = None,
        most: int = 100,
    ) -> list[records.Referral]:
        """Oldest first, after the referral with this id."""
        ...

    def newest_referrals(
        self, *, state: records.ReferralState | None = None, before: str | None = None, most: int
    ) -> list[records.Referral]:
        """Newest first, before the referral with this id."""
        ...

    def count_referrals(self, state: records.ReferralState, *, most: int) -> int:
        """How many stand there, counted up to ``most``."""
        ...

    def receipt_of(self, referral_id: str) -> records.Receipt | None: ...


class WorkReader(Protocol):
    def may_hold_work(self, queue: str) -> bool:
        """Say whether durable work may wait in a queue, in microseconds: it is asked many times a second. True wherever work waits, and
        wherever that cannot be said at once."""
        ...

    def first_work(self, queue: str) -> str | None:
        """The id of the durable work whose turn is next in a queue; None when none waits that may begin now."""
        ...

    def taken_work(self, before: datetime, *, most: int) -> dict[str, str]:
        """The queues of the durable work that was taken by then, on the system's clock, and has not ended; by id, the oldest first."""
        ...

    def ended_work(self, before: datetime, *, most: int) -> list[str]:
        """The ids of the durable work that had ended by then, on the system's clock, the oldest end first."""
        ...


class PreservationReader(Protocol):
    def hold(self, hold_id: str) -> records.Hold: ...

    def holds_of(self, item_id: str) -> list[records.Hold]: ...

    def holds(self, *, after: str | None = None, most: int = 100) -> list[records.Hold]: ...

    def ended_holds(self, now: datetime, *, most: int) -> list[records.Hold]:
        """Active holds whose time is over."""
        ...

    def preservation(self, preservation_id: str) -> records.Preservation: ...

    def preservations(self, *, after: str | None = None, most: int) -> list[records.Preservation]:
        """Oldest first, by when they were recorded."""
        ...

    def open_preservations(self, now: datetime) -> list[records.Preservation]:
        """Those that still ask for something, the first to end first."""
        ...

    def destruction(self, destruction_id: str) -> records.Destruction: ...

    def destructions(self, *, after: str | None = None, most: int) -> list[records.Destruction]:
        """Oldest first."""
        ...

    def export(self, export_id: str) -> records.Export: ...

    def exports(self, *, after: str | None = None, most: int) -> list[records.Export]:
        """Oldest first."""
        ...

    def fence(self) -> records.Fence | None:
        """The one that stands."""
        ...

    def last_fence(self) -> records.Fence | None:
        """The one that was raised last, whether it stands or was lifted."""
        ...

    def lifted_fences(self) -> list[records.Fence]:
        """Those that stood, oldest first."""
        ...

    def sealed_items(self, item_ids: Sequence[str]) -> set[str]:
        """Which of these items are recorded as sealed."""
        ...


class SeveralReader(Protocol):
    """What pages that list many records say of each: one question for all rows. Ids of what is not stored, or has none, are left out."""

    def several_items(self, item_ids: Sequence[str]) -> dict[str, records.Item]: ...

    def matches_of_visible(self, item_ids: Sequence[str]) -> dict[str, tuple[records.Match, ...]]:
        """By the id of each of these items that can be looked at, for it is sealed and somebody's decoder reads it: its matches."""
        ...

    def several_decisions(self, decision_ids: Sequence[str]) -> dict[str, records.Decision]: ...

    def actions_of_several(self, case_ids: Sequence[str]) -> dict[str, list[records.Action]]:
        """By case, oldest first."""
        ...

    def several_referrals(self, referral_ids: Sequence[str]) -> dict[str, records.Referral]: ...

    def referrals_of_several(self, case_ids: Sequence[str]) -> dict[str, list[records.Referral]]:
        """By case, oldest first."""
        ...

    def holds_of_several(self, item_ids: Sequence[str]) -> dict[str, list[records.Hold]]:
        """By item, oldest first."""
        ...


class PeopleReader(Protocol):
    def user(self, user_id: str) -> records.User: ...

    def user_named(self, name: str) -> records.User | None: ...

    def users(self) -> list[records.User]: ...

    def session_by_digest(self, token_digest: str) -> records.Session | None: ...

    def sessions_of(self, user_id: str) -> list[records.Session]:
        """Oldest first, those that ran out included until they are removed."""
        ...

    def sessions_at_provider(self, provider_session: str) -> list[records.Session]:
        """Those whose provider calls its sign-in so, whichever provider that is; oldest first."""
        ...

    def expired_sessions(self, now: datetime, *, most: int) -> list[records.Session]:
        """Sessions whose time is over, the first to end first."""
        ...

    def api_key_by_digest(self, secret_digest: str) -> records.ApiKey | None: ...

    def api_key_at_once(self, secret_digest: str) -> records.ApiKey | None:
        """The same key, as it is in the store at this moment, where that takes microseconds and waits for nobody; None wherever it would
        not, which says nothing about the key."""
        ...

    def api_keys(self) -> list[records.ApiKey]: ...

    def approval(self, approval_id: str) -> records.Approval: ...

    def approvals(self, *, state: records.ApprovalState | None = None) -> list[records.Approval]: ...

    def count_approvals(self, state: records.ApprovalState, *, most: int) -> int:
        """Counted up to ``most``."""
        ...

    def decided_approvals(self, *, most: int) -> list[records.Approval]:
        """Those that were approved or refused, the newest proposal first."""
        ...


class AlarmReader(Protocol):
    def open_alarms(self) -> list[records.Alarm]: ...

    def count_open_alarms(self, *, most: int) -> int:
        """Counted up to ``most``."""
        ...

    def open_alarm(self, kind: records.AlarmKind, subject_id: str) -> records.Alarm | None: ...

    def alarm(self, alarm_id: str) -> records.Alarm: ...


class StatisticsReader(Protocol):
    def counts(self, first: date, last: date) -> list[records.StepCount]: ...

    def durations(self, first: date, last: date) -> dict[str, list[float]]:
        """Seconds of each finished step in the period, by name."""
        ...


class AuditReader(Protocol):
    def log_size(self) -> int:
        """Number of sequenced entries."""
        ...

    def log_entries(self, start: int, stop: int) -> Iterator[tuple[int, bytes, bytes]]:
        """Sequenced entries by position: ``(position, leaf, stored leaf hash)``."""
        ...

    def log_entries_at(self, positions: Sequence[int]) -> list[tuple[int, bytes, bytes]]:
        """Those of these sequenced entries that there are, by position."""
        ...

    def log_hashes(self, start: int, stop: int) -> Iterator[bytes]:
        """The stored leaf hashes of ``log_entries``, without reading the leaves."""
        ...

    def log_positions_of(self, subject_id: str, *, before: int | None = None, most: int) -> list[int]:
        """Positions of the newest sequenced entries about a record, newest first; only those below ``before``."""
        ...

    def checkpoints(self) -> Iterator[records.Checkpoint]:
        """All of them, smallest first."""
        ...

    def last_checkpoint(self) -> records.Checkpoint | None: ...

    def sequence(self, sign: Callable[[Sequence[bytes]], records.Checkpoint], *, most: int = 10_000) -> int:
        """Give positions to entries that have none, oldest first, and store the checkpoint that ``sign`` makes over their leaves:
        one transaction, one sequencer at a time. Gives how many. Of what ``sign`` made only the last is stored, should it be asked again."""
        ...

    def drifted(self) -> Iterator[str]:
        """Ids of records that are not what the newest entry about them says."""
        ...


class Store(
    MatchingReader, IntakeReader, ReviewReader, QueueReader, TargetReader, EnforcementReader, ReferralReader, PreservationReader, SeveralReader, ClusterReader, PeopleReader,
    SignInReader, AlarmReader, ComplaintReader, StatisticsReader, AuditReader, FindingReader, FilingReader, OpinionReader, EvidenceReader, CertificateReader, WellbeingReader, SchemaReader, WorkReader, Protocol,
):  # fmt: skip
    """Records at rest, with one way to write them."""

    def commit(
        self, *changes: records.Change, entries: Sequence[records.Entry], work: Sequence[records.Task] = ()
    ) -> None:
        """Write everything or nothing; return when it is durable.

        A commit of ``Add`` alone is all or nothing as well, and every reader sees it when this returns. But it need not be durable yet: should
        the machine fail in the next moments, totals may lack it, and nothing else.

        Each record change must come with at least one entry; only ``Add`` and ``Remembered`` may come alone. ``VersionConflictError``
        when a version moved, ``AlreadyExistsError`` when a unique name or id is taken, ``StorageFullError`` when the disk is full. Work
        with the same name, record and attempt is enqueued once, however often it is committed.
        """
        ...

    @property
    def changes_at_once(self) -> int:
        """How many changes work in the background commits at once: as few as needed for people not to wait long behind it, and no fewer. At least 2."""
        ...

    def close(self) -> None: ...
