"""The contract of detectors, on the one that asks by HTTP and on the one that knows nothing."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from wardline import ports, records
from wardline.adapters.classifiers import create
from wardline.testing import reference_detector
from wardline.testing.classifier_contract import ClassifierContract
from wardline.testing.detector_sandbox import DetectorFault, DetectorSandbox


class TestHttpDetector(ClassifierContract):
    """Over HTTP, to a sandbox on loopback."""

    @pytest.fixture
    def sandbox(self) -> Iterator[DetectorSandbox]:
        with DetectorSandbox() as running:
            self.running = running
            yield running

    @pytest.fixture
    def classifier(self, sandbox: DetectorSandbox) -> Iterator[ports.Classifier]:
        chosen = {
            "url": sandbox.url,
            "score": "/results/0/score",
            "version_at": "/model/version",
            "seconds": "20",
        }
        made = create("orange", "1", chosen, b"")
        yield made
        made.close()

    def break_it(self) -> None:
        self.running.always = DetectorFault.GARBAGE


class TestReferenceDetector(ClassifierContract):
    """The one for tests and the demo."""

    @pytest.fixture
    def classifier(self) -> ports.Classifier:
        return reference_detector.create("orange", reference_detector.VERSION, {}, b"")

    def break_it(self) -> None:
        """Nothing is to be done: it takes renderings only."""

    def question(self, classifier: ports.Classifier) -> bytes:
        return b"no rendering"

    def test_more_of_its_colour_is_a_higher_score(self, classifier: ports.Classifier) -> None:
        scores = [classifier.score(reference_detector.rendering(share)) for share in (0.0, 0.25, 0.5, 1.0)]
        assert not any(isinstance(each, records.Unscannable) for each in scores)
        assert scores == sorted(scores, key=float)  # type: ignore[arg-type]  # as asserted above
        assert scores[0] < 0.1  # type: ignore[operator]
        assert scores[-1] == 1.0

    @pytest.mark.parametrize(
        "content",
        [
            b"",
            b"\x89PNG\r\n\x1a\n",
            reference_detector.rendering()[:-40],
            reference_detector.rendering()[:60],
        ],
    )
    def test_what_the_sandbox_did_not_make_is_no_score(
        self, classifier: ports.Classifier, content: bytes
    ) -> None:
        assert isinstance(classifier.score(content), records.Unscannable)
