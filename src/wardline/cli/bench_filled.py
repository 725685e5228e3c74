"""An installation with as many cases as a large platform has after some weeks, for pages to be measured on."""

from __future__ import annotations

import contextlib
import secrets
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

from wardline import records
from wardline.cli import output
from wardline.cli.bench_clustered import large_cluster
from wardline.cli.bench_matters import OF_ONE_ACCOUNT, PERIOD, Matters
from wardline.cli.bench_server import Prepared
from wardline.cli.bench_stores import BenchStore
from wardline.records import (
    Add,
    AlarmKind,
    ApprovalState,
    HashListState,
    Insert,
    ListMeaning,
    Role,
    Step,
    SyncState,
    Tallied,
    Tally,
    Verb,
)
from wardline.testing import pictures
from wardline.testing import store_records as make
from wardline.testing import store_records_preservation as of_preservation
from wardline.testing.postgres import PostgresServer

if TYPE_CHECKING:
    from wardline.pipeline import Parts

_SETTINGS = """
[installation]
name = "bench"

[store]
adapter = "{store}"
{more}

[referral]
authority = "ncmec"
sandbox_url = "http://127.0.0.1:9/nobody-listens"
username = "bench"
password_file = "{password_file}"

[referral.reporter]
first_name = "Safety"
last_name = "Team"
email = "safety@platform.example"
platform = "Example Platform"
"""
_URL_FILE, _PASSWORD_FILE = "keys/postgres.url", "keys/authority.password"
_CASES_IN_A_COMMIT, _CASES_A_NOTE = 500, 10_000
_COLLEAGUES, _LISTS, _ALARMS, _WAITING_APPROVALS, _DECIDED_APPROVALS, _KEYS = 150, 40, 40, 25, 120, 30
_FILES, _SHOWN_TODAY = 3, 300
_HELD, _SYNCS, _FEEDBACK = 200, 50, 50
_REQUESTS, _FILES_OF_A_REQUEST = 60, 100
_SURFACES = ("post", "avatar", "message", "story")
_SIZE = (640, 480)
_LEASE = timedelta(hours=12)
_NO_PASSWORD = "!"  # noqa: S105 -- no password has this as its hash


@dataclass(frozen=True, slots=True)
class Visitor:
    """Somebody who is signed in, and what their pages are about."""

    role: Role
    token: str
    ids: dict[str, str]
    """What stands in the address of a page, by the name of the part."""


@dataclass(frozen=True, slots=True)
class Filled:
    """An installation that is full."""

    installation: Prepared
    visitors: tuple[Visitor, ...]
    """One of each role."""


@contextlib.contextmanager
def filled(cases: int, store: BenchStore) -> Iterator[Filled]:
    """Make an installation with so many cases; it is deleted afterwards."""
    with contextlib.ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="wardline-bench-")))
        server = stack.enter_context(PostgresServer()) if store is BenchStore.POSTGRES else None
        visitors = _set_up(folder, cases, server)
        yield Filled(Prepared(folder, api_key=""), visitors)


def _set_up(folder: Path, cases: int, server: PostgresServer | None) -> tuple[Visitor, ...]:
    from wardline import wiring
    from wardline.pipeline.log import Sequencer

    url, more, store = None, "", BenchStore.SQLITE
    if server is not None:
        url, more, store = server.new_database(), f'url_file = "{_URL_FILE}"', BenchStore.POSTGRES
        wiring.create_secret(folder / _URL_FILE, url.encode())
    wiring.create_secret(folder / _PASSWORD_FILE, secrets.token_urlsafe(16).encode())
    text = _SETTINGS.format(store=store, more=more, password_file=_PASSWORD_FILE)
    with wiring.open_installation(wiring.create_installation(folder, text)) as installation:
        parts = installation.wardline.parts
        visitors = fill(parts, cases)
        output.note("Signing the log ...")
        Sequencer(parts).run()
    if server is not None and url is not None:
        server.settle(url)
    return visitors


def fill(parts: Parts, cases: int) -> tuple[Visitor, ...]:
    """Fill an installation with so many cases and all that comes with them; gives one person of each role, signed in."""
    return _Filling(parts).run(cases)


