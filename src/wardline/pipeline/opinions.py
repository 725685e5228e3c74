"""Second opinions within a commit: whether a decision takes effect, or waits for what others say. See docs/explanation/second-opinions.md."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from wardline import enforcement, records, review
from wardline.pipeline import alarms, evidencing, overturning, people, stating
from wardline.pipeline.parts import SYSTEM, Parts
from wardline.records import (
    AlarmKind,
    CaseState,
    Insert,
    OpinionReason,
    Outcome,
    Replace,
    Stage,
    Task,
    Verb,
)
from wardline.review import Turn

ALONE = "opinions-alone"
"""What the alarm is about that only one person may review."""
_JUDGED = (Stage.FIRST, Stage.SECOND, Stage.ADJUDICATION)
_LOOK = 2_000_000
"""Numbers of tries from here on belong to cases that wait for another opinion: work that was enqueued once is not enqueued again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Weighed:
    """What a decision comes to."""

    case: records.Case
    """As it is stored with the decision."""
    decision: records.Decision
    takes_effect: bool
    changes: Sequence[records.Change] = ()
    """The case and the decision are among them."""
    entries: Sequence[records.Entry] = ()
    work: Sequence[Task] = ()
    is_first_effect: bool = True
    """Nothing had taken effect in this case: it is counted as decided with it."""
    is_settled: bool = False
    """It took the place of another one, and what is different is among the changes: nothing more follows."""


def weigh(parts: Parts, case: records.Case, decision: records.Decision) -> Weighed:
    """Weigh a decision whose undo window is over.

    Args:
        parts: The installation's.
        case: Closed, as it would be if the decision stood alone.
        decision: Effective, likewise.
    """
    if decision.spread_from:  # two people decided already
        return _plain(parts, case, decision)
    before = _open_opinions(parts, case.id) if case.stage in _JUDGED else []
    if case.stage is Stage.FIRST and not before:
        return _first(parts, case, decision)
    return _further(parts, case, decision, before) if before else _plain(parts, case, decision)


def able(parts: Parts, case: records.Case) -> list[records.User]:
    """Give the people who may still take a case."""
    return [
        user
        for user in parts.store.users()
        if people.may_review(user)
        and (case.escalated_by is None or user.role is records.Role.LEAD)
        and case.queue in review.taken_with(user.skills, parts.rules.queues)
        and user.id not in case.passed_by
        and not review.is_party(case, user)
    ]


def _open_opinions(parts: Parts, case_id: str) -> list[records.Opinion]:
    return [each for each in parts.store.opinions_of(case_id) if each.settled_at is None]


def _plain(parts: Parts, case: records.Case, decision: records.Decision) -> Weighed:
    closed = parts.entry(
        Verb.CASE_CLOSED, case.id, actor=decision.user_id, detail=f"{decision.id} {decision.outcome}"
    )
    return Weighed(
        case=case, decision=decision, takes_effect=True, changes=(Replace(case), Replace(decision)), entries=(closed,)
    )  # fmt: skip


def _first(parts: Parts, case: records.Case, decision: records.Decision) -> Weighed:
    rules = parts.rules.opinions
    reason = review.reason_for(decision, rules, drawn=parts.happens(rules.random_share))
    if parts.store.random_audit_of(case.id) is not None:
        reason = OpinionReason.AUDIT  # whatever the first answer is: two people at least say what is true
    if reason is None:
        return _plain(parts, case, decision)
    waiting = review.await_another(case, decision.user_id, Turn.SECOND)
    if not able(parts, waiting):
        alarms.raise_alarm(
            parts, AlarmKind.OPINION_MISSING, ALONE,
            "Decisions that need a second person's opinion take effect without one, for nobody else may review. Add a moderator or lead.",
        )  # fmt: skip
        return _plain(parts, case, decision)
    alarms.resolve_about(parts, AlarmKind.OPINION_MISSING, ALONE)
    at_once = review.in_effect_at_once(case, decision, reason)
    return _waits(parts, waiting, decision, _opinion(parts, case, decision, reason, in_effect=at_once))


