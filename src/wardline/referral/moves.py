"""The single moves of a referral's state machine. Each gives the next version of the record."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime
from typing import Any, assert_never

from wardline import records
from wardline.errors import ConflictError, InputError, IntegrityError
from wardline.referral.steps import UNKNOWN_ORPHAN, Attach, Call, Finish, Retract, Submit

_State = records.ReferralState
TO_FILE = "the pack is made and nobody has filed it: file it with the receiver, then record the receiver's reference"
UNWANTED = "its decision was overturned when the pack was made: do not file it, and say whether somebody filed it before"
FINISHED_BY_OTHERS = "the authority says that the report is finished, but not every file was attached"
LOOK = "restored from a back-up: ask the authority whether the old installation filed it, before it goes on"
"""Why a referral waits whose report another installation may have filed."""
LOOK_FALLEN = "restored from a back-up, and its decision was overturned: ask the authority whether the old installation filed it, and say so"
"""And why it waits still when its decision fell: it is corrected where it was filed, and withdrawn where it was not."""
LOOKED_UP = (LOOK, LOOK_FALLEN)
HANDED_OVER = (TO_FILE, UNWANTED)
"""The problem of a referral that waits for a person to file its pack, or to say that nobody did."""


def advance(referral: records.Referral, **changes: Any) -> records.Referral:
    """Give the next version with these fields changed."""
    return replace(referral, version=referral.version + 1, **changes)


def require_state(referral: records.Referral, step: Call) -> None:
    """Require that the referral is in the state in which this call is made."""
    match step:
        case Submit():
            expected = _State.OPENING
        case Attach():
            expected = _State.OPENED
        case Finish():
            expected = _State.FINISHING
        case Retract():
            expected = _State.RETRACTING
        case _:
            assert_never(step)
    if referral.state is not expected:
        raise ConflictError(f"referral {referral.id}: {referral.state}, expected {expected}")


def require_remote_id(referral: records.Referral) -> str:
    """Give the authority's id of the report."""
    if referral.remote_id is None:
        raise IntegrityError(
            f"referral {referral.id}: {referral.state} without the authority's id, expected one"
        )
    return referral.remote_id


def is_there(file: records.ReferralFile) -> bool:
    """Say whether nothing of a file is left to be attached: its details were accepted, or it stands in the report itself."""
    return file.described or file.in_text


def unsent(referral: records.Referral) -> tuple[records.ReferralFile, ...]:
    """Give the files as they are before anything was attached."""
    return tuple(
        records.ReferralFile(item_id=file.item_id, copy_of=file.copy_of, in_text=file.in_text)
        for file in referral.files
    )


def opened(referral: records.Referral, remote_id: str) -> records.Referral:
    """The authority gave the report an id."""
    return advance(
        referral, state=_State.OPENED, remote_id=remote_id, files=unsent(referral), attempts=0, problem=None
    )


def attached(referral: records.Referral, step: Attach, answer: records.AuthorityAnswer) -> records.Referral:
    """One file is there, with its details."""
    if step.item_id not in {file.item_id for file in referral.attached}:
        raise InputError(f"referral {referral.id}: no file {step.item_id}, expected one of its own")
    files = tuple(
        replace(file, remote_file_id=answer.remote_id, described=True)
        if step.item_id in (file.item_id, file.copy_of)
        else file
        for file in referral.files
    )
    return advance(referral, files=files, attempts=0, problem=None)


def finished(referral: records.Referral, now: datetime) -> records.Referral:
    """The authority has the whole report."""
    return advance(referral, state=_State.FINISHED, finished_at=now, attempts=0, problem=None)


def handed_over(referral: records.Referral) -> records.Referral:
    """What was to be sent is whole and lies here: a person files it. The receiver has nothing yet."""
    unwanted = referral.state is _State.RETRACTING and referral.problem is not None
    return advance(referral, state=_State.NEEDS_HUMAN, attempts=0, problem=UNWANTED if unwanted else TO_FILE)


