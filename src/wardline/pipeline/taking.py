"""Who takes from which queue."""

from __future__ import annotations

import threading
from datetime import datetime, timedelta

from wardline import records, review
from wardline.errors import NotAllowedError
from wardline.pipeline.parts import SYSTEM, Parts
from wardline.records import GENERAL_QUEUE, Taker

_LOOK_AGAIN = timedelta(minutes=1)


def has_skills(parts: Parts, case: records.Case, user: records.User) -> bool:
    """Say whether a person has the skills that the queue of a case asks for. A queue that the settings do not name any more asks for none."""
    rules = parts.rules.queues
    is_named = any(rule.name == case.queue for rule in rules)
    return not is_named or case.queue in review.taken_with(user.skills, rules)


def require_skills(parts: Parts, case: records.Case, user: records.User) -> None:
    """Require the skills of a case's queue of whoever takes it by hand. What they hold already they keep."""
    if case.claimed_by != user.id and not has_skills(parts, case, user):
        raise NotAllowedError(
            f"{case.id}: in the queue {case.queue}, whose skills this person lacks, expected somebody who has them",
            remedy="Take the next case. A lead can move the case or give it to somebody.",
        )


class Takers:
    """Says from which queues a person takes. Safe to call from many threads."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._gate = threading.Lock()
        self._left: tuple[str, ...] = ()
        self._looked: datetime | None = None

    def of(self, user: records.User) -> Taker:
        """Give the queues that a person's skills are enough for, without those that they chose not to take from."""
        return self.choosing(user, self._parts.store.choices_of(user.id))

    def choosing(self, user: records.User, chosen: records.ViewingChoices | None) -> Taker:
        """Give the same for somebody whose choices were read a moment ago."""
        able = (*review.taken_with(user.skills, self._parts.rules.queues), *self._left_over())
        declined = chosen.queues if chosen else ()
        return Taker(user_id=user.id, queues=tuple(name for name in able if name not in declined))

    def others(self, user: records.User) -> Taker:
        """Give the queues that this person does not take from: to be counted, never listed."""
        own = self.of(user).queues
        return Taker(user_id=user.id, queues=tuple(name for name in self.every().queues if name not in own))

    def every(self) -> Taker:
        """Give all queues, for nobody in particular."""
        named = (GENERAL_QUEUE, *(rule.name for rule in self._parts.rules.queues))
        return Taker(user_id=SYSTEM, queues=(*named, *self._left_over()))

    def _left_over(self) -> tuple[str, ...]:
        """Name the queues that hold cases and that the settings do not name any more: theirs are for everybody until they are moved."""
        now = self._parts.now()
        with self._gate:
            if self._looked is None or abs(now - self._looked) >= _LOOK_AGAIN:
                named = {GENERAL_QUEUE, *(rule.name for rule in self._parts.rules.queues)}
                self._left = tuple(name for name in self._parts.store.open_queues() if name not in named)
                self._looked = now
            return self._left
