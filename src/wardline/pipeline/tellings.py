"""Accounts of incidents without a file, opened for the report that tells of them, and for the person to whom one is revealed."""

from __future__ import annotations

from collections.abc import Sequence

from wardline import intake, records
from wardline.errors import EvidenceError, InputError, NotFoundError
from wardline.pipeline.parts import ORIGINAL, Parts


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
