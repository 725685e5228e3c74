"""A detector elsewhere, over real HTTP, in a whole line: it sees a small rendering, and whatever goes wrong goes to a person."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.acceptance.conftest import MakeLine
from tests.acceptance.detected import orange, rules, scope
from wardline import records
from wardline.adapters.classifiers import create
from wardline.adapters.classifiers.http import HttpDetector
from wardline.records import AlarmKind, Release
from wardline.testing.detector_sandbox import DetectorFault, DetectorSandbox
from wardline.testing.pictures import encode, scene

LOW = orange(0.0)
LARGE = encode(scene(4, (640, 480)))


@pytest.fixture
def sandbox() -> Iterator[DetectorSandbox]:
    with DetectorSandbox() as running:
        yield running


@pytest.fixture
def detector(sandbox: DetectorSandbox) -> Iterator[HttpDetector]:
    chosen = {
        "url": sandbox.url, "score": "/results/0/score", "version_at": "/model/version", "seconds": "20", "total_seconds": "40", "retries": "0",
    }  # fmt: skip
    made = create("orange", "1", chosen, b"")
    yield made
    made.close()


@pytest.fixture
def store() -> str:
    return "memory"


def test_no_original_leaves(make_line: MakeLine, sandbox: DetectorSandbox, detector: HttpDetector) -> None:
    line = make_line(rules=rules(scope(detector)))
    assert isinstance(line.submit(LARGE, account="account-42").route, Release)
    (asked,) = sandbox.asked
    width, height = (int.from_bytes(asked.body[at : at + 4], "big") for at in (16, 20))
    assert asked.body.startswith(b"\x89PNG")
    assert (width, height) == (128, 96)
    said = repr(asked.headers).encode() + asked.body
    assert not any(
        word in said for word in (b"account-42", b"post-1", b"picture.jpg", b"item-", b"192.0.2.7")
    )


def test_its_score_counts(make_line: MakeLine, sandbox: DetectorSandbox, detector: HttpDetector) -> None:
    line = make_line(rules=rules(scope(detector)))
    sandbox.score = 0.75
    item = line.store.item(line.case_of(line.submit(LOW)).item_ids[0])
    assert item.scores == (
        records.Score(detector="orange", detector_version=detector.version, probability=0.75),
    )


@pytest.mark.parametrize(
    ("fault", "kind"),
    [
        (DetectorFault.ERROR, AlarmKind.DETECTOR_FAILING),
        (DetectorFault.GARBAGE, AlarmKind.DETECTOR_FAILING),
        (DetectorFault.NOT_A_NUMBER, AlarmKind.DETECTOR_FAILING),
        (DetectorFault.OTHER_VERSION, AlarmKind.DETECTOR_CHANGED),
    ],
)
def test_whatever_goes_wrong_goes_to_a_person_and_leads_hear_of_it(
    make_line: MakeLine,
    sandbox: DetectorSandbox,
    detector: HttpDetector,
    fault: DetectorFault,
    kind: AlarmKind,
) -> None:
    line = make_line(rules=rules(scope(detector)))
    sandbox.always = fault
    case = line.case_of(line.submit(LOW))
    assert "Could not be scanned by orange" in case.reasons[0]
    assert [each.kind for each in line.store.open_alarms()] == [kind]


def test_a_score_of_seven_is_no_score(
    make_line: MakeLine, sandbox: DetectorSandbox, detector: HttpDetector
) -> None:
    line = make_line(rules=rules(scope(detector)))
    sandbox.always = DetectorFault.HIGH
    case = line.case_of(line.submit(LOW))
    assert "outside its scale" in case.reasons[0]
    assert line.store.item(case.item_ids[0]).scores == ()
    assert [each.kind for each in line.store.open_alarms()] == [AlarmKind.DETECTOR_FAILING]
