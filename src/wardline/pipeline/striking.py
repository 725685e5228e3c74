"""Strikes: given with a decision, counted, voided with it, and forgotten when nothing can depend on them any more."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from wardline import enforcement, records
from wardline.pipeline import clock_watch
from wardline.pipeline.parts import Parts
from wardline.pipeline.writing import Writing
from wardline.records import ActionKind, Insert, Outcome, Remove, Replace, Verb

_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Struck:
    """What a decision does to an account's record."""

    writing: Writing
    actions: tuple[records.Action, ...]
    """What the sum leads to: a warning, or a suspension. Not written yet."""
    standing: tuple[records.Strike, ...]
    """All strikes of the account as they are then."""


def strike(
    parts: Parts,
    decision: records.Decision,
    case: records.Case,
    item: records.Item,
    *,
    instead_of: str | None = None,
) -> Struck:
    """Give the strike of a decision that takes effect, and say what the account's sum leads to.

    Args:
        parts: The installation.
        decision: What takes effect.
        case: Its case.
        item: One of its files: whose account and platform.
        instead_of: The decision that falls for it; its strike is voided, and what comes in its place counts from when that one was given.
    """
    now, ladder, written = parts.now(), parts.rules.ladder, Writing()
    since = now
    before = parts.store.strikes_of(item.platform, item.account_reference) if item.account_reference else []
    standing = []
    for each in before:
        if instead_of is not None and each.decision_id == instead_of and each.voided_by is None:
            # Whoever appealed and was right in part has it no longer than otherwise.
            since = min(since, each.given_at)
            each = replace(each, voided_by=decision.id, version=each.version + 1)
            written.note(
                Replace(each),
                parts.entry(Verb.STRIKE_VOIDED, each.id, actor=decision.user_id, detail=decision.id),
            )
        standing.append(each)
    given = enforcement.strike_of(decision, item, ladder, strike_id=parts.new_id("strike"), now=since)
    if given is not None:
        standing.append(given)
        detail = f"{decision.id} weight {given.weight}"
        written.note(
            Insert(given),
            parts.entry(Verb.STRIKE_GIVEN, given.id, actor=decision.user_id, detail=detail),
        )
    kind = enforcement.by_sum(decision, standing, ladder, now) if given is not None else None
    actions = (
        ()
        if kind is None
        else (enforcement.account_action(kind, case, item, action_id=parts.new_id("action"), now=now),)
    )
    return Struck(written, actions, tuple(standing))


def void(parts: Parts, decision: records.Decision, item: records.Item, *, because: str) -> Struck:
    """Void the strike of a decision that is taken back before another one is in its place.

    Args:
        parts: The installation.
        decision: What falls.
        item: A file of its case: whose account and platform.
        because: The id of the record for which it falls.
    """
    written, standing = Writing(), []
    before = parts.store.strikes_of(item.platform, item.account_reference) if item.account_reference else []
    for each in before:
        if each.decision_id == decision.id and each.voided_by is None:
            each = replace(each, voided_by=because, version=each.version + 1)
            written.note(Replace(each), parts.entry(Verb.STRIKE_VOIDED, each.id, detail=because))
        standing.append(each)
    return Struck(written, (), tuple(standing))


def unjustified(
    parts: Parts, strikes: Sequence[records.Strike], *, case_id: str
) -> tuple[records.Action, ...]:
    """Give the suspensions of other cases that only came because of strikes that are void now.

    Only those that followed from a sum: a violation suspends by itself.
    """
    others = [each for each in strikes if each.case_id != case_id and each.voided_by is None]
    decisions = parts.store.several_decisions([each.decision_id for each in others])
    by_sum = {each.case_id for each in decisions.values() if each.outcome is Outcome.OTHER_RULE}
    found = parts.store.actions_of_several(sorted(by_sum))
    suspensions = [
        action
        for actions in found.values()
        for action in actions
        if action.kind is ActionKind.SUSPEND_ACCOUNT
    ]
    return enforcement.unjustified(suspensions, strikes, suspend_at=parts.rules.ladder.suspend_at)


def forget(parts: Parts) -> None:
    """Remove strikes that expired, and so long ago that no appeal can ask any more what an account's sum was."""
    if clock_watch.is_in_doubt(parts):
        return
    before = parts.now() - parts.rules.promises.appeal_period
    while old := parts.store.old_strikes(before, most=_AT_ONCE):
        parts.store.commit(
            *(Remove(records.Strike, each.id) for each in old),
            entries=[parts.entry(Verb.STRIKE_FORGOTTEN, each.id) for each in old],
        )
