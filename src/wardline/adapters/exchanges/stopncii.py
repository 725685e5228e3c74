"""StopNCII: hashes of intimate pictures that the people in them gave, and took back."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from wardline import ports, records
from wardline.adapters.exchanges.answers import foreign
from wardline.adapters.exchanges.cursors import Cursors
from wardline.adapters.exchanges.options import (
    SANDBOX,
    needs_extra,
    require_key,
    require_options,
    sandbox_url,
    secret_text,
)
from wardline.adapters.exchanges.pages import PageReading, hash_of
from wardline.errors import ConfigurationError, RefusedError
from wardline.records import HashKind, ListMeaning

if TYPE_CHECKING:
    from wardline.adapters.exchanges.stopncii_client import StopNciiClient

STALE_SECONDS = 30 * 86_400
"""After this long without a fetch, withdrawals may have been missed: everything is read again. Source: python-threatexchange."""
TOKEN_SECONDS = 4 * 3600
"""A page token that is older is not used: they are "not valid over long periods"."""
OVERLAP_SECONDS = 60
_MOST_TOKEN = 8_000
_KINDS = {"ImagePDQ": HashKind.PDQ, "VideoMD5": HashKind.MD5}
_OTHERS = frozenset({"VideoTMK", "Text", "URL"})
_STANDING, _WITHDRAWN = ("Unknown", "Received", "Active"), ("Withdrawn", "Deleted")
_KEYS = ("subscription_key", "fetch_function_key", "feedback_function_key")


def create(
    name: str,
    options: Mapping[str, str],
    secret: bytes,
    *,
    folder: Path,  # noqa: ARG001 - every exchange is given the folder
    now: Callable[[], datetime],
) -> ports.HashExchange:
    """Make the exchange. Option: ``sandbox_url``.

    The secret is lines, or a JSON object of ``subscription_key``, ``fetch_function_key`` and, for feedback, ``feedback_function_key``.
    """
    require_options(name, options, allowed=(SANDBOX,))
    sandbox, keys = sandbox_url(name, options), _keys(name, secret_text(name, secret))
    with needs_extra(name):
        from wardline.adapters.exchanges.stopncii_client import StopNciiClient
    client = StopNciiClient(name, keys[0], keys[1], keys[2] if len(keys) > 2 else None, sandbox)
    return StopNciiExchange(name, client, now, takes_feedback=len(keys) > 2, is_sandbox=sandbox is not None)


class StopNciiExchange:
    """``ports.HashExchange`` for StopNCII. A cursor is the time from which changes are asked for, and the page's token."""

    def __init__(
        self, name: str, client: StopNciiClient, now: Callable[[], datetime], *, takes_feedback: bool, is_sandbox: bool
    ) -> None:  # fmt: skip
        self._name, self._client, self._now = name, client, now
        self._takes_feedback, self._is_sandbox = takes_feedback, is_sandbox
        self._cursors = Cursors(name, "stopncii", "sandbox" if is_sandbox else "production")
        self._untaken: Counter[str] = Counter()

    @property
    def meanings(self) -> frozenset[ListMeaning]:
        """Intimate pictures, and nothing else."""
        return frozenset({ListMeaning.INTIMATE})

    @property
    def describes_itself(self) -> str:
        """Name the exchange."""
        return "StopNCII" + (" (sandbox)" if self._is_sandbox else "")

    @property
    def untaken(self) -> Mapping[str, int]:
        """What was well formed and not taken, since the fetch began here, by fixed phrases."""
        return dict(self._untaken)

    def fetch(self, cursor: str | None) -> records.HashListPage:
        """Give the next page. See ``ports.HashExchange``."""
        from wardline.adapters.exchanges.stopncii_client import FIRST_SECOND

        now = int(self._now().timestamp())
        state = self._cursors.read(cursor) if cursor is not None else None
        start, began, token = FIRST_SECOND, now, None
        stale = state is not None and now - state.number("began") > STALE_SECONDS
        if state is not None and not stale:
            start = state.number("start")
            if "token" in state:
                began = state.number("began")
                token = state.text("token") if 0 <= now - state.number("token_at") <= TOKEN_SECONDS else None
        if state is None or "token" not in state or stale:
            self._untaken.clear()
        return self._page(start, began, token, now, restarted=stale)

    def feed_back(self, entry: records.EntryChange, verdict: records.Verdict) -> None:
        """Say that a hash's picture was blocked, or was not. See ``ports.HashExchange``."""
        if not self._takes_feedback:
            raise RefusedError(
                f"exchange {self._name}: no feedback key, expected a third key in secret_file",
                remedy="Ask StopNCII for a function key for SubmitFeedback, put it into the secret file, restart, and send the feedback again.",
            )
        if entry.kind not in _KINDS.values():
            raise RefusedError(f"exchange {self._name}: a {entry.kind} hash, expected PDQ or MD5")
        self._client.vote(entry.kind, entry.value, verdict)

    def _page(
        self, start: int, began: int, token: str | None, now: int, *, restarted: bool
    ) -> records.HashListPage:
        answer = self._client.page(start, token)
        found = answer.get("hashRecords")
        if not isinstance(found, list) or not isinstance(answer.get("hasMoreRecords"), bool):
            raise foreign(self._name, "a JSON object without hashRecords or hasMoreRecords")
        page = PageReading(self._untaken)
        for place, record in enumerate(found, start=1):
            _read_record(record, place, page)
        if answer["hasMoreRecords"]:
            following = self._cursors.write(
                start=start, began=began, token=self._token(answer, token), token_at=now
            )
            return page.finish(cursor=following, restarted=restarted)
        resume = self._cursors.write(start=_resume_at(answer, start, began), began=began)
        return page.finish(resume=resume, restarted=restarted)

    def _token(self, answer: Mapping[str, Any], before: str | None) -> str:
        token = answer.get("nextPageToken")
        if not isinstance(token, str) or not token or len(token) > _MOST_TOKEN or token == before:
            raise foreign(self._name, "a page with more behind it that does not say where")
        return token


