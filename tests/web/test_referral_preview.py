"""The preview of a referral, for programs."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.acceptance.stories import decided_violation, picture
from tests.web.client import Api, assert_problem
from wardline.records import Role
from wardline.testing.authority_sandbox import AuthoritySandbox
from wardline.testing.clock import VirtualClock
from wardline.testing.harness import START, Line
from wardline.web.app import create_app


@pytest.fixture
def line(tmp_path: Path) -> Iterator[Line]:
    clock = VirtualClock(START)
    with (
        AuthoritySandbox(clock_now=clock.now) as authority,
        Line(tmp_path, clock=clock, authority=authority) as made,
    ):
        decided_violation(made, made.submit(picture(), flag="spam"), made.person("mika"))
        made.clock.advance(made.parts.rules.undo_window)
        made.run_due()
        yield made


def test_a_preview_has_sections_and_the_very_bytes(line: Line) -> None:
    api, auditor = Api(create_app(line.wardline)), line.person("auditor", Role.AUDITOR)
    (referral,) = line.store.referrals()
    shown = api.get(f"/v1/referrals/{referral.id}/preview", auditor.secret).json()
    expected = line.wardline.preview_referral(referral.id)
    assert expected.preview is not None
    assert shown["referral"]["state"] == "finished"
    assert shown["report"]["person"]["account_reference"] == "account-1"
    assert shown["unavailable"] is None
    assert shown["problems"] == []
    assert [need["state"] for need in shown["checklist"]] == [need.state for need in expected.checklist]
    assert [section["title"] for section in shown["preview"]["sections"]] == [
        section.title for section in expected.preview.sections
    ]
    documents = {each["name"]: base64.b64decode(each["body"]) for each in shown["preview"]["documents"]}
    assert documents == {each.name: each.body for each in expected.preview.documents}


def test_the_preview_of_a_referral_that_never_was_is_not_found(line: Line) -> None:
    api, lead = Api(create_app(line.wardline)), line.person("lead", Role.LEAD)
    assert_problem(api.get(f"/v1/referrals/referral-{'0' * 26}/preview", lead.secret), 404, "not-found")


def test_a_moderator_does_not_get_the_preview(line: Line) -> None:
    api, (referral,) = Api(create_app(line.wardline)), line.store.referrals()
    answer = api.get(f"/v1/referrals/{referral.id}/preview", line.person("noor").secret)
    assert_problem(answer, 403, "not-allowed")
