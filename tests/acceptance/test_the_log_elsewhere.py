"""The log is kept outside too: as files that others check, and as checkpoints that witnesses hold."""

from __future__ import annotations

import hashlib
import runpy
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from tests.acceptance.conftest import MakeLine
from tests.acceptance.stories import decided_violation, picture
from tests.unit.audit.logs import read_bundle
from wardline import audit
from wardline.adapters.mirrors import DirectoryMirror
from wardline.adapters.witnesses import FileWitness
from wardline.errors import AuditLogError, ConflictError, NotAllowedError, NotFoundError
from wardline.kernels import merkle
from wardline.pipeline import Rules, Witnessing, exporting, log, witnessing
from wardline.records import AlarmKind, Role, Verb
from wardline.testing.harness import REPORTER, Line


@pytest.fixture
def store() -> str:
    return "sqlite"


VERIFIER = Path(__file__).parents[2] / "docs/how-to/examples/verify_log.py"


def key_of(line: Line) -> str:
    return audit.verifier_key(line.parts.log_origin, line.parts.log_key.public_key())


def grow(line: Line, entries: int) -> None:
    """Let the log grow by so many signed entries."""
    for start in range(0, entries, 200):
        line.parts.store.commit(
            entries=[
                line.parts.entry(Verb.COUNTS_LOGGED, "counts", detail=f"number {number}")
                for number in range(start, min(start + 200, entries))
            ]
        )
    line.sequence()


