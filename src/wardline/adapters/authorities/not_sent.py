"""What was to be in a report and is not, whoever gets it: places and numbers, never what stood there."""

from __future__ import annotations

from collections.abc import Iterator

import structlog

from wardline import records


def sections(report: records.Report) -> Iterator[records.PreviewSection]:
    """Say it to whoever reads the report before it goes."""
    if report.masked:
        fields = tuple(
            records.PreviewField(label=place, wire=place, value="once" if count == 1 else f"{count} times")
            for place, count in report.masked
        )
        yield records.PreviewSection(title="Taken out of free text: a victim's data", fields=fields)
    if report.unread:
        fields = tuple(
            records.PreviewField(label=place, wire=place, value="not read") for place in report.unread
        )
        yield records.PreviewSection(
            title="Left out: what the platform sent and could not be read", fields=fields
        )


def tell(log: structlog.stdlib.BoundLogger, report: records.Report) -> None:
    """Note in the program's log how much it was, when a report is opened."""
    if report.masked or report.unread:
        masked = sum(count for _, count in report.masked)
        log.info(
            "left out of a report", referral=report.referral_id, of_victims=masked, unread=len(report.unread)
        )
