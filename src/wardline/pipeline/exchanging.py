"""Exchanges: lists that their owners change day by day are fetched on a schedule, as durable work, and resume where they stopped."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta

from wardline import ports, records
from wardline.errors import (
    AlreadyExistsError,
    ConfigurationError,
    ConflictError,
    DependencyError,
    HashExchangeDeniedError,
    InputError,
    RefusedError,
    WardlineError,
)
from wardline.matching import ledger
from wardline.pipeline import alarms, approvals, canaries, care, lists, look_back
from wardline.pipeline.parts import SYSTEM, Parts
from wardline.records import (
    AlarmKind,
    ApprovalKind,
    BatchChange,
    HashListState,
    Insert,
    Load,
    Replace,
    SyncState,
    Task,
    Verb,
)

_MOST_PENDING = 50_000
"""Changes that are gathered before they are written: a page of most exchanges has a thousand."""
_ALARM_AFTER_ATTEMPTS = 3
_DAY = timedelta(days=1)
_MOST_SYNCS_A_DAY = 1440
_MOST_AT_ONCE = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Subscribed:
    """What came of adding a list from an exchange."""

    hash_list: records.HashList
    approval: records.Approval
    sync: records.ListSync
    """Its first reading, which is still to be done."""


def subscribe(
    parts: Parts, exchange: str, *, name: str, provenance: str, terms: records.ListTerms, user: records.User
) -> Subscribed:
    """Add a list that is fetched from an exchange, and propose its activation. Nothing is fetched yet; see ``run``.

    Raises:
        ConfigurationError: The settings name no such exchange.
        RefusedError: The exchange is not one for lists of that meaning.
        AlreadyExistsError: The name is taken.
    """
    source = _exchange(parts, exchange)
    require_meaning(source, terms.meaning)
    made = lists.new_list(
        parts,
        parts.new_id("hash-list"),
        name=name,
        provenance=provenance,
        terms=terms,
        user=user,
        source=exchange,
    )
    approval = approvals.proposal(parts, ApprovalKind.ACTIVATE_HASH_LIST, made.id, made.revision, user)
    sync = _new_sync(parts, made, user.id)
    entries = [
        parts.entry(Verb.HASH_LIST_ADDED, made.id, actor=user.id, detail=source.describes_itself[:500]),
        parts.entry(Verb.LIST_SYNC_ASKED, sync.id, actor=user.id, detail=made.id),
    ]
    approvals.propose(parts, approval, user, Insert(made), Insert(sync), entries=entries)
    return Subscribed(hash_list=made, approval=approval, sync=sync)


def require_meaning(source: ports.HashExchange, meaning: records.ListMeaning) -> None:
    """Refuse a meaning that the owner of an exchange does not give its entries."""
    if meaning not in source.meanings:
        raise RefusedError(
            f"{source.describes_itself}: no list of the meaning {meaning}, expected {' or '.join(sorted(source.meanings))}",
            remedy="Give the list the meaning that its owner gives it; lists of different meaning are kept apart.",
        )


def ask(parts: Parts, list_id: str, *, user: records.User) -> records.ListSync:
    """Ask for a list to be fetched now; gives the sync that is under way, if one is."""
    known = parts.store.hash_list(list_id)
    if not known.source:
        raise ConflictError(
            f"{list_id}: comes from a file, expected a list from an exchange",
            remedy="Name the file: `wardline hash-list sync LIST PATH`.",
        )
    return _waiting(parts, list_id) or _ask(parts, known, user.id)


def ask_due(parts: Parts) -> None:
    """Ask for every list that was not fetched for as long as its exchange's settings say."""
    for each in parts.store.hash_lists():
        if each.source in parts.exchanges and each.state is not HashListState.DISABLED:
            _ask_if_due(parts, each)


def _ask_if_due(parts: Parts, known: records.HashList) -> None:
    newest = next(iter(parts.store.syncs_of(known.id, most=1)), None)
    interval = parts.exchanges[known.source].interval
    if newest is not None and parts.now() - newest.asked_at < interval:
        return
    if newest is not None and newest.state is SyncState.WAITING:
        # Its work is there, or a command that did it itself was cut short: asking twice for the same does no harm.
        parts.store.commit(entries=(), work=[Task(name="sync-list", record_id=newest.id)])
    elif newest is None or _may_be_asked_again(newest) or known.may_change:
        _ask(parts, known, SYSTEM)


def _may_be_asked_again(newest: records.ListSync) -> bool:
    """Say whether a person need not look first: what was refused once would be refused again, until somebody agrees to it."""
    return newest.state is not SyncState.REFUSED or newest.problem == HashExchangeDeniedError.code


