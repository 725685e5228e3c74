"""Tech Against Terrorism's hash list: verified terrorist content."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from wardline import ports, records
from wardline.adapters.exchanges.answers import foreign
from wardline.adapters.exchanges.cursors import Cursors
from wardline.adapters.exchanges.options import (
    SANDBOX,
    needs_extra,
    require_options,
    sandbox_url,
    secret_text,
)
from wardline.adapters.exchanges.pages import Found, Malformed, PageReading, Untaken, hash_of
from wardline.errors import RefusedError
from wardline.records import HashKind, ListMeaning

if TYPE_CHECKING:
    from wardline.adapters.exchanges.tat_client import TatClient

_KINDS = {"MD5": HashKind.MD5, "SHA1": HashKind.SHA1, "SHA256": HashKind.SHA256, "PDQ": HashKind.PDQ}
_OTHERS = frozenset({"TMK", "TMK_PDQF", "VPDQ", "PDNA", "TLSH"})
_MOST_CHECKPOINT = 200


def create(
    name: str,
    options: Mapping[str, str],
    secret: bytes,
    *,
    folder: Path,  # noqa: ARG001 - every exchange is given the folder
    now: Callable[[], datetime],  # noqa: ARG001 - and the time
) -> ports.HashExchange:
    """Make the exchange. Options: ``username``, and ``sandbox_url``; the secret is the password."""
    require_options(name, options, needed=("username",), allowed=(SANDBOX,))
    sandbox, password = sandbox_url(name, options), secret_text(name, secret)
    with needs_extra(name):
        from wardline.adapters.exchanges.tat_client import TatClient
    client = TatClient(name, options["username"], password, sandbox)
    return TatExchange(name, client, is_sandbox=sandbox is not None)


class TatExchange:
    """``ports.HashExchange`` for Tech Against Terrorism. A cursor is the checkpoint of the last page.

    Pages are asked for after the checkpoint of the one before, and not by the offset that ``next`` gives: an entry that changes meanwhile moves
    to the end of the list, and another one would move across an offset unseen. ``next`` only says whether there is more.
    """

    def __init__(self, name: str, client: TatClient, *, is_sandbox: bool) -> None:
        self._name, self._client, self._is_sandbox = name, client, is_sandbox
        self._cursors = Cursors(name, "tat", "sandbox" if is_sandbox else "production")
        self._untaken: Counter[str] = Counter()

    @property
    def meanings(self) -> frozenset[ListMeaning]:
        """Terrorist content, and nothing else."""
        return frozenset({ListMeaning.EXTREMIST})

    @property
    def describes_itself(self) -> str:
        """Name the exchange."""
        return "Tech Against Terrorism hash list" + (" (sandbox)" if self._is_sandbox else "")

    @property
    def untaken(self) -> Mapping[str, int]:
        """What was well formed and not taken, since the fetch began here, by fixed phrases."""
        return dict(self._untaken)

    def fetch(self, cursor: str | None) -> records.HashListPage:
        """Give the next page. See ``ports.HashExchange``."""
        state = self._cursors.read(cursor) if cursor is not None else None
        after = state.text("after") if state is not None else ""
        if state is None or "more" not in state:
            self._untaken.clear()
        answer = self._client.page(after)
        found = answer.get("results")
        if not isinstance(found, list) or "next" not in answer:
            raise foreign(self._name, "a JSON object without results or next")
        page = PageReading(self._untaken)
        for place, entry in enumerate(found, start=1):
            _read_entry(entry, place, page)
        checkpoint = self._checkpoint(answer) or after
        if not answer["next"]:
            return page.finish(resume=self._cursors.write(after=checkpoint))
        if checkpoint == after:
            raise foreign(self._name, "a page with more behind it that does not go on")
        return page.finish(cursor=self._cursors.write(after=checkpoint, more=1))

    def feed_back(self, entry: records.EntryChange, verdict: records.Verdict) -> None:  # noqa: ARG002 - none is taken
        """Refuse: the hash list takes no word back."""
        raise RefusedError(
            f"exchange {self._name}: takes no feedback, expected none to be sent",
            remedy="Write to Tech Against Terrorism if an entry is wrong.",
        )

    def _checkpoint(self, answer: Mapping[str, Any]) -> str:
        checkpoint = answer.get("checkpoint") or ""
        if not isinstance(checkpoint, str) or len(checkpoint) > _MOST_CHECKPOINT or not checkpoint.isascii():
            raise foreign(self._name, "a page whose checkpoint is no short text")
        return checkpoint


def _read_entry(entry: object, place: int, page: PageReading) -> None:
    if not isinstance(entry, dict):
        page.skip(place, "not a JSON object")
        return
    number, deleted = entry.get("id"), entry.get("deleted")
    if isinstance(number, bool) or not isinstance(number, int | str) or not str(number).isalnum():
        page.skip(place, "no id")
    elif not isinstance(deleted, bool):
        page.skip(place, "does not say whether it was deleted")
    elif deleted:
        page.withdraw(place, str(number))
    else:
        page.tell(place, str(number), _digests(entry))


def _digests(entry: Mapping[str, Any]) -> Iterator[Found]:
    algorithm = entry.get("algorithm")
    name = algorithm.upper().replace("-", "") if isinstance(algorithm, str) else ""
    if name in _KINDS:
        yield hash_of(_KINDS[name], entry.get("hash_digest"))
    elif name in _OTHERS:
        yield Untaken(f"{name} hashes")
    else:
        yield Malformed("a hash of an unknown algorithm")
