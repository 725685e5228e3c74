"""The certificates that stand, as every upload of a scope has to know them."""

from __future__ import annotations

import threading
import time

import structlog

from wardline import records, triage
from wardline.errors import WardlineError
from wardline.pipeline.automation_rules import AutomationScope, conditions
from wardline.pipeline.parts import Parts
from wardline.pipeline.score_log import ScoreLog

_log = structlog.get_logger("wardline.certificates")
_LOOK_AGAIN_SECONDS = 1.0
"""A certificate that begins to stand is seen this late at most. One that ends is seen by the next upload, in every process."""


class StandingCertificates:
    """Holds what stands in memory and asks the store's stamp before anything is decided by it. Safe to call from many threads."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self.scores = ScoreLog(parts)
        self._gate = threading.Lock()
        self._stamp: tuple[str, str] | None = None
        self._looked = float("-inf")
        self._standing: tuple[records.Certificate, ...] = ()
        self._conditions: dict[str, str] = {}
        self._over: set[str] = set()
        """Ids of those that were seen to be past their time: a clock that goes back does not make them young."""

    def of(self, surface: str) -> triage.Automation | None:
        """Say what a machine may decide on a surface now; None: nothing, also when that cannot be known."""
        scope = self._parts.rules.automation.scope_of(surface)
        if scope is None:
            return None
        try:
            with self._gate:
                return self._of(scope)
        except WardlineError as error:
            # Fails closed: everything goes to people while nobody knows what stands.
            _log.error("certificates cannot be read", error=error.code)
            return None

    def _of(self, scope: AutomationScope) -> triage.Automation | None:
        if not self._standing and time.monotonic() - self._looked <= _LOOK_AGAIN_SECONDS:
            return None
        self._look()
        now = self._parts.now()
        self._over |= {each.id for each in self._standing if now >= each.expires_at}
        certificates = tuple(
            each for each in self._standing if each.scope == scope.name and each.id not in self._over
        )
        if not certificates:
            return None
        return triage.Automation(
            scope=scope.name, conditions=self._conditions[scope.name], now=now, certificates=certificates
        )

    def _look(self) -> None:
        store, rules = self._parts.store, self._parts.rules
        began = time.monotonic()
        stamp = store.certificates_stamp(), store.lists_stamp()
        if stamp != self._stamp:
            standing = tuple(store.certificates_in(records.CertificateState.STANDING))
            lists = store.hash_lists()
            self._conditions = {
                each.name: conditions(rules.automation, each, rules.policy, lists)
                for each in rules.automation.scopes
            }
            # The stamp was read before: what changed in between is read again with the next upload.
            self._standing, self._stamp = standing, stamp
        self._looked = began
