"""Nothing of why a child may be in danger is lost, however much people wrote."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from tests.unit.made import NOW, new_id
from wardline import records, referral
from wardline.adapters.authorities.ncmec import building as documents
from wardline.adapters.authorities.ncmec.schema import BUILT_IN, Complex
from wardline.records import FactKind
from wardline.referral.building import LONGEST_REASON
from wardline.referral.masking import REMOVED
from wardline.testing.authority_contract import sample_report

CONTINUES = "Why a child may be in danger now, continued: "
WORDS = st.text(alphabet="abcdefgh ", min_size=1, max_size=3000).filter(str.strip)


def whole(report: records.Report) -> str:
    """Put the reason together again."""
    reason = report.escalation or ""
    if not reason.endswith(referral.CONTINUED):
        return reason
    first = report.note.split("\n", 1)[0]
    assert first.startswith(CONTINUES)
    return reason.removesuffix(referral.CONTINUED) + " " + first.removeprefix(CONTINUES)


def told(*reasons: str) -> records.Report:
    said = [(NOW + timedelta(minutes=number), each) for number, each in enumerate(reasons)]
    return referral.with_knowledge(replace(sample_report(), escalation=None, victims=()), [], said=said)


@given(st.lists(WORDS, min_size=1, max_size=4, unique=True))
def test_each_reason_is_in_the_field_or_goes_on_in_the_note(reasons: list[str]) -> None:
    report = told(*reasons)
    assert report.escalation is not None
    assert len(report.escalation) <= LONGEST_REASON
    said = whole(report).replace(" ", "")
    assert all(each.replace(" ", "") in said for each in reasons)


def test_a_reason_without_a_space_is_cut_and_goes_on() -> None:
    report = told("a" * 2900, "b" * 2900)
    assert whole(report).count("a") >= 2900
    assert whole(report).count("b") == 2900


def test_a_reason_that_fits_stays_as_it_is() -> None:
    report = told("a" * LONGEST_REASON)
    assert report.escalation == "a" * LONGEST_REASON
    assert CONTINUES not in report.note


def test_a_reason_says_where_and_who_word_for_word_and_other_text_without_what_is_known_of_a_victim() -> None:
    victim = records.Party(school="Mill School", person=records.Person(first_name="Hope"))
    known = [
        fact(FactKind.DANGER, "He waits for Hope at Mill School at four."),
        fact(FactKind.LOCATION, "Near Mill School"),
    ]
    bare = replace(sample_report(), escalation=None, victims=(victim,))
    report = referral.with_knowledge(bare, known)
    assert report.escalation == "He waits for Hope at Mill School at four."
    assert f"Near {REMOVED}" in report.note
    assert report.masked == (("note", 1),)
    long = referral.with_knowledge(
        bare, known, said=[(NOW - timedelta(minutes=1), "They meet at Mill School. " * 115)]
    )
    assert whole(long).count("Mill School") == 116
    assert long.masked == (("note", 1),)


def fact(kind: FactKind, text: str) -> records.Fact:
    return records.Fact(
        id=new_id("fact"), case_id=new_id("case"), user_id=new_id("user"), kind=kind, text=text, at=NOW
    )


def test_where_the_schema_has_no_note_a_reason_that_goes_on_in_it_waits_for_a_person() -> None:
    without = {**BUILT_IN.types, "report": _without_note()}
    schema = replace(BUILT_IN, types=without)
    assert documents.opening(told("a" * 100), schema, NOW).lacking == ()
    assert documents.opening(told("a" * 2900, "b" * 2900), schema, NOW).lacking == ("report/additionalInfo",)


def _without_note() -> Complex:
    report = BUILT_IN.types["report"]
    kept = tuple(each for each in report.particles if "additionalInfo" not in each.alternatives)
    return replace(report, particles=kept)
