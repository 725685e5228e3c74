"""Flags on files that are kept: each reason once, counted, acknowledged and answered."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from wardline import enforcement, records
from wardline.pipeline import telling
from wardline.pipeline.parts import SYSTEM, Parts
from wardline.pipeline.writing import Writing
from wardline.records import Flagger, Insert, MessageKind, NoticeState, Outcome, Replace, Verb


def flagger_of(flag: records.Flag) -> Flagger:
    """Say who flagged."""
    if flag.official is not None:
        return Flagger.POLICE
    return Flagger.TRUSTED_FLAGGER if flag.trusted else Flagger.USER


def noticed(
    parts: Parts, item: records.Item, case_id: str, flag: records.Flag, *, actor: str = SYSTEM
) -> tuple[records.Notice, Writing]:
    """Write down the first flag of its kind on a file, and acknowledge it."""
    now, promises = parts.now(), parts.rules.promises
    notice = records.Notice(
        id=parts.new_id("notice"), case_id=case_id, item_id=item.id, platform=item.platform, reason=flag.reason, flagger=flagger_of(flag),
        received_at=now, due_at=now + promises.answer_within, official=flag.official,
    )  # fmt: skip
    written = Writing()
    detail = f"{notice.item_id} {notice.flagger}"
    written.note(Insert(notice), parts.entry(Verb.FLAG_RECEIVED, notice.id, actor=actor, detail=detail))
    due_at = now + promises.acknowledge_within
    written.add(_message(parts, notice, item, MessageKind.FLAG_RECEIVED, due_at, answer_until=notice.due_at))
    return notice, written


def known(parts: Parts, item_id: str, flag: records.Flag) -> records.Notice | None:
    """Find the flag on a file that another one only repeats: of the same kind for the same reason, or the same notice of an authority."""
    if flag.official is None:
        return parts.store.notice_about(item_id, reason=flag.reason, flagger=flagger_of(flag))
    asked = (flag.official.authority, flag.official.number)
    return next(
        (
            each
            for hold in parts.store.holds_of(item_id)[:1]
            for each in parts.store.notices_of(hold.case_id)
            if each.item_id == item_id
            and each.official
            and (each.official.authority, each.official.number) == asked
        ),
        None,
    )


def answer(parts: Parts, notice: records.Notice, item: records.Item, decision: records.Decision) -> Writing:
    """Close a flag with what became of it: whether the decision does something about the file."""
    acted = was_acted_on(decision, item.id)
    now, written = parts.now(), Writing()
    closed = replace(notice, state=NoticeState.ANSWERED, answered_at=now, version=notice.version + 1)
    outcome = "acted on" if acted else "not acted on"
    written.note(Replace(closed), parts.entry(Verb.FLAG_ANSWERED, notice.id, detail=outcome))
    kind = MessageKind.FLAG_ACTED_ON if acted else MessageKind.FLAG_NOT_ACTED_ON
    due_at, carried_over = now + parts.rules.promises.acknowledge_within, bool(decision.spread_from)
    written.add(_message(parts, notice, item, kind, due_at, carried_over=carried_over))
    return written


def answer_all(parts: Parts, case: records.Case, decision: records.Decision) -> Writing:
    """Answer every open flag on the files of a case with the decision that takes effect."""
    written = Writing()
    for notice in parts.store.notices_of(case.id):
        if notice.state is NoticeState.OPEN:
            item = parts.store.item(notice.item_id)
            written.add(answer(parts, notice, item, decision))
    return written


def was_acted_on(decision: records.Decision, item_id: str) -> bool:
    """Say whether a decision takes a file down."""
    match decision.outcome:
        case Outcome.VIOLATION:
            return any(each.item_id == item_id and each.grade for each in decision.findings)
        case Outcome.OTHER_RULE:
            return True
        case _:
            return False


def _message(
    parts: Parts, notice: records.Notice, item: records.Item, kind: MessageKind, due_at: datetime, *,
    answer_until: datetime | None = None, carried_over: bool = False,
) -> Writing:  # fmt: skip
    facts = enforcement.Facts(
        kind=kind, reference=notice.id, content_reference=item.context.content_reference if item.context else None, by_notice=True,
        answer_until=answer_until, carried_over=carried_over,
    )  # fmt: skip
    return telling.write(
        parts, facts, subject_id=notice.id, case_id=notice.case_id, platform=notice.platform, account=None, due_at=due_at
    )  # fmt: skip
