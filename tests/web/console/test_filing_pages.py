"""What people do with a report on its pages: read it as the officer does, add to it, look at it as a second person, telephone."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.acceptance.stories import picture
from tests.acceptance.test_priorities import DANGER, FILING, HOUR, decide, in_hand, now_of
from tests.web.client import Api
from tests.web.console.browser import Browser, Seen, somebody
from wardline import records
from wardline.errors import ConflictError, SecondPersonError
from wardline.pipeline import Rules
from wardline.records import FactKind, Priority, ReferralState, Role
from wardline.testing.authority_sandbox import AuthoritySandbox
from wardline.testing.clock import VirtualClock
from wardline.testing.harness import REPORTER, START, Line
from wardline.web.app import create_app


@pytest.fixture
def line(tmp_path: Path) -> Iterator[Line]:
    with (
        AuthoritySandbox(clock_now=VirtualClock(START + 24 * HOUR).now) as sandbox,
        Line(tmp_path, authority=sandbox, rules=Rules(reporter=REPORTER, filing=FILING)) as made,
    ):
        yield made


def signed_in(line: Line, role: Role = Role.ADMIN) -> Browser:
    somebody(line, role.value, role)
    browser = Browser(Api(create_app(line.wardline)))
    browser.sign_in(role.value)
    return browser


def test_an_officer_reads_danger_first_then_who_where_and_what(line: Line) -> None:
    case, decider = in_hand(line, region="GB", url="https://platform.example/posts/1")
    line.wardline.add_fact(case.id, user=decider.user, kind=FactKind.IDENTIFIER, text="someone@mail.example")
    found = decide(line, case, decider, DANGER)
    text = signed_in(line, Role.AUDITOR).get(f"/referrals/{found.id}/officer").text
    in_order = [
        f"Yes: {DANGER}", "account-1", "someone@mail.example", "192.0.2.7", "50123", "GB", "https://platform.example/posts/1",
        "1 of category A2", "1 of 1", "safety@platform.example", "How this was found", "&lt;report",
    ]  # fmt: skip
    start = text.index('class="paper officer')
    places = [text.index(each, start) for each in in_order]
    assert places == sorted(places)


def test_an_officer_reads_what_the_platform_passed_of_the_account(line: Line) -> None:
    other = records.AssociatedAccount(kind=records.AssociationKind.LINKED, account_reference="account-77")
    person = records.Person(emails=(records.Email(address="someone@mail.example"),))
    login = records.IpEvent(ip_address="198.51.100.9", event="Login", at=START, port=4711)
    account = records.Party(
        person=person, screen_name="quillfeather", associated=(other,), location=records.Location(country="GB", city="Leeds"),
        ip_events=(login,),
    )  # fmt: skip
    case, decider = in_hand(line, facts=records.ReportFacts(account=account))
    found = decide(line, case, decider)
    browser = signed_in(line)
    text = browser.get(f"/referrals/{found.id}/officer").text
    for known in (
        "someone@mail.example",
        "quillfeather",
        "account-77 (linked)",
        "Leeds, GB",
        "198.51.100.9",
        "4711",
    ):
        assert known in text, known
    assert "none known here" not in text
    missing = browser.get(f"/referrals/{found.id}").text.split("missing: ")[1].split(".")[0]
    assert "other identifiers" not in missing
    assert "linked accounts" not in missing
    assert "location" not in missing


def test_a_name_that_turns_round_what_stands_after_it_is_written_out(line: Line) -> None:
    account = records.Party(screen_name="x\u202eevil")
    case, decider = in_hand(line, facts=records.ReportFacts(account=account))
    found = decide(line, case, decider, "he said \u202eog tel")
    browser = signed_in(line)
    page = browser.get(f"/referrals/{found.id}/officer").text
    for words in ("x[U+202E]evil", "Yes: he said [U+202E]og tel"):
        assert words in page, words
    for address in (f"/referrals/{found.id}/officer", f"/referrals/{found.id}"):
        assert "\u202e" not in browser.get(address).text, address
    preview = line.wardline.preview_referral(found.id).preview
    assert preview is not None
    assert "x\u202eevil" in preview.documents[0].body.decode()  # the report itself says it as it is


def test_an_officer_reads_which_child_how_old_and_what_was_written_before_anything_of_the_account(
    line: Line,
) -> None:
    facts = records.ReportFacts(
        victims=(
            records.Party(person=records.Person(first_name="Robin", age=11), account_reference="account-child", school="Hill School"),
            records.Party(person=records.Person(), account_reference="account-other"),
        ),
        recipients=(records.Party(account_reference="account-99", screen_name="quillfeather"),),
        incidents=(
            records.Chat(client="Forum", room="garden", content="x" * 2000 + " meet me at the fountain at four"),
            records.EmailMessage(content="see you there"),
        ),
    )  # fmt: skip
    case, decider = in_hand(line, facts=facts)
    found = decide(line, case, decider, DANGER)
    text = signed_in(line).get(f"/referrals/{found.id}/officer").text
    in_order = [
        f"Yes: {DANGER}", "Robin, aged 11", "account-child", "Hill School", "no name known", "age not known", "account-other", "account-99, quillfeather",
        "Written, Forum, garden", "meet me at the fountain at four", "the end; the whole is in the documents", "Written, e-mail", "see you there",
        "account-1",
    ]  # fmt: skip
    start = text.index('class="paper officer')
    places = [text.index(each, start) for each in in_order]
    assert places == sorted(places)
    assert "x" * 1500 not in text[start : text.index("</article>")]


def test_an_officer_is_told_that_no_child_was_named(line: Line) -> None:
    case, decider = in_hand(line)
    found = decide(line, case, decider)
    text = signed_in(line).get(f"/referrals/{found.id}/officer").text
    assert "the platform named none" in text
    assert "Written" not in text


def test_an_officer_is_shown_nothing_that_is_not_in_the_report(line: Line) -> None:
    case, decider = in_hand(line, region="GB")
    found = decide(line, case, decider, DANGER)
    line.clock.advance(HOUR)
    browser = signed_in(line)
    page = browser.get(f"/referrals/{found.id}")
    page = browser.send(page.form(f"/referrals/{found.id}/calls"), region="GB", at="")
    assert "Not in the report" in page.text
    assert "Telephoned: 999" not in browser.get(f"/referrals/{found.id}/officer").text


def test_who_hears_of_danger_after_a_report_was_sent_finds_whom_to_telephone(line: Line) -> None:
    case, decider = in_hand(line, region="GB")
    found = decide(line, case, decider)
    browser = signed_in(line)
    page = browser.get(f"/referrals/{found.id}")
    browser.send(page.form(f"/referrals/{found.id}/second"))
    line.run_due()
    assert now_of(line, found).state is ReferralState.FINISHED
    assert "<b>999</b>" in browser.get(f"/referrals/{found.id}").text


def decided_with(line: Line, browser: Browser, case_id: str, **written: str) -> Seen:
    page = browser.get(f"/cases/{case_id}")
    page = browser.send(page.form(f"/cases/{case_id}/claim"))
    return browser.send(page.form(f"/cases/{case_id}/decisions"), category="B1", **written)


@pytest.mark.parametrize("says", [DANGER, ""])
def test_whoever_decides_that_a_child_is_in_danger_is_shown_whom_to_telephone_and_nobody_by_that(
    line: Line, says: str
) -> None:
    """They may be the only one on shift, and have no page of the report."""
    found = line.submit(picture(1), flag="spam", region="GB")
    case = line.case_of(found)
    browser = signed_in(line, Role.MODERATOR)
    page = decided_with(line, browser, case.id, escalation=says)
    assert ("Telephone <b>999</b> (GB)" in page.text) is bool(says)
    assert ("telephone as well" in page.text) is bool(says)
    other = signed_in(line, Role.LEAD)
    assert "telephone as well" not in other.get(f"/cases/{case.id}").text
    if says:
        page = browser.send(page.form(f"/cases/{case.id}/undo"))
        assert "telephone as well" not in page.text


def test_whoever_is_shown_another_regions_number_is_told_that_the_accounts_has_none(line: Line) -> None:
    case = line.case_of(line.submit(picture(1), flag="spam", region="DE"))
    browser = signed_in(line, Role.LEAD)
    page = decided_with(line, browser, case.id, escalation=DANGER)
    assert "Telephone <b>999</b> (GB)" in page.text
    assert "None is in the settings for DE, the region of the account." in page.text
    line.clock.advance(line.parts.rules.undo_window)
    line.run_due()
    (found,) = line.store.referrals(case_id=case.id)
    admin = signed_in(line)
    assert (
        "None is in the settings for DE, the region of the account"
        in admin.get(f"/referrals/{found.id}").text
    )


def test_an_officer_is_told_what_is_not_known(line: Line) -> None:
    case, decider = in_hand(line, ip_address=None, port=None)
    found = decide(line, case, decider)
    text = signed_in(line).get(f"/referrals/{found.id}/officer").text
    assert "Nobody at the service wrote so" in text
    assert "No address is known" in text
    assert "missing: danger now, upload address" in text


def test_a_second_person_approves_on_the_page_and_finds_the_button_once(line: Line) -> None:
    case, decider = in_hand(line)
    found = decide(line, case, decider)
    address = f"/referrals/{found.id}/second"
    browser = signed_in(line)
    page = browser.get(f"/referrals/{found.id}")
    assert "whether or not one came" in page.text
    browser.send(page.form(address))
    line.run_due()
    assert now_of(line, found).state is ReferralState.FINISHED
    again = browser.get(f"/referrals/{found.id}")
    assert address not in [form.action for form in again.forms]
    assert "admin, " in again.text


def test_a_reason_for_danger_added_on_the_page_raises_it_and_shows_whom_to_telephone(line: Line) -> None:
    case, decider = in_hand(line, region="GB")
    found = decide(line, case, decider)
    browser = signed_in(line)
    page = browser.get(f"/referrals/{found.id}")
    assert "Telephone</h2>" not in page.text
    page = browser.send(page.form(f"/referrals/{found.id}/facts"), kind="danger", text=DANGER)
    assert now_of(line, found).priority is Priority.FIRST
    assert "<b>999</b>" in page.text
    form = page.form(f"/referrals/{found.id}/calls")
    page = browser.send(form, region="GB", at="")
    assert "Telephoned: 999 (GB) Police" in page.text
    (call,) = [each for each in line.store.facts_of(case.id) if each.kind is FactKind.CALL]
    assert call.happened_at == line.clock.now()
    assert browser.send(form, region="GB", at="noon").status == 400


def test_whoever_holds_a_case_adds_to_it_and_the_next_one_does_not_see_that(line: Line) -> None:
    case, first = in_hand(line)
    line.wardline.add_fact(case.id, user=first.user, kind=FactKind.LOCATION, text="somewhere else")
    line.clock.advance(line.parts.rules.lease)
    somebody(line, "moderator", Role.MODERATOR)
    browser = Browser(Api(create_app(line.wardline)))
    browser.sign_in("moderator")
    page = browser.get(f"/cases/{case.id}")
    page = browser.send(page.form(f"/cases/{case.id}/claim"))
    page = browser.send(page.form(f"/cases/{case.id}/facts"), kind="location", text="a town by the sea")
    assert "a town by the sea" in page.text
    assert "somewhere else" not in page.text
    assert len(line.store.facts_of(case.id)) == 2


def test_reports_on_their_way_stand_by_priority_and_those_to_be_checked_beside_them(line: Line) -> None:
    reports = {}
    for seed, reason in ((1, None), (2, DANGER)):
        case, decider = in_hand(line, seed=seed)
        reports[seed] = decide(line, case, decider, reason)
    page = signed_in(line).get("/referrals")
    assert "Priority 3" in page.text
    assert "waits for a second person" in page.text
    assert "Filed by one person, to be checked by another" in page.text
    assert page.links.count(f"/referrals/{reports[1].id}") == 2
    assert page.links.count(f"/referrals/{reports[2].id}") == 2


def test_the_completeness_of_reports_is_shown_month_by_month_with_what_counts(line: Line) -> None:
    case, decider = in_hand(line)
    found = decide(line, case, decider, DANGER)
    text = signed_in(line, Role.AUDITOR).get("/completeness").text
    assert f"{found.completeness} of 100" in text
    assert "March 2026" in text
    assert "Port of the upload" in text


def two_that_wait(line: Line) -> tuple[records.Referral, records.Referral]:
    """Have two uploads of one account decided, so that both reports wait for a second person."""
    found = []
    for seed in (1, 2):
        decider = line.person(f"mika {seed}", Role.LEAD)
        submission = line.submit(
            picture(seed), flag="spam", account="account-1", content_reference=f"post-{seed}"
        )
        case = line.wardline.claim(line.case_of(submission).id, user=decider.user)
        found.append(decide(line, case, decider))
    return found[0], found[1]


def test_what_waits_about_one_account_is_approved_together_and_is_one_report(line: Line) -> None:
    first, second = two_that_wait(line)
    browser = signed_in(line)
    page = browser.get(f"/referrals/{first.id}")
    assert "Approve all 2, and file them now" in page.text
    assert f"/referrals/{second.id}" in page.text
    browser.send(next(form for form in page.forms if "others" in form.fields))
    line.run_due()
    filed = [now_of(line, each) for each in (first, second)]
    assert {each.state for each in filed} == {ReferralState.FINISHED}
    assert len({each.remote_id for each in filed}) == 1
    lead, member = sorted(filed, key=lambda each: each.joined is not None)
    assert member.joined == lead.id
    shown = browser.get(f"/referrals/{lead.id}").text
    assert "and 1 more about the same account" in shown
    assert "2 of 2 attached" in shown
    other = browser.get(f"/referrals/{member.id}").text
    assert "Its files are in the report of" in other
    assert "2 of 2 attached" in other
    assert (
        browser.get(f"/referrals/{member.id}/receipt").text
        == browser.get(f"/referrals/{lead.id}/receipt").text
    )
    assert "with 1 more, 2 files" in browser.get("/referrals").text


def test_one_that_is_approved_is_filed_without_those_that_wait(line: Line) -> None:
    first, second = two_that_wait(line)
    browser = signed_in(line)
    browser.send(browser.get(f"/referrals/{first.id}").form(f"/referrals/{first.id}/second"))
    line.run_due()
    assert now_of(line, first).state is ReferralState.FINISHED
    assert now_of(line, first).bundle == ()
    assert now_of(line, second).state is ReferralState.DRAFT


def test_nobody_approves_with_others_what_they_decided_or_what_waits_no_more(line: Line) -> None:
    first, second = two_that_wait(line)
    decider = next(each for each in line.store.users() if each.name == "mika 2")
    ada = line.person("ada", Role.ADMIN).user
    assert line.wardline.waiting_with(first, user=decider) == ()
    with pytest.raises(SecondPersonError):
        line.wardline.second_referral(first.id, user=decider, others=[second.id])
    line.wardline.second_referral(second.id, user=ada)
    with pytest.raises(ConflictError):
        line.wardline.second_referral(first.id, user=ada, others=[second.id])
    assert now_of(line, first).second_by is None
