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
    written.changes = [_said(each, case.id, is_hidden=is_hidden) for each in written.changes]


def _said(change: records.Change, case_id: str, *, is_hidden: bool) -> records.Change:
    match change:
        case Replace(records.Case() as closed) if closed.id == case_id:
            return Replace(replace(closed, restricted=is_hidden))
        case _:
            return change
