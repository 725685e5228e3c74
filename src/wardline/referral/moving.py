"""The state machine of a referral: one finished report for each, whatever fails in between.

Opening a report is not idempotent at the authority, so an answer that was lost may leave an open report behind. Those are logged as
orphans and withdrawn where their id is known; the authority deletes the others by itself, because they are never finished. What must
never happen is a second *finished* report, so before a report is opened anew the former one is withdrawn, and the authority's refusal
to withdraw tells that it had been finished.

While a referral is ``RETRACTING``, ``problem`` says where it goes next: None means that a new report is opened afterwards; any text
means that a person has to look afterwards. In every other state ``problem`` is the last thing that went wrong.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import assert_never

from wardline import records
from wardline.errors import (
    AuthorityDeniedError,
    AuthorityError,
    AuthorityRejectedError,
    AuthorityUnreachableError,
    ConflictError,
    InputError,
    ReportFinishedError,
    ReportGoneError,
)
from wardline.referral import moves
from wardline.referral.steps import (
    UNKNOWN_ORPHAN,
    AskHuman,
    Attach,
    Call,
    Done,
    Finish,
    Move,
    Retract,
    Step,
    Submit,
)

_State = records.ReferralState

_FIRST_DELAY_SECONDS = 2.0
_LONGEST_DELAY_SECONDS = 3600.0
_LONGEST_OF_FIRST_SECONDS = 300.0
"""Of priority 1, whose whole clock may be an hour."""


def begin(referral: records.Referral) -> records.Referral:
    """Announce that a submit is about to be sent. Commit the result before sending it."""
    if referral.state is not _State.DRAFT:
        raise ConflictError(f"referral {referral.id}: already {referral.state}, expected a draft")
    return moves.advance(referral, state=_State.OPENING)


def next_step(referral: records.Referral, *, resumed: bool) -> Step:
    """Say what to do with a referral.

    Args:
        referral: As it is stored.
        resumed: True when the outcome of a call that may have been made in this state is unknown, because the process that made it
            ended before it could store what ``on_answer`` or ``on_error`` gave. False when the last call's outcome is stored.
    """
    match referral.state:
        case _State.DRAFT:
            return Move(begin(referral))
        case _State.OPENING:
            return Move(moves.lost(referral)) if resumed else Submit()
        case _State.OPENED:
            return _next_attachment(referral, resumed=resumed)
        case _State.FINISHING:
            return (
                Move(moves.retracting(referral, None))
                if resumed
                else Finish(moves.require_remote_id(referral))
            )
        case _State.RETRACTING:
            return Retract(moves.require_remote_id(referral))
        case _State.FINISHED | _State.WITHDRAWN | _State.JOINED:
            return Done()
        case _State.NEEDS_HUMAN:
            return AskHuman(referral.problem or "stopped without a reason")
        case _:
            assert_never(referral.state)


def _next_attachment(referral: records.Referral, *, resumed: bool) -> Step:
    remote_id = moves.require_remote_id(referral)
    waiting = [file.item_id for file in referral.attached if not file.described]
    if not waiting:  # every answer is stored, so nothing can be in flight
        return Move(moves.advance(referral, state=_State.FINISHING))
    return Move(moves.retracting(referral, None)) if resumed else Attach(remote_id, waiting[0])


def on_answer(
    referral: records.Referral, step: Call, answer: records.AuthorityAnswer, now: datetime
) -> records.Referral:
    """Give the referral after a call that succeeded. Commit it, with the receipt where it is finished, before the next step.

    Raises:
        ConflictError: The referral is not in the state in which this step is made.
    """
    moves.require_state(referral, step)
    match step:
        case Submit():
            if answer.remote_id is None:
                return moves.uncertain(referral, step)
            return moves.opened(referral, answer.remote_id)
        case Attach():
            return moves.attached(referral, step, answer)
        case Finish():
            return moves.handed_over(referral) if answer.awaits_filing else moves.finished(referral, now)
        case Retract():
            return moves.after_retraction(referral)
        case _:
            assert_never(step)


def on_error(
    referral: records.Referral, step: Call, error: AuthorityError, now: datetime
) -> records.Referral:
    """Give the referral after a call that failed. Commit it, then wait ``retry_delay`` of its attempts.

    Raises:
        ConflictError: The referral is not in the state in which this step is made.
    """
    moves.require_state(referral, step)
    match error:
        case AuthorityUnreachableError():
            return moves.try_again(referral, "the authority could not be reached or saved nothing")
        case AuthorityDeniedError():
            return moves.try_again(referral, "the authority denied access")
        case AuthorityRejectedError():
            return moves.rejected(referral, step)
        case ReportGoneError():
            return (
                moves.uncertain(referral, step)
                if isinstance(step, Submit)
                else moves.after_retraction(referral)
            )
        case ReportFinishedError(awaits_filing=True) if not isinstance(step, Submit):
            return moves.handed_over(referral)
        case ReportFinishedError():
            return moves.found_finished(referral, step, now)
        case _:
            return moves.uncertain(referral, step)


def on_outdated(referral: records.Referral, step: Call) -> records.Referral:
    """Give the referral after the authority refused what was written by a schema that it does not serve any more: it is written anew by that of now.

    Raises:
        ConflictError: The referral is not in the state in which this step is made.
    """
    moves.require_state(referral, step)
    match step:
        case Submit():
            return moves.try_again(referral, "the authority changed its schema and refused the report")
        case Attach() | Finish():
            return moves.uncertain(referral, step)  # opened anew once it is withdrawn
        case Retract():
            return moves.rejected(referral, step)
        case _:
            assert_never(step)


def refile(referral: records.Referral) -> records.Referral:
    """Let a referral that waited for a person go on: with a new report, after the former one, if any, is withdrawn."""
    if referral.state is not _State.NEEDS_HUMAN:
        raise ConflictError(f"referral {referral.id}: {referral.state}, expected {_State.NEEDS_HUMAN}")
    if referral.problem in moves.HANDED_OVER:
        raise ConflictError(
            f"referral {referral.id}: its pack waits to be filed, expected its reference",
            remedy="Record the receiver's reference, or say that nobody filed the pack.",
        )
    if referral.remote_id is not None:
        return moves.retracting(referral, None)
    return moves.advance(
        referral, state=_State.OPENING, files=moves.unsent(referral), attempts=0, problem=None
    )


def withdraw(referral: records.Referral, problem: str) -> records.Referral:
    """Stop a referral because a person said so: the open report is withdrawn, then the referral waits for a person.

    Args:
        referral: Not finished, and not waiting for a person already.
        problem: Why, in a fixed phrase.
    """
    if not problem.strip():
        raise InputError(f"referral {referral.id}: withdrawn without a reason, expected a phrase")
    match referral.state:
        case _State.DRAFT:
            return moves.advance(referral, state=_State.NEEDS_HUMAN, problem=problem)
        case _State.OPENING:
            orphans = (*referral.orphans, UNKNOWN_ORPHAN)
            return moves.advance(referral, state=_State.NEEDS_HUMAN, problem=problem, orphans=orphans)
        case _State.OPENED | _State.FINISHING | _State.RETRACTING:
            return moves.retracting(referral, problem)
        case _State.FINISHED | _State.NEEDS_HUMAN | _State.WITHDRAWN | _State.JOINED:
            raise ConflictError(f"referral {referral.id}: {referral.state}, expected one that is under way")
        case _:
            assert_never(referral.state)


def build_receipt(
    receipt_id: str,
    referral: records.Referral,
    source: records.AuthorityAnswer | ReportFinishedError,
    now: datetime,
) -> records.Receipt:
    """Make the receipt of a finished referral from what the authority answered, byte for byte.

    Args:
        receipt_id: Id for the new record.
        referral: As ``on_answer`` or ``on_error`` gave it.
        source: The answer to the finishing call, or the refusal that confirms that the report had been finished.
        now: Aware UTC.
    """
    if referral.state is not _State.FINISHED:
        raise ConflictError(f"referral {referral.id}: {referral.state}, expected {_State.FINISHED}")
    return records.Receipt(
        id=receipt_id,
        referral_id=referral.id,
        remote_id=moves.require_remote_id(referral),
        received_at=now,
        body=source.body,
        original=isinstance(source, records.AuthorityAnswer),
    )


def unlisted(
    referral: records.Referral, source: records.AuthorityAnswer | ReportFinishedError
) -> tuple[records.ReferralFile, ...]:
    """Give the files that arrived and that the receipt of the finished report does not list; none where it lists none at all by its nature, or was lost.

    The report is finished all the same: opened anew it would be a second one, so what lacks is for a person to ask about.
    """
    if not isinstance(source, records.AuthorityAnswer) or source.files is None:
        return ()
    return tuple(each for each in referral.attached if each.remote_file_id not in source.files)


def retry_delay(attempts: int, jitter: float = 0.0, *, priority: records.Priority | None = None) -> timedelta:
    """Say how long to wait after this many failed calls: doubling from 2 s to one hour, or to five minutes where a child may be in danger
    now; nothing after none.

    Args:
        attempts: ``Referral.attempts``, 0 and up.
        jitter: 0 to 1, drawn by the caller; shortens the wait by at most a quarter, so that not all come back at once.
        priority: Of the report.
    """
    if attempts <= 0:
        return timedelta(0)
    longest = _LONGEST_OF_FIRST_SECONDS if priority is records.Priority.FIRST else _LONGEST_DELAY_SECONDS
    whole = min(longest, _FIRST_DELAY_SECONDS * 2.0 ** min(attempts - 1, 32))
    return timedelta(seconds=max(_FIRST_DELAY_SECONDS, whole * (1 - jitter / 4)))
