"""Files as sources: which, where, and whether they stay as they are."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.unit.hash_lists.lists import MD5, SHA1, values, write
from wardline.adapters import hash_lists
from wardline.adapters.hash_lists import csv_file
from wardline.errors import ConflictError, InputError
from wardline.records import CategoryMeaning, CategoryProfile, ListForm

CONTENT = f"hash_type,hash\nmd5,{MD5}\nsha1,{SHA1}\nmd5,{MD5}\n"


@pytest.mark.parametrize("name", ["list.xlsx", "list.txt", "list", "list.csv.gz", ".csv"])
def test_a_file_of_an_unknown_suffix_is_refused(name: str) -> None:
    with pytest.raises(InputError, match=r"\.csv .json"):
        hash_lists.open_source(Path(name))


def test_the_case_of_the_suffix_does_not_matter(tmp_path: Path) -> None:
    assert values(hash_lists.open_source(write(tmp_path, CONTENT, ".CSV")).fetch(None)) == [MD5, SHA1]


@pytest.mark.parametrize("suffix", ["", ".txt", ".json"])
def test_a_form_that_is_given_goes_before_the_suffix(tmp_path: Path, suffix: str) -> None:
    made = hash_lists.open_source(write(tmp_path, CONTENT, suffix), form=ListForm.CSV)
    assert values(made.fetch(None)) == [MD5, SHA1]


PROFILES = {"one": CategoryProfile(document="US", categories={"1": CategoryMeaning.TAKE})}


@pytest.mark.parametrize("form", [form for form in ListForm if form is not ListForm.VICS])
def test_a_category_profile_is_for_vics_only(form: ListForm) -> None:
    with pytest.raises(InputError, match=r"category profile one: not for .* files") as refusal:
        hash_lists.open_source(Path("list.csv"), form=form, profile="one", profiles=PROFILES)
    assert "--format vics" in refusal.value.advice


@pytest.mark.parametrize("profile", [None, "two", "ONE", ""])
def test_vics_without_a_known_category_profile_is_refused_and_the_known_ones_named(
    profile: str | None,
) -> None:
    with pytest.raises(InputError, match=r"expected one$") as refusal:
        hash_lists.open_source(Path("list.json"), form=ListForm.VICS, profile=profile, profiles=PROFILES)
    assert "--profile" in refusal.value.advice
    with pytest.raises(InputError, match=r"\[matching.category_profiles\], which has none"):
        hash_lists.open_source(Path("list.json"), form=ListForm.VICS, profile=profile)


@pytest.mark.parametrize("key", ["@odata.context", "odata.metadata", "value"])
def test_a_vics_document_that_is_read_as_json_is_refused_and_the_way_to_read_it_named(
    tmp_path: Path, key: str
) -> None:
    with pytest.raises(InputError, match="begins like a VICS document") as refusal:
        hash_lists.open_source(write(tmp_path, f'{{"{key}": 1}}', ".json")).fetch(None)
    assert "--format vics --profile NAME" in refusal.value.advice


def test_a_missing_file_is_the_callers_mistake_and_its_path_is_not_repeated(tmp_path: Path) -> None:
    with pytest.raises(InputError) as refusal:
        hash_lists.open_source(tmp_path / "q7z.csv").fetch(None)
    assert "q7z" not in refusal.value.message


def test_a_folder_is_refused(tmp_path: Path) -> None:
    folder = tmp_path / "folder.csv"
    folder.mkdir()
    with pytest.raises(InputError):
        hash_lists.open_source(folder).fetch(None)


def test_a_pipe_is_refused_without_waiting_for_it(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe.csv"
    os.mkfifo(pipe)
    with pytest.raises(InputError):
        hash_lists.open_source(pipe).fetch(None)


def small_pages(path: Path, page_rows: int = 1) -> hash_lists.FileSource:
    return hash_lists.FileSource(path, csv_file.read_rows, page_rows=page_rows)


def test_a_file_that_changed_between_pages_is_refused(tmp_path: Path) -> None:
    path = write(tmp_path, CONTENT)
    source = small_pages(path)
    cursor = source.fetch(None).cursor
    write(tmp_path, CONTENT + f"sha1,{'0' * 40}\n")
    for other in (source, small_pages(path)):
        with pytest.raises(ConflictError):
            other.fetch(cursor)
    assert len(values(hash_lists.open_source(path).fetch(None))) == 3


def test_a_page_may_hold_fewer_entries_than_it_covers(tmp_path: Path) -> None:
    source = small_pages(write(tmp_path, CONTENT))
    fetched = [source.fetch(None)]
    while fetched[-1].cursor is not None:
        fetched.append(source.fetch(fetched[-1].cursor))
    assert [values(page) for page in fetched] == [[MD5], [SHA1], [], []]


@pytest.mark.parametrize(
    "change", ["", "1:2:3", "x:1:2:3", "-1:1:2:3", "1:1:2:3:4", "٣:1:2:3", "9" * 30 + ":1:2:3"]
)
def test_a_cursor_of_no_page_is_refused(tmp_path: Path, change: str) -> None:
    with pytest.raises(InputError):
        small_pages(write(tmp_path, CONTENT)).fetch(change)


@pytest.mark.parametrize("move", [-1, 1, 1000])
def test_a_cursor_that_points_into_a_row_is_refused(tmp_path: Path, move: int) -> None:
    path = write(tmp_path, CONTENT)
    cursor = small_pages(path).fetch(None).cursor
    assert cursor is not None
    offset, rest = cursor.split(":", 1)
    with pytest.raises(InputError):
        small_pages(path).fetch(f"{int(offset) + move}:{rest}")
