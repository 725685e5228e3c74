"""The audit room: who did what, whether the log is what was signed, and proofs for outsiders."""

from __future__ import annotations

import json
import re
import sqlite3
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest

from tests.acceptance.stories import picture
from tests.unit.audit import outsider
from tests.web.client import Api
from tests.web.console.browser import Browser, Seen, somebody
from wardline import audit, records
from wardline.errors import StorageFullError
from wardline.pipeline import reading, verifying
from wardline.records import Role, Verb
from wardline.testing.harness import Line
from wardline.web.app import create_app


def visitor(api: Api, line: Line, role: Role, name: str | None = None) -> Browser:
    somebody(line, name or f"one {role}", role)
    browser = Browser(api)
    browser.sign_in(name or f"one {role}")
    return browser


@pytest.fixture
def auditor(api: Api, line: Line) -> Browser:
    return visitor(api, line, Role.AUDITOR, "uma")


def tell(line: Line, *verbs: Verb, subject: str = "case-1", actor: str = "system", detail: str = "") -> None:
    told = [line.parts.entry(verb, subject, actor=actor, detail=detail) for verb in verbs]
    line.store.commit(entries=told)
    line.sequence()


def rows(seen: Seen) -> list[list[str]]:
    """The table as text, cell by cell."""
    body = seen.text.split("<tbody", 1)[1].split("</tbody>", 1)[0] if "<tbody" in seen.text else ""
    lines = re.findall(r"<tr[^>]*>(.*?)</tr>", body, re.DOTALL)
    return [
        [re.sub(r"<[^>]+>", "", cell) for cell in re.findall(r"<t[dh][^>]*>(.*?)</t[dh]>", line, re.DOTALL)]
        for line in lines
    ]


def ask(browser: Browser) -> Seen:
    return browser.send(browser.get("/audit").form("/audit/verification"))


def part(browser: Browser, seen: Seen) -> Seen:
    """Ask for what htmx would ask for."""
    found = re.search(r'hx-get="([^"]+)"[^>]*hx-trigger="every 3s"', seen.text)
    assert found is not None, "nothing is asked for again"
    return Seen(browser.request("GET", found[1], {"HX-Request": "true"}))


# --- whether it verifies ---------------------------------------------------------------------------------------------------------------
def test_before_anybody_asked_the_page_and_every_foot_say_so(auditor: Browser) -> None:
    for path in ("/audit", "/holds", "/statistics", "/alarms"):
        seen = auditor.get(path)
        foot = seen.text.split("<footer", 1)[1]
        assert '<a href="/audit">Log not yet checked</a>' in foot, path


def test_checking_happens_outside_the_request_and_the_page_waits_for_it(auditor: Browser, line: Line) -> None:
    line.sequence()
    page = ask(auditor)
    assert page.status == 200
    assert "Everything is being checked now" in page.text
    assert [form for form in page.forms if form.action == "/audit/verification"] == []
    assert "/audit" in page.links, "without scripts a link looks again"
    assert [task.name for task in line.waiting()] == ["verify-log"]

    line.sequence()
    waiting = part(auditor, page)
    assert "Everything is being checked now" in waiting.text
    assert "<table" not in waiting.text
    line.run_due()
    line.sequence()
    done = part(auditor, waiting)
    assert re.search(r"Log verified to entry \d+, 2 Mar 2026, 09:00", done.text)
    assert "every 3s" not in done.text, "it is not asked for again"
    assert done.form("/audit/verification").fields["csrf"]
    assert "Log verified to entry" in auditor.get("/audit").text


def test_everybody_sees_that_a_check_is_under_way(auditor: Browser, api: Api, line: Line) -> None:
    other = visitor(api, line, Role.LEAD)
    ask(auditor)
    line.sequence()
    assert "Everything is being checked now" in other.get("/audit").text
    line.run_due()
    line.sequence()
    assert "Everything is being checked now" not in other.get("/audit").text


@pytest.mark.parametrize(
    "asked", ["verification-00000000000000000000000000", "x", "", "verification-zzz", "%00"]
)
def test_an_old_address_does_not_wait_for_ever(auditor: Browser, asked: str) -> None:
    seen = auditor.get(f"/audit?asked={asked}")
    assert seen.status == 200
    assert "being checked" not in seen.text


def test_the_part_alone_is_for_scripts_and_leads_others_to_the_page(auditor: Browser) -> None:
    assert "<h1>Audit log</h1>" in auditor.get("/audit/verification").text


def test_the_foot_says_how_far_it_was_verified_and_is_no_link_for_moderators(
    auditor: Browser, desk: Browser, line: Line
) -> None:
    ask(auditor)
    line.run_due()
    line.sequence()
    line.clock.advance(timedelta(seconds=10))
    for browser, path in ((auditor, "/holds"), (desk, "/queue")):
        foot = browser.get(path).text.split("<footer", 1)[1]
        assert re.search(r"Log verified[^<]*, 2 Mar 2026, 09:00", foot)
        assert ('href="/audit"' in foot) is (browser is auditor)


