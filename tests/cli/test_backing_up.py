"""What is in a back-up and what is not, and restoring it somewhere else while things happen."""

from __future__ import annotations

import base64
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from cryptography.hazmat.primitives.keywrap import aes_key_unwrap

from tests.cli.conftest import Place, run
from tests.cli.test_keeping import ASKER, below, content_of, kept, rotate
from wardline import wiring
from wardline.adapters.vaults.envelope import WRAPPED_KEY
from wardline.cli.opening import opened
from wardline.errors import StorageFullError
from wardline.pipeline import conclude, destroying
from wardline.records import Role
from wardline.testing.clock import VirtualClock

__all__ = ["kept"]


def begun(place: Place, to: Path) -> wiring.BegunBackUp:
    """Begin a back-up and stop where its files are about to be copied."""
    with opened(place.folder) as installation:
        line = installation.wardline
        (lead, *_) = [each for each in line.parts.store.users() if each.role is Role.ADMIN]
        return wiring.begin_back_up(installation, to, user=lead)


def restored(place: Place, copy: Path, new: Path) -> Place:
    shutil.copytree(place.folder / "keys", new / "keys", dirs_exist_ok=True)
    ended = run("restore", copy, "--folder", new, "--json")
    assert ended.code == 0, ended.err
    return Place(new, place.password_file, place.keys)


def test_what_is_sealed_while_a_back_up_is_made_is_not_in_it(place: Place, kept: str, tmp_path: Path) -> None:
    """The copied database does not know it: in the restored copy nobody could say whose it is."""
    started = begun(place, tmp_path / "copy")
    sent = place.run(
        "submit",
        place.picture(1),
        "--account",
        "account-2",
        "--api-key-file",
        place.key_file("low"),
        "--json",
    )
    assert sent.code in (0, 1), sent.err
    assert len(list((place.folder / "data" / "vault").rglob("*.sealed"))) == 2
    wiring.finish_back_up(started)
    assert [path.name.partition(".")[0] for path in (tmp_path / "copy").rglob("*.sealed")] == [kept]


def test_keys_that_change_while_a_back_up_is_made_do_not_make_it_unreadable(
    place: Place, kept: str, tmp_path: Path
) -> None:
    content = content_of(place, kept)
    started = begun(place, tmp_path / "copy")
    assert rotate(place).code == 0
    made = wiring.finish_back_up(started)
    assert list(made.keys) == [each["name"] for each in place.run("vault", "keys", "--json").json]
    there = restored(place, tmp_path / "copy", tmp_path / "new")
    assert content_of(there, kept) == content


def test_the_settings_are_checked_too_before_anything_is_written(
    place: Place, kept: str, tmp_path: Path
) -> None:
    copy, new = tmp_path / "copy", tmp_path / "new"
    assert place.run_as("bea", "backup", copy).code == 0
    with (copy / "wardline.toml").open("a") as file:
        file.write("\n# somebody was here\n")
    shutil.copytree(place.folder / "keys", new / "keys")
    ended = run("restore", copy, "--folder", new, "--json")
    assert ended.error["error"] == "integrity"
    assert sorted(path.name for path in new.iterdir() if path.name != "data.incoming") == ["keys"]


def test_a_back_up_that_lost_a_file_is_refused(place: Place, kept: str, tmp_path: Path) -> None:
    copy, new = tmp_path / "copy", tmp_path / "new"
    assert place.run_as("bea", "backup", copy).code == 0
    (path,) = copy.rglob("*.sealed")
    path.unlink()
    shutil.copytree(place.folder / "keys", new / "keys")
    ended = run("restore", copy, "--folder", new, "--json")
    assert ended.error["error"] == "integrity"
    assert not (new / "data").exists()


def test_secrets_are_not_in_a_back_up_and_restoring_says_which_are_missing(
    place: Place, kept: str, tmp_path: Path
) -> None:
    """The folder of keys alone is enough to restore; what sends needs its secrets later."""
    secret = place.folder / "secrets" / "platform.key"
    wiring.create_secret(secret, b"a secret of the platform's")
    with (place.folder / "wardline.toml").open("a") as file:
        file.write(
            '\n[[platforms]]\nname = "forum"\nadapter = "webhook"\nurl = "https://forum.invalid/"\nsecret_file = "secrets/platform.key"\n'
            '\n[referral.packs.nca-pack]\nrecipient_key_file = "secrets/nca.pem"\n'
        )
    (place.folder / "secrets" / "nca.pem").write_bytes(
        X25519PrivateKey.from_private_bytes(bytes(range(32))).public_key()
        .public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    )  # fmt: skip
    assert place.run_as("bea", "backup", tmp_path / "copy").code == 0
    assert list((tmp_path / "copy").rglob("platform.key")) == []
    new = tmp_path / "new"
    shutil.copytree(place.folder / "keys", new / "keys")
    ended = run("restore", tmp_path / "copy", "--folder", new, "--json")
    assert (ended.code, ended.json["missing"]) == (0, ["secrets/nca.pem", "secrets/platform.key"])
    shutil.copytree(place.folder / "secrets", new / "secrets")
    there = Place(new, place.password_file, place.keys)
    assert there.run("fence", "show").code == 1
    assert there.run("audit", "verify").code == 0


