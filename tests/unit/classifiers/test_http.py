"""A detector behind an HTTP address, with everything that goes wrong on the way: no score, in time, and nobody else is asked."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from typing import Any

import pytest

from wardline import records
from wardline.adapters.classifiers import create, options
from wardline.adapters.classifiers.http import HttpDetector
from wardline.errors import ConfigurationError
from wardline.testing.detector_sandbox import DetectorFault, DetectorSandbox
from wardline.testing.reference_detector import rendering

PICTURE = rendering()
QUICK = {"seconds": "2", "total_seconds": "4", "retries": "0"}


@pytest.fixture
def sandbox() -> Iterator[DetectorSandbox]:
    with DetectorSandbox() as running:
        yield running


def detector(sandbox: DetectorSandbox, *, secret: bytes = b"", **more: str) -> HttpDetector:
    chosen = {
        "url": sandbox.url,
        "score": "/results/0/score",
        "version_at": "/model/version",
        **QUICK,
        **more,
    }
    return create("orange", "1", chosen, secret)


def ask(sandbox: DetectorSandbox, **more: Any) -> float | records.Unscannable:
    made = detector(sandbox, **more)
    try:
        return made.score(PICTURE)
    finally:
        made.close()


def test_the_picture_is_sent_as_it_is(sandbox: DetectorSandbox) -> None:
    assert ask(sandbox) == 0.25
    (asked,) = sandbox.asked
    assert asked.body == PICTURE
    assert asked.headers["Content-Type"] == "image/png"


def test_the_picture_is_sent_in_a_field_of_a_form_without_a_name_of_its_own(sandbox: DetectorSandbox) -> None:
    assert ask(sandbox, send="field", field="media") == 0.25
    (asked,) = sandbox.asked
    assert PICTURE in asked.body
    assert b'name="media"; filename="picture"' in asked.body


def test_the_picture_is_sent_within_a_json_document(sandbox: DetectorSandbox) -> None:
    template = json.dumps(
        {"requests": [{"image": {"content": "data:image/png;base64,{picture}"}, "most": 3}]}
    )
    assert ask(sandbox, send="json", template=template) == 0.25
    sent = json.loads(sandbox.asked[0].body)
    content = sent["requests"][0]["image"]["content"]
    assert base64.b64decode(content.removeprefix("data:image/png;base64,")) == PICTURE
    assert sent["requests"][0]["most"] == 3


def test_the_secret_goes_into_the_header_and_nowhere_else(sandbox: DetectorSandbox) -> None:
    made = detector(sandbox, secret=b"s3cret", header="Authorization", header_prefix="Bearer ")
    assert made.score(PICTURE) == 0.25
    assert sandbox.asked[0].headers["Authorization"] == "Bearer s3cret"
    assert "s3cret" not in made.version + made.name + repr(vars(made)["_options"])
    made.close()


@pytest.mark.parametrize(
    ("fault", "reason"),
    [
        (DetectorFault.ERROR, "answered that it cannot answer now"),
        (DetectorFault.REFUSE, "refused to answer"),
        (DetectorFault.REDIRECT, "refused to answer"),
        (DetectorFault.DROP, "gave no answer"),
        (DetectorFault.GARBAGE, "answered with something that is not JSON"),
        (DetectorFault.NOT_A_NUMBER, "answered with something that is not JSON"),
        (DetectorFault.NO_SCORE, "answered without a score where it should be"),
        (DetectorFault.HUGE, "answered with too much"),
        (DetectorFault.OTHER_VERSION, records.OTHER_VERSION),
    ],
)
def test_whatever_goes_wrong_is_no_score(sandbox: DetectorSandbox, fault: DetectorFault, reason: str) -> None:
    sandbox.always = fault
    assert ask(sandbox) == records.Unscannable(source="orange", reason=reason)


@pytest.mark.parametrize("fault", [DetectorFault.DRIP, DetectorFault.DRIP_HEADER])
def test_an_answer_that_drips_in_is_given_up(sandbox: DetectorSandbox, fault: DetectorFault) -> None:
    sandbox.always = fault
    assert ask(sandbox, seconds="0.3", total_seconds="0.5") == records.Unscannable(
        source="orange", reason="gave no answer in time"
    )


def test_a_score_outside_its_scale_is_handed_on_for_what_combines_them_to_refuse(
    sandbox: DetectorSandbox,
) -> None:
    sandbox.always = DetectorFault.HIGH
    assert ask(sandbox) == 7.0


def test_what_failed_for_the_moment_is_tried_again_and_what_was_refused_is_not(
    sandbox: DetectorSandbox,
) -> None:
    sandbox.faults.extend([DetectorFault.ERROR, DetectorFault.DROP])
    assert ask(sandbox, retries="2") == 0.25
    assert len(sandbox.asked) == 3
    sandbox.faults.append(DetectorFault.REFUSE)
    assert isinstance(ask(sandbox, retries="2"), records.Unscannable)
    assert len(sandbox.asked) == 4


def test_it_is_not_tried_for_ever(sandbox: DetectorSandbox) -> None:
    sandbox.always = DetectorFault.ERROR
    assert isinstance(ask(sandbox, retries="2"), records.Unscannable)
    assert len(sandbox.asked) == 3


def test_one_that_failed_often_is_left_alone_and_then_tried_again(sandbox: DetectorSandbox) -> None:
    made = detector(sandbox, break_after="2", break_seconds="0.05")
    sandbox.always = DetectorFault.ERROR
    reasons = []
    for _ in range(4):
        failed = made.score(PICTURE)
        assert isinstance(failed, records.Unscannable)
        reasons.append(failed.reason)
    assert reasons[:2] == ["answered that it cannot answer now"] * 2
    assert "left alone" in reasons[2] or "left alone" in reasons[3]
    sandbox.always = None
    answer: Any = None
    while not isinstance(answer, float):
        answer = made.score(PICTURE)
    assert answer == 0.25
    made.close()


def test_without_an_answer_at_all_there_is_no_score() -> None:
    with DetectorSandbox() as gone:
        made = detector(gone)
    assert made.score(PICTURE) == records.Unscannable(source="orange", reason="gave no answer")
    made.close()


def test_a_version_in_the_answer_that_is_a_number_counts_too(sandbox: DetectorSandbox) -> None:
    assert ask(sandbox, version_at="/results/0/score") == records.Unscannable(
        source="orange", reason=records.OTHER_VERSION
    )


def test_another_address_pointer_or_template_is_another_version(sandbox: DetectorSandbox) -> None:
    made = [
        detector(sandbox),
        detector(sandbox, score="/results/1/score"),
        detector(sandbox, url=sandbox.url + "2"),
    ]
    assert len({each.version for each in made}) == 3
    assert made[0].version == detector(sandbox, seconds="1").version
    for each in made:
        each.close()


@pytest.mark.parametrize(
    ("chosen", "option"),
    [
        ({"url": "http://detector.example/score"}, "url"),
        ({"url": "ftp://127.0.0.1/"}, "url"),
        ({"url": "https://me:hunter2@detector.example/"}, "url"),
        ({"url": "https://"}, "url"),
        ({"score": "score"}, "score"),
        ({"score": ""}, "score"),
        ({"version_at": "model"}, "version_at"),
        ({"send": "smoke"}, "send"),
        ({"send": "json"}, "template"),
        ({"send": "json", "template": '{"a": "b"}'}, "template"),
        ({"send": "json", "template": '{"a": "{picture}", "b": "{picture}"}'}, "template"),
        ({"field": 'a"b'}, "field"),
        ({"header": "X Y"}, "header"),
        ({"seconds": "0"}, "seconds"),
        ({"seconds": "nan"}, "seconds"),
        ({"retries": "many"}, "retries"),
        ({"retries": "99"}, "retries"),
        ({"colour": "red"}, "colour"),
    ],
)
def test_an_option_that_cannot_be_is_refused_by_its_name(chosen: dict[str, str], option: str) -> None:
    whole = {"url": "https://detector.example/score", "score": "/score", **chosen}
    with pytest.raises(ConfigurationError, match=f"option {option} ") as refused:
        options.read("orange", whole)
    assert "hunter2" not in str(refused.value)


@pytest.mark.parametrize("missing", ["url", "score"])
def test_address_and_pointer_are_needed(missing: str) -> None:
    whole = {"url": "https://detector.example/score", "score": "/score"}
    del whole[missing]
    with pytest.raises(ConfigurationError, match=f"option {missing} is missing"):
        options.read("orange", whole)


def test_a_header_without_a_secret_is_refused(sandbox: DetectorSandbox) -> None:
    with pytest.raises(ConfigurationError, match="secret_file"):
        detector(sandbox, header="Authorization")
