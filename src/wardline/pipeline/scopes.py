"""The automation scopes of the settings, and the detectors that they ask."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta

from wardline import classification, ports
from wardline.triage import ScopeMode

AUDIT_LIFETIME = timedelta(days=14)
"""A sealed copy of what was released is kept no longer, whether or not somebody judged it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Detector:
    """A detector, with what it is given."""

    classifier: ports.Classifier
    asked: classification.Asked
    """As what its score is known."""
    version: str
    """What it called itself when this process started; it must not change."""
    max_side: int | None = 512
    """It is given a rendering whose longer side has at most so many pixels; None: the file as uploaded."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """Some surfaces, and the one score that counts there. From ``[[automation.scopes]]`` in wardline.toml."""

    name: str
    surfaces: tuple[str, ...]
    """In the platform's words; capital letters make no difference. A surface is in one scope at most."""
    detectors: tuple[Detector, ...]
    """One at least."""
    near_hash: bool = False
    """Whether how near a list's entry is counts as one more part of the score."""
    mode: ScopeMode = ScopeMode.REVIEW_ALL
    opens_case_from: float = 1.0
    """In a scope that is watched: a score from here on opens a case, 0 to 1."""
    audit_share: float = 0.0
    """Of everything that comes in, 0 to 1: so much is drawn by lot."""
    caps_share: float = 0.25
    """Of the evidence, 0 to 1: so much is only used to learn how often people are wrong."""
    calibration: classification.Calibration | None = None

    @property
    def asked(self) -> tuple[classification.Asked, ...]:
        """Give the parts of the score."""
        parts = tuple(each.asked for each in self.detectors)
        return (
            (
                *parts,
                classification.Asked(name=classification.NEAR_HASH, version=classification.NEAR_HASH_VERSION),
            )
            if self.near_hash
            else parts
        )


@dataclass(frozen=True, slots=True)
class Scopes:
    """All of them. Without any, nothing is asked and nothing costs anything."""

    several: tuple[Scope, ...] = ()
    _by_surface: Mapping[str, Scope] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        found = {surface.casefold(): each for each in self.several for surface in each.surfaces}
        object.__setattr__(self, "_by_surface", found)

    def of(self, surface: str) -> Scope | None:
        """Give the scope of a surface; what has none is never automated."""
        return self._by_surface.get(surface.casefold()) if self._by_surface else None

    def named(self, name: str | None) -> Scope | None:
        """Give a scope by its name."""
        return next((each for each in self.several if each.name == name), None)
