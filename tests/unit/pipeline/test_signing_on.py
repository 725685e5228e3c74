"""The log is signed on only where it is what was signed: a restart must not put our signature under what somebody else wrote.

Whoever has the database and not the log's key can change rows, and take checkpoints away; the process that remembers the log may have ended meanwhile.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from wardline.errors import AuditLogError
from wardline.kernels import merkle
from wardline.records import Verb
from wardline.testing.harness import Line

_SIGNED = 4


def told(line: Line, number: int) -> None:
    line.store.commit(entries=[line.parts.entry(Verb.COUNTS_LOGGED, "counts", detail=f"number {number}")])


def signed_log(folder: Path) -> None:
    """Make a log of four entries, each with its checkpoint, and end."""
    with Line(folder, store="sqlite") as line:
        for number in range(_SIGNED):
            told(line, number)
            line.sequence()
        assert line.verify().ok


def changed(folder: Path, *, position: int, drop_from: int) -> None:
    """Change an entry consistently, as somebody would who knows how entries are hashed, and drop the checkpoints over it."""
    with closing(sqlite3.connect(folder / "wardline.sqlite")) as database, database:
        (leaf,) = database.execute(
            "SELECT leaf FROM audit_entries WHERE position = ?", (position,)
        ).fetchone()
        other = (
            leaf.replace(b"number", b"letter")
            if isinstance(leaf, bytes)
            else leaf.replace("number", "letter")
        )
        assert other != leaf
        as_bytes = other if isinstance(other, bytes) else other.encode()
        database.execute(
            "UPDATE audit_entries SET leaf = ?, leaf_hash = ? WHERE position = ?",
            (other, merkle.leaf_hash(as_bytes), position),
        )
        database.execute("DELETE FROM audit_checkpoints WHERE size >= ?", (drop_from,))


def all_dropped(folder: Path) -> None:
    changed(folder, position=2, drop_from=0)


def those_over_the_change_dropped(folder: Path) -> None:
    changed(folder, position=2, drop_from=3)


def the_last_dropped(folder: Path) -> None:
    changed(folder, position=3, drop_from=4)


def a_false_one_in_their_place(folder: Path) -> None:
    changed(folder, position=2, drop_from=3)
    with closing(sqlite3.connect(folder / "wardline.sqlite")) as database, database:
        rows = database.execute("SELECT leaf FROM audit_entries WHERE position IS NOT NULL ORDER BY position")
        leaves = [leaf if isinstance(leaf, bytes) else leaf.encode() for (leaf,) in rows]
        root = merkle.root([merkle.leaf_hash(leaf) for leaf in leaves])
        names = [row[1] for row in database.execute("PRAGMA table_info(audit_checkpoints)")]
        database.execute(
            f"INSERT INTO audit_checkpoints SELECT {', '.join('?' if each in {'size', 'root'} else each for each in names)} "  # noqa: S608 - names of columns
            "FROM audit_checkpoints WHERE size = 2",
            [{"size": _SIGNED, "root": root}[each] for each in names if each in {"size", "root"}],
        )


@pytest.mark.parametrize(
    "tamper", [all_dropped, those_over_the_change_dropped, the_last_dropped, a_false_one_in_their_place]
)
def test_a_changed_log_without_its_checkpoints_is_not_signed_on_after_a_restart(
    tamper: Callable[[Path], None], tmp_path: Path
) -> None:
    signed_log(tmp_path)
    tamper(tmp_path)
    with Line(tmp_path, store="sqlite", seed=1) as line:
        told(line, 9)
        with pytest.raises(AuditLogError):
            line.sequence()
        assert line.store.log_size() == _SIGNED
        assert not line.wardline.verify_audit().ok


def test_an_untouched_log_is_signed_on_after_a_restart(tmp_path: Path) -> None:
    signed_log(tmp_path)
    with Line(tmp_path, store="sqlite", seed=1) as line:
        told(line, 9)
        line.sequence()
        assert line.store.log_size() == _SIGNED + 1
        assert line.verify().ok
