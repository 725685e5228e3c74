"""Named write points: places where a crash is tried.

Code that makes state durable calls the ``ports.WritePoint`` it was given with a literal name, before or after the write:
``reached("vault:sealed")``. In production that does nothing. Fault tests pass a hook instead:

- ``Recorder`` remembers which names a run reached.
- ``from_environment`` obeys three variables, so that a test can crash a process that it starts:
  ``WARDLINE_CRASH_AT=vault:sealed`` kills it with SIGKILL when that name is reached, ``WARDLINE_CRASH_HIT=3`` only at the third time
  (default 1; every process counts for itself), and ``WARDLINE_WRITE_POINTS_LOG=path`` appends each distinct name to a file, once.
- ``KNOWN`` lists every name written in the package's source, sorted: what a full fault run goes through.
"""

from __future__ import annotations

import ast
import fcntl
import os
import signal
import threading
from collections.abc import Iterator, Mapping
from pathlib import Path

from wardline import ports
from wardline.errors import ConfigurationError

CRASH_AT = "WARDLINE_CRASH_AT"
CRASH_HIT = "WARDLINE_CRASH_HIT"
LOG = "WARDLINE_WRITE_POINTS_LOG"

KNOWN: tuple[str, ...]
"""Every write point that the package's source names. Found when first asked for."""


def __getattr__(name: str) -> tuple[str, ...]:
    if name != "KNOWN":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    globals()["KNOWN"] = found = names_in_source(Path(__file__).parents[1])
    return found


def names_in_source(folder: Path) -> tuple[str, ...]:
    """Collect the literal names in calls of ``reached(...)`` and ``..._reached(...)`` in the Python files below a folder."""
    found: set[str] = set()
    for path in folder.rglob("*.py"):
        text = path.read_text(encoding="utf-8")
        if "reached(" in text:
            found.update(_names_in(ast.parse(text)))
    return tuple(sorted(found))


def _names_in(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        match node:
            case ast.Call(
                func=ast.Name(id=called) | ast.Attribute(attr=called), args=[ast.Constant(value=str(name))]
            ):
                if called == "reached" or called.endswith("_reached"):
                    yield name
            case _:
                pass


class Recorder:
    """A ``ports.WritePoint`` that remembers names, in the order of their first visit, and how often each was reached."""

    def __init__(self) -> None:
        self._hits: dict[str, int] = {}
        self._lock = threading.Lock()

    def __call__(self, name: str) -> None:
        with self._lock:
            self._hits[name] = self._hits.get(name, 0) + 1

    @property
    def names(self) -> tuple[str, ...]:
        """Each name once."""
        with self._lock:
            return tuple(self._hits)

    def hits(self, name: str) -> int:
        """How often a name was reached; 0 when never."""
        with self._lock:
            return self._hits.get(name, 0)


def from_environment(environment: Mapping[str, str] | None = None) -> ports.WritePoint:
    """Make the hook that the environment asks for; one that does nothing when it asks for nothing.

    Args:
        environment: Instead of ``os.environ``.

    Raises:
        ConfigurationError: ``WARDLINE_CRASH_HIT`` is not a whole number of at least 1.
    """
    values = os.environ if environment is None else environment
    crash_at, hit, log = values.get(CRASH_AT), values.get(CRASH_HIT, "1"), values.get(LOG)
    if not (hit.isascii() and hit.isdigit() and int(hit) >= 1):
        raise ConfigurationError(f"{CRASH_HIT}: not a count, expected a whole number of at least 1")
    recorder = Recorder()
    lock = threading.Lock()

    def reached(name: str) -> None:
        with lock:
            recorder(name)
            if log and recorder.hits(name) == 1:
                _append_once(Path(log), name)
            if name == crash_at and recorder.hits(name) == int(hit):
                os.kill(os.getpid(), signal.SIGKILL)

    return reached if crash_at or log else _nothing


def _nothing(name: str) -> None:
    """Do nothing, quickly."""


def _append_once(path: Path, name: str) -> None:
    """Append a name unless the file holds it, also when several processes share the file."""
    with path.open("a+", encoding="utf-8") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        file.seek(0)
        if name not in file.read().splitlines():
            file.write(f"{name}\n")


def names_in_log(path: Path) -> tuple[str, ...]:
    """Read the names that ``WARDLINE_WRITE_POINTS_LOG`` collected, in the order of their first visit; none when nothing was logged."""
    return tuple(path.read_text(encoding="utf-8").splitlines()) if path.exists() else ()
