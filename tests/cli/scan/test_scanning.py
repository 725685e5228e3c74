"""`wardline scan`: libraries of pictures against the active lists, by the real program on real files."""

from __future__ import annotations

import json
import os
import socket
import sqlite3
from pathlib import Path

import pytest
from typer.testing import CliRunner

from tests.cli.conftest import Ended, Place, run
from tests.cli.scan.libraries import LISTED, Scanned, picture, tar_of, words, write, zip_of
from wardline.cli import output
from wardline.cli.app import app
from wardline.cli.scan import places
from wardline.cli.scan.outcomes import Outcome, Status
from wardline.cli.scan.progress import Progress
from wardline.cli.scan.telling import Teller
from wardline.errors import StorageFullError, StoreUnavailableError
from wardline.pipeline.lookup import Lookup
from wardline.pipeline.scan import LibraryScan
from wardline.testing import pictures
from wardline.testing.pictures import CopyKind, Damage


def scan(place: Place, *more: object) -> Scanned:
    return Scanned.of(run(*words(place, *more, "--json")))


def entries(place: Place) -> list[tuple[str, str]]:
    """Verb and detail of what the log says of scans, oldest first."""
    assert place.run("audit", "verify").code == 0
    with sqlite3.connect(place.folder / "data" / "wardline.sqlite") as connection:
        leaves = [
            json.loads(leaf)
            for (leaf,) in connection.execute("SELECT leaf FROM audit_entries ORDER BY position")
        ]
    connection.close()
    return [(leaf["verb"], leaf["detail"]) for leaf in leaves if leaf["verb"].startswith("scan:")]


def test_everything_in_a_library_gets_its_line(place: Place, library: Path) -> None:
    known = picture(LISTED)
    copy = next(
        each.content
        for each in pictures.copies(pictures.scene(LISTED, (160, 120)), seed=1)
        if each.kind is CopyKind.RECOMPRESSED
    )
    plain = pictures.encode(pictures.scene(9, (16, 16)).resize((1, 1)).resize((64, 64)), "png")
    write(library, {
        "a/known.jpg": known, "a/again.jpg": known, "a/copy.jpg": copy, "a/other.jpg": picture(2), "a/plain.png": plain,
        "b/lying.jpg": b"text", "b/notes.txt": b"text", "b/empty": b"", "b/empty.png": b"",
        "b/cut.jpg": pictures.damaged(Damage.TRUNCATED).content, "b/photo.heic": b"\0\0\0\x18ftypheic" + bytes(100),
        "c.zip": zip_of({"in/known.jpg": known, "in/other.jpg": picture(3), "in/nested.zip": zip_of({"a": known})}),
        "d.tar.gz": tar_of({"known.jpg": known, "readme": b"text"}), "e.7z": b"7z\xbc\xaf\x27\x1c" + bytes(60),
        "f.zip": zip_of({"x": b"y"})[:20], "g.log.gz": b"\x1f\x8b\x08\0",
    })  # fmt: skip
    (library / "a" / "loop").symlink_to(library)
    (library / "a" / "link.jpg").symlink_to(library / "a" / "known.jpg")
    os.mkfifo(library / "pipe")
    with socket.socket(socket.AF_UNIX) as made:
        made.bind(str(library / "socket"))
    scanned = scan(place, library)
    assert scanned.ended.code == 1
    assert scanned.statuses(library) == {
        "a/known.jpg": "match", "a/again.jpg": "match", "a/copy.jpg": "match", "a/other.jpg": "no-match", "a/plain.png": "no-match",
        "b/lying.jpg": "unscannable", "b/notes.txt": "not-a-picture", "b/empty": "not-a-picture", "b/empty.png": "unscannable",
        "b/cut.jpg": "unscannable", "b/photo.heic": "unscannable",
        "c.zip!/in/known.jpg": "match", "c.zip!/in/other.jpg": "no-match", "c.zip!/in/nested.zip": "unscannable",
        "d.tar.gz!/known.jpg": "match", "d.tar.gz!/readme": "not-a-picture", "e.7z": "unscannable", "f.zip": "unscannable",
        "g.log.gz": "unscannable",
    }  # fmt: skip
    assert scanned.summary == {
        "files": 19, "match": 5, "no-match": 3, "not-a-picture": 3, "unscannable": 8, "unreadable": 0, "too_plain_for_pdq": 1,
        "from_journal": 0, "links_passed_over": 2, "special_files_passed_over": 2, "lists_changed": False,
    }  # fmt: skip
    by_name = {line["path"].removeprefix(f"{library}/"): line for line in scanned.lines}
    nearest = by_name["a/known.jpg"]["matches"][0]
    assert (nearest["list"], nearest["trust"], nearest["distance_bits"]) == ("practice", "verified", 0)
    assert nearest["list_id"].startswith("hash-list-")
    assert {each["hash_kind"] for each in by_name["a/known.jpg"]["matches"]} == {"sha256", "pdq"}
    (near,) = by_name["a/copy.jpg"]["matches"]
    assert near["hash_kind"] == "pdq"
    assert run("hash", "--json", library / "a/copy.jpg").json == {
        "path": str(library / "a/copy.jpg"),
        **by_name["a/copy.jpg"]["hashes"],
    }
    assert all(line["reason"] for line in scanned.lines if line["status"] in ("unscannable", "unreadable"))
    assert entries(place) == [
        ("scan:begun", ""),
        ("scan:ended", "19 files, 5 on a list, 8 not scanned; complete"),
    ]


