"""How long it takes to verify a large audit log, with the records that it tells of."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from wardline import records
from wardline.cli import output
from wardline.cli.bench_progress import part
from wardline.cli.bench_rows import TARGET, Row, row
from wardline.errors import AuditLogError
from wardline.pipeline import log

if TYPE_CHECKING:
    from wardline.testing.harness import Line

_MOST_SECONDS, _OF_ENTRIES = 60.0, 1_000_000
_IN_A_BATCH = 1_000
_ENTRIES_OF_A_CASE = 10


def rows(*, entries: int) -> list[Row]:
    """Make a log of so many entries in a SQLite installation and verify it, with notes on stderr.

    Args:
        entries: Rounded up to whole thousands. Each tenth tells of a case that is stored, whose row is compared with it.

    Raises:
        AuditLogError: The log that was just made does not verify.
    """
    with _installation() as line:
        batches = -(-entries // _IN_A_BATCH)
        with part("writing and signing entries", batches) as step:
            for _ in range(batches):
                _write(line)
                step()
        made = line.parts.store.log_size()
        size_mb = sum(file.stat().st_size for file in line.folder.glob("wardline.sqlite*")) / 1e6
        output.note(
            f"{made:,} entries under {batches:,} checkpoints, {made // _ENTRIES_OF_A_CASE:,} cases, {size_mb:,.0f} MB"
        )
        output.note("verifying")
        wall, cpu = time.perf_counter(), time.process_time()
        found = log.verify(line.parts)
        wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    if not found.ok or found.entries != made:
        raise AuditLogError(
            f"audit log of {made} entries: {found.entries} found intact, expected all; {found.reason}"
        )
    limit = _MOST_SECONDS * made / _OF_ENTRIES
    return [
        row(f"{made:,} entries and {made // _ENTRIES_OF_A_CASE:,} records are verified", wall, "s", peer=TARGET, theirs=limit),
        row("processor time of that", cpu, "s", peer=TARGET, theirs=limit),
    ]  # fmt: skip


@contextmanager
def _installation() -> Iterator[Line]:
    from wardline.testing.harness import Line

    with tempfile.TemporaryDirectory() as folder, Line(Path(folder), store="sqlite") as line:
        yield line


def _write(line: Line) -> None:
    """Write and sign a thousand entries: of each ten the first opens a case, the others are about nothing that is stored."""
    parts = line.parts
    changes: list[records.Change] = []
    entries: list[records.Entry] = []
    for _ in range(_IN_A_BATCH // _ENTRIES_OF_A_CASE):
        case = records.Case(
            id=parts.new_id("case"), opened_at=parts.now(), account_reference="account-1", item_ids=(parts.new_id("item"),),
            reasons=("match on list X",), restricted=True, state=records.CaseState.OPEN,
        )  # fmt: skip
        changes.append(records.Insert(case))
        entries.append(parts.entry(records.Verb.CASE_OPENED, case.id))
        entries += [parts.entry(records.Verb.CASE_CLAIMED, case.id) for _ in range(_ENTRIES_OF_A_CASE - 1)]
    parts.store.commit(*changes, entries=entries)
    line.sequence()
