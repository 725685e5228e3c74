"""Sentinels' channels: what is refused, how often, and that the worst channel decides."""

from __future__ import annotations

import numpy as np
import pytest

from wardline import assurance
from wardline.errors import InputError

NAMES = {0: "list", 1: "users", 2: "police"}
_EACH = 1000


def sentinels(rng: np.random.Generator, found: float) -> tuple[np.ndarray, np.ndarray]:
    """Draw 3,000 positives over three channels; one of them finds what scores under a half only so often."""
    scores, channels = [], []
    for channel, often in ((0, found), (1, 1.0), (2, 1.0)):
        drawn = rng.beta(2.5, 1.0, 4 * _EACH)
        kept = drawn[(drawn >= 0.5) | (rng.random(len(drawn)) < often)][:_EACH]
        scores.append(kept)
        channels.append(np.full(len(kept), channel))
    return np.concatenate(scores), np.concatenate(channels)


@pytest.mark.long
@pytest.mark.parametrize("found", [0.5, 0.2])
def test_a_channel_that_seldom_finds_low_scores_is_refused_by_name(found: float) -> None:
    rng = np.random.default_rng(3)
    refused = 0
    for _ in range(20):
        said = assurance.compare_channels(*sentinels(rng, found), NAMES, rng=rng)
        assert said is not None
        refused += said.is_refused and said.channel == "list"
    assert refused >= 19


@pytest.mark.long
def test_channels_that_do_not_differ_are_refused_no_oftener_than_said() -> None:
    rng = np.random.default_rng(4)
    said = [assurance.compare_channels(*sentinels(rng, 1.0), NAMES, rng=rng) for _ in range(60)]
    assert (
        sum(each is None or each.is_refused for each in said) <= 8
    )  # more than 8 of 60 happens once in 500 at 5 %


def test_one_channel_alone_says_nothing_and_so_does_a_tiny_one() -> None:
    rng = np.random.default_rng(5)
    scores = rng.random(200)
    assert assurance.compare_channels(scores, np.zeros(200, int), NAMES, rng=rng) is None
    assert assurance.compare_channels(scores, np.array([0] * 160 + [1] * 40), NAMES, rng=rng) is None


def test_scores_that_are_all_the_same_do_not_differ() -> None:
    rng = np.random.default_rng(6)
    said = assurance.compare_channels(np.full(300, 0.7), np.repeat([0, 1, 2], 100), NAMES, rng=rng)
    assert said is not None
    assert not said.is_refused


def test_sentinels_without_a_score_are_refused() -> None:
    rng = np.random.default_rng(7)
    with pytest.raises(InputError):
        assurance.compare_channels(np.array([np.nan] * 200), np.zeros(200, int), NAMES, rng=rng)


def test_the_worst_channel_decides() -> None:
    grid, caught = np.array([0.1, 0.3, 0.5, 0.7]), np.ones(2000, bool)
    blind = np.concatenate([np.full(30, 0.2), np.full(970, 0.9)])
    scores, channels = np.concatenate([np.full(1000, 0.9), blind]), np.repeat([0, 1], 1000)
    found = assurance.certify_clear_by_channel(scores, caught, channels, grid, 0.005, 0.025)
    assert found is not None
    assert found.threshold == 0.1
    pooled = assurance.certify_clear(scores[:1000], caught[:1000], grid, 0.005, 0.025)
    assert pooled is not None
    assert pooled.threshold == 0.7
    few = assurance.certify_clear_by_channel(
        scores[:1500], caught[:1500], channels[:1500], grid, 0.005, 0.025
    )
    assert few is None
