"""One Media of a VICS document, in every spelling that programs have."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.unit.hash_lists import vics
from tests.unit.hash_lists.vics import PROFILE, document, entry, hex_of, medium
from wardline import records
from wardline.adapters.hash_lists.fields import Found, Malformed, Untaken
from wardline.adapters.hash_lists.vics_media import read_media
from wardline.errors import InputError
from wardline.records import CategoryMeaning, CategoryProfile, HashKind

A1 = records.Category.A1
PDQ = hex_of(77, 64)
SKELETON = Path(__file__).parents[4] / "shared" / "data" / "vics" / "synthetic-skeleton.json"


def read(profile: CategoryProfile = PROFILE, **fields: Any) -> list[Found]:
    return list(read_media(json.dumps(fields).encode(), profile))


def change(kind: HashKind, value: str, category: records.Category | None = A1) -> records.EntryChange:
    return records.EntryChange(kind=kind, value=value.lower(), category=category)


def test_one_medium_gives_an_entry_for_each_of_its_hashes() -> None:
    others = [{"HashName": "PDQ", "HashValue": PDQ}, {"HashName": "SHA-256", "HashValue": hex_of(5, 64)}]
    assert read(Category=2, MD5=hex_of(10), SHA1=hex_of(11, 40), AlternativeHashes=others) == [
        change(HashKind.MD5, hex_of(10), records.Category.B2), change(HashKind.SHA1, hex_of(11, 40), records.Category.B2),
        change(HashKind.PDQ, PDQ, records.Category.B2), change(HashKind.SHA256, hex_of(5, 64), records.Category.B2),
    ]  # fmt: skip


@pytest.mark.parametrize("category", [1, "1", " 1 ", "01", 1.0])
def test_a_category_may_be_a_number_or_text(category: object) -> None:
    assert read(Category=category, MD5=hex_of(1)) == [entry(1)]


@pytest.mark.parametrize("category", [True, "one", "1.5", 1.5, -1, [1], {}, "٣", "9" * 30, float("inf")])
def test_a_category_that_is_no_number_of_the_profile_makes_the_medium_malformed(category: object) -> None:
    [only] = read(Category=category, MD5=hex_of(1))
    assert isinstance(only, Malformed)
    assert only.reason.startswith("Category is")


def test_a_category_that_the_profile_does_not_name_is_malformed_and_not_guessed() -> None:
    assert read(Category=3, MD5=hex_of(1)) == [
        Malformed("Category is a number that the profile does not name")
    ]


def test_a_profile_may_take_entries_without_a_category_of_ours_and_skip_others() -> None:
    assert read(Category=4, MD5=hex_of(1)) == [entry(1, None)]
    assert read(Category=0, MD5=hex_of(1)) == [Untaken("media of a category that the profile skips")]


@pytest.mark.parametrize("fields", [{}, {"Category": None}, {"Category": ""}, {"Category": " "}])
def test_media_without_a_category_are_taken_only_when_the_profile_says_so(fields: dict[str, Any]) -> None:
    assert read(MD5=hex_of(1), **fields) == [Untaken("media without a category")]
    taking = CategoryProfile(document="US", categories={"none": CategoryMeaning.TAKE})
    assert read(taking, MD5=hex_of(1), **fields) == [entry(1, None)]


@pytest.mark.parametrize("value", ["true", "false", True, False, None, 1])
def test_what_programs_graded_or_suspected_beforehand_changes_nothing(value: object) -> None:
    flags: dict[str, Any] = {
        "IsPrecategorized": value,
        "IsSuspected": value,
        "PrecategorizationSource": "x",
        "VictimIdentified": value,
    }
    assert read(Category=1, MD5=hex_of(1), **flags) == [entry(1)]
    assert read(Category=0, MD5=hex_of(1), **flags) == [Untaken("media of a category that the profile skips")]


def test_unknown_fields_and_hashes_of_other_files_are_passed_over() -> None:
    more: dict[str, Any] = {
        "Exifs": [{"MD5": hex_of(8), "PropertyName": "Model"}],
        "MediaFiles": [{"MD5": hex_of(9), "ParentMD5": hex_of(9)}],
        "AlternativeHashes": [{"MD5": hex_of(7), "HashName": "PDQ", "HashValue": PDQ}],
        "Unheard": {"MD5": hex_of(6)},
    }
    assert read(Category=1, MD5=hex_of(1), **more) == [entry(1), change(HashKind.PDQ, PDQ)]


@pytest.mark.parametrize("name", ["PDQ", "pdq", "Pdq", " PDQ "])
@pytest.mark.parametrize("field", ["AlternativeHashes", "alternativehashes", "ALTERNATIVEHASHES"])
def test_the_case_of_names_and_of_digits_does_not_matter(field: str, name: str) -> None:
    value = "aBcDeF01" * 8
    others: dict[str, Any] = {field: [{"hashname": name, "HASHVALUE": f" {value} "}]}
    assert read(category=1, md5="aBcDeF01" * 4, sHa1="", **others) == [
        change(HashKind.MD5, "abcdef01" * 4), change(HashKind.PDQ, value),
    ]  # fmt: skip


@pytest.mark.parametrize("suffix", [",100", ":50", "|50", "; 99", " , 100"])
def test_a_pdq_hash_may_have_its_quality_behind_it(suffix: str) -> None:
    others = [{"HashName": "PDQ", "HashValue": PDQ + suffix}]
    assert read(Category=1, AlternativeHashes=others) == [change(HashKind.PDQ, PDQ)]


def test_a_pdq_hash_of_too_low_a_quality_to_match_is_not_taken() -> None:
    others = [{"HashName": "PDQ", "HashValue": f"{PDQ},49"}]
    assert read(Category=1, AlternativeHashes=others) == [Untaken("PDQ hashes of a quality below 50")]


@pytest.mark.parametrize("suffix", [",", ",x", ",1000", "0", ",50,50", "\n"])
def test_anything_else_behind_a_pdq_hash_makes_it_malformed(suffix: str) -> None:
    [only] = read(Category=1, AlternativeHashes=[{"HashName": "PDQ", "HashValue": PDQ + suffix + "q"}])
    assert isinstance(only, Malformed)


@pytest.mark.parametrize(
    "fields",
    [
        {"PhotoDNA": "A" * 192},
        {"AlternativeHashes": [{"HashName": "PhotoDNA", "HashValue": "A" * 192}]},
        {"AlternativeHashes": [{"HashName": "PDNA", "HashValue": "0" * 288}]},
    ],
)
def test_photodna_is_counted_and_is_no_malformed_hash(fields: dict[str, Any]) -> None:
    assert read(Category=1, **fields) == [Untaken("PhotoDNA hashes")]
    assert read(Category=1, MD5=hex_of(1), **fields) == [entry(1), Untaken("PhotoDNA hashes")]


def test_hashes_of_unknown_types_are_counted_without_their_names() -> None:
    others = [{"HashName": "q7z", "HashValue": "q7z"}]
    assert read(Category=1, AlternativeHashes=others) == [Untaken("hashes of other types")]


@pytest.mark.parametrize("fields", [{}, {"MD5": None}, {"MD5": "", "SHA1": " "}, {"AlternativeHashes": []}])
def test_a_medium_without_any_hash_is_malformed(fields: dict[str, Any]) -> None:
    assert read(Category=1, **fields) == [Malformed("no hash")]


@pytest.mark.parametrize("bad", ["0" * 31, "0" * 33, "g" * 32, 12, ["0"], {"a": 1}])
def test_a_broken_hash_does_not_hide_the_medium_s_others(bad: object) -> None:
    broken, good = read(Category=1, MD5=bad, SHA1=hex_of(4, 40))
    assert isinstance(broken, Malformed)
    assert good == change(HashKind.SHA1, hex_of(4, 40))


@pytest.mark.parametrize(
    "others", ["text", 1, {}, [None], ["PDQ"], [{}], [{"HashName": 1, "HashValue": PDQ}]]
)
def test_alternative_hashes_of_another_form_do_not_hide_the_others(others: object) -> None:
    good, broken = read(Category=1, MD5=hex_of(1), AlternativeHashes=others)
    assert good == entry(1)
    assert isinstance(broken, Malformed)


def test_line_breaks_inside_a_text_are_read_as_programs_write_them() -> None:
    raw = json.dumps(medium(1, Comments="HERE")).replace("HERE", "a\tb\r\nc").encode()
    assert read_media(raw, PROFILE) == (entry(1),)


def test_reasons_repeat_nothing_of_the_medium() -> None:
    fields: list[dict[str, Any]] = [
        {"Category": "q7z"},
        {"MD5": "q7z"},
        {"AlternativeHashes": "q7z"},
        {"SHA1": ["q7z"]},
    ]
    for each in fields:
        for said in read(**{"Category": 1, **each}):
            assert isinstance(said, Malformed)
            assert "q7z" not in said.reason


def test_the_same_hash_under_two_categories_is_malformed_the_second_time(tmp_path: Path) -> None:
    path = tmp_path / "list.json"
    path.write_text(document([medium(1), medium(1), medium(1, Category=2)]), "utf-8")
    page = vics.source(path).fetch(None)
    assert (list(page.added), [line.line for line in page.malformed]) == ([entry(1)], [3])


def test_the_skeleton_that_the_facts_came_with_is_read() -> None:
    if not SKELETON.is_file():
        pytest.skip("the shared data is not beside this checkout")
    uk = CategoryProfile(document="UK", categories={"1": CategoryMeaning.TAKE})
    raw = SKELETON.read_bytes()
    assert vics.found(raw, uk) == [
        change(HashKind.MD5, "0" * 32, None), change(HashKind.SHA1, "0" * 40, None), change(HashKind.PDQ, "0" * 64, None),
    ]  # fmt: skip
    with pytest.raises(InputError):
        vics.found(raw)
