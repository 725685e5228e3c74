"""``wardline hash``: the hashes of files, as lists are exchanged with them."""

from __future__ import annotations

import sys
from collections.abc import Generator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from wardline.cli import contents, decoders, output
from wardline.cli.errors_table import CALLER, FINDING, note_json, tell
from wardline.errors import InputError, TooLargeError, WardlineError

if TYPE_CHECKING:
    from wardline import ports, records
    from wardline.settings import IntakeSettings

_HASHERS = ("md5", "sha1", "sha256", "pdq")
_STDIN = "-"
_COLUMNS = ("md5", "sha1", "sha256", "pdq", "pdq_quality")


@dataclass(frozen=True, slots=True)
class _Hashed:
    """What came of one file: its line, or what is wrong with it, or both."""

    line: dict[str, Any] | None
    problem: WardlineError | None

    @property
    def code(self) -> int:
        """The exit code that it alone would give."""
        if self.problem is None:
            return 0
        return CALLER if self.line is None else FINDING


def hash_(
    files: Annotated[
        list[str], typer.Argument(metavar="FILE...", help='Pictures; "-" reads one from standard input.')
    ],
    folder: Annotated[
        Path | None,
        typer.Option(
            "--folder",
            envvar="WARDLINE_FOLDER",
            help="Decode within the limits of this installation; without one, within the default limits.",
            show_default=False,
        ),
    ] = None,
    as_json: Annotated[
        bool,
        typer.Option(
            "--json",
            help="Print one JSON object a line, one for each file.",
            callback=note_json,
            is_eager=True,
        ),
    ] = False,
) -> None:
    """Print the MD5, SHA-1, SHA-256 and PDQ of files, in the order given.

    Needs no installation and keeps nothing. Of a file that cannot be decoded it prints the first three, says why on standard error and
    ends with 1; one that cannot be read has no line, and it ends with 2. All others are printed all the same.
    """
    if files.count(_STDIN) > 1:
        raise InputError("-: given twice, expected standard input once", remedy="Name it once.")
    limits = _limits(folder)
    workers = min(decoders.cores(), len(files))
    code = 0
    with (
        decoders.sandbox(limits, _HASHERS, workers=workers) as media,
        closing(_in_order(files, media, limits, workers)) as all_hashed,
    ):
        for name, hashed in zip(files, all_hashed, strict=True):
            _tell(name, hashed, as_json=as_json)
            code = max(code, hashed.code)
    if code:
        raise typer.Exit(code)


def _limits(folder: Path | None) -> IntakeSettings:
    from wardline import settings

    return settings.IntakeSettings() if folder is None else settings.load(folder).intake


def _in_order(
    files: list[str], media: ports.Media, limits: IntakeSettings, workers: int
) -> Generator[_Hashed, None, None]:
    """Hash several at a time. Closing it early keeps what waits from still beginning."""
    threads = ThreadPoolExecutor(2 * workers, thread_name_prefix="hash")
    try:
        yield from threads.map(lambda name: _hashed(name, media, limits.max_bytes), files)
    finally:
        threads.shutdown(cancel_futures=True)


def _hashed(name: str, media: ports.Media, max_bytes: int) -> _Hashed:
    from wardline import records

    try:
        content = _content(name, max_bytes)
    except OSError as error:
        why = error.strerror or "not readable"
        return _Hashed(
            None,
            InputError(
                f"file {output.shown(name)}: cannot be read ({why}), expected a file",
                remedy="Check its path.",
            ),
        )
    if isinstance(content, contents.TooLarge):
        too_large = TooLargeError(
            f"file {output.shown(name)}: {content.size_bytes} bytes, expected at most {max_bytes}; it has no PDQ"
        )
        return _Hashed(_line(name, content.digests), too_large)
    examined = media.hash(content.data, precision=records.Precision.EXACT)
    if isinstance(examined, records.Unscannable):
        problem = InputError(
            f"file {output.shown(name)}: {examined.reason}, expected a picture that can be decoded; it has no PDQ",
            remedy="Open it in another program; what is cut short or of an unknown format has no picture to hash.",
        )
        return _Hashed(_line(name, content.digests), problem)
    return _Hashed(_line(name, examined.hashes), None)


def _content(name: str, max_bytes: int) -> contents.Content:
    if name == _STDIN:
        return contents.take(sys.stdin.buffer.read, max_bytes=max_bytes)
    with open(name, "rb", buffering=0) as file:  # noqa: PTH123 - a name is bytes on disk, perhaps no text
        return contents.take(file.read, max_bytes=max_bytes)


def _line(name: str, hashes: tuple[records.Hash, ...]) -> dict[str, Any]:
    found = {each.kind.value: each for each in hashes}
    values: dict[str, Any] = {kind: found[kind].value if kind in found else None for kind in _HASHERS}
    quality = found["pdq"].quality if "pdq" in found else None
    return {"path": name, **values, "pdq_quality": quality}


def _tell(name: str, hashed: _Hashed, *, as_json: bool) -> None:
    if hashed.line is not None:
        if as_json:
            output.as_json(hashed.line)
        else:
            output.line(output.shown(name))
            output.facts({f"  {column}": hashed.line[column] for column in _COLUMNS})
    if hashed.problem is not None:
        tell(hashed.problem, as_json=as_json)
