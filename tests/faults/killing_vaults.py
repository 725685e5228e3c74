"""Sealed files go from a folder into a bucket under new master keys, and back, through processes that are killed.

The bucket is on moto's server, in a process that nobody kills.
"""

from __future__ import annotations

import hashlib
import random
import tempfile
from collections.abc import Callable
from contextlib import ExitStack, nullcontext
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

from tests import s3_server
from tests.acceptance.stories import picture
from tests.faults import forked, killing_story
from wardline import ports
from wardline.adapters.vaults.bucket import Bucket
from wardline.adapters.vaults.directory import DirectoryVault
from wardline.adapters.vaults.s3 import S3Vault
from wardline.pipeline import vault_copying
from wardline.testing import harness
from wardline.testing.harness import Line, nothing_reached

FILES = 3
_MOST_VISITS = 25
_KILLS_A_VAULT = 8
_KEYS = (b"v" * 32, b"w" * 32, b"x" * 32)
"""One after the other; the first is the harness's."""
_SPARE = "spare-1"
"""Sealed in the bucket and destroyed there."""
_PURPOSE = "original"
_FIRST = "first"
"""Not the installation's own folder, which opens under its one key only."""
_STACK = ExitStack()


@dataclass(frozen=True)
class Ring:
    """The master keys, each of which opens what was sealed under it."""

    place: int
    """Of the newest."""

    def newest(self) -> bytes:
        """See ``ports.MasterKeys``."""
        return _KEYS[self.place]

    def named(self, key_id: bytes) -> bytes | None:
        """See ``ports.MasterKeys``."""
        return next((each for each in _KEYS if hashlib.sha256(each).digest()[:8] == key_id), None)

    def kept(self) -> nullcontext[None]:
        """See ``ports.MasterKeys``: none is ever taken away here."""
        return nullcontext()


@cache
def _server() -> s3_server.ObjectStore:
    return _STACK.enter_context(s3_server.running())


def end() -> None:
    """End the server, if there is one."""
    _STACK.close()


@dataclass(frozen=True, kw_only=True)
class _Places:
    """Where files lie: in a folder, in a bucket, and in a folder again."""

    first: DirectoryVault
    bucket: S3Vault
    last: DirectoryVault


def _places(folder: Path, where: Bucket, line: Line, reached: ports.WritePoint, newest: int) -> _Places:
    ring = Ring(newest)
    return _Places(
        first=DirectoryVault(folder / _FIRST, ring, reached=reached, now=line.clock.now),
        bucket=S3Vault(where, ring, reached=reached, now=line.clock.now),
        last=DirectoryVault(folder / "back", ring, reached=reached, now=line.clock.now),
    )


def _rewrap(vault: ports.Vault) -> None:
    for object_id, purpose, _ in list(vault.inventory()):
        vault.rewrap(object_id, purpose)


def _go_on(folder: Path, where: Bucket, line: Line, reached: ports.WritePoint) -> None:
    """Do all of it; what was done before is found done. Where it is in the last folder already, nothing is brought anywhere."""
    parts = replace(line.parts, reached=reached)
    under = [_places(folder, where, line, reached, newest) for newest in (1, 2)]
    _rewrap(under[0].first)
    vault_copying.copy_all(parts, under[0].first, under[0].bucket)
    vault_copying.leave(parts, under[0].first, under[0].bucket)
    under[1].bucket.seal(_SPARE, _PURPOSE, b"spare")
    under[1].bucket.destroy(_SPARE, _PURPOSE)
    _rewrap(under[1].bucket)
    vault_copying.leave(parts, under[1].bucket, under[1].last)


def run(
    address: str, folder: Path, chance: random.Random, most: int, note: Callable[[str], None], bug: str
) -> list[str]:
    """Bring the sealed files of one installation through kills; gives what was wrong at the end."""
    media = killing_story.Taken()
    media.answers = _answers()
    urls, url = killing_story._outside().ask("new"), _server().url

    def started() -> str:
        with killing_story._line(address, folder, urls, media, 0) as line:
            _fill(line, folder)
        return s3_server.ObjectStore(url).bucket(versioned=True, name=f"round-{folder.name}").place.bucket

    where = Bucket(s3_server.place(url, forked.answered(started)))

    def live(life: int, visit: int | None) -> Callable[[int], None]:
        def lives(pipe: int) -> None:
            armed = forked.KillAt(visit, pipe) if visit is not None else nothing_reached
            with killing_story._line(address, folder, urls, media, life) as line:
                if bug == "left-uncopied":
                    _destroy_first(folder, where, line)
                _go_on(folder, where, line, armed)

        return lives

    life, wrong = killing_story.through_kills(live, chance, min(most, _KILLS_A_VAULT), _MOST_VISITS, note)
    if wrong:
        return wrong

    def look() -> list[str]:
        with killing_story._line(address, folder, urls, media, life + 2) as line:
            return _look(folder, where, line)

    return forked.answered(look)


def _fill(line: Line, folder: Path) -> None:
    for seed in range(1, FILES + 1):
        line.submit(picture(seed), flag="spam", account=f"account-{seed}", content_reference=f"post-{seed}")
    (folder / "vault").rename(folder / _FIRST)


def _destroy_first(folder: Path, where: Bucket, line: Line) -> None:
    """The planted bug: something is destroyed in the first folder before it is anywhere else."""
    first = _places(folder, where, line, nothing_reached, 1).first
    for object_id, purpose, _ in list(first.inventory())[:1]:
        first.destroy(object_id, purpose)


def _look(folder: Path, where: Bucket, line: Line) -> list[str]:
    there = _places(folder, where, line, nothing_reached, 2)
    newest_alone = DirectoryVault(folder / "back", _KEYS[2], reached=nothing_reached, now=line.clock.now)
    expected = {item_id for case in line.store.cases() for item_id in case.item_ids}
    held = {name: newest_alone.open(name, purpose) for name, purpose, _ in newest_alone.inventory()}
    wrong = []
    if set(held) != expected or sorted(held.values()) != sorted(picture(n) for n in range(1, FILES + 1)):
        wrong.append(
            f"vault: {len(held)} files where they went, expected {len(expected)} as they were sealed"
        )
    if list(there.first.inventory()) or list(there.bucket.inventory()) or s3_server.names_in(where):
        wrong.append("vault: something is left where it was, expected nothing")
    marks = [picture(n)[:64] for n in range(1, FILES + 1)]
    if any(mark in path.read_bytes() for path in folder.rglob("*") if path.is_file() for mark in marks):
        wrong.append("disk: plain content, expected none")
    return wrong


@cache
def _answers() -> dict[str, Any]:
    """Do it once, undisturbed, and give what the real decode sandbox said."""
    return forked.warm(_rehearse)


def _rehearse() -> dict[str, Any]:
    media = killing_story.Taken()
    media.take_down(harness.shared_media())
    with (
        tempfile.TemporaryDirectory() as name,
        killing_story._line("sqlite", Path(name), killing_story._outside().ask("new"), media, 0) as line,
    ):
        _fill(line, Path(name))
        _go_on(
            Path(name),
            s3_server.ObjectStore(_server().url).bucket(versioned=True, name="rehearsed"),
            line,
            nothing_reached,
        )
    harness.shared_media().close()
    return media.answers