def _ask(parts: Parts, known: records.HashList, actor: str) -> records.ListSync:
    sync = _new_sync(parts, known, actor)
    told = parts.entry(Verb.LIST_SYNC_ASKED, sync.id, actor=actor, detail=known.id)
    try:
        parts.store.commit(Insert(sync), entries=[told], work=[Task(name="sync-list", record_id=sync.id)])
    except AlreadyExistsError:
        return _waiting(parts, known.id) or _ask(
            parts, known, actor
        )  # another process asked at the same moment
    return sync


def _waiting(parts: Parts, list_id: str) -> records.ListSync | None:
    """Give the sync that is under way. Several of one moment have no order."""
    newest = parts.store.syncs_of(list_id, most=_MOST_AT_ONCE)
    return next((each for each in newest if each.state is SyncState.WAITING), None)


def _new_sync(parts: Parts, known: records.HashList, actor: str) -> records.ListSync:
    return records.ListSync(
        id=parts.new_id("list-sync"), list_id=known.id, asked_at=parts.now(), asked_by=actor
    )


def run(parts: Parts, sync_id: str, attempt: int = 0) -> records.ListSync:
    """Fetch a list from where it was left to the end. What was written before a crash is not written again.

    Raises:
        DependencyError, ConfigurationError: The exchange cannot be read; try again later.
        ConflictError: The list was changed meanwhile; try again.
    """
    sync = parts.store.list_sync(sync_id)
    if sync.state is not SyncState.WAITING:
        return sync
    try:
        return _Run(parts, sync).go()
    except HashExchangeDeniedError as error:
        # Not tried again and again, which locks accounts; the schedule asks again in its time.
        return _refuse(parts, sync_id, error)
    except (ConflictError, DependencyError, ConfigurationError) as error:
        _note(parts, sync_id, error)
        if attempt + 1 >= _ALARM_AFTER_ATTEMPTS:
            alarms.raise_alarm(
                parts, AlarmKind.LIST_NOT_SYNCED, sync.list_id,
                f"A hash list cannot be fetched ({error.code}). It is tried again; what was there is matched meanwhile. {error.advice}",
            )  # fmt: skip
        raise
    except (RefusedError, InputError) as error:
        return _refuse(parts, sync_id, error)


def work(parts: Parts, sync_id: str, attempt: int) -> None:
    """Do the same as durable work."""
    run(parts, sync_id, attempt)


