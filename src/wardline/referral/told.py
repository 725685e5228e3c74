"""Reports that another installation filed, as a person says who looked them up at the authority. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from wardline import records
from wardline.errors import ConflictError
from wardline.referral import corrections, handing, moves

_State = records.ReferralState
LOOK, LOOK_FALLEN = moves.LOOK, moves.LOOK_FALLEN


def may_be_told(found: records.Referral) -> bool:
    """Say whether another installation may have filed a report, so that a person's word can end it. It was restored from a back-up, or the
    authority says that it is finished although this installation did not finish it."""
    return found.state is _State.NEEDS_HUMAN and found.problem in (*moves.LOOKED_UP, moves.FINISHED_BY_OTHERS)


def told(found: records.Referral, number: str, now: datetime) -> records.Referral:
    """Finish a report under the number that a person read at the authority; its version stays.

    Raises:
        ConflictError: It does not wait for that, or the authority named another number.
        InputError: That is no number.
    """
    if not may_be_told(found):
        raise ConflictError(
            f"{found.id}: {found.state}, expected one that another installation may have filed"
        )
    if found.problem == moves.FINISHED_BY_OTHERS and number != found.remote_id:
        raise ConflictError(f"{found.id}: finished as {found.remote_id}, expected that number")
    handing.require_reference(found, number)
    left = () if found.remote_id in (None, number) else (found.remote_id,)
    return replace(
        found, state=_State.FINISHED, remote_id=number, finished_at=now, attempts=0, problem=None, in_flight=False,
        orphans=(*found.orphans, *left), reference=handing.compared(number),
    )  # fmt: skip


def look_first(found: records.Referral) -> records.Referral:
    """Have a person look up whether another installation filed a report whose decision fell, before it is withdrawn."""
    return moves.advance(found, state=_State.NEEDS_HUMAN, problem=LOOK_FALLEN, in_flight=False)


def never_filed(found: records.Referral) -> records.Referral:
    """Withdraw a report whose decision fell while somebody had to look up whether another installation had filed it: it had not.

    Raises:
        ConflictError: It does not wait for that.
    """
    if found.state is not _State.NEEDS_HUMAN or found.problem != LOOK_FALLEN:
        raise ConflictError(
            f"{found.id}: {found.state}, expected one whose decision fell and that waits to be looked up"
        )
    if found.remote_id is not None:
        return moves.retracting(found, corrections.OVERTURNED)
    return moves.advance(found, state=_State.WITHDRAWN, problem=corrections.OVERTURNED, in_flight=False)


def told_within(
    lead: records.Referral, found: records.Referral, number: str, now: datetime, *, batched: bool = False
) -> tuple[records.Referral, records.Referral]:
    """Put a report into another one about the same account, which a person said to have the same number; gives the other one, and this one.

    Batched, it is about another account that spread the same file, which is told as a copy.

    Raises:
        ConflictError: It does not wait for that, or holds others itself.
        InputError: That is no number.
    """
    _require_free(lead, found)
    own = moves.unsent(found)
    if batched:
        own = tuple(replace(file, copy_of=lead.attached[0].item_id) for file in own)
    inside = replace(
        told(found, number, now), joined=lead.id, reference=None, files=own if batched else found.files
    )
    return _with_one_more(lead, found, own, batched=batched), inside


def recorded_within(
    lead: records.Referral, found: records.Referral, reference: str, now: datetime
) -> tuple[records.Referral, records.Referral]:
    """Put a report whose pack a person filed into another one about the same account, for the receiver took both as one; gives the other one, and
    this one. Their versions stay.

    Raises:
        ConflictError: No pack of it waits to be filed, or the other one is not finished under this reference by itself.
        InputError: That is no reference.
    """
    finished = handing.recorded(found, reference, now)
    _require_free(lead, found)
    if lead.reference != finished.reference:
        raise ConflictError(f"{found.id}: {lead.id} has another reference, expected the same one")
    inside = replace(finished, remote_id=lead.remote_id, joined=lead.id, reference=None)
    return _with_one_more(lead, found, found.files), inside


def _require_free(lead: records.Referral, found: records.Referral) -> None:
    if found.bundle or lead.state is not _State.FINISHED or lead.joined is not None:
        raise ConflictError(f"{found.id}: cannot be in the report of {lead.id}, expected one by itself")


def _with_one_more(
    lead: records.Referral, found: records.Referral, own: Sequence[records.ReferralFile], *, batched: bool = False
) -> records.Referral:  # fmt: skip
    """Give a finished report with the files of another one."""
    taken = records.Bundled(
        referral_id=found.id, case_id=found.case_id, decision_id=found.decision_id, batched=batched
    )
    files = {file.item_id: file for file in (*lead.files, *own)}
    return replace(lead, bundle=(*lead.bundle, taken), files=tuple(files.values()))


def told_apart(
    lead: records.Referral, found: records.Referral, number: str, instead_of: str
) -> tuple[records.Referral, records.Referral]:
    """Take a report out of the one that a person had said, by mistake, to have the same number; gives that one, and this one, which has its own.
    Their versions stay.

    Raises:
        ConflictError: It is not finished in that one, under the number that somebody saw.
        InputError: That is no number, or the same one.
    """
    left, out = _apart(lead, found)
    return left, handing.rerecorded(out, number, instead_of)


def told_back(found: records.Referral, number: str, *, opened: str | None, fallen: bool) -> records.Referral:
    """Have a report that was never filed, although a person had said so, wait for a person again, as before; its version stays.

    Args:
        found: Finished by that word.
        number: The one that was told.
        opened: The number that it had had here before, not finished.
        fallen: Whether its decision was overturned.

    Raises:
        ConflictError: It is not finished under that number, or others are in it.
    """
    if found.state is not _State.FINISHED or found.remote_id != number:
        raise ConflictError(
            f"{found.id}: {found.state}, expected a report that is finished as report {number}",
            remedy="Load the report again, and say which number it has now.",
        )
    if found.bundle:
        inside = ", ".join(each.referral_id for each in found.bundle)
        raise ConflictError(
            f"{found.id}: {inside} said to be in it, expected a report by itself",
            remedy="Take back first what was said of each of those; then of this one.",
        )
    return replace(
        found, state=_State.NEEDS_HUMAN, problem=LOOK_FALLEN if fallen else LOOK, remote_id=opened, finished_at=None, completeness=None,
        reference=None, orphans=tuple(each for each in found.orphans if each != opened),
    )  # fmt: skip


def told_back_within(
    lead: records.Referral, found: records.Referral, number: str, *, fallen: bool
) -> tuple[records.Referral, records.Referral]:
    """Take a report that was never filed out of the one in which a person had said that it was; gives that one, and this one, as ``told_back``.

    Raises:
        ConflictError: It is not finished in that one, under that number.
    """
    left, out = _apart(lead, found)
    return left, told_back(out, number, opened=None, fallen=fallen)


def _apart(lead: records.Referral, found: records.Referral) -> tuple[records.Referral, records.Referral]:
    if found.joined != lead.id:
        raise ConflictError(f"{found.id}: not in the report of {lead.id}, expected it there")
    own = tuple(replace(file, copy_of=None) for file in found.files)
    gone = {file.item_id for file in found.files}
    left = tuple(file for file in lead.files if file.item_id not in gone)
    bundle = tuple(each for each in lead.bundle if each.referral_id != found.id)
    return replace(lead, bundle=bundle, files=left), replace(found, joined=None, files=own)
