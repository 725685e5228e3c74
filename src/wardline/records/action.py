"""Actions: what the platform is asked to do."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from wardline.records.checks import require_utc
from wardline.records.ids import require_id


class ActionKind(StrEnum):
    RESTRICT_CONTENT = "restrict-content"
    """Hide it for now; reversible."""
    REMOVE_CONTENT = "remove-content"
    RESTORE_CONTENT = "restore-content"
    """Undo a restriction."""
    SUSPEND_ACCOUNT = "suspend-account"
    WARN_ACCOUNT = "warn-account"
    """Tell the account that it broke a rule, and that more of it leads to a suspension."""


class ActionState(StrEnum):
    PENDING = "pending"
    DELIVERED = "delivered"
    FAILED = "failed"
    """The platform refused it for good; an alarm says so."""
    WITHDRAWN = "withdrawn"
    """Taken back before the platform was known to have carried it out; it is not asked for any more."""


class ReversalState(StrEnum):
    """How far the platform is with taking an action back."""

    PENDING = "pending"
    DELIVERED = "delivered"
    FAILED = "failed"
    """The platform refused it for good; an alarm says so."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Action:
    """One request to one platform."""

    id: str
    case_id: str
    kind: ActionKind
    platform: str
    account_reference: str
    content_reference: str | None
    """None for actions on the account."""
    created_at: datetime
    state: ActionState = ActionState.PENDING
    attempts: int = 0
    delivered_at: datetime | None = None
    version: int = 1
    reversal: ReversalState | None = None
    """None while nobody took the action back."""
    reversal_attempts: int = 0

    def __post_init__(self) -> None:
        require_id("action", self.id)
        require_utc("created_at", self.created_at)
        require_utc("delivered_at", self.delivered_at)

    @property
    def stands(self) -> bool:
        """Whether nobody took it back."""
        return self.reversal is None
