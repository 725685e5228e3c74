"""Reading small list files in tests."""

from __future__ import annotations

from pathlib import Path

from wardline import records
from wardline.adapters import hash_lists

MD5 = "0123456789abcdef0123456789abcdef"
SHA1 = "0123456789abcdef0123456789abcdef01234567"
SHA256 = "0123456789abcdef" * 4
PDQ = "fedcba9876543210" * 4


def write(folder: Path, content: str | bytes, suffix: str = ".csv") -> Path:
    path = folder / f"list{suffix}"
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def read(folder: Path, content: str | bytes, suffix: str = ".csv") -> records.HashListPage:
    """Read a file that fits one page."""
    return hash_lists.open_source(write(folder, content, suffix)).fetch(None)


def values(page: records.HashListPage) -> list[str]:
    return [change.value for change in page.added]


def lines(page: records.HashListPage) -> list[int]:
    return [line.line for line in page.malformed]
