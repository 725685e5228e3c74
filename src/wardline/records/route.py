"""Routes: the three ways out of triage."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Release:
    """Nothing points at the item, or the machine clears it: nothing about it is kept."""

    certificate_id: str | None = None
    """Under which the machine clears it; None where nothing points at it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Review:
    """A person decides; the item stays visible meanwhile."""

    reasons: tuple[str, ...]
    """Why, in words a moderator understands."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """Restrict at once, reversibly, and let a person decide."""

    reasons: tuple[str, ...]
    certificate_id: str | None = None
    """Under which the machine acts; None where a verified list knows it."""


Route = Release | Review | Act
