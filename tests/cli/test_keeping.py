"""Keys, requests to preserve and to destroy, back-ups and the fence, as whoever runs the machine sees them."""

from __future__ import annotations

import base64
import hashlib
import json
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from tests.cli.conftest import Place, run
from wardline import audit, wiring
from wardline.cli.opening import opened
from wardline.pipeline import fencing
from wardline.testing import pictures

ASKER = ("--agency", "An agency", "--reference", "REF-1", "--contact", "officer@agency.invalid")


@pytest.fixture
def kept(place: Place, listed: Callable[..., str]) -> str:
    """The id of a file that is sealed, its case undecided."""
    assert place.run_as("ada", "hash-list", "activate", listed()).code in (0, 1)
    proposed = place.run("approval", "list", "--state", "proposed", "--json").json
    for each in proposed:
        place.run_as("ada", "approval", "approve", each["id"])
    sent = place.run(
        "submit",
        place.picture(1),
        "--account",
        "account-1",
        "--api-key-file",
        place.key_file("low"),
        "--json",
    )
    assert sent.code in (0, 1), sent.err
    with opened(place.folder) as installation:
        ((item_id, _, _),) = installation.wardline.parts.vault.inventory()
    return item_id


def below(*folders: Path) -> Iterator[bytes]:
    return (path.read_bytes() for folder in folders for path in folder.rglob("*") if path.is_file())


def rotate(place: Place) -> Any:
    made = place.run_as("bea", "vault", "propose-rotation", "--json")
    assert made.code == 0, made.err
    assert place.run_as("bea", "approval", "approve", made.json["id"]).code == 2
    assert place.run_as("ada", "approval", "approve", made.json["id"]).code == 0
    return place.run_as("bea", "vault", "rotate", "--json")


def content_of(place: Place, item_id: str) -> bytes:
    with opened(place.folder) as installation:
        return installation.wardline.parts.vault.open(item_id, "original")


def test_a_key_is_changed_by_two_people_and_everything_stays_readable(place: Place, kept: str) -> None:
    before = content_of(place, kept)
    old = wiring.KeyFiles.read(place.folder / "keys").vault
    assert place.run_as("bea", "vault", "rotate").code == 2
    rotated = rotate(place)
    assert (rotated.code, rotated.json["key"], rotated.json["changed"], rotated.json["retired"]) == (
        0,
        2,
        1,
        True,
    )
    assert content_of(place, kept) == before
    assert [each["number"] for each in place.run("vault", "keys", "--json").json] == [2]
    assert not any(old in content or base64.b64encode(old) in content for content in below(place.folder))
    assert place.run("audit", "verify").code == 0


def test_an_interrupted_change_of_keys_goes_on_where_it_stopped(place: Place, kept: str) -> None:
    before = content_of(place, kept)
    made = place.run_as("bea", "vault", "propose-rotation", "--json").json
    place.run_as("ada", "approval", "approve", made["id"])
    wiring.FileKeys(place.folder / "keys").add(after=1)
    assert content_of(place, kept) == before
    again = place.run_as("bea", "vault", "rotate", "--json").json
    assert (again["key"], again["changed"]) == (2, 1)
    assert content_of(place, kept) == before


def test_a_damaged_file_keeps_the_old_key_from_being_taken_away(place: Place, kept: str) -> None:
    (path,) = (place.folder / "data" / "vault").rglob("*.sealed")
    content = bytearray(path.read_bytes())
    content[60] ^= 1  # within its wrapped data key
    path.write_bytes(content)
    rotated = rotate(place)
    assert (rotated.code, rotated.json["retired"], rotated.json["damaged"]) == (1, False, [kept])
    assert [each["number"] for each in place.run("vault", "keys", "--json").json] == [2, 1]
    again = rotate(place)  # the next key is made all the same
    assert (again.code, again.json["retired"]) == (1, False)
    assert [each["number"] for each in place.run("vault", "keys", "--json").json] == [3, 2, 1]


@pytest.mark.parametrize("how", ["missing", "another"])
def test_without_the_right_master_key_nothing_starts_and_the_reason_is_said(
    place: Place, kept: str, how: str
) -> None:
    path = place.folder / "keys" / "vault.key"
    path.unlink()
    if how == "another":
        wiring.create_secret(path, base64.b64encode(b"k" * 32))
    ended = place.run("hold", "list", "--json")
    assert ended.code == (4 if how == "another" else 2)
    assert "vault.key" in ended.error["message"] + ended.error["advice"]
    assert kept not in ended.err


