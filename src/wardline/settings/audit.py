"""The audit log, as far as an installation sets how it is watched."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True, slots=True, kw_only=True)
class WitnessSettings:
    adapter: str
    """``"file"``, ``"webhook"`` or ``"smtp"``."""
    name: str
    """What the log calls it."""
    options: dict[str, str] = field(default_factory=dict)
    """What the adapter takes: docs/reference/settings.md."""
    secret_file: Path | None = None
    interval_minutes: float = 60.0
    """How often it is handed the newest checkpoint."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditSettings:
    check_hours: float = 24.0
    """So often the whole log is checked without anybody asking; 0: never."""
    witnesses: tuple[WitnessSettings, ...] = ()
    """Who is given signed checkpoints to keep."""
