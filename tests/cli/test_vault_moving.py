"""Evidence goes from a folder into a bucket and back, as it is sealed; a copy that is killed is carried on, and nothing is lost on the way."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.conftest import Place
from tests.cli.test_keeping import content_of
from tests.s3_server import ObjectStore, names_in, running
from wardline import wiring
from wardline.adapters.vaults.bucket import Bucket
from wardline.cli.opening import opened

_KILLED = """
import os, signal, sys
from pathlib import Path
from wardline import settings, wiring
from wardline.pipeline import vault_copying

folder, other, act, point, left = Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3], sys.argv[4], [int(sys.argv[5])]

def reached(name):
    if name == point:
        left[0] -= 1
        if left[0] == 0:
            os.kill(os.getpid(), signal.SIGKILL)

chosen, others = settings.load(folder), settings.parse(folder, other.read_text())
installation = wiring.open_installation(chosen, reached=reached, evidence=wiring.anywhere)
parts = installation.wardline.parts
there = wiring.open_vault(others, reached, parts.clock)
if act == "copy":
    wiring.begin_closing(chosen, others)
    vault_copying.copy_all(parts, parts.vault.inner, there)
else:
    vault_copying.leave(parts, there, parts.vault.inner)
sys.exit("nobody killed it")
"""


@pytest.fixture(scope="module")
def object_store() -> Iterator[ObjectStore]:
    with running() as made:
        yield made


@pytest.fixture
def bucket(object_store: ObjectStore) -> Bucket:
    return object_store.bucket()


@pytest.fixture
def files(place: Place) -> list[str]:
    """Three files that are kept, in the folder."""
    for number in range(1, 4):
        sent = place.run("submit", place.picture(number), "--account", f"account-{number}", "--flag", "spam",
                         "--api-key-file", place.key_file("trusted"), "--json")  # fmt: skip
        assert sent.code in (0, 1), sent.err
    with opened(place.folder) as installation:
        return [name for name, _, _ in installation.wardline.parts.vault.inventory()]


@pytest.fixture
def settings(place: Place, bucket: Bucket, tmp_path: Path) -> dict[str, Path]:
    """The settings for either vault, beside each other."""
    wiring.create_secret(place.folder / "keys" / "object-store", b"id\nsecret")
    text = (place.folder / "wardline.toml").read_text("utf-8")
    said = (
        f'vault = "s3"\nvault_secret_file = "keys/object-store"\n[preservation.vault_options]\nendpoint = "{bucket.place.endpoint}"\n'
        f'region = "{bucket.place.region}"\nbucket = "{bucket.place.bucket}"\n'
    )
    made = {"folder": tmp_path / "folder.toml", "bucket": tmp_path / "bucket.toml"}
    made["folder"].write_text(text, "utf-8")
    made["bucket"].write_text(text.replace("[preservation]\n", f"[preservation]\n{said}"), "utf-8")
    return made


def killed(place: Place, other: Path, act: str, point: str, at: int) -> None:
    command = [sys.executable, "-c", _KILLED, str(place.folder), str(other), act, point, str(at)]
    ended = subprocess.run(command, check=False, capture_output=True, text=True)
    assert ended.returncode == -signal.SIGKILL, ended.stderr


def sealed_files(place: Place) -> list[Path]:
    return sorted((place.folder / "data" / "vault").glob("*/*.sealed"))


def switch(place: Place, to: Path) -> None:
    (place.folder / "wardline.toml").write_text(to.read_text("utf-8"), "utf-8")


def plain(place: Place, bucket: Bucket) -> list[bytes]:
    """Everything that lies outside of the records."""
    kept = [path.read_bytes() for path in (place.folder / "data" / "vault").rglob("*") if path.is_file()]
    found = (bucket.read(entry.name) for entry in bucket.entries(""))
    return [*kept, *(each[0] for each in found if each is not None)]


@pytest.mark.long
def test_evidence_goes_into_a_bucket_and_back_though_each_step_is_killed_once(
    place: Place, bucket: Bucket, files: list[str], settings: dict[str, Path]
) -> None:
    before = {each: content_of(place, each) for each in files}
    marks = [content[:64] for content in before.values()]
    as_sealed = {path.name: path.read_bytes() for path in sealed_files(place)}

    killed(place, settings["bucket"], "copy", "vault:written", 2)  # its content is there, its head is not
    assert place.run("hold", "list").code == 0, "the service goes on in the folder"
    copied = place.run_as("bea", "vault", "copy", "--to", settings["bucket"], "--json")
    assert copied.code == 0, copied.err
    assert (copied.json["copied"], copied.json["there"], copied.json["whole"]) == (2, 1, True)
    assert {path.name: path.read_bytes() for path in sealed_files(place)} == as_sealed
    refused = place.run("hold", "list")
    assert refused.code == 2
    assert "the evidence is in the vault s3" in refused.err

    switch(place, settings["bucket"])
    assert {each: content_of(place, each) for each in files} == before
    killed(place, settings["folder"], "leave", "vault:key-destroyed", 1)  # what is left of it opens no more
    killed(place, settings["folder"], "leave", "vault-copy:left", 1)
    left = place.run_as("bea", "vault", "leave", "--former", settings["folder"], "--json")
    assert (left.code, left.json["removed"], left.json["there"]) == (0, 2, 2), left.err
    assert sealed_files(place) == []
    assert {each: content_of(place, each) for each in files} == before

    killed(place, settings["folder"], "copy", "vault-copy:copied", 1)
    assert place.run_as("bea", "vault", "copy", "--to", settings["folder"], "--json").json["whole"]
    switch(place, settings["folder"])
    killed(place, settings["bucket"], "leave", "vault:key-destroyed", 1)
    left = place.run_as("bea", "vault", "leave", "--former", settings["bucket"], "--json")
    assert (left.code, left.json["removed"], left.json["damaged"]) == (0, 3, []), left.err
    assert names_in(bucket) == []
    assert {each: content_of(place, each) for each in files} == before
    assert {path.name: path.read_bytes() for path in sealed_files(place)} == as_sealed
    assert not [each for each in plain(place, bucket) for mark in marks if mark in each]
    with opened(place.folder) as installation:
        line = installation.wardline
        assert line.parts.store.open_alarms() == []
    assert place.run("audit", "verify").code == 0


def test_what_is_sealed_during_a_copy_is_copied_by_the_next_and_nobody_starts_without_it(
    place: Place, bucket: Bucket, files: list[str], settings: dict[str, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    from wardline.pipeline import vault_copying

    copy_all = vault_copying.copy_all

    def with_an_upload(*given: object) -> object:
        found = copy_all(*given)  # type: ignore[arg-type]
        with opened(place.folder) as service:
            service.wardline.parts.vault.seal(files[0], "late", b"sealed after its folder was looked at")
        return found

    monkeypatch.setattr(vault_copying, "copy_all", with_an_upload)
    assert place.run_as("bea", "vault", "copy", "--to", settings["bucket"], "--json").json["whole"] is False
    monkeypatch.undo()
    switch(place, settings["bucket"])
    assert place.run("hold", "list").code == 2, "not all is in the bucket"
    switch(place, settings["folder"])
    again = place.run_as("bea", "vault", "copy", "--to", settings["bucket"], "--json").json
    assert (again["copied"], again["there"], again["whole"]) == (1, 3, True)


def test_a_damaged_file_stays_where_it_is_and_is_named(
    place: Place, bucket: Bucket, files: list[str], settings: dict[str, Path]
) -> None:
    path = sealed_files(place)[0]
    content = bytearray(path.read_bytes())
    content[-1] ^= 1
    path.write_bytes(content)
    copied = place.run_as("bea", "vault", "copy", "--to", settings["bucket"], "--json")
    assert (copied.code, copied.json["copied"], copied.json["whole"]) == (1, 2, False)
    assert copied.json["damaged"] == [path.name.partition(".")[0]]
    assert place.run("hold", "list").code == 0


def test_the_former_vault_is_not_emptied_before_the_settings_are_switched(
    place: Place, bucket: Bucket, files: list[str], settings: dict[str, Path]
) -> None:
    for act in (("copy", "--to"), ("leave", "--former")):
        assert place.run_as("bea", "vault", *act, settings["folder"]).code == 2, "the same vault"
    assert place.run_as("bea", "vault", "copy", "--to", settings["bucket"]).code == 0
    assert place.run_as("bea", "vault", "leave", "--former", settings["bucket"]).code == 2
    assert len(sealed_files(place)) == 3