def test_for_people_it_prints_what_was_found_and_what_could_not_be_scanned(
    place: Place, library: Path
) -> None:
    write(library, {"known.jpg": picture(LISTED), "other.jpg": picture(2), "odd\x1b[2J.jpg": b"text"})
    ended = run(*words(place, library))
    assert ended.code == 1
    assert f"match        {library}/known.jpg  practice (verified), " in ended.out
    assert ", 0 bits away, hash-batch-" in ended.out
    assert rf"unscannable  {library}/odd\x1b[2J.jpg  unknown format" in ended.out
    assert "other.jpg" not in ended.out
    assert "NOT SCANNED: 1 files" in ended.out


def test_nothing_found_and_everything_scanned_ends_with_0(place: Place, library: Path) -> None:
    write(library, {"a.jpg": picture(2), "notes.txt": b"text"})
    assert run(*words(place, library)).code == 0
    (library / "a.jpg").unlink()
    (library / "notes.txt").unlink()
    empty = scan(place, library)
    assert (empty.ended.code, empty.lines, empty.summary["files"]) == (0, [], 0)


def test_what_could_not_be_scanned_alone_is_a_finding(place: Place, library: Path) -> None:
    write(library, {"cut.jpg": pictures.damaged(Damage.TRUNCATED).content})
    scanned = scan(place, library)
    assert (scanned.ended.code, scanned.summary["match"], scanned.summary["unscannable"]) == (1, 0, 1)


def test_a_known_file_is_found_byte_for_byte_whatever_it_is(place: Place, library: Path) -> None:
    settings = place.folder / "wardline.toml"
    settings.write_text(
        settings.read_text("utf-8").replace("#max_bytes = 50000000", "max_bytes = 1000"), "utf-8"
    )
    write(
        library,
        {"too-large.bin": picture(LISTED), "in.zip": zip_of({"a": picture(LISTED)}), "film.mp4": bytes(5000)},
    )
    scanned = scan(place, library)
    assert scanned.statuses(library) == {
        "too-large.bin": "match",
        "in.zip!/a": "match",
        "film.mp4": "not-a-picture",
    }
    assert {line["reason"] for line in scanned.lines} == {"too many bytes"}


def test_exact_hashes_are_on_every_line_when_asked_for(place: Place, library: Path) -> None:
    write(library, {"other.jpg": picture(2)})
    (line,) = scan(place, library, "--exact", "--jobs", 1).lines
    assert run("hash", "--json", library / "other.jpg").json == {"path": line["path"], **line["hashes"]}
    (line,) = scan(place, library).lines
    assert line["hashes"]["pdq"] is None, "one that is not exact is not given out"


