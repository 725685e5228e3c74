"""The sandbox authority's memory: which reports there are, how far each got, and when it expires.

With a path it is durable: one JSON line for each change, synchronised before the change is answered. It holds ids, times, sizes and MD5
values; never a document, and never a byte of an uploaded file.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from pathlib import Path
from typing import Any, BinaryIO

from wardline.errors import BusyError

NO_REPORT = 5001
NO_FILE = 5002
RETRACTED = 5101
FINISHED = 5102
INVALID = 4000
BREACH = 4100

OPEN_TIME = timedelta(hours=24)
"""An unfinished report is deleted this long after opening ..."""
IDLE_TIME = timedelta(hours=1)
"""... or this long after its last upload or description, whichever is later."""

_FIRST_REPORT_ID = 4_200_001


class Standing(StrEnum):
    """Where a report stands at the authority."""

    OPEN = "open"
    FINISHED = "finished"
    RETRACTED = "retracted"
    EXPIRED = "expired"


class LedgerRefusal(Exception):  # noqa: N818 - it is an answer of the authority, not an error of the program
    """The call is refused with this answer code."""

    def __init__(self, code: int) -> None:
        super().__init__(f"answer code {code}")
        self.code = code


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerFile:
    """One uploaded file: its size and MD5 only."""

    file_id: str
    size_bytes: int
    md5: str
    described: bool = False
    viewed: bool | None = None
    """``fileViewedByEsp`` of its details; None when not described, or not said."""
    fits_batch: bool = False
    """Whether its details may stand in a batched report."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerReport:
    """One report."""

    report_id: int
    reference: str | None
    """The sender's own id of the report, where its additional information names one."""
    opened_at: datetime
    changed_at: datetime
    standing: Standing
    files: tuple[LedgerFile, ...] = ()
    batched: bool = False

    @property
    def expires_at(self) -> datetime:
        """Say when it is deleted unless it is finished or changed before."""
        return max(self.opened_at + OPEN_TIME, self.changed_at + IDLE_TIME)


