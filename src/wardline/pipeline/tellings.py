"""Accounts of incidents without a file, opened for the report that tells of them, and for the person to whom one is revealed."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from wardline import intake, records
from wardline.errors import EvidenceError, InputError, NotFoundError
from wardline.pipeline.parts import ORIGINAL, Parts

Opening = Callable[[Parts, Sequence[records.Item]], dict[str, records.Telling]]
"""Gives the account of every item that is one, by its id."""


def unopened(_parts: Parts, items: Sequence[records.Item]) -> dict[str, records.Telling]:
    """Stand in for accounts of which no word is needed."""
    return {
        item.id: records.Telling(
            kind=item.told, account_reference=item.account_reference, reference=item.id, surface="unopened",
            happened_at=item.context.uploaded_at if item.context else item.received_at, what_happened="unopened",
        )
        for item in items
        if item.told is not None
    }  # fmt: skip


def opened(parts: Parts, items: Sequence[records.Item]) -> dict[str, records.Telling]:
    """Open every account among these items, by its id; files are passed over.

    Raises:
        InputError: One was destroyed, or is not what was sealed: a report cannot tell of it any more.
    """
    return {item.id: _opened(parts, item) for item in items if item.told is not None}


def _opened(parts: Parts, item: records.Item) -> records.Telling:
    if not item.sealed:
        raise InputError(f"{item.id}: its account was destroyed, expected it as it was told")
    try:
        return intake.read_telling(parts.vault.open(item.id, ORIGINAL))
    except (EvidenceError, NotFoundError):
        raise InputError(
            f"{item.id}: the evidence cannot be opened, expected the account as it was sealed"
        ) from None
