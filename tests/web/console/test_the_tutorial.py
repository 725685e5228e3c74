"""What docs/tutorial promises: from a case to the receipt, the preview, the hold and a proof, by forms and links alone."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.acceptance.stories import picture
from tests.web.client import Api
from tests.web.console.browser import Browser, somebody
from wardline.pipeline import Rules
from wardline.records import Role
from wardline.testing.authority_sandbox import AuthoritySandbox
from wardline.testing.harness import REPORTER, Line
from wardline.web.app import create_app


@pytest.fixture
def filing(tmp_path: Path) -> Iterator[Line]:
    sandbox = AuthoritySandbox(password="a password of the sandbox")
    with sandbox.start(), Line(tmp_path, authority=sandbox, rules=Rules(reporter=REPORTER)) as made:
        yield made


def test_a_newcomer_gets_from_a_case_to_a_stored_receipt(filing: Line) -> None:
    api = Api(create_app(filing.wardline, low_trust_answer_seconds=0))
    somebody(filing, "moderator-1")
    somebody(filing, "lead", Role.LEAD)
    filing.list_of([picture()])
    filing.submit(picture())

    moderator = Browser(api)
    queue = moderator.sign_in("moderator-1")
    assert queue.images == []
    case = moderator.send(queue.form("/queue/next"))
    revealed = moderator.send(case.form("/reveals"))
    (address,) = [image for image in revealed.images if image.startswith("/pictures/")]
    assert moderator.get(address).status == 200
    decided = moderator.send(revealed.form("/decisions"), category="B1")
    assert "Take the next case" in decided.text
    filing.pass_time(filing.parts.rules.undo_window)

    lead = Browser(api)
    lead.sign_in("lead")
    referrals = lead.get("/referrals")
    link = next(link for link in referrals.links if link.startswith("/referrals/referral-"))
    referral = lead.get(link)
    assert "It cannot be edited here" in referral.text
    assert "fileViewedByEsp" in referral.text
    receipt = lead.get(next(each for each in referral.links if each.endswith("/receipt")))
    stored = filing.store.receipt_of(link.removeprefix("/referrals/"))
    assert stored is not None
    assert receipt.answer.content == stored.body
    assert link in lead.get("/holds").links

    filing.sequence()
    audit = lead.get("/audit")
    checking = lead.send(audit.form("/audit/verification"))
    assert checking.status == 200
    filing.run_due()
    filing.sequence()
    assert "verified" in lead.get("/audit").text.lower()
    proof = lead.get(next(each for each in audit.links if each.endswith("/proof")))
    assert set(json.loads(proof.text)) >= {"position", "leaf", "hashes", "checkpoint"}
