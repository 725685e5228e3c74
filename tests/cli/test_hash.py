"""`wardline hash`: the hashes of files, exactly as others compute them."""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pdqhash
import pytest
from PIL import Image
from typer.testing import CliRunner

from tests.cli.conftest import Ended, Place, run
from wardline import ports
from wardline.cli import decoders
from wardline.cli.app import app
from wardline.settings import IntakeSettings
from wardline.testing import pictures
from wardline.testing.harness import shared_media
from wardline.testing.pictures import Damage


def lines(ended: Ended) -> list[dict[str, object]]:
    return [json.loads(line) for line in ended.out.splitlines()]


@pytest.fixture
def one_sandbox(monkeypatch: pytest.MonkeyPatch) -> None:
    """A sandbox that several tests share: to start one takes most of a small command's time."""

    @contextmanager
    def shared(limits: IntakeSettings, hashers: Sequence[str], *, workers: int) -> Iterator[ports.Media]:
        yield shared_media()

    monkeypatch.setattr(decoders, "sandbox", shared)


@pytest.fixture
def picture(tmp_path: Path) -> Path:
    path = tmp_path / "picture.jpg"
    path.write_bytes(pictures.encode(pictures.scene(5, (640, 480))))
    return path


def test_a_line_holds_the_hashes_that_everybody_else_computes(picture: Path) -> None:
    ended = run("hash", "--json", picture)
    assert (ended.code, ended.err) == (0, "")
    content = picture.read_bytes()
    bits, quality = pdqhash.compute(np.asarray(Image.open(picture).convert("RGB")))
    (line,) = lines(ended)
    assert line == {
        "path": str(picture),
        "md5": hashlib.md5(content, usedforsecurity=False).hexdigest(),
        "sha1": hashlib.sha1(content, usedforsecurity=False).hexdigest(),
        "sha256": hashlib.sha256(content).hexdigest(),
        "pdq": np.packbits(bits.astype(np.uint8)).tobytes().hex(),
        "pdq_quality": quality,
    }
    assert list(line) == ["path", "md5", "sha1", "sha256", "pdq", "pdq_quality"]


@pytest.mark.usefixtures("one_sandbox")
def test_lines_come_in_the_order_given_with_repetitions(tmp_path: Path) -> None:
    paths = []
    for seed, side in ((1, 600), (2, 64), (3, 400), (4, 64)):
        path = tmp_path / f"{seed}.png"
        path.write_bytes(pictures.encode(pictures.scene(seed, (side, side)), "png"))
        paths.append(str(path))
    given = [*paths, *reversed(paths), paths[0]]
    assert [line["path"] for line in lines(run("hash", "--json", *given))] == given


@pytest.mark.usefixtures("one_sandbox")
def test_what_cannot_be_decoded_keeps_its_other_hashes_and_is_told(tmp_path: Path, picture: Path) -> None:
    cut = tmp_path / "cut.jpg"
    cut.write_bytes(pictures.damaged(Damage.TRUNCATED).content)
    empty = tmp_path / "empty.jpg"
    empty.touch()
    ended = run("hash", "--json", cut, empty, picture)
    assert ended.code == 1
    first, second, third = lines(ended)
    assert first["sha256"] == hashlib.sha256(cut.read_bytes()).hexdigest()
    assert second["md5"] == "d41d8cd98f00b204e9800998ecf8427e"
    assert [line["pdq"] for line in (first, second)] == [None, None]
    assert [line["pdq_quality"] for line in (first, second)] == [None, None]
    assert third["pdq"] is not None
    problems = [json.loads(line)["message"] for line in ended.err.splitlines()]
    assert "truncated or damaged" in problems[0]
    assert "empty file" in problems[1]


@pytest.mark.usefixtures("one_sandbox")
def test_what_cannot_be_read_is_named_and_the_others_are_done(tmp_path: Path, picture: Path) -> None:
    ended = run("hash", "--json", tmp_path / "nothing", tmp_path, picture)
    assert ended.code == 2
    assert [line["path"] for line in lines(ended)] == [str(picture)]
    missing, folder = (json.loads(line) for line in ended.err.splitlines())
    assert "nothing" in missing["message"]
    assert "No such file" in missing["message"]
    assert "directory" in folder["message"]


@pytest.mark.usefixtures("one_sandbox")
def test_a_file_beyond_the_cap_is_refused_its_pdq_and_hashed_as_it_streams_by(place: Place) -> None:
    settings = place.folder / "wardline.toml"
    text = settings.read_text("utf-8")
    assert "#max_bytes = 50000000" in text
    settings.write_text(text.replace("#max_bytes = 50000000", "max_bytes = 1000"), "utf-8")
    path = place.picture(2)
    ended = place.run("hash", "--json", path)
    assert ended.code == 1
    assert ended.json["sha1"] == hashlib.sha1(path.read_bytes(), usedforsecurity=False).hexdigest()
    assert ended.json["pdq"] is None
    assert ended.error["error"] == "too-large"
    assert "expected at most 1000" in ended.error["message"]
    assert run("hash", "--json", path).code == 0, "elsewhere the default limits hold"


def test_a_folder_that_is_named_must_be_an_installation(tmp_path: Path, picture: Path) -> None:
    assert run("hash", "--json", picture, "--folder", tmp_path).error["error"] == "not-initialised"


@pytest.mark.usefixtures("one_sandbox")
def test_a_picture_may_come_from_standard_input_once(picture: Path) -> None:
    ended = CliRunner().invoke(app, ["hash", "--json", "-", str(picture)], input=picture.read_bytes())
    first, second = (json.loads(line) for line in ended.stdout.splitlines())
    assert (first.pop("path"), second.pop("path")) == ("-", str(picture))
    assert first == second
    assert run("hash", "-", "-").code == 2


@pytest.mark.usefixtures("one_sandbox")
def test_without_json_names_and_hashes_stand_below_each_other(picture: Path, tmp_path: Path) -> None:
    odd = tmp_path / "odd\x1b[31m\n\udcff.jpg"
    odd.write_bytes(picture.read_bytes())
    ended = run("hash", odd)
    assert ended.code == 0
    first, *rest = ended.out.splitlines()
    assert first.endswith(r"odd\x1b[31m\n\udcff.jpg"), "a name does nothing to a terminal"
    assert [line.split()[0] for line in rest] == ["md5", "sha1", "sha256", "pdq", "pdq_quality"]


def test_it_runs_as_a_program_in_any_folder(tmp_path: Path, picture: Path) -> None:
    command = [sys.executable, "-m", "wardline", "hash", "--json", picture.name]
    ended = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=True)
    assert json.loads(ended.stdout)["path"] == "picture.jpg"
    assert list(tmp_path.iterdir()) == [picture], "it keeps nothing"
