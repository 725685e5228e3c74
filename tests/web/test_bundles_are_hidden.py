"""Whoever is to judge one file of a report of several learns nothing of it from the report of the others."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.acceptance.stories import the_referral
from tests.acceptance.test_bundles import decided
from tests.web.client import Api
from tests.web.console.browser import Browser, somebody
from wardline import records
from wardline.pipeline import Complaint, Rules
from wardline.records import Role
from wardline.testing.authority_sandbox import AuthoritySandbox
from wardline.testing.clock import VirtualClock
from wardline.testing.harness import PLATFORM_SECRET, REPORTER, START, Line
from wardline.testing.platform_sandbox import PlatformSandbox
from wardline.web.app import create_app

ROUTES = ("", "/preview", "/receipt")
PAGES = ("", "/officer", "/receipt", "/documents/report.xml")


@pytest.mark.parametrize("appealed", ["lead", "member"])
def test_a_lead_who_answers_the_appeal_about_one_file_is_not_shown_the_report(
    tmp_path: Path, appealed: str
) -> None:
    clock = VirtualClock(START)
    with (
        AuthoritySandbox(clock_now=clock.now) as authority,
        PlatformSandbox(PLATFORM_SECRET, now=clock.now) as platform,
        Line(
            tmp_path, clock=clock, authority=authority, platform=platform, rules=Rules(reporter=REPORTER)
        ) as line,
    ):
        mika = line.person("mika")
        cases = [decided(line, mika, seed) for seed in (1, 2)]
        line.pass_time(line.parts.rules.undo_window)
        found = {each.joined is None: each for each in (the_referral(line, case) for case in cases)}
        lead, member = found[True], found[False]
        case_id = (lead if appealed == "lead" else member).case_id
        _appeal(line, case_id)
        api = Api(create_app(line.wardline, low_trust_answer_seconds=0))
        somebody(line, "noor", Role.LEAD)
        noor = line.store.user_named("noor")
        assert noor is not None
        answering = line.wardline.claim(case_id, user=noor)
        assert answering.claimed_by == noor.id
        browser, other = Browser(api), line.person("olli", Role.LEAD)
        browser.sign_in("noor")
        api.post(f"/v1/referrals/{lead.id}/taking-on", other.secret)  # who leaves the appeal to others
        for each in (lead, member):
            assert {browser.get(f"/referrals/{each.id}{page}").status for page in PAGES} == {403}
            answers = [
                api.get(f"/v1/referrals/{each.id}{route}", other.secret).status_code for route in ROUTES
            ]
            assert answers == [200, 200, 200]
        listed = browser.get("/referrals").text
        assert lead.id not in listed
        assert member.id not in listed
        everything = api.get("/v1/referrals", other.secret).json()["items"]
        assert {each["id"] for each in everything} == {lead.id, member.id}


def _appeal(line: Line, case_id: str) -> records.Appeal:
    action = next(each for each in line.store.actions_of(case_id) if each.stands)
    line.wardline.appeal(
        Complaint(text="It is not so.", action_id=action.id), api_key=line.platform_key().record
    )
    line.run_due()
    found = line.store.appeal_of(case_id)
    assert found is not None
    return found
