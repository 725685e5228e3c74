"""Reports that a person files: the pack is made, and whether the receiver has it is known only once somebody recorded its reference. Pure.

Such a referral stands at ``NEEDS_HUMAN`` with the pack's id and one of two fixed phrases; its clock goes on.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Collection
from dataclasses import replace
from datetime import datetime

from wardline import records
from wardline.errors import ConflictError, InputError
from wardline.referral import moves
from wardline.referral.corrections import OVERTURNED

_State = records.ReferralState
LONGEST_REFERENCE = 100
"""Characters."""


def awaits(found: records.Referral) -> bool:
    """Say whether a pack is made and nobody has said yet that the receiver has it."""
    return (
        found.state is _State.NEEDS_HUMAN
        and found.remote_id is not None
        and found.problem in moves.HANDED_OVER
    )


def compared(reference: str) -> str:
    """Spell a reference as references are compared: people write capitals, spaces and wide letters as they like."""
    return " ".join(unicodedata.normalize("NFKC", reference).casefold().split())


def recorded(found: records.Referral, reference: str, now: datetime) -> records.Referral:
    """Finish a report under the reference that the receiver gave; its version stays.

    Raises:
        ConflictError: No pack of it waits to be filed.
        InputError: That is no reference.
    """
    _require(found)
    require_reference(found, reference)
    return replace(
        found, state=_State.FINISHED, remote_id=reference, finished_at=now, attempts=0, problem=None, in_flight=False,
        reference=compared(reference),
    )  # fmt: skip


def rerecorded(found: records.Referral, reference: str, instead_of: str) -> records.Referral:
    """Give a report that was finished under a person's reference another one, for the first was wrong; its version stays.

    Raises:
        ConflictError: It is not finished under the one that somebody saw.
        InputError: That is no reference, or the one that it has.
    """
    if found.state is not _State.FINISHED or found.remote_id != instead_of or found.joined is not None:
        raise ConflictError(
            f"{found.id}: {found.state}, expected a report that is finished under the reference to be corrected",
            remedy="Load the report again, and say which reference it has now.",
        )
    require_reference(found, reference)
    if reference == found.remote_id:
        raise InputError(f"{found.id}: has this reference already, expected another one")
    return replace(found, remote_id=reference, reference=compared(reference))


def require_reference(found: records.Referral, reference: str) -> None:
    """Refuse what is no reference.

    Raises:
        InputError: It is empty, too long, or not one line without spaces around it.
    """
    if not (
        0 < len(reference) <= LONGEST_REFERENCE and reference.isprintable() and reference == reference.strip()
    ):
        raise InputError(
            f"{found.id}: the receiver's reference is malformed, expected 1 to {LONGEST_REFERENCE} characters in one line",
            remedy="Write it as the receiver shows it: no more and no less.",
        )


def taken(found: records.Referral, pack_id: str, user_id: str, now: datetime) -> records.Referral:
    """Note that a person has the pack; its version stays."""
    taking = records.PackTaking(pack_id=pack_id, user_id=user_id, at=now)
    return replace(found, takings=(*found.takings, taking))


def takers(found: records.Referral, pack_id: str | None) -> tuple[str, ...]:
    """Give the people who took a pack, each once, whoever took it first comes first."""
    return tuple(dict.fromkeys(each.user_id for each in found.takings if each.pack_id == pack_id))


def unasked(found: records.Referral, by: str, asked: Collection[str]) -> tuple[str, ...]:
    """Give the people who took the pack that waits and may have filed it: neither who says that nobody did, nor whom they asked."""
    return tuple(each for each in takers(found, found.remote_id) if each != by and each not in asked)


def remade(found: records.Referral) -> records.Referral:
    """Give up a pack that nobody filed, and make another; its version stays. One whose decision fell is withdrawn instead.

    Raises:
        ConflictError: No pack of it waits to be filed.
    """
    _require(found)
    given_up = (*found.orphans, moves.require_remote_id(found))
    if found.problem == moves.UNWANTED:
        return replace(
            found, state=_State.WITHDRAWN, problem=OVERTURNED, remote_id=None, orphans=given_up, in_flight=False
        )  # fmt: skip
    return replace(
        found, state=_State.OPENING, problem=None, remote_id=None, orphans=given_up, files=moves.unsent(found),
        attempts=0, in_flight=False,
    )  # fmt: skip


def require_pack(found: records.Referral, pack_id: str | None) -> None:
    """Require that a pack waits to be filed, and that it is still the one that somebody speaks of.

    Raises:
        ConflictError: It is not so.
    """
    _require(found)
    if pack_id is not None and pack_id != found.remote_id:
        raise ConflictError(
            f"{found.id}: another pack of it waits to be filed now, expected the one that you saw",
            remedy="Load the page again. Whoever took the earlier pack may have filed it: ask them.",
        )


def _require(found: records.Referral) -> None:
    if found.state is _State.FINISHED:
        raise ConflictError(
            f"{found.id}: finished, as {found.remote_id}, expected one whose pack waits to be filed",
            remedy="Somebody recorded a reference meanwhile. Ask them before you file anything.",
        )
    if not awaits(found):
        raise ConflictError(f"{found.id}: {found.state}, expected one whose pack waits to be filed")
