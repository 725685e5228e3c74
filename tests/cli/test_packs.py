"""Packs and exports as whoever runs the machine sees them; what comes out is checked by the script that receivers get."""

from __future__ import annotations

import hashlib
import json
import shutil
import stat
import subprocess
import sys
import warnings
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from tests.cli.conftest import Place, run
from tests.web.test_incidents import body
from wardline import preservation, records, review, wiring
from wardline.cli.opening import opened
from wardline.pipeline import custody
from wardline.pipeline.log import Sequencer
from wardline.pipeline.tasks import TASKS
from wardline.records import Category, Outcome, Task
from wardline.web.api import incidents

VERIFIER = Path(__file__).parents[2] / "docs/how-to/examples/verify_pack.py"
SAID = [{"by": "account-1", "text": "meet me at the fountain"}]
ASKED = ("--reason", "police-request", "--reference", "OP-17")
SETTINGS = """
[referral]
packs = { nca-pack = { recipient_key_file = "nca.pem", basis = "a law" } }
duties = { GB = { receivers = ["nca-pack"], basis = "a law" } }
[referral.reporter]
first_name = "Safety"
last_name = "Team"
email = "safety@platform.example"
platform = "Example"
[matching.category_profiles.theirs]
document = "UK"
categories = { 1 = "A1", 3 = "B1" }
"""


@pytest.fixture
def keys(place: Place) -> Path:
    """A folder with the receiver's private key; the public one is in the settings."""
    private, folder = X25519PrivateKey.generate(), place.folder.parent / "receiver"
    folder.mkdir()
    form = serialization.PublicFormat.SubjectPublicKeyInfo
    (place.folder / "nca.pem").write_bytes(
        private.public_key().public_bytes(serialization.Encoding.PEM, form)
    )
    pem = private.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    (folder / "private.pem").write_bytes(pem)
    return folder


@pytest.fixture
def reported(place: Place, keys: Path, listed: Callable[..., str]) -> records.Referral:
    """A report that waits to be filed."""
    settings = place.folder / "wardline.toml"
    text = settings.read_text("utf-8")
    cut = text.index("\n[referral]\n"), text.index("\n[referral.clocks]")
    settings.write_text(text[: cut[0]] + SETTINGS + text[cut[1] :], "utf-8")
    sent = place.run("submit", place.picture(5), "--account", "account-1", "--api-key-file", place.key_file("trusted"),
                     "--flag", "spam", "--region", "GB", "--json")  # fmt: skip
    assert sent.code in (0, 1), sent.err
    with opened(place.folder) as installation:
        line = installation.wardline
        (case,) = line.parts.store.cases()
        lead = next(each for each in line.parts.store.users() if each.name == "bea")
        line.claim(case.id, user=lead)
        finding = tuple(records.Finding(item_id=each, category=Category.B1) for each in case.item_ids)
        decision = line.decide(
            case.id, user=lead, judgement=review.Judgement(outcome=Outcome.VIOLATION, findings=finding)
        )
        carry_out(installation, Task(name="conclude", record_id=decision.id), later=True)
        (found,) = line.parts.store.referrals()
        carry_out(installation, Task(name="refer", record_id=found.id))
        return line.parts.store.referral(found.id)


def carry_out(installation: wiring.Installation, task: Task, *, later: bool = False) -> None:
    """Do one piece of the durable work here and now."""
    from dataclasses import replace
    from datetime import timedelta

    from wardline.testing.clock import VirtualClock

    parts = installation.wardline.parts
    ahead = VirtualClock(parts.now() + timedelta(minutes=5)) if later else parts.clock
    TASKS[task.name](replace(parts, clock=ahead), task.record_id, 0)


def key_digest(place: Place) -> str:
    seed = wiring.KeyFiles.read(place.folder / "keys").log
    return hashlib.sha256(
        Ed25519PrivateKey.from_private_bytes(seed).public_key().public_bytes_raw()
    ).hexdigest()


def verified(path: Path, *words: object) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(VERIFIER), str(path), *map(str, words)]
    return subprocess.run(command, check=False, capture_output=True, text=True)


