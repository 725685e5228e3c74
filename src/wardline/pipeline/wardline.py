"""The conductor: one object that walks every step of the line."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, datetime

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PublicKey

from wardline import audit, intake, ports, records
from wardline.pipeline import (
    alarms,
    blind_filing,
    count,
    custody,
    exporting,
    incidents,
    log,
    people,
    reading,
    sending_again,
    verifying,
    witnessing,
)
from wardline.pipeline.certificate_acts import CertificateActs
from wardline.pipeline.cluster_acts import ClusterActs
from wardline.pipeline.complaint_acts import ComplaintActs
from wardline.pipeline.filing_acts import FilingActs
from wardline.pipeline.handing_out import HandingOut
from wardline.pipeline.leaders import Leaders
from wardline.pipeline.list_acts import ListActs
from wardline.pipeline.log import Verification
from wardline.pipeline.lookup import Lookup
from wardline.pipeline.nobody_takes import LeftAlone
from wardline.pipeline.opinion_acts import OpinionActs
from wardline.pipeline.parts import Parts
from wardline.pipeline.preservation_acts import PreservationActs
from wardline.pipeline.proving import Prover
from wardline.pipeline.queue_acts import QueueActs
from wardline.pipeline.review_acts import ReviewActs
from wardline.pipeline.scan import LibraryScan
from wardline.pipeline.standing import StandingCertificates
from wardline.pipeline.submit import Submission, submit
from wardline.pipeline.taking import Takers
from wardline.pipeline.team import TeamFigures
from wardline.pipeline.verifying import Standing
from wardline.pipeline.wellbeing_acts import WellbeingActs
from wardline.statistics import Change


class Wardline(
    ReviewActs,
    QueueActs,
    ClusterActs,
    WellbeingActs,
    ListActs,
    ComplaintActs,
    OpinionActs,
    CertificateActs,
    FilingActs,
    PreservationActs,
):
    """One installation of Wardline, as Python sees it. ``wardline.connect`` gives one.

    Every method either did what it says, durably and with an audit entry, or raised an error of ``wardline.errors`` and wrote nothing.
    Safe to call from many threads.
    """

    def __init__(self, parts: Parts) -> None:
        self.parts = parts
        self._lookup = Lookup(parts)
        self.takers = Takers(parts)
        self._leaders = Leaders(parts)
        self._handing_out = HandingOut(parts, self.takers)
        self._left_alone = LeftAlone(parts)
        self._team = TeamFigures(parts, self.takers, self._handing_out, self._left_alone)
        self._figures = count.RecentFigures(parts)
        self._prover = Prover(parts)
        self._signing = log.Sequencer(parts)
        self._log_watch = verifying.Watch(parts)
        self._readings = reading.Readings(parts)
        self._standing = StandingCertificates(parts)

    # the scan
    def submit(
        self, upload: intake.Upload, *, api_key: records.ApiKey, idempotency_key: str | None = None
    ) -> Submission:
        """Scan one upload: released, or kept with a case. See ``pipeline.submit``."""
        return submit(
            self.parts,
            self._lookup,
            upload,
            api_key=api_key,
            idempotency_key=idempotency_key,
            leaders=self._leaders,
            standing=self._standing,
        )

    def tell(
        self, told: intake.IncidentTold, *, api_key: records.ApiKey, idempotency_key: str | None = None
    ) -> Submission:
        """Take the account of an incident that has no file: it is sealed, and a person decides. See ``pipeline.incidents``."""
        return incidents.tell(self.parts, told, api_key=api_key, idempotency_key=idempotency_key)

    def scan(self, *, user: records.User, media: ports.Media | None = None) -> LibraryScan:
        """Begin to compare a library of files with the active lists, in a person's name; the log tells of it first.

        Args:
            user: Whose role allows managing lists.
            media: A decode sandbox of the caller's own; the installation's otherwise.

        Raises:
            NotAllowedError: The role does not allow it.
            ConflictError: No list is active, so that nothing could be found.
        """
        return LibraryScan(self.parts, self._lookup, user=user, media=media)

    # people
    def authenticate(self, secret: str) -> tuple[records.ApiKey, records.User | None]:
        """Find the key of a secret, and the person behind it if there is one."""
        return people.authenticate(self.parts, secret)

    def recognise(self, secret: str) -> records.ApiKey | None:
        """Find the key of a platform as ``authenticate`` does, but without waiting for anybody; None: ``authenticate`` has to say."""
        key = self.parts.store.api_key_at_once(people.digest_of(secret))
        return key if key is not None and key.user_id is None and not key.disabled else None

    def resolve_alarm(self, alarm_id: str, *, user: records.User) -> records.Alarm:
        """Close an alarm that a person dealt with."""
        people.require_scope(user, records.Scope.MANAGE)
        blind_filing.require_told(self.parts, alarm_id, user)
        return alarms.resolve(self.parts, alarm_id, actor=user.id)

    def send_again(self, alarm_id: str, *, user: records.User) -> records.Alarm:
        """Send once more what a platform refused, now that a person put that right; this closes its alarm."""
        return sending_again.send_again(self.parts, alarm_id, user)

    # counting and proof
    def statistics(self, first: date, last: date) -> records.Figures:
        """Count a period, both days inclusive (UTC)."""
        return count.figures(self.parts, first, last)

    def change(self, step: records.Step, *, starts: tuple[date, date], days: int) -> Change:
        """Compare how often a step happened in two periods of so many days, the earlier one first (UTC)."""
        return count.change(self.parts, step, starts=starts, days=days)

    def recent_statistics(self, first: date, last: date) -> records.Figures:
        """Count a period as ``statistics`` does, or give what was counted less than a minute ago: for pages that people look at."""
        return self._figures.figures(first, last)

    def publish(self, figures: records.Figures, *, publisher: ports.Publisher) -> None:
        """Publish figures; the log tells of it first."""
        count.publish(self.parts, publisher, figures)

    def newest_entries(self, most: int, *, before: int | None = None) -> list[tuple[int, records.Entry]]:
        """Give the newest signed entries with their positions, newest first; only those below a position."""
        return reading.newest(self.parts, most, before=before)

    def entries_about(
        self, subject_id: str, most: int, *, before: int | None = None
    ) -> list[tuple[int, records.Entry]]:
        """Give the newest signed entries about a record, in the same way."""
        return reading.about(self.parts, subject_id, most, before=before)

    def note_log_reading(
        self,
        shown: Sequence[tuple[int, records.Entry]],
        *,
        user: records.User,
        page: str,
        subject_id: str = "",
    ) -> bool:
        """Write into the log that this person is going to be shown these entries, if they tell who was shown what."""
        return self._readings.note(user, shown, page=page, subject_id=subject_id)

    def prove_entry(self, position: int) -> audit.Proof:
        """Prove to an outsider that an entry is in the signed log."""
        return self._prover.prove(position)

    def prove_continuation(self, old_size: int) -> audit.Continuation:
        """Prove to an outsider that the log begins with the whole of what it was at an earlier size."""
        return self._prover.prove_continuation(old_size)

    def export_log(
        self, mirror: ports.LogMirror, *, user: records.User, progress: Callable[[int], None] = lambda _entries: None
    ) -> exporting.Exported:  # fmt: skip
        """Bring a mirror of the log to its newest checkpoint; for people who may read the log."""
        people.require_scope(user, records.Scope.AUDIT)
        return exporting.export(self.parts, mirror, actor=user.id, progress=progress)

    def export_hold(
        self, hold_id: str, *, recipient: X25519PublicKey, cause: records.ExportCause, user: records.User
    ) -> custody.HoldPackage:
        """Take a held file out, sealed for its receiver, with its chain of custody. The log has it first. See ``pipeline.custody``."""
        return custody.export(
            self.parts, hold_id, recipient=recipient, cause=cause, user=user, sequence=self._sign_what_waits,
            prove_entry=self._prover.prove,
        )  # fmt: skip

    def _sign_what_waits(self) -> None:
        self._signing.read_ahead()
        self._signing.run()

    def verify_audit(self, *, notes: Sequence[str] = ()) -> Verification:
        """Check the whole audit log and every record against it, and it against what was signed and kept elsewhere.

        Args:
            notes: More signed notes than the witnesses give back.
        """
        return log.verify(self.parts, notes)

    def log_witnesses(self) -> Sequence[tuple[str, datetime | None]]:
        """Give the name of each witness of the log, and when it last took a checkpoint."""
        return witnessing.told(self.parts)

    def ask_for_verification(self, *, user: records.User) -> str:
        """Have the same done as durable work; gives the id of what was asked for, an earlier one's while that is under way."""
        return self._log_watch.ask(user)

    def log_standing(self) -> Standing:
        """Say what the newest check found, and whether one is under way."""
        return self._log_watch.standing()

    def log_badge(self) -> Standing:
        """Say the same for the foot of every page, at the cost of one small query; it may be ten seconds old."""
        return self._log_watch.badge()

    def close(self) -> None:
        """End the decoders, the connections to the outside and the store's writer. Idempotent."""
        self.parts.media.close()
        self._standing.scores.write()
        for outside in (
            self.parts.copies,
            self.parts.authority,
            *self.parts.receivers.values(),
            *self.parts.platforms.values(),
            *self.parts.notifiers,
            *(each.witness for each in self.parts.witnesses.values()),
            *(each.exchange for each in self.parts.exchanges.values()),
            *(each.provider for each in self.parts.providers.values()),
            *(each.classifier for scope in self.parts.rules.scopes.several for each in scope.detectors),
        ):
            _close(outside)
        self.parts.store.close()


def _close(outside: object) -> None:
    if isinstance(outside, ports.Closeable):
        outside.close()
