"""What the settings say of automation, as values: scopes, terms, and how long a certificate lasts."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from datetime import timedelta

from wardline import assurance, classification, records, triage
from wardline.pipeline.scopes import Scope


@dataclass(frozen=True, slots=True, kw_only=True)
class AutomationScope:
    """One scope: uploads of which one score counts."""

    name: str
    surfaces: tuple[str, ...]
    """In the platform's own words; a surface is in one scope at most."""
    detector: str
    """The detector, or the combination, whose score counts."""
    detector_version: str
    settings: str = ""
    """Everything else that the settings say of the scope and its detectors, in any form that is the same for the same settings."""


def automated(scope: Scope) -> AutomationScope:
    """Say what of a scope a certificate is about. How scores are turned into probabilities for the order of the queue is no part of it."""
    settings = [
        scope.mode, scope.opens_case_from, scope.near_hash, scope.audit_share, scope.caps_share,
        [[each.asked.name, each.asked.version, each.max_side] for each in scope.detectors],
    ]  # fmt: skip
    return AutomationScope(
        name=scope.name, surfaces=scope.surfaces, detector=classification.name_of(scope.asked),
        detector_version=classification.version_of(scope.asked), settings=json.dumps(settings),
    )  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class AutomationRules:
    """From ``[automation]`` in wardline.toml."""

    scopes: tuple[AutomationScope, ...] = ()
    terms: assurance.Terms = field(default_factory=assurance.Terms)
    valid_for: timedelta = timedelta(days=180)
    """From the proposal on."""
    evidence_for: timedelta = timedelta(days=365)
    """Older evidence does not count for a certificate."""
    watch_items: int = 10_000
    """How many judged items a watch is made for."""
    shift: float = 0.2
    """How far scores may move before somebody hears of it, 0 to 1: half of the sum of the differences of the shares."""

    def scope_of(self, surface: str) -> AutomationScope | None:
        """Give the scope that covers a surface; None: there nothing is ever automated."""
        wanted = surface.casefold()
        return next((each for each in self.scopes if wanted in map(str.casefold, each.surfaces)), None)

    def named(self, name: str) -> AutomationScope | None:
        """Give the scope of this name."""
        return next((each for each in self.scopes if each.name == name), None)


def conditions(
    rules: AutomationRules,
    scope: AutomationScope,
    policy: triage.Policy,
    lists: Iterable[records.HashList],
) -> str:
    """Give the digest of all that a certificate holds under; another one is another world, in which nothing was shown yet.

    Of lists their terms count, and which are active: not their entries, for those change every day and only add people's work.
    """
    under = {
        "scope": asdict(scope), "terms": asdict(rules.terms), "watch_items": rules.watch_items,
        "policy": [policy.verified_match, policy.unverified_match],
        "lists": sorted(
            [each.id, each.trust, each.meaning, each.role, each.radius_bits, sorted(each.surfaces)]
            for each in lists
            if each.state is records.HashListState.ACTIVE and any(map(each.covers, scope.surfaces))
        ),
    }  # fmt: skip
    return hashlib.sha256(json.dumps(under, sort_keys=True).encode()).hexdigest()