def test_paths_may_come_from_a_list_with_names_of_any_bytes(
    place: Place, library: Path, tmp_path: Path
) -> None:
    odd = os.fsencode(library) + b"/\xff\nodd.jpg"
    Path(os.fsdecode(odd)).write_bytes(picture(LISTED))
    write(library, {"sub/b.jpg": picture(2)})
    paths = tmp_path / "paths"
    paths.write_bytes(b"\0".join([odd, os.fsencode(library / "sub"), os.fsencode(library / "gone.jpg")]))
    scanned = scan(place, "--list", paths, "--null")
    assert scanned.ended.code == 1
    assert scanned.statuses(library) == {
        "\udcff\nodd.jpg": "match",
        "sub/b.jpg": "no-match",
        "gone.jpg": "unreadable",
    }
    lines = f"{library / 'sub' / 'b.jpg'}\n\n{library / 'sub' / 'b.jpg'}"
    ended = CliRunner().invoke(app, [*words(place, "--list", "-", "--json")], input=lines)
    assert Scanned.of(Ended(ended.exit_code, ended.stdout, ended.stderr)).summary["no-match"] == 2


def test_a_place_that_was_named_twice_or_lies_in_another_is_scanned_once(place: Place, library: Path) -> None:
    write(library, {"sub/b.jpg": picture(2)})
    inside = library / "sub"
    assert len(scan(place, inside, library, library / "sub" / "b.jpg", library).lines) == 1


def test_a_file_that_cannot_be_read_is_told(
    place: Place, library: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = places.opened

    def refusing(asked: places.Place) -> object:
        if asked.path.endswith("locked.jpg"):
            raise PermissionError(13, "Permission denied")
        return real(asked)

    monkeypatch.setattr(places, "opened", refusing)
    write(library, {"locked.jpg": picture(LISTED), "other.jpg": picture(2)})
    scanned = scan(place, library)
    assert scanned.ended.code == 1
    assert scanned.statuses(library) == {"locked.jpg": "unreadable", "other.jpg": "no-match"}
    assert {line["reason"] for line in scanned.lines} == {"permission denied", None}


def test_lists_that_cannot_be_searched_leave_nothing_clean(
    place: Place, library: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def failing(*_: object, **__: object) -> None:
        raise StoreUnavailableError("store: does not answer, expected it to")

    monkeypatch.setattr(Lookup, "find", failing)
    write(library, {"other.jpg": picture(2), "notes.txt": b"text"})
    scanned = scan(place, library)
    assert scanned.ended.code == 1
    assert set(scanned.statuses(library).values()) == {"unscannable"}


def test_lists_that_change_meanwhile_are_told(
    place: Place, library: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(LibraryScan, "lists_changed", lambda _: True)
    write(library, {"other.jpg": picture(2)})
    ended = run(*words(place, library))
    assert ended.code == 1
    assert "Scan again" in ended.err


def test_the_callers_mistakes_are_told_before_anything_is_scanned(
    place: Place, library: Path, tmp_path: Path
) -> None:
    missing = run(*words(place, library / "nothing", "--json"))
    assert (missing.code, missing.error["error"], missing.out) == (2, "invalid-input", "")
    assert "no such file" in missing.error["message"]
    assert run(*words(place)).code == 2
    assert run(*words(place, "--list", tmp_path / "nothing")).code == 2
    assert run(*words(place, "/dev/null")).code == 2
    both = place.run("scan", "--list", "-", "--as", "bea", "--password-file", "-", "--json")
    assert (both.code, both.error["error"]) == (2, "invalid-input")
    assert entries(place) == []


def test_only_who_manages_lists_may_scan_and_only_by_password(place: Place, library: Path) -> None:
    refused = place.run_as("mo", "scan", library, "--json")
    assert (refused.code, refused.error["error"]) == (2, "not-allowed")
    wrong = place.folder.parent / "wrong"
    wrong.touch(mode=0o600)
    wrong.write_text("another password than hers", "ascii")
    refused = place.run("scan", library, "--as", "bea", "--password-file", wrong, "--json")
    assert (refused.code, refused.error["error"]) == (2, "not-authenticated")
    assert entries(place) == []


def test_without_an_active_list_nothing_is_scanned(place: Place, library: Path) -> None:
    assert place.run_as("bea", "hash-list", "disable", "practice").code == 0
    refused = run(*words(place, library, "--json"))
    assert (refused.code, refused.error["error"]) == (2, "conflict")
    assert "none is active" in refused.error["message"]
    assert entries(place) == []


def test_output_that_cannot_be_written_ends_it(monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(output, "as_json", full)
    with Progress(lambda _: None, bar=False) as progress:
        teller = Teller({}, progress, as_json=True)
        with pytest.raises(StorageFullError):
            teller.outcome(Outcome(name="a", status=Status.MATCH))
