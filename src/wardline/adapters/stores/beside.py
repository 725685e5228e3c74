"""What is stored beside a record because it is looked for, and says nothing that other records do not say.

No field of the record and in no digest: it is computed anew when it is written, and nobody decides by it alone. A case is noted as one that
can be decided unseen; who is handed it then is asked of its files once more.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from wardline import records, review
from wardline.adapters.stores.codec import Cell

NAMES: Mapping[type[Any], tuple[str, ...]] = {records.Case: ("unseen",)}
"""The columns that are no fields, by the record's type."""
Files = Mapping[str, records.Item]
"""By id."""


def files_of(changes: Sequence[records.Change]) -> Files:
    """Give the files that a commit writes."""
    written = [each.record for each in changes if isinstance(each, records.Insert | records.Replace)]
    return {each.id: each for each in written if isinstance(each, records.Item)}


def cells(record: Any, files: Files, *, is_new: bool) -> dict[str, Cell]:
    """Give what is stored beside a record.

    A case is always written with its files when it opens and when something new is known of them. One without them keeps what was noted, and
    a new one counts as one that has to be looked at.

    Args:
        record: What is written.
        files: What the same commit writes of files.
        is_new: Whether it was not stored before.
    """
    if not isinstance(record, records.Case):
        return {}
    if not all(each in files for each in record.item_ids):
        return {"unseen": False} if is_new else {}
    return {"unseen": is_unseen(files[each] for each in record.item_ids)}


def is_unseen(files: Iterable[records.Item]) -> bool:
    """Say whether a case of these files can be decided without looking at any."""
    visible = (each.matches for each in files if each.sealed and review.frames_of(each))
    return not review.needs_view(visible)
