"""Whoever may have to judge a case learns nothing of what others said: every answer is the same whatever that was."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from tests.acceptance.stories import picture, violation
from tests.unit.pipeline.signing_in import CHEAP
from tests.web.client import Api
from tests.web.console.browser import Browser, somebody
from wardline import records, review
from wardline.pipeline import Rules
from wardline.pipeline.flagging import Flagged
from wardline.records import Outcome, Role
from wardline.testing.authority_sandbox import AuthoritySandbox
from wardline.testing.clock import VirtualClock
from wardline.testing.harness import PLATFORM_SECRET, REPORTER, START, Line
from wardline.testing.platform_sandbox import PlatformSandbox
from wardline.web import access
from wardline.web.app import create_app

NOTE = "a note that must not travel"
AUTHOR = "quillfeather"
RULES = Rules(
    reporter=REPORTER, opinions=review.SecondOpinions(gravest=True), oldest_share=0.0,
    queues=(review.QueueRule(name="german", languages=("de",), target_hours=100),),
)  # fmt: skip
Say = Callable[[records.Case], review.Judgement]
FIRST: dict[str, Say] = {
    "a violation": lambda case: replace(violation(case), note=NOTE, second_opinion=True),
    "another category": lambda case: replace(
        violation(case, records.Category.B1), note=NOTE, second_opinion=True
    ),
    "no violation": lambda _: review.Judgement(outcome=Outcome.NOT_VIOLATION, note=NOTE, second_opinion=True),
    "another rule": lambda _: review.Judgement(outcome=Outcome.OTHER_RULE, note=NOTE, second_opinion=True),
    "danger now": lambda case: replace(
        violation(case), note=NOTE, second_opinion=True, escalation="there was a threat to meet today"
    ),
}
TOTALS = {"/v1/statistics", "/metrics", "/v1/audit/entries", "/v1/cases/{case_id}/known-answer"}
"""Figures of the whole installation, the log of auditors, who judge nothing, and what tells of files for practice."""


def flagged(told: Told) -> None:
    told.line.wardline.flag(
        Flagged(reason="nudity", item_id=told.case.item_ids[0]),
        api_key=told.line.platform_key(trust=records.KeyTrust.TRUSTED).record,
    )


def diverted(told: Told) -> None:
    lead = told.line.person("the lead of another shift", Role.LEAD).user
    told.line.wardline.divert(told.case.id, lead=lead, queue="german", note="It is in German.")


MEANWHILE: dict[str, Callable[[Told], None]] = {"flagged": flagged, "diverted": diverted}


class Told:
    """What a second person is told over every route, with what differs by chance made the same."""

    def __init__(
        self, folder: Path, say: Say, role: Role, *, within_the_window: bool, meanwhile: str = ""
    ) -> None:
        clock = VirtualClock(START)
        with (
            AuthoritySandbox(clock_now=clock.now) as authority,
            PlatformSandbox(PLATFORM_SECRET, now=clock.now) as platform,
            Line(
                folder, clock=clock, rules=RULES, authority=authority, platform=platform, replaced={"password_hasher": CHEAP}
            ) as line,
        ):  # fmt: skip
            api = Api(create_app(line.wardline, low_trust_answer_seconds=0))
            first, third = line.person(AUTHOR), line.person("pippin")
            line.person("an administrator", Role.ADMIN)  # who sees every alarm
            somebody(line, "reader", role)
            reader = line.store.user_named("reader")
            assert reader is not None
            self.secret = line.person("keyholder", role).secret
            self.line, self.api, self.third = line, api, third
            self.case = line.case_of(line.submit(picture(), flag="spam"))
            line.wardline.claim(self.case.id, user=first.user)
            line.wardline.reveal(self.case.id, item_id=self.case.item_ids[0], user=first.user)
            line.wardline.decide(self.case.id, user=first.user, judgement=say(self.case))
            line.pass_time(timedelta(seconds=1) if within_the_window else RULES.undo_window)
            self.author = first.user
            if meanwhile:
                MEANWHILE[meanwhile](self)
            self.decisions = [each.id for each in line.store.decisions_of(self.case.id)]
            self.answers = {**self._over_http(role), **self._on_pages(role)}
            self.refused = self._referrals(role)

    def _over_http(self, role: Role) -> dict[str, str]:
        paths = [
            path
            for method, path in access.RULES
            if method == "GET" and access.RULES[method, path] and path not in TOTALS
        ]
        found = {}
        for path in paths:
            asked = path.replace("{case_id}", self.case.id).replace("{item_id}", self.case.item_ids[0])
            asked = asked.replace("{cluster_id}", self.case.cluster_id or "")
            asked = re.sub(r"\{(\w+)_id\}", lambda name: f"{name[1]}-{'0' * 26}", asked)
            found[f"{role} {path}"] = self._raw(self.api.get(asked, self.secret).text)
        for act in ("claim", "return"):
            found[f"{role} {act}"] = self._raw(
                self.api.post(f"/v1/cases/{self.case.id}/{act}", self.secret).text
            )
        found[f"{role} next"] = self._raw(self.api.post("/v1/cases/next", self.secret).text)
        self.api.post(f"/v1/cases/{self.case.id}/return", self.secret)
        return found

    def _on_pages(self, role: Role) -> dict[str, str]:
        browser = Browser(self.api)
        browser.sign_in("reader")
        paths = ["/queue", "/queue?view=oldest", "/queue?view=held", f"/cases/{self.case.id}", f"/cases/{self.case.id}/account",
                 f"/cases/{self.case.id}/lease", f"/cases/{self.case.id}/record", f"/clusters/{self.case.cluster_id}",
                 "/queue/count", "/queue/news", "/appeals", "/approvals", "/exports", "/exports/new", "/you",
                 "/hash-lists"]  # fmt: skip
        paths += (
            ["/team", "/referrals", "/holds", "/preservations", "/destructions"] if role is Role.LEAD else []
        )
        found = {self._raw(path): self._raw(browser.get(path).text) for path in paths}
        for words in (self.case.id[-6:], self.case.account_reference):
            found[f"search for {self._raw(words)}"] = self._raw(
                browser.send(browser.get("/search").form("/search"), words=words).text
            )
        queue = browser.get("/queue")
        if any(form.action == "/queue/next" for form in queue.forms):
            found["in hand"] = self._raw(browser.send(queue.form("/queue/next")).text)
            found["account in hand"] = self._raw(browser.get(f"/cases/{self.case.id}/account").text)
        if role is Role.LEAD:
            while self.line.sequence():
                pass
            for path in ("/audit", f"/audit?record={self.case.id}"):
                found[path.replace(self.case.id, "ID")] = self._log(browser.get(path).text)
            assert "user:created" in found["/audit"]
            found["/alarms"] = self._raw(browser.get("/alarms").text)
        return found

    def _raw(self, text: str) -> str:
        for secret in (NOTE, AUTHOR, self.author.id, *self.decisions):
            assert secret not in text, secret
        text = re.sub(r"[a-z-]+-[0-9a-hjkmnp-tv-z]{26}", "ID", text)
        text = re.sub(r'name="csrf" value="[^"]*"', "", text)
        text = re.sub(r"\d+ w(as|ere) decided\.", "", text)  # a total of the whole installation
        return re.sub(r"\b[0-9A-HJKMNP-TV-Z]{6}\b", "SHORT", text)

    def _log(self, text: str) -> str:
        """Give who did what, newest first, and with which details; without the totals of the whole installation."""
        for secret in (NOTE, *self.decisions, *(f"decision {each[-6:].upper()}" for each in self.decisions)):
            assert secret not in text, secret
        rows = re.findall(r'<tr[^>]*><th scope="row"[^>]*>\d+</th>.*?</tr>', text, re.DOTALL)
        cells = [re.findall(r"<td[^>]*>(.*?)</td>", row, re.DOTALL)[:-1] for row in rows]
        every = [" | ".join(re.sub(r"<[^>]*>", "", each) for each in row[1:]) for row in cells]
        lines = [each for each in every if "counts:logged" not in each]
        return re.sub(r"\b[0-9A-HJKMNP-TV-Z]{6}\b", "SHORT", "\n".join(lines))

    def _referrals(self, role: Role) -> list[int]:
        self.line.sequence()
        if role is not Role.LEAD:
            return []
        return [
            self.api.get(f"/v1/referrals/{each.id}{more}", self.secret).status_code
            for each in self.line.store.referrals()
            for more in ("", "/preview", "/receipt")
        ]


@pytest.mark.parametrize(
    ("within_the_window", "meanwhile"), [(False, ""), (True, ""), (False, "flagged"), (False, "diverted")]
)
@pytest.mark.parametrize("role", [Role.MODERATOR, Role.LEAD])
def test_every_answer_is_the_same_whatever_the_first_person_said(
    tmp_path: Path, role: Role, within_the_window: bool, meanwhile: str
) -> None:
    told = {}
    for number, (name, say) in enumerate(FIRST.items()):
        folder = tmp_path / str(number)
        folder.mkdir()
        told[name] = Told(folder, say, role, within_the_window=within_the_window, meanwhile=meanwhile)
    plain = told["no violation"]
    assert len(plain.answers) > 10
    for name, each in told.items():
        for route, text in each.answers.items():
            assert text == plain.answers[route], f"{name}: {route}"
        assert set(each.refused) <= {403}, name
    if not within_the_window and role is Role.LEAD:
        assert told["danger now"].refused


def test_a_third_person_sees_both_answers_and_no_name(tmp_path: Path) -> None:
    with Line(tmp_path, rules=RULES) as line:
        api = Api(create_app(line.wardline, low_trust_answer_seconds=0))
        people = [line.person(name) for name in (AUTHOR, "brindlewood", "olli")]
        case = line.case_of(line.submit(picture(), flag="spam"))
        for person, say in zip(people, (FIRST["a violation"], FIRST["no violation"]), strict=False):
            line.wardline.claim(case.id, user=person.user)
            said = replace(say(case), second_opinion=person is people[0])
            line.wardline.decide(case.id, user=person.user, judgement=said)
            line.pass_time(RULES.undo_window)
        at = f"/v1/cases/{case.id}/opinions"
        assert api.get(at, people[2].secret).json() == []
        api.post(f"/v1/cases/{case.id}/claim", people[2].secret)
        seen = api.get(at, people[2].secret)
        assert [each["outcome"] for each in seen.json()] == ["not-a-violation", "violation"]
        assert [each["category"] for each in seen.json()[1]["findings"]] == ["A2"]
        for secret in (NOTE, AUTHOR, "brindlewood", people[0].user.id, people[1].user.id):
            assert secret not in seen.text
        assert api.get(at, people[0].secret).json() == []


def test_once_settled_it_is_open_to_all(tmp_path: Path) -> None:
    with Line(tmp_path, rules=RULES) as line:
        api = Api(create_app(line.wardline, low_trust_answer_seconds=0))
        people = [line.person(name) for name in ("mika", "noor")]
        lead = line.person("lea", Role.LEAD)
        case = line.case_of(line.submit(picture(), flag="spam"))
        for person in people:
            line.wardline.claim(case.id, user=person.user)
            line.wardline.decide(case.id, user=person.user, judgement=violation(case))
            line.pass_time(RULES.undo_window)
        assert len(api.get("/v1/referrals", lead.secret).json()["items"]) == 1
        actions = api.get(f"/v1/cases/{case.id}/actions", lead.secret).json()
        assert {each["kind"] for each in actions} == {"restrict-content", "remove-content", "suspend-account"}
        assert set(api.get(f"/v1/cases/{case.id}", lead.secret).json()["passed_by"]) == {people[0].user.id}