def _read_record(record: object, place: int, page: PageReading) -> None:
    """Take one record. Feedback of others and case numbers are not looked at, so nothing in them can hide a record."""
    if not isinstance(record, dict):
        page.skip(place, "not a JSON object")
        return
    signal, status = record.get("signalType"), record.get("hashStatus")
    if isinstance(signal, str) and signal in _OTHERS:
        page.count(f"{signal} signals")
    elif not isinstance(signal, str) or signal not in _KINDS:
        page.skip(place, "a signal of an unknown type")
    elif status not in (*_STANDING, *_WITHDRAWN):
        page.skip(place, "an unknown status")
    else:
        entry = hash_of(_KINDS[signal], record.get("hashValue"))
        if not isinstance(entry, records.EntryChange):
            page.skip(place, entry.reason)
        elif status in _WITHDRAWN:
            page.withdraw(place, f"{signal}:{entry.value}")
        else:
            page.tell(place, f"{signal}:{entry.value}", (entry,))


def _resume_at(answer: Mapping[str, Any], start: int, began: int) -> int:
    """Say where the next fetch begins: a little before the time that the last page gave, or before this fetch, but not before its start."""
    told = answer.get("nextSetTimestamp")
    if isinstance(told, bool) or not isinstance(told, int):
        return start
    return max(start, min(told, began) - OVERLAP_SECONDS)


def _keys(name: str, text: str) -> tuple[str, ...]:
    if text.lstrip().startswith("{"):
        try:
            table = json.loads(text)
        except (ValueError, RecursionError):
            raise ConfigurationError(
                f"exchange {name}: secret_file is not JSON, expected an object"
            ) from None
        if not set(table) <= set(_KEYS):
            raise ConfigurationError(
                f"exchange {name}: secret_file has an unknown key, expected {', '.join(_KEYS)}"
            )
        given = [table.get(key) for key in (_KEYS if _KEYS[2] in table else _KEYS[:2])]
    else:
        lines = [line.strip() for line in text.splitlines() if line.strip()]
        if len(lines) > len(_KEYS):
            raise ConfigurationError(
                f"exchange {name}: secret_file has too many lines, expected two or three"
            )
        given = [*lines, *[None] * (2 - len(lines))]
    return tuple(require_key(name, what, value) for what, value in zip(_KEYS, given, strict=False))
