"""What a platform says for a report comes in with the context of an upload, and what an authority would refuse is refused at once."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from tests.house import repository
from wardline import records
from wardline.errors import InputError
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


@pytest.mark.parametrize(
    "report",
    [
        {"account": {"screename": "x"}},
        {"account": {"account_reference": "another"}},
        {"account": {"school": "x"}},
        {"account": {"profile_urls": ["forum.example"]}},
        {"account": {"profile_urls": ["https://user@forum.example/"]}},
        {"account": {"prior_reports": ["abc"]}},
        {"account": {"screen_name": ""}},
        {"account": {"screen_name": "x" * 257}},
        {"account": {"location": {"country": "XX"}}},
        {"account": {"location": {"country": "US", "city": "Austin"}}},
        {"account": {"ip_events": [{"ip_address": "x", "event": "Login", "at": None}]}},
        {"account": {"ip_events": [{"ip_address": "192.0.2.1", "event": "Dance", "at": None}]}},
        {"account": {"ip_events": [{"ip_address": "192.0.2.1", "event": "Login", "at": "2026-01-01T00:00:00"}]}},
        {"account": {"ip_events": [{"ip_address": "192.0.2.1", "event": "Login", "at": None, "port": 70000}]}},
        {"account": {"person": {"age": 151}}},
        {"account": {"person": {"emails": [{"address": "a@b.example", "verified_at": "2026-01-01T00:00:00Z"}]}}},
        {"account": {"person": {"phones": [{"number": "1", "calling_code": "49"}]}}},
        {"account": {"permanently_disabled": {"reenabled_at": "2026-01-01T00:00:00Z"}}},
        {"account": {"associated": [{"kind": "Other", "approximate_age": 20, "date_of_birth": "2000-01-01"}]}},
        {"victims": [{}]},
        {"victims": [{"person": {}, "vehicle": "x"}]},
        {"recipients": [{"school": "x"}]},
        {"emails": [{"emails": [{"address": "of@nobody.example"}]}]},
        {"telephones": [{"latitude": 91}]},
        {"law_enforcement": {"agency": "x", "abroad_country": "DE"}},
        {"metadata": [{"kind": "EXIF", "pairs": []}]},
        {"chats": [{"content": "x" * 100_001}]},
        {"chats": [{}] * 101},
    ],
)  # fmt: skip
def test_what_no_authority_takes_is_refused_with_the_upload(report: Any) -> None:
    with pytest.raises(InputError) as caught:
        said(report)
    assert "xxxx" not in caught.value.message
