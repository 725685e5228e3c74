"""An installation with one automation scope, and evidence for it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

from tests.unit.judged import DETECTOR, SCOPE, TERMS, VERSION, good_sample, identifier
from wardline import assurance, records
from wardline.pipeline import Rules
from wardline.pipeline.automation_rules import AutomationRules, AutomationScope
from wardline.pipeline.certifying import Proposed
from wardline.records import Arm, Insert, Role
from wardline.testing.clock import VirtualClock
from wardline.testing.harness import REPORTER, START, Line

SURFACE = "post"
AUTOMATION = AutomationRules(
    scopes=(
        AutomationScope(name=SCOPE, surfaces=(SURFACE,), detector=DETECTOR, detector_version=VERSION),
    ),
    terms=TERMS, watch_items=1000,
)  # fmt: skip


def automated_line(folder: Path, *, automation: AutomationRules = AUTOMATION, **values: Any) -> Line:
    """Open an installation whose settings name a scope."""
    return Line(folder, rules=Rules(reporter=REPORTER, automation=automation), **values)


class Certifier:
    """Two administrators and the evidence they need."""

    def __init__(self, line: Line) -> None:
        self.line = line
        self.first = line.person("cara", Role.ADMIN).user
        self.second = line.person("theo", Role.LEAD).user
        self._number = 0

    def judged(self, found: Sequence[records.Evidence]) -> list[records.Evidence]:
        """Keep evidence, under ids that are new."""
        kept = []
        for each in found:
            self._number += 1
            kept.append(
                replace(
                    each, id=identifier("evidence", self._number), source_id=identifier("case", self._number)
                )
            )
        for start in range(0, len(kept), 500):
            some = kept[start : start + 500]
            entry = self.line.parts.entry(records.Verb.EVIDENCE_RECORDED, some[0].id)
            self.line.store.commit(*map(Insert, some), entries=[entry])
        return kept

    def gather(self, arm: Arm, **values: Any) -> list[records.Evidence]:
        """Keep enough evidence for a certificate, of an hour ago."""
        at = self.line.clock.now() - timedelta(hours=1)
        return self.judged(good_sample(arm, at=at, **values))

    def proposed(self, arm: Arm) -> Proposed:
        """Have a certificate proposed."""
        return self.line.wardline.propose_certificate(SCOPE, arm, user=self.first)

    def certified(self, arm: Arm) -> records.Certificate:
        """Have a certificate that stands."""
        self.gather(arm)
        proposed = self.proposed(arm)
        assert proposed.approval is not None
        self.line.wardline.approve(proposed.approval.id, user=self.second)
        return self.line.store.certificate(proposed.certificate.id)


def terms(**values: Any) -> AutomationRules:
    """Give the rules with other terms."""
    return replace(AUTOMATION, terms=assurance.Terms(**{"clear_cap": 0.02, "act_cap": 0.02, **values}))


class JumpingClock(VirtualClock):
    """A clock that somebody sets back."""

    def jump(self, step: timedelta) -> None:
        """Move to another time, an earlier one too."""
        self._now += step


def start() -> VirtualClock:
    """Give a clock that stands at the first moment."""
    return VirtualClock(START)
