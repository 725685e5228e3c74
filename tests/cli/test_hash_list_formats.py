"""``hash-list add`` from files of other programs."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import Ended, Place

PROFILE = '\n[matching.category_profiles.vics-us]\ndocument = "US"\ncategories = { 0 = "skip", 1 = "A1" }\n'
CONTEXT = "http://github.com/VICSDATAMODEL/ProjectVic/DataModels/2.0.xml/US/$metadata#Media"
MEDIA: list[Mapping[str, object]] = [
    {"Category": 1, "MD5": "0" * 32, "SHA1": "0" * 40, "PhotoDNA": "A" * 192},
    {"Category": 0, "MD5": "1" * 32},
    {"Category": 7, "MD5": "2" * 32},
]


def with_profile(place: Place) -> None:
    path = place.folder / "wardline.toml"
    path.write_text(path.read_text("utf-8") + PROFILE, "utf-8")


def file_with(place: Place, name: str, text: str) -> Path:
    path = place.folder.parent / name
    path.write_text(text, "utf-8")
    return path


def vics(place: Place, media: list[Mapping[str, object]], name: str = "list.json") -> Path:
    return file_with(place, name, json.dumps({"@odata.context": CONTEXT, "value": media}))


def add(place: Place, path: Path, *words: object) -> Ended:
    known = ("--name", "x", "--provenance", "made by the tests", "--trust", "unverified")
    return place.run_as("bea", "hash-list", "add", path, *known, *words)


def refused(ended: Ended) -> Any:
    assert ended.code == 2
    return ended.error


def test_a_vics_document_is_read_by_a_profile_of_the_settings(place: Place) -> None:
    with_profile(place)
    ended = add(place, vics(place, MEDIA), "--format", "vics", "--profile", "vics-us")
    assert ended.code == 0, ended.err
    assert "with 2 entries" in ended.out
    assert "line 3: Category is a number that the profile does not name" in ended.out
    assert "Not taken: 1 PhotoDNA hashes\n" in ended.out
    assert "Not taken: 1 media of a category that the profile skips\n" in ended.out


def test_what_was_not_taken_is_told_to_programs_too(place: Place) -> None:
    with_profile(place)
    told = add(place, vics(place, MEDIA), "--format", "vics", "--profile", "vics-us", "--json").json
    assert told["hash_list"]["entries"] == 2
    assert [each["line"] for each in told["skipped"]] == [3]
    assert told["not_taken"] == {"PhotoDNA hashes": 1, "media of a category that the profile skips": 1}


def test_when_nothing_was_taken_the_reason_is_told_before_the_refusal(place: Place) -> None:
    with_profile(place)
    ended = add(place, vics(place, MEDIA[1:2]), "--format", "vics", "--profile", "vics-us", "--json")
    assert "no valid entry" in refused(ended)["message"]
    assert "Not taken: 1 media of a category that the profile skips" in ended.err


@pytest.mark.parametrize("words", [(), ("--profile", "vics-uk")])
def test_vics_without_a_profile_that_is_known_is_refused_and_the_known_ones_named(
    place: Place, words: tuple[str, ...]
) -> None:
    with_profile(place)
    error = refused(add(place, vics(place, MEDIA), "--format", "vics", *words, "--json"))
    assert error["error"] == "invalid-input"
    assert "expected vics-us" in error["message"]
    assert "docs/how-to/add-a-hash-list.md" in error["advice"]


def test_a_document_of_another_profile_is_refused_whole(place: Place) -> None:
    with_profile(place)
    path = vics(place, MEDIA)
    path.write_text(path.read_text("utf-8").replace("/US/", "/UK/"), "utf-8")
    error = refused(add(place, path, "--format", "vics", "--profile", "vics-us", "--json"))
    assert "another profile" in error["message"]
    assert place.run("hash-list", "list", "--json").json == []


def test_a_vics_document_without_the_format_says_how_to_read_it(place: Place) -> None:
    error = refused(add(place, vics(place, MEDIA), "--json"))
    assert "--format vics --profile NAME" in error["advice"]


def test_a_bank_of_hma_is_read_and_other_signals_are_counted(place: Place) -> None:
    text = f"content_id,signal_type,signal_val\n1,pdq,{'0' * 64}\n1,video_md5,{'0' * 32}\n2,vpdq,x\n3,unheard-of,x\n"
    told = add(place, file_with(place, "bank.csv", text), "--format", "hma", "--json").json
    assert told["hash_list"]["entries"] == 2
    assert told["not_taken"] == {"signals of type vpdq": 1, "signals of another type": 1}


def test_a_form_that_is_given_goes_before_the_suffix(place: Place) -> None:
    path = file_with(place, "list.txt", f"hash_type,hash\nmd5,{'0' * 32}\n")
    assert "--format" in refused(add(place, path, "--json"))["advice"]
    assert add(place, path, "--format", "csv", "--json").json["not_taken"] == {}


def test_a_profile_without_vics_and_an_unknown_format_are_refused(place: Place) -> None:
    path = file_with(place, "list.csv", f"hash_type,hash\nmd5,{'0' * 32}\n")
    assert "not for csv files" in refused(add(place, path, "--profile", "vics-us", "--json"))["message"]
    assert add(place, path, "--format", "xml").code == 2
