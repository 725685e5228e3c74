"""Whether targets are kept, over dictionaries."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from datetime import datetime

from wardline import records
from wardline.adapters.stores.memory_lists import MemoryReading
from wardline.records import CaseState, DecisionState, Drawn, Outcome


class MemoryTargets(MemoryReading):
    """What leads and alarms ask of all open cases."""

    def waiting_by_target(self, *, ends: Sequence[datetime] = ()) -> list[records.Waiting]:
        due = defaultdict(list)
        for case in self._open_cases():
            due[case.queue, case.target].append(case.due_at)
        found = [
            records.Waiting(
                queue=queue, target=target, cases=len(times),
                due=tuple(sum(at is not None and at < end for at in times) for end in ends),
            )
            for (queue, target), times in due.items()
        ]  # fmt: skip
        return sorted(found, key=lambda each: (each.queue, each.target or ""))

    def count_due(
        self, *, queue: str, target: records.Target, by: datetime, most: int, after: datetime | None = None
    ) -> int:
        due = [case.due_at for case in self._open_cases() if (case.queue, case.target) == (queue, target)]
        return min(most, sum(at is not None and at <= by and (after is None or at > after) for at in due))

    def first_due(self, *, queue: str, target: records.Target) -> records.Case | None:
        due = [
            (case.due_at, case.id, case)
            for case in self._open_cases()
            if (case.queue, case.target) == (queue, target) and case.due_at is not None
        ]
        return min(due, key=lambda each: each[:2])[2] if due else None

    def attained(self, *, since: datetime, until: datetime) -> list[records.Attained]:
        due: Counter[tuple[str, records.Target]] = Counter()
        kept: Counter[tuple[str, records.Target]] = Counter()
        with self._gate:
            for case in self._table(records.Case).values():
                ended = case.due_at is not None and since <= case.due_at < until
                if ended and case.target is not None and case.state is not CaseState.OPEN:
                    decision = self._opinion_of(case)
                    due[case.queue, case.target] += 1
                    in_time = decision is not None and case.due_at is not None and decision.at <= case.due_at
                    kept[case.queue, case.target] += in_time
        return [
            records.Attained(queue=queue, target=target, due=due[queue, target], kept=kept[queue, target])
            for queue, target in sorted(due)
        ]

    def opinions_by_lot(self, *, most: int) -> list[tuple[float, records.Outcome]]:
        found = []
        drawn = self._all(
            records.Case, lambda case: (case.opened_at, case.id),
            lambda case: case.drawn is Drawn.LOT and case.state is CaseState.CLOSED,
        )  # fmt: skip
        for case in reversed(drawn):
            decision = self._opinion_of(case)
            if decision is not None and case.score_turn is not None:
                found.append((-case.score_turn, decision.outcome))
        return found[:most]

    def handling_times(self, *, most: int) -> list[tuple[str, int, float]]:
        found = []
        newest = self._all(records.Decision, lambda decision: decision.at, _stands)[::-1][:most]
        for decision in newest:
            case = self._table(records.Case).get(decision.case_id)
            if case is None or case.decision_id != decision.id or case.claimed_at is None:
                continue
            if case.claimed_at <= decision.at:
                seconds = (decision.at - case.claimed_at).total_seconds()
                found.append((case.queue, len(case.item_ids), seconds))
        return found

    def _open_cases(self) -> list[records.Case]:
        return self._all(records.Case, lambda case: case.id, lambda case: case.state is CaseState.OPEN)

    def _opinion_of(self, case: records.Case) -> records.Decision | None:
        """Give a case's newest decision if it says something and was not taken back."""
        decision = self._table(records.Decision).get(case.decision_id or "")
        return decision if decision is not None and _stands(decision) else None


def _stands(decision: records.Decision) -> bool:
    return decision.outcome is not Outcome.CANNOT_TELL and decision.state is not DecisionState.UNDONE