def _further(
    parts: Parts, case: records.Case, decision: records.Decision, before: Sequence[records.Opinion]
) -> Weighed:
    """Weigh a second, third or lead's opinion."""
    opinion = _opinion(parts, case, decision, before[0].reason, in_effect=False)
    turn = review.next_turn([*(each.answer for each in before), opinion.answer])
    if turn is Turn.NOBODY:
        return _settled(parts, case, decision, [*before, opinion])
    waiting = review.await_another(case, decision.user_id, turn)
    if turn is Turn.LEADS:
        waiting = replace(waiting, escalated_by=SYSTEM)
    held = in_effect(before)
    in_danger = review.in_effect_at_once(case, decision, OpinionReason.GRAVEST)
    if in_danger and not (held and review.is_violation(held.answer)):
        weighed = _waits(parts, waiting, decision, replace(opinion, in_effect=True), held=held)
        return replace(weighed, changes=(*weighed.changes, *_looked_at(before, but=held)))
    waiting = replace(waiting, decision_id=held.decision_id if held else decision.id)
    weighed = _waits(parts, waiting, decision, opinion)
    return replace(weighed, changes=(*weighed.changes, *_looked_at(before)))


def _looked_at(
    opinions: Sequence[records.Opinion], *, but: records.Opinion | None = None
) -> list[records.Change]:
    """Give opinions in their next version: one of them that comes into effect at this moment, by the clock, and what is committed now do not both."""
    return [Replace(replace(each, version=each.version + 1)) for each in opinions if each is not but]


def in_effect(opinions: Sequence[records.Opinion]) -> records.Opinion | None:
    """Give the opinion that took effect before the case was settled, if one did."""
    return next((each for each in opinions if each.in_effect), None)


def _waits(
    parts: Parts, case: records.Case, decision: records.Decision, opinion: records.Opinion, *, held: records.Opinion | None = None
) -> Weighed:  # fmt: skip
    """Let a case wait for another opinion, while this one has its effect or only hides the content."""
    entries = [parts.entry(Verb.OPINION_GIVEN, case.id, actor=decision.user_id, detail=decision.id)]
    work = [Task(name="find-reviewer", record_id=case.id, attempt=_LOOK + case.version)]
    if opinion.in_effect:
        base = Weighed(
            case=case, decision=decision, takes_effect=True, work=work,
            changes=(Replace(case), Replace(decision), Insert(opinion)), entries=entries,
        )  # fmt: skip
        return base if held is None else instead_of(parts, base, held)
    actions: tuple[records.Action, ...] = ()
    if decision.outcome is Outcome.VIOLATION:
        due = decision.at + parts.rules.opinions.most_wait
        work.append(Task(name="opinion-due", record_id=decision.id, not_before=due))
        if not case.restricted:
            case, actions = _restricted(parts, case, decision)
            opinion = replace(opinion, restricts=case.restricted)
    decision = review.given(decision)
    entries += [
        parts.entry(Verb.ACTION_TAKEN, each.id, actor=decision.user_id, detail=each.kind) for each in actions
    ]
    work += [Task(name="enforce", record_id=each.id) for each in actions]
    changes: list[records.Change] = [Replace(case), Replace(decision), Insert(opinion)]
    changes += map(Insert, actions)
    return Weighed(
        case=case, decision=decision, takes_effect=False, changes=changes, entries=entries, work=work
    )


def _restricted(
    parts: Parts, case: records.Case, decision: records.Decision
) -> tuple[records.Case, tuple[records.Action, ...]]:
    """Hide what one person found a violation; that can be taken back."""
    graded = [parts.store.item(each.item_id) for each in decision.findings if each.grade]
    if all(item.told is not None for item in graded):
        return case, ()  # an account in words: there is no content to hide
    hidden = replace(case, restricted=True)
    return hidden, enforcement.at_once(hidden, graded, new_id=lambda: parts.new_id("action"), now=parts.now())


def _settled(
    parts: Parts, case: records.Case, decision: records.Decision, opinions: Sequence[records.Opinion]
) -> Weighed:
    """Close the case with the answer that two gave, or a lead."""
    *before, mine = opinions
    held = in_effect(before)
    ended = [
        replace(
            each,
            settled=mine.answer,
            settled_at=parts.now(),
            version=each.version + 1,
            in_effect=each.in_effect and each.answer == mine.answer,
        )
        for each in before
    ]
    own = replace(mine, settled=mine.answer, settled_at=parts.now())
    entry = parts.entry(
        Verb.OPINIONS_SETTLED, case.id, actor=decision.user_id, detail=f"{len(opinions)} opinions"
    )
    shown = evidencing.settled(parts, case, [*ended, own])
    changes: list[records.Change] = [*map(Replace, ended), Insert(own), *shown.changes]
    settling = (entry, *shown.entries)
    if held is None or held.answer != mine.answer:
        # What was removed comes back where the answer says so, as what was hidden does.
        plain = _plain(parts, case if held is None else replace(case, restricted=True), decision)
        base = replace(plain, changes=(*plain.changes, *changes), entries=(*settling, *plain.entries))
        return base if held is None else _overturned(parts, base, held)
    closed = replace(case, decision_id=held.decision_id)
    stands = parts.store.decision(held.decision_id)
    told = parts.entry(
        Verb.CASE_CLOSED, case.id, actor=decision.user_id, detail=f"{stands.id} {stands.outcome}"
    )
    changes += [Replace(closed), Replace(review.given(decision))]
    return Weighed(
        case=closed, decision=decision, takes_effect=False, changes=changes, entries=(*settling, told),
        work=unlinking(parts, closed, stands.outcome),
    )  # fmt: skip


