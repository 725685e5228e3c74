"""An installation in which very many cases wait: a few are made as uploads make them, and the database makes many of each."""

from __future__ import annotations

import contextlib
import random
import secrets
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

from wardline import records, review, settings, wiring
from wardline.cli import output
from wardline.cli.bench_stores import BenchStore
from wardline.errors import InputError
from wardline.records import Insert, Replace, Role, Verb
from wardline.testing import multiplying
from wardline.testing import store_records as make
from wardline.testing.postgres import PostgresServer

if TYPE_CHECKING:
    from wardline.pipeline import Parts, Wardline

MODERATORS = 50
_SEEDS = 5_000
"""Of more cases than these, the rest are copies."""
_CASES_IN_A_COMMIT = 500
_PERIOD = timedelta(days=60)
_URL_FILE = "keys/postgres.url"
_SETTINGS = """
[installation]
name = "bench"

[store]
adapter = "{store}"
{more}

[[review.queues]]
name = "grave"
categories = ["A"]
skills = ["grave"]

[[review.queues]]
name = "german"
languages = ["de"]
skills = ["german"]

[[review.queues]]
name = "brief"
surfaces = ["story"]
"""
_SURFACES, _SURFACE_SHARES = ("post", "story", "message", "avatar"), (50, 20, 20, 10)
_LANGUAGES, _LANGUAGE_SHARES = ("en", "de", "fr", None), (40, 30, 10, 20)
_CLUSTERED = 0.3
"""Of seeds; each is with its copies in one cluster."""
_IN_HAND, _SET_ASIDE, _PASSED, _HANDED, _IN_DANGER = 500, 1_000, 1_000, 100, 10
_SHOWN = 40
_MOST_SHOWN = 1_000
_AT_A_LIMIT = 7
_LEAD = "a lead"
_PASSWORD_FILE = "keys/bench-lead"  # noqa: S105 - where it is, not what it is


@dataclass(frozen=True, slots=True)
class Full:
    """What is measured."""

    folder: Path
    wardline: Wardline
    takers: tuple[records.User, ...]
    """One in ten is a lead. Half read German, a third take what may be grave; one in five has chosen not to take some of it, one in ten was
    shown some forty files today, and one of them reached a limit by it."""
    lead: str
    """The token of a lead who is signed in."""
    cases: int
    """How many are open."""


@contextlib.contextmanager
def filled(cases: int, store: BenchStore, kept: Path | None = None) -> Iterator[Full]:
    """Make an installation with so many open cases.

    Args:
        cases: How many.
        store: Where they are.
        kept: A folder in which it stays, and is found again by a later run; None: it is deleted afterwards.

    Raises:
        InputError: That cannot be kept, or the folder holds another installation: cases are taken in it.
    """
    if kept is not None and store is not BenchStore.SQLITE:
        raise InputError(f"folder: not for {store}, expected sqlite, whose file can be kept")
    if kept is not None and (kept / "wardline.toml").exists():
        with again(kept) as full:
            yield full
        return
    with contextlib.ExitStack() as stack:
        folder = kept or Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="wardline-bench-")))
        server = stack.enter_context(PostgresServer(durable=True)) if store is BenchStore.POSTGRES else None
        url, more = "", ""
        if server is not None:
            url, more = server.new_database(), f'url_file = "{_URL_FILE}"'
            wiring.create_secret(folder / _URL_FILE, url.encode())
        chosen = wiring.create_installation(folder, _SETTINGS.format(store=store, more=more))
        installation = stack.enter_context(wiring.open_installation(chosen))
        full = fill(folder, installation.wardline, cases)
        if server is not None:
            server.settle(url)
        yield full


