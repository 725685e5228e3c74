"""An installation with an active list, made once, and an empty library."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest
from argon2 import PasswordHasher

from tests.cli.conftest import Place, run
from tests.cli.scan.libraries import LISTED
from wardline import ports
from wardline.cli import decoders
from wardline.pipeline import passwords
from wardline.settings import IntakeSettings
from wardline.testing.harness import shared_media


@pytest.fixture(scope="session")
def made_with_list(
    made_once: tuple[Path, dict[str, str]], tmp_path_factory: pytest.TempPathFactory
) -> tuple[Path, dict[str, str]]:
    """Picture 1 is on the list, byte for byte and by its PDQ."""
    folder = tmp_path_factory.mktemp("listed") / "installation"
    shutil.copytree(made_once[0], folder)
    shutil.copy2(made_once[0].parent / "password", folder.parent / "password")
    place = Place(folder, folder.parent / "password", made_once[1])
    picture = place.picture(LISTED)
    digest = hashlib.sha256(picture.read_bytes()).hexdigest()
    pdq = run("hash", "--json", picture).json["pdq"]
    path = folder.parent / "practice.csv"
    path.write_text(f"hash_type,hash\nsha256,{digest}\npdq,{pdq}\n", "ascii")
    about = ("--name", "practice", "--provenance", "made by the tests", "--trust", "verified")
    assert place.run_as("bea", "hash-list", "add", path, *about).code == 0
    assert place.run_as("ada", "hash-list", "activate", "practice").code == 0
    return folder, made_once[1]


@pytest.fixture
def place(made_with_list: tuple[Path, dict[str, str]], tmp_path: Path) -> Place:
    """A copy of the installation, so that no test sees what another did."""
    folder, keys = made_with_list
    shutil.copytree(folder, tmp_path / "installation")
    shutil.copy2(folder.parent / "password", tmp_path / "password")
    return Place(tmp_path / "installation", tmp_path / "password", keys)


@pytest.fixture
def library(tmp_path: Path) -> Path:
    """An empty folder."""
    folder = tmp_path / "library"
    folder.mkdir()
    return folder


@pytest.fixture(autouse=True)
def one_sandbox(monkeypatch: pytest.MonkeyPatch) -> None:
    """The sandbox that the scans of this process share: to start one takes most of a small scan's time. Programs start their own.

    The hash that nobody's password fits takes most of the rest, and is made only so that timing tells nothing.
    """
    nobodys = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash("of nobody")
    monkeypatch.setattr(passwords, "_nobodys_hash", lambda _: nobodys)

    @contextmanager
    def shared(limits: IntakeSettings, hashers: Sequence[str], *, workers: int) -> Iterator[ports.Media]:
        yield shared_media()

    monkeypatch.setattr(decoders, "sandbox", shared)
