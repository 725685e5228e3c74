"""A store that commits on a recorded disk, and what may be asked of it after a power cut.

Real are: the store (``SqlStore``, its group commit, its schema, its statements, its settings of SQLite from ``engines.py``), SQLAlchemy, DBOS's tables, and the whole recovery after
the cut: the files are laid into a folder and opened by ``open_sqlite`` with Python's own SQLite, and the signed log is verified. A twin is what stands between the store and the disk while
it commits: APSW with its own, newer copy of SQLite in place of the module ``sqlite3`` (``apsw_driver``), and the disk itself (``disk``). APSW's hooks know no shared
memory, so that there is one connection, in ``locking_mode=EXCLUSIVE``, where an installation has several; checkpoints run between commits and not beside them, by lot
and not by the log's length, and the log is cut shorter when it is begun anew.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from unittest import mock

import sqlalchemy as sa

from tests.faults import apsw_driver
from tests.faults.disk import Disk, Event, Image, RecordingVfs, Word, after_power_cut
from tests.unit.audit import logs
from tests.unit.stores import databases
from wardline import audit
from wardline.adapters import stores
from wardline.adapters.stores import checkpoints, engines
from wardline.kernels import merkle
from wardline.records import Add, Insert, Step, Task
from wardline.testing import store_records as make

NAME = "wardline.sqlite"
_NEVER = 10**6
_MOST = 10**6
CUTS_A_RUN = 10
RUNS_A_CHAIN = 4


_SIGNED = "signed "
_LOG_BYTES = 65_536
"""To so much a log is cut that is begun anew: a thousandth of an installation's, which no log reaches here."""


@dataclass(frozen=True, slots=True)
class Told:
    """What was acknowledged before a cut."""

    cases: frozenset[str] = frozenset()
    signed: int = 0
    """Entries under the last checkpoint."""


@dataclass(frozen=True, slots=True)
class Recording:
    """One run, with no power cut in it."""

    before: Image
    events: list[Event]

    def cut(self, chance: random.Random) -> tuple[Image, Told]:
        """Cut the power at a moment drawn by lot; gives what is left, and what was acknowledged by then."""
        events = self.events[: chance.randint(0, len(self.events))]
        words = [event.text for event in events if isinstance(event, Word)]
        sizes = [int(word.removeprefix(_SIGNED)) for word in words if word.startswith(_SIGNED)]
        cases = frozenset(word for word in words if not word.startswith(_SIGNED))
        return after_power_cut(self.before, events, chance), Told(cases, max(sizes, default=0))


def record(before: Image, chance: random.Random, *, synchronous: str | None = None) -> Recording:
    """Run the store on files that a cut left, or on new ones: commits, checkpoints, and sometimes an orderly end.

    Args:
        before: The files.
        chance: Draws what happens.
        synchronous: Instead of what ``engines.py`` sets.
    """
    disk = Disk.of(before)
    vfs = RecordingVfs(f"recorded-{id(disk)}", disk)
    with mock.patch.object(checkpoints, "_PAUSE_SECONDS", _NEVER), _ids_by(chance):
        engine = _engine(vfs.vfs_name, synchronous)
        store = stores.SqlStore(engine, enqueue=stores.enqueuer(engine))
        for _ in range(chance.randint(3, 12)):
            disk.told(_open_case(store))
            if chance.random() < 0.25:
                disk.told(f"{_SIGNED}{_sign(store)}")
            if chance.random() < 0.15:
                _copy(engine, chance)
        if chance.random() < 0.5:
            store.close()
            return Recording(before, disk.events)
        events = list(disk.events)
        store.close()
    return Recording(before, events)


@contextmanager
def _ids_by(chance: random.Random) -> Iterator[None]:
    """Draw ids and salts from the seed, or the same run again would write other pages."""
    with (
        mock.patch("secrets.token_bytes", lambda size=32: chance.randbytes(size)),
        mock.patch("secrets.token_hex", lambda size=32: chance.randbytes(size).hex()),
    ):
        yield


def _copy(engine: sa.Engine, chance: random.Random) -> None:
    """Copy what was committed as the thread does that is kept still here, which begins the log anew where it is long."""
    with engine.connect() as connection:
        if chance.random() < 0.5:
            checkpoints._checkpoint(connection, "PASSIVE")
        else:
            checkpoints._flush(connection)
            checkpoints._begin_anew(connection)


def _sign(store: stores.SqlStore) -> int:
    """Sequence what waits under a signed checkpoint; gives the log's size."""
    size = store.log_size()
    frontier = merkle.Frontier().extend(stored for _, _, stored in store.log_entries(0, size))
    store.sequence(lambda leaves: audit.sign_batch(frontier, leaves, logs.KEY, logs.ORIGIN, make.NOON)[1])
    return store.log_size()