def test_a_pack_is_in_the_back_up_and_the_same_bytes_are_taken_from_what_is_restored(
    place: Place, keys: Path, reported: records.Referral
) -> None:
    kept = place.folder / "data" / "packs"
    foreign = kept / "referral-00000000000000000000000000.pack-00000000000000000000000000.zip"
    foreign.write_bytes(b"of another database")
    before = place.run_as("bea", "referral", "pack", reported.id, "--out", keys / "before.zip")
    assert before.code == 0, before.err
    copy, new = keys.parent / "copy", keys.parent / "new"
    assert place.run_as("bea", "backup", copy).code == 0
    shutil.copytree(place.folder / "keys", new / "keys")
    shutil.copy(place.folder / "nca.pem", new / "nca.pem")
    restored = run("restore", copy, "--folder", new)
    assert restored.code == 0, restored.err
    there = Place(new, place.password_file, place.keys)
    assert there.run_as("bea", "referral", "pack", reported.id, "--out", keys / "after.zip").code == 0
    assert (keys / "after.zip").read_bytes() == (keys / "before.zip").read_bytes()
    assert [path.name for path in (new / "data" / "packs").iterdir()] == [
        f"{reported.id}.{reported.remote_id}.zip"
    ]
    assert stat.S_IMODE((new / "data" / "packs").stat().st_mode) == 0o700
    (copy / "data" / "packs" / f"{reported.id}.{reported.remote_id}.zip").write_bytes(b"changed")
    again = keys.parent / "again"
    shutil.copytree(place.folder / "keys", again / "keys")
    assert run("restore", copy, "--folder", again).code == 4


def test_a_pack_is_taken_checked_filed_and_recorded(
    place: Place, keys: Path, reported: records.Referral
) -> None:
    assert (reported.authority, reported.state) == ("nca-pack", "needs-human")
    out = place.folder.parent / "pack.zip"
    assert place.run_as("mo", "referral", "pack", reported.id, "--out", out).code == 2
    taken = place.run_as("bea", "referral", "pack", reported.id, "--out", out, "--json")
    assert taken.code == 0, taken.err
    assert out.stat().st_mode & 0o777 == 0o600
    nowhere = place.folder.parent / "no folder" / "pack.zip"
    refused = place.run_as("bea", "referral", "pack", reported.id, "--out", nowhere, "--json")
    assert (refused.code, refused.error["error"]) == (2, "invalid-input")  # and the log tells of none, below
    assert (
        place.run_as("bea", "referral", "pack", reported.id, "--out", out).code == 2
    )  # there is a file of this name
    with opened(place.folder) as installation:
        Sequencer(installation.wardline.parts).run()
        told = [each.verb for _, each in installation.wardline.entries_about(reported.id, 50)]
    assert told.count(records.Verb.PACK_TAKEN) == 1
    genuine = verified(out, key_digest(place), keys / "private.pem", keys)
    assert genuine.returncode == 0, genuine.stdout + genuine.stderr
    assert genuine.stdout.startswith("GENUINE")
    assert (keys / reported.files[0].item_id).read_bytes() == place.picture(5).read_bytes()
    recorded = place.run_as("bea", "referral", "record", reported.id, "--reference", "IRP-1", "--json")
    assert (recorded.code, recorded.json["state"], recorded.json["remote_id"]) == (0, "finished", "IRP-1")
    assert place.run_as("bea", "referral", "not-filed", reported.id).code == 2
    again = ("referral", "record", reported.id, "--reference", "IRP-2", "--instead-of")
    assert place.run_as("bea", *again, "IRP-3").code == 2
    assert place.run_as("bea", *again, "IRP-1", "--json").json["remote_id"] == "IRP-2"
    alone = place.run_as("bea", *again, "IRP-2", "--exchange", "--json")
    assert (alone.code, alone.error["error"]) == (2, "invalid-input")
    nobody = place.run_as("bea", *again[:4], "IRP-9", "--instead-of", "IRP-2", "--exchange", "--json")
    assert (nobody.code, nobody.error["error"]) == (2, "conflict")
    unsaid = place.run_as("bea", *again[:4], "IRP-9", "--exchange", "--json")
    assert (unsaid.code, unsaid.error["error"]) == (2, "invalid-input")
    assert place.run("audit", "verify").code == 0


def test_packs_that_were_filed_as_one_report_are_recorded_under_one_reference(
    place: Place, reported: records.Referral
) -> None:
    words = ("referral", "record", reported.id, "--reference", "IRP-1")
    refused = place.run_as("bea", *words, "--within", "nothing", "--json")
    assert (refused.code, refused.error["error"]) == (2, "invalid-input")
    refused = place.run_as("bea", *words, "--within", reported.id, "--json")
    assert (refused.code, refused.error["error"]) == (2, "conflict")
    refused = place.run_as("bea", *words, "--within", reported.id, "--instead-of", "IRP-2", "--json")
    assert (refused.code, refused.error["error"]) == (2, "invalid-input")
    assert place.run("referral", "show", reported.id, "--json").json["state"] == "needs-human"