def without(referral: records.Referral, item_ids: Collection[str]) -> records.Referral | None:
    """Leave out the files that are not among these: somebody found since that they are no part of the report. None where all are.

    What is open at the authority names them, so that it is withdrawn first; they are left out when it is opened anew.
    """
    # What a batched report tells as the copy of a file is in it as long as that is.
    kept = tuple(
        file for file in referral.files if file.in_text or (file.copy_of or file.item_id) in item_ids
    )
    if len(kept) == len(referral.files):
        return None
    if referral.state is _State.OPENING:
        return advance(referral, files=kept)
    return retracting(referral, None)


def lost(referral: records.Referral) -> records.Referral:
    """The answer to a submit is lost: a report may be open under an id that nobody knows."""
    return advance(referral, orphans=(*referral.orphans, UNKNOWN_ORPHAN))


def retracting(referral: records.Referral, problem: str | None) -> records.Referral:
    """Withdraw the open report; afterwards open a new one, or stop for a person when there is a problem."""
    return advance(referral, state=_State.RETRACTING, problem=problem)


def after_retraction(referral: records.Referral) -> records.Referral:
    """The report does not exist any more, and it was never finished."""
    given_up = (*referral.orphans, require_remote_id(referral))
    stop = referral.state is _State.RETRACTING and referral.problem is not None
    return advance(
        referral,
        state=_State.NEEDS_HUMAN if stop else _State.OPENING,
        problem=referral.problem if stop else None,
        remote_id=None,
        files=unsent(referral),
        orphans=given_up,
        attempts=len(
            given_up
        ),  # so that a report which has to be opened again and again waits longer each time
    )


def try_again(referral: records.Referral, problem: str) -> records.Referral:
    """The call had no effect: the same one again later."""
    kept = referral.problem if referral.state is _State.RETRACTING else problem
    return advance(referral, attempts=referral.attempts + 1, problem=kept)


def uncertain(referral: records.Referral, step: Call) -> records.Referral:
    """The call may have had its effect."""
    attempts = referral.attempts + 1
    match step:
        case Submit():
            problem = "the answer to opening the report was lost"
            return advance(
                referral, orphans=(*referral.orphans, UNKNOWN_ORPHAN), attempts=attempts, problem=problem
            )
        case Attach() | Finish():
            # Opening it succeeds each time and takes the count back. What was given up so far counts too: a receiver that opens reports and
            # takes none of their files is asked more and more seldom, and somebody is told.
            attempts = max(attempts, len(referral.orphans) + 1)
            return advance(referral, state=_State.RETRACTING, attempts=attempts, problem=None)
        case Retract():
            return advance(referral, attempts=attempts)
        case _:
            assert_never(step)


def rejected(referral: records.Referral, step: Call) -> records.Referral:
    """The authority says that what was sent is wrong: a person must look, after an open report is withdrawn."""
    attempts = referral.attempts + 1
    match step:
        case Submit():
            problem = "the authority rejected the report"
            return advance(referral, state=_State.NEEDS_HUMAN, attempts=attempts, problem=problem)
        case Attach():
            problem = "the authority rejected a file or its details"
            return advance(referral, state=_State.RETRACTING, attempts=attempts, problem=problem)
        case Finish():
            problem = "the authority rejected the finished report"
            return advance(referral, state=_State.RETRACTING, attempts=attempts, problem=problem)
        case Retract():
            problem = "the authority refused to withdraw the report"
            return advance(referral, state=_State.NEEDS_HUMAN, attempts=attempts, problem=problem)
        case _:
            assert_never(step)


def found_finished(referral: records.Referral, step: Call, now: datetime) -> records.Referral:
    """The authority says that the report is finished already."""
    if isinstance(step, Submit):  # makes no sense as an answer to opening a report
        return uncertain(referral, step)
    if all(is_there(file) for file in referral.files):
        return finished(referral, now)
    # A finish is sent only after every file, so somebody else finished it.
    return advance(
        referral, state=_State.NEEDS_HUMAN, attempts=referral.attempts + 1, problem=FINISHED_BY_OTHERS
    )
