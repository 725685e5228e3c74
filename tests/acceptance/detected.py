"""A line whose posts are asked about: a detector that counts orange, and pictures with more or less of it."""

from __future__ import annotations

from datetime import timedelta
from functools import cache
from typing import Any

from wardline import classification, ports, records, review
from wardline.pipeline import Detector, Rules, Scope, Scopes
from wardline.testing import pictures
from wardline.testing.harness import REPORTER, Line, Person
from wardline.testing.reference_detector import COLOUR, ReferenceDetector
from wardline.triage import ScopeMode

INNOCENT = review.Judgement(outcome=records.Outcome.NOT_VIOLATION)
WINDOW = Rules().undo_window
_SIZE = (320, 240)


class Switched:
    """A real detector that can be made to fail, or to become another one, as one elsewhere would."""

    def __init__(self) -> None:
        self._real = ReferenceDetector("orange")
        self.name, self.version = self._real.name, self._real.version
        self.broken: Exception | records.Unscannable | float | None = None
        self.asked = 0

    def score(self, content: bytes) -> float | records.Unscannable:
        """Count orange, or fail."""
        self.asked += 1
        if isinstance(self.broken, Exception):
            raise self.broken
        return self._real.score(content) if self.broken is None else self.broken


@cache
def orange(share: float, seed: int = 1) -> bytes:
    """Draw a harmless scene with a block of orange over a share of it, as a PNG."""
    scene = pictures.scene(seed, _SIZE)
    scene.paste(COLOUR, (0, 0, _SIZE[0], round(share * _SIZE[1])))
    return pictures.encode(scene, "png")


def scope(detector: ports.Classifier | None = None, **values: Any) -> Scope:
    """Make the scope of posts: watched, from a half on, nothing drawn by lot."""
    asked = detector or ReferenceDetector("orange")
    part = Detector(
        classifier=asked,
        version=asked.version,
        asked=classification.Asked(name=asked.name, version=asked.version),
        max_side=128,
    )
    given: dict[str, Any] = {
        "name": "posts", "surfaces": ("Post",), "detectors": (part,), "mode": ScopeMode.WATCH, "opens_case_from": 0.5,
    }  # fmt: skip
    return Scope(**{**given, **values})


def rules(*scopes: Scope, **values: Any) -> Rules:
    """Make rules with these scopes."""
    return Rules(**{"reporter": REPORTER, "scopes": Scopes(scopes), **values})


def decide(line: Line, case: records.Case, person: Person, judgement: review.Judgement) -> records.Decision:
    """Claim a case, look, decide, and let the undo window pass."""
    line.wardline.claim(case.id, user=person.user)
    line.wardline.reveal(case.id, item_id=case.item_ids[0], user=person.user)
    decision = line.wardline.decide(case.id, user=person.user, judgement=judgement)
    line.pass_time(WINDOW)
    return line.store.decision(decision.id)


def evidence(line: Line, case: records.Case) -> records.Evidence:
    """Give the one piece of evidence that rests on a case."""
    (found,) = line.store.evidence_of(case.id)
    return found


def total(line: Line, step: records.Step) -> int:
    """Count a step over the whole story."""
    day = line.clock.now().date()
    counts = line.store.counts(day - timedelta(days=60), day)
    return sum(each.count for each in counts if each.step is step)
