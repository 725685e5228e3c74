"""What a platform says for a report comes in with the context of an upload. What cannot be read is left out and told; nothing is refused."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.house import repository
from wardline import intake, records
from wardline.web.api.items import read_context

BASE = {
    "account_reference": "account-1", "content_reference": "post-1", "surface": "post", "visibility": "public",
    "uploaded_at": "2026-01-02T03:04:05Z",
}  # fmt: skip


def said(report: Any) -> records.ReportFacts | None:
    return read_context(json.dumps({**BASE, "report": report}).encode()).upload(b"x").context.facts


def test_the_example_of_the_documentation_is_taken() -> None:
    page = (repository.ROOT / "docs" / "reference" / "http.md").read_text("utf-8")
    found = re.search(r'```json\n"report": (\{.*?\n\})\n```', page, flags=re.DOTALL)
    assert found is not None
    facts = said(json.loads(found[1]))
    assert facts is not None
    assert facts.account is not None
    assert facts.account.location == records.Location(country="US", region="TX", city="Austin")
    assert [type(each) for each in facts.incidents] == [records.Chat]
    assert facts.victims[0].person == records.Person(age=12)


def test_who_says_nothing_has_said_nothing() -> None:
    assert said(None) is None
    assert said({}) == records.ReportFacts()


def with_times(*days: int) -> list[dict[str, Any]]:
    return [{"ip_address": "192.0.2.1", "at": f"2026-01-{day:02}T00:00:00Z"} for day in days]


@pytest.mark.parametrize(
    ("report", "left_out"),
    [
        ("nothing like it", "report"),
        ([], "report"),
        ({"account": []}, "account"),
        ({"nonsense": 1}, "nonsense"),
        ({"account": {"screename": "x"}}, "account.screename"),
        ({"account": {"somebody@forum.example": "x"}}, "account.?"),
        ({"account": {"account_reference": "another"}}, "account.account_reference"),
        ({"account": {"school": "x"}}, "account.school"),
        ({"account": {"profile_urls": ["forum.example"]}}, "account.profile_urls.0"),
        ({"account": {"profile_urls": ["https://forum.example/1", "https://user@forum.example/"]}}, "account.profile_urls.1"),
        ({"account": {"prior_reports": ["abc", 4200001]}}, "account.prior_reports.0"),
        ({"account": {"screen_name": "x" * 257}}, "account.screen_name"),
        ({"account": {"location": {"country": "XX"}}}, "account.location"),
        ({"account": {"location": {"country": "US", "city": "Austin"}}}, "account.location.city"),
        ({"account": {"ip_events": [{"ip_address": "x", "event": "Login"}]}}, "account.ip_events.0"),
        ({"account": {"ip_events": [{"ip_address": "192.0.2.1", "event": "Dance"}]}}, "account.ip_events.0.event"),
        ({"account": {"ip_events": [{"ip_address": "192.0.2.1", "at": "2026-01-01T00:00:00"}]}}, "account.ip_events.0.at"),
        ({"account": {"ip_events": [{"ip_address": "192.0.2.1", "port": 70000}]}}, "account.ip_events.0.port"),
        ({"account": {"person": {"age": 151}}}, "account.person.age"),
        ({"account": {"person": {"age": "about twelve"}}}, "account.person.age"),
        ({"account": {"person": {"emails": [{"address": "a@b.example", "verified_at": "2026-01-01T00:00:00Z"}]}}}, "account.person.emails.0.verified_at"),
        ({"account": {"person": {"phones": [{"number": "1", "calling_code": "49"}]}}}, "account.person.phones.0.calling_code"),
        ({"account": {"permanently_disabled": {"reenabled_at": "2026-01-01T00:00:00Z"}}}, "account.permanently_disabled"),
        ({"account": {"associated": [{"kind": "Other", "approximate_age": 20, "date_of_birth": "2000-01-01"}]}}, "account.associated.0.date_of_birth"),
        ({"victims": [{}]}, "victims.0"),
        ({"victims": [{"person": {}, "vehicle": "x"}]}, "victims.0.vehicle"),
        ({"recipients": [{"school": "x"}]}, "recipients.0.school"),
        ({"emails": [{"emails": [{"address": "of@nobody.example"}]}]}, "emails: e-mail addresses of nobody in the report"),
        ({"telephones": [{"latitude": 91}]}, "telephones.0.latitude"),
        ({"law_enforcement": {"agency": "x", "abroad_country": "DE"}}, "law_enforcement.abroad_country"),
        ({"law_enforcement": {"case_number": "x"}}, "law_enforcement"),
        ({"metadata": [{"kind": "EXIF", "pairs": []}]}, "metadata.0"),
        ({"chats": [{"content": "x" * 100_001}]}, "chats.0.content: its beginning"),
        ({"chats": [{"content": f"x{number}"} for number in range(101)]}, "chats: 1 of 101, the newest are kept"),
        ({"possible_proxy": "perhaps"}, "possible_proxy"),
    ],
)  # fmt: skip
def test_what_no_authority_takes_is_left_out_and_its_place_told_and_everything_else_is_kept(
    report: Any, left_out: str
) -> None:
    facts = said(report)
    assert facts is not None
    assert facts.left_out == (left_out,)
    if isinstance(report, dict):
        also = said({**report, "devices": [{"id_type": "IMEI", "id_value": "1"}]})
        assert also is not None
        assert also.devices == (records.Device(id_type="IMEI", id_value="1"),)


def test_what_stands_beside_something_unreadable_is_kept() -> None:
    facts = said(
        {
            "account": {"screen_name": "somebody", "person": {"age": 151, "first_name": "A", "emails": [{"address": "a@b.example"}, {}]}},
            "victims": [{"account_reference": 4712, "person": {"age": 12, "date_of_birth": "unknown"}}, "nobody"],
            "chats": [{"content": "before\x00after\r\nmore \ud800"}],
        }
    )  # fmt: skip
    assert facts is not None
    assert facts.account is not None
    assert facts.account.screen_name == "somebody"
    assert facts.account.person == records.Person(
        first_name="A", emails=(records.Email(address="a@b.example"),)
    )
    assert facts.victims == (records.Party(account_reference="4712", person=records.Person(age=12)),)
    assert facts.incidents == (records.Chat(content="before\ufffdafter\nmore \ufffd"),)
    assert set(facts.left_out) == {
        "account.person.age", "account.person.emails.1", "victims.0.person.date_of_birth", "victims.1",
    }  # fmt: skip


def test_what_is_empty_says_nothing_and_loses_nothing() -> None:
    empty: dict[str, Any] = {
        "account": {"screen_name": "", "person": None, "ip_events": []},
        "chats": [],
        "victims": None,
    }
    assert said(empty) == records.ReportFacts()


def test_times_are_read_in_any_zone_and_addresses_with_their_port() -> None:
    events = [
        {"ip_address": "192.0.2.1:443", "event": "Login", "at": "2026-01-01T01:00:00.9+02:00"},
        {"ip_address": "[2001:db8::1]:8080", "at": 1767222000},
        {"ip_address": "[2001:db8::1]", "port": 5},
        {"ip_address": "::ffff:192.0.2.1"},
    ]
    facts = said({"account": {"ip_events": events}})
    assert facts is not None
    assert facts.account is not None
    at = datetime(2025, 12, 31, 23, tzinfo=UTC)
    assert facts.account.ip_events == (
        records.IpEvent(ip_address="192.0.2.1", event="Login", at=at, port=443),
        records.IpEvent(ip_address="2001:db8::1", at=at, port=8080),
        records.IpEvent(ip_address="2001:db8::1", port=5),
        records.IpEvent(ip_address="::ffff:192.0.2.1"),
    )


def test_of_more_than_a_list_may_hold_the_newest_are_kept() -> None:
    newest_first = {"ip_events": with_times(*([2] * 60), *([1] * 60))}
    facts = said({"account": newest_first})
    assert facts is not None
    assert facts.account is not None
    days = [each.at.day for each in facts.account.ip_events if each.at is not None]
    assert (days.count(2), days.count(1)) == (60, 40)
    assert facts.left_out == ("account.ip_events: 20 of 120, the newest are kept",)


def test_places_are_told_up_to_a_number() -> None:
    facts = said({"chats": [{"content": 1.5}] * 90})
    assert facts is not None
    assert len(facts.left_out) == 51
    assert facts.left_out[-1] == "40 more"


@settings(max_examples=150, deadline=None)
@given(report=st.recursive(
    st.none() | st.booleans() | st.integers() | st.just({}) | st.floats() | st.text(max_size=8) | st.sampled_from(["192.0.2.1", "US", "TX", "Login", "2026-01-01T00:00:00Z"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(
        st.sampled_from(["account", "victims", "recipients", "chats", "emails", "person", "ip_events", "ip_address", "at", "age", "location", "country",
                         "region", "city", "associated", "kind", "address", "content", "urls", "web_pages", "law_enforcement", "agency", "phones", "number"]),
        inner, max_size=4),
    max_leaves=25,
))  # fmt: skip
def test_nothing_that_is_sent_for_a_report_is_ever_an_error(report: Any) -> None:
    assert isinstance(intake.read_facts(report), records.ReportFacts)


def test_a_number_without_end_is_no_error_either() -> None:
    huge = 10**5000
    party = {"screen_name": huge, "compromised": huge, "person": {"age": huge}, "location": {"country": huge}}
    facts = intake.read_facts(
        {"account": {**party, "ip_events": [{"ip_address": "192.0.2.1", "event": huge, "at": huge}]}}
    )
    assert facts.account is not None
    assert facts.account.ip_events == (records.IpEvent(ip_address="192.0.2.1"),)
    assert len(facts.left_out) == 6