@dataclass(slots=True)
class _Run:
    """One reading of an exchange."""

    parts: Parts
    sync: records.ListSync
    told: dict[str, tuple[records.EntryChange, ...]] = field(default_factory=dict)
    """What was fetched and not written yet, by key."""
    seen: set[str] | None = None
    """Every key that was told of, when the exchange tells everything again."""

    def go(self) -> records.ListSync:
        source = _exchange(self.parts, self._list().source)
        require_meaning(source, self._list().meaning)
        cursor = self._list().cursor
        while True:
            page = source.fetch(cursor)
            self._take(page)
            cursor = page.cursor
            if cursor is None:
                if self.seen is not None:
                    self._withdraw_unseen(self.seen)
                return self._write(page.resume, ended=True)
            if len(self.told) >= _MOST_PENDING:
                # While everything is told again, only all of it counts: a cut-short run begins anew.
                self._write(cursor if self.seen is None else self._list().cursor)

    def _list(self) -> records.HashList:
        return self.parts.store.hash_list(self.sync.list_id)

    def _take(self, page: records.HashListPage) -> None:
        if page.restarted:  # what was told before does not count any more
            self.seen, self.told = set(), {}
        told: dict[str, list[records.EntryChange]] = {key: [] for key in page.removed}
        for each in page.added:
            told.setdefault(records.check_key(each.key), []).append(each)
        for key, changes in told.items():
            self.told[key] = tuple(changes)
            if self.seen is not None and changes:
                self.seen.add(key)
        self.sync = replace(
            self.sync, pages=self.sync.pages + 1, malformed=self.sync.malformed + len(page.malformed)
        )

    def _withdraw_unseen(self, seen: set[str]) -> None:
        for key in ledger.keys_of(self.parts.store.batches_of(self.sync.list_id, after=0)) - seen:
            self.told[key] = ()

    def _write(self, cursor: str | None, *, ended: bool = False) -> records.ListSync:
        """Write what was gathered with the cursor that goes behind it, in one commit."""
        parts, known = self.parts, self._list()
        settled = ledger.settle(
            self.told, lambda: parts.store.batches_of(known.id, after=0) if known.batches else ()
        )
        made = tuple(
            ledger.batches(
                settled, list_id=known.id, after=known.batches, new_id=lambda: parts.new_id("hash-batch")
            )
        )
        added, removed = settled.count(BatchChange.ADD), settled.count(BatchChange.REMOVE)
        earlier = self._changed_today()
        a_day_ago = replace(known, entries=max(0, known.entries - earlier[0] + earlier[1]))
        lists.require_likely(parts, a_day_ago, added=added + earlier[0], removed=removed + earlier[1])
        held = canaries.held_among(parts, known, made)
        self._commit(known, settled, made, held, cursor=cursor, ended=ended)
        care.tell(parts, held)
        self.told = {}
        return self.sync

    def _commit(
        self, known: records.HashList, settled: ledger.Settled, made: tuple[records.HashBatch, ...],
        held: Sequence[records.HeldEntry], *, cursor: str | None, ended: bool,
    ) -> None:  # fmt: skip
        parts, now = self.parts, self.parts.now()
        added, removed = settled.count(BatchChange.ADD), settled.count(BatchChange.REMOVE)
        marked = settled.count(BatchChange.MARK)
        changed = replace(
            known, entries=known.entries + added - removed, batches=known.batches + len(made), cursor=cursor,
            refreshed_at=now if ended else known.refreshed_at, may_change=known.may_change and not ended, version=known.version + 1,
        )  # fmt: skip
        sync = replace(
            self.sync, added=self.sync.added + added, marked=self.sync.marked + marked, removed=self.sync.removed + removed,
            unknown=self.sync.unknown + settled.unknown, state=SyncState.DONE if ended else SyncState.WAITING,
            ended_at=now if ended else None, problem=None, version=self.sync.version + 1,
        )  # fmt: skip
        detail = f"{added} added, {marked} marked, {removed} removed, {len(held)} held"
        entries = [parts.entry(Verb.HASH_LIST_SYNCED, known.id, detail=detail)]
        if ended:
            entries.append(parts.entry(Verb.LIST_SYNC_ENDED, sync.id, detail=f"{sync.pages} pages"))
        parts.store.commit(
            Replace(changed), Replace(sync), *([Load(made)] if made else []), *map(Insert, held),
            entries=[*entries, *care.told_of(parts, held)], work=look_back.tasks(parts, changed, known.batches),
        )  # fmt: skip
        self.sync = sync
        if ended:
            alarms.resolve_about(parts, AlarmKind.LIST_NOT_SYNCED, known.id)

    def _changed_today(self) -> tuple[int, int]:
        """Say how many entries came and went within the last day: the limit is for a day, however often a list is fetched."""
        recent = [
            each
            for each in self.parts.store.syncs_of(self.sync.list_id, most=_MOST_SYNCS_A_DAY)
            if self.parts.now() - each.asked_at < _DAY and each.id != self.sync.id
        ]
        added = sum(each.added for each in recent) + self.sync.added
        return added, sum(each.removed for each in recent) + self.sync.removed


def _exchange(parts: Parts, name: str) -> ports.HashExchange:
    found = parts.exchanges.get(name)
    if found is None:
        raise ConfigurationError(
            f"exchange {name}: not in the settings, expected a [[matching.exchanges]] of that name",
            remedy="Put it back into wardline.toml, or disable the lists that come from it.",
        )
    return found.exchange


def _note(parts: Parts, sync_id: str, error: WardlineError) -> None:
    sync = parts.store.list_sync(sync_id)
    noted = replace(sync, problem=error.code, version=sync.version + 1)
    told = parts.entry(Verb.LIST_SYNC_ENDED, sync_id, detail=f"failed, is tried again: {error.code}")
    if sync.state is SyncState.WAITING and sync.problem != error.code:
        parts.store.commit(Replace(noted), entries=[told])


def _refuse(parts: Parts, sync_id: str, error: WardlineError) -> records.ListSync:
    sync = parts.store.list_sync(sync_id)
    refused = replace(
        sync, state=SyncState.REFUSED, ended_at=parts.now(), problem=error.code, version=sync.version + 1
    )
    told = parts.entry(Verb.LIST_SYNC_ENDED, sync_id, detail=f"refused: {error.code}")
    parts.store.commit(Replace(refused), entries=[told])
    message = f"A hash list was not fetched: {error.message}. It stays as it is. {error.advice}"
    alarms.raise_alarm(parts, AlarmKind.LIST_NOT_SYNCED, sync.list_id, message)
    return refused