def test_a_request_is_recorded_extended_once_and_withdrawn(place: Place, kept: str) -> None:
    misspelt = (
        "preservation",
        "record",
        "--basis",
        "us-2703f",
        *ASKER,
        "--account",
        "account-1",
        "--platform",
        "nobody",
    )
    assert place.run_as("bea", *misspelt, "--json").error["error"] == "invalid-input"
    made = place.run_as("bea", "preservation", "record", "--basis", "us-2703f", *ASKER, "--account", "account-1",
                        "--received", "2026-01-05", "--json")  # fmt: skip
    assert made.code == 0, made.err
    assert made.json["item_ids"] == [kept]
    # Ninety days from the end of the day on which it arrived, wherever that ends last.
    assert made.json["received_at"].startswith("2026-01-05T00:00")
    assert made.json["until"].startswith("2026-04-06T12:00")
    found = made.json["id"]
    holds = place.run("hold", "list", "--json").json
    assert [each["basis"] for each in holds] == ["provisional", "requested"]
    late = place.run_as("bea", "preservation", "extend", found, "--reason", "renewed", "--json")
    assert late.error["error"] == "conflict"  # its 90 days are over since April

    order = place.run_as("bea", "preservation", "record", "--basis", "order", *ASKER, "--item", kept, "--until", "2099-01-01", "--json").json  # fmt: skip
    later = place.run_as("bea", "preservation", "extend", order["id"], "--reason", "the court's second order", "--until", "2099-06-01", "--json").json  # fmt: skip
    # To the end of the day that it names, also in Honolulu.
    assert order["until"].startswith("2099-01-02T12:00")
    assert later["until"].startswith("2099-06-02T12:00")
    assert later["extensions"][0]["reason"] == "the court's second order"
    wrong = place.run_as("bea", "preservation", "extend", order["id"], "--reason", "r", "--until", "1 June")
    assert (wrong.code, "--until" in wrong.err) == (2, True)
    assert place.run_as("mo", "preservation", "end", order["id"], "--reason", "withdrawn").code == 2
    ended = place.run_as("bea", "preservation", "end", order["id"], "--reason", "withdrawn", "--json").json
    assert ended["ended_at"] is not None
    assert place.run("audit", "verify").code == 0


def test_what_is_undecided_is_not_destroyed_on_request(place: Place, kept: str) -> None:
    refused = place.run_as("bea", "destruction", "propose", kept, *ASKER, "--reason", "asked", "--json")
    assert refused.error["error"] == "conflict"


def test_a_back_up_holds_no_key_and_what_is_restored_from_it_does_not_send(
    place: Place, kept: str, tmp_path: Path
) -> None:
    content = content_of(place, kept)
    made = place.run_as("bea", "backup", tmp_path / "copy", "--json")
    assert made.code == 0, made.err
    key = wiring.KeyFiles.read(place.folder / "keys")
    for secret in (key.vault, key.log, key.idempotency):
        assert not any(
            secret in each or base64.b64encode(secret) in each for each in below(tmp_path / "copy")
        )
    assert place.run("fence", "show").code == 0  # the living one sends on

    new = tmp_path / "new"
    shutil.copytree(place.folder / "keys", new / "keys")
    restored = run("restore", tmp_path / "copy", "--folder", new, "--json")
    assert restored.code == 0, restored.err
    there = Place(new, place.password_file, place.keys)
    assert there.run("fence", "show").code == 1
    assert content_of(there, kept) == content
    assert there.run("audit", "verify").code == 0
    assert [each["kind"] for each in there.run("alarm", "list", "--json").json] == ["fenced"]
    assert there.run_as("bea", "fence", "lift").code == 2
    assert there.run_as("bea", "fence", "lift", "--old-is-gone").code == 0
    assert there.run("fence", "show").code == 0
    again = there.run_as("bea", "fence", "lift", "--old-is-gone")
    assert (again.code, again.out) == (0, "No fence stood: nothing was changed.\n")
    assert there.run_as("bea", "fence", "raise").code == 0
    assert there.run_as("bea", "fence", "lift", "--old-is-gone", "--nothing-since").code == 0
    with opened(there.folder) as installation:
        assert [each.why for each in installation.wardline.parts.store.lifted_fences()] == [
            fencing.RESTORED,
            fencing.MOVED,
        ]
    assert there.run("audit", "verify").code == 0


@pytest.mark.parametrize("what", ["byte", "signature", "key", "data"])
def test_a_back_up_that_is_not_what_was_made_is_not_restored(
    place: Place, kept: str, tmp_path: Path, what: str
) -> None:
    copy, new = tmp_path / "copy", tmp_path / "new"
    place.run_as("bea", "backup", copy)
    shutil.copytree(place.folder / "keys", new / "keys")
    (path,) = (copy / "data" / "vault").rglob(f"{kept}*")
    match what:
        case "byte":
            content = bytearray(path.read_bytes())
            content[-1] ^= 1
            path.write_bytes(content)
        case "signature":
            manifest = json.loads((copy / "manifest.json").read_bytes())
            manifest["statement"] = manifest["statement"].replace('"size":', '"size": ')
            (copy / "manifest.json").write_text(json.dumps(manifest))
        case "key":
            (new / "keys" / "vault.key").unlink()
            wiring.create_secret(new / "keys" / "vault.key", base64.b64encode(b"k" * 32))
        case _:
            (new / "data").mkdir()
            (new / "data" / "something").touch()
    ended = run("restore", copy, "--folder", new, "--json")
    expected = {
        "byte": "integrity",
        "signature": "audit-log",
        "key": "unknown-master-key",
        "data": "already-exists",
    }
    assert ended.error["error"] == expected[what]
    assert not (new / "data" / "wardline.sqlite").exists()


def test_a_back_up_is_not_written_over_anything(place: Place, tmp_path: Path) -> None:
    (tmp_path / "copy").mkdir()
    (tmp_path / "copy" / "mine").touch()
    assert place.run_as("bea", "backup", tmp_path / "copy", "--json").error["error"] == "already-exists"


def test_a_statement_is_checked_with_the_public_key_alone() -> None:
    key = Ed25519PrivateKey.generate()
    signed = audit.sign_statement({"said": 1}, "wardline.invalid/test", key)
    assert audit.open_statement(signed, key.public_key()) == {"said": 1}
    digest = hashlib.sha256(pictures.encode(pictures.scene(1))).hexdigest()
    for other in ({**signed, "statement": digest}, {**signed, "signature": "AA=="}, {}):
        with pytest.raises(Exception, match="signed by the log"):
            audit.open_statement(other, key.public_key())
