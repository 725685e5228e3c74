"""The audit log: who did what, whether it is what was signed, and a proof of each entry for outsiders."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

from starlette.responses import Response

from wardline import audit, records
from wardline.errors import InputError, RefusedError
from wardline.pipeline import reading
from wardline.pipeline.parts import SYSTEM
from wardline.web.console.desk import OVERSEERS, REVIEWERS, Desk, Page
from wardline.web.console.rendering import HEADERS, go, page, part

_SHOWN = 80
_MOST_SUBJECT = 255
_UNTIL_IN_THE_LOG = timedelta(minutes=1)
"""Entries get their positions within a second or so; until then the page knows from its address that a check was asked for."""
_POSITION = re.compile(r"[0-9]{1,18}", re.ASCII)
_ID = re.compile(r"(?P<kind>[a-z]+(?:-[a-z]+)*)-[0-9a-hjkmnp-tv-z]{26}(?![0-9a-z])")
_ROOMS = {
    "case": ("/cases/", REVIEWERS), "referral": ("/referrals/", OVERSEERS), "preservation": ("/preservations/", OVERSEERS),
    "destruction": ("/destructions/", OVERSEERS), "export": ("/exports/", OVERSEERS),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table."""

    position: int
    entry: records.Entry | None
    """None when what is stored cannot be read: somebody made something else of it."""
    who: str
    about: str
    detail: str
    """With short ids; the proof holds the whole ones."""


def show(desk: Desk) -> Response:
    """Show entries, newest first, and what the newest check found."""
    subject = desk.asked("record").strip()[:_MOST_SUBJECT]
    before = _position(desk.asked("before")) if desk.asked("before") else None
    lines, older = _about(desk, subject, before) if subject else _newest(desk, before)
    read = [(position, entry) for position, entry in lines if entry is not None]
    told = desk.wardline.told(read, user=desk.user)
    places = {position for position, _ in told}
    lines = [(position, entry) for position, entry in lines if entry is None or position in places]
    desk.wardline.note_log_reading(
        told, user=desk.user, page=f"{subject} {before}", subject_id=subject if _ID.fullmatch(subject) else ""
    )
    names = {user.id: user.name for user in desk.wardline.parts.store.users()}
    rows = [_row(position, entry, names) for position, entry in lines]
    more = {"before": older, **({"record": subject} if subject else {})}
    return page(
        desk, "audit", rows=rows, left_out=len(read) - len(told), subject=subject, label=_label(subject), record_at=_page_of(desk, subject), before=before,
        older=f"/audit?{urlencode(more)}" if older is not None else None, witnesses=desk.wardline.log_witnesses(), **_standing(desk),
    )  # fmt: skip


def verify(desk: Desk) -> Response:
    """Have the whole log and every record checked, as durable work."""
    asked = desk.wardline.ask_for_verification(user=desk.user)
    return go(f"/audit?{urlencode({'asked': asked})}")


def standing(desk: Desk) -> Response:
    """Give what the newest check found alone, for the page that waits for it."""
    return part(desk, "standing", **_standing(desk)) if desk.wants_part else go("/audit")


def proof(desk: Desk) -> Response:
    """Give the proof that an entry is in the signed log, as a file."""
    position = _position(desk.path("position"))
    made = desk.wardline.prove_entry(position)
    entry = reading.entry_of(made.leaf)
    if entry is not None:
        if not desk.wardline.told([(position, entry)], user=desk.user):
            raise RefusedError(
                f"entry {position}: about a case that you may have to judge, expected a settled one",
                remedy="Wait until the case is settled, or ask somebody who does not review.",
            )
        desk.wardline.note_log_reading([(position, entry)], user=desk.user, page=f"proof {position}")
    fields = audit.proof_fields(made, desk.wardline.parts.log_key.public_key())
    headers = {**HEADERS, "Content-Disposition": f'attachment; filename="proof-{position}.json"'}
    return Response(json.dumps(fields, indent=2) + "\n", media_type="application/json", headers=headers)


_Lines = list[tuple[int, records.Entry | None]]


def _newest(desk: Desk, before: int | None) -> tuple[_Lines, int | None]:
    """Give a page of the whole log, and where the next one begins. A position whose entry cannot be read stays in it."""
    size = desk.wardline.parts.store.log_size()
    stop = size if before is None else min(before, size)
    start = max(0, stop - _SHOWN)
    found = dict(desk.wardline.newest_entries(_SHOWN, before=stop))
    return [(each, found.get(each)) for each in reversed(range(start, stop))], start or None


def _about(desk: Desk, subject: str, before: int | None) -> tuple[_Lines, int | None]:
    found = desk.wardline.entries_about(subject, _SHOWN + 1, before=before)
    return list(found[:_SHOWN]), found[_SHOWN - 1][0] if len(found) > _SHOWN else None


def _row(position: int, entry: records.Entry | None, names: Mapping[str, str]) -> Row:
    if entry is None:
        return Row(position, None, "", "", "")
    detail = _ID.sub(lambda found: _label(found[0]), entry.detail)
    return Row(position, entry, _who(entry.actor, names), _label(entry.subject_id), detail)


def _who(actor: str, names: Mapping[str, str]) -> str:
    if actor == SYSTEM:
        return "Wardline"
    return names.get(actor, "a key" if actor.startswith("api-key-") else "somebody")


def _label(subject: str) -> str:
    """Write a record's kind and the end of its id; anything else as it is."""
    found = _ID.fullmatch(subject)
    return f"{found['kind'].replace('-', ' ')} {subject[-6:].upper()}" if found else subject


def _page_of(desk: Desk, subject: str) -> str | None:
    """Find the page of a record, if there is one that this person may open."""
    found = _ID.fullmatch(subject)
    address, roles = _ROOMS.get(found["kind"] if found else "", ("", frozenset()))
    return address + subject if desk.user.role in roles else None


def _standing(desk: Desk) -> dict[str, Any]:
    found = desk.wardline.log_standing()
    asked = desk.asked("asked")
    since = found.under_way_since or (desk.now if _is_on_its_way(desk, asked, found.asked_id) else None)
    return {
        "standing": found, "since": since, "asked": asked if since else "",
        "size": desk.wardline.parts.store.log_size(),
    }  # fmt: skip


def _is_on_its_way(desk: Desk, asked: str, newest_in_log: str | None) -> bool:
    """Whether a check was asked for so lately that the log, read by position, does not tell of it yet."""
    if not re.fullmatch(r"verification-[0-9a-hjkmnp-tv-z]{26}", asked):
        return False
    youngest = records.new_id("verification", desk.now - _UNTIL_IN_THE_LOG, bytes(10))
    return youngest <= asked and (newest_in_log is None or newest_in_log < asked)


def _position(text: str) -> int:
    if not _POSITION.fullmatch(text):
        raise InputError("audit log: malformed position, expected a number from 0")
    return int(text)


PAGES = (
    Page("GET", "/audit", OVERSEERS, show),
    Page("POST", "/audit/verification", OVERSEERS, verify),
    Page("GET", "/audit/verification", OVERSEERS, standing),
    Page("GET", "/audit/{position}/proof", OVERSEERS, proof),
)
