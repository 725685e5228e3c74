"""A library to scan, an active list to scan it with, and a way to read what a scan says."""

from __future__ import annotations

import io
import json
import sys
import tarfile
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.cli.conftest import Ended, Place
from wardline.testing import pictures

LISTED = 1
"""The seed of the picture that is on the list."""


@dataclass(frozen=True, slots=True)
class Scanned:
    """What a scan said."""

    ended: Ended
    lines: list[dict[str, Any]]
    """One for each file."""
    summary: dict[str, Any]

    @classmethod
    def of(cls, ended: Ended) -> Scanned:
        """Read what a whole scan printed."""
        *lines, last = (json.loads(line) for line in ended.out.splitlines())
        return cls(ended, lines, last["summary"])

    def statuses(self, below: Path) -> dict[str, str]:
        """What came of each file, by its path within the library."""
        return {str(line["path"]).removeprefix(f"{below}/"): line["status"] for line in self.lines}


def words(place: Place, *more: object) -> list[str]:
    """The words of a scan in the lead's name."""
    return [str(each) for each in ("scan", *more, "--folder", place.folder, "--as", "bea", "--password-file", place.password_file)]  # fmt: skip


def program(place: Place, *more: object) -> list[str]:
    """The same as a program of its own."""
    return [sys.executable, "-m", "wardline", *words(place, *more)]


def picture(seed: int) -> bytes:
    """A harmless picture."""
    return pictures.encode(pictures.scene(seed, (160, 120)))


def tar_of(files: dict[str, bytes], *, mode: str = "w:gz") -> bytes:
    """A tar with these files."""
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode=mode) as archive:  # type: ignore[call-overload]
        for name, content in files.items():
            info = tarfile.TarInfo(name)
            info.size = len(content)
            archive.addfile(info, io.BytesIO(content))
    return stream.getvalue()


def zip_of(files: dict[str, bytes]) -> bytes:
    """A zip with these files."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return stream.getvalue()


def write(folder: Path, files: dict[str, bytes]) -> None:
    """Put files into a folder."""
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
