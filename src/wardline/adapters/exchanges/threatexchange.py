"""ThreatExchange, Meta's: what the members of one privacy group share with each other."""

from __future__ import annotations

import re
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
from wardline.errors import ConfigurationError, RefusedError
from wardline.records import HashKind, ListMeaning

if TYPE_CHECKING:
    from wardline.adapters.exchanges.threatexchange_client import ThreatExchangeClient

STALE_SECONDS = 85 * 86_400
"""Deletions are told for 90 days: after this long without a fetch everything is read again. Source: ThreatExchange, threat_updates."""
PAGE_SECONDS = 4 * 3600
"""A page's address that is older is not used."""
OVERLAP_SECONDS = 60

_GROUP = re.compile(r"[1-9][0-9]{0,19}")
_KINDS = {
    "HASH_MD5": HashKind.MD5, "HASH_VIDEO_MD5": HashKind.MD5, "HASH_SHA1": HashKind.SHA1, "HASH_SHA256": HashKind.SHA256,
    "HASH_PDQ": HashKind.PDQ,
}  # fmt: skip
_TYPE = re.compile(r"[A-Z][A-Z0-9_]{0,49}")
_HARMFUL = ("MALICIOUS", "SUSPICIOUS")
"""What at least one member must call it. Source: ThreatExchange, StatusType: harmful, or helps to discover what is."""


def create(
    name: str,
    options: Mapping[str, str],
    secret: bytes,
    *,
    folder: Path,  # noqa: ARG001 - every exchange is given the folder
    now: Callable[[], datetime],
) -> ports.HashExchange:
    """Make the exchange. Options: ``privacy_group``, and ``sandbox_url``; the secret is the app's access token."""
    require_options(name, options, needed=("privacy_group",), allowed=(SANDBOX,))
    if not _GROUP.fullmatch(options["privacy_group"]):
        raise ConfigurationError(
            f"exchange {name}: option privacy_group is no number, expected the group's id"
        )
    sandbox, token = sandbox_url(name, options), secret_text(name, secret)
    with needs_extra(name):
        from wardline.adapters.exchanges.threatexchange_client import ThreatExchangeClient, is_valid_app_token
    if not is_valid_app_token(token) or not token.isprintable() or " " in token:
        raise ConfigurationError(
            f"exchange {name}: secret_file holds no app token, expected digits, a vertical bar and the app's secret"
        )
    client = ThreatExchangeClient(name, token, sandbox)
    return ThreatExchange(name, client, int(options["privacy_group"]), now, is_sandbox=sandbox is not None)


class ThreatExchange:
    """``ports.HashExchange`` for one privacy group. A cursor is the time from which updates are asked for, and where the page is."""

    def __init__(
        self, name: str, client: ThreatExchangeClient, group: int, now: Callable[[], datetime], *, is_sandbox: bool
    ) -> None:  # fmt: skip
        self._name, self._client, self._group, self._now = name, client, group, now
        self._place = f"privacy group {group}" + (" (sandbox)" if is_sandbox else "")
        self._cursors = Cursors(name, "threatexchange", self._place)
        self._untaken: Counter[str] = Counter()

    @property
    def meanings(self) -> frozenset[ListMeaning]:
        """What a group shares is what its members agreed on."""
        return frozenset(ListMeaning)

    @property
    def describes_itself(self) -> str:
        """Name the privacy group by its id."""
        return f"ThreatExchange, {self._place}"

    @property
    def untaken(self) -> Mapping[str, int]:
        """What was well formed and not taken, since the fetch began here, by fixed phrases."""
        return dict(self._untaken)

    def fetch(self, cursor: str | None) -> records.HashListPage:
        """Give the next page. See ``ports.HashExchange``."""
        now = int(self._now().timestamp())
        state = self._cursors.read(cursor) if cursor is not None else None
        start, began, newest, following = 0, now, 0, None
        stale = state is not None and now - state.number("began") > STALE_SECONDS
        if state is not None and not stale:
            start = newest = state.number("start")
            if "page" in state:
                began = state.number("began")
                if 0 <= now - state.number("page_at") <= PAGE_SECONDS:
                    newest, following = state.number("newest"), state.texts("page")
        if state is None or "page" not in state or stale:
            self._untaken.clear()
        answer = self._client.updates(self._group, start, following)
        found = answer.get("data")
        if not isinstance(found, list):
            raise foreign(self._name, "a JSON object without data")
        page = PageReading(self._untaken)
        for place, update in enumerate(found, start=1):
            newest = max(newest, min(_read_update(update, place, page), now))
        after = self._client.following(answer)
        if after is None:
            resume = self._cursors.write(start=max(start, newest - OVERLAP_SECONDS), began=began)
            return page.finish(resume=resume, restarted=stale)
        if after == following:
            raise foreign(self._name, "a page whose next page is itself")
        going = self._cursors.write(start=start, began=began, newest=newest, page=after, page_at=now)
        return page.finish(cursor=going, restarted=stale)

    def feed_back(self, entry: records.EntryChange, verdict: records.Verdict) -> None:
        """React to the opinions on an indicator. See ``ports.HashExchange``."""
        if not _GROUP.fullmatch(entry.key):
            raise RefusedError(
                f"exchange {self._name}: not an indicator of ThreatExchange, expected an id for a key"
            )
        if not self._client.react(int(entry.key), verdict):
            raise RefusedError(
                f"exchange {self._name}: nobody's opinion on this indicator is to be seen, expected at least one",
                remedy="Nothing is to be done: it was withdrawn, or it is your own.",
            )


def _read_update(update: object, place: int, page: PageReading) -> int:
    """Take one update. Gives its time, 0 where it has none."""
    if not isinstance(update, dict):
        page.skip(place, "not a JSON object")
        return 0
    key = str(update.get("id", ""))
    if not _GROUP.fullmatch(key):
        page.skip(place, "no id")
    elif update.get("should_delete") or not _statuses(update):
        page.withdraw(
            place, key
        )  # without opinions to be seen it is as good as deleted: ThreatExchange, issue 834
    else:
        page.tell(place, key, _indicators(update))
    at = update.get("last_updated")
    return int(at) if isinstance(at, int) or (isinstance(at, str) and at.isdecimal() and len(at) < 16) else 0


def _statuses(update: Mapping[str, Any]) -> list[object]:
    descriptors = update.get("descriptors")
    found = descriptors.get("data") if isinstance(descriptors, dict) else None
    return [each.get("status") for each in found if isinstance(each, dict)] if isinstance(found, list) else []


def _indicators(update: Mapping[str, Any]) -> Iterator[Found]:
    kind = update.get("type")
    if not isinstance(kind, str) or not _TYPE.fullmatch(kind):
        yield Malformed("no type, or one that is no name")
    elif kind not in _KINDS:
        yield Untaken(
            f"indicators of type {kind}" if kind.startswith("HASH_") else "indicators that are no hashes"
        )
    elif not any(status in _HARMFUL for status in _statuses(update)):
        yield Untaken("indicators that no member calls harmful")
    else:
        yield hash_of(_KINDS[kind], update.get("indicator"))
