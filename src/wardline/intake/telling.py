"""An incident without a file as it arrives, and the bytes that are sealed of it."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from wardline import records
from wardline.errors import EvidenceError, InputError
from wardline.intake.upload import CLOCK_TOLERANCE, Upload

_FORM = "wardline-incident"
_VERSION = 1
_SEEN = re.compile(
    "[^\\s\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u2800\u3164\ufe00-\ufe0f\ufeff\uffa0"
    "\ufff0-\ufffb\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff]"
)
"""Anything but spaces and what is shown as nothing. Source: Unicode 16, ``Default_Ignorable_Code_Point``; besides, the empty Braille pattern and marks of annotations."""


@dataclass(frozen=True, slots=True, kw_only=True)
class IncidentTold:
    """What a platform tells of an incident without a file, with what it knows besides."""

    kind: records.IncidentKind
    """What it takes it for; people decide."""
    account_reference: str
    """Whom it is about, 1 to 255 characters."""
    what_happened: str
    """In words, 1 to 20,000 characters."""
    context: records.UploadContext
    """``uploaded_at`` is when it happened or began, ``content_reference`` the platform's own id of the incident."""
    said: tuple[records.Said, ...] = ()
    """An excerpt of the conversation, in its order."""
    ended_at: datetime | None = None
    flag: records.Flag | None = None
    """A user's complaint, where that is how the platform knows of it."""

    def upload(self, now: datetime) -> Upload:
        """Turn it into what is sealed, with its context.

        Raises:
            InputError: It is malformed, happened in the future, or nothing says what or where it happened.
        """
        context = self.context
        for field, at in (
            ("happened_at", context.uploaded_at),
            ("ended_at", self.ended_at),
            *(("message at", each.at) for each in self.said),
        ):
            if at is not None and at > now + CLOCK_TOLERANCE:
                raise InputError(f"{field}: in the future, expected when it happened")
        telling = records.Telling(
            kind=self.kind, account_reference=self.account_reference, reference=context.content_reference, surface=context.surface,
            happened_at=context.uploaded_at, ended_at=self.ended_at, what_happened=self.what_happened, said=self.said,
        )  # fmt: skip
        # Here and not in the record: what was sealed can be opened, whatever it says.
        if not _SEEN.search(self.what_happened):
            raise InputError(
                "what_happened: blank, for nothing of it can be seen, expected text",
                remedy="Write what happened in words. Marks that cannot be seen may stand among them.",
            )
        if not (self.said or context.url or (context.facts is not None and context.facts.incidents)):
            raise InputError(
                "incident: nothing says where it happened, expected messages, url, or a place in report",
                remedy="Add the messages, the web address, or what report takes: chats, games, emails, offline ...",
            )
        return Upload(
            content=write(telling), account_reference=self.account_reference, context=context, flag=self.flag
        )


def write(telling: records.Telling) -> bytes:
    """Write an account in its one form, in UTF-8: the same account always gives the same bytes."""
    said = [{"at": _at(each.at), "by": each.by, "text": each.text} for each in telling.said]
    fields: dict[str, Any] = {
        "form": _FORM, "version": _VERSION, "kind": telling.kind, "account": telling.account_reference, "reference": telling.reference,
        "surface": telling.surface, "happened_at": _at(telling.happened_at), "ended_at": _at(telling.ended_at),
        "what_happened": telling.what_happened, "messages": said,
    }  # fmt: skip
    return (json.dumps(fields, indent=1, ensure_ascii=False) + "\n").encode()


def read(content: bytes) -> records.Telling:
    """Read what was sealed.

    Raises:
        EvidenceError: It is none, or was changed.
    """
    try:
        fields = json.loads(content)
        said = tuple(
            records.Said(by=each["by"], text=each["text"], at=_read_at(each["at"]))
            for each in fields["messages"]
        )
        return records.Telling(
            kind=records.IncidentKind(fields["kind"]), account_reference=fields["account"], reference=fields["reference"],
            surface=fields["surface"], happened_at=datetime.fromisoformat(fields["happened_at"]), ended_at=_read_at(fields["ended_at"]),
            what_happened=fields["what_happened"], said=said,
        )  # fmt: skip
    except (ValueError, KeyError, TypeError, InputError) as error:
        raise EvidenceError("incident: what was sealed is no account, expected it as it was told") from error


def _at(at: datetime | None) -> str | None:
    return None if at is None else at.isoformat()


def _read_at(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)