def test_the_script_of_receivers_finds_what_was_changed(place: Place, reported: records.Referral) -> None:
    out, changed = place.folder.parent / "pack.zip", place.folder.parent / "changed.zip"
    assert place.run_as("bea", "referral", "pack", reported.id, "--out", out).code == 0
    with zipfile.ZipFile(out) as archive, zipfile.ZipFile(changed, "w") as other:
        for name in archive.namelist():
            other.writestr(name, archive.read(name).replace(b"account-1", b"account-2"))
    digest = key_digest(place)
    found = verified(changed, digest)
    assert (found.returncode, found.stderr) == (1, "NOT GENUINE: another member\n")
    with zipfile.ZipFile(out) as archive, zipfile.ZipFile(changed, "w") as other:
        for name in archive.namelist():
            other.writestr(name, archive.read(name) + b" " * (name == "manifest.json"))
    found = verified(changed, digest)
    assert (found.returncode, found.stderr) == (1, "NOT GENUINE: a signature that does not fit\n")
    found = verified(out, "0" * 64)
    assert (found.returncode, found.stderr) == (1, "NOT GENUINE: signed by another key\n")
    with zipfile.ZipFile(out) as archive, zipfile.ZipFile(changed, "w") as other:
        other.writestr("manifest.json", archive.read("manifest.json"))
    assert verified(changed, digest).stderr.startswith("NOT GENUINE: a part is missing")
    changed.write_bytes(out.read_bytes()[:200])
    assert verified(changed, digest).stderr.startswith("NOT GENUINE: a damaged file")
    whole = bytearray(out.read_bytes())
    for at in range(60, len(whole), 389):
        torn = whole.copy()
        torn[at] ^= 0xFF
        changed.write_bytes(torn)
        found = verified(changed, digest)
        assert found.returncode in (0, 1), (at, found.stderr)
        assert found.returncode == 0 or found.stderr.startswith("NOT GENUINE: "), (at, found.stderr)
    assert verified(out, digest).returncode == 0


def test_the_script_of_receivers_calls_no_pack_wrong_that_it_could_not_check(
    place: Place, keys: Path, reported: records.Referral
) -> None:
    out, digest = place.folder.parent / "pack.zip", key_digest(place)
    assert place.run_as("bea", "referral", "pack", reported.id, "--out", out).code == 0
    missing = keys / "missing"
    for words in (
        (missing, digest),
        (out, digest, missing, keys),
        (out, digest, out, keys),
        (out, digest, missing),
    ):
        answer = verified(*words)
        assert answer.returncode == 2, answer.stderr
        assert answer.stderr.startswith("NOTHING CHECKED: "), answer.stderr
    answer = verified(out, digest, keys / "private.pem", out)
    assert (answer.returncode, answer.stderr[:15]) == (2, "NOTHING OPENED:")
    other = keys / "other.pem"
    other.write_bytes(
        X25519PrivateKey.generate().private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
    )
    answer = verified(out, digest, other, keys)
    assert answer.returncode == 1
    assert "not sealed for this private key" in answer.stderr


def test_the_script_of_receivers_takes_no_pack_with_two_members_of_one_name(
    place: Place, reported: records.Referral
) -> None:
    out, changed = place.folder.parent / "pack.zip", place.folder.parent / "changed.zip"
    assert place.run_as("bea", "referral", "pack", reported.id, "--out", out).code == 0
    with zipfile.ZipFile(out) as archive, zipfile.ZipFile(changed, "w") as other:
        other.writestr("report.html", b"Nobody is in danger.")
        for name in archive.namelist():
            with warnings.catch_warnings():
                warnings.simplefilter("ignore", UserWarning)
                other.writestr(name, archive.read(name))
    answer = verified(changed, key_digest(place))
    assert answer.returncode != 0
    assert "two members of one name" in answer.stderr


