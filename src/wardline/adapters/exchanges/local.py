"""A file on this machine that somebody replaces from time to time: read whole whenever it has changed."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from wardline import ports, records
from wardline.adapters import hash_lists
from wardline.adapters.exchanges.cursors import Cursors
from wardline.adapters.exchanges.options import require_options
from wardline.errors import (
    ConfigurationError,
    ConflictError,
    HashExchangeError,
    InputError,
    RefusedError,
)
from wardline.records import ListForm, ListMeaning

_FORMS = tuple(form for form in ListForm if form is not ListForm.VICS)
"""VICS needs a profile of categories; such a document is added by hand."""


def create(
    name: str,
    options: Mapping[str, str],
    secret: bytes,  # noqa: ARG001 - every exchange is given one, and this needs none
    *,
    folder: Path,
    now: Callable[[], datetime],  # noqa: ARG001 - and the time
) -> ports.HashExchange:
    """Make the exchange. Options: ``path``, from the installation's folder, and ``format``."""
    require_options(name, options, needed=("path",), allowed=("format",))
    form = options.get("format", ListForm.AUTO)
    if form not in _FORMS:
        raise ConfigurationError(
            f"exchange {name}: option format is unknown, expected one of {', '.join(_FORMS)}"
        )
    path = folder / options["path"]

    def opened() -> ports.HashListSource:
        return hash_lists.open_source(path, form=ListForm(form))

    try:
        opened()
    except InputError:
        raise ConfigurationError(
            f"exchange {name}: option path has an unknown suffix, expected .csv, .json or .jsonl, or the option format"
        ) from None
    return LocalExchange(name, path, opened)


class LocalExchange:
    """``ports.HashExchange`` over a file. A cursor is how far it was read, or a digest of what was read to the end.

    A file that is as it was gives nothing; one that has changed, also in the middle of a fetch, is told from the start again, as what it is now.
    """

    def __init__(self, name: str, path: Path, opened: Callable[[], ports.HashListSource]) -> None:
        self._name, self._path, self._opened = name, path, opened
        self._source = opened()
        self._cursors = Cursors(name, "local", "this machine")

    @property
    def meanings(self) -> frozenset[ListMeaning]:
        """Whoever writes the file knows."""
        return frozenset(ListMeaning)

    @property
    def describes_itself(self) -> str:
        """Say that it is a file, and not which."""
        return "a file on this machine"

    @property
    def untaken(self) -> Mapping[str, int]:
        """What was well formed and not taken, since the fetch began here, by fixed phrases."""
        counts: Mapping[str, int] = getattr(self._source, "untaken", {})
        return dict(counts)

    def fetch(self, cursor: str | None) -> records.HashListPage:
        """Give the next page. See ``ports.HashExchange``."""
        state = self._cursors.read(cursor) if cursor is not None else None
        try:
            if state is None:
                return self._begin(restarted=False)
            if "place" in state:
                return self._go_on(state.text("place"))
            if state.text("sha256") == self._digest()[0]:
                return records.HashListPage(added=(), malformed=(), cursor=None, resume=cursor)
            return self._begin(restarted=True)
        except (InputError, OSError) as error:
            reason = error.message if isinstance(error, InputError) else "it cannot be read"
            raise HashExchangeError(
                f"exchange {self._name}: {reason}",
                remedy="Put the file in its place, readable by Wardline's user and in the form that the options name; it is read again by itself.",
            ) from error

    def feed_back(self, entry: records.EntryChange, verdict: records.Verdict) -> None:  # noqa: ARG002 - none is taken
        """Refuse: a file does not listen."""
        raise RefusedError(
            f"exchange {self._name}: takes no feedback, expected none to be sent",
            remedy="Tell whoever writes the file.",
        )

    def _begin(self, *, restarted: bool) -> records.HashListPage:
        self._source = self._opened()
        return self._page(None, restarted=restarted)

    def _go_on(self, place: str) -> records.HashListPage:
        try:
            return self._page(place, restarted=False)
        except ConflictError:
            return self._begin(restarted=True)

    def _page(self, place: str | None, *, restarted: bool) -> records.HashListPage:
        before = self._stamp()
        page = self._source.fetch(place)
        cursor = self._cursors.write(place=page.cursor) if page.cursor is not None else None
        resume = self._resume(before) if page.cursor is None else None
        added = tuple(replace(entry, key=f"{entry.kind}:{entry.value}") for entry in page.added)
        return replace(page, added=added, cursor=cursor, resume=resume, restarted=restarted)

    def _resume(self, before: tuple[int, int]) -> str:
        digest, after = self._digest()
        if after != before:
            raise HashExchangeError(
                f"exchange {self._name}: the file changed while it was read, expected it to stay as it is meanwhile",
                remedy="Write a new file beside it and rename it into its place; it is read again by itself.",
            )
        return self._cursors.write(sha256=digest, size=after[0], changed_ns=str(after[1]))

    def _digest(self) -> tuple[str, tuple[int, int]]:
        """Give the digest of the content, and size and time of the file that it was taken of."""
        before = self._stamp()
        with self._path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest(), before

    def _stamp(self) -> tuple[int, int]:
        status = self._path.stat()
        return status.st_size, status.st_mtime_ns
