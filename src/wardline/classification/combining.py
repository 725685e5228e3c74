"""Several detectors to one score: the mean of their logits. What it is made of is frozen, and a part that is missing is no score at all.

The name and the version of a combination follow from the names, versions and scales of its parts, so that another part, or another version of
one, is another score: whatever was shown of the former holds for it no more.
"""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from wardline import records
from wardline.errors import InputError
from wardline.records import HashKind
from wardline.records.checks import require_text

CLIP = 1e-6
"""Scores nearer than this to 0 or 1 count as this near: one detector that says "certainly" shall not outvote all others."""
NEAR_HASH = "near-hash"
"""The name of the part that is no detector: how near the picture is to an entry of a hash list."""
_SCHEME = "mean-logit"
_SCHEME_VERSION = "1"
"""Another way of combining, another clip or another near-hash feature is another one."""
NEAR_HASH_VERSION = _SCHEME_VERSION
"""The version of that part."""
_WIDEST_BITS = 32
_LONGEST_NAME = 100
_DIGEST_LETTERS = 16


@dataclass(frozen=True, slots=True, kw_only=True)
class Scale:
    """What a detector's lowest and highest answers are; between them it is taken as it is."""

    lowest: float = 0.0
    highest: float = 1.0

    def __post_init__(self) -> None:
        if not (math.isfinite(self.lowest) and math.isfinite(self.highest)) or not self.lowest < self.highest:
            raise InputError("scale: lowest is not below highest, expected two numbers in that order")

    def holds(self, value: float) -> bool:
        """Say whether an answer is on it; NaN is on none."""
        return self.lowest <= value <= self.highest


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A detector as it was frozen."""

    name: str
    version: str
    scale: Scale = Scale()

    def __post_init__(self) -> None:
        require_text("detector", self.name, most=64)
        require_text("detector version", self.version, most=120)


@dataclass(frozen=True, slots=True, kw_only=True)
class Raw:
    """What a detector answered."""

    detector: str
    version: str
    """Of the detector that answered."""
    value: float
    """On its own scale."""


def combine(
    asked: Sequence[Asked], answers: Sequence[Raw | records.Unscannable]
) -> tuple[records.Score, ...] | records.Unscannable:
    """Make the score of a scope.

    Args:
        asked: The parts, each once; one at least.
        answers: Of each part, in any order.

    Returns:
        The score that counts, and after it those it was made of when there are several; or why there is none: a part did not answer, failed,
        is another version, or said something outside its scale.
    """
    parts: list[records.Score] = []
    for each in in_order(asked):
        score = _score(each, answers)
        if isinstance(score, records.Unscannable):
            return score
        parts.append(score)
    if len(parts) == 1:
        return (parts[0],)
    mean = math.fsum(map(_logit, (each.probability for each in parts))) / len(parts)
    whole = records.Score(
        detector=name_of(asked), detector_version=version_of(asked), probability=1.0 / (1.0 + math.exp(-mean))
    )
    return (whole, *parts)


def name_of(asked: Sequence[Asked]) -> str:
    """Name the score that these parts give."""
    ordered = in_order(asked)
    if len(ordered) == 1:
        return ordered[0].name
    name = f"{_SCHEME} of {', '.join(each.name for each in ordered)}"
    if len(name) <= _LONGEST_NAME:
        return name
    return f"{_SCHEME} of {len(ordered)} detectors ({_digest([each.name for each in ordered])})"


def version_of(asked: Sequence[Asked]) -> str:
    """Give the version of the score that these parts give; the same wherever and whenever it is computed."""
    ordered = in_order(asked)
    if len(ordered) == 1 and ordered[0].scale == Scale():
        return ordered[0].version
    said = [[each.name, each.version, each.scale.lowest, each.scale.highest] for each in ordered]
    if len(ordered) == 1:
        return f"{ordered[0].version} {_digest(said)}"
    return f"{_SCHEME_VERSION} {_digest([_SCHEME, _SCHEME_VERSION, said])}"


def in_order(asked: Sequence[Asked]) -> list[Asked]:
    """Give the parts by their names: in which order the settings list them makes no difference."""
    if not asked or len({each.name for each in asked}) < len(asked):
        raise InputError("detectors of a scope: none, or one twice, expected each once")
    return sorted(asked, key=lambda each: each.name)


def near_hash(matches: Iterable[records.Match]) -> Raw:
    """Make an answer of how near the picture is to an entry: 1 for the same hash, down to a half; a half where nothing is near.

    That nothing is near says nothing: its logit is 0.
    """
    nearest = min(
        (each.distance_bits if each.hash_kind is HashKind.PDQ else 0 for each in matches),
        default=_WIDEST_BITS,
    )
    value = 0.5 + 0.5 * (1.0 - min(nearest, _WIDEST_BITS) / _WIDEST_BITS)
    return Raw(detector=NEAR_HASH, version=NEAR_HASH_VERSION, value=value)


def _score(asked: Asked, answers: Sequence[Raw | records.Unscannable]) -> records.Score | records.Unscannable:
    for each in answers:
        match each:
            case records.Unscannable(source=asked.name):
                return each
            case Raw(detector=asked.name):
                return _scaled(asked, each)
            case _:
                continue
    return records.Unscannable(source=asked.name, reason="gave no answer")


def _scaled(asked: Asked, raw: Raw) -> records.Score | records.Unscannable:
    if raw.version != asked.version:
        return records.Unscannable(source=asked.name, reason=records.OTHER_VERSION)
    low, high = asked.scale.lowest, asked.scale.highest
    if not asked.scale.holds(raw.value):
        return records.Unscannable(source=asked.name, reason="answered with a score outside its scale")
    return records.Score(
        detector=asked.name,
        detector_version=version_of([asked]),
        probability=(raw.value - low) / (high - low),
    )


def _logit(score: float) -> float:
    inside = min(max(score, CLIP), 1.0 - CLIP)
    return math.log(inside / (1.0 - inside))


def _digest(said: object) -> str:
    text = json.dumps(said, separators=(",", ":"), ensure_ascii=True)
    return hashlib.sha256(text.encode()).hexdigest()[:_DIGEST_LETTERS]
