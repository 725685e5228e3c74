"""One installation with two people, a platform and a list, made once; and a way to run the program on a copy of it."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import typer.main
import typer.testing
from typer.testing import CliRunner

from wardline.cli.app import app
from wardline.testing import pictures

PASSWORD = "a password of the tests"


@dataclass(frozen=True, slots=True)
class Ended:
    """How a command ended."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """What it printed, which is one line of JSON."""
        assert self.out.count("\n") == 1
        return json.loads(self.out)

    @property
    def error(self) -> Any:
        """The error it printed as JSON."""
        return json.loads(self.err.splitlines()[-1])


def run(*words: object) -> Ended:
    """Run the program."""
    ended = CliRunner().invoke(app, [str(word) for word in words])
    if ended.exception is not None and not isinstance(ended.exception, SystemExit):
        raise ended.exception
    return Ended(ended.exit_code, ended.stdout, ended.stderr)


@dataclass(frozen=True, slots=True)
class Place:
    """An installation for one test."""

    folder: Path
    password_file: Path
    keys: dict[str, str]
    """API keys of the platform by trust."""

    def run(self, *words: object) -> Ended:
        """Run a verb here."""
        return run(*words, "--folder", self.folder)

    def run_as(self, user: str, *words: object) -> Ended:
        """Run a verb here in somebody's name."""
        return self.run(*words, "--as", user, "--password-file", self.password_file)

    def key_file(self, trust: str) -> Path:
        """A file with an API key."""
        path = self.folder.parent / f"{trust}.key"
        path.touch(mode=0o600)
        path.write_text(self.keys[trust], "ascii")
        return path

    def picture(self, seed: int) -> Path:
        """A file with a picture; seed 1 is on the list."""
        path = self.folder.parent / f"picture-{seed}.jpg"
        path.write_bytes(pictures.encode(pictures.scene(seed, (160, 120))))
        return path


@pytest.fixture(scope="session", autouse=True)
def _commands_are_made_once() -> Iterator[None]:
    """Keep what Typer makes of the program's functions, which it would make anew each time that a test runs it."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(typer.testing, "_get_command", cache(typer.main.get_command))
        yield


def _draw_no_second_opinions(written: Path) -> None:
    """Have no lot ask for one: what comes of a decision would wait for it, in one of twenty runs."""
    said = written.read_text("utf-8").replace("#random_percent = 5.0", "random_percent = 0.0")
    assert "\nrandom_percent = 0.0" in said
    written.write_text(said, "utf-8")


@pytest.fixture(scope="session")
def made_once(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, str]]:
    """Everything is made by the program itself."""
    folder = tmp_path_factory.mktemp("made") / "installation"
    password_file = folder.parent / "password"
    password_file.touch(mode=0o600)
    password_file.write_text(PASSWORD, "ascii")
    place = Place(folder, password_file, {})
    made = run("init", folder, "--admin", "ada", "--admin-password-file", password_file, "--platform", "example",
               "--webhook-url", "http://127.0.0.1:9/", "--json")  # fmt: skip
    assert made.code == 0, made.err
    _draw_no_second_opinions(folder / "wardline.toml")
    trusted = place.run("api-key", "create", "--platform", "example", "--trusted", "--json").json["secret"]
    for name, role in (("bea", "lead"), ("mo", "moderator")):
        assert place.run("user", "create", name, "--role", role, "--password-file", password_file).code == 0
    return folder, {"low": made.json["platforms"][0]["api_key"], "trusted": trusted}


@pytest.fixture
def place(made_once: tuple[Path, dict[str, str]], tmp_path: Path) -> Place:
    """A copy of the installation, so that no test sees what another did."""
    folder, keys = made_once
    shutil.copytree(folder, tmp_path / "installation")
    shutil.copy2(folder.parent / "password", tmp_path / "password")
    return Place(tmp_path / "installation", tmp_path / "password", keys)


@pytest.fixture
def listed(place: Place) -> Callable[..., str]:
    """A function that adds a list with picture 1 and gives its id."""
    import hashlib

    def add(name: str = "practice", *, trust: str = "verified", extra: str = "") -> str:
        digest = hashlib.sha256(place.picture(1).read_bytes()).hexdigest()
        path = place.folder.parent / f"{name}.csv"
        path.write_text(f"hash_type,hash\nsha256,{digest}\n{extra}", "ascii")
        added = place.run_as(
            "bea",
            "hash-list",
            "add",
            path,
            "--name",
            name,
            "--provenance",
            "made by the tests",
            "--trust",
            trust,
            "--json",
        )
        assert added.code == 0, added.err
        return str(added.json["hash_list"]["id"])

    return add
