"""NCMEC's hash sharing: one of its lists, window by window, and feedback on its entries."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

from wardline import ports, records
from wardline.adapters.exchanges import ncmec_xml, windows
from wardline.adapters.exchanges.cursors import Cursors, State
from wardline.adapters.exchanges.options import (
    SANDBOX,
    needs_extra,
    require_options,
    sandbox_url,
    secret_text,
)
from wardline.adapters.exchanges.pages import PageReading
from wardline.errors import ConfigurationError, RefusedError
from wardline.records import HashKind, ListMeaning

if TYPE_CHECKING:
    from wardline.adapters.exchanges.ncmec_client import NcmecClient

_LIVE = {
    "Industry": ListMeaning.ILLEGAL,
    "Industry_Exploitative": ListMeaning.EXPLOITATIVE,
    "LawEnforcement": ListMeaning.ILLEGAL,
    "NGO": ListMeaning.ILLEGAL,
    "Exploitative": ListMeaning.EXPLOITATIVE,
    "NGO_Generative_AI": ListMeaning.GENERATED,
    "NGO_Generative_AI_Exploitative": ListMeaning.EXPLOITATIVE,
}
_TEST = "test_"
ENVIRONMENTS: Mapping[str, ListMeaning] = {
    **_LIVE,
    **{_TEST + name: meaning for name, meaning in _LIVE.items()},
}
"""NCMEC's lists by the names that python-threatexchange gives them, and what each may mean. None is ever merged with another."""
_VOTES = frozenset({HashKind.MD5, HashKind.SHA1, HashKind.PDQ})
_MOST_REASONS_TOLD = 20


def create(
    name: str,
    options: Mapping[str, str],
    secret: bytes,
    *,
    folder: Path,  # noqa: ARG001 - every exchange is given the folder
    now: Callable[[], datetime],
) -> ports.HashExchange:
    """Make the exchange. Options: ``environment username``, and ``negative_reason sandbox_url``; the secret is the password."""
    require_options(name, options, needed=("environment", "username"), allowed=("negative_reason", SANDBOX))
    if options["environment"] not in ENVIRONMENTS:
        known = ", ".join(ENVIRONMENTS)
        raise ConfigurationError(f"exchange {name}: option environment is unknown, expected one of {known}")
    sandbox, password = sandbox_url(name, options), secret_text(name, secret)
    with needs_extra(name):
        from wardline.adapters.exchanges.ncmec_client import NcmecClient
    client = NcmecClient(name, options["username"], password, options["environment"], sandbox)
    return NcmecExchange(
        name, client, options["environment"], options.get("negative_reason"), now, is_sandbox=sandbox is not None
    )  # fmt: skip


class NcmecExchange:
    """``ports.HashExchange`` for one environment. A cursor is a window and how far it was read, or where the last one ended."""

    def __init__(
        self, name: str, client: NcmecClient, environment: str, reason: str | None, now: Callable[[], datetime], *, is_sandbox: bool
    ) -> None:  # fmt: skip
        self._name, self._client, self._reason, self._now = name, client, reason, now
        self._environment = environment
        self._is_sandbox = is_sandbox
        self._cursors = Cursors(name, "ncmec", environment + (" (sandbox)" if is_sandbox else ""))
        self._untaken: Counter[str] = Counter()

    @property
    def meanings(self) -> frozenset[ListMeaning]:
        """What the environment's entries may mean."""
        return frozenset({ENVIRONMENTS[self._environment]})

    @property
    def describes_itself(self) -> str:
        """Name the environment."""
        words = self._environment.removeprefix(_TEST)
        place = "sandbox" if self._is_sandbox else "test" if self._environment.startswith(_TEST) else ""
        return f"NCMEC hash sharing, environment {words}" + (f" ({place})" if place else "")

    @property
    def untaken(self) -> Mapping[str, int]:
        """What was well formed and not taken, since the fetch began here, by fixed phrases."""
        return dict(self._untaken)

    def fetch(self, cursor: str | None) -> records.HashListPage:
        """Give the next page. See ``ports.HashExchange``."""
        now = int(self._now().timestamp())
        state = self._cursors.read(cursor) if cursor is not None else None
        if state is None or "since" in state:
            self._untaken.clear()
            since = state.number("since") if state is not None else None
            window = windows.opened(since, now)
            if window is None:
                return PageReading(self._untaken).finish(resume=self._cursors.write(since=since or 0))
        else:
            window = windows.resumed(self._window(state), now)
        return self._page(window, now)

    def feed_back(self, entry: records.EntryChange, verdict: records.Verdict) -> None:
        """Vote on the fingerprint that matched, and on no other of the same entry. See ``ports.HashExchange``."""
        parts = ncmec_xml.parts_of(entry.key)
        if parts is None or entry.kind not in _VOTES:
            raise RefusedError(
                f"exchange {self._name}: not an entry of NCMEC's, expected one with a key, and an MD5, SHA-1 or PDQ",
                remedy="Nothing is to be done: NCMEC takes no word on it.",
            )
        reason = self._reason_id(entry.kind) if verdict is records.Verdict.DENIED else None
        self._client.vote(parts[0], quote(parts[1], safe=""), entry.kind, verdict, reason)

    def _page(self, window: windows.Window, now: int) -> records.HashListPage:
        body = self._client.entries(window.start, window.end, window.next)
        root = ncmec_xml.parse(self._name, body, "queryResult")
        following = windows.after(window, ncmec_xml.next_address(self._name, root), now)
        page = PageReading(self._untaken)
        ncmec_xml.read_entries(root, page)
        if following is None:
            return page.finish(resume=self._cursors.write(since=window.end))
        return page.finish(cursor=self._written(following))

    def _written(self, window: windows.Window) -> str:
        return self._cursors.write(
            start=window.start, end=window.end, goal=window.goal, span=window.span, pages=window.pages,
            next=window.next, next_at=window.next_at,
        )  # fmt: skip

    def _window(self, state: State) -> windows.Window:
        return windows.Window(
            start=state.number("start"), end=state.number("end"), goal=state.number("goal"), span=state.number("span"),
            pages=state.number("pages"), next_at=state.number("next_at"),
            next=ncmec_xml.checked_address(self._name, state.text("next")) if "next" in state else None,
        )  # fmt: skip

    def _reason_id(self, kind: HashKind) -> str:
        root = ncmec_xml.parse(self._name, self._client.reasons(kind), "availableFeedbackReasons")
        reasons = ncmec_xml.read_reasons(root)
        chosen = [guid for guid, name in reasons.items() if self._reason in (None, name)]
        if len(chosen) == 1:
            return chosen[0]
        known = ", ".join(sorted(set(reasons.values()))[:_MOST_REASONS_TOLD]) or "none"
        raise RefusedError(
            f"exchange {self._name}: option negative_reason names {len(chosen)} of NCMEC's reasons, expected one of: {known}",
            remedy="Set the option to the reason that fits a match that people denied, restart, and send the feedback again.",
        )
