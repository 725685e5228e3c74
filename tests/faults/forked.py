"""Children of a warm parent: everything is imported already, so that a process to be killed costs some milliseconds.

The parent has one thread and no connection of any kind, or its children would share them. What a child makes is its own.
"""

from __future__ import annotations

import contextlib
import gc
import importlib
import os
import pickle
import signal
import sys
import threading
import traceback
from collections.abc import Callable
from multiprocessing.connection import Connection, Pipe
from typing import Any, TypeVar

T = TypeVar("T")
_NOT_HERE = ("__main__", "__mp_main__", "antigravity", "this")
_LOOK_SECONDS = 1.0
"""How often a servant looks whether its parent is still there."""


_LONGEST_SECONDS = 300
"""A child that lives and is still not at its end by then hangs: the kernel ends it, so that the run fails instead of waiting for ever."""


class KillAt:
    """A write point hook that ends its process with SIGKILL at the n-th visit, after it wrote the visit's name to a pipe, in a line."""

    def __init__(self, visit: int, names: int) -> None:
        self._left = visit
        self._names = names

    def __call__(self, name: str) -> None:
        """Count a visit."""
        self._left -= 1
        if self._left == 0:
            os.write(self._names, f"{name}\n".encode())
            os.kill(os.getpid(), signal.SIGKILL)


def killed(live: Callable[[int], None]) -> str | None:
    """Fork a child that lives; gives what it wrote to its pipe if it was killed, None where it came to its end.

    Raises:
        RuntimeError: It failed, which is neither.
    """
    reading, writing = os.pipe()

    def lives() -> None:
        signal.alarm(_LONGEST_SECONDS)
        os.close(reading)
        live(writing)

    pid = _fork(lives)
    os.close(writing)
    with os.fdopen(reading, "rb") as told:
        text = told.read().decode()
    status = os.waitpid(pid, 0)[1]
    if os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL:
        return text
    if status:
        raise RuntimeError(f"child: ended with {status}, expected its end or a kill")
    return None


def answered(ask: Callable[[], T]) -> T:
    """Fork a child for a question and give its answer.

    Raises:
        RuntimeError: It did not answer; what went wrong is on the standard error.
    """
    ours, theirs = Pipe(duplex=False)

    def answers() -> None:
        signal.alarm(_LONGEST_SECONDS)
        theirs.send_bytes(pickle.dumps(ask()))

    pid = _fork(answers)
    theirs.close()
    try:
        return pickle.loads(ours.recv_bytes())  # type: ignore[no-any-return]  # noqa: S301 - of our own child
    except EOFError:
        raise RuntimeError("child: no answer, expected one") from None
    finally:
        ours.close()
        os.waitpid(pid, 0)


def warm(rehearse: Callable[[], T]) -> T:
    """Have a child do once what others shall do, and import here all that it imported; gives its answer.

    Much is imported where it is first used, which would else be in each child anew.
    """
    answer, names = answered(lambda: (rehearse(), sorted(sys.modules)))
    for name in names:
        if name not in sys.modules and name.partition(".")[0] not in _NOT_HERE:
            with contextlib.suppress(
                Exception
            ):  # some can only be imported in the right company, which follows
                importlib.import_module(name)
    if threading.active_count() > 1:
        raise RuntimeError("parent: has threads after imports, expected one only")
    return answer


class Servant:
    """A child that stays and does what it is asked for, one thing after the other; it may have threads."""

    def __init__(self, serve: Callable[[Any], Any]) -> None:
        self._ours, theirs = Pipe()
        parent = os.getpid()
        self._pid = _fork(lambda: _serve(theirs, serve, parent))
        theirs.close()

    def ask(self, question: Any) -> Any:
        """Ask, and wait for the answer."""
        self._ours.send(question)
        return self._ours.recv()

    def end(self) -> None:
        """Kill it."""
        os.kill(self._pid, signal.SIGKILL)
        os.waitpid(self._pid, 0)
        self._ours.close()


def _serve(connection: Connection, serve: Callable[[Any], Any], parent: int) -> None:
    # The pipe's other end lives on in other children, so that its end would tell nothing.
    while os.getppid() == parent:
        if connection.poll(_LOOK_SECONDS):
            connection.send(serve(connection.recv()))


def _fork(live: Callable[[], object]) -> int:
    sys.stdout.flush()
    sys.stderr.flush()
    pid = os.fork()
    if pid:
        return pid
    gc.freeze()
    code = 1
    try:
        live()
        code = 0
    except BaseException:  # noqa: BLE001 - whatever it is, the child ends here and not in its parent's code
        traceback.print_exc()
    finally:
        sys.stderr.flush()
        os._exit(code)
