"""Sentinels come through channels, and a channel that seldom finds what scores low would make every guarantee from it void.

A positive that was found because the detector saw it says nothing of those that it does not see. Sentinels are therefore items that were found
without the score: matches of verified lists, reports of users, trusted flaggers and the police. Whether one of these routes depends on the score
after all cannot be seen from that route alone; but where routes differ in how often their items score low, at least one of them does. A bias that
all of them share leaves no trace here, and nothing in this file can find it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from wardline.assurance.thresholds import Certified, certify_act, certify_clear
from wardline.errors import InputError

Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]

PERMUTATIONS = 999
FEWEST_IN_CHANNEL = 50
"""A channel with fewer items is not compared; it cannot carry a certificate either."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Disagreement:
    """What the comparison of the channels says."""

    channel: str
    """The one that differs most."""
    p_value: float
    """How often channels that do not differ would differ so much by chance, 0 to 1."""
    is_refused: bool
    """Whether the sentinels may not be used."""


def compare_channels(
    scores: Floats, channels: npt.NDArray[np.int64], names: Mapping[int, str], *, rng: np.random.Generator, level: float = 0.01
) -> Disagreement | None:  # fmt: skip
    """Compare how the scores of sentinels are distributed over the channels that found them.

    For each channel and each score that occurs, the share at or below it is compared with that of all others; the largest standardised
    difference counts. What it would be by chance is found by dealing the channels anew, so that the level is exact whatever the scores are.

    Args:
        scores: ``float64[n]``, of violating items, 0 to 1.
        channels: ``int64[n]``, the number of the channel that found each.
        names: Names of the channels by number.
        rng: Chance for dealing anew; its seed belongs into the evidence of a certificate.
        level: How often channels that do not differ may be refused.

    Returns:
        None when fewer than two channels have enough items to be compared: then nothing is known, and nothing may rest on it.

    Raises:
        InputError: Other shapes or values; nothing is ever compared of them.
    """
    _require(scores, channels)
    if not 0 < level < 1:
        raise InputError(f"level: {level}, expected above 0 and below 1")
    if unnamed := set(np.unique(channels).tolist()) - set(names):
        raise InputError(f"sentinels: channel {min(unnamed)} has no name, expected one for each")
    found, sizes = np.unique(channels, return_counts=True)
    compared = found[sizes >= FEWEST_IN_CHANNEL]
    if len(compared) < 2:
        return None
    kept = np.isin(channels, compared)
    order = np.argsort(scores[kept], kind="stable")
    ranked, sorted_scores = channels[kept][order], scores[kept][order]
    ends = np.append(sorted_scores[1:] != sorted_scores[:-1], False)
    cuts = np.flatnonzero(ends) + 1
    largest = _differences(ranked, compared, cuts)
    worst = int(np.argmax(largest))
    beyond = 1 + sum(
        bool(_differences(rng.permutation(ranked), compared, cuts).max() >= largest[worst])
        for _ in range(PERMUTATIONS)
    )
    p_value = beyond / (PERMUTATIONS + 1)
    return Disagreement(channel=names[int(compared[worst])], p_value=p_value, is_refused=p_value <= level)


def _differences(
    ranked: npt.NDArray[np.int64], compared: npt.NDArray[np.int64], cuts: npt.NDArray[np.int64]
) -> Floats:
    """Give for each channel the largest standardised difference of its share below a cut from that of all items."""
    total = len(ranked)
    if len(cuts) == 0:
        return np.zeros(len(compared))
    below = cuts / total
    spread = np.sqrt(below * (1.0 - below))
    largest = np.empty(len(compared))
    for place, channel in enumerate(compared):
        of_channel = ranked == channel
        size = of_channel.sum()
        share = np.cumsum(of_channel)[cuts - 1] / size
        # The variance of a share of so many drawn without returning from all.
        deviation = spread * np.sqrt((total - size) / (size * max(total - 1, 1)))
        largest[place] = np.abs((share - below) / deviation).max() if size < total else 0.0
    return largest


def certify_clear_by_channel(
    scores: Floats, caught: Flags, channels: npt.NDArray[np.int64], grid: Floats, cap: float, error_level: float
) -> Certified | None:  # fmt: skip
    """Certify on the worst channel: each has to carry the threshold alone, so that a blind spot of one is not hidden by the others.

    Args:
        scores: ``float64[n]``, as in ``certify_clear``.
        caught: ``bool[n]``, as there.
        channels: ``int64[n]``, the channel that found each, or the kind of content that each is.
        grid: ``float64[m]``, as there.
        cap: As there.
        error_level: As there; the smallest of several thresholds is safe when one of them is, so that it is not divided.

    Returns:
        The smallest of the channels' thresholds; None when one of them carries none.

    Raises:
        InputError: One channel only, which nothing could contradict; and as there.
    """
    carried = _each_alone(certify_clear, scores, caught, channels, grid, cap, error_level)
    return min(carried, key=lambda each: each.threshold) if carried else None


def certify_act_by_kind(
    scores: Floats, cleared: Flags, kinds: npt.NDArray[np.int64], grid: Floats, cap: float, error_level: float
) -> Certified | None:  # fmt: skip
    """Certify on the worst kind of innocent content: the mirror of ``certify_clear_by_channel``, so that the cap holds for each kind.

    Args:
        scores: ``float64[n]``, as in ``certify_act``.
        cleared: ``bool[n]``, as there.
        kinds: ``int64[n]``, the kind of each.
        grid: ``float64[m]``, as there.
        cap: As there; it holds within each kind.
        error_level: As there, not divided: a threshold breaks the cap of some kind only if it breaks that of the kind with the largest one.

    Returns:
        The largest of the kinds' thresholds; None when one of them carries none.

    Raises:
        InputError: One kind only; and as there.
    """
    carried = _each_alone(certify_act, scores, cleared, kinds, grid, cap, error_level)
    return max(carried, key=lambda each: each.threshold) if carried else None


def _each_alone(
    certify: Callable[[Floats, Flags, Floats, float, float], Certified | None],
    scores: Floats, judged: Flags, groups: npt.NDArray[np.int64], grid: Floats, cap: float, error_level: float,
) -> list[Certified]:  # fmt: skip
    """Certify each group alone; nothing at all when one of them carries nothing."""
    _require(scores, groups)
    if judged.shape != scores.shape:
        raise InputError("sample: scores and judgements do not fit, expected one of each for every item")
    numbers = np.unique(groups)
    if len(numbers) < 2:
        raise InputError(f"sample: {len(numbers)} channels or kinds, expected two and more that could differ")
    found = [
        certify(scores[groups == each], judged[groups == each], grid, cap, error_level) for each in numbers
    ]
    carried = [each for each in found if each is not None]
    return carried if len(carried) == len(found) else []


def _require(scores: Floats, channels: npt.NDArray[np.int64]) -> None:
    if scores.shape != channels.shape or scores.ndim != 1 or not np.issubdtype(channels.dtype, np.integer):
        raise InputError("sentinels: scores and channels do not fit, expected one of each for every item")
    if scores.dtype.kind not in "fiu":
        raise InputError("sentinels: scores are no numbers, expected numbers from 0 to 1")
    if not (np.isfinite(scores).all() and (scores >= 0).all() and (scores <= 1).all()):
        raise InputError("sentinels: a score is no number from 0 to 1, expected one")
