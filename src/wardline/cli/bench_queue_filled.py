"""An installation in which very many cases wait: a few are made as uploads make them, and the database makes many of each."""

from __future__ import annotations

import contextlib
import secrets
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from wardline import audit, records, settings, wiring
from wardline.cli import output
from wardline.cli.bench_queue_filling import LEAD, MODERATORS, PERIOD, Filling, moderator
from wardline.cli.bench_stores import BenchStore
from wardline.errors import InputError
from wardline.kernels import merkle
from wardline.testing import multiplying
from wardline.testing.postgres import PostgresServer

if TYPE_CHECKING:
    from wardline.pipeline import Parts, Wardline

_SEEDS = 5_000
"""Of more cases than these, the rest are copies."""
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
_MOST_SHOWN = 1_000
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
    filling = Filling(wardline.parts)
    output.note(f"Writing {cases:,} cases ...")
    filling.cases(cases // copies)
    engine: Any = wardline.parts.store
    apart = PERIOD / (cases // copies) / copies
    made = multiplying.multiply(engine.engine, copies, apart=apart)
    _sign_copies(wardline.parts, engine.engine)
    output.note(f"{made:,} cases are open")
    password = secrets.token_urlsafe(16)
    wiring.create_secret(folder / _PASSWORD_FILE, password.encode())
    takers = filling.takers(password)
    filling.what_is_done(takers)
    return Full(
        folder=folder, wardline=wardline, takers=takers, lead=_signed_in(wardline.parts, takers[0], password), cases=made
    )  # fmt: skip


def _sign_copies(parts: Parts, engine: Any) -> None:
    """Sign the log with the copied entries in it: a log that is not what was signed is not signed on."""
    size, last = parts.store.log_size(), parts.store.last_checkpoint()
    if last is None or last.size == size:
        return
    frontier = merkle.Frontier().extend(parts.store.log_hashes(0, size))
    multiplying.keep(engine, audit.checkpoint(parts.log_origin, frontier, parts.log_key, parts.now()))


@contextlib.contextmanager
def again(folder: Path) -> Iterator[Full]:
    """Open what an earlier run filled, and show some people files anew: their shifts have ended since."""
    if not (folder / _PASSWORD_FILE).exists():
        raise InputError("folder: holds an installation that no benchmark made, expected an empty one")
    password = wiring.read_secret(folder / _PASSWORD_FILE, "the lead's password").decode()
    with wiring.open_installation(settings.load(folder)) as installation:
        wardline = installation.wardline
        parts = wardline.parts
        named = {each.name: each for each in parts.store.users()}
        takers = (named[LEAD], *(named[moderator(number)] for number in range(1, MODERATORS)))
        Filling(parts).who_was_shown_files(
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
