"""The contract of ``ports.Classifier``, as tests. Subclass ``ClassifierContract``, give it a detector, and say how to make it fail."""
# ruff: noqa: S101 - a contract suite is tests, kept in the package so that plug-in authors can subclass it

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from concurrent.futures import ThreadPoolExecutor

import pytest

from wardline import ports, records
from wardline.testing.reference_detector import rendering

_THREADS, _CALLS = 8, 24


class ClassifierContract(ABC):
    """What every detector does."""

    @pytest.fixture
    def classifier(self) -> ports.Classifier:
        """Give a detector that works. Override it."""
        raise NotImplementedError

    @abstractmethod
    def break_it(self) -> None:
        """Let every later question fail."""

    def question(self, classifier: ports.Classifier) -> bytes:  # noqa: ARG002 -- others may need it
        """Give what it is asked about after ``break_it``: by default a picture like any other."""
        return rendering()

    def test_it_has_a_name_and_a_version_that_stay(self, classifier: ports.Classifier) -> None:
        before = classifier.name, classifier.version
        classifier.score(rendering())
        assert all(before)
        assert (classifier.name, classifier.version) == before

    def test_a_picture_has_a_score_and_the_same_one_again(self, classifier: ports.Classifier) -> None:
        first, again = classifier.score(rendering()), classifier.score(rendering())
        assert isinstance(first, float)
        assert math.isfinite(first)
        assert first == again

    def test_what_fails_is_a_value_that_names_the_detector(self, classifier: ports.Classifier) -> None:
        self.break_it()
        failed = classifier.score(self.question(classifier))
        assert isinstance(failed, records.Unscannable)
        assert failed.source == classifier.name
        assert failed.reason

    def test_many_threads_may_ask_at_once(self, classifier: ports.Classifier) -> None:
        alone = classifier.score(rendering())
        with ThreadPoolExecutor(_THREADS) as pool:
            together = list(pool.map(lambda _: classifier.score(rendering()), range(_CALLS)))
        assert together == [alone] * _CALLS
