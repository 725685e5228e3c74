"""What the reveal log shows about one file."""

from __future__ import annotations

from collections.abc import Iterable

from wardline import records
from wardline.errors import InputError


def frames_of(item: records.Item) -> int:
    """Give the number of frames there are to see; a file that could not be decoded has none, and an account in words is one."""
    if item.told is not None:
        return 1
    return item.picture.frames if item.picture else 0


def viewed_frames(item_id: str, reveals: Iterable[records.Reveal]) -> dict[str, set[int]]:
    """Give, for each person, the frames of one file that were shown to them."""
    seen: dict[str, set[int]] = {}
    for reveal in reveals:
        if reveal.item_id == item_id:
            seen.setdefault(reveal.user_id, set()).add(reveal.frame)
    return seen


def require_frame(item: records.Item, frame: int) -> None:
    """Require that the frame exists."""
    if not 0 <= frame < frames_of(item):
        raise InputError(f"{item.id}: frame {frame} does not exist, expected 0 to {frames_of(item) - 1}")