def _engine(vfs: str, synchronous: str | None) -> sa.Engine:
    engine = sa.create_engine(
        f"sqlite:///{NAME}", module=apsw_driver, connect_args={"vfs": vfs}, pool_size=1, max_overflow=0,
        poolclass=sa.QueuePool, hide_parameters=True,
    )  # fmt: skip

    def exclusive(connection: Any, _: Any) -> None:
        connection.execute("PRAGMA locking_mode=EXCLUSIVE")

    def shortening(connection: Any, _: Any) -> None:
        connection.execute(f"PRAGMA journal_size_limit={_LOG_BYTES}")

    def otherwise(connection: Any, _: Any) -> None:
        connection.execute(f"PRAGMA synchronous={synchronous}")

    sa.event.listen(engine, "connect", exclusive)
    sa.event.listen(engine, "connect", engines._set_up_sqlite)
    sa.event.listen(engine, "connect", shortening)
    if synchronous is not None:
        sa.event.listen(engine, "connect", otherwise)
    return engine


def _open_case(store: stores.SqlStore) -> str:
    """Commit a case with all that belongs to it; gives its id once the commit returned."""
    case = make.case()
    changes = (Insert(case), Insert(make.hold(case_id=case.id)), Add(Step.CASES_OPENED, make.NOON.date()))
    store.commit(
        *changes, entries=[make.entry(subject_id=case.id)], work=[Task(name="conclude", record_id=case.id)]
    )
    return case.id


def new_files() -> Image:
    """Give a migrated database that nothing was written to yet."""
    return {NAME: databases._sqlite_template()}


@dataclass(frozen=True, slots=True)
class Found:
    """What a store holds that was opened after a cut."""

    kept: Told
    whole: bool
    """Each case has its hold, its work, its entry and its count, the database is sound, and the log verifies as far as it was signed."""


def look_into(image: Image, folder: Path) -> Found:
    """Open what a cut left, as an installation would, and look at everything."""
    for old in sorted(folder.iterdir()):
        old.unlink()
    for name, content in sorted(image.items()):
        (folder / name).write_bytes(content)
    with _opened(folder / NAME) as (engine, store):
        cases = {case.id for case in store.cases(most=_MOST)}
        counted = sum(count.count for count in store.counts(make.NOON.date(), make.NOON.date()))
        with engine.connect() as connection:
            sound = connection.exec_driver_sql("PRAGMA integrity_check").scalar() == "ok"
        last, size = store.last_checkpoint(), store.log_size()
        signed = 0 if last is None else last.size
        log = audit.verify_log(store.log_entries(0, size), store.checkpoints(), logs.ORIGIN, logs.PUBLIC_KEY)
        whole = (
            sound
            and log.ok
            and signed == size
            and {hold.case_id for hold in store.holds(most=_MOST)} == cases
            and {task.record_id for task in databases.tasks_in(engine)} == cases
            and counted == len(cases)
            and not list(store.drifted())
        )
    return Found(Told(frozenset(cases), signed), whole)


@contextmanager
def _opened(path: Path) -> Iterator[tuple[sa.Engine, stores.SqlStore]]:
    engine = stores.open_sqlite(path)
    store = stores.SqlStore(engine)
    try:
        yield engine, store
    finally:
        store.close()


@dataclass(slots=True)
class Tally:
    """What many cuts did."""

    cuts: int = 0
    acknowledged: int = 0
    lost: int = 0
    signed: int = 0
    """Cuts after a checkpoint was acknowledged in that run."""
    unsound: int = 0

    def __add__(self, other: Tally) -> Tally:
        return Tally(
            self.cuts + other.cuts, self.acknowledged + other.acknowledged,
            self.lost + other.lost, self.signed + other.signed, self.unsound + other.unsound,
        )  # fmt: skip


def cut_often(seed: int, cuts: int, folder: Path, *, synchronous: str | None = None) -> Tally:
    """Cut the power again and again. Every few cuts the store goes on from what the last one left, so that recoveries are cut too."""
    chance = random.Random(seed)
    tally, image, found = Tally(), new_files(), Found(Told(), whole=True)
    for round_ in range(-(-cuts // CUTS_A_RUN)):
        before, known = (new_files(), Told()) if round_ % RUNS_A_CHAIN == 0 else (image, found.kept)
        recording = record(before, chance, synchronous=synchronous)
        for _ in range(CUTS_A_RUN):
            image, told = recording.cut(chance)
            found = look_into(image, folder)
            lost = len((known.cases | told.cases) - found.kept.cases)
            lost += max(known.signed, told.signed) > found.kept.signed
            tally += Tally(1, len(told.cases), lost, told.signed > 0, not found.whole)
    return tally