def test_a_log_that_does_not_verify_says_what_to_do_on_every_page(tmp_path: Path) -> None:
    with Line(tmp_path, store="sqlite") as line:
        api = Api(create_app(line.wardline))
        lead, moderator = visitor(api, line, Role.LEAD), visitor(api, line, Role.MODERATOR)
        line.sequence()
        with closing(sqlite3.connect(tmp_path / "wardline.sqlite")) as connection, connection:
            connection.execute("UPDATE audit_entries SET leaf = CAST('{}' AS BLOB) WHERE position = 1")
        page = ask(lead)
        line.run_due()
        assert "Log does not verify" in moderator.get("/queue").text.split("<footer", 1)[1]
        line.sequence()
        page = lead.get("/audit")
        assert "<h2>Log does not verify</h2>" in page.text
        assert "Entry 1: its hash is not the stored one" in page.text
        assert "Stop the service, keep the disk as it is, and call the person responsible" in page.text
        assert "Cannot be read." in page.text
        alarms = lead.get("/alarms")
        assert "The audit log does not verify" in alarms.text
        assert alarms.form("/resolve").fields["csrf"]
        refused = lead.get("/audit/1/proof")
        assert refused.status == 500
        assert "audit-log" in refused.text


def test_a_later_good_check_leaves_it_to_a_person_to_say_what_it_was(
    auditor: Browser, api: Api, line: Line
) -> None:
    lead = visitor(api, line, Role.LEAD)
    verifying.tell(line.parts, "entry 3: missing, expected one before entry 4")
    line.clock.advance(timedelta(minutes=1))
    ask(auditor)
    line.run_due()
    line.sequence()
    page = auditor.get("/audit")
    assert "<h2>Log does not verify</h2>" in page.text
    assert "found everything in order again" in page.text
    lead.send(lead.get("/alarms").form("/resolve"))
    assert "Log verified" in auditor.get("/audit").text


# --- the table -------------------------------------------------------------------------------------------------------------------------
def test_an_entry_shows_who_what_about_what_and_in_which_words(auditor: Browser, line: Line) -> None:
    mika = somebody(line)
    key = line.platform_key().record
    decided = f"decision-{'0' * 20}1abcde violation"
    tell(line, Verb.CASE_DECIDED, subject=f"case-{'0' * 20}9xyz12", actor=mika.id, detail=decided)
    tell(line, Verb.ITEM_ROUTED, actor=key.id)
    tell(line, Verb.COUNTS_LOGGED)
    tell(line, Verb.CASE_CLOSED, actor="user-of-long-ago")
    gone, wardline, routed, case = rows(auditor.get("/audit"))[:4]
    assert case[1:] == [
        "2 Mar 2026, 09:00:00",
        "mika",
        "case:decided",
        "case 9XYZ12",
        "decision 1ABCDE violation",
        "JSON",
    ]
    assert (routed[2], wardline[2], gone[2]) == ("a key", "Wardline", "somebody")
    for seen in (mika.id, key.id):
        assert seen not in auditor.get("/audit").text.split("<tbody>")[1].split("</tbody>")[0].replace(
            f"?record={seen}", ""
        )


def test_eighty_entries_are_on_a_page_and_older_ones_behind_a_link(auditor: Browser, line: Line) -> None:
    tell(line, *[Verb.CASE_OPENED] * 230)
    size = line.store.log_size()
    seen: list[int] = []
    page = auditor.get("/audit")
    while True:
        found = [int(row[0].replace(",", "")) for row in rows(page)]
        seen += found
        older = [link for link in page.links if "before=" in link]
        assert len(found) <= 80
        if not older:
            break
        assert len(found) == 80
        page = auditor.get(older[0].replace("&amp;", "&"))
    assert seen == list(range(size - 1, -1, -1))


def test_the_entries_about_one_record_are_found_by_its_id(auditor: Browser, line: Line) -> None:
    case = f"case-{'0' * 20}9xyz12"
    for number in range(103):
        tell(line, Verb.CASE_CLAIMED, subject=case if number % 2 == 0 else f"case-{number}")
    tell(line, *[Verb.CASE_RETURNED] * 60, subject=case)
    first = auditor.get(f"/audit?record=%20{case}%20")
    assert len(rows(first)) == 80
    (older,) = [link for link in first.links if "before=" in link]
    second = auditor.get(older)
    assert len(rows(second)) == 32
    assert {row[4] for row in rows(first) + rows(second)} == {"case 9XYZ12"}
    assert "About case 9XYZ12" in second.text
    assert [link for link in second.links if "before=" in link] == []


def test_a_record_nobody_wrote_about_says_so_and_is_never_markup(auditor: Browser) -> None:
    seen = auditor.get("/audit?record=%3Cscript%3Ealert(1)%3C/script%3E")
    assert seen.status == 200
    assert "<script>alert" not in seen.text
    assert "No entry with a position is about" in seen.text


