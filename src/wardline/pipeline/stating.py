"""Statements of reasons: what the uploader is told of a decision, where it may be told."""

from __future__ import annotations

from collections.abc import Sequence

from wardline import enforcement, records
from wardline.pipeline import telling
from wardline.pipeline.parts import Parts
from wardline.pipeline.writing import Writing


def stated(
    parts: Parts, decision: records.Decision, items: Sequence[records.Item], actions: Sequence[records.Action]
) -> Writing:
    """State the reasons for a decision that takes effect, once, about the first file that something was done about.

    Whose account is unknown cannot be told.
    """
    promises, written = parts.rules.promises, Writing()
    by_notice = bool(parts.store.notices_of(decision.case_id))
    for item in items:
        facts = enforcement.statement(decision, actions, item, by_notice=by_notice, promises=promises)
        if facts is not None and item.account_reference:
            due_at = parts.now() + promises.acknowledge_within
            written.add(telling.write(
                parts, facts, subject_id=decision.id, case_id=decision.case_id, platform=item.platform,
                account=item.account_reference, due_at=due_at,
            ))  # fmt: skip
            break
    return written


def stated_by_machine(
    parts: Parts, case: records.Case, item: records.Item, actions: Sequence[records.Action]
) -> Writing:
    """State the reasons for what a machine did under a certificate, with the right to have a person decide."""
    promises, written = parts.rules.promises, Writing()
    facts = enforcement.machine_statement(actions, item, now=parts.now(), promises=promises)
    if facts is not None and item.account_reference:
        written.add(telling.write(
            parts, facts, subject_id=case.id, case_id=case.id, platform=item.platform, account=item.account_reference,
            due_at=parts.now() + promises.acknowledge_within,
        ))  # fmt: skip
    return written