def test_a_back_up_is_for_its_owner_only_and_lies_outside_the_data(
    place: Place, kept: str, tmp_path: Path
) -> None:
    inside = place.run_as("bea", "backup", place.folder / "data" / "copy", "--json")
    assert inside.error["error"] == "invalid-input"
    copy = tmp_path / "several" / "copies" / "one"
    assert place.run_as("bea", "backup", copy).code == 0
    for path in (copy, *copy.rglob("*")):
        assert path.stat().st_mode & 0o077 == 0, path


@pytest.fixture
def full(monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """Make every further write fail as on a full disk."""

    def fill() -> None:
        def refuse(_descriptor: int) -> None:
            raise OSError(28, "No space left on device")

        monkeypatch.setattr("wardline.wiring.backing_up.os.fsync", refuse)

    return fill


def test_a_disk_without_room_is_said_to_be_full(
    place: Place, kept: str, tmp_path: Path, full: Callable[[], None]
) -> None:
    started = begun(place, tmp_path / "copy")
    full()
    with pytest.raises(StorageFullError, match="no space left"):
        wiring.finish_back_up(started)
    assert not (tmp_path / "copy" / "manifest.json").exists()


def destroyed(place: Place, item_id: str) -> None:
    """Have two people destroy the file of a case that was cleared."""
    (case,) = place.run("case", "list", "--json").json
    assert place.run_as("mo", "case", "decide", case["id"], "--outcome", "not-a-violation").code == 0
    with opened(place.folder) as installation:
        parts = installation.wardline.parts
        (decision,) = parts.store.decisions_of(case["id"])
        conclude.conclude(replace(parts, clock=VirtualClock(decision.undo_until)), decision.id, 0)
    holds = [each["id"] for each in place.run("hold", "list", "--json").json]
    despite = [word for each in holds for word in ("--despite", each)]
    asked = place.run_as("bea", "destruction", "propose", item_id, *ASKER, "--reason", "asked", *despite, "--json").json  # fmt: skip
    approved = place.run_as("ada", "approval", "approve", asked["approval"]["id"])
    assert "Nothing is destroyed yet" in approved.out
    with opened(place.folder) as installation:
        destroying.carry_out(installation.wardline.parts, asked["destruction"]["id"], 0)
    assert place.run("destruction", "show", asked["destruction"]["id"], "--json").json["state"] == "done"


def test_whoever_asks_about_a_request_is_told_that_its_file_was_destroyed_since(
    place: Place, kept: str
) -> None:
    order = ("--basis", "order", *ASKER, "--item", kept, "--until", "2099-01-01")
    made = place.run_as("bea", "preservation", "record", *order, "--json").json
    assert made["destroyed_since"] == []
    destroyed(place, kept)
    later = ("extend", made["id"], "--reason", "a later order", "--until", "2099-06-01")
    told = place.run_as("bea", "preservation", *later).out
    assert f"destroyed since   {kept}" in told
    assert "held              nothing" in told
    assert place.run("preservation", "show", made["id"], "--json").json["destroyed_since"] == [kept]
    assert place.run("preservation", "list", "--json").json[0]["destroyed_since"] == [kept]
    *_, row = place.run("preservation", "list").out.splitlines()
    assert row.split()[-3:] == ["0", "1", "-"]  # kept, destroyed, not ended


def test_of_destroyed_evidence_no_byte_and_no_key_is_in_the_database_its_wal_the_vault_or_a_back_up(
    place: Place, kept: str, tmp_path: Path
) -> None:
    content = content_of(place, kept)
    (path,) = (place.folder / "data" / "vault").rglob("*.sealed")
    wrapped = path.read_bytes()[WRAPPED_KEY]
    data_key = aes_key_unwrap(wiring.KeyFiles.read(place.folder / "keys").vault, wrapped)
    secrets = [data_key, wrapped, content[200:264], content[-64:]]
    secrets += [base64.b64encode(each) for each in secrets]
    assert place.run_as("bea", "backup", tmp_path / "before").code == 0
    assert any(wrapped in each for each in below(tmp_path / "before"))  # else the search could find nothing
    destroyed(place, kept)
    assert place.run_as("bea", "backup", tmp_path / "after").code == 0
    for each in below(place.folder, tmp_path / "after"):
        assert not any(secret in each for secret in secrets)
    # The older back-up cannot be read any more once the key of its time is gone.
    assert rotate(place).code == 0
    shutil.copytree(place.folder / "keys", tmp_path / "new" / "keys")
    ended = run("restore", tmp_path / "before", "--folder", tmp_path / "new", "--json")
    assert ended.error["error"] == "unknown-master-key"
