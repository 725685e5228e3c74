"""Content that is hidden and that nobody has decided about for too long: somebody hears of it, and where the settings allow it, what no verified
list knows is shown again. What a verified list knows stays hidden until a person has decided, however long that takes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from wardline import enforcement, records, review
from wardline.errors import VersionConflictError
from wardline.pipeline import alarms
from wardline.pipeline.parts import Parts
from wardline.pipeline.placing import placed
from wardline.records import AlarmKind, Insert, ListTrust, Replace, Task, Verb

_COUNTED = 100
_AT_ONCE = 200
_PAGES = 10


class Restoring:
    """Looks at them each minute; a backlog bit by bit, from where the minute before ended."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._after: dict[str, str | None] = {}

    def watch(self) -> None:
        """Tell of what has been hidden for too long, and restore what may be."""
        parts = self._parts
        queues = parts.store.open_queues()
        if parts.rules.restore_unverified:
            for queue in queues:
                self._restore_some(queue)
        long = [case for queue in queues for case in self._undecided(queue)]
        if not long:
            alarms.resolve_about(parts, AlarmKind.RESTRICTED_LONG, "restricted")
            return
        oldest = min(long, key=lambda case: case.opened_at)
        counted = f"{_COUNTED} or more" if len(long) >= _COUNTED else str(len(long))
        message = (
            f"Content of {counted} case{'' if len(long) == 1 else 's'} has been hidden for over {parts.rules.restricted_most.days} days without "
            f"a decision, the longest in {oldest.id}. These cases go first now; a lead may give them to somebody."
        )
        alarms.raise_alarm(parts, AlarmKind.RESTRICTED_LONG, "restricted", message)

    def _long(self, queue: str, *, most: int, after: str | None = None) -> list[records.Case]:
        before = self._parts.now() - self._parts.rules.restricted_most
        return self._parts.store.long_restricted(queue=queue, before=before, after=after, most=most)

    def _undecided(self, queue: str) -> list[records.Case]:
        """Give the first of them, without appeals: what those are about was decided."""
        found: list[records.Case] = []
        after: str | None = None
        for _ in range(_PAGES):
            page = self._long(queue, most=_COUNTED, after=after)
            found += [case for case in page if case.stage is not records.Stage.APPEAL]
            if len(page) < _COUNTED or len(found) >= _COUNTED:
                break
            after = page[-1].id
        return found[:_COUNTED]

    def _restore_some(self, queue: str) -> None:
        some = self._long(queue, most=_AT_ONCE, after=self._after.get(queue))
        self._after[queue] = some[-1].id if len(some) == _AT_ONCE else None
        items = self._parts.store.several_items([item_id for case in some for item_id in case.item_ids])
        for case in some:
            own = [items[item_id] for item_id in case.item_ids if item_id in items]
            is_whole = len(own) == len(case.item_ids)
            is_in_doubt = review.is_unjudged(case) and not any(map(_is_certain, own))
            if is_whole and is_in_doubt and not self._in_hand(case):
                self._restore(case, own)

    def _in_hand(self, case: records.Case) -> bool:
        return case.lease_until is not None and case.lease_until > self._parts.now()

    def _restore(self, case: records.Case, items: Sequence[records.Item]) -> None:
        parts = self._parts
        actions = enforcement.restore(case, items, new_id=lambda: parts.new_id("action"), now=parts.now())
        shown = placed(parts, replace(case, restricted=False), items[0], items[0].matches)
        shown = replace(shown, version=case.version + 1)
        entries = [
            parts.entry(Verb.CASE_RESTORED, case.id),
            *(parts.entry(Verb.ACTION_TAKEN, action.id, detail=action.kind) for action in actions),
        ]
        try:
            parts.store.commit(
                Replace(shown), *map(Insert, actions), entries=entries,
                work=[Task(name="enforce", record_id=action.id) for action in actions],
            )  # fmt: skip
        except VersionConflictError:
            return  # somebody takes it at this very moment, and decides


def _is_certain(item: records.Item) -> bool:
    """Say whether a verified list knows this file, or may: then no machine lets it go."""
    known = any(match.trust is ListTrust.VERIFIED for match in item.matches)
    return known or len(item.matches) == records.MOST_MATCHES  # of so many the rest was not kept
