"""A second person looks at a report: before it is filed, where the settings say so, or afterwards. Nobody holds one back for good."""

from __future__ import annotations

from collections.abc import Collection

from wardline import records, referral
from wardline.errors import ConflictError
from wardline.pipeline import alarms, bundles
from wardline.pipeline import refer as filing
from wardline.pipeline.parts import Parts
from wardline.pipeline.writing import Writing
from wardline.records import AlarmKind, FactKind, Replace, Task, Verb

_RELEASES = 1_000
"""Tries of a later version are counted on from here: work that was enqueued once is not enqueued again."""


def waiting(draft: records.Referral) -> Task:
    """Make the work that files a report when its time to wait is over."""
    return Task(
        name="release-referral",
        record_id=draft.id,
        attempt=draft.version * _RELEASES,
        not_before=draft.waits_until,
    )


def release(parts: Parts, referral_id: str, attempt: int) -> None:
    """File a report that nobody approved in time, and let people hear of it. Doing it again does nothing."""
    found = parts.store.referral(referral_id)
    released = referral.release(found, now=parts.now(), approval=parts.rules.filing.approval)
    if released is None:
        if referral.waits(found):  # the clock went back
            later = Task(
                name="release-referral", record_id=referral_id, attempt=attempt + 1, not_before=found.waits_until
            )  # fmt: skip
            parts.store.commit(entries=(), work=[later])
        return
    written = Writing()
    told = parts.entry(Verb.REFERRAL_RELEASED, released.id, detail="nobody approved it in time")
    written.note(Replace(released), told, work=[filing.task(released, 0)])
    message = (
        f"Nobody approved {released.id} in time, so it is filed without: a report with a duty is never held back. Look at it now; a "
        "mistake is corrected by a decision."
    )
    written.add(alarms.raised(parts, AlarmKind.REFERRAL_UNAPPROVED, released.id, message))
    written.commit(parts)


def look(
    parts: Parts, referral_id: str, user: records.User, others: Collection[str] = ()
) -> records.Referral:
    """Note that a person looked at a report that somebody else decided. One that waited for that is filed at once.

    Args:
        parts: The installation's.
        referral_id: What was looked at.
        user: Who looked.
        others: Ids of further ones about the same account that waited and were looked at too: they can be one report.

    Raises:
        SecondPersonError: This person decided one of them.
        ConflictError: Nobody has to look at it, or one of the others does not wait any more.
    """
    found = parts.store.referral(referral_id)
    waiting = (
        [each for each in bundles.waiting_with(parts, found, user) if each.id in others] if others else []
    )
    if len(waiting) < len(set(others)):
        raise ConflictError(f"{referral_id}: another one does not wait any more, expected those of its page")
    written = Writing()
    for each in (found, *waiting):
        looked = referral.seconded(
            each, user_id=user.id, deciders=_deciders(parts, each), now=parts.now()
        )  # fmt: skip
        was_waiting = referral.waits(each)
        verb = Verb.REFERRAL_APPROVED if was_waiting else Verb.REFERRAL_CHECKED
        told = parts.entry(verb, looked.id, actor=user.id, detail=looked.decision_id)
        written.note(Replace(looked), told, work=[filing.task(looked, 0)] if was_waiting else [])
    written.commit(parts)
    for each in (found, *waiting):
        alarms.resolve_about(parts, AlarmKind.REFERRAL_UNAPPROVED, each.id)
    return parts.store.referral(referral_id)


def may_look(parts: Parts, found: records.Referral, user: records.User) -> bool:
    """Say whether this person is somebody else than those who decided."""
    return user.id not in _deciders(parts, found)


def _deciders(parts: Parts, found: records.Referral) -> set[str]:
    """Give who decided what a report says, of those that joined it too, and who wrote why a child is in danger: for that alone it is filed at once."""
    lead = bundles.lead_of(parts, found)
    decisions = [
        parts.store.decision(each) for each in (lead.decision_id, *(one.decision_id for one in lead.bundle))
    ]
    others = (parts.store.decision(each) for decision in decisions for each in decision.spread_from)
    dangers = (each for each in bundles.facts_about(parts, lead) if each.kind is FactKind.DANGER)
    return {each.user_id for each in (*decisions, *others)} | {each.user_id for each in dangers}