def outsider(folder: Path, key: str, *kept: Path) -> subprocess.CompletedProcess[str]:
    """Run the verifier of the docs, which uses nothing of ours."""
    command = [sys.executable, str(VERIFIER), str(folder), key, *map(str, kept)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def files(folder: Path) -> dict[str, bytes]:
    return {str(each.relative_to(folder)): each.read_bytes() for each in folder.rglob("*") if each.is_file()}


def test_an_outsider_checks_what_was_exported_and_what_was_exported_later(
    make_line: MakeLine, tmp_path: Path
) -> None:
    line: Line = make_line()
    line.list_of([picture()])
    decided_violation(line, line.submit(picture()), line.person("mika"))
    auditor = line.person("otto", Role.AUDITOR)
    grow(line, 700)
    there, fresh, kept = tmp_path / "there", tmp_path / "fresh", tmp_path / "kept.txt"
    first = line.wardline.export_log(DirectoryMirror(there), user=auditor.user)
    assert first.new_entries == first.size > 700
    kept.write_bytes((there / "checkpoint").read_bytes())
    whole = {
        path: (there / path).stat().st_mtime_ns
        for path in files(there)
        if ".p" not in path and path != "checkpoint"
    }
    grow(line, 900)
    second = line.wardline.export_log(DirectoryMirror(there), user=auditor.user)
    assert second.size == first.size + second.new_entries
    assert {path: (there / path).stat().st_mtime_ns for path in whole} == whole, (
        "whole files were written again"
    )
    line.wardline.export_log(DirectoryMirror(fresh), user=auditor.user)
    said = outsider(there, key_of(line), kept)
    assert said.returncode == 0, said.stderr
    assert f"{second.size} entries are what was signed" in said.stdout
    assert "from 1 kept" in said.stdout
    assert outsider(fresh, key_of(line), kept).returncode == 0
    assert {path for path in files(there) if ".p" in path} == exporting._partial_paths(second.size)


def test_reading_the_log_by_an_export_is_itself_in_the_log(make_line: MakeLine, tmp_path: Path) -> None:
    line: Line = make_line()
    auditor = line.person("otto", Role.AUDITOR)
    grow(line, 3)
    line.wardline.export_log(DirectoryMirror(tmp_path / "there"), user=auditor.user)
    line.sequence()
    position, newest = line.wardline.newest_entries(1)[0]
    assert (newest.verb, newest.actor) == (Verb.LOG_READ, auditor.user.id)
    assert "exported" in newest.detail
    assert position > 3


def test_who_may_not_read_the_log_gets_no_export(make_line: MakeLine, tmp_path: Path) -> None:
    line: Line = make_line()
    grow(line, 3)
    for role in (Role.MODERATOR, Role.LEAD, Role.ADMIN):
        with pytest.raises(NotAllowedError):
            line.wardline.export_log(
                DirectoryMirror(tmp_path / "there"), user=line.person(role.value, role).user
            )
    assert not (tmp_path / "there").exists()


def test_nothing_signed_is_nothing_exported(make_line: MakeLine, tmp_path: Path) -> None:
    line: Line = make_line()
    auditor = line.person("otto", Role.AUDITOR)
    with pytest.raises(ConflictError, match="no checkpoint"):
        line.wardline.export_log(DirectoryMirror(tmp_path / "there"), user=auditor.user)


@pytest.fixture
def alone(tmp_path: Path) -> Iterator[Line]:
    """Give a line whose log may end broken, with a witness that is asked each hour and a daily check."""
    witness = Witnessing(witness=FileWitness("elsewhere", tmp_path / "kept.txt"), interval=timedelta(hours=1))
    (tmp_path / "line").mkdir()
    rules = replace(Rules(reporter=REPORTER), check_log_every=timedelta(days=1))
    with Line(
        tmp_path / "line", store="sqlite", rules=rules, replaced={"witnesses": {"elsewhere": witness}}
    ) as line:
        yield line


@pytest.fixture
def exported(alone: Line, tmp_path: Path) -> tuple[Line, Path]:
    auditor = alone.person("otto", Role.AUDITOR)
    grow(alone, 300)
    alone.wardline.export_log(DirectoryMirror(tmp_path / "there"), user=auditor.user)
    return alone, tmp_path / "there"


def change(line: Line, statement: str, *values: object) -> None:
    """Do what somebody with the database file could do."""
    with closing(sqlite3.connect(line.folder / "wardline.sqlite")) as connection, connection:
        connection.create_function("hashed", 1, merkle.leaf_hash)
        assert connection.execute(statement, values).rowcount > 0


def rewritten(line: Line, position: int) -> None:
    """Do what somebody with the log's key as well could do: change an entry, and have everything signed anew."""
    changed = "CAST(replace(CAST(leaf AS TEXT), 'system', 'nobody') AS BLOB)"
    change(line, f"UPDATE audit_entries SET leaf = {changed} WHERE position = ?", position)  # noqa: S608 - our own words
    change(line, "UPDATE audit_entries SET leaf_hash = hashed(leaf) WHERE position = ?", position)
    size, leaves = (
        line.store.log_size(),
        [leaf for _, leaf, _ in line.store.log_entries(0, line.store.log_size())],
    )
    _, anew = audit.sign_batch(
        merkle.Frontier(), leaves, line.parts.log_key, line.parts.log_origin, line.clock.now()
    )
    change(line, "DELETE FROM audit_checkpoints WHERE size < ?", size)
    change(line, "UPDATE audit_checkpoints SET root = ?, note = ?", anew.root, anew.note)


def _flip(path: Path, at: int) -> None:
    data = bytearray(path.read_bytes())
    data[at] ^= 1
    path.write_bytes(bytes(data))


def _swap_entries(folder: Path) -> None:
    path = folder / "tile/entries/000"
    entries = read_bundle(path.read_bytes())
    entries[4], entries[5] = entries[5], entries[4]
    path.write_bytes(b"".join(len(each).to_bytes(2, "big") + each for each in entries))


DAMAGE: dict[str, Callable[[Path], object]] = {
    "a bit of an entry": lambda folder: _flip(folder / "tile/entries/000", 200),
    "a bit of a tile": lambda folder: _flip(folder / "tile/0/000", 40),
    "a bit of an upper tile": lambda folder: _flip(folder / "tile/1/000.p/1", 3),
    "a bit of the size": lambda folder: _flip(
        folder / "checkpoint", (folder / "checkpoint").read_bytes().index(b"\n") + 1
    ),
    "a bundle is gone": lambda folder: (folder / "tile/entries/000").unlink(),
    "a tile is gone": lambda folder: (folder / "tile/0/000").unlink(),
    "two entries change places": _swap_entries,
    "the end is cut off": lambda folder: next((folder / "tile/entries").rglob("*.p/*")).write_bytes(b""),
}


@pytest.mark.parametrize("damage", DAMAGE)
def test_an_outsider_finds_what_was_changed(exported: tuple[Line, Path], damage: str) -> None:
    line, folder = exported
    assert outsider(folder, key_of(line)).returncode == 0
    DAMAGE[damage](folder)
    said = outsider(folder, key_of(line))
    assert said.returncode == 1, said.stdout
    assert said.stderr.startswith("WRONG")


def test_an_outsider_reads_a_mail_as_it_was_saved_and_refuses_a_file_without_a_checkpoint(
    exported: tuple[Line, Path], tmp_path: Path
) -> None:
    line, folder = exported
    mail, empty = EmailMessage(), tmp_path / "empty"
    mail.set_content((folder / "checkpoint").read_text("utf-8"), cte="quoted-printable")
    saved = tmp_path / "saved.eml"
    saved.write_bytes(mail.as_bytes())
    assert b"\xe2\x80\x94" not in saved.read_bytes()
    said = outsider(folder, key_of(line), saved)
    assert said.returncode == 0, said.stderr
    assert "from 1 kept" in said.stdout
    empty.write_text("no checkpoint", "utf-8")
    for nothing in (empty, tmp_path / "missing"):
        said = outsider(folder, key_of(line), saved, nothing)
        assert said.returncode == 2, said.stdout
        assert said.stderr.startswith("NOTHING CHECKED"), said.stderr


def test_an_outsider_with_a_checkpoint_of_each_hour_reads_the_log_once(
    alone: Line, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    auditor, kept, sizes = alone.person("otto", Role.AUDITOR), tmp_path / "each-hour.txt", list[int]()
    with kept.open("a", encoding="utf-8") as file:
        for _ in range(150):
            grow(alone, 2)
            last = alone.parts.store.last_checkpoint()
            assert last is not None
            file.write(f"{last.note}\n")
            sizes.append(last.size)
    alone.wardline.export_log(DirectoryMirror(tmp_path / "there"), user=auditor.user)
    script: dict[str, Any] = runpy.run_path(str(VERIFIER))
    made = 0

    def counted(left: bytes, right: bytes) -> bytes:
        nonlocal made
        made += 1
        return hashlib.sha256(b"\x01" + left + right).digest()

    monkeypatch.setitem(script["verify"].__globals__, "node", counted)
    assert "from 150 kept" in script["verify"](tmp_path / "there", key_of(alone), [kept])
    assert made < 150 * 12 + 5 * sizes[-1]  # and not as many for each of them as there are entries
    leaves = [hashlib.sha256(bytes([number])).digest() for number in range(70)]
    found = script["roots"](leaves, set(range(71)))
    assert found == {size: script["root"](leaves[:size]) for size in range(71)}


def test_an_outsider_who_has_nothing_to_check_is_not_told_that_the_log_is_wrong(
    exported: tuple[Line, Path], tmp_path: Path
) -> None:
    line, folder = exported
    for words in ((tmp_path / "missing", key_of(line)), (folder, "no key")):
        said = outsider(*words)
        assert said.returncode == 2, said.stdout
        assert said.stderr.startswith("NOTHING CHECKED"), said.stderr
    (folder / "checkpoint").unlink()
    said = outsider(folder, key_of(line))
    assert (said.returncode, said.stderr) == (1, "WRONG: checkpoint is missing\n")


def test_an_outsider_with_another_key_believes_nothing(exported: tuple[Line, Path]) -> None:
    line, folder = exported
    origin, _, _ = key_of(line).split("+", 2)
    other = audit.verifier_key(origin, Ed25519PrivateKey.from_private_bytes(b"m" * 32).public_key())
    assert outsider(folder, other).returncode == 1


def test_a_history_that_was_signed_anew_verifies_here_and_is_found_by_every_copy_elsewhere(
    exported: tuple[Line, Path], tmp_path: Path
) -> None:
    line, folder = exported
    auditor = line.person("otta", Role.AUDITOR)
    line.pass_time(timedelta(minutes=1))  # the witness gets the first checkpoint
    line.sequence()
    kept, old_size = tmp_path / "kept.txt", line.parts.store.log_size()
    checkpoint = (folder / "checkpoint").read_text("utf-8")
    before = files(folder)
    rewritten(line, 3)
    without = replace(line.parts, witnesses={})
    assert log.verify(without).ok, "without a copy elsewhere nothing can be found"
    found = line.wardline.verify_audit()
    assert not found.ok
    assert found.reason is not None
    assert "root does not fit" in found.reason
    assert not log.verify(without, notes=audit.notes_in(checkpoint)).ok
    with pytest.raises(AuditLogError):
        line.wardline.export_log(DirectoryMirror(folder), user=auditor.user)
    assert files(folder)["checkpoint"] == before["checkpoint"]
    fresh = tmp_path / "fresh"
    line.wardline.export_log(DirectoryMirror(fresh), user=auditor.user)
    assert outsider(fresh, key_of(line)).returncode == 0
    assert "does not begin with" in outsider(fresh, key_of(line), kept).stderr
    proof = line.wardline.prove_continuation(old_size)
    with pytest.raises(AuditLogError, match="does not begin with"):
        audit.check_continuation(
            proof, FileWitness("x", kept).kept()[-1], proof.origin, line.parts.log_key.public_key()
        )


def test_a_log_whose_end_was_cut_off_is_found_by_every_copy_elsewhere(exported: tuple[Line, Path]) -> None:
    line, folder = exported
    auditor = line.person("otta", Role.AUDITOR)
    size = line.parts.store.log_size()
    grow(line, 20)
    line.wardline.export_log(DirectoryMirror(folder), user=auditor.user)
    line.pass_time(timedelta(minutes=1))
    change(line, "DELETE FROM audit_entries WHERE position >= ?", size)
    change(line, "DELETE FROM audit_checkpoints WHERE size > ?", size)
    assert log.verify(replace(line.parts, witnesses={})).first_bad is None
    found = line.wardline.verify_audit()
    assert not found.ok
    assert "cut off" in str(found.reason)
    with pytest.raises(AuditLogError, match="cut off"):
        line.wardline.export_log(DirectoryMirror(folder), user=auditor.user)


def test_an_export_does_not_go_on_from_entries_that_are_not_those_it_exported(
    exported: tuple[Line, Path],
) -> None:
    line, folder = exported
    auditor = line.person("otta", Role.AUDITOR)
    change(
        line,
        "UPDATE audit_entries SET leaf = CAST(replace(CAST(leaf AS TEXT), 'number 299', 'number 999') AS BLOB) WHERE CAST(leaf AS TEXT) LIKE '%number 299%'",
    )
    with pytest.raises(AuditLogError, match="not those that were exported"):
        line.wardline.export_log(DirectoryMirror(folder), user=auditor.user)


def test_a_damaged_mirror_is_not_gone_on_with(exported: tuple[Line, Path]) -> None:
    line, folder = exported
    auditor = line.person("otta", Role.AUDITOR)
    _flip(folder / "tile/1/000.p/1", 0)
    grow(line, 300)
    with pytest.raises(AuditLogError, match="not those that were exported"):
        line.wardline.export_log(DirectoryMirror(folder), user=auditor.user)
    (folder / "tile/1/000.p/1").unlink()
    with pytest.raises(AuditLogError, match="missing"):
        line.wardline.export_log(DirectoryMirror(folder), user=auditor.user)


def test_a_mirror_of_another_log_is_left_alone(exported: tuple[Line, Path], tmp_path: Path) -> None:
    _, folder = exported
    before = files(folder)
    (tmp_path / "other").mkdir()
    with Line(tmp_path / "other", replaced={"log_origin": "wardline.invalid/other"}) as other:
        auditor = other.person("otto", Role.AUDITOR)
        other.sequence()
        with pytest.raises(AuditLogError, match="not of this log"):
            other.wardline.export_log(DirectoryMirror(folder), user=auditor.user)
    assert files(folder) == before


def test_growth_is_proved_to_whoever_kept_any_checkpoint(alone: Line) -> None:
    kept: list[str] = []
    for more in (1, 2, 5, 255, 900, 2000):
        grow(alone, more)
        last = alone.parts.store.last_checkpoint()
        assert last is not None
        kept.append(last.note)
    for each in kept:
        size, _ = audit.open_checkpoint(each, alone.parts.log_origin, alone.parts.log_key.public_key())
        proof = alone.wardline.prove_continuation(size)
        audit.check_continuation(proof, each, alone.parts.log_origin, alone.parts.log_key.public_key())
    with pytest.raises(NotFoundError, match="never was"):
        alone.wardline.prove_continuation(alone.parts.store.log_size() + 1)


def test_a_witness_is_handed_a_checkpoint_each_interval_and_the_log_tells_of_it(
    alone: Line, tmp_path: Path
) -> None:
    grow(alone, 5)
    for _ in range(150):
        alone.pass_time(timedelta(minutes=1))
        alone.sequence()
    notes = FileWitness("x", tmp_path / "kept.txt").kept()
    assert len(notes) == 3  # at once, and after each of two hours
    told = [entry for _, entry in alone.wardline.entries_about(witnessing.subject("elsewhere"), 10)]
    assert [entry.verb for entry in told] == [Verb.CHECKPOINT_WITNESSED] * 3
    found = alone.verify()
    assert found.ok
    assert (found.copies, found.unread) == (3, ())


def test_a_witness_that_takes_nothing_is_an_alarm_until_it_takes_one(alone: Line, tmp_path: Path) -> None:
    kept = tmp_path / "kept.txt"
    kept.mkdir()  # no file can be there
    grow(alone, 1)
    for _ in range(3):
        alone.pass_time(timedelta(minutes=1))
        alone.sequence()
    alarm = alone.store.open_alarm(AlarmKind.WITNESS_SILENT, witnessing.subject("elsewhere"))
    assert alarm is not None
    found = alone.verify()
    assert found.ok
    assert found.unread == ("elsewhere",)
    kept.rmdir()
    alone.pass_time(timedelta(minutes=1))
    assert alone.store.open_alarm(AlarmKind.WITNESS_SILENT, witnessing.subject("elsewhere")) is None
    assert len(FileWitness("x", kept).kept()) == 1


def test_a_witness_that_gives_nothing_back_is_told_of_when_the_log_is_checked(
    alone: Line, tmp_path: Path
) -> None:
    kept, lead = tmp_path / "kept.txt", alone.person("lea", Role.LEAD)
    grow(alone, 1)
    alone.pass_time(timedelta(minutes=1))
    kept.unlink()
    kept.mkdir()
    alone.wardline.ask_for_verification(user=lead.user)
    alone.run_due()
    alone.sequence()
    said = [
        entry.detail for _, entry in alone.wardline.entries_about("log", 9) if entry.verb is Verb.LOG_VERIFIED
    ]
    assert len(said) == 1
    assert said[0].endswith("and against 0 checkpoints kept elsewhere; not asked: elsewhere")
    alarm = alone.store.open_alarm(AlarmKind.WITNESS_SILENT, witnessing.subject("elsewhere"))
    assert alarm is not None
    assert "not compared" in alarm.message


def test_a_witness_whose_disk_is_gone_does_not_begin_anew_on_another_one(alone: Line, tmp_path: Path) -> None:
    kept, aside = tmp_path / "kept.txt", tmp_path / "aside.txt"
    grow(alone, 1)
    alone.pass_time(timedelta(minutes=1))
    alone.sequence()
    kept.rename(aside)  # as under a mount point when nothing is mounted there
    for _ in range(4):
        alone.pass_time(timedelta(hours=1))
        alone.sequence()
    assert not kept.exists()
    about = witnessing.subject("elsewhere")
    alarm = alone.store.open_alarm(AlarmKind.WITNESS_SILENT, about)
    assert alarm is not None
    assert "nothing of what it took" in alarm.message
    found = alone.verify()
    assert (found.ok, found.unread) == (True, ("elsewhere",))
    aside.rename(kept)
    alone.pass_time(timedelta(minutes=1))
    assert alone.store.open_alarm(AlarmKind.WITNESS_SILENT, about) is None
    assert len(FileWitness("x", kept).kept()) == 2


def test_a_copy_that_this_log_never_signed_is_a_finding(alone: Line, tmp_path: Path) -> None:
    grow(alone, 5)
    alone.pass_time(timedelta(minutes=1))
    kept = tmp_path / "kept.txt"
    kept.write_text(kept.read_text("utf-8").replace("\n", "\n1", 1), "utf-8")  # another size
    found = alone.verify()
    assert not found.ok
    assert "kept elsewhere" in str(found.reason)


def test_the_whole_log_is_checked_each_day_without_anybody_asking(alone: Line) -> None:
    grow(alone, 5)
    for _ in range(2 * 24 + 3):
        alone.pass_time(timedelta(hours=1))
        alone.sequence()
    outcomes = [
        entry for _, entry in alone.wardline.entries_about("log", 50) if entry.verb is Verb.LOG_VERIFIED
    ]
    assert len(outcomes) == 2
    assert all(entry.detail.startswith("verified ") for entry in outcomes)


def test_nothing_is_checked_by_itself_where_that_is_off(make_line: MakeLine) -> None:
    line: Line = make_line()
    grow(line, 5)
    line.pass_time(timedelta(days=3))
    line.sequence()
    assert line.wardline.entries_about("log", 50) == []
