"""Requests to preserve: until when, and the holds they place."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from wardline import records
from wardline.errors import ConflictError, InputError, RefusedError
from wardline.records import HoldBasis, HoldState, PreservationBasis

US_PERIOD = timedelta(days=90)
"""Source: 18 USC 2703(f)(2): 90 days, extended for an additional 90 days upon a renewed request."""


def first_end(basis: PreservationBasis, received_at: datetime, until: datetime | None) -> datetime:
    """Say until when a request asks at first.

    Args:
        basis: On what it rests.
        received_at: When it arrived.
        until: The date that it names; None where the law gives it.

    Raises:
        InputError: A date where the law gives one, none where it does not, or one before the request arrived.
    """
    if basis is PreservationBasis.US_REQUEST:
        if until is not None:
            raise InputError("until: given, expected none: a request under 18 USC 2703(f) is for 90 days")
        return received_at + US_PERIOD
    if until is None or until <= received_at:
        raise InputError("until: missing or before the request arrived, expected the date that it names")
    return until


def extended(
    found: records.Preservation, *, until: datetime | None, reason: str, by: str, now: datetime
) -> records.Preservation:
    """Give a request a later end.

    Raises:
        ConflictError: It asks for nothing any more; a new one has to be recorded, and may come too late.
        RefusedError: It was renewed before, as often as its law knows.
        InputError: The end is not a later one.
    """
    if not found.holds_at(now):
        raise ConflictError(
            f"{found.id}: asks for nothing any more, expected one that still does",
            remedy="Record it as a new request; it holds what is still there.",
        )
    if found.basis is PreservationBasis.US_REQUEST:
        if found.extensions:
            raise RefusedError(
                f"{found.id}: renewed once already, expected another basis",
                remedy="18 USC 2703(f) knows one renewal; record the order or the new request that it rests on now.",
            )
        if until is not None:
            raise InputError(
                "until: given, expected none: a renewed request under 18 USC 2703(f) adds 90 days"
            )
        until = found.until + US_PERIOD
    if until is None or until <= found.until:
        raise InputError("until: missing or no later than now, expected a later date")
    made = records.Extension(at=now, by=by, until=until, reason=reason)
    return replace(found, until=until, extensions=(*found.extensions, made), version=found.version + 1)


def place(
    found: records.Preservation, case_of: Mapping[str, str], hold_ids: Sequence[str]
) -> tuple[records.Hold, ...]:
    """Place the holds of a request, one a file."""
    return tuple(
        records.Hold(
            id=hold_id, item_id=item_id, case_id=case_of[item_id], basis=HoldBasis.REQUESTED, placed_at=found.recorded_at,
            until=found.until, preservation_id=found.id,
        )
        for hold_id, item_id in zip(hold_ids, found.item_ids, strict=True)
    )  # fmt: skip


def unnamed(holds: Sequence[records.Hold], despite: Sequence[str]) -> tuple[str, ...]:
    """Give the holds that still run and that a destruction was not told of, by their ids."""
    return tuple(hold.id for hold in holds if hold.state is HoldState.ACTIVE and hold.id not in set(despite))