def test_the_script_of_receivers_says_that_a_chain_is_not_complete(
    place: Place, keys: Path, reported: records.Referral, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(custody, "_MOST", 2)
    (hold,) = place.run("hold", "list", "--json").json
    out = place.folder.parent / "custody.zip"
    words = ("hold", "export", hold["id"], *ASKED, "--recipient-key", place.folder / "nca.pem", "--out", out)
    assert place.run_as("bea", *words).code == 0
    answer = verified(out, key_digest(place))
    assert (answer.returncode, "NOT COMPLETE" in answer.stdout) == (0, True)


def test_the_script_of_receivers_writes_nothing_outside_the_folder(keys: Path) -> None:
    private = serialization.load_pem_private_key((keys / "private.pem").read_bytes(), None)
    assert isinstance(private, X25519PrivateKey)
    sealed = preservation.seal(b"x", private.public_key(), secret=bytes(32), about=b"pack-1\n../outside")
    evidence = {
        "item": "../outside",
        "number": 1,
        "sha256": hashlib.sha256(b"x").hexdigest(),
        "size_bytes": 1,
        "sealed": "e",
    }
    key, pack = Ed25519PrivateKey.from_private_bytes(bytes(32)), keys / "pack.zip"
    with pack.open("wb") as file:
        about = {"kind": "report", "pack": "pack-1", "evidence": [evidence]}
        preservation.write_package(file, [preservation.Member.of("e", sealed)], about, key)
    digest = hashlib.sha256(key.public_key().public_bytes_raw()).hexdigest()
    answer = verified(pack, digest, keys / "private.pem", keys)
    assert "named outside the folder" in answer.stderr
    assert not (keys.parent / "outside").exists()


@pytest.mark.parametrize(("name", "value"), [("at", "2020-01-01T00:00:00.000000+00:00"), ("position", 0)])
def test_the_script_of_receivers_finds_an_entry_of_the_log_that_is_told_otherwise(
    place: Place, keys: Path, reported: records.Referral, name: str, value: object
) -> None:
    (hold,) = place.run("hold", "list", "--json").json
    out, changed = place.folder.parent / "custody.zip", place.folder.parent / "changed.zip"
    words = ("hold", "export", hold["id"], *ASKED, "--recipient-key", place.folder / "nca.pem", "--out", out)
    assert place.run_as("bea", *words).code == 0
    with zipfile.ZipFile(out) as archive:
        body = {each: archive.read(each) for each in archive.namelist()}
    said = json.loads(body["custody.json"])
    said["events"][-1][name] = value
    about = json.loads(body["manifest.json"])
    members = [
        preservation.Member.of(each["name"], body[each["name"]])
        if each["name"] != "custody.json"
        else preservation.Member.of(each["name"], json.dumps(said).encode())
        for each in about.pop("members")
    ]
    key = Ed25519PrivateKey.from_private_bytes(wiring.KeyFiles.read(place.folder / "keys").log)
    with changed.open("wb") as file:
        preservation.write_package(file, members, about, key)
    answer = verified(changed, key_digest(place))
    assert answer.returncode != 0
    assert "an entry told otherwise" in answer.stderr


def test_one_that_nobody_filed_is_made_anew_and_a_dry_run_makes_none(
    place: Place, reported: records.Referral
) -> None:
    tried = place.run("referral", "dry-run", reported.id, "--json")
    assert (tried.code, tried.json["is_accepted"]) == (0, True), tried.err
    assert len(list((place.folder / "data" / "packs").glob("*.zip"))) == 1
    assert place.run_as("bea", "referral", "not-filed", reported.id, "--json").json["state"] == "opening"


def test_a_held_file_goes_out_with_a_chain_of_custody_that_the_script_checks(
    place: Place, keys: Path, reported: records.Referral
) -> None:
    (hold,) = place.run("hold", "list", "--json").json
    out = place.folder.parent / "custody.zip"
    words = ("hold", "export", hold["id"], *ASKED, "--recipient-key", place.folder / "nca.pem", "--out", out)
    assert place.run_as("mo", *words).code == 2
    made = place.run_as("bea", *words, "--json")
    assert made.code == 0, made.err
    genuine = verified(out, key_digest(place), keys / "private.pem", keys)
    assert genuine.returncode == 0, genuine.stdout + genuine.stderr
    assert f"{made.json['events']} entries" in genuine.stdout
    assert made.json["events"] > 3
    assert "NOT COMPLETE" not in genuine.stdout
    assert place.run_as("bea", *words).code == 2  # there is a file of this name


def test_vics_is_written_by_a_profile_that_is_known_once_two_people_agreed(
    place: Place, reported: records.Referral
) -> None:
    out = place.folder.parent / "vics.json"
    words = ("export", "vics", "--referral", reported.id, *ASKED)
    assert place.run_as("bea", *words, "--profile", "unknown").code == 2
    assert place.run_as("mo", *words, "--profile", "theirs").code == 2
    made = place.run_as("bea", *words, "--profile", "theirs", "--json")
    assert made.code == 0, made.err
    export_id, approval_id = made.json["export"]["id"], made.json["approval"]["id"]
    take = ("export", "take", export_id, "--out", out)
    alone = place.run_as("bea", "approval", "approve", approval_id, "--json")
    assert (alone.code, alone.error["error"]) == (2, "second-person")
    assert place.run_as("bea", *take).code == 2
    assert not out.exists()
    approved = place.run_as("ada", "approval", "approve", approval_id)
    assert approved.code == 0, approved.err
    assert f"wardline export take {export_id}" in approved.out
    taken = place.run_as("bea", *take, "--json")
    assert (taken.code, taken.json["media"]) == (0, 1), taken.err
    assert out.stat().st_mode & 0o777 == 0o600
    content = out.read_bytes()
    assert hashlib.sha256(content).hexdigest() == taken.json["sha256"] == made.json["export"]["sha256"]
    (medium,) = json.loads(content)["value"]
    assert medium["Category"] == 3
    assert (
        medium["MD5"] == hashlib.md5(place.picture(5).read_bytes(), usedforsecurity=False).hexdigest().upper()
    )
    assert place.run_as("bea", *take).code == 2  # there is a file of this name
    (listed,) = place.run("export", "list", "--json").json
    assert (listed["id"], listed["state"]) == (export_id, "approved")
    assert taken.json["sha256"] in place.run("export", "show", export_id).out
    assert place.run("audit", "verify").code == 0


def test_vics_says_of_which_cases_it_has_no_file(place: Place, reported: records.Referral) -> None:
    with opened(place.folder) as installation:
        line = installation.wardline
        told = incidents.read(json.dumps(body(happened_at="2026-01-02T03:04:05Z", messages=SAID)).encode())
        key, _ = line.authenticate(place.keys["trusted"])
        item_id = line.tell(told, api_key=key).item_id
        case = next(each for each in line.parts.store.cases() if item_id in each.item_ids)
        lead = next(each for each in line.parts.store.users() if each.name == "bea")
        line.claim(case.id, user=lead)
        finding = (records.Finding(item_id=case.item_ids[0], incident=records.IncidentKind.UNSOLICITED),)
        judgement = review.Judgement(outcome=Outcome.VIOLATION, findings=finding)
        decision = line.decide(case.id, user=lead, judgement=judgement)
        carry_out(installation, Task(name="conclude", record_id=decision.id), later=True)
    words = ("export", "vics", "--case", case.id, *ASKED, "--profile", "theirs")
    refused = place.run_as("bea", *words)
    assert refused.code == 2
    assert "none of these 1 has a file" in refused.err
    assert "wardline hold export" in refused.err
    assert place.run("export", "list", "--json").json == []
    both = place.run_as("bea", *words, "--referral", reported.id, "--json")
    assert (both.code, both.json["without_files"]) == (0, [case.id]), both.err
    export_id = both.json["export"]["id"]
    statement = "1 of 2 cases has no file in it"
    another = place.run_as("bea", *words, "--referral", reported.id, "--reference", "OP-18")
    assert statement in another.out, another.err
    assert case.id in place.run("export", "show", export_id).out.split("without a file in it")[1]
    assert place.run("export", "show", export_id, "--json").json["without_files"] == [case.id]
    approved = place.run_as("ada", "approval", "approve", both.json["approval"]["id"])
    assert statement in approved.out
    (other,) = place.run("approval", "list", "--state", "proposed", "--json").json
    again = place.run_as("ada", "approval", "approve", other["id"], "--json")
    assert again.json["without_files"] == [case.id], again.err
    taken = place.run_as("bea", "export", "take", export_id, "--out", place.folder.parent / "vics.json")
    assert statement in taken.out
    written = place.run_as(
        "bea", "export", "take", export_id, "--out", place.folder.parent / "other.json", "--json"
    )
    assert written.json["without_files"] == [case.id]


def test_a_check_says_that_a_person_files_and_that_files_are_sealed(
    place: Place, reported: records.Referral
) -> None:
    found = {each["name"]: each for each in place.run("check", "--json").json["checks"]}
    assert "files sealed for the receiver; a person files them" in found["packs of nca-pack"]["detail"]
    (place.folder / "data" / "packs").chmod(0o755)
    found = {each["name"]: each for each in place.run("check", "--json").json["checks"]}
    assert found["packs of nca-pack"]["state"] == "failed"
