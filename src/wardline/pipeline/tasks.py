"""Durable work by name: what each task does with its record, and what is done every minute."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from wardline import records
from wardline.errors import WardlineError
from wardline.pipeline import alarms, preserve
from wardline.pipeline.conclude import conclude
from wardline.pipeline.count import CountLog
from wardline.pipeline.enforce import enforce
from wardline.pipeline.log import Sequencer
from wardline.pipeline.parts import Parts
from wardline.pipeline.refer import refer

TASKS: Mapping[str, Callable[[Parts, str, int], None]] = {
    "conclude": conclude,
    "enforce": enforce,
    "refer": refer,
    "notify": alarms.notify,
    "unlink": preserve.unlink,
}
_KEYS_AT_ONCE = 1000


class Chores:
    """What is due every minute. Doing it twice does no harm."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self.sequencer = Sequencer(parts)
        self.counts = CountLog(parts)

    def run(self) -> None:
        """Log the counts, end holds, destroy orphans, forget old idempotency keys, look for what nobody reports.

        Each is done whatever became of the others; afterwards the first error is raised.
        """
        parts = self._parts
        errors: list[WardlineError] = []
        for chore in (self.counts.log, lambda: preserve.sweep(parts), lambda: preserve.destroy_orphans(parts), self._forget_keys,
                      lambda: alarms.watch(parts)):  # fmt: skip
            try:
                chore()
            except WardlineError as error:
                errors.append(error)
        if errors:
            raise errors[0]

    def _forget_keys(self) -> None:
        while old := self._parts.store.expired_keys(self._parts.now(), most=_KEYS_AT_ONCE):
            self._parts.store.commit(*(records.Remove(records.Remembered, digest) for digest in old), entries=())
