"""What ``wardline scan`` does with what it was asked: sign in, begin, run, tell, end."""

from __future__ import annotations

import os
import signal
import stat
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from wardline import matching
from wardline.cli import decoders, operator
from wardline.cli.opening import opened
from wardline.cli.scan import places, telling
from wardline.cli.scan.journal import Heading, Journal
from wardline.cli.scan.judging import Judge
from wardline.cli.scan.outcomes import Status
from wardline.cli.scan.places import PassedOver, Place, Trouble
from wardline.cli.scan.progress import Progress
from wardline.cli.scan.running import Run
from wardline.errors import InputError, WardlineError
from wardline.pipeline.scan import LibraryScan
from wardline.records import Precision, Scope
from wardline.wiring import Installation

STDIN = "-"
INTERRUPTED = 130
"""As shells have it: 128, and 2 for SIGINT."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """The command's arguments and options."""

    paths: list[str]
    listed: str | None
    null: bool
    resume: Path | None
    jobs: int | None
    exact: bool
    user: str
    password_file: Path | None
    folder: Path
    as_json: bool


@dataclass(frozen=True, slots=True)
class Library:
    """Where everything is that was asked for."""

    named: list[str]
    list_stream: IO[bytes] | None
    list_path: str | None
    """If the list can be read twice."""
    end: bytes
    journal: str | None
    """Absolute; it is no part of the library."""

    def find(self, passed: PassedOver) -> Iterator[Place | Trouble]:
        """Give every file, once."""
        yield from self._but_journal(places.walk(self.named, passed))
        if self.list_stream is not None:
            yield from self._but_journal(places.walk(places.listed(self.list_stream, end=self.end), passed))

    def count(self, over: Callable[[], bool]) -> int | None:
        """Count every file beforehand, until told to stop; None when that cannot be done."""
        number = 0
        with suppress(OSError, WardlineError), ExitStack() as stack:
            for found in self._twice(stack):
                for _ in found:
                    number += 1
                    if over():
                        return None
            return number if self.list_stream is None or self.list_path is not None else None
        return None

    def _twice(self, stack: ExitStack) -> Iterator[Iterator[Place | Trouble]]:
        yield places.walk(self.named, PassedOver())
        if self.list_path is not None:
            stream = stack.enter_context(Path(self.list_path).open("rb"))  # noqa: SIM115 - the stack closes it
            yield places.walk(places.listed(stream, end=self.end), PassedOver())

    def _but_journal(self, found: Iterator[Place | Trouble]) -> Iterator[Place | Trouble]:
        if self.journal is None:
            return found
        return (each for each in found if places.absolute(each.path) != self.journal)


def act(asked: Asked) -> int:
    """Do it, and give the exit code."""
    if not asked.paths and asked.listed is None:
        raise InputError("scan: no path, expected PATH or --list", remedy="Name what shall be scanned.")
    if asked.listed == STDIN and str(asked.password_file) == STDIN:
        raise InputError(
            "standard input: for the list and for the password, expected one of them",
            remedy="Put the password into a file of mode 0600.",
        )
    with ExitStack() as stack:
        library = _library(asked, stack)
        installation = stack.enter_context(opened(asked.folder))
        line, settings = installation.wardline, installation.settings
        person = operator.sign_in(line, asked.user, asked.password_file, Scope.MANAGE)
        journal = None
        if asked.resume is not None:
            heading = _heading(asked, library, installation)
            journal = stack.enter_context(closing(Journal(asked.resume, heading)))
        workers = asked.jobs or decoders.cores()
        media = stack.enter_context(
            decoders.sandbox(settings.intake, settings.matching.hashers, workers=workers)
        )
        scan = line.scan(user=person, media=media)
        precision = Precision.EXACT if asked.exact else Precision.FAST
        judge = Judge(scan, settings.intake.max_bytes, precision)
        return _run(asked, library, judge, journal, workers)


def _library(asked: Asked, stack: ExitStack) -> Library:
    stream, path = None, None
    if asked.listed == STDIN:
        stream = sys.stdin.buffer
    elif asked.listed is not None:
        try:
            stream = stack.enter_context(Path(asked.listed).open("rb"))  # noqa: SIM115 - the stack closes it
        except OSError as error:
            raise InputError(
                f"--list: cannot be read ({error.strerror}), expected a file with paths",
                remedy="Check its path.",
            ) from None
        path = asked.listed if stat.S_ISREG(os.fstat(stream.fileno()).st_mode) else None
    journal = places.absolute(str(asked.resume)) if asked.resume is not None else None
    end = b"\0" if asked.null else b"\n"
    return Library(places.require(asked.paths), stream, path, end, journal)


def _heading(asked: Asked, library: Library, installation: Installation) -> Heading:
    listed = asked.listed if asked.listed in (None, STDIN) else places.absolute(str(asked.listed))
    return Heading.of(
        arguments=[sorted(map(places.absolute, library.named)), listed, asked.null],
        rules=[
            list(installation.settings.matching.hashers),
            matching.FAST_ERROR_BITS,
            matching.MIN_PDQ_QUALITY,
        ],
        lists=installation.wardline.parts.store.lists_stamp(),
    )


def _run(asked: Asked, library: Library, judge: Judge, journal: Journal | None, workers: int) -> int:
    scan, passed = judge.scan, PassedOver()
    bar = sys.stderr.isatty() and not (asked.as_json and sys.stdout.isatty())
    with Progress(library.count, bar=bar) as progress:
        teller = telling.Teller(scan.list_names, progress, as_json=asked.as_json)
        try:
            run = Run(judge, teller, journal, workers=workers)
            with _heard(run.stop):
                run.go(library.find(passed))
        except BaseException as stopped:
            with suppress(WardlineError):  # what stopped it is told; that it began is in the log
                _end(scan, teller, whole=False)
            if not isinstance(stopped, KeyboardInterrupt):
                raise
            telling.interrupted(asked.resume, as_json=asked.as_json)
            return INTERRUPTED
    _end(scan, teller, whole=True)
    changed = scan.lists_changed()
    teller.summary(passed, lists_changed=changed)
    return teller.exit_code(lists_changed=changed)


@contextmanager
def _heard(stop: Callable[..., None]) -> Iterator[None]:
    """Let Ctrl-C call this, and then what it called before."""
    before = signal.signal(signal.SIGINT, stop)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before or signal.default_int_handler)


def _end(scan: LibraryScan, teller: telling.Teller, *, whole: bool) -> None:
    scan.end(
        files=teller.files,
        matches=teller.counts[Status.MATCH],
        not_scanned=teller.not_scanned,
        whole=whole,
    )
