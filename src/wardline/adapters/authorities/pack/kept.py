"""The packs of an installation, whoever they are for: also for a receiver that its settings do not name any more."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from wardline.adapters.authorities.pack.folder import PackFolder
from wardline.errors import NotFoundError


class KeptPacks:
    """A ``ports.PackKeeper`` over the folder that all receivers of packs share.

    Args:
        folder: Where packs are kept; need not exist.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = PackFolder(folder, lambda _name: None)

    def packs(self) -> Iterator[tuple[str, str]]:
        """Give the referral and the id of every whole pack."""
        yield from ((referral_id, pack_id) for referral_id, pack_id, _ in self._folder.every())

    def open_pack(self, pack_id: str) -> bytes:
        """Give a whole pack, byte for byte; ``NotFoundError`` when there is none of this id."""
        found = self._folder.whole(pack_id)
        if found is None:
            raise NotFoundError("pack: none of this id is kept, expected a whole one")
        return found.read_bytes()

    def forget_pack(self, pack_id: str) -> None:
        """Delete a pack, whole or not; one that is gone is no error."""
        self._folder.forget(pack_id)
