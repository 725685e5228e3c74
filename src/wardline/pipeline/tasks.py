"""Durable work by name: what each task does with its record, and what is done every minute."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

from wardline import records
from wardline.errors import VaultDeniedError
from wardline.pipeline import (
    alarms,
    appealing,
    bringing_back,
    clusters,
    complaint_watch,
    correcting,
    destroying,
    exchanging,
    feedback,
    fencing,
    filing_watch,
    flagging,
    handing_over,
    in_turn,
    late_danger,
    look_back,
    nobody_takes,
    overturning,
    placing,
    preservation_watch,
    preserve,
    preserving,
    regrading,
    reversing,
    sampling,
    schemas,
    sealing_uploads,
    second_person,
    sessions,
    spreading,
    standing_alone,
    striking,
    taking_back,
    targets,
    telling,
    unnaming,
    verifying,
    watching,
    witnessing,
)
from wardline.pipeline.clock_watch import ClockWatch
from wardline.pipeline.conclude import conclude
from wardline.pipeline.count import CountLog
from wardline.pipeline.enforce import enforce
from wardline.pipeline.log import Sequencer
from wardline.pipeline.parts import Parts
from wardline.pipeline.restoring import Restoring
from wardline.pipeline.review import find_reviewer

_TASKS: Mapping[str, Callable[[Parts, str, int], None]] = {
    "conclude": conclude,
    "enforce": enforce,
    "refer": correcting.refer,
    "watch-schema": schemas.look,
    "refer-soon": correcting.refer,
    "refer-at-once": correcting.refer,
    "release-referral": second_person.release,
    late_danger.NAME: late_danger.tell,
    "reverse": reversing.reverse,
    "tell": telling.tell,
    "open-appeal": appealing.open_waiting,
    "answer-flag": flagging.answer_flag,
    "tell-held": overturning.tell_held,
    "compare-reports": regrading.compare_reports,
    unnaming.NAME: unnaming.unname,
    "find-reviewer": find_reviewer,
    "opinion-due": standing_alone.due,
    "notify": alarms.notify,
    "unlink": preserve.unlink,
    "verify-log": verifying.verify_log,
    "witness": witnessing.hand_over,
    "sync-list": exchanging.work,
    "look-back": look_back.look_back,
    "feed-back": feedback.send,
    "weigh": clusters.weigh,
    "withdraw": clusters.overturned,
    "spread": spreading.spread,
    "follow": spreading.follow,
    "take-back": taking_back.take_back,
    "bring-back": bringing_back.bring_back,
    "destroy-evidence": destroying.carry_out,
    "hold-before": preserving.hold_before,
}
TASKS = {name: fencing.guarded(name, task) for name, task in _TASKS.items()}
_KEYS_AT_ONCE = 1000
_VAULT_EVERY = timedelta(hours=1)
_TAKES_AWAY = frozenset({"unlink"})
"""Durable work that takes something away when its time has come, and does not give it back."""


class Chores:
    """What is due every minute. Doing it twice does no harm."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._gate = threading.Lock()
        self.sequencer = Sequencer(parts)
        self.counts = CountLog(parts)
        self.restoring = Restoring(parts)
        self._clock = ClockWatch(parts)
        self._schema = schemas.SchemaWatch(parts)
        self._vault_swept: datetime | None = None
        self._packs_swept: datetime | None = None

    def before(self, name: str) -> None:
        """Look at the clock before work that takes something away: its time may have come only because the clock jumped, since this minute began."""
        if name in _TAKES_AWAY:
            self._clock.watch()

    def run(self) -> None:
        """Log the counts, end holds, destroy orphans, forget old keys and sessions, look for what nobody reports.

        Each is done whatever became of the others; afterwards the first error is raised.
        """
        if not self._gate.acquire(blocking=False):
            return  # those of the minute before are not done yet
        try:
            self._do_each()
        finally:
            self._gate.release()

    def _do_each(self) -> None:
        parts = self._parts
        chores = (self._clock.watch, self.counts.log, lambda: preserve.sweep(parts), self._sweep_vault, self._sweep_packs, self._forget_keys,
                      lambda: sessions.close_expired(parts), lambda: alarms.watch(parts), lambda: exchanging.ask_due(parts),
                      lambda: placing.place_old(parts), lambda: targets.watch(parts),
                      lambda: filing_watch.watch(parts), self.restoring.watch,
                      lambda: complaint_watch.watch(parts), lambda: striking.forget(parts),
                      lambda: nobody_takes.watch(parts), lambda: sampling.expire(parts), lambda: watching.watch(parts),
                      lambda: witnessing.ask_due(parts), lambda: verifying.ask_due(parts),
                      lambda: preservation_watch.watch(parts), self._schema.ask_due)  # fmt: skip
        in_turn.do_each(chores)

    def _sweep_vault(self) -> None:
        """Once an hour: it reads the head of every sealed file."""
        if self._is_due(self._vault_swept):
            try:
                preserve.destroy_orphans(self._parts)
                sealing_uploads.takes_again(self._parts)
            except VaultDeniedError:
                self._vault_swept = (
                    self._parts.now()
                )  # it was asked about everything; what is locked now is in a minute, too
                raise
            self._vault_swept = self._parts.now()

    def _sweep_packs(self) -> None:
        """Once an hour: it looks at the referral of every pack."""
        if self._is_due(self._packs_swept):
            handing_over.sweep(self._parts)
            self._packs_swept = self._parts.now()

    def _is_due(self, swept: datetime | None) -> bool:
        """Say whether an hour is over; also after a clock that was ahead was set right, for else nothing would be swept until it is there again."""
        return swept is None or abs(self._parts.now() - swept) >= _VAULT_EVERY

    def _forget_keys(self) -> None:
        while old := self._parts.store.expired_keys(self._parts.now(), most=_KEYS_AT_ONCE):
            self._parts.store.commit(
                *(records.Remove(records.Remembered, digest) for digest in old), entries=()
            )
