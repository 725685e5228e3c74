"""The journal of a scan: what is done, so that one that was broken off goes on where it was.

An append-only file of JSON lines that holds paths and what came of them, but no hashes and no content. A line is written after the
outcome was told, so an outcome is told at least once, whenever the scan is broken off.
"""

from __future__ import annotations

import fcntl
import json
import os
import stat
import time
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path
from typing import Any

import numpy as np

from wardline.cli.scan.outcomes import SETTLED, Key, Outcome, Status, WholeArchive
from wardline.errors import BusyError, ConflictError, InputError, StorageFullError

_FORM = "wardline scan 1"
_DIGEST_BYTES = 16
_SYNC_SECONDS = 1.0
_LONGEST_LINE = 1_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Heading:
    """What a journal belongs to. Digests, so that the file tells nothing more."""

    arguments: str
    """The places that were named."""
    rules: str
    """What could change an outcome: hashers and thresholds."""
    lists: str
    """The active lists."""

    @classmethod
    def of(cls, *, arguments: object, rules: object, lists: object) -> Heading:
        """Make it from any values that JSON can hold."""
        return cls(arguments=_digest(arguments).hex(), rules=_digest(rules).hex(), lists=_digest(lists).hex())

    @property
    def line(self) -> bytes:
        """The journal's first line."""
        text = {"journal": _FORM, "arguments": self.arguments, "rules": self.rules, "lists": self.lists}
        return json.dumps(text).encode() + b"\n"


