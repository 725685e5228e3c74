"""What to do next with a referral: a state to commit, a call to make, or nothing."""

from __future__ import annotations

from dataclasses import dataclass

from wardline import records

UNKNOWN_ORPHAN = "unknown"
"""Stands in ``Referral.orphans`` for a report that may be open at the authority under an id that never reached us."""


@dataclass(frozen=True, slots=True)
class Move:
    """Commit this referral first, then ask again: no call may be made before the state that announces it is durable."""

    referral: records.Referral


@dataclass(frozen=True, slots=True)
class Submit:
    """Open a report."""


@dataclass(frozen=True, slots=True)
class Attach:
    """Upload one file with its details."""

    remote_id: str
    item_id: str


@dataclass(frozen=True, slots=True)
class Finish:
    """Close the report."""

    remote_id: str


@dataclass(frozen=True, slots=True)
class Retract:
    """Withdraw the open report."""

    remote_id: str


@dataclass(frozen=True, slots=True)
class Done:
    """The receipt is stored."""


@dataclass(frozen=True, slots=True)
class AskHuman:
    """Raise an alarm; nothing more happens until a person acts."""

    problem: str


Call = Submit | Attach | Finish | Retract
"""The steps that are one call to the authority."""

Step = Move | Call | Done | AskHuman
