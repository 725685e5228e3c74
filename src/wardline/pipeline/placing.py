"""The place of a case: in the order, in a queue, and before its target. Given when it is opened and when something new is known of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from wardline import records, review
from wardline.errors import VersionConflictError
from wardline.pipeline.parts import SYSTEM, Parts
from wardline.records import GENERAL_QUEUE, Replace, Stage, Verb

_AT_ONCE, _BATCHES_A_MINUTE = 50, 100
"""Small batches: whoever asks for a case meanwhile waits for one of them at most."""


def placed(
    parts: Parts, case: records.Case, item: records.Item, signals: Sequence[records.Signal]
) -> records.Case:
    """Give a case the place that these signals ask for, if it has no better one; its version stays.

    One whose content a machine restricted under a certificate waits behind all others, without a target of its own.
    """
    if hidden_by_an_opinion(parts, case):
        return replace(placed(parts, replace(case, restricted=False), item, signals), restricted=True)
    rules, now = parts.rules, parts.now()
    # What kind of case it is decides the queue, and the queue how long the work takes; so it is ranked first with what is usual.
    case = review.rank(case, item, signals, weights=rules.weights, now=now)
    case = review.put_in_queue(case, item, rules=rules.queues, targets=rules.targets)
    work = parts.measures.handling_hours(case.queue)
    if work != review.HANDLING_HOURS:
        case = review.rank(case, item, signals, weights=rules.weights, now=now, handling_hours=work)
    return case if case.certificate_id is None else review.behind_all(case)


def hidden_by_an_opinion(parts: Parts, case: records.Case) -> bool:
    """Say whether somebody's opinion that is not settled hid the content: its place and its target would tell whoever judges the case after them."""
    if not case.restricted or case.stage not in (Stage.SECOND, Stage.ADJUDICATION):
        return False
    return any(each.restricts and each.settled_at is None for each in parts.store.opinions_of(case.id))


def dated(parts: Parts, case: records.Case, *, left: str) -> records.Case:
    """Give a case the target that it has in its queue, if that is sooner; its version stays.

    Args:
        parts: The installation's.
        case: In its queue.
        left: The queue that it was in until now.
    """
    rules = parts.rules
    hours, left_hours = (review.hours_of(each, rules.queues) for each in (case.queue, left))
    known = replace(case, restricted=False) if hidden_by_an_opinion(parts, case) else case
    found = review.with_target(known, targets=rules.targets, queue_hours=hours, left_hours=left_hours)
    return replace(found, restricted=case.restricted)


def anew(parts: Parts, case: records.Case, *, by: datetime | None = None) -> records.Case:
    """Give a case that is opened once more its target, from now on; not later than somebody was promised an answer. Its version stays."""
    rules = parts.rules
    return review.with_target_anew(
        case,
        since=parts.now(),
        targets=rules.targets,
        queue_hours=review.hours_of(case.queue, rules.queues),
        by=by,
    )


def place_old(parts: Parts) -> None:
    """Give a place to cases from before there was one, and move those whose queue is not in the settings any more: some each minute."""
    for _ in range(_BATCHES_A_MINUTE):
        some = parts.store.unplaced_cases(most=_AT_ONCE) or _left_over(parts)
        if not some or not _place_again(parts, some):
            return


def _left_over(parts: Parts) -> list[records.Case]:
    named = {GENERAL_QUEUE, *(rule.name for rule in parts.rules.queues)}
    for queue in parts.store.open_queues():
        if queue not in named:
            return parts.store.cases_in_queue(queue, most=_AT_ONCE)
    return []


def _place_again(parts: Parts, cases: Sequence[records.Case]) -> bool:
    """Commit new places. Gives whether that worked: somebody may have taken one of them meanwhile, and the next minute tries again."""
    items = parts.store.several_items([case.item_ids[0] for case in cases])
    again = [_again(parts, case, items.get(case.item_ids[0])) for case in cases]
    entries = [parts.entry(Verb.CASE_PLACED, case.id, actor=SYSTEM, detail=case.queue) for case in again]
    try:
        parts.store.commit(*map(Replace, again), entries=entries)
    except VersionConflictError:
        return _one_by_one(parts, again)
    return True


def _one_by_one(parts: Parts, cases: Sequence[records.Case]) -> bool:
    moved = 0
    for case in cases:
        entry = parts.entry(Verb.CASE_PLACED, case.id, actor=SYSTEM, detail=case.queue)
        try:
            parts.store.commit(Replace(case), entries=[entry])
        except VersionConflictError:
            continue
        moved += 1
    return moved > 0


def _again(parts: Parts, case: records.Case, item: records.Item | None) -> records.Case:
    if item is None:  # nothing is known of it; it waits at the end and may still be drawn by lot
        queue = case.queue if case.queue in {rule.name for rule in parts.rules.queues} else GENERAL_QUEUE
        return _next_version(dated(parts, replace(case, queue=queue), left=case.queue))
    return _next_version(placed(parts, case, item, item.matches))


def _next_version(case: records.Case) -> records.Case:
    lot = review.lot_of(case.id) if case.lot is None else case.lot
    return replace(case, lot=lot, version=case.version + 1)
