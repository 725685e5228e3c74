"""Evidence taken out with its chain of custody: the file sealed for its receiver, and every entry of the signed log about it, each proved."""

from __future__ import annotations

import hashlib
import io
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PublicKey

from wardline import audit, preservation, records
from wardline.errors import ConfigurationError, ConflictError, InputError
from wardline.pipeline import appeal_looks, blindness, bundles, people, reading, subjects
from wardline.pipeline.parts import ORIGINAL, Parts
from wardline.records import HoldState, Scope, Verb

_MOST = 1_000
"""Newest entries about one record; where there are older ones, the package says that it is not complete."""
_TELLS_OF_CASE = frozenset({
    Verb.CASE_OPENED, Verb.CASE_REVEALED, Verb.CASE_COVERED, Verb.CASE_LOOKED_INTO, Verb.CASE_DECIDED, Verb.CASE_CLOSED,
    Verb.EXPORT_MADE,
})  # fmt: skip
"""Of a case, what was done with its files; the rest is about people's work."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HoldPackage:
    """A package as it is handed over."""

    name: str
    content: bytes
    events: int
    """Entries of the log in it."""
    recipient: str
    """SHA-256 of the key that it is sealed for."""


def export(
    parts: Parts, hold_id: str, *, recipient: X25519PublicKey, cause: records.ExportCause, user: records.User,
    sequence: Callable[[], object], prove_entry: Callable[[int], audit.Proof],
) -> HoldPackage:  # fmt: skip
    """Make the package of a file that is held. The log has it before the file is opened, and so has the package.

    Args:
        parts: The installation's.
        hold_id: What keeps the file.
        recipient: The key of whoever gets it: nobody else can open the file in it, and neither can we.
        cause: On whose word.
        user: Who does it; they manage.
        sequence: Gives what waits in the log its place, under a checkpoint.
        prove_entry: Proves an entry by its position.

    Raises:
        NotAllowedError: The role does not allow it.
        RefusedError: This person may have to judge the case without knowing what came of it, or could answer its appeal yet.
        ConflictError: The hold ended, or the file is gone.
    """
    hold, item = require_exportable(parts, hold_id, user)
    key = preservation.fingerprint(recipient)
    package_id = parts.new_id("package")
    detail = f"{package_id} of {hold.id}, {cause.words}, key {key}"
    parts.store.commit(entries=[parts.entry(Verb.EXPORT_MADE, item.id, actor=user.id, detail=detail)])
    sequence()
    content = parts.vault.open(item.id, ORIGINAL)
    entries, complete = _about(parts, hold, item)
    events = list(_events(parts, entries, prove_entry))
    said = _said(parts, hold, item, content, cause, user)
    sealed = preservation.seal(
        content,
        recipient,
        secret=parts.entropy(preservation.SECRET_BYTES),
        about=f"{package_id}\n{item.id}".encode(),
    )
    members = (
        preservation.Member.of("hold.json", _json(said)),
        preservation.Member.of(
            "custody.json",
            _json({"form": "wardline-custody", "version": 1, "complete": complete, "events": events}),
        ),
        preservation.Member.of("evidence-1.sealed", sealed),
    )
    about = {
        "kind": "custody", "pack": package_id, "hold": hold.id, "recipient_key": key,
        "evidence": [
            {"item": item.id, "number": 1, **_kind_of(item), "sha256": said["file"]["sha256"], "size_bytes": len(content), "sealed": "evidence-1.sealed"}
        ],
    }  # fmt: skip
    into = io.BytesIO()
    preservation.write_package(into, members, about, parts.log_key)
    return HoldPackage(
        name=f"{hold.id}-{package_id}.zip", content=into.getvalue(), events=len(events), recipient=key
    )


def require_exportable(parts: Parts, hold_id: str, user: records.User) -> tuple[records.Hold, records.Item]:
    """Give a hold with its file to somebody who may take it out.

    Raises:
        NotAllowedError: The role does not allow it.
        RefusedError: This person may have to judge the case without knowing what came of it, or could answer its appeal yet.
        ConflictError: The hold ended, or the file is gone.
    """
    cases = cases_of(parts, hold_id, user)
    appeal_looks.require_left(parts, cases, user)
    hold = parts.store.hold(hold_id)
    item = parts.store.item(hold.item_id)
    if hold.state is not HoldState.ACTIVE or not item.sealed:
        raise ConflictError(f"{hold.id}: keeps nothing any more, expected a hold whose file is kept")
    return hold, item


def cases_of(parts: Parts, hold_id: str, user: records.User) -> list[str]:
    """Name the cases of which the package of a held file would tell something, to somebody who may take it out if they answer no appeal of them.

    Raises:
        NotAllowedError: The role does not allow it.
        RefusedError: This person may have to judge one of them without knowing what came of it.
    """
    people.require_scope(user, Scope.MANAGE)
    hold = parts.store.hold(hold_id)
    reports = parts.store.referrals(case_id=hold.case_id)
    found = sorted({hold.case_id}.union(*(subjects.cases_in(parts, each) for each in reports)))
    for case_id in found:
        blindness.require_open(parts, case_id, user)  # what is told of a report is told of every file in it
    return found


def recipient_of(pem: str) -> X25519PublicKey:
    """Read the key of whoever gets a package, as a person pasted it.

    Raises:
        InputError: It is none, or of another kind.
    """
    try:
        return preservation.read_recipient(pem.strip().encode("ascii", "replace"))
    except ConfigurationError as error:
        raise InputError(error.message, remedy=error.advice) from None


def _said(
    parts: Parts, hold: records.Hold, item: records.Item, content: bytes, cause: records.ExportCause, user: records.User
) -> dict[str, Any]:  # fmt: skip
    # The receipt of a report of several is the one that the others joined.
    receipts = (parts.store.receipt_of(each) for each in _reports_about(parts, hold))
    return {
        "form": "wardline-hold", "version": 1, "log": parts.log_origin, "exported_at": parts.now().isoformat(), "exported_by": user.id,
        "reason": cause.reason, "reference": cause.reference,
        "hold": {
            "id": hold.id, "basis": hold.basis, "placed_at": hold.placed_at.isoformat(), "until": hold.until.isoformat(), "case": hold.case_id,
            "referral": hold.referral_id, "request": hold.preservation_id,
        },
        "file": {
            "item": item.id, **_kind_of(item), "received_at": item.received_at.isoformat(), "size_bytes": len(content),
            "sha256": hashlib.sha256(content).hexdigest(), "hashes": {each.kind: each.value for each in item.hashes},
        },
        "receipts": [
            {"id": each.id, "number": each.remote_id, "received_at": each.received_at.isoformat(), "sha256": hashlib.sha256(each.body).hexdigest()}
            for each in receipts
            if each is not None
        ],
    }  # fmt: skip


def _kind_of(item: records.Item) -> dict[str, str | None]:
    """Say what the sealed file is to whoever opens it: what they were told of may be no file that anybody uploaded."""
    if item.told is not None:
        return {"kind": "words", "format": "json", "told_as": item.told}
    if item.picture is not None:
        return {"kind": "picture", "format": item.picture.format}
    return {"kind": "unreadable", "format": None}


def _about(parts: Parts, hold: records.Hold, item: records.Item) -> tuple[dict[int, records.Entry], bool]:
    """Give every signed entry about the file by its position, and whether these are all."""
    subjects = [item.id, *(each.id for each in parts.store.holds_of(item.id))]
    subjects += [each.id for each in parts.store.referrals(case_id=hold.case_id)]
    subjects = list(dict.fromkeys((*subjects, *_reports_about(parts, hold))))
    found = dict[int, records.Entry]()
    # As many as were found by their places: one that somebody made unreadable is missing, and that is said.
    places = [len(parts.store.log_positions_of(each, most=_MOST)) for each in (*subjects, hold.case_id)]
    read = list[int]()
    for subject in subjects:
        lines = reading.about(parts, subject, _MOST)
        read.append(len(lines))
        found.update(lines)
    lines = reading.about(parts, hold.case_id, _MOST)
    read.append(len(lines))
    for position, entry in lines:
        names_another = "item-" in entry.detail and item.id not in entry.detail
        if entry.verb in _TELLS_OF_CASE and not names_another:
            found[position] = entry
    return found, max(read) < _MOST and all(got >= known for got, known in zip(read, places, strict=True))


def _reports_about(parts: Parts, hold: records.Hold) -> list[str]:
    """Give the ids of the referrals in whose reports the files of a case are."""
    found = parts.store.referrals(case_id=hold.case_id)
    return list(dict.fromkeys(bundles.lead_of(parts, each).id for each in found))


def _events(
    parts: Parts, found: dict[int, records.Entry], prove_entry: Callable[[int], audit.Proof]
) -> Iterator[dict[str, Any]]:
    """Write the entries, oldest first, each with its proof."""
    for position in sorted(found):
        entry = found[position]
        yield {
            "position": position, "verb": entry.verb, "subject": entry.subject_id, "actor": entry.actor, "at": entry.at.isoformat(timespec="microseconds"),
            "detail": entry.detail, "proof": audit.proof_fields(prove_entry(position), parts.log_key.public_key()),
        }  # fmt: skip


def _json(said: Any) -> bytes:
    return json.dumps(said, sort_keys=True, indent=1, ensure_ascii=False).encode()
