"""Uploads come in: two forms of body, one answer for low trust, once for each Idempotency-Key."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest

from tests.acceptance.stories import picture
from tests.web.client import Api, assert_problem, context, multipart
from wardline import records
from wardline.errors import StorageFullError
from wardline.records import KeyTrust, Visibility
from wardline.testing import pictures
from wardline.testing.harness import Key, Line
from wardline.web.app import create_app


@pytest.fixture
def low(line: Line) -> Key:
    return line.platform_key()


@pytest.fixture
def trusted(line: Line) -> Key:
    return line.platform_key(trust=KeyTrust.TRUSTED)


@pytest.fixture
def uploads(line: Line) -> dict[str, dict[str, Any]]:
    """Give one upload for each fate."""
    line.list_of([picture(1)])
    return {
        "released": {"content": picture(2)},
        "matched": {"content": picture(1)},
        "flagged": {"content": picture(3), "flag": "spam"},
        "unscannable": {"content": pictures.damaged("truncated").content},
        "empty": {"content": b""},
    }


def test_a_low_trust_key_gets_the_same_answer_whatever_became_of_it(
    api: Api, low: Key, uploads: dict[str, dict[str, Any]], line: Line
) -> None:
    answers = [
        api.upload(low.secret, raw=raw, **upload) for upload in uploads.values() for raw in (False, True)
    ]
    assert {answer.status_code for answer in answers} == {202}
    assert {answer.content for answer in answers} == {b'{"status":"accepted"}'}
    assert len({tuple(sorted(answer.headers.items())) for answer in answers}) == 1
    assert len(line.store.cases()) == 8


@pytest.mark.parametrize("raw", [False, True])
def test_a_trusted_key_is_told_what_became_of_it(
    api: Api, trusted: Key, uploads: dict[str, dict[str, Any]], raw: bool
) -> None:
    told = {fate: api.upload(trusted.secret, raw=raw, **upload).json() for fate, upload in uploads.items()}
    assert {fate: answer["outcome"] for fate, answer in told.items()} == {
        "released": "released", "matched": "restricted", "flagged": "review", "unscannable": "review", "empty": "review",
    }  # fmt: skip
    assert told["released"]["item_id"] is None
    assert all(answer["item_id"].startswith("item-") for fate, answer in told.items() if fate != "released")


@pytest.mark.parametrize("raw", [False, True])
def test_what_cannot_be_read_of_a_report_never_refuses_an_upload_and_a_trusted_key_is_told(
    api: Api, trusted: Key, low: Key, line: Line, raw: bool
) -> None:
    report = {"account": {"screen_name": "somebody", "person": {"age": 900}}, "victims": "nobody"}
    told = api.upload(trusted.secret, raw=raw, content=picture(3), flag="spam", report=report)
    assert told.status_code == 202
    assert set(told.json()["left_out"]) == {"victims", "account.person.age"}
    item = line.store.item(told.json()["item_id"])
    assert item.context is not None
    assert item.context.facts == records.ReportFacts(
        account=records.Party(screen_name="somebody", person=records.Person()),
        left_out=tuple(told.json()["left_out"]),
    )
    released = api.upload(trusted.secret, raw=raw, content=picture(4), report=["nothing"])
    assert (released.json()["outcome"], released.json()["left_out"]) == ("released", ["report"])
    assert api.upload(low.secret, raw=raw, content=picture(5), report=report).content == b'{"status":"accepted"}'  # fmt: skip
    assert "left_out" not in api.upload(trusted.secret, raw=raw, content=picture(6), report={}).json()


def test_half_a_character_in_a_report_refuses_no_upload(api: Api, trusted: Key) -> None:
    said = json.dumps(context(report={"chats": [{"content": "x"}]})).replace('"x"', '"\\ud800", "note": NaN')

    def sent(about: str) -> httpx.Response:
        headers = {"Content-Type": "application/octet-stream", "Wardline-Context": about}
        return api.post("/v1/items", trusted.secret, content=picture(3), headers=headers)

    assert sent(said).status_code == 202
    assert sent(said).json()["left_out"] == ["chats.0.note"]
    assert sent(said[:-1]).status_code == 400
    assert sent(said.replace("post-1", "\\ud800")).status_code == 400


def test_no_answer_to_a_platform_tells_why(
    api: Api, trusted: Key, uploads: dict[str, dict[str, Any]], line: Line
) -> None:
    (listed,) = line.store.hash_lists()
    kept = [api.upload(trusted.secret, **upload) for upload in uploads.values()]
    kept += [
        api.get(f"/v1/items/{answer.json()['item_id']}", trusted.secret)
        for answer in kept
        if answer.json()["item_id"]
    ]
    hashes = [each.value for upload in uploads.values() for each in line.hashes(upload["content"])]
    for answer in kept:
        for secret in (listed.id, listed.name, listed.provenance, "distance", "A2", "match", "spam", *hashes):
            assert secret not in answer.text, secret


def test_the_two_forms_of_body_keep_the_same_item(api: Api, trusted: Key, line: Line) -> None:
    about: dict[str, Any] = {
        "flag": "spam", "ip_address": "2001:db8::1", "port": 4711, "file_name": "grüße.jpg", "region": "DE",
        "url": "https://example.com/p?a=1&b=2", "visibility": "private", "account_reference": "账户",
        "views_per_hour": 250.5,
    }  # fmt: skip
    ids = [api.upload(trusted.secret, picture(), raw=raw, **about).json()["item_id"] for raw in (False, True)]
    one, other = (line.store.item(item_id) for item_id in ids)
    assert (one.context, one.account_reference, one.hashes) == (
        other.context,
        other.account_reference,
        other.hashes,
    )
    assert one.account_reference == "账户"
    assert one.context is not None
    assert (one.context.file_name, one.context.visibility) == ("grüße.jpg", Visibility.PRIVATE)
    assert one.context.views_per_hour == 250.5
    assert [case.urgency.views_per_hour for case in line.store.cases() if case.urgency] == [250.5, 250.5]


def test_a_trusted_platform_sees_its_own_items_only(api: Api, trusted: Key, line: Line) -> None:
    item_id = api.upload(trusted.secret, picture(), flag="spam").json()["item_id"]
    shown = api.get(f"/v1/items/{item_id}", trusted.secret)
    assert shown.json() == {
        "id": item_id,
        "received_at": "2026-03-02T09:00:00Z",
        "content_reference": "post-1",
        "kept": True,
    }
    stranger = line.platform_key(platform="other", trust=KeyTrust.TRUSTED)
    theirs, nobodys = (
        api.get(f"/v1/items/{each}", stranger.secret) for each in (item_id, f"item-{'0' * 26}")
    )
    assert_problem(theirs, 404, "not-found")
    assert theirs.text.replace(item_id, "") == nobodys.text.replace(f"item-{'0' * 26}", "")


CONTEXTS: dict[str, Any] = {
    "no account": context(account_reference=None), "an empty account": context(account_reference=""),
    "a long account": context(account_reference="x" * 256), "an account with a control character": context(account_reference="a\x01b"),
    "no content": context(content_reference=None), "a content with a line break": context(content_reference="a\nb"),
    "no surface": context(surface=None), "another visibility": context(visibility="everybody"), "an unknown field": context(colour="red"),
    "a time without a zone": context(uploaded_at="2026-03-02T09:00:00"), "no time at all": context(uploaded_at="yesterday"),
    "a time to come": context(uploaded_at="2026-03-02T10:00:00+00:00"), "a time before the first": context(
        uploaded_at="0001-01-01T00:00:00+14:00"), "a time after the last": context(uploaded_at="9999-12-31T23:59:59-14:00"),
    "another kind of address": context(ip_address="example.com"), "an impossible port": context(port=65536), "port zero": context(port=0),
    "a region in words": context(region="Germany"), "an empty flag": context(flag=""), "a long flag": context(flag="x" * 201),
    "fewer views than none": context(views_per_hour=-1), "views without end": context(views_per_hour=1e10), "views in words": context(
        views_per_hour="many"),
    "a list": [context()], "a text": "context", "a number": 7,
}  # fmt: skip


@pytest.mark.parametrize("raw", [False, True])
@pytest.mark.parametrize("what", CONTEXTS)
def test_a_context_of_another_form_is_refused(api: Api, low: Key, line: Line, what: str, raw: bool) -> None:
    about = CONTEXTS[what]
    if raw:
        headers = {"Content-Type": "image/jpeg", "Wardline-Context": json.dumps(about)}
        answer = api.post("/v1/items", low.secret, content=picture(), headers=headers)
    else:
        answer = api.post("/v1/items", low.secret, files=multipart(picture(), about))
    assert_problem(answer, 400, "invalid-input")
    day = line.clock.now().date()
    assert line.store.counts(day, day) == []


@pytest.mark.parametrize(
    "text", [b"", b"{", b"\xff\xfe", b'{"account_reference": "\\ud800"}', b"null", b"[" * 10_000]
)
def test_a_context_that_is_no_json_is_refused(api: Api, low: Key, text: bytes) -> None:
    files = {"context": (None, text, "application/json"), "file": ("a", b"x", "image/png")}
    assert_problem(api.post("/v1/items", low.secret, files=files), 400, "invalid-input")


def test_half_a_character_is_refused_before_anything_is_judged(api: Api, low: Key) -> None:
    about = json.dumps(context()).replace("account-1", "\\ud800")
    answer = api.post("/v1/items", low.secret, content=picture(), headers={"Wardline-Context": about})
    assert_problem(answer, 400, "invalid-input")


def test_a_body_without_a_context_is_refused(api: Api, low: Key) -> None:
    assert_problem(api.post("/v1/items", low.secret, content=picture()), 400, "invalid-input")
    assert_problem(
        api.post("/v1/items", low.secret, files={"file": ("a", b"x", "image/png")}), 400, "invalid-input"
    )
    assert_problem(
        api.post("/v1/items", low.secret, files={"context": (None, b"{}", "text/plain")}),
        400,
        "invalid-input",
    )


def test_a_private_surface_without_a_legal_basis_is_refused(api: Api, low: Key) -> None:
    answer = api.upload(low.secret, picture(), visibility="private", region="DE")
    assert_problem(answer, 403, "no-legal-basis")


# --- once for each Idempotency-Key ----------------------------------------------------------------------------------------------------
def test_a_repetition_is_accepted_and_counts_once(api: Api, low: Key, line: Line) -> None:
    answers = [api.upload(low.secret, picture(), flag="spam", key="one") for _ in range(3)]
    assert {(answer.status_code, answer.content) for answer in answers} == {(202, b'{"status":"accepted"}')}
    assert len(line.store.cases()) == 1


def test_a_trusted_key_is_told_that_it_was_a_repetition(api: Api, trusted: Key) -> None:
    told = [api.upload(trusted.secret, picture(), key="one").json()["outcome"] for _ in range(2)]
    assert told == ["released", "repeated"]


@pytest.mark.parametrize(
    "other", [{"content": b"other bytes"}, {"account_reference": "account-2"}, {"flag": "spam"}]
)
def test_another_body_under_the_same_key_is_refused(
    api: Api, low: Key, line: Line, other: dict[str, Any]
) -> None:
    api.upload(low.secret, picture(), key="one")
    answer = api.upload(low.secret, **({"content": picture()} | other), key="one")
    assert_problem(answer, 422, "idempotency-mismatch")
    assert line.store.cases() == []


@pytest.mark.parametrize("key", ["", "x" * 256])
def test_a_key_of_another_length_is_refused(api: Api, low: Key, key: str) -> None:
    assert_problem(api.upload(low.secret, picture(), key=key), 400, "invalid-input")


@pytest.mark.parametrize("flag", [None, "spam"])
def test_eight_at_once_count_once(api: Api, low: Key, line: Line, flag: str | None) -> None:
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: api.upload(low.secret, picture(), flag=flag, key="same"), range(8)))
    assert {answer.status_code for answer in answers} == {202}
    day = line.clock.now().date()
    counts = {count.step: count.count for count in line.store.counts(day, day)}
    assert counts[records.Step.ITEMS_RECEIVED] == 1
    assert len(line.store.cases()) == (flag is not None)
    assert len(list(line.parts.vault.inventory())) == (flag is not None)


# --- when it cannot be taken --------------------------------------------------------------------------------------------------------
def test_a_full_disk_refuses_the_upload_and_says_when_to_come_back(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    full = [False]

    def reached(name: str) -> None:
        if full[0] and name == "vault:before-seal":
            raise StorageFullError("vault: the disk is full, expected room")

    with Line(tmp_path_factory.mktemp("full"), reached=reached) as line:
        api, key = Api(create_app(line.wardline, low_trust_answer_seconds=0)), line.platform_key()
        full[0] = True
        answer = api.upload(key.secret, picture(), flag="spam", key="one")
        assert_problem(answer, 507, "storage-full")
        assert answer.headers["retry-after"] == "60"
        assert line.store.cases() == []
        full[0] = False
        assert api.upload(key.secret, picture(), flag="spam", key="one").status_code == 202
        assert len(line.store.cases()) == 1


def test_over_its_rate_a_key_is_asked_to_wait(api: Api, line: Line) -> None:
    key = line.platform_key(requests_per_minute=3)
    answers = [api.upload(key.secret, picture()) for _ in range(4)]
    assert [answer.status_code for answer in answers] == [202, 202, 202, 429]
    assert_problem(answers[3], 429, "rate-limited")
    assert int(answers[3].headers["retry-after"]) >= 1
    assert api.upload(line.platform_key().secret, picture()).status_code == 202


def test_what_nobody_foresaw_is_a_problem_without_its_text(tmp_path_factory: pytest.TempPathFactory) -> None:
    class Broken:
        def hash(self, content: bytes, *, precision: records.Precision) -> records.Examination:
            raise RuntimeError("secret of account-1")

        def close(self) -> None:
            """Nothing to close."""

    with Line(tmp_path_factory.mktemp("broken"), replaced={"media": Broken()}) as line:
        api = Api(create_app(line.wardline, low_trust_answer_seconds=0))
        answer = api.upload(line.platform_key().secret, picture())
        assert_problem(answer, 500, "internal")
        assert "account-1" not in answer.text
        assert answer.headers["cache-control"] == "no-store"
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert line.store.cases() == []
