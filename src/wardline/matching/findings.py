"""What a look-up found, told apart by what may follow from it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from wardline import records


@dataclass(frozen=True, slots=True, kw_only=True)
class Findings:
    """All that is near an item. In each: nearest first, and at equal distance verified lists first."""

    matches: tuple[records.Match, ...] = ()
    """Of active lists: these count."""
    previews: tuple[records.Match, ...] = ()
    """Of lists in preview: these are counted, and have no other effect."""
    cleared: tuple[records.Match, ...] = ()
    """Of active lists, and the item is on a negative list as well: people looked at it before."""
    certain: tuple[records.Match, ...] = ()
    """Those of ``matches`` that would also be found if each hash of the item were off by as many bits as the look-up allowed for."""

    def __bool__(self) -> bool:
        return bool(self.matches or self.previews or self.cleared)


def judged(
    matches: Sequence[records.Match], *, on_negative_list: bool
) -> tuple[tuple[records.Match, ...], tuple[records.Match, ...]]:
    """Tell matches that count from those that a negative list clears.

    A picture that only looks like an entry, and that people found to be harmless, is cleared. The very same file as an entry is not: two
    lists then contradict each other, which a person has to look at.

    Returns:
        Those that count, and those that do not.
    """
    if not on_negative_list:
        return tuple(matches), ()
    alike = tuple(each for each in matches if each.hash_kind is records.HashKind.PDQ)
    same = (each for each in matches if each.hash_kind is not records.HashKind.PDQ)
    return tuple(replace(each, doubt=records.Doubt.DISPUTED) for each in same), alike
