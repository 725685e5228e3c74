"""A decision takes effect: actions, a referral or a date for destruction, all in one commit."""

from __future__ import annotations

from wardline import enforcement, records, referral, review
from wardline.pipeline import (
    appealing,
    clusters,
    correcting,
    feedback,
    flags_kept,
    preserve,
    stating,
    striking,
)
from wardline.pipeline.parts import Parts
from wardline.pipeline.writing import Writing
from wardline.records import Insert, Outcome, Replace, Step, Task, Verb


def conclude(parts: Parts, decision_id: str, _attempt: int) -> None:
    """Let one decision take effect. Doing it again does nothing."""
    now = parts.now()
    decision = parts.store.decision(decision_id)
    done = review.conclude(parts.store.case(decision.case_id), decision, now=now)
    if done is None:
        return
    case, decision = done
    appealed = appealing.conclude(parts, case, decision)
    if appealed is not None:
        appealed.commit(parts)
        return
    items = [parts.store.item(item_id) for item_id in case.item_ids]
    actions = enforcement.after_decision(
        decision, case, items, new_id=lambda: parts.new_id("action"), now=now
    )
    struck = striking.strike(parts, decision, case, items[0])
    actions = (*actions, *struck.actions)
    changes: list[records.Change] = [
        Replace(case),
        Replace(decision),
        parts.count(Step.CASES_DECIDED),
        *map(Insert, actions),
    ]
    entries = [
        parts.entry(
            Verb.CASE_CLOSED, case.id, actor=decision.user_id, detail=f"{decision.id} {decision.outcome}"
        ),
        *(
            parts.entry(Verb.ACTION_TAKEN, action.id, actor=decision.user_id, detail=action.kind)
            for action in actions
        ),
    ]
    work = [Task(name="enforce", record_id=action.id) for action in actions]
    work += clusters.to_weigh(decision)
    rest = Writing(changes, entries, work)
    rest.add(Writing(*feedback.of_decision(parts, decision, items)))
    rest.add(struck.writing)
    rest.add(stating.stated(parts, decision, items, actions))
    rest.add(flags_kept.answer_all(parts, case, decision))
    rest.add(appealing.after_first(parts, case, decision))
    if referral.needs_referral(decision):
        rest.add(correcting.draft(parts, case, decision))
    elif decision.outcome in (Outcome.NOT_VIOLATION, Outcome.OTHER_RULE):
        # Nothing to report in either: the file goes once there was time to appeal.
        rest.add(preserve.cleared(parts, case, decision))
    rest.commit(parts)
