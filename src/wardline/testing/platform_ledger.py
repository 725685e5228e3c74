"""What the platform sandbox remembers: every action and every message once, on disk before it is answered."""

from __future__ import annotations

import json
import os
from dataclasses import asdict, dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

from wardline import records
from wardline.errors import ConflictError, IntegrityError


class ContentState(StrEnum):
    """Who can see a piece of content."""

    VISIBLE = "visible"
    RESTRICTED = "restricted"
    REMOVED = "removed"


_ON_ACCOUNT = (records.ActionKind.SUSPEND_ACCOUNT, records.ActionKind.WARN_ACCOUNT)


class AccountState(StrEnum):
    """Whether an account works."""

    ACTIVE = "active"
    SUSPENDED = "suspended"


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceivedAction:
    """One request as the platform got it."""

    id: str
    action: records.ActionKind
    account_reference: str
    content_reference: str | None
    case_id: str | None
    created_at: str
    """As sent: ISO 8601."""
    reverse: bool
    """True when it asks to undo the action of this id."""
    received_at: str
    """ISO 8601, the sandbox's clock."""

    @classmethod
    def read(cls, fields: dict[str, Any], received_at: str) -> ReceivedAction:
        """Check a request's fields. ``KeyError``, ``TypeError`` or ``ValueError`` when one is missing or wrong."""
        kind, content = records.ActionKind(fields["action"]), fields["content_reference"]
        texts = [fields["id"], fields["account_reference"], fields["created_at"]]
        if content is not None or kind not in _ON_ACCOUNT:
            texts.append(content)  # only an action on an account may name no content
        if not all(isinstance(text, str) and text for text in texts):
            raise TypeError("a field that is no text or empty")
        if not isinstance(fields["reverse"], bool):
            raise TypeError("a reversal that is neither true nor false")
        return cls(
            id=fields["id"],
            action=kind,
            account_reference=fields["account_reference"],
            content_reference=content,
            case_id=fields.get("case_id"),
            created_at=fields["created_at"],
            reverse=fields["reverse"],
            received_at=received_at,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceivedMessage:
    """One message as the platform got it."""

    id: str
    message: records.MessageKind
    subject_id: str
    account_reference: str | None
    content_reference: str | None
    text: str
    received_at: str
    """ISO 8601, the sandbox's clock."""

    @classmethod
    def read(cls, fields: dict[str, Any], received_at: str) -> ReceivedMessage:
        """Check a message's fields. ``KeyError``, ``TypeError`` or ``ValueError`` when one is missing or wrong."""
        kind = records.MessageKind(fields["message"])
        account, content = fields["account_reference"], fields["content_reference"]
        if not all(
            isinstance(text, str) and text for text in (fields["id"], fields["subject_id"], fields["text"])
        ):
            raise TypeError("a field that is no text or empty")
        if not all(value is None or (isinstance(value, str) and value) for value in (account, content)):
            raise TypeError("a reference that is neither a text nor none")
        return cls(
            id=fields["id"], message=kind, subject_id=fields["subject_id"], account_reference=account, content_reference=content,
            text=fields["text"], received_at=received_at,
        )  # fmt: skip


Received = ReceivedAction | ReceivedMessage


def read(fields: dict[str, Any], received_at: str) -> Received:
    """Check the fields of whatever came. ``KeyError``, ``TypeError`` or ``ValueError`` when one is missing or wrong."""
    if fields.get("type", "action") == "message" or "message" in fields:
        return ReceivedMessage.read(fields, received_at)
    return ReceivedAction.read(fields, received_at)


class Ledger:
    """Actions and messages in order of arrival. Not thread-safe.

    Args:
        path: A file of JSON lines, made when missing; None keeps everything in memory. A last line that was cut by a crash was never
            answered and is dropped; any other malformed line is ``IntegrityError``.
    """

    def __init__(self, path: Path | None) -> None:
        self.actions: list[ReceivedAction] = []
        self.messages: list[ReceivedMessage] = []
        self._seen: set[tuple[str, bool]] = set()
        self._descriptor: int | None = None
        self._path = path
        if path is not None:
            self._descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o600)
            try:
                self._load(self._descriptor)
            except IntegrityError:
                self.close()
                raise

    def _load(self, descriptor: int) -> None:
        content = bytearray()
        while block := os.read(descriptor, 1 << 20):
            content += block
        whole = content.rfind(b"\n") + 1
        os.ftruncate(descriptor, whole)
        for number, line in enumerate(content[:whole].splitlines(), 1):
            try:
                fields = json.loads(line)
                self._keep(read(fields, fields["received_at"]))
            except (ValueError, KeyError, TypeError):
                raise IntegrityError(
                    f"platform ledger: line {number} is malformed, expected an action"
                ) from None

    def receive(self, received: Received) -> None:
        """Keep an action or a message durably; a repeat changes nothing."""
        if _key(received) in self._seen:
            return
        if self._path is not None:
            if self._descriptor is None:
                raise ConflictError("platform ledger: closed, expected to be open")
            line = json.dumps(asdict(received), separators=(",", ":")).encode() + b"\n"
            os.write(self._descriptor, line)
            os.fsync(self._descriptor)
        self._keep(received)

    def _keep(self, received: Received) -> None:
        self._seen.add(_key(received))
        if isinstance(received, ReceivedMessage):
            self.messages.append(received)
        else:
            self.actions.append(received)

    def close(self) -> None:
        """Close the file; what was received stays readable here."""
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None

    def state_of(self, content_reference: str) -> ContentState:
        """Go through the actions on a piece of content that still hold, in order."""
        state = ContentState.VISIBLE
        for action in self._standing():
            if action.content_reference != content_reference:
                continue
            match action.action:
                case records.ActionKind.RESTRICT_CONTENT if state is ContentState.VISIBLE:
                    state = ContentState.RESTRICTED
                case records.ActionKind.RESTORE_CONTENT if state is ContentState.RESTRICTED:
                    state = ContentState.VISIBLE
                case records.ActionKind.REMOVE_CONTENT:
                    state = ContentState.REMOVED
                case _:
                    pass
        return state

    def account_state_of(self, account_reference: str) -> AccountState:
        """Say whether a suspension of the account still holds."""
        suspended = any(
            action.action is records.ActionKind.SUSPEND_ACCOUNT
            and action.account_reference == account_reference
            for action in self._standing()
        )
        return AccountState.SUSPENDED if suspended else AccountState.ACTIVE

    def _standing(self) -> list[ReceivedAction]:
        """Actions that were not reversed, whichever of the two came first."""
        return [
            action for action in self.actions if not action.reverse and (action.id, True) not in self._seen
        ]


def _key(received: Received) -> tuple[str, bool]:
    return received.id, isinstance(received, ReceivedAction) and received.reverse
