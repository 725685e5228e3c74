"""A circuit breaker for a receiver: after several calls in a row came to nothing, others are spared until somebody got through.

It holds nothing back from a receiver that answers. While one does not, fewer calls are made to it; a report of priority 1 is always tried.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from wardline import errors
from wardline.records import Priority

FAILURES = 5
"""So many one after the other, whichever reports they were about, open it."""
PERIOD = timedelta(seconds=60)
"""After so long one report may try again; after as long again the next, until one gets through."""
_OF_THE_RECEIVER = (
    errors.AuthorityUnreachableError,
    errors.AuthorityUncertainError,
    errors.AuthorityDeniedError,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Circuit:
    """What is known of how a receiver answers."""

    failures: int = 0
    """In a row, since it last answered."""
    next_try: datetime | None = None
    """Open: when the next report may try; None: closed."""

    @property
    def is_open(self) -> bool:
        """Whether calls are spared."""
        return self.next_try is not None


def lets(circuit: Circuit, priority: Priority | None, now: datetime) -> tuple[bool, Circuit]:
    """Say whether a report may be tried now, and give the circuit as it is then.

    Args:
        circuit: Of the report's receiver.
        priority: Of the report; the first is always tried.
        now: Aware UTC.
    """
    if circuit.next_try is None or priority is Priority.FIRST:
        return True, circuit
    if now < circuit.next_try:
        return False, circuit
    return True, Circuit(failures=circuit.failures, next_try=now + PERIOD)


def after(circuit: Circuit, error: errors.AuthorityError | None, now: datetime) -> Circuit:
    """Give the circuit after a call; an answer that refuses a report is an answer, and closes it.

    Args:
        circuit: Of before.
        error: What the call ended with; None: it succeeded.
        now: Aware UTC.
    """
    if not isinstance(error, _OF_THE_RECEIVER):
        return Circuit()
    failures = circuit.failures + 1
    return Circuit(failures=failures, next_try=now + PERIOD if failures >= FAILURES else None)
