"""An installation whose evidence lies in a bucket: keys, back-ups and the check, as whoever runs the machine sees them."""

from __future__ import annotations

import base64
import shutil
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from tests.cli.conftest import Place, run
from tests.cli.test_keeping import content_of, kept, rotate
from tests.s3_server import ObjectStore, names_in, running
from wardline import wiring
from wardline.adapters.vaults import bucket_options
from wardline.adapters.vaults.bucket import Bucket
from wardline.cli.opening import opened
from wardline.pipeline import preserve
from wardline.testing.clock import VirtualClock
from wardline.wiring import open_installation, vault_places

__all__ = [
    "kept"
]  # the fixture of test_keeping: a file that was uploaded, over the vault that `place` here has


@pytest.fixture(scope="module")
def object_store() -> Iterator[ObjectStore]:
    with running() as made:
        yield made


@pytest.fixture
def bucket(object_store: ObjectStore) -> Bucket:
    return object_store.bucket(versioned=True)


@pytest.fixture
def place(place: Place, bucket: Bucket) -> Place:
    secret = place.folder / "keys" / "object-store"
    wiring.create_secret(secret, b"id\nsecret")
    path = place.folder / "wardline.toml"
    said = (
        f'vault = "s3"\nvault_secret_file = "keys/object-store"\n[preservation.vault_options]\nendpoint = "{bucket.place.endpoint}"\n'
        f'region = "{bucket.place.region}"\nbucket = "{bucket.place.bucket}"\n'
    )
    text = path.read_text("utf-8")
    assert text.count("[preservation]\n") == 1
    path.write_text(text.replace("[preservation]\n", f"[preservation]\n{said}"), "utf-8")
    return place


def test_evidence_lies_in_the_bucket_alone_and_its_keys_are_changed_by_two_people(
    place: Place, bucket: Bucket, kept: str
) -> None:
    assert len(names_in(bucket)) == 2
    assert not list((place.folder / "data").rglob("*.sealed"))
    before = content_of(place, kept)
    assert before == place.picture(1).read_bytes()
    rotated = rotate(place)
    assert (rotated.code, rotated.json["changed"], rotated.json["retired"]) == (0, 1, True)
    assert content_of(place, kept) == before
    assert len(names_in(bucket)) == 2, "no older version of the key"


def test_the_check_looks_at_the_bucket_and_ends_with_1_where_it_would_keep_what_must_go(
    place: Place, bucket: Bucket
) -> None:
    found = [each for each in place.run("check", "--json").json["checks"] if each["name"] == "vault"]
    assert {each["state"] for each in found} == {"ok", "note"}  # it works, and has versions
    bucket.asked().put_bucket_acl(Bucket=bucket.place.bucket, ACL="public-read")
    ended = place.run("check", "--json")
    assert ended.code == 1
    assert [each["state"] for each in ended.json["checks"] if each["name"] == "vault"].count("failed") == 1


def test_without_the_right_master_key_an_upload_is_refused_and_nothing_is_written(
    place: Place, bucket: Bucket, kept: str
) -> None:
    path, before = place.folder / "keys" / "vault.key", names_in(bucket)
    path.unlink()
    wiring.create_secret(path, base64.b64encode(b"k" * 32))
    sent = place.run(
        "submit",
        place.picture(1),
        "--account",
        "account-1",
        "--api-key-file",
        place.key_file("low"),
        "--json",
    )
    assert sent.code == 4
    assert "vault.key" in sent.error["advice"]
    assert names_in(bucket) == before


def test_a_bucket_is_not_chosen_over_evidence_in_the_folder(place: Place) -> None:
    """It would be called destroyed in time, and lie there for ever."""
    left = place.folder / "data" / "vault" / "00" / "item-left.original.sealed"
    left.parent.mkdir(parents=True, exist_ok=True)
    left.write_bytes(b"sealed")
    refused = place.run("vault", "keys")
    assert refused.code != 0
    assert "sealed files lie in data/vault" in refused.err
    left.unlink()
    assert place.run("vault", "keys").code == 0


def test_an_object_store_that_is_away_stops_neither_the_console_nor_the_check(place: Place) -> None:
    path = place.folder / "wardline.toml"
    text = path.read_text("utf-8")
    path.write_text(_elsewhere(text), "utf-8")
    assert place.run("hold", "list").code == 0
    sent = place.run(
        "submit",
        place.picture(1),
        "--account",
        "account-1",
        "--flag",
        "spam",
        "--api-key-file",
        place.key_file("low"),
        "--json",
    )
    assert (sent.code, sent.error["error"]) == (3, "vault-unavailable")
    ended = place.run("check", "--json")
    assert ended.code == 1
    assert [each["state"] for each in ended.json["checks"] if each["name"] == "vault"] == ["failed"]


