"""What two people agreed on is carried to the files that nobody looked at for it: a page of cases at a time, each with its checkpoint."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from wardline import enforcement, records, review
from wardline.errors import ConflictError
from wardline.pipeline import clusters, people
from wardline.pipeline.parts import Parts
from wardline.records import CaseState, Insert, Replace, Stage, Task, Verb

_PAGE = 100
"""Cases in one commit. All that is held in memory of a cluster, whatever its size."""
_PAGES = 20
"""Pages in one run of the work; then others have their turn."""
_TRIES = 3


@dataclass(slots=True)
class _Batch:
    """What one commit writes, and how far it brings the spread."""

    spread: records.Spread
    changes: list[records.Change] = field(default_factory=list)
    entries: list[records.Entry] = field(default_factory=list)
    work: list[Task] = field(default_factory=list)
    left: int = 0
    """Cases that somebody has in hand: they are looked at again later."""


def spread(parts: Parts, spread_id: str, attempt: int) -> None:
    """Carry a spread on by some pages. Where it stands is stored with each page, so that it goes on there after a crash."""
    left = 0
    for _ in range(_PAGES):
        current = parts.store.spread(spread_id)
        if current.stopped_at is not None:
            return
        page = parts.store.untouched_members(current, after=current.reached, most=_PAGE)
        if not page:
            _end_pass(parts, current, attempt, left)
            return
        left += _carry(parts, current, page, reached=page[-1].id)
    again = Task(name="spread", record_id=spread_id, attempt=attempt + 1)
    parts.store.commit(entries=(), work=[again])


def follow(parts: Parts, case_id: str, attempt: int) -> None:  # noqa: ARG001 -- a task may run again from its start
    """Carry what stands in a cluster to a case that was just opened in it."""
    member = parts.store.cluster_member(case_id)
    if member is not None:
        clusters.begin_if_agreed(parts, member.cluster_id, member.file_id)
    for target in (member.file_id, member.cluster_id) if member else ():
        stands = parts.store.standing_spread(target)
        if stands is not None and (member := parts.store.cluster_member(case_id)) is not None:
            _carry(parts, stands, [member], reached=stands.reached)


def _end_pass(parts: Parts, current: records.Spread, attempt: int, left: int) -> None:
    """Look once more when every claim of now has ended: for cases that were in hand, and for those that were opened at the same moment."""
    ended = replace(current, reached=None, passes=current.passes + 1, version=current.version + 1)
    told = parts.entry(Verb.SPREAD_CARRIED_ON, current.id, detail=f"pass {ended.passes} ended")
    is_last = current.passes > 0 and not left
    later = Task(
        name="spread", record_id=current.id, attempt=attempt + 1, not_before=parts.now() + parts.rules.lease
    )
    parts.store.commit(Replace(ended), entries=[told], work=[] if is_last else [later])


def _carry(
    parts: Parts, current: records.Spread, page: Sequence[records.ClusterMember], *, reached: str | None
) -> int:
    """Carry a spread to a page of cases; gives how many were in hand. People go on working meanwhile: what they changed is read again."""
    for _ in range(_TRIES):
        batch = _batch(parts, current, page, reached)
        if not batch.changes:
            return batch.left
        try:
            parts.store.commit(*batch.changes, entries=batch.entries, work=batch.work)
        except ConflictError:
            current = parts.store.spread(current.id)
            if current.stopped_at is not None:
                return 0
            fresh = (parts.store.cluster_member(each.case_id) for each in page)
            page = [each for each in fresh if each is not None]
            continue
        return batch.left
    if len(page) == 1:
        return 1  # it is hot; the next pass comes to it
    half = len(page) // 2
    some = _carry(parts, parts.store.spread(current.id), page[:half], reached=current.reached)
    return some + _carry(parts, parts.store.spread(current.id), page[half:], reached=reached)


def _batch(
    parts: Parts, current: records.Spread, page: Sequence[records.ClusterMember], reached: str | None
) -> _Batch:
    cases = parts.store.several_cases([each.case_id for each in page])
    items = parts.store.several_items([cases[each.case_id].item_ids[0] for each in page])
    batch = _Batch(current)
    carry = _Deciding(parts, batch).take if current.decides else _PuttingInFront(parts, batch).take
    for member in page:
        case = cases[member.case_id]
        if case.state is CaseState.OPEN and member.spread_id is None:
            if review.is_in_hand(case, parts.now()):
                batch.left += 1
            else:
                carry(member, case, items[case.item_ids[0]])
    if batch.changes or reached != current.reached:
        moved = replace(batch.spread, reached=reached, version=current.version + 1)
        batch.changes.append(Replace(moved))
        batch.entries.append(parts.entry(Verb.SPREAD_CARRIED_ON, current.id, detail=f"{len(page)} cases"))
    return batch


class _Deciding:
    """Decides identical files, and leaves some of them to people."""

    def __init__(self, parts: Parts, batch: _Batch) -> None:
        self._parts, self._batch = parts, batch
        decisions = list(parts.store.several_decisions(batch.spread.decisions).values())
        self._words = review.words_of(decisions)
        self._spoke = [each.user_id for each in decisions]

    def take(self, member: records.ClusterMember, case: records.Case, item: records.Item) -> None:
        """Take one case."""
        if not review.may_be_decided(case, item):
            return
        if self._parts.happens(self._parts.rules.audit_share):
            self._sample(member, case, item)
        else:
            self._decide(member, case)

    def _decide(self, member: records.ClusterMember, case: records.Case) -> None:
        parts, batch = self._parts, self._batch
        decided, decision = review.decide_alike(
            case, batch.spread, self._words, decision_id=parts.new_id("decision"), now=parts.now()
        )
        batch.spread = replace(batch.spread, decided=batch.spread.decided + 1)
        touched = replace(member, spread_id=batch.spread.id, version=member.version + 1)
        batch.changes += [Replace(decided), Insert(decision), Replace(touched)]
        detail = f"{decision.id} {decision.outcome} from {batch.spread.id}"
        batch.entries.append(parts.entry(Verb.CASE_DECIDED, case.id, detail=detail))
        batch.work.append(Task(name="conclude", record_id=decision.id))

    def _sample(self, member: records.ClusterMember, case: records.Case, item: records.Item) -> None:
        parts, batch = self._parts, self._batch
        others = self._spoke if self._is_anybody_else() else ()
        left = _dated(parts, review.sample(case, batch.spread, others=others))
        batch.spread = replace(batch.spread, sampled=batch.spread.sampled + 1)
        hides = left.restricted and not case.restricted
        touched = replace(
            member,
            spread_id=batch.spread.id,
            restricted=member.restricted or hides,
            version=member.version + 1,
        )
        batch.changes += [Replace(left), Replace(touched)]
        batch.entries.append(parts.entry(Verb.CASE_SAMPLED, case.id, detail=batch.spread.id))
        _hide(parts, batch, case, left, item)

    def _is_anybody_else(self) -> bool:
        """Say whether people are there who did not take part: if not, those who did look again."""
        return any(
            people.may_review(user) and user.id not in self._spoke for user in self._parts.store.users()
        )


class _PuttingInFront:
    """Hides what is near a violation, and lets a person see it sooner. It decides nothing, and does nothing to an account."""

    def __init__(self, parts: Parts, batch: _Batch) -> None:
        self._parts, self._batch = parts, batch
        self._decided: dict[str, bool] = {}

    def take(self, member: records.ClusterMember, case: records.Case, item: records.Item) -> None:
        """Take one case."""
        if case.stage is Stage.AUDIT or (review.may_be_decided(case, item) and self._is_decided(member)):
            return
        parts, batch = self._parts, self._batch
        near = _dated(parts, review.put_in_front(case, item, batch.spread, parts.rules.weights))
        batch.spread = replace(batch.spread, put_in_front=batch.spread.put_in_front + 1)
        hides = not case.restricted
        touched = replace(
            member, near_spread_id=batch.spread.id, restricted=hides, version=member.version + 1
        )
        batch.changes += [Replace(near), Replace(touched)]
        batch.entries.append(parts.entry(Verb.CASE_PUT_IN_FRONT, case.id, detail=batch.spread.id))
        _hide(parts, batch, case, near, item)

    def _is_decided(self, member: records.ClusterMember) -> bool:
        """Say whether the spread to identical files comes to this one anyway."""
        if member.file_id not in self._decided:
            self._decided[member.file_id] = self._parts.store.standing_spread(member.file_id) is not None
        return self._decided[member.file_id]


def _dated(parts: Parts, case: records.Case) -> records.Case:
    """Give a case the target of what is known of it now. Its queue stays: the name of another one would tell the next person what was found."""
    hours = review.hours_of(case.queue, parts.rules.queues)
    return review.with_target(case, targets=parts.rules.targets, queue_hours=hours)


def _hide(parts: Parts, batch: _Batch, before: records.Case, after: records.Case, item: records.Item) -> None:
    """Ask the platform to hide content that was visible until now."""
    if before.restricted or not after.restricted:
        return
    for action in enforcement.at_once(after, [item], new_id=lambda: parts.new_id("action"), now=parts.now()):
        batch.changes.append(Insert(action))
        batch.entries.append(parts.entry(Verb.ACTION_TAKEN, action.id, detail=action.kind))
        batch.work.append(Task(name="enforce", record_id=action.id))
