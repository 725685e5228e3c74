"""From routes and decisions to actions on the platform."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime

from wardline import records
from wardline.records import ActionKind, Outcome

NewId = Callable[[], str]


def at_once(
    case: records.Case, items: Sequence[records.Item], *, new_id: NewId, now: datetime
) -> tuple[records.Action, ...]:
    """Give the reversible restrictions that a case needs before anybody decided."""
    if not case.restricted:
        return ()
    return tuple(_on_content(ActionKind.RESTRICT_CONTENT, case, item, new_id, now) for item in _files(items))


def after_decision(
    decision: records.Decision,
    case: records.Case,
    items: Sequence[records.Item],
    *,
    new_id: NewId,
    now: datetime,
) -> tuple[records.Action, ...]:
    """Give the actions a decision implies: removal and suspension for a violation, removal alone where another rule forbids the
    content, restoration of what was restricted for none."""
    match decision.outcome:
        case Outcome.VIOLATION:
            graded = {finding.item_id for finding in decision.findings if finding.grade}
            removals = [
                _on_content(ActionKind.REMOVE_CONTENT, case, item, new_id, now)
                for item in _files(items)
                if item.id in graded
            ]
            return (*removals, _on_account(ActionKind.SUSPEND_ACCOUNT, case, items[0], new_id, now))
        case Outcome.OTHER_RULE:
            return tuple(
                _on_content(ActionKind.REMOVE_CONTENT, case, item, new_id, now) for item in _files(items)
            )
        case Outcome.NOT_VIOLATION if case.restricted:
            return tuple(
                _on_content(ActionKind.RESTORE_CONTENT, case, item, new_id, now) for item in _files(items)
            )
        case _:
            return ()


def restore(
    case: records.Case, items: Sequence[records.Item], *, new_id: NewId, now: datetime
) -> tuple[records.Action, ...]:
    """Give what shows hidden content again that nobody has decided about."""
    return tuple(_on_content(ActionKind.RESTORE_CONTENT, case, item, new_id, now) for item in _files(items))


def _files(items: Sequence[records.Item]) -> list[records.Item]:
    """Leave out accounts of incidents without a file: there is no content that the platform could hide or remove."""
    return [item for item in items if item.told is None]


def delivered(action: records.Action, now: datetime) -> records.Action:
    """Note that the platform carried it out."""
    return replace(action, state=records.ActionState.DELIVERED, delivered_at=now, version=action.version + 1)


def tried(action: records.Action) -> records.Action:
    """Note a try that failed and may be repeated."""
    return replace(action, attempts=action.attempts + 1, version=action.version + 1)


def refused(action: records.Action) -> records.Action:
    """Note that the platform refused it for good."""
    return replace(
        action, state=records.ActionState.FAILED, attempts=action.attempts + 1, version=action.version + 1
    )


def _on_content(
    kind: ActionKind, case: records.Case, item: records.Item, new_id: NewId, now: datetime
) -> records.Action:
    reference = item.context.content_reference if item.context else None
    return records.Action(
        id=new_id(), case_id=case.id, kind=kind, platform=item.platform, account_reference=item.account_reference,
        content_reference=reference, created_at=now,
    )  # fmt: skip


def _on_account(
    kind: ActionKind, case: records.Case, item: records.Item, new_id: NewId, now: datetime
) -> records.Action:
    return records.Action(
        id=new_id(), case_id=case.id, kind=kind, platform=item.platform, account_reference=item.account_reference,
        content_reference=None, created_at=now,
    )  # fmt: skip
