"""A scan of a library: files that come from no platform are compared with the active lists, and nothing of them is kept."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from wardline import intake, matching, ports, records
from wardline.errors import ConflictError, WardlineError
from wardline.pipeline import people
from wardline.pipeline.lookup import Lookup
from wardline.pipeline.parts import Parts
from wardline.records import HashKind, Precision, Scope, Verb


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """What came of one file."""

    hashes: tuple[records.Hash, ...]
    """Exact ones only. The cryptographic ones always; a PDQ when the file is near an entry, or when exact hashes were asked for."""
    matches: tuple[records.Match, ...]
    """Nearest first."""
    too_plain: bool
    """Whether its picture says too little for PDQ, as one of a single colour does: it was compared byte for byte only."""
    failures: tuple[records.Unscannable, ...]
    """What should have judged the file and could not. With any of these, no match does not mean that it is on no list."""


class LibraryScan:
    """One person's scan of a library. ``Wardline.scan`` begins one. Safe to call from many threads.

    It answers which files are on the lists, so the log tells who asked: once when it begins, before the first answer, and once when it
    ends. What is scanned never becomes an item: there is no account to act against and no case to decide.
    """

    def __init__(
        self, parts: Parts, lookup: Lookup, *, user: records.User, media: ports.Media | None = None
    ) -> None:
        """See ``Wardline.scan``."""
        people.require_scope(user, Scope.MANAGE)
        active = [
            each
            for each in parts.store.hash_lists()
            if each.state is records.HashListState.ACTIVE and each.role is records.ListRole.BANK
        ]
        if not active:
            raise ConflictError(
                "hash lists: none is active, expected at least one to compare with",
                remedy="`wardline hash-list add` and `wardline hash-list activate`, by two people.",
            )
        self._parts, self._lookup, self._user = parts, lookup, user
        self._media = media or parts.media
        self.list_names: Mapping[str, str] = {each.id: each.name for each in active}
        """Of the lists that were active when it began, by id."""
        self.stamp = parts.store.lists_stamp()
        """Of these lists: it changes when one of them does."""
        lookup.refresh()
        self.id = parts.new_id("scan")
        parts.store.commit(entries=[parts.entry(Verb.SCAN_BEGUN, self.id, actor=user.id)])

    def compare(self, content: bytes, *, precision: Precision = Precision.FAST) -> Compared:
        """Hash one file in the sandbox and look it up. One that no decoder can read is still looked up byte for byte.

        Args:
            content: The file.
            precision: Fast: as an upload is scanned, at a glance, and exactly only what seems to be near an entry.
        """
        certain: tuple[records.Match, ...] = ()
        if precision is Precision.FAST:
            glance = self._media.hash(content, precision=Precision.FAST)
            if isinstance(glance, records.Unscannable):
                return self._compared(intake.digests(content), (glance,))
            found, failures = self._found(glance.hashes, margin_bits=matching.FAST_ERROR_BITS)
            if not found.matches:
                seen = _told(glance.hashes, found.matches, failures)
                # A fast hash must not get out: others would take it for an exact one.
                return replace(seen, hashes=_cryptographic(seen.hashes))
            certain = found.certain
        examined = self._media.hash(content, precision=Precision.EXACT)
        if isinstance(examined, records.Unscannable):
            exact = self._compared(intake.digests(content), (examined,))
            return replace(exact, matches=exact.matches or certain)
        return self._compared(examined.hashes, ())

    def compare_hashes(self, hashes: tuple[records.Hash, ...], *, why: str) -> Compared:
        """Look up a file that cannot be decoded.

        Args:
            hashes: Its cryptographic hashes.
            why: The reason, a fixed phrase.
        """
        return self._compared(hashes, (records.Unscannable(source="scan", reason=why),))

    def lists_changed(self) -> bool:
        """Tell whether the active lists are other ones than when it began: then some files were compared with the earlier ones."""
        return self._parts.store.lists_stamp() != self.stamp

    def end(self, *, files: int, matches: int, not_scanned: int, whole: bool) -> None:
        """Write into the log what came of it; call once.

        Args:
            files: How many were compared.
            matches: How many of them are on a list.
            not_scanned: How many could not be read or decoded.
            whole: Whether it came to its end.
        """
        told = f"{files} files, {matches} on a list, {not_scanned} not scanned; {'complete' if whole else 'interrupted'}"
        entry = self._parts.entry(Verb.SCAN_ENDED, self.id, actor=self._user.id, detail=told)
        self._parts.store.commit(entries=[entry])

    def _compared(
        self, hashes: tuple[records.Hash, ...], failures: tuple[records.Unscannable, ...]
    ) -> Compared:
        found, more = self._found(hashes, margin_bits=0)
        return _told(hashes, found.matches, (*failures, *more))

    def _found(
        self, hashes: tuple[records.Hash, ...], *, margin_bits: int
    ) -> tuple[matching.Findings, tuple[records.Unscannable, ...]]:
        try:
            return self._lookup.find(hashes, margin_bits=margin_bits), ()
        except WardlineError:
            failure = records.Unscannable(source="matching", reason="lists could not be searched")
            return matching.Findings(), (failure,)


def _told(
    hashes: tuple[records.Hash, ...],
    matches: tuple[records.Match, ...],
    failures: tuple[records.Unscannable, ...],
) -> Compared:
    qualities = [each.quality for each in hashes if each.quality is not None]
    too_plain = bool(qualities) and max(qualities) < matching.MIN_PDQ_QUALITY
    return Compared(hashes=hashes, matches=matches, too_plain=too_plain, failures=failures)


def _cryptographic(hashes: tuple[records.Hash, ...]) -> tuple[records.Hash, ...]:
    return tuple(each for each in hashes if each.kind is not HashKind.PDQ)