def test_a_record_leads_to_its_page_for_those_who_may_open_it(auditor: Browser, api: Api, line: Line) -> None:
    lead = visitor(api, line, Role.LEAD)
    case, referral = f"case-{'0' * 26}", f"referral-{'0' * 26}"
    assert f"/cases/{case}" in lead.get(f"/audit?record={case}").links
    assert f"/cases/{case}" not in auditor.get(f"/audit?record={case}").links
    assert f"/referrals/{referral}" in auditor.get(f"/audit?record={referral}").links


@pytest.mark.parametrize("before", ["x", "-1", "1.5", "%EF%BC%91", "9" * 4000])
def test_a_position_of_another_form_is_refused(auditor: Browser, before: str) -> None:
    assert auditor.get(f"/audit?before={before}").status == 400
    assert auditor.get(f"/audit/{before}/proof").status == 400


# --- reading is told of ----------------------------------------------------------------------------------------------------------------
def told(line: Line) -> list[records.Entry]:
    line.sequence()
    return [entry for _, entry in reading.about(line.parts, reading.READINGS, 100)]


def test_looking_at_reveals_is_itself_in_the_log_once_a_minute(auditor: Browser, line: Line) -> None:
    auditor.get("/audit")
    assert told(line) == [], "nothing on it tells of a reveal"
    tell(line, Verb.CASE_REVEALED)
    for _ in range(3):
        auditor.get("/audit")
    (entry,) = told(line)
    uma = line.store.user_named("uma")
    assert uma is not None
    assert (entry.verb, entry.actor) == (Verb.LOG_READ, uma.id)
    assert re.fullmatch(r"entries 0 to \d+", entry.detail)
    line.clock.advance(timedelta(minutes=1))
    auditor.get("/audit")
    assert len(told(line)) == 2


def test_looking_back_and_downloading_a_proof_of_a_reveal_are_told_of_too(
    auditor: Browser, line: Line
) -> None:
    tell(line, Verb.CASE_REVEALED, Verb.CASE_OPENED)
    size = line.store.log_size()
    auditor.get("/audit?record=case-1")
    auditor.get(f"/audit?before={size}")
    auditor.get(f"/audit/{size - 2}/proof")
    auditor.get(f"/audit/{size - 1}/proof")
    assert [entry.detail for entry in told(line)] == [
        f"entries {size - 2} to {size - 2}", f"entries 0 to {size - 1}", f"entries {size - 2} to {size - 1}",
    ]  # fmt: skip


def test_waiting_for_a_check_tells_of_no_reading(auditor: Browser, line: Line) -> None:
    tell(line, Verb.CASE_REVEALED)
    page = ask(auditor)
    before = len(told(line))
    for _ in range(5):
        line.clock.advance(timedelta(minutes=2))
        part(auditor, page)
    assert len(told(line)) == before


def test_who_cannot_be_written_down_is_not_shown_the_reveals(
    auditor: Browser, line: Line, monkeypatch: pytest.MonkeyPatch
) -> None:
    tell(line, Verb.CASE_REVEALED)

    def full(*_changes: object, **_rest: object) -> None:
        raise StorageFullError("store: the disk is full, expected room")

    monkeypatch.setattr(line.store, "commit", full)
    seen = auditor.get("/audit")
    assert seen.status == 507
    assert "case:revealed" not in seen.text


def test_stopping_leaves_no_entry_of_its_own(desk: Browser, line: Line) -> None:
    line.list_of([picture()])
    line.submit(picture())
    desk.send(desk.get("/queue").form("/queue/next"))
    line.sequence()
    before = line.store.log_size()
    desk.send(desk.get("/queue").form("/pause"))
    line.sequence()
    said = [entry.verb for _, entry in line.wardline.newest_entries(line.store.log_size() - before)]
    assert set(said) <= {Verb.CASE_RETURNED, Verb.CASE_COVERED}


# --- proofs ----------------------------------------------------------------------------------------------------------------------------
def test_every_row_has_a_proof_that_an_outsider_can_check(auditor: Browser, line: Line) -> None:
    tell(line, *[Verb.CASE_OPENED] * 5)
    key = audit.verifier_key(line.parts.log_origin, line.parts.log_key.public_key())
    proofs = [link for link in auditor.get("/audit").links if link.endswith("/proof")]
    assert len(proofs) == line.store.log_size()
    for link in proofs:
        answer = auditor.get(link).answer
        position = int(link.split("/")[2])
        assert answer.headers["content-disposition"] == f'attachment; filename="proof-{position}.json"'
        assert answer.headers["content-type"] == "application/json"
        assert answer.headers["cache-control"] == "no-store"
        fields = json.loads(answer.text)
        assert fields["position"] == position
        assert outsider.accepts(fields, key)


def test_there_is_no_proof_of_what_is_not_in_the_log(auditor: Browser, line: Line) -> None:
    line.sequence()
    assert auditor.get("/audit/999/proof").status == 404


def test_moderators_have_no_business_in_the_log(desk: Browser) -> None:
    for path in ("/audit", "/audit/0/proof", "/audit/verification"):
        assert desk.get(path).status == 403
