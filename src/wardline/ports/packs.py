"""Receivers to whom nothing can be sent: what is finished is a pack, and a person files it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol, runtime_checkable

from wardline.ports.outside import Authority


class PackKeeper(Protocol):
    """Where whole packs are kept, also those of receivers that the settings do not name any more."""

    def packs(self) -> Iterator[tuple[str, str]]:
        """Give the referral and the id of every whole pack that is kept."""
        ...

    def open_pack(self, pack_id: str) -> bytes:
        """Give a whole pack, byte for byte; ``NotFoundError`` when there is none of this id."""
        ...

    def forget_pack(self, pack_id: str) -> None:
        """Delete a pack; one that is gone is no error."""
        ...


@runtime_checkable
class PackMaker(PackKeeper, Authority, Protocol):
    """An authority whose finished reports are packs. Its ``finish`` answers with ``awaits_filing``, and so does a refusal that says it is
    finished."""
