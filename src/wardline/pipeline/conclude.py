"""A decision takes effect: actions, a referral or a date for destruction, all in one commit."""

from __future__ import annotations

from wardline import enforcement, referral, review
from wardline.pipeline import (
    appealing,
    closing,
    clusters,
    duties,
    feedback,
    flags_kept,
    late_danger,
    opinions,
    preserve,
    sampling,
    stating,
    striking,
)
from wardline.pipeline.parts import Parts
from wardline.pipeline.writing import Writing
from wardline.records import CaseState, Insert, Outcome, Step, Task, Verb


def conclude(parts: Parts, decision_id: str, _attempt: int) -> None:
    """Let one decision take effect. Doing it again does nothing."""
    now = parts.now()
    decision = parts.store.decision(decision_id)
    done = review.conclude(parts.store.case(decision.case_id), decision, now=now)
    if done is None:
        return
    appealed = appealing.conclude(parts, *done)
    if appealed is not None:
        appealed.work += [*clusters.to_weigh(decision), *late_danger.after_decision(decision)]
        closing.with_what_stands(parts, appealed, done[0])
        appealed.commit(parts)
        return
    take_effect(parts, opinions.weigh(parts, *done))


def take_effect(parts: Parts, weighed: opinions.Weighed) -> None:
    """Commit what a decision leads to, by itself or with others; all of it, or only that it waits."""
    case, decision = weighed.case, weighed.decision
    rest = Writing(list(weighed.changes), list(weighed.entries), list(weighed.work))
    rest.work += late_danger.after_decision(decision)
    if weighed.takes_effect:
        rest.work += clusters.to_weigh(decision)
        if weighed.is_first_effect:
            rest.changes.append(parts.count(Step.CASES_DECIDED))
        if not weighed.is_settled:
            rest.add(_consequences(parts, weighed))
        rest.add(flags_kept.answer_all(parts, case, decision))
    if case.state is CaseState.CLOSED and case.decision_id is not None:
        # Also where it closes with what was in effect before, and nothing new follows: an appeal may have come in between.
        stands = decision if case.decision_id == decision.id else parts.store.decision(case.decision_id)
        rest.add(appealing.after_first(parts, case, stands))
    closing.with_what_stands(parts, rest, case)
    rest.commit(parts)


def _consequences(parts: Parts, weighed: opinions.Weighed) -> Writing:
    """Put together what follows from a decision where nothing had followed from another one before."""
    case, decision = weighed.case, weighed.decision
    items = [parts.store.item(item_id) for item_id in case.item_ids]
    struck = striking.strike(parts, decision, case, items[0])
    implied = enforcement.after_decision(
        decision, case, items, new_id=lambda: parts.new_id("action"), now=parts.now()
    )
    rest = Writing()
    actions = (*implied, *struck.actions)
    for action in actions:
        told = parts.entry(Verb.ACTION_TAKEN, action.id, actor=decision.user_id, detail=action.kind)
        rest.note(Insert(action), told, work=[Task(name="enforce", record_id=action.id)])
    rest.add(Writing(*feedback.of_decision(parts, decision, items)))
    rest.add(struck.writing)
    rest.add(stating.stated(parts, decision, items, actions))
    if referral.needs_referral(decision):
        rest.add(duties.drafts(parts, case, decision))
    elif decision.outcome in (Outcome.NOT_VIOLATION, Outcome.OTHER_RULE):
        # Nothing to report in either: the file goes once there was time to appeal.
        audit = parts.store.random_audit_of(case.id)
        is_quiet = decision.outcome is Outcome.NOT_VIOLATION and not case.restricted and not actions
        if audit is not None and audit.alone and is_quiet and not parts.store.notices_of(case.id):
            rest.add(sampling.cleared(parts, audit, case))
        else:
            rest.add(preserve.cleared(parts, case, decision))
    return rest
