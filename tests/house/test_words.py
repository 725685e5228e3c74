"""What no file of the repository may hold: addresses of one machine, addresses of registries, and media."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.house import repository

# Written so that the patterns do not match themselves.
_MACHINE_PATHS = re.compile(r"(?<![\w./-])/(?:work|farm|root|home/[a-z]+|tmp/w)/[\w.]")
_REGISTRY_HOSTS = re.compile(r"pypi[.]org|pythonhosted[.]org|registry[.]npmjs|index[-]url|find[-]links")

_SLASH = "/"
_IMAGES = repository.ROOT / "docs" / "images"
_FIRST_BYTES: dict[str, Callable[[bytes], bool]] = {
    "JPEG": lambda head: head.startswith(b"\xff\xd8\xff"),
    "PNG": lambda head: head.startswith(b"\x89PNG\r\n"),
    "GIF": lambda head: head.startswith((b"GIF87a", b"GIF89a")),
    "WebP, AVI or WAV": lambda head: head.startswith(b"RIFF"),
    "AVIF, HEIC or MP4": lambda head: head[4:8] == b"ftyp",
    "TIFF": lambda head: head.startswith((b"II*\x00", b"MM\x00*")),
    "BMP": lambda head: head.startswith(b"BM") and b"\x00\x00\x00\x00" in head[2:14],
    "Matroska or WebM": lambda head: head.startswith(b"\x1aE\xdf\xa3"),
    "MP3 or Ogg": lambda head: head.startswith((b"ID3", b"OggS")),
    "an archive": lambda head: head.startswith((b"PK\x03\x04", b"\x1f\x8b", b"7z\xbc\xaf", b"BZh")),
}


def media_in(head: bytes) -> str | None:
    """Name the kind of media that content starting like this is, if any."""
    return next((kind for kind, starts in _FIRST_BYTES.items() if starts(head)), None)


def hits(pattern: re.Pattern[str]) -> list[str]:
    """List where text files match, as file and line."""
    found: list[str] = []
    for path in repository.files():
        content = path.read_bytes()
        if b"\0" in content:
            continue
        lines = content.decode("utf-8").splitlines()
        found += [
            f"{repository.name_of(path)}:{number}"
            for number, line in enumerate(lines, 1)
            if pattern.search(line)
        ]
    return found


def is_allowed(path: Path, kind: str) -> bool:
    """Screenshots of the documentation are the only media."""
    return kind == "PNG" and path.suffix == ".png" and path.is_relative_to(_IMAGES)


def test_no_file_names_a_path_of_one_machine() -> None:
    assert not hits(_MACHINE_PATHS)


def test_no_file_names_a_package_registry() -> None:
    assert not hits(_REGISTRY_HOSTS)


def test_the_repository_holds_no_media_but_screenshots_of_the_documentation() -> None:
    found = {
        repository.name_of(path): kind
        for path in repository.files()
        if (kind := media_in(path.read_bytes()[:16])) and not is_allowed(path, kind)
    }
    assert not found, f"pictures are drawn by the tests, never stored: {found}"


@pytest.mark.parametrize(
    "head",
    [
        b"\xff\xd8\xff\xe0\x00\x10JFIF",
        b"\x89PNG\r\n\x1a\n",
        b"GIF89a\x01\x00",
        b"\x00\x00\x00\x20ftypavif",
        b"RIFF\x00\x00\x00\x00WEBP",
    ],
)
def test_the_guard_knows_media_by_their_first_bytes(head: bytes) -> None:
    assert media_in(head) is not None


def test_the_guard_leaves_text_alone() -> None:
    assert media_in(b"BMP files are read, too") is None


@pytest.mark.parametrize(
    "line", ["see " + "/wo" + "rk/main/x.py", "open('" + "/tm" + "p/w/x')", "/ro" + "ot/.pyenv"]
)
def test_the_guard_sees_a_path_of_one_machine(line: str) -> None:
    assert _MACHINE_PATHS.search(line)


@pytest.mark.parametrize(
    "line", ["GET /v1/work/items", "docs/work/a.md", "the /tmp folder", "/tmp/wardline", "/var/lib/wardline"]
)
def test_the_guard_leaves_other_paths_alone(line: str) -> None:
    assert not _MACHINE_PATHS.search(line)
