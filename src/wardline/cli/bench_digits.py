"""Handwritten digits as content: real pictures, detectors trained on a part of them, and people who err as often as is said here.

Each class in turn is what is looked for. The digits that no detector was trained on, each moved by up to one pixel sideways and with three
amounts of noise, are the whole world: every risk in it is known exactly.

Source: the digits of scikit-learn (``load_digits``): E. Alpaydin and C. Kaynak, "Optical recognition of handwritten digits", UCI (1998).
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import numpy as np

from wardline.capacity.populations import Floats, Task
from wardline.cli.bench_rows import peer

_TRAINED = 500
"""Digits that detectors are trained on; the others are the world."""
_NOISES = (0.5, 2.0, 3.5)
"""Standard deviations; a pixel is 0 to 16."""
_MISSED, _WRONGED = (0.02, 0.05, 0.09), (0.003, 0.006, 0.010)
"""How often a simulated person misses one, or takes another one for it, at each amount of noise."""
_MOVES = (-1, 0, 1)


@lru_cache
def tasks(*, pooled: bool, seed: int = 1) -> tuple[Task, ...]:
    """Make a population of each class.

    Args:
        pooled: Whether the score is the mean logit of three detectors, or that of one weak one.
        seed: Of the noise, and of what the detectors are trained on.

    Raises:
        ConfigurationError: scikit-learn is not installed.
    """
    rng = np.random.default_rng(seed)
    images, labels = peer("sklearn.datasets").load_digits(return_X_y=True)
    order = rng.permutation(len(labels))
    trained, world = order[:_TRAINED], order[_TRAINED:]
    learned, learned_labels, _ = _varied(images[trained], labels[trained], rng)
    met, met_labels, noises = _varied(images[world], labels[world], rng)
    scores = _scores(learned, learned_labels, met, pooled=pooled)
    return tuple(_task(scores[:, digit], met_labels == digit, noises) for digit in range(10))


def _varied(images: Floats, labels: Any, rng: np.random.Generator) -> tuple[Floats, Any, Any]:
    """Move each picture and add noise; gives pictures, labels and which amount of noise each has."""
    squares = images.reshape(-1, 8, 8)
    made, noises = [], []
    for right in _MOVES:
        moved = np.roll(squares, right, axis=2)
        for number, noise in enumerate(_NOISES):
            made.append(np.clip(moved + rng.normal(0.0, noise, moved.shape), 0, 16).reshape(-1, 64))
            noises.append(np.full(len(images), number))
    return np.concatenate(made), np.tile(labels, len(made)), np.concatenate(noises)


def _scores(learned: Floats, labels: Any, met: Floats, *, pooled: bool) -> Floats:
    """Train, and score each class: a linear detector alone, or the mean logit with a forest and the nearest neighbours."""
    detectors = [peer("sklearn.linear_model").LogisticRegression(C=0.1, max_iter=500)]
    if pooled:
        detectors.append(
            peer("sklearn.ensemble").ExtraTreesClassifier(100, min_samples_leaf=3, random_state=1)
        )
        detectors.append(peer("sklearn.neighbors").KNeighborsClassifier(25, weights="distance"))
    logits = [_logit(each.fit(learned / 16, labels).predict_proba(met / 16)) for each in detectors]
    return np.asarray(1.0 / (1.0 + np.exp(-np.mean(logits, axis=0))), np.float64)


def _logit(probability: Floats) -> Floats:
    clipped = np.clip(probability, 1e-6, 1 - 1e-6)
    return np.asarray(np.log(clipped / (1 - clipped)), np.float64)


def _task(scores: Floats, is_positive: Any, noises: Any) -> Task:
    order = np.argsort(scores, kind="stable")
    positive, noise = is_positive[order], noises[order]
    return Task(
        scores=scores[order],
        positives=positive / positive.sum(),
        negatives=~positive / (~positive).sum(),
        catch=1.0 - np.array(_MISSED)[noise],
        clear=1.0 - np.array(_WRONGED)[noise],
    )