class _Filling:
    """Writes the records of an installation through the store's one way to write."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._now = parts.now()
        self._ids: dict[str, str] = {}
        self._password = secrets.token_urlsafe(16)

    def run(self, cases: int) -> tuple[Visitor, ...]:
        """Write everything; gives one person of each role, signed in."""
        people = {role: self._person(role) for role in Role}
        colleagues = [
            make.user(name=f"colleague {number}", password_hash=_NO_PASSWORD, created_at=self._now)
            for number in range(_COLLEAGUES)
        ]
        self._write(colleagues)
        self._surroundings(people[Role.LEAD], people[Role.ADMIN])
        self._requests(people[Role.LEAD])
        reviewers = (people[Role.MODERATOR].id, people[Role.LEAD].id)
        self._matters(cases, [each.id for each in colleagues], reviewers)
        self._ids["cluster_id"], clustered = large_cluster(self._now)
        self._write(clustered)
        self._counts(cases)
        return tuple(self._visitor(people[role]) for role in Role)

    def _person(self, role: Role) -> records.User:
        from wardline.pipeline import people

        return people.create_user(self._parts, f"some {role}", role, self._password)

    def _visitor(self, user: records.User) -> Visitor:
        from wardline.pipeline import sessions

        _, token = sessions.sign_in(self._parts, user.name, self._password)
        return Visitor(user.role, token, {**self._ids, **self._own_case(user)})

    def _surroundings(self, lead: records.User, admin: records.User) -> None:
        """Write what an installation has beside its cases."""
        lists = [
            make.hash_list(name=f"list {number}", state=HashListState.ACTIVE, created_by=lead.id, created_at=self._now,
                           refreshed_at=self._now, entries=100_000, source="exchange", surfaces=_SURFACES, meaning=ListMeaning.EXPLOITATIVE)
            for number in range(_LISTS)
        ]  # fmt: skip
        waiting = [
            make.approval(subject_id=each.id, proposed_by=admin.id, proposed_at=self._now)
            for each in lists[:_WAITING_APPROVALS]
        ]
        decided = [
            make.approval(subject_id=lists[number % _LISTS].id, proposed_by=admin.id, proposed_at=self._now, decided_by=lead.id,
                          decided_at=self._now, state=ApprovalState.APPROVED)
            for number in range(_DECIDED_APPROVALS)
        ]  # fmt: skip
        alarms = [
            make.alarm(kind=AlarmKind.WEBHOOK_UNDELIVERED, raised_at=self._now, undelivered=(),
                       message="The platform did not take an action. It is tried again; see its own log.")
            for _ in range(_ALARMS)
        ]  # fmt: skip
        keys = [make.api_key(created_at=self._now) for _ in range(_KEYS)]
        self._write([*lists, *waiting, *decided, *alarms, *keys, *self._care_of(lists[0], lead)])
        self._tally(lists)
        self._ids = {
            "first_day": (self._now - PERIOD).date().isoformat(),
            "hash_list_id": lists[0].id, "approval_id": waiting[0].id, "alarm_id": alarms[0].id, "api_key_id": keys[0].id,
            "user_id": lead.id, "name": "report.xml", "position": "100",
        }  # fmt: skip

    def _requests(self, lead: records.User) -> None:
        """Write what authorities asked for; each about many files."""
        items = [make.item(received_at=self._now) for _ in range(_FILES_OF_A_REQUEST)]
        asked = {"item_ids": tuple(each.id for each in items), "received_at": self._now}
        kept = [
            of_preservation.preservation(**asked, recorded_by=lead.id, recorded_at=self._now, until=self._now + PERIOD)
            for _ in range(_REQUESTS)
        ]  # fmt: skip
        gone = [
            of_preservation.destruction(**asked, proposed_by=lead.id, proposed_at=self._now) for _ in range(_REQUESTS)
        ]  # fmt: skip
        given = [of_preservation.export(proposed_by=lead.id, proposed_at=self._now) for _ in range(_REQUESTS)]
        case_id = self._parts.new_id("case")
        holds = [
            make.hold(item_id=item.id, case_id=case_id, placed_at=self._now, until=self._now + PERIOD) for item in items
        ]  # fmt: skip
        self._write([*items, *holds, *kept, *gone, *given])
        self._ids |= {"preservation_id": kept[0].id, "destruction_id": gone[0].id, "export_id": given[0].id}

    def _care_of(self, busy: records.HashList, lead: records.User) -> list[Any]:
        """Make what an exchange's list comes with when much is wrong with it."""
        about = {"list_id": busy.id}
        held = [
            make.held_entry(**about, entry_id=f"{make.new_id('hash-batch')}:{number}", held_at=self._now) for number in range(_HELD)
        ]  # fmt: skip
        syncs = [
            make.list_sync(**about, asked_at=self._now - timedelta(hours=number), state=SyncState.REFUSED, ended_at=self._now,
                           problem="refused", added=12_345, marked=678, removed=9_012, malformed=3, unknown=4)
            for number in range(_SYNCS)
        ]  # fmt: skip
        told = [
            make.list_feedback(**about, created_by=lead.id, created_at=self._now) for _ in range(_FEEDBACK)
        ]
        return [*held, *syncs, *told]

    def _tally(self, lists: Sequence[records.HashList]) -> None:
        days = [(self._now - timedelta(days=number)).date() for number in range(PERIOD.days)]
        self._parts.store.commit(
            *(Tally(list_id=each.id, day=day, what=what, count=1_234) for each in lists for day in days for what in Tallied), entries=()
        )  # fmt: skip

    def _matters(self, cases: int, colleagues: list[str], reviewers: tuple[str, ...]) -> None:
        matters = Matters(
            cases,
            now=self._now,
            moderators=colleagues,
            passed_by=reviewers,
            list_id=self._ids["hash_list_id"],
        )
        several = iter(matters)
        written = 0
        while chunk := list(islice(several, _CASES_IN_A_COMMIT)):
            made = [record for matter in chunk for record in matter.made]
            self._write(made, [entry for matter in chunk for entry in matter.entries])
            if written <= cases / 2:
                self._ids |= _subjects(made)
            written += len(chunk)
            if written % _CASES_A_NOTE == 0:
                output.note(f"{written:,} of {cases:,} cases written ...")

    def _own_case(self, user: records.User) -> Mapping[str, str]:
        """Put a case with real pictures into somebody's hands, about an account with many others."""
        from wardline.pipeline.parts import ORIGINAL

        picture = records.Picture(format=records.MediaFormat.JPEG, width=_SIZE[0], height=_SIZE[1], frames=1)
        common = {"received_at": self._now, "account_reference": OF_ONE_ACCOUNT, "picture": picture}
        items = [make.item(**common) for _ in range(_FILES)]
        for seed, item in enumerate(items):
            self._parts.vault.seal(item.id, ORIGINAL, pictures.encode(pictures.scene(seed, _SIZE)))
        case = make.case(
            id=self._parts.new_id("case"), opened_at=self._now, account_reference=OF_ONE_ACCOUNT, claimed_by=user.id,
            lease_until=self._now + _LEASE, item_ids=tuple(item.id for item in items),
        )  # fmt: skip
        holds = [
            make.hold(item_id=item.id, case_id=case.id, placed_at=self._now, until=self._now + PERIOD) for item in items
        ]  # fmt: skip
        today = [
            make.reveal(case_id=self._parts.new_id("case"), user_id=user.id, at=self._now - timedelta(seconds=number))
            for number in range(_SHOWN_TODAY)
        ]  # fmt: skip
        self._write([*items, case, *holds, *today])
        return {"case_id": case.id, "item_id": items[0].id}

    def _counts(self, cases: int) -> None:
        days = [(self._now - timedelta(days=number)).date() for number in range(PERIOD.days)]
        self._parts.store.commit(
            *(Add(step, day, 1 + cases // PERIOD.days) for day in days for step in Step), entries=()
        )

    def _write(self, made: Sequence[Any], entries: Sequence[records.Entry] = ()) -> None:
        # By kind, for what follows each other goes in one statement.
        ordered = sorted(made, key=lambda record: type(record).__name__)
        first = self._parts.entry(Verb.INSTALLATION_CREATED, "bench")
        self._parts.store.commit(*map(Insert, ordered), entries=[*entries, first] if entries else [first])


def _subjects(made: Sequence[Any]) -> dict[str, str]:
    """Find a hold, and the referral with the most files among those that have a receipt, for pages to be about."""
    done = {each.referral_id for each in made if isinstance(each, records.Receipt)}
    referrals = [each for each in made if isinstance(each, records.Referral) and each.id in done]
    hold = next(each for each in made if isinstance(each, records.Hold))
    return {"referral_id": max(referrals, key=lambda each: len(each.files)).id, "hold_id": hold.id}
