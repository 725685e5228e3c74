"""What several people's opinions come to, and what of it may spread. Who spoke first makes no difference."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from wardline import records
from wardline.records import Category, Outcome

QUORUM = 2
"""So many people have to say the same before it counts for a file that none of them looked at. More than two buy nothing: what is left
wrong then is what a cluster holds that is not like the rest, see docs/explanation/clusters.md."""


@dataclass(frozen=True, slots=True)
class Agreed:
    """What enough people said, with nobody against it."""

    outcome: Outcome
    category: Category | None
    """Of a violation the one that all of them named; None where they differ in it."""
    decisions: tuple[str, ...]
    """One decision of each of the first ``QUORUM`` of them."""


@dataclass(frozen=True, slots=True)
class Split:
    """People differ. Then nothing spreads, however many are on one side."""


def agreement(voices: Iterable[records.Voice]) -> Agreed | Split | None:
    """Put opinions together: None while too few people spoke."""
    said = sorted(voices, key=lambda voice: voice.decision_id)
    if len({voice.outcome for voice in said}) > 1:
        return Split()
    first_of = {voice.user_id: voice for voice in reversed(said)}
    if len(first_of) < QUORUM:
        return None
    categories = {voice.category for voice in said}
    decisions = sorted(voice.decision_id for voice in first_of.values())[:QUORUM]
    return Agreed(
        said[0].outcome, categories.pop() if len(categories) == 1 else None, tuple(decisions)
    )  # fmt: skip


def for_identical(of_file: Iterable[records.Voice], of_cluster: Iterable[records.Voice]) -> Agreed | None:
    """Say what decides the identical copies of a file.

    Either two people looked at these very bytes and agree; what is said of other files is then beside the point. Or one did, and somebody
    else says the same of a file near it, and nobody in the cluster says otherwise.

    Args:
        of_file: About this file and no other.
        of_cluster: About every file of its cluster.

    Returns:
        None where too few spoke, where they differ, and where all found a violation and not the same one: a copy cannot be of a category
        that nobody agreed on.
    """
    own = sorted(of_file, key=lambda voice: voice.decision_id)
    found = agreement(own)
    if found is None and own:
        found = _with_help(own[0], list(of_cluster))
    if not isinstance(found, Agreed) or (found.outcome is Outcome.VIOLATION and found.category is None):
        return None
    return found


def stands_alone(of_file: Iterable[records.Voice]) -> bool:
    """Say whether people who looked at these very bytes are enough, whatever is said of files near it."""
    return isinstance(agreement(of_file), Agreed)


def _with_help(own: records.Voice, of_cluster: Sequence[records.Voice]) -> Agreed | None:
    found = agreement(of_cluster)
    if not isinstance(found, Agreed):
        return None
    others = sorted(voice.decision_id for voice in of_cluster if voice.user_id != own.user_id)
    return Agreed(found.outcome, found.category, tuple(sorted((own.decision_id, others[0]))))


def for_near(voices: Iterable[records.Voice]) -> Agreed | None:
    """Say what puts the near copies in a cluster in front: a violation that nobody in it denied. Anything else says nothing about them.

    Args:
        voices: About every file of the cluster.
    """
    found = agreement(voices)
    return found if isinstance(found, Agreed) and found.outcome is Outcome.VIOLATION else None


def contradicts(stands: records.Spread, voices: Iterable[records.Voice]) -> bool:
    """Say whether people who looked at a file say otherwise than what had spread from it.

    Args:
        stands: A spread to the identical copies of the file.
        voices: About this file and no other.
    """
    return any((voice.outcome, voice.category) != (stands.outcome, stands.category) for voice in voices)
