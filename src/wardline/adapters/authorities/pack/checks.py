"""What keeps a report from being packed. A problem names the field and never what stands in it."""

from __future__ import annotations

import re
from collections.abc import Iterator

from wardline import records

_EMAIL = re.compile(r"[^@\s]{1,64}@[^@\s]{1,255}")


def problems(report: records.Report) -> tuple[str, ...]:
    """Give the problems found; empty when it may be packed."""
    return tuple(_problems(report))


def _problems(report: records.Report) -> Iterator[str]:
    reporter = report.reporter
    if not _EMAIL.fullmatch(reporter.email):
        yield "reporter.email: no e-mail address, expected that of a mailbox which somebody reads"
    if not (reporter.first_name.strip() and reporter.last_name.strip()):
        yield "reporter: without a name, expected the reporting person's"
    if not reporter.platform.strip():
        yield "reporter.platform: empty, expected the service's name"
    if report.batch is not None:
        yield "batch: several accounts in one report, expected one: packs are not batched"
    if not (report.files or report.incidents or report.texts or report.corrects):
        yield "files: none and no incident, expected what is reported"
    if not report.person.account_reference.strip():
        yield "person.account_reference: empty, expected the account"