class AuthorityLedger:
    """Every report of one sandbox. Safe to call from many threads; one process at a time may hold its file.

    Args:
        path: File to keep it in; None keeps it in memory. An existing file is read back, less a last line that a crash cut off.
        clock_now: Gives the current time, aware.

    Raises:
        BusyError: Another process holds the file.
    """

    def __init__(
        self, path: Path | None = None, *, clock_now: Callable[[], datetime] = lambda: datetime.now(UTC)
    ) -> None:
        self._now = clock_now
        self._lock = threading.Lock()
        self._reports: dict[int, LedgerReport] = {}
        self._file = None if path is None else self._open(path)

    def close(self) -> None:
        """Let go of the file."""
        with self._lock:
            if self._file is not None:
                self._file.close()
                self._file = None

    def reports(self) -> list[LedgerReport]:
        """Give every report, in the order of opening."""
        with self._lock:
            now = self._now()
            return [_as_of(report, now) for report in self._reports.values()]

    def finished(self) -> list[LedgerReport]:
        """Give the reports that were finished."""
        return [report for report in self.reports() if report.standing is Standing.FINISHED]

    def open(self) -> list[LedgerReport]:
        """Give the reports that are neither finished nor withdrawn nor expired."""
        return [report for report in self.reports() if report.standing is Standing.OPEN]

    def submit(self, reference: str | None = None, *, batched: bool = False) -> int:
        """Open a report and give its id."""
        with self._lock:
            now = self._now()
            report_id = _FIRST_REPORT_ID + len(self._reports)
            report = LedgerReport(
                report_id=report_id,
                reference=reference,
                opened_at=now,
                changed_at=now,
                standing=Standing.OPEN,
                batched=batched,
            )
            self._record(report)
            return report_id

    def upload(self, report_id: int, size_bytes: int, md5: str) -> str:
        """Add a file to an open report and give the file's id."""
        with self._lock:
            report = self._require_open(report_id)
            file_id = hashlib.sha256(f"{report_id}/{len(report.files)}".encode()).hexdigest()[:32]
            file = LedgerFile(file_id=file_id, size_bytes=size_bytes, md5=md5)
            self._record(replace(report, files=(*report.files, file), changed_at=self._now()))
            return file_id

    def describe(
        self, report_id: int, file_id: str, viewed: bool | None = None, *, fits_batch: bool = False
    ) -> None:
        """Note the details of a file: once for each."""
        with self._lock:
            report = self._require_open(report_id)
            found = next((file for file in report.files if file.file_id == file_id), None)
            if found is None:
                raise LedgerRefusal(NO_FILE)
            if found.described:
                raise LedgerRefusal(INVALID)
            described = replace(found, described=True, viewed=viewed, fits_batch=fits_batch)
            files = tuple(described if file is found else file for file in report.files)
            self._record(replace(report, files=files, changed_at=self._now()))

    def finish(self, report_id: int) -> tuple[str, ...]:
        """Finish an open report and give its files' ids; a batched one has at most one file, described as such."""
        with self._lock:
            report = self._require_open(report_id)
            if report.batched and (
                len(report.files) > 1 or not all(file.fits_batch for file in report.files)
            ):
                raise LedgerRefusal(BREACH)
            self._record(replace(report, standing=Standing.FINISHED, changed_at=self._now()))
            return tuple(file.file_id for file in report.files)

    def retract(self, report_id: int) -> None:
        """Withdraw an open report."""
        with self._lock:
            report = self._require_open(report_id)
            self._record(replace(report, standing=Standing.RETRACTED, changed_at=self._now()))

    def _require_open(self, report_id: int) -> LedgerReport:
        report = self._reports.get(report_id)
        if report is None:
            raise LedgerRefusal(NO_REPORT)
        report = _as_of(report, self._now())
        match report.standing:
            case Standing.EXPIRED:
                raise LedgerRefusal(NO_REPORT)
            case Standing.RETRACTED:
                raise LedgerRefusal(RETRACTED)
            case Standing.FINISHED:
                raise LedgerRefusal(FINISHED)
            case Standing.OPEN:
                return report

    def _record(self, report: LedgerReport) -> None:
        if self._file is not None:
            self._file.write(json.dumps(_to_json(report), separators=(",", ":")).encode() + b"\n")
            self._file.flush()
            os.fsync(self._file.fileno())
        self._reports[report.report_id] = report

    def _open(self, path: Path) -> BinaryIO:
        path.parent.mkdir(parents=True, exist_ok=True)
        file = path.open("a+b")
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            file.close()
            raise BusyError(f"sandbox ledger {path.name}: held by another process, expected none") from None
        file.seek(0)
        content = file.read()
        whole = content[: content.rfind(b"\n") + 1]
        file.truncate(len(whole))
        for line in whole.splitlines():
            report = _from_json(json.loads(line))
            self._reports[report.report_id] = report
        return file


def _as_of(report: LedgerReport, now: datetime) -> LedgerReport:
    if report.standing is Standing.OPEN and now >= report.expires_at:
        return replace(report, standing=Standing.EXPIRED)
    return report


def _to_json(report: LedgerReport) -> dict[str, Any]:
    return {
        "report": report.report_id,
        "reference": report.reference,
        "opened": report.opened_at.isoformat(),
        "changed": report.changed_at.isoformat(),
        "standing": report.standing.value,
        "files": [
            [file.file_id, file.size_bytes, file.md5, file.described, file.viewed, file.fits_batch]
            for file in report.files
        ],
        "batched": report.batched,
    }


def _from_json(line: dict[str, Any]) -> LedgerReport:
    return LedgerReport(
        report_id=line["report"],
        reference=line["reference"],
        opened_at=datetime.fromisoformat(line["opened"]),
        changed_at=datetime.fromisoformat(line["changed"]),
        standing=Standing(line["standing"]),
        files=tuple(
            LedgerFile(
                file_id=file_id,
                size_bytes=size,
                md5=md5,
                described=described,
                viewed=viewed,
                fits_batch=bool(later and later[0]),
            )
            for file_id, size, md5, described, viewed, *later in line["files"]
        ),
        batched=line.get("batched", False),
    )
