"""What is known of a victim is taken out of free text: all of it, and nothing else."""

from __future__ import annotations

import unicodedata
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.ncmec import full
from wardline import records
from wardline.records.report_people import LONGEST_TEXT
from wardline.referral.masking import REMOVED, Masking

PERSON = records.Person(
    first_name="Hope", last_name="Al", emails=(records.Email(address="hope@mail.example"),),
    phones=(records.Phone(number="0170 1234567", calling_code="+49"), records.Phone(number="+12025550177")),
    addresses=(records.PostalAddress(street="7 Mill  Lane", city="Town"),), date_of_birth=date(2013, 3, 4),
)  # fmt: skip
VICTIM = records.Party(
    person=PERSON, account_reference="4712", screen_name="rosebud_9", display_names=("Zoë", "田中", "x"), school="Mill School",
    associated=(records.AssociatedAccount(kind=records.AssociationKind.LINKED, screen_name="hopeful99"),),
)  # fmt: skip


def masked(text: str, account: records.Party | None = None, *, victim: records.Party = VICTIM) -> str:
    return Masking([victim], account, "account-1").text("note", text)


@pytest.mark.parametrize(
    "text",
    ["Hope", "HOPE", "hope al", "AL,\tHOPE".replace(",\t", ", "), "hope@mail.example", "HOPE@Mail.Example", "7 mill lane", "7 Mill\nLane", "Mill School",
     "rosebud_9", "ROSEBUD_9", "Zoë", unicodedata.normalize("NFD", "Zoë"), "hopeful99", "2013-03-04", "04.03.2013", "4.3.2013", "3/4/2013",
     "0170 1234567", "01701234567", "+49 170 1234567", "+49 (0)170 123-45-67", "0049170 1234567", "49 170 1234567", "170/1234567",
     "+12025550177", "(202) 555-0177", "202.555.0177", "12025550177", "202\u00a0555\u20110177"],
)  # fmt: skip
def test_what_is_known_of_a_victim_is_taken_out_in_every_form(text: str) -> None:
    assert masked(f"Because {text}, we think.") == f"Because {REMOVED}, we think."
    assert masked(text) == REMOVED


def test_in_a_script_without_spaces_a_name_is_found_inside_a_sentence() -> None:
    assert masked("昨日田中さんと話した") == f"昨日{REMOVED}さんと話した"


@pytest.mark.parametrize(
    "text",
    ["we hope so", "Hopeless", "Al fresco", "x marks it", "4712 files", "myhope@mail.example", "hope@mail.example.org", "a.hope@mail.example",
     "17 Mill Lane", "7 Mill Lanes", "rosebud_99", "12013-03-04", "2013-03-041", "24.3.2013", "91701234567", "17012345678", "555-0177",
     "Old Mill Schools", "file 1 (item-0)"],
)  # fmt: skip
def test_what_only_looks_like_it_stays(text: str) -> None:
    assert masked(f"Said {text} there") == f"Said {text} there"


def test_a_name_that_the_platform_writes_small_is_found_in_every_case() -> None:
    victim = records.Party(person=records.Person(first_name="hope"))
    assert masked("hope, Hope and HOPE", victim=victim) == f"{REMOVED}, {REMOVED} and {REMOVED}"


@pytest.mark.parametrize(
    ("school", "text"),
    [("Hope", "we hope that it is a central park"), ("Central", "at the central station"), ("St", "at St Mary's"), ("x", "x marks it")],
)  # fmt: skip
def test_a_school_that_is_a_word_of_the_language_is_taken_for_it_only_where_it_is_written_so(
    school: str, text: str
) -> None:
    victim = records.Party(school=school)
    assert masked(text, victim=victim) == text
    expected = f"At {REMOVED}" if len(school) >= 3 else f"At {school}"
    assert masked(f"At {school}", victim=victim) == expected


def test_what_is_the_reported_accounts_too_stays() -> None:
    account = records.Party(
        screen_name="Rosebud_9",
        person=replace(PERSON, first_name="Joe", emails=(), date_of_birth=None),
    )
    text = "rosebud_9 of 7 Mill Lane, 0170 1234567; Joe Al; account-1"
    assert masked(text, account) == text
    assert masked("Hope Al, 2013-03-04", account) == f"{REMOVED}, {REMOVED}"
    same = replace(VICTIM, screen_name="account-1")
    assert masked("account-1 wrote", victim=same) == "account-1 wrote"


def test_it_is_counted_by_place() -> None:
    masking = Masking([VICTIM], None, "account-1")
    assert masking.text("escalation", "nothing") == "nothing"
    masking.text("note", "Hope and Hope")
    masking.text("person note", "hope@mail.example")
    assert masking.told() == (("note", 2), ("person note", 1))
    assert masking.told((("note", 1), ("a", 1))) == (("a", 1), ("note", 3), ("person note", 1))


def test_a_text_at_its_limit_is_cut_and_no_error() -> None:
    masking = Masking([VICTIM], None, "account-1")
    note = "Hope " * (LONGEST_TEXT // 5)
    party = masking.party("person", records.Party(note=note))
    assert party.note is not None
    assert len(party.note) == LONGEST_TEXT
    assert "Hope" not in party.note


def test_an_excerpt_stays_as_it_is() -> None:
    chat = records.Chat(content="12:00 rosebud_9: hello", note="with rosebud_9")
    assert Masking([VICTIM], None, "account-1").incident("incident 1", chat) == replace(
        chat, note=f"with {REMOVED}"
    )


@given(before=st.text(max_size=20), after=st.text(max_size=20))
def test_masking_never_fails_and_leaves_no_address(before: str, after: str) -> None:
    told = masked(f"{before} hope@mail.example {after}")
    assert "hope@mail.example" not in told
    assert Masking([full.victim()], full.account(), "a").text("note", before) in (
        before,
        unicodedata.normalize("NFC", before),
    )


def crowd() -> list[records.Party]:
    def one(number: int) -> records.Party:
        mails = tuple(records.Email(address=f"v{number}-{each}@mail.example") for each in range(50))
        phones = tuple(records.Phone(number=f"+1202{number:03}{each:04}") for each in range(50))
        return records.Party(person=records.Person(emails=mails, phones=phones))

    return [one(number) for number in range(100)]


def test_of_very_many_victims_each_is_looked_for_in_a_long_text() -> None:
    words = "Some words, and more: 12 of them. " * 1_000
    masking = Masking(crowd(), None, "account-1")
    text = masking.text("note", f"{words}V7-49@MAIL.example {words}(202) 007-0049, {words}")
    assert text == f"{words}{REMOVED} {words}{REMOVED}, {words}"
    assert masking.counted == {"note": 2}


def test_a_text_that_lists_very_many_things_of_victims_goes_as_a_whole() -> None:
    listed = " ".join(f"v{number}-{each}@mail.example" for number in range(100) for each in range(50))
    masking = Masking(crowd(), None, "account-1")
    assert masking.text("note", listed) == REMOVED
    assert masking.counted == {"note": 1}


@pytest.mark.parametrize("street", ["h\u0131lma", "HILMA", "Hilma"])
@pytest.mark.parametrize("written", ["hilma", "HILMA", "h\u0131lma"])
def test_dotless_letters_are_found_as_others(street: str, written: str) -> None:
    person = records.Person(addresses=(records.PostalAddress(street=street),))
    assert masked(f"At {written}, now", victim=records.Party(person=person)) == f"At {REMOVED}, now"
