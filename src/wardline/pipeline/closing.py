"""A case that closes says of its content what the platform was asked for: hidden or gone, or there for all to see."""

from __future__ import annotations

from dataclasses import replace

from wardline import enforcement, records
from wardline.pipeline.parts import Parts
from wardline.pipeline.writing import Writing
from wardline.records import CaseState, Insert, Replace


def with_what_stands(parts: Parts, written: Writing, case: records.Case) -> None:
    """Have the closed case in a commit say whether its content is hidden or gone, by the actions from before and those of the same commit."""
    if case.state is not CaseState.CLOSED:
        return
    actions = {each.id: each for each in parts.store.actions_of(case.id)}
    for change in written.changes:
        match change:
            case Insert(records.Action() as action) | Replace(records.Action() as action):
                if action.case_id == case.id:
                    actions[action.id] = action
            case _:
                pass
    is_hidden = enforcement.hides_content(actions.values())
    written.changes = [
        Replace(replace(each.record, restricted=is_hidden)) if _closes(each, case) else each for each in written.changes
    ]  # fmt: skip


def _closes(change: records.Change, case: records.Case) -> bool:
    return (
        isinstance(change, Replace)
        and isinstance(change.record, records.Case)
        and change.record.id == case.id
    )
