"""Sources of hash lists. Here: files, as CSV, JSON or JSON Lines.

Every form has the same fields: ``hash_type`` (md5, sha1, sha256 or pdq), ``hash`` (hexadecimal) and, where known, ``category`` (A1, A2, B1
or B2). No others.
"""

from __future__ import annotations

from pathlib import Path

from wardline import ports
from wardline.adapters.hash_lists import csv_file, json_file
from wardline.adapters.hash_lists.file_source import PAGE_ROWS, FileSource
from wardline.errors import InputError

__all__ = ["PAGE_ROWS", "FileSource", "open_source"]

_READERS = {
    ".csv": csv_file.read_rows,
    ".json": json_file.read_array,
    ".jsonl": json_file.read_lines,
    ".ndjson": json_file.read_lines,
}


def open_source(path: Path) -> ports.HashListSource:
    """Choose how to read a file by its suffix, whatever its case. The file is opened by ``fetch``.

    Raises:
        InputError: The suffix is not one of ``.csv``, ``.json``, ``.jsonl`` (or ``.ndjson``).
    """
    read = _READERS.get(path.suffix.lower())
    if read is None:
        raise InputError(f"hash list file: unknown suffix, expected one of {' '.join(_READERS)}")
    return FileSource(path, read)
