"""Are the records still what the log says of them? Shared by all stores."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Protocol

from wardline.adapters.stores import codec, kinds
from wardline.adapters.stores.preparation import LOAD, REMOVED

BATCH = 200
"""Lines whose records are looked up together."""

Line = tuple[bytes, bytes | None]
"""Leaf and salt; the salt is None where it was erased."""
Claims = dict[str, dict[str, tuple[str, bytes]]]
"""Kind, then record id: what the log says its digest is, and under which salt."""


class Stored(Protocol):
    """What is to be checked, all of one moment."""

    def rows(self, kind: kinds.Kind, ids: Sequence[str]) -> Mapping[str, codec.Row]:
        """Look up rows by id; what is missing is left out."""
        ...

    def ids(self, kind: kinds.Kind) -> Iterable[str]:
        """Give every stored id of a kind."""
        ...

    def members(self, load_id: str) -> Mapping[str, str]:
        """Give the digests of what was loaded together, by ``<kind>:<id>``."""
        ...


def drifted(newest_first: Iterable[Line], stored: Stored) -> Iterator[str]:
    """Find records that the log does not vouch for.

    Returns:
        ``<kind>:<id>`` of each record whose row differs from its newest line, is missing though not removed, is there though
        removed, or has no line at all; ``load:<id>`` where the digests of a load were changed.
    """
    seen: set[str] = set()
    lines = iter(newest_first)
    while batch := list(islice(lines, BATCH)):
        claims: Claims = defaultdict(dict)
        for line in batch:
            yield from _note(line, stored, seen, claims)
        for kind, claimed in claims.items():
            rows = stored.rows(kinds.BY_NAME[kind], list(claimed))
            yield from (
                f"{kind}:{each}"
                for each, claim in claimed.items()
                if not _agrees(kinds.BY_NAME[kind], rows.get(each), *claim)
            )
    for known in kinds.KINDS:
        for record_id in stored.ids(known):
            if f"{known.name}:{record_id}" not in seen:
                yield f"{known.name}:{record_id}"


def _note(line: Line, stored: Stored, seen: set[str], claims: Claims) -> Iterator[str]:
    """Collect what a line says of records that no newer line spoke of; gives the loads whose own digests were changed."""
    leaf, salt = line
    said = _digests(leaf)
    for key, digest in said.items():
        if key.startswith(f"{LOAD}:"):
            continue
        _claim(key, digest, salt, seen, claims)
    for key, digest in said.items():
        if not key.startswith(f"{LOAD}:"):
            continue
        members = stored.members(key.partition(":")[2])
        if salt is not None and codec.digest_of_load(members, salt) != digest:
            yield key
        for member, member_digest in members.items():
            _claim(member, member_digest, salt, seen, claims)


def _claim(key: str, digest: str, salt: bytes | None, seen: set[str], claims: Claims) -> None:
    kind, _, record_id = key.partition(":")
    if key in seen or kind not in kinds.BY_NAME:
        return
    seen.add(key)
    if salt is not None or digest == REMOVED:
        claims[kind][record_id] = (digest, salt or b"")


def _digests(leaf: bytes) -> dict[str, str]:
    """Read a line's digests. A leaf that is no longer JSON has none: its hash gives it away, and its records then lack a line."""
    try:
        digests = json.loads(leaf)["digests"]
        return {str(key): str(digest) for key, digest in digests.items()}
    except (ValueError, KeyError, TypeError, AttributeError):
        return {}


def _agrees(kind: kinds.Kind, row: codec.Row | None, digest: str, salt: bytes) -> bool:
    if digest == REMOVED or row is None:
        return digest == REMOVED and row is None
    return codec.digest(row, salt, later=kind.later) == digest
