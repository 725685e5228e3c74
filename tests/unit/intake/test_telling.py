"""An account in words: what is sealed is what was told, byte for byte the same each time, and nothing else is read from it."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wardline import intake, records
from wardline.errors import EvidenceError, InputError
from wardline.records import IncidentKind

NOON = datetime(2026, 5, 4, 12, tzinfo=UTC)
PROSE = st.text(
    st.characters(exclude_categories=("Cc", "Cs"), exclude_characters="\ufffe\uffff") | st.sampled_from("\n\t"), min_size=1, max_size=40
).filter(lambda text: bool(text.strip()) and not any("\ufdd0" <= each <= "\ufdef" for each in text))  # fmt: skip
NAMES = st.text(st.characters(categories=("L", "N")), min_size=1, max_size=20)
TIMES = st.datetimes(
    min_value=datetime(1970, 1, 1), max_value=datetime(2026, 5, 4), timezones=st.just(UTC)
)  # fmt: skip
SAID = st.builds(records.Said, by=NAMES, text=PROSE, at=st.none() | TIMES)


@st.composite
def tellings(draw: st.DrawFn) -> records.Telling:
    began = draw(TIMES)
    return records.Telling(
        kind=draw(st.sampled_from(list(records.KIND_WORDS))), account_reference=draw(NAMES), reference=draw(NAMES), surface=draw(NAMES),
        happened_at=began, ended_at=draw(st.none() | st.just(began + timedelta(minutes=5))), what_happened=draw(PROSE),
        said=tuple(draw(st.lists(SAID, max_size=4))),
    )  # fmt: skip


def telling(**fields: Any) -> records.Telling:
    given = {
        "kind": IncidentKind.ENTICEMENT, "account_reference": "account-1", "reference": "conversation-7", "surface": "direct message",
        "happened_at": NOON, "what_happened": "It asked to meet.",
    } | fields  # fmt: skip
    return records.Telling(**given)  # type: ignore[arg-type]  # a test's shorthand


@given(tellings())
def test_what_is_written_is_read_again_and_written_the_same(told: records.Telling) -> None:
    content = intake.write_telling(told)
    assert intake.read_telling(content) == told
    assert intake.write_telling(intake.read_telling(content)) == content
    assert content.decode("utf-8").endswith("}\n")


@given(tellings(), tellings())
def test_two_accounts_have_the_same_bytes_only_where_they_are_the_same(
    one: records.Telling, other: records.Telling
) -> None:
    assert (intake.write_telling(one) == intake.write_telling(other)) == (one == other)


@given(st.lists(SAID, min_size=1, max_size=5))
def test_no_message_looks_like_another_one(said: list[records.Said]) -> None:
    excerpt = telling(said=tuple(said)).excerpt or ""
    begins = [line for line in excerpt.split("\n") if not line.startswith("    ")]
    assert len(begins) == len(said)


@given(tellings())
def test_what_was_taken_always_has_a_place_in_a_report(told: records.Telling) -> None:
    place = records.Chat(client=told.surface, content=told.excerpt)
    assert place.content == told.excerpt


@pytest.mark.parametrize("by", ["one\n2026-01-01 00:00:00 UTC two", "one\u2028two", "one\x85two", "", " "])
def test_a_name_that_could_look_like_a_message_is_refused(by: str) -> None:
    with pytest.raises(InputError):
        records.Said(by=by, text="hello")


@pytest.mark.parametrize(
    ("by", "stands"),
    [
        ("\u202e1-tnuocca", "[U+202E]1-tnuocca"), ("user\u200b-9", "user[U+200B]-9"), ("\u2067one", "[U+2067]one"), ("one\u200f", "one[U+200F]"),
        ("\u05e9\u05dc\u05d5\u05dd", "\u05e9\u05dc\u05d5\u05dd"), ("\u0645\u06cc\u200c\u062e", "\u0645\u06cc\u200c\u062e"), ("one \U0001f469\u200d\U0001f680", "one \U0001f469\u200d\U0001f680"),
    ],
)  # fmt: skip
def test_marks_in_a_name_that_would_turn_a_line_round_or_hide_a_difference_are_written_out(
    by: str, stands: str
) -> None:
    said = records.Said(by=by, text="hello \u202ethere")
    told = telling(said=(said,), account_reference=f"\u202e{by}", surface=f"chat{by}")
    assert told.excerpt == f"{stands}: hello \u202ethere"
    assert f"Account: [U+202E]{stands}\n" in told.words
    assert f"Where: chat{stands}, conversation-7\n" in told.words
    assert intake.read_telling(intake.write_telling(told)).said == (said,), "sealed as it was told"


@pytest.mark.parametrize("content", [b"", b"{}", b"\xff", b"[]", b'{"form": "wardline-incident"}'])
def test_what_is_no_account_is_broken_evidence(content: bytes) -> None:
    with pytest.raises(EvidenceError):
        intake.read_telling(content)


def test_an_account_that_was_changed_so_that_it_breaks_a_rule_is_broken_evidence() -> None:
    fields = json.loads(intake.write_telling(telling()))
    changes: list[dict[str, Any]] = [
        {"kind": "files"},
        {"what_happened": "\x00"},
        {"happened_at": None},
        {"messages": [{}]},
    ]
    for changed in changes:
        with pytest.raises(EvidenceError):
            intake.read_telling(json.dumps(fields | changed).encode())


@pytest.mark.parametrize(
    "fields",
    [
        {"what_happened": ""}, {"what_happened": "\x85"}, {"what_happened": "a" * (records.LONGEST_ACCOUNT + 1)},
        {"kind": IncidentKind.FILES}, {"ended_at": NOON - timedelta(seconds=1)}, {"happened_at": datetime(2026, 5, 4)},
        {"said": tuple(records.Said(by="one", text="b") for _ in range(records.MOST_SAID + 1))},
    ],
)  # fmt: skip
def test_a_malformed_account_is_refused(fields: dict[str, Any]) -> None:
    with pytest.raises(InputError):
        telling(**fields)


def test_the_longest_of_each_kind_is_taken() -> None:
    said = tuple(records.Said(by="a", text="b" * 90) for _ in range(records.MOST_SAID))
    told = telling(what_happened="a" * records.LONGEST_ACCOUNT, said=said)
    assert intake.read_telling(intake.write_telling(told)) == told
    assert records.Said(by="a", text="b" * records.LONGEST_SAID).line.startswith("a: b")


def told(what_happened: str) -> intake.IncidentTold:
    context = records.UploadContext(
        surface="direct message", visibility=records.Visibility.PRIVATE, uploaded_at=NOON, content_reference="conversation-7",
        url="https://platform.example/7",
    )  # fmt: skip
    return intake.IncidentTold(
        kind=IncidentKind.ENTICEMENT,
        account_reference="account-1",
        what_happened=what_happened,
        context=context,
    )


@pytest.mark.parametrize(
    "nothing",
    ["\u200b", "\u00a0\u3000\n\t", "\u00ad\u034f", "\u115f\u1160\u3164\uffa0", "\u200e \u200f\u061c", "\u202a\u202e", "\u2060\u206f\ufeff",
     "\u180e\ufe0f", "\u2800", "\U000e0041\U000e007f", "\U0001d173"],
)  # fmt: skip
def test_what_nobody_could_see_is_no_account(nothing: str) -> None:
    with pytest.raises(InputError, match="what_happened: blank"):
        told(nothing).upload(NOON)


@pytest.mark.parametrize(
    "words",
    ["👩\u200d👧 came\ufe0f", "می\u200cخواهم", "\u2067وقت\u2069 at four", "\u200bfour\u200b", "\u200e7", "क\u094d\u200dष", "☎\ufe0f", "한\u3164", "🏴\U000e0067\U000e007f"],
)  # fmt: skip
def test_marks_that_cannot_be_seen_stay_where_they_stand_among_words(words: str) -> None:
    content = told(words).upload(NOON).content
    assert intake.read_telling(content).what_happened == words


def test_what_was_sealed_is_read_though_nobody_can_see_it() -> None:
    content = intake.write_telling(telling(what_happened="\u200b"))
    assert intake.read_telling(content).what_happened == "\u200b"
