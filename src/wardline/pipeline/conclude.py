"""A decision takes effect: actions, a referral or a date for destruction, all in one commit."""

from __future__ import annotations

from wardline import enforcement, preservation, records, referral, review
from wardline.pipeline import feedback, opinions
from wardline.pipeline.parts import Parts
from wardline.pipeline.refer import NOBODY, report_of
from wardline.records import Insert, Outcome, Replace, Step, Task, Verb


def conclude(parts: Parts, decision_id: str, _attempt: int) -> None:
    """Let one decision take effect. Doing it again does nothing."""
    now = parts.now()
    decision = parts.store.decision(decision_id)
    done = review.conclude(parts.store.case(decision.case_id), decision, now=now)
    if done is None:
        return
    take_effect(parts, opinions.weigh(parts, *done))


def take_effect(parts: Parts, weighed: opinions.Weighed) -> None:
    """Commit what a decision leads to, by itself or with others; all of it, or only that it waits."""
    case, decision, now = weighed.case, weighed.decision, parts.now()
    if not weighed.takes_effect:
        parts.store.commit(*weighed.changes, entries=weighed.entries, work=weighed.work)
        return
    items = [parts.store.item(item_id) for item_id in case.item_ids]
    actions = enforcement.after_decision(
        decision, case, items, new_id=lambda: parts.new_id("action"), now=now
    ) if weighed.acts else ()  # fmt: skip
    changes: list[records.Change] = [*weighed.changes, *map(Insert, actions)]
    if weighed.is_first_effect:
        changes.append(parts.count(Step.CASES_DECIDED))
    entries = [
        *weighed.entries,
        *(
            parts.entry(Verb.ACTION_TAKEN, action.id, actor=decision.user_id, detail=action.kind)
            for action in actions
        ),
    ]
    work = [*weighed.work, *(Task(name="enforce", record_id=action.id) for action in actions)]
    heard = feedback.of_decision(parts, decision, items)
    changes, entries, work = changes + heard[0], entries + heard[1], work + heard[2]
    if referral.needs_referral(decision) and weighed.drafts:
        _draft(parts, case, decision, changes, entries, work)
    elif decision.outcome in (Outcome.NOT_VIOLATION, Outcome.OTHER_RULE):
        # Nothing to report in either: the file goes once there was time to appeal.
        _clear(parts, case, changes, entries, work)
    parts.store.commit(*changes, entries=entries, work=work)


def _draft(
    parts: Parts, case: records.Case, decision: records.Decision, changes: list[records.Change],
    entries: list[records.Entry], work: list[Task],
) -> None:  # fmt: skip
    report = report_of(parts, parts.new_id("referral"), decision, case)
    receiver = parts.authority
    draft = referral.plan(
        report, decision, authority=receiver.name if receiver else NOBODY,
        environment=receiver.environment if receiver else NOBODY, now=parts.now(),
    )  # fmt: skip
    changes.append(Insert(draft))
    entries.append(parts.entry(Verb.REFERRAL_DRAFTED, draft.id, actor=decision.user_id))
    work.append(Task(name="refer", record_id=draft.id))


def _clear(
    parts: Parts,
    case: records.Case,
    changes: list[records.Change],
    entries: list[records.Entry],
    work: list[Task],
) -> None:
    periods = parts.rules.periods
    for item_id in case.item_ids:
        for hold in parts.store.holds_of(item_id):
            if hold.state is records.HoldState.ACTIVE and hold.basis is records.HoldBasis.PROVISIONAL:
                dated = preservation.redate_after_clearance(hold, periods=periods, now=parts.now())
                changes.append(Replace(dated))
                entries.append(
                    parts.entry(
                        Verb.HOLD_PLACED, hold.id, detail="cleared: destroyed after the appeal window"
                    )
                )
    work.append(
        Task(name="unlink", record_id=case.id, not_before=parts.now() + periods.unlink_after_clearance)
    )
