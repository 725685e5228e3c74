"""``wardline hash-list``: pictures of one's own, preview, terms, entries that are held, and lists from an exchange."""

from __future__ import annotations

import json
from contextlib import closing
from pathlib import Path

import pytest

from tests.cli.conftest import Place, run
from wardline import connect
from wardline.testing import pictures

HASHES = ("0123456789abcdef" * 2, "fedcba9876543210" * 2)


def csv(folder: Path, *hashes: str) -> Path:
    path = folder / "list.csv"
    path.write_text("\n".join(["hash_type,hash", *(f"md5,{each}" for each in hashes), ""]), "ascii")
    return path


def added(place: Place, path: Path | str, *more: str, name: str = "known") -> str:
    """Add a list as bea, have ada switch it on, and give its id."""
    words = ("--name", name, "--provenance", "a test", "--trust", "verified", *more)
    given = place.run_as("bea", "hash-list", "add", path, *words, "--json").json["hash_list"]["id"]
    assert place.run_as("ada", "hash-list", "activate", given, "--json").json["active"]
    return str(given)


@pytest.fixture
def harmless(tmp_path: Path) -> Path:
    """A folder of a platform's own pictures, one of which is no picture."""
    folder = tmp_path / "own"
    (folder / "below").mkdir(parents=True)
    (folder / "below" / "logo.png").write_bytes(pictures.encode(pictures.scene(3), "png"))
    (folder / "notes.txt").write_text("no picture")
    return folder


def test_own_pictures_become_canaries_and_an_entry_near_one_is_held(
    place: Place, tmp_path: Path, harmless: Path
) -> None:
    words = ("--name", "own", "--provenance", "ours", "--trust", "verified")
    refused = place.run_as("bea", "hash-list", "add", "--pictures", harmless, *words, "--json").error
    assert "--role canary" in refused["message"]
    given = place.run_as(
        "bea", "hash-list", "add", "--pictures", harmless, "--role", "canary", *words, "--json"
    ).json
    assert (given["hash_list"]["entries"], [each["line"] for each in given["skipped"]]) == (3, [2])
    place.run_as("ada", "hash-list", "activate", "own")
    hashed = json.loads(run("hash", "--json", harmless / "below" / "logo.png").out)
    told = place.run_as(
        "bea", "hash-list", "add", csv(tmp_path, hashed["md5"], HASHES[0]), "--name", "bank", "--provenance", "x",
        "--trust", "verified",
    ).out  # fmt: skip
    assert "Held 1 entries" in told
    (held,) = place.run("hash-list", "held", "--json").json
    assert held["cause"] == "canary"
    assert held["entry_id"] in place.run("hash-list", "held").out
    assert place.run_as("bea", "hash-list", "release", held["id"], "--json").json["released_by"]
    assert place.run("hash-list", "held", "--json").json == []


def test_terms_are_given_when_a_list_is_added_and_changed_while_it_is_in_preview(
    place: Place, tmp_path: Path
) -> None:
    terms = ("--meaning", "intimate", "--radius-bits", "12", "--surface", "post", "--surface", "avatar")
    list_id = added(place, csv(tmp_path, *HASHES), *terms)
    shown = place.run("hash-list", "show", list_id, "--json").json
    assert (shown["meaning"], shown["radius_bits"], shown["surfaces"]) == ("intimate", 12, ["post", "avatar"])
    assert "cursor" not in shown
    change = ("hash-list", "terms", list_id, "--trust", "unverified", "--everywhere")
    assert place.run_as("bea", *change, "--json").error["error"] == "conflict"
    assert place.run_as("bea", "hash-list", "preview", list_id, "--json").json["state"] == "preview"
    changed = place.run_as("bea", *change, "--json").json
    assert (changed["trust"], changed["surfaces"], changed["radius_bits"]) == ("unverified", [], 12)
    assert "12 bits" in place.run("hash-list", "show", list_id).out


def test_a_negative_list_is_narrow_unless_somebody_says_otherwise(place: Place, tmp_path: Path) -> None:
    for name, more, bits in (("a", (), 10), ("b", ("--radius-bits", "0"), 0)):
        list_id = added(place, csv(tmp_path, *HASHES), "--role", "negative", *more, name=name)
        assert place.run("hash-list", "show", list_id, "--json").json["radius_bits"] == bits


def test_two_people_let_a_list_change_as_much_as_it_likes(place: Place, tmp_path: Path) -> None:
    list_id = added(place, csv(tmp_path, *HASHES))
    many = csv(tmp_path, *(f"{n:032x}" for n in range(1500)))
    refused = place.run_as("bea", "hash-list", "sync", list_id, many, "--json").error
    assert "let-change" in refused["advice"]
    assert not place.run_as("bea", "hash-list", "let-change", list_id, "--json").json["may_change"]
    assert place.run_as("bea", "hash-list", "let-change", list_id, "--json").error["error"] == "second-person"
    assert place.run_as("ada", "hash-list", "let-change", list_id, "--json").json["may_change"]
    assert place.run_as("bea", "hash-list", "sync", list_id, many, "--json").json["added"] == 1500


def test_an_entry_is_held_by_hand_once(place: Place, tmp_path: Path) -> None:
    list_id = added(place, csv(tmp_path, *HASHES))
    wrong = place.run_as("bea", "hash-list", "hold", list_id, "hash-batch-1:0", "--json")
    assert wrong.error["error"] == "not-found"
    with closing(connect(place.folder)) as line:
        batch = next(iter(line.parts.store.batches_of(list_id, after=0)))
    hold = ("hash-list", "hold", list_id, f"{batch.id}:0", "--json")
    assert place.run_as("bea", *hold).json["cause"] == "by-hand"
    assert place.run_as("bea", *hold).error["error"] == "conflict"


def test_an_exchange_that_the_settings_do_not_name_is_told_apart_from_a_file(
    place: Place, tmp_path: Path
) -> None:
    words = ("--name", "x", "--provenance", "y", "--trust", "verified", "--json")
    assert (
        place.run_as("bea", "hash-list", "add", "--exchange", "nowhere", *words).error["error"]
        == "configuration"
    )
    both = place.run_as("bea", "hash-list", "add", csv(tmp_path, *HASHES), "--exchange", "nowhere", *words)
    assert both.error["error"] == "invalid-input"
    assert place.run_as("bea", "hash-list", "add", *words).error["error"] == "invalid-input"
    list_id = added(place, csv(tmp_path, *HASHES))
    assert place.run_as("bea", "hash-list", "sync", list_id, "--json").error["error"] == "conflict"
    feedback = ("hash-list", "feedback", list_id, "hash-batch-1:0", "--verdict", "denied", "--json")
    assert place.run_as("bea", *feedback).error["error"] == "conflict"
