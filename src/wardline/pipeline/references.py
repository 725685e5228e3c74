"""References of receivers: one stands for one report to a receiver, and the corrections of it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

from wardline import records
from wardline.errors import AlreadyExistsError, ReferenceTakenError
from wardline.pipeline import blind_filing
from wardline.pipeline.parts import Parts


def holder(parts: Parts, finished: records.Referral) -> records.Referral | None:
    """Give another report to the same receiver that has the reference under which one was finished."""
    return next(iter(holders(parts, finished)), None)


def holders(parts: Parts, finished: records.Referral) -> list[records.Referral]:
    """Give every other one that has it: several where they were told to be one, or where one corrects another."""
    known = parts.store.referrals_known_as(
        finished.authority, finished.environment, remote_id=finished.remote_id or "", reference=finished.reference or "",
    )  # fmt: skip
    return [each for each in known if each.id != finished.id]


def claimed(parts: Parts, finished: records.Referral, user: records.User) -> records.Referral:
    """Give a report that was finished under a person's reference as it is stored: where it corrects the one that has the reference, that one
    keeps it.

    Raises:
        ReferenceTakenError: Another report to this receiver has it.
    """
    others, corrected = holders(parts, finished), finished.corrects
    # What it corrects may have been filed in one report with another one.
    if others and corrected is not None:
        corrected = parts.store.referral(corrected).joined or corrected
    for each in others:
        if each.id != corrected and (finished.corrects is None or each.corrects != finished.corrects):
            raise taken(parts, finished, each, user)
    return replace(finished, reference=None) if others else finished


@contextmanager
def claiming(parts: Parts, finished: records.Referral, user: records.User) -> Iterator[None]:
    """Say what it was that another one came first with, in the same moment."""
    try:
        yield
    except AlreadyExistsError:
        claimed(parts, finished, user)  # says whose it is
        raise


def taken(
    parts: Parts, finished: records.Referral, other: records.Referral, user: records.User
) -> ReferenceTakenError:
    """Say that another report has the reference."""
    # Whoever may have to judge the other one's case is not told which one it is.
    named = other.id if blind_filing.visible(parts, [other], user) else "another report"
    return ReferenceTakenError(
        f"{finished.id}: the reference is that of {named} to the same receiver, expected the one of this report"
    )