def fill(folder: Path, wardline: Wardline, cases: int) -> Full:
    """Fill an empty installation."""
    copies = min(-(-cases // _SEEDS), multiplying.MOST_COPIES)
    filling = _Filling(wardline.parts)
    output.note(f"Writing {cases:,} cases ...")
    filling.cases(cases // copies)
    engine: Any = wardline.parts.store
    apart = _PERIOD / (cases // copies) / copies
    made = multiplying.multiply(engine.engine, copies, apart=apart)
    output.note(f"{made:,} cases are open")
    password = secrets.token_urlsafe(16)
    wiring.create_secret(folder / _PASSWORD_FILE, password.encode())
    takers = filling.takers(password)
    filling.what_is_done(takers)
    return Full(
        folder=folder, wardline=wardline, takers=takers, lead=_signed_in(wardline.parts, takers[0], password), cases=made
    )  # fmt: skip


@contextlib.contextmanager
def again(folder: Path) -> Iterator[Full]:
    """Open what an earlier run filled, and show some people files anew: their shifts have ended since."""
    if not (folder / _PASSWORD_FILE).exists():
        raise InputError("folder: holds an installation that no benchmark made, expected an empty one")
    password = (folder / _PASSWORD_FILE).read_text()
    with wiring.open_installation(settings.load(folder)) as installation:
        wardline = installation.wardline
        parts = wardline.parts
        named = {each.name: each for each in parts.store.users()}
        takers = (named[_LEAD], *(named[_moderator(number)] for number in range(1, MODERATORS)))
        _Filling(parts).who_was_shown_files(
            takers, parts.store.cases(state=records.CaseState.OPEN, most=_MOST_SHOWN)
        )
        cases = sum(each.cases for each in parts.store.waiting_by_target())
        output.note(f"{cases:,} cases are still open")
        yield Full(
            folder=folder, wardline=wardline, takers=takers, lead=_signed_in(parts, takers[0], password), cases=cases
        )  # fmt: skip


def _signed_in(parts: Parts, lead: records.User, password: str) -> str:
    from wardline.pipeline import sessions

    return sessions.sign_in(parts, lead.name, password)[1]


def _moderator(number: int) -> str:
    return f"moderator {number}"


class _Filling:
    """Writes through the store's one way to write; the same numbers give the same mix."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._now = parts.now()
        self._chance = random.Random(7)

    def cases(self, count: int) -> None:
        """Write open cases of the last weeks, the oldest first, placed as they are when an upload opens them."""
        from wardline.pipeline.log import Sequencer

        made = (self._case(self._now - _PERIOD * (1 - number / count)) for number in range(count))
        while some := list(islice(made, _CASES_IN_A_COMMIT)):
            ordered = sorted(
                (each for several in some for each in several), key=lambda each: type(each).__name__
            )
            opened = [each for each in ordered if isinstance(each, records.Case)]
            entries = [self._parts.entry(Verb.CASE_OPENED, each.id) for each in opened]
            self._parts.store.commit(*map(Insert, ordered), entries=entries)
        Sequencer(self._parts).run()

    def _case(self, opened_at: datetime) -> Sequence[Any]:
        from wardline.pipeline import placing

        chance, parts = self._chance, self._parts
        surface, language = (
            chance.choices(_SURFACES, _SURFACE_SHARES)[0],
            chance.choices(_LANGUAGES, _LANGUAGE_SHARES)[0],
        )
        context = records.UploadContext(
            surface=surface, visibility=records.Visibility.PRIVATE if surface == "message" else records.Visibility.PUBLIC,
            uploaded_at=opened_at, content_reference=f"{surface}-{chance.random()}", language=language,
            views_per_hour=chance.lognormvariate(2.0, 1.6) if chance.random() < 0.8 else None,
        )  # fmt: skip
        signal = self._signal()
        account = f"account-{chance.randrange(100_000)}"
        item = make.item(
            id=make.new_id("item", opened_at), received_at=opened_at, account_reference=account, context=context,
            matches=(signal,) if isinstance(signal, records.Match) else (),
        )  # fmt: skip
        case = records.Case(
            id=make.new_id("case", opened_at), opened_at=opened_at, account_reference=account, item_ids=(item.id,),
            reasons=("match on list X",), restricted=isinstance(signal, records.Match) and signal.trust is records.ListTrust.VERIFIED,
            state=records.CaseState.OPEN,
        )  # fmt: skip
        case = placing.placed(parts, case, item, [signal])
        return [item, *self._in_cluster(case)]

    def _signal(self) -> records.Signal:
        """Draw what points at a file: a tenth match a verified list, half of them byte for byte, 15 % another one, the rest was flagged or looks
        like something."""
        kind = self._chance.random()
        if kind < 0.25:
            trust = records.ListTrust.VERIFIED if kind < 0.1 else records.ListTrust.UNVERIFIED
            is_same = kind < 0.05
            return records.Match(
                list_id="hash-list-1", entry_id="entry-1", hash_kind=records.HashKind.SHA256 if is_same else records.HashKind.PDQ,
                distance_bits=0 if is_same else self._chance.randrange(32), trust=trust, category=self._chance.choice((*records.Category, None)),
            )  # fmt: skip
        if kind < 0.6:
            return records.Flag(reason="unwanted content")
        return records.Score(
            detector="bench", detector_version="1", probability=self._chance.betavariate(0.5, 3)
        )

    def _in_cluster(self, case: records.Case) -> Sequence[Any]:
        """Put some into clusters, which their copies join: files of which many copies wait."""
        if self._chance.random() >= _CLUSTERED:
            return [case]
        cluster = make.cluster(opened_at=case.opened_at)
        member = make.cluster_member(
            cluster_id=cluster.id, case_id=case.id, file_id=make.new_id("cluster-file"), joined_at=case.opened_at, distance_bits=0
        )  # fmt: skip
        return [replace(case, cluster_id=cluster.id), cluster, member]

    def takers(self, password: str) -> tuple[records.User, ...]:
        """Write those who take, and what they chose; gives them, the first of whom leads and has this password."""
        from wardline.pipeline import people

        lead = people.create_user(self._parts, _LEAD, Role.LEAD, password)
        takers = [replace(lead, skills=("german", "grave"), version=lead.version + 1)]
        for number in range(1, MODERATORS):
            skills = (*(["german"] if number % 2 else []), *(["grave"] if number % 3 == 0 else []))
            role = Role.LEAD if number % 10 == 0 else Role.MODERATOR
            takers.append(make.user(name=_moderator(number), role=role, skills=skills, created_at=self._now))
        declined = [
            make.viewing_choices(
                user_id=each.id, changed_at=self._now, queues=("brief",) if number % 10 == 5 else (),
                grades=(records.Grade.A,) if number % 10 == 2 else (),
            )
            for number, each in enumerate(takers) if number % 10 in (2, 5)
        ]  # fmt: skip
        self._write([Replace(takers[0]), *map(Insert, [*takers[1:], *declined])])
        return tuple(takers)

    def what_is_done(self, takers: Sequence[records.User]) -> None:
        """Let people be at work: cases in hand, set aside, passed on, handed to the leads; and pictures that were shown to some."""
        wanted = _IN_HAND + _SET_ASIDE + _PASSED + _HANDED + _IN_DANGER
        everybody = self._parts.store.cases(state=records.CaseState.OPEN, most=20 * wanted)
        cases = self._chance.sample(everybody, min(wanted, len(everybody) // 2))
        share = len(cases) / wanted
        some = iter(cases)
        changed: list[records.Case] = []
        for count, change in ((_IN_HAND, self._in_hand), (_SET_ASIDE, self._set_aside), (_PASSED, self._passed), (_HANDED, self._handed),
                              (_IN_DANGER, self._in_danger)):  # fmt: skip
            changed += [
                change(each, self._chance.choice(takers)) for each in islice(some, int(count * share))
            ]
        self._write([Replace(replace(each, version=each.version + 1)) for each in changed])
        self.who_was_shown_files(takers, everybody)

    def who_was_shown_files(self, takers: Sequence[records.User], cases: Sequence[records.Case]) -> None:
        """Write that some of those who take were shown files lately, unless they were already."""
        limits = self._parts.rules.wellbeing
        for number, taker in enumerate(takers):
            if number % 10 == 7:
                is_at_a_limit = number == _AT_A_LIMIT
                since = self._now - (limits.break_length if is_at_a_limit else limits.shift_gap)
                if not self._parts.store.reveals_to(taker.id, since=since):
                    files = limits.files_before_break if is_at_a_limit else None
                    self._show(taker, cases, files or _SHOWN)

    def _in_hand(self, case: records.Case, by: records.User) -> records.Case:
        return replace(
            case, claimed_by=by.id, claimed_at=self._now, lease_until=self._now + timedelta(hours=1)
        )

    def _set_aside(self, case: records.Case, _by: records.User) -> records.Case:
        return replace(case, held_until=self._now + timedelta(days=1))

    def _passed(self, case: records.Case, by: records.User) -> records.Case:
        return replace(case, passed_by=(by.id,), declined_by=(by.id,))

    def _handed(self, case: records.Case, by: records.User) -> records.Case:
        return replace(case, escalated_by=by.id)

    def _in_danger(self, case: records.Case, _by: records.User) -> records.Case:
        again = replace(case, imminent_since=self._now)
        rules = self._parts.rules
        return review.with_target(
            again, targets=rules.targets, queue_hours=review.hours_of(case.queue, rules.queues)
        )

    def _show(self, taker: records.User, cases: Sequence[records.Case], files: int) -> None:
        shown = self._chance.sample(cases, min(files, len(cases)))
        reveals = [
            make.reveal(case_id=case.id, item_id=case.item_ids[0], user_id=taker.id, at=self._now - timedelta(seconds=30 * number), seconds=10)
            for number, case in enumerate(shown)
        ]  # fmt: skip
        self._write([*map(Insert, reveals)])

    def _write(self, changes: Sequence[records.Change]) -> None:
        if changes:
            self._parts.store.commit(
                *changes, entries=[self._parts.entry(Verb.INSTALLATION_CREATED, "bench")]
            )