class Journal:
    """An open journal. Used by one thread; one scan has it at a time.

    Takes 16 bytes of memory for each file that was done when it was opened.
    """

    def __init__(self, path: Path, heading: Heading) -> None:
        """Open it, or begin it.

        Raises:
            ConflictError: It belongs to another scan: other places, other rules, or lists that have changed since.
            InputError: It is no journal, or cannot be opened.
            BusyError: Another scan writes it.
        """
        self._path = path
        self._descriptor = _locked(path)
        self._synced = time.monotonic()
        try:
            self.matches: dict[Key, str] = {}
            """Files that an earlier run found on a list, with their names."""
            self._archives: dict[bytes, dict[Status, int]] = {}
            self._settled = self._read(heading)
        except BaseException:
            os.close(self._descriptor)
            raise

    def settled(self, key: Key) -> Status | None:
        """Say what an earlier run settled about a file; None when it must be looked at."""
        wanted = _key_digest(key)
        for status, digests in self._settled.items():
            place = int(np.searchsorted(digests, np.bytes_(wanted)))
            # As stored, not as NumPy gives single ones: those lose the zeros at their end.
            if place < len(digests) and digests[place : place + 1].tobytes() == wanted:
                return status
        return None

    def whole_archive(self, key: Key) -> dict[Status, int] | None:
        """Say what an earlier run settled about an archive as a whole."""
        return self._archives.get(_key_digest(key))

    def add(self, outcome: Outcome) -> None:
        """Write down that an outcome was told."""
        if outcome.key is not None:
            name = {"name": outcome.name} if outcome.status is Status.MATCH else {}
            self._append({**_key_fields(outcome.key), "status": outcome.status.value, **name})

    def add_archive(self, archive: WholeArchive) -> None:
        """Write down that everything in an archive is settled."""
        counts = {status.value: count for status, count in archive.counts.items()}
        self._append({**_key_fields(archive.key), "archive": counts})

    def close(self) -> None:
        """Make everything durable and let go of the file."""
        try:
            os.fsync(self._descriptor)
        finally:
            os.close(self._descriptor)

    def _append(self, fields: dict[str, Any]) -> None:
        line = json.dumps(fields).encode() + b"\n"
        try:
            whole = os.write(self._descriptor, line) == len(line)
            if time.monotonic() - self._synced >= _SYNC_SECONDS:
                os.fsync(self._descriptor)
                self._synced = time.monotonic()
        except OSError:
            whole = False
        if not whole:
            raise StorageFullError(
                f"journal {self._path}: cannot be written, expected room for it",
                remedy="Make room; the same command then goes on where this one stopped.",
            )

    def _read(self, heading: Heading) -> dict[Status, Any]:
        found: dict[Status, bytearray] = {status: bytearray() for status in SETTLED}
        lines = self._lines(heading)
        for number, line in enumerate(lines, 2):
            try:
                said = json.loads(line)
                key = Key(said["path"], said["size"], said["mtime_ns"], said.get("member"))
                if "archive" in said:
                    counts = {Status(name): int(count) for name, count in said["archive"].items()}
                    self._archives[_key_digest(key)] = counts
                elif Status(said["status"]) in SETTLED:
                    found[Status(said["status"])] += _key_digest(key)
                elif said["status"] == Status.MATCH:
                    self.matches[key] = str(said["name"])
            except (ValueError, KeyError, TypeError, AttributeError):
                raise InputError(
                    f"journal {self._path}: line {number} is damaged, expected what a scan wrote",
                    remedy="Begin again with another file; nothing that was found is only in the journal.",
                ) from None
        return {
            status: np.sort(np.frombuffer(bytes(digests), f"S{_DIGEST_BYTES}"))
            for status, digests in found.items()
        }

    def _lines(self, heading: Heading) -> Iterator[bytes]:
        """Give the whole lines after the heading; a torn one at the end is cut off."""
        with os.fdopen(os.dup(self._descriptor), "rb") as file:
            first = file.readline(_LONGEST_LINE)
            whole = len(first)
            if not first.endswith(b"\n") and heading.line.startswith(first):
                # Empty, or broken off within the first line.
                os.ftruncate(self._descriptor, 0)
                os.write(self._descriptor, heading.line)
                return
            self._require(first, heading)
            while line := file.readline(_LONGEST_LINE):
                if not line.endswith(b"\n"):
                    os.ftruncate(self._descriptor, whole)
                    return
                whole += len(line)
                yield line

    def _require(self, first: bytes, heading: Heading) -> None:
        try:
            said = json.loads(first)
            written = Heading(arguments=said["arguments"], rules=said["rules"], lists=said["lists"])
            known = said["journal"] == _FORM
        except (ValueError, KeyError, TypeError):
            written, known = heading, False
        if not known:
            raise InputError(
                f"journal {self._path}: something else, expected the journal of a scan or no file",
                remedy="Name another file; this one was not touched.",
            )
        if written.arguments != heading.arguments:
            raise ConflictError(
                f"journal {self._path}: of other places, expected the paths that it was begun with",
                remedy="Give the same paths and the same --list, or name another file.",
            )
        if written.rules != heading.rules:
            raise ConflictError(
                f"journal {self._path}: of other rules, expected the hashers and thresholds it was begun with",
                remedy="Files must be compared again under these: name another file.",
            )
        if written.lists != heading.lists:
            raise ConflictError(
                f"journal {self._path}: of other hash lists, expected those that were active when it was begun",
                remedy="Files must be compared again with the lists of now: name another file.",
            )


def _locked(path: Path) -> int:
    flags = os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC | os.O_NOFOLLOW | os.O_NONBLOCK
    try:
        descriptor = os.open(path, flags, 0o600)
    except OSError as error:
        raise InputError(
            f"journal {path}: cannot be opened ({error.strerror}), expected a file",
            remedy="Name another file.",
        ) from None
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise InputError(f"journal {path}: no file, expected one", remedy="Name another file.")
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(descriptor)
        raise BusyError(
            f"journal {path}: another scan writes it, expected one only",
            remedy="Wait for that scan, or stop it.",
        ) from None
    return descriptor


def _key_fields(key: Key) -> dict[str, Any]:
    fields: dict[str, Any] = {"path": key.path, "size": key.size_bytes, "mtime_ns": key.modified_ns}
    return fields if key.member is None else {**fields, "member": key.member}


def _key_digest(key: Key) -> bytes:
    return _digest([key.path, key.size_bytes, key.modified_ns, key.member])


def _digest(value: object) -> bytes:
    return blake2b(json.dumps(value).encode(), digest_size=_DIGEST_BYTES).digest()
