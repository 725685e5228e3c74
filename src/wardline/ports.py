"""The doors: what Wardline asks of the outside, as Protocols.

A docstring here is a contract; ``wardline.testing`` holds the suites that check it over every adapter. An adapter translates foreign
exceptions into ``wardline.errors`` at the door. An expected failure is a value, never an exception.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime
from typing import Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from wardline import records

WritePoint = Callable[[str], None]
"""Called with the name of a place where state is about to become, or has become, durable. Fault tests stop the process there."""


class Clock(Protocol):
    """The one source of time."""

    def now(self) -> datetime:
        """Give the current time, aware, in UTC."""
        ...


class Media(Protocol):
    """The only place where untrusted pictures are decoded: in a sandbox.

    Whatever the bytes are, a call ends within its time cap with a value; a worker that dies is replaced, and the content it died on is
    ``Unscannable``. Nothing is written to disk. Safe to call from many threads.
    """

    def probe(self, content: bytes) -> records.Picture | records.Unscannable:
        """Say what the picture is, without decoding all of it."""
        ...

    def hash(self, content: bytes) -> records.Examination | records.Unscannable:
        """Decode the picture and compute every configured hash. Cryptographic hashes are of the bytes as uploaded."""
        ...

    def render(
        self,
        content: bytes,
        *,
        frame: int = 0,
        longest_side: int = 1600,
        rendition: records.Rendition = records.Rendition.FULL,
    ) -> bytes | records.Unscannable:
        """Decode one frame and give it back as a PNG without metadata, no side longer than ``longest_side`` pixels.

        Full is RGB. Grey is its luma, in one channel and of the same size. A cover is in one channel too, no side longer than 480
        pixels: only its points leave the sandbox, at most 32 columns by 20 rows in the picture's shape, each the mean luma of its part
        of the picture; outside they are blurred (Gaussian, 1.2 points) and scaled up smoothly.
        """
        ...

    def close(self) -> None:
        """End the workers. Later calls give ``Unscannable``."""
        ...


class Hasher(Protocol):
    """One hash type. Called inside the decode sandbox: no files, no sockets, no threads."""

    @property
    def kind(self) -> records.HashKind:
        """What it computes."""
        ...

    def hash(self, content: bytes, pixels: NDArray[np.uint8]) -> records.Hash:
        """Hash a picture.

        Args:
            content: The file as uploaded.
            pixels: ``uint8[height, width, 3]``, RGB of the first frame, orientation as stored.
        """
        ...


class Vault(Protocol):
    """Sealed storage of evidence: each object under its own data key, bound to its id and purpose.

    ``seal`` returns after the object is durable. The plaintext never touches disk.
    """

    def seal(self, object_id: str, purpose: str, content: bytes) -> None:
        """Store content. The same object with the same content again is no error; other content is ``IntegrityError``."""
        ...

    def open(self, object_id: str, purpose: str) -> bytes:
        """Give the content back; ``NotFoundError`` when it is not there, ``EvidenceError`` when it is not what was sealed."""
        ...

    def destroy(self, object_id: str, purpose: str) -> None:
        """Make the content unreadable for good: key first, then the ciphertext. Repeating is no error."""
        ...

    def inventory(self) -> Iterator[tuple[str, str, datetime]]:
        """Give the id, purpose and sealing time of each object, for the sweep that destroys what no record points at."""
        ...


class Index(Protocol):
    """Exact search for near hashes."""

    def add(self, hashes: NDArray[np.uint8], ids: NDArray[np.int64]) -> None:
        """Make hashes findable. ``uint8[n, 32]`` and ``int64[n]``; an id is added once."""
        ...

    def remove(self, ids: NDArray[np.int64]) -> None:
        """Take hashes out. Unknown ids are ignored."""
        ...

    def search(self, queries: NDArray[np.uint8], *, radius_bits: int) -> list[list[tuple[int, int]]]:
        """For each of ``uint8[q, 32]`` give every ``(id, distance_bits)`` within the radius, inclusive, nearest first."""
        ...


class HashListSource(Protocol):
    """Where a hash list's entries come from."""

    def fetch(self, cursor: str | None) -> records.HashListPage:
        """Give the next page after a cursor (None: from the start). A malformed entry is reported and skipped; a source that is not
        of the expected form at all is ``InputError``, one that cannot be reached ``DependencyError``."""
        ...


class Classifier(Protocol):
    """A detector: bytes to a raw score."""

    @property
    def name(self) -> str: ...

    @property
    def version(self) -> str:
        """Frozen: another model is another version."""
        ...

    def score(self, content: bytes) -> float | records.Unscannable:
        """Give the raw score of a picture, on the detector's own scale."""
        ...


class Authority(Protocol):
    """A receiver of reports, call by call, so that each answer can be made durable before the next call.

    Every failed call raises a leaf of ``AuthorityError``, which tells the referral's state machine what is known about its effect.
    """

    @property
    def name(self) -> str: ...

    @property
    def environment(self) -> str:
        """``"sandbox"``, ``"test"`` or ``"production"``."""
        ...

    def check(self, report: records.Report) -> tuple[str, ...]:
        """Build the report and check it against the receiver's schema and rules. Gives the problems found; empty when it may be sent."""
        ...

    def submit(self, report: records.Report) -> records.AuthorityAnswer:
        """Open a report. The answer's ``remote_id`` is the receiver's report id."""
        ...

    def attach(self, remote_id: str, file: records.ReportedFile, content: bytes) -> records.AuthorityAnswer:
        """Upload one file with its details. The answer's ``remote_id`` is the file's."""
        ...

    def finish(self, remote_id: str) -> records.AuthorityAnswer:
        """Close the report. The answer's body is the receipt."""
        ...

    def retract(self, remote_id: str) -> records.AuthorityAnswer:
        """Withdraw an open report."""
        ...