def _elsewhere(text: str) -> str:
    """Let the endpoint be a port on which nobody listens."""
    lines = [
        'endpoint = "http://127.0.0.1:9"' if line.startswith("endpoint = ") else line
        for line in text.splitlines()
    ]
    return "\n".join([*lines, ""]).replace('region = "', 'connect_seconds = "1"\nattempts = "1"\nregion = "')


@pytest.mark.parametrize(
    ("option", "other"),
    [("bucket", '"another-bucket"'), ("endpoint", '"http://127.0.0.1:9"'), ("prefix", '"other/"')],
)
def test_a_back_up_is_not_restored_over_another_bucket_than_its_evidence_lies_in(
    place: Place, kept: str, tmp_path: Path, option: str, other: str
) -> None:
    assert place.run_as("bea", "backup", tmp_path / "copy", "--json").code == 0
    new = tmp_path / "new"
    shutil.copytree(place.folder / "keys", new / "keys")
    settings = (place.folder / "wardline.toml").read_text("utf-8")
    lines = [each for each in settings.splitlines() if not each.startswith(f"{option} = ")]
    at = lines.index("[preservation.vault_options]")
    written = "\n".join([*lines[: at + 1], f"{option} = {other}", *lines[at + 1 :], ""])
    (new / "wardline.toml").write_text(written, "utf-8")
    refused = run("restore", tmp_path / "copy", "--folder", new)
    assert refused.code == 2
    assert f"{option} {other.strip(chr(34))}, expected" in refused.err
    assert not (new / "data").exists() or not any((new / "data").iterdir())
    said = run("restore", tmp_path / "copy", "--folder", new, "--evidence-elsewhere")
    assert said.code == 0, said.err


def test_places_are_compared_with_the_prefix_that_the_vault_uses_where_none_is_said() -> None:
    said = {"endpoint": "https://store.example", "region": "eu-1", "bucket": "evidence"}
    assert bucket_options.place(said, b"id\nsecret").prefix == vault_places.USUAL_PREFIX


def test_a_back_up_is_restored_over_the_same_bucket_spelled_otherwise(
    place: Place, kept: str, tmp_path: Path
) -> None:
    assert place.run_as("bea", "backup", tmp_path / "copy", "--json").code == 0
    new = tmp_path / "new"
    shutil.copytree(place.folder / "keys", new / "keys")
    settings = (place.folder / "wardline.toml").read_text("utf-8")
    spelled = [
        f'{each[:-1]}/"\nprefix = "wardline/"' if each.startswith("endpoint = ") else each
        for each in settings.splitlines()
    ]
    (new / "wardline.toml").write_text("\n".join([*spelled, ""]), "utf-8")
    assert run("restore", tmp_path / "copy", "--folder", new).code == 0


def test_a_back_up_leaves_the_evidence_in_the_bucket_and_a_restored_copy_opens_it_there(
    place: Place, bucket: Bucket, kept: str, tmp_path: Path, listed: Callable[..., str]
) -> None:
    made = place.run_as("bea", "backup", tmp_path / "copy", "--json")
    assert (made.code, made.json["evidence"]) == (0, False), made.err
    # After the back-up the old installation takes another one, which the copy will know nothing of.
    with opened(place.folder) as installation:
        installation.wardline.parts.vault.seal("item-taken-later", "original", b"taken later")

    new = tmp_path / "new"
    shutil.copytree(place.folder / "keys", new / "keys")
    restored = run("restore", tmp_path / "copy", "--folder", new)
    assert restored.code == 0
    assert "Let nothing be uploaded here while that one runs" in restored.out
    there = Place(new, place.password_file, place.keys)
    assert content_of(there, kept) == place.picture(1).read_bytes()
    assert there.run_as("bea", "fence", "lift", "--old-is-gone").code == 0
    with opened(new) as installation:
        chosen, now = installation.settings, installation.wardline.parts.now()
    with open_installation(chosen, clock=VirtualClock(now + timedelta(hours=2))) as later:
        parts = later.wardline.parts
        assert preserve.destroy_orphans(parts) == 0
        assert parts.vault.open("item-taken-later", "original") == b"taken later"
        assert any("belong to no record" in alarm.message for alarm in parts.store.open_alarms())
    assert len(names_in(bucket)) == 4
