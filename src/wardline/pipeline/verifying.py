"""Having the whole log checked as durable work, and saying what came of it: in the log, and by an alarm when the log is what is broken."""

from __future__ import annotations

import re
import threading
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from wardline import records
from wardline.errors import AuditLogError, WitnessError
from wardline.pipeline import alarms, log, reading, witnessing
from wardline.pipeline.parts import SYSTEM, Parts
from wardline.records import AlarmKind, Task, Verb

LOG = "log"
"""What the entries and the alarm about verification are about."""

_LOOKED_AT = 20
"""Newest entries about the log among which the last outcome is looked for."""
_UNDER_WAY = timedelta(hours=1)
"""After this time without an outcome it may be asked again, whatever became of the work."""
_UNTIL_IN_THE_LOG = timedelta(seconds=2)
"""By then the log, read by position, tells that a check was asked for: the sequencer runs each second."""
_BADGE_AFTER = timedelta(seconds=10)
_MOST_REASON = 400
_GOOD = re.compile(r"verified ([0-9]{1,18}) entries(?:, .+)?", re.ASCII)
_BAD = re.compile(r"failed(?: at [0-9]+)?: (.+)")


class LogState(StrEnum):
    UNCHECKED = "unchecked"
    VERIFIED = "verified"
    BROKEN = "broken"


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What is known of the log without reading all of it."""

    state: LogState
    entries: int = 0
    """How many entries the newest check found good; 0 unless the state is verified."""
    at: datetime | None = None
    """When the newest check ended; None when there was none."""
    message: str = ""
    """What is wrong and what to do; empty unless the state is broken."""
    passed_later_at: datetime | None = None
    """When everything was found in order again, though the alarm is still open."""
    asked_id: str | None = None
    """The newest check that was asked for."""
    under_way_since: datetime | None = None
    """When the check that runs now, or waits for its turn, was asked for."""


def verify_log(parts: Parts, asked_id: str, attempt: int) -> None:  # noqa: ARG001 - the signature of every task
    """Check everything, and write down what came of it. Doing it again says so again."""
    found = log.verify(parts)
    if found.ok:
        detail = f"verified {found.entries} entries, and against {found.copies} checkpoints kept elsewhere"
    else:
        reason = _reason(found)
        tell(parts, reason)
        detail = f"failed: {reason}" if found.first_bad is None else f"failed at {found.first_bad}: {reason}"
    if found.unread:
        detail = f"{detail}; not asked: {', '.join(found.unread)}"
    parts.store.commit(entries=[parts.entry(Verb.LOG_VERIFIED, LOG, detail=detail)])
    for name in found.unread:
        message = (
            f"Witness {name} gave nothing back when the log was checked, so that its copies were not compared"
        )
        witnessing.tell_silent(parts, name, f"{message}. {WitnessError.remedy}")


def tell(parts: Parts, reason: str) -> None:
    """Raise the alarm that the log does not verify, unless it is open."""
    alarms.raise_alarm(parts, AlarmKind.LOG_UNVERIFIED, LOG, _message(reason))


def standing(parts: Parts) -> Standing:
    """Say what the newest check found, and whether one is under way.

    An open alarm counts for more than the log: when the log is what is broken, its newest entries may never get a position.
    """
    alarm = parts.store.open_alarm(AlarmKind.LOG_UNVERIFIED, LOG)
    found = [entry for _, entry in reading.about(parts, LOG, _LOOKED_AT)]
    outcome = next((each for each in found if each.verb is Verb.LOG_VERIFIED), None)
    asked = next((each for each in found if each.verb is Verb.LOG_VERIFICATION_ASKED), None)
    waits = asked is not None and asked is found[0] and parts.now() - asked.at < _UNDER_WAY
    good = _GOOD.fullmatch(outcome.detail) if outcome else None
    state, message = _judged(alarm, outcome, passed=good is not None)
    return Standing(
        state=state, entries=int(good[1]) if good and state is LogState.VERIFIED else 0, at=outcome.at if outcome else None,
        message=message, passed_later_at=outcome.at if alarm and good and outcome and outcome.at > alarm.raised_at else None,
        asked_id=asked.detail if asked else None, under_way_since=asked.at if asked and waits else None,
    )  # fmt: skip


def ask_due(parts: Parts) -> None:
    """Have everything checked when the newest check is too long ago; a log without any counts from its first checkpoint."""
    every, now = parts.rules.check_log_every, parts.now()
    if not every:
        return
    known = standing(parts)
    if known.under_way_since is not None:
        return
    since = known.at or next((each.at for each in parts.store.checkpoints()), now)
    if not timedelta(0) <= now - since < every:
        _ask(parts, SYSTEM)


def _ask(parts: Parts, actor: str) -> str:
    asked_id = parts.new_id("verification")
    parts.store.commit(
        entries=[parts.entry(Verb.LOG_VERIFICATION_ASKED, LOG, actor=actor, detail=asked_id)],
        work=[Task(name="verify-log", record_id=asked_id)],
    )
    return asked_id


class Watch:
    """Asks for checks and knows what came of them, for every page at little cost."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._gate = threading.Lock()
        self._kept: tuple[datetime, Standing] | None = None
        self._asked: tuple[datetime, str] | None = None

    def ask(self, user: records.User) -> str:
        """Have everything checked; gives the id of what was asked for, which is an earlier one while that is under way."""
        with self._gate:
            known, now = standing(self._parts), self._parts.now()
            if known.under_way_since is not None and known.asked_id is not None:
                return known.asked_id
            if self._asked is not None and now - self._asked[0] < _UNTIL_IN_THE_LOG:
                return self._asked[1]
            asked_id = _ask(self._parts, user.id)
            self._asked = now, asked_id
            return asked_id

    def badge(self) -> Standing:
        """Give the standing of ten seconds ago at most, unless an alarm was raised since: that is looked up each time."""
        alarm = self._parts.store.open_alarm(AlarmKind.LOG_UNVERIFIED, LOG)
        with self._gate:
            kept = self._kept
        if kept is not None:
            at, found = kept
            is_young = timedelta(0) <= self._parts.now() - at < _BADGE_AFTER
            if is_young and (alarm is None or found.state is LogState.BROKEN):
                return found
        return self.standing()

    def standing(self) -> Standing:
        """Give the standing as it is now, and keep it."""
        found = standing(self._parts)
        with self._gate:
            self._kept = self._parts.now(), found
        return found


def _judged(
    alarm: records.Alarm | None, outcome: records.Entry | None, *, passed: bool
) -> tuple[LogState, str]:
    if outcome is not None and not passed:
        bad = _BAD.fullmatch(outcome.detail)
        return LogState.BROKEN, _message(bad[1] if bad else "its newest check is not readable")
    if alarm is not None:
        return LogState.BROKEN, alarm.message
    return (LogState.VERIFIED if passed else LogState.UNCHECKED), ""


def _message(reason: str) -> str:
    return f"{reason[:1].upper()}{reason[1:]}. {AuditLogError.remedy}"


def _reason(found: log.Verification) -> str:
    """Say in one line what was found. Names of records come from the database that somebody edited: they may hold anything."""
    said = ": ".join(filter(None, (found.reason, ", ".join(found.drifted))))
    plain = "".join(each if each.isprintable() else "?" for each in said)
    return plain if len(plain) <= _MOST_REASON else f"{plain[:_MOST_REASON]} ..."