class Platform(Protocol):
    """The online platform that Wardline serves."""

    def carry_out(self, action: records.Action) -> None:
        """Ask for an action. Repeating the same action is harmless: it carries its id. ``PlatformError`` when it may be tried again,
        ``RefusedError`` when the platform refused it for good."""
        ...

    def reverse(self, action: records.Action) -> None:
        """Ask to undo an action, under the same contract."""
        ...


class Notifier(Protocol):
    """A way to tell a person."""

    @property
    def name(self) -> str: ...

    def notify(self, alarm: records.Alarm) -> None:
        """Deliver an alarm; ``NotifierError`` when that failed."""
        ...


class Publisher(Protocol):
    """Where figures are published."""

    def publish(self, figures: records.Figures) -> None: ...


# --- the store: one way to write, one small reader a room ---------------------------------------------------------------------------
class MatchingReader(Protocol):
    def hash_list(self, list_id: str) -> records.HashList: ...

    def hash_lists(self) -> list[records.HashList]:
        """All of them, by name."""
        ...

    def entries_of(self, list_id: str) -> Iterator[records.HashListEntry]: ...

    def lists_stamp(self) -> str:
        """A short text that changes whenever an active list does."""
        ...


class IntakeReader(Protocol):
    def item(self, item_id: str) -> records.Item: ...

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

    def waiting_cases(self, *, now: datetime, user_id: str, most: int) -> list[records.Case]:
        """Open, unclaimed (or with a lease that ran out), not passed by this user; oldest first."""
        ...

    def claimed_cases(self, *, user_id: str, now: datetime) -> list[records.Case]:
        """Open cases that this person has claimed and whose lease still runs; oldest first."""
        ...

    def reveals_of(self, case_id: str) -> list[records.Reveal]: ...

    def decision(self, decision_id: str) -> records.Decision: ...


class EnforcementReader(Protocol):
    def action(self, action_id: str) -> records.Action: ...

    def actions_of(self, case_id: str) -> list[records.Action]: ...


class ReferralReader(Protocol):
    def referral(self, referral_id: str) -> records.Referral: ...

    def referrals(
        self, *, case_id: str | None = None, after: str | None = None, most: int = 100
    ) -> list[records.Referral]: ...

    def receipt_of(self, referral_id: str) -> records.Receipt | None: ...


class PreservationReader(Protocol):
    def holds_of(self, item_id: str) -> list[records.Hold]: ...

    def holds(self, *, after: str | None = None, most: int = 100) -> list[records.Hold]: ...

    def ended_holds(self, now: datetime, *, most: int) -> list[records.Hold]:
        """Active holds whose time is over."""
        ...

    def sealed_items(self, item_ids: Sequence[str]) -> set[str]:
        """Which of these items are recorded as sealed."""
        ...


class PeopleReader(Protocol):
    def user(self, user_id: str) -> records.User: ...

    def user_named(self, name: str) -> records.User | None: ...

    def users(self) -> list[records.User]: ...

    def session_by_digest(self, token_digest: str) -> records.Session | None: ...

    def sessions_of(self, user_id: str) -> list[records.Session]:
        """Oldest first, those that ran out included until they are removed."""
        ...

    def expired_sessions(self, now: datetime, *, most: int) -> list[records.Session]:
        """Sessions whose time is over, the first to end first."""
        ...

    def api_key_by_digest(self, secret_digest: str) -> records.ApiKey | None: ...

    def api_keys(self) -> list[records.ApiKey]: ...

    def approval(self, approval_id: str) -> records.Approval: ...

    def approvals(self, *, state: records.ApprovalState | None = None) -> list[records.Approval]: ...


class AlarmReader(Protocol):
    def open_alarms(self) -> list[records.Alarm]: ...

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

    def checkpoints(self) -> Iterator[records.Checkpoint]:
        """All of them, smallest first."""
        ...

    def last_checkpoint(self) -> records.Checkpoint | None: ...

    def sequence(self, sign: Callable[[Sequence[bytes]], records.Checkpoint], *, most: int = 10_000) -> int:
        """Give positions to entries that have none, oldest first, and store the checkpoint that ``sign`` makes over their leaves:
        one transaction, one sequencer at a time. Gives how many."""
        ...

    def drifted(self) -> Iterator[str]:
        """Ids of records that are not what the newest entry about them says."""
        ...


class Store(
    MatchingReader, IntakeReader, ReviewReader, EnforcementReader, ReferralReader, PreservationReader, PeopleReader, AlarmReader,
    StatisticsReader, AuditReader, Protocol,
):  # fmt: skip
    """Records at rest, with one way to write them."""

    def commit(
        self, *changes: records.Change, entries: Sequence[records.Entry], work: Sequence[records.Task] = ()
    ) -> None:
        """Write everything or nothing; return when it is durable.

        Each record change must come with at least one entry; only ``Add`` and ``Remembered`` may come alone. ``VersionConflictError``
        when a version moved, ``AlreadyExistsError`` when a unique name or id is taken, ``StorageFullError`` when the disk is full. Work
        with the same name, record and attempt is enqueued once, however often it is committed.
        """
        ...

    def close(self) -> None: ...


@runtime_checkable
class Closeable(Protocol):
    """An adapter that holds connections. Any may be one; it is closed with the installation."""

    def close(self) -> None: ...
