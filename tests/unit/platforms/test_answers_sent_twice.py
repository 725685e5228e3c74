"""An answer that comes twice is never taken for the answer to what is asked next: that would be a deed that nobody did, or another's score."""

from __future__ import annotations

import pytest

from tests.unit.platforms.twice import answer, answering_twice
from wardline import records
from wardline.adapters.classifiers import create
from wardline.adapters.notifiers import WebhookNotifier
from wardline.adapters.platforms import WebhookPlatform
from wardline.errors import NotifierError, PlatformError
from wardline.testing import store_records as make
from wardline.testing.reference_detector import rendering


def test_an_action_that_a_platform_did_not_take_is_not_delivered() -> None:
    with answering_twice(answer("200 OK"), answer("503 Down")) as address:
        platform = WebhookPlatform("example", address, b"s" * 32, now=lambda: make.NOON)
        try:
            platform.carry_out(make.action())
            with pytest.raises(PlatformError):
                platform.carry_out(make.action())
        finally:
            platform.close()


def test_an_alarm_that_a_notifier_did_not_take_is_still_owed() -> None:
    with answering_twice(answer("200 OK"), answer("503 Down")) as address:
        notifier = WebhookNotifier("pager", address, b"s" * 32, now=lambda: make.NOON)
        try:
            notifier.notify(make.alarm())
            with pytest.raises(NotifierError):
                notifier.notify(make.alarm())
        finally:
            notifier.close()


def test_a_picture_never_gets_the_score_of_the_one_before_it() -> None:
    low = answer("200 OK", b'{"score": 0.0}')
    with answering_twice(low, answer("200 OK", b'{"score": 0.9}')) as address:
        chosen = {"url": address, "score": "/score", "seconds": "2", "total_seconds": "4", "retries": "0"}
        detector = create("orange", "1", chosen, b"")
        try:
            assert detector.score(rendering()) == 0.0
            said = detector.score(rendering())
        finally:
            detector.close()
    assert not isinstance(said, records.Unscannable)
    assert said == 0.9
