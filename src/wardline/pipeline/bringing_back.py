"""What a machine restricted under a certificate that is doubted now: its cases come back into the order of the queue."""

from __future__ import annotations

from dataclasses import replace

from wardline import records
from wardline.errors import VersionConflictError
from wardline.pipeline.parts import Parts
from wardline.pipeline.placing import placed
from wardline.records import Replace, Verb

_AT_ONCE = 50


def bring_back(parts: Parts, certificate_id: str, _attempt: int) -> None:
    """Give every open case under a certificate the place that it would have had. Doing it again does nothing."""
    while some := parts.store.cases_under(certificate_id, most=_AT_ONCE):
        for case in some:
            item = parts.store.item(case.item_ids[0])
            again = replace(in_order(parts, case, item, item.matches), version=case.version + 1)
            try:
                parts.store.commit(
                    Replace(again), entries=[parts.entry(Verb.CASE_PLACED, case.id, detail=certificate_id)]
                )
            except VersionConflictError:
                continue  # somebody works on it; the next round sees it as it is then


def in_order(
    parts: Parts, case: records.Case, item: records.Item, signals: tuple[records.Signal, ...]
) -> records.Case:
    """Take a case out from behind all others. Its version stays."""
    return placed(parts, replace(case, certificate_id=None), item, signals)
