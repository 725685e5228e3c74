"""Evidence goes from one vault to another as it is sealed: copied and compared, object by object, then removed where it was.

Everything may be done again: what is there is compared and left. Nothing is opened but in memory, to see that it can be.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import Enum

from wardline import ports, records
from wardline.errors import EvidenceError, NotFoundError, UnknownMasterKeyError
from wardline.pipeline import fencing
from wardline.pipeline.parts import Parts
from wardline.records import Verb

SUBJECT = "vault"
_AT_ONCE = 500


class _Became(Enum):
    """What became of an object."""

    COPIED = "copied"
    THERE = "there"
    GONE = "gone"
    DAMAGED = "damaged"


@dataclass(slots=True, kw_only=True)
class Copied:
    """What a pass over a vault did."""

    copied: int = 0
    there: int = 0
    """Was there already, with the same content."""
    gone: int = 0
    """Destroyed while it was copied."""
    removed: int = 0
    """Destroyed: in the copy, for it is destroyed in the vault; or in the former vault, for it is in the present one."""
    damaged: list[str] = field(default_factory=list)
    """Ids of what cannot be opened. It stays where it is."""

    def note(self, became: _Became, object_id: str) -> None:
        """Count what became of an object."""
        match became:
            case _Became.COPIED:
                self.copied += 1
            case _Became.THERE:
                self.there += 1
            case _Became.GONE:
                self.gone += 1
            case _Became.DAMAGED:
                self.damaged.append(object_id)


def copy_all(parts: Parts, source: ports.SealedVault, target: ports.SealedVault) -> Copied:
    """Copy what a vault holds to another one, and compare each object there. What was destroyed since an earlier pass is destroyed there too."""
    found, seen = Copied(), set[tuple[str, str]]()
    for object_id, purpose, _ in source.inventory():
        seen.add((object_id, purpose))
        found.note(_bring(source, target, object_id, purpose), object_id)
        parts.reached("vault-copy:copied")
    if not fencing.stands(parts):
        left = [(name, purpose) for name, purpose, _ in target.inventory() if (name, purpose) not in seen]
        for object_id, purpose in _over(parts, left):
            target.destroy(object_id, purpose)
            found.removed += 1
    return found


def leave(parts: Parts, former: ports.SealedVault, present: ports.SealedVault) -> Copied:
    """Destroy in a former vault what the present one holds, each after it was compared there; what is missing there is brought first.

    What is damaged stays in the former one, unless the present one has it whole: so does what a pass that ended left half destroyed.
    """
    found = Copied()
    every = [(name, purpose) for name, purpose, _ in former.inventory()]
    for start in range(0, len(every), _AT_ONCE):
        some = every[start : start + _AT_ONCE]
        over = set(_over(parts, some))
        for object_id, purpose in some:
            if (object_id, purpose) not in over:
                became = _bring(former, present, object_id, purpose)
                is_whole = became in (_Became.COPIED, _Became.THERE)
                if not is_whole and not _is_rest(former, present, object_id, purpose):
                    found.note(became, object_id)
                    continue
                found.note(became if is_whole else _Became.THERE, object_id)
            former.destroy(object_id, purpose)
            found.removed += 1
            parts.reached("vault-copy:left")
    return found


def tell(parts: Parts, verb: Verb, found: Copied, *, where: str, user: records.User) -> None:
    """Write into the log that a pass over a vault is over."""
    detail = f"{where}: {found.copied} copied, {found.there} there, {found.removed} removed, {len(found.damaged)} damaged"
    parts.store.commit(entries=[parts.entry(verb, SUBJECT, actor=user.id, detail=detail)])


def _bring(source: ports.SealedVault, target: ports.SealedVault, object_id: str, purpose: str) -> _Became:
    """Bring one object, unless it is there, and compare."""
    try:
        sealed = source.sealed(object_id, purpose)
    except NotFoundError:
        return _Became.GONE
    try:
        if _is_same(target, object_id, purpose, sealed, source):
            return _Became.THERE
        target.put(object_id, purpose, sealed)
        _require_same(target, object_id, purpose, sealed, source)
    except UnknownMasterKeyError:
        raise
    except EvidenceError:
        return _Became.DAMAGED
    return _Became.COPIED


def _is_rest(former: ports.SealedVault, present: ports.SealedVault, object_id: str, purpose: str) -> bool:
    """Say whether a vault holds no more than a rest of what the present one has whole: it was ended while it destroyed it."""
    return _opens(present, object_id, purpose) and not _opens(former, object_id, purpose)


def _opens(vault: ports.SealedVault, object_id: str, purpose: str) -> bool:
    try:
        vault.open(object_id, purpose)
    except UnknownMasterKeyError:
        raise
    except (EvidenceError, NotFoundError):
        return False
    return True


def _require_same(
    target: ports.SealedVault, object_id: str, purpose: str, sealed: bytes, source: ports.SealedVault
) -> None:
    if not _is_same(target, object_id, purpose, sealed, source):
        raise EvidenceError(f"evidence {object_id} ({purpose}): not where it was put, expected it there")


def _is_same(
    target: ports.SealedVault, object_id: str, purpose: str, sealed: bytes, source: ports.SealedVault
) -> bool:
    """Say whether an object is there; ``EvidenceError`` where it is another one, or cannot be opened there."""
    try:
        theirs = target.sealed(object_id, purpose)
    except NotFoundError:
        return False
    content = _digest(target.open(object_id, purpose))  # in memory: it can be opened where it is now
    # A key that was wrapped anew in between makes another header over the same content.
    if _digest(theirs) != _digest(sealed) and _digest(source.open(object_id, purpose)) != content:
        raise EvidenceError(
            f"evidence {object_id} ({purpose}): two vaults hold other content, expected the same"
        )
    return True


def _over(parts: Parts, objects: Sequence[tuple[str, str]]) -> list[tuple[str, str]]:
    """Give the objects of files that are destroyed, as their records say. What no record knows is left alone."""
    ids = list({name for name, _ in objects})
    if not ids:
        return []
    known = set(parts.store.several_items(ids)) - set(parts.store.sealed_items(ids))
    return [each for each in objects if each[0] in known]


def _digest(content: bytes) -> bytes:
    return hashlib.sha256(content).digest()
