"""What is in a back-up and what is not, and restoring it somewhere else while things happen."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cli.conftest import Place, run
from tests.cli.test_keeping import content_of, kept, rotate
from wardline import wiring
from wardline.cli.opening import opened
from wardline.errors import StorageFullError
from wardline.records import Role

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
        )
    assert place.run_as("bea", "backup", tmp_path / "copy").code == 0
    assert list((tmp_path / "copy").rglob("platform.key")) == []
    new = tmp_path / "new"
    shutil.copytree(place.folder / "keys", new / "keys")
    ended = run("restore", tmp_path / "copy", "--folder", new, "--json")
    assert (ended.code, ended.json["missing"]) == (0, ["secrets/platform.key"])
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