def unlinking(parts: Parts, case: records.Case, outcome: Outcome) -> list[Task]:
    """Have the account taken out of a case that closes later than its decision took effect: what was enqueued then may be over by now."""
    if outcome is Outcome.VIOLATION:
        return []
    due = parts.now() + parts.rules.periods.unlink_after_clearance
    return [Task(name="unlink", record_id=case.id, attempt=_LOOK + case.version, not_before=due)]


def instead_of(parts: Parts, winner: Weighed, lost: records.Opinion) -> Weighed:
    """Put another decision in the place of one that had taken effect and is still counted among the opinions."""
    no_more = replace(lost, in_effect=False, version=lost.version + 1)
    return _overturned(parts, replace(winner, changes=(*winner.changes, Replace(no_more))), lost)


def _overturned(parts: Parts, winner: Weighed, lost: records.Opinion) -> Weighed:
    case, decision = winner.case, winner.decision
    turned = overturning.overturn(parts, lost.decision_id, by=decision, case=case)
    written, former = turned.writing, parts.store.decision(lost.decision_id)
    if former.outcome is decision.outcome:
        # Graded otherwise: what differs is put right, and one of the two is in effect.
        written.changes.append(Replace(replace(review.given(former), version=former.version + 1)))
    else:
        items = [parts.store.item(item_id) for item_id in case.item_ids]
        written.add(stating.stated(parts, decision, items, turned.standing))
    return replace(
        winner, changes=(*winner.changes, *written.changes), entries=(*winner.entries, *written.entries),
        work=(*winner.work, *written.work), is_settled=True, is_first_effect=False,
    )  # fmt: skip


def _opinion(
    parts: Parts, case: records.Case, decision: records.Decision, reason: OpinionReason, *, in_effect: bool
) -> records.Opinion:
    return records.Opinion(
        id=parts.new_id("opinion"), case_id=case.id, decision_id=decision.id, user_id=decision.user_id, at=decision.at, stage=case.stage,
        reason=reason, answer=review.answer_of(decision, case), in_effect=in_effect,
    )  # fmt: skip


def alone(
    parts: Parts, case: records.Case, opinion: records.Opinion, why: str, *, closes: bool, others: Sequence[records.Opinion] = ()
) -> Weighed:  # fmt: skip
    """Let an opinion take effect without agreement.

    Args:
        parts: The installation's.
        case: Where others were asked.
        opinion: The one that stands.
        why: For the log.
        closes: Nobody is left to ask: the case ends with it. Otherwise others are still heard, and the case stays as it is.
        others: Further opinions that wait, of which none may come into effect at the same moment.
    """
    decision = parts.store.decision(opinion.decision_id)
    entries = [parts.entry(Verb.OPINION_STOOD_ALONE, case.id, detail=f"{decision.id} {why}")]
    ended = replace(opinion, in_effect=True, version=opinion.version + 1)
    changes = _looked_at(others)
    if closes:
        ended = replace(ended, settled_at=parts.now())
        case = replace(
            case, state=CaseState.CLOSED, claimed_by=None, lease_until=None, decision_id=decision.id, version=case.version + 1
        )  # fmt: skip
        changes.append(Replace(case))
        entries.append(parts.entry(Verb.CASE_CLOSED, case.id, detail=f"{decision.id} {decision.outcome}"))
    if opinion.in_effect:
        return Weighed(
            case=case, decision=decision, takes_effect=False, changes=[*changes, Replace(ended)], entries=entries,
            work=unlinking(parts, case, decision.outcome),
        )  # fmt: skip
    decision = replace(decision, state=records.DecisionState.EFFECTIVE, version=decision.version + 1)
    return Weighed(
        case=case, decision=decision, takes_effect=True, entries=entries, changes=(*changes, Replace(decision), Replace(ended))
    )  # fmt: skip
