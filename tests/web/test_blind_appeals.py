"""Whoever judges a case second does not learn from an appeal that the first one's answer had an effect."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from tests.acceptance.stories import picture, violation
from tests.unit.pipeline.signing_in import CHEAP
from tests.web.client import Api
from tests.web.console.browser import Browser, somebody
from wardline import records, review
from wardline.pipeline import Complaint, Rules
from wardline.records import Outcome, Role
from wardline.testing.harness import REPORTER, Line
from wardline.web.app import create_app

TEXT = "That is the garden of my aunt"
DRAWN = Rules(reporter=REPORTER, oldest_share=0.0, opinions=review.SecondOpinions(random_share=1.0))
ASKED = Rules(reporter=REPORTER, oldest_share=0.0)


@pytest.fixture
def drawn(tmp_path: Path) -> Iterator[Line]:
    with Line(tmp_path, rules=DRAWN, replaced={"password_hasher": CHEAP}) as line:
        yield line


@pytest.fixture
def asked(tmp_path: Path) -> Iterator[Line]:
    with Line(tmp_path, rules=ASKED, replaced={"password_hasher": CHEAP}) as line:
        yield line


def appealed(line: Line, case: records.Case, judgement: review.Judgement) -> None:
    """Have somebody judge a case first, and its uploader appeal against the newest of what was done."""
    mika, _other = line.person("mika"), line.person("noor")
    line.wardline.claim(case.id, user=mika.user)
    line.wardline.reveal(case.id, item_id=case.item_ids[0], user=mika.user)
    line.wardline.decide(case.id, user=mika.user, judgement=judgement)
    line.pass_time(line.parts.rules.undo_window + timedelta(seconds=1))
    action = line.store.actions_of(case.id)[-1]
    line.wardline.appeal(Complaint(text=TEXT, action_id=action.id), api_key=line.platform_key().record)
    line.run_due()
    assert line.store.case(case.id).stage is records.Stage.SECOND


def told(line: Line, case: records.Case, role: Role) -> dict[str, str]:
    """Read what somebody who judges next is told, before and while they hold the case."""
    api = Api(create_app(line.wardline, low_trust_answer_seconds=0))
    browser, secret = Browser(api), line.person("keyholder", role).secret
    somebody(line, "reader", role)
    browser.sign_in("reader")
    pages = [f"/cases/{case.id}", f"/cases/{case.id}/account", "/appeals", "/appeals?state=waiting"]
    found = {f"before {page}": browser.get(page).text for page in pages}
    reader = line.store.user_named("reader")
    assert reader is not None
    line.wardline.claim(case.id, user=reader)
    found |= {page: browser.get(page).text for page in pages}
    return found | {"http": api.get("/v1/appeals", secret).text}


@pytest.mark.parametrize("role", [Role.MODERATOR, Role.LEAD])
@pytest.mark.parametrize("first", [Outcome.VIOLATION, Outcome.OTHER_RULE])
def test_an_appeal_against_what_the_first_answer_led_to_is_told_nobody_who_judges_it_next(
    drawn: Line, first: Outcome, role: Role
) -> None:
    case = drawn.case_of(drawn.submit(picture(), flag="spam"))
    appealed(drawn, case, violation(case) if first is Outcome.VIOLATION else review.Judgement(outcome=first))
    plain = drawn.store.appeal_of(case.id)
    assert plain is not None
    for place, text in told(drawn, case, role).items():
        assert TEXT not in text, place
        assert plain.id not in text, place


@pytest.mark.parametrize("role", [Role.MODERATOR, Role.LEAD])
def test_an_appeal_against_content_that_was_hidden_before_anybody_judged_it_is_told(
    asked: Line, role: Role
) -> None:
    asked.list_of([picture()], name="known", trust=records.ListTrust.VERIFIED)
    case = asked.case_of(asked.submit(picture()))
    appealed(asked, case, review.Judgement(outcome=Outcome.NOT_VIOLATION, second_opinion=True))
    assert TEXT in told(asked, case, role)[f"/cases/{case.id}"]
