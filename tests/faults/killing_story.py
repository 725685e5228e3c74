"""One upload on its way to a receipt, through processes that are killed."""

from __future__ import annotations

import mmap
import random
import struct
from collections.abc import Callable
from contextlib import ExitStack
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast
from unittest import mock

from tests.acceptance.stories import picture
from tests.acceptance.test_killed_anywhere import (
    World,
    assert_that_counts_are_right,
    assert_that_everything_happened_once,
    begin,
    go_on,
)
from tests.faults import forked
from wardline import ports
from wardline.testing import harness
from wardline.testing.authority_sandbox import AuthoritySandbox
from wardline.testing.clock import VirtualClock
from wardline.testing.harness import PLATFORM_SECRET, START, Key, Line, Person, nothing_reached
from wardline.testing.platform_sandbox import PlatformSandbox

_KILLS_A_STORY = 10
"""Each life lets time pass; with many more the referral would come near its deadline, and an alarm would rightly be raised."""
_MOST_VISITS = 8
_MEMORY = mmap.mmap(-1, 8)
"""Of this process and its children."""


class SharedClock(VirtualClock):
    """A clock that stands still until one of several processes moves it."""

    def now(self) -> datetime:
        """Give the current time."""
        return START + timedelta(microseconds=struct.unpack("<q", _MEMORY[:])[0])

    def advance(self, step: timedelta) -> datetime:
        """Move on and give the new time."""
        passed = self.now() + step - START
        _MEMORY[:] = struct.pack("<q", passed // timedelta(microseconds=1))
        return self.now()


class Taken:
    """What the real decode sandbox said of a few pictures; it belongs to one process and its answers do not."""

    def __init__(self) -> None:
        self.answers: dict[str, Any] = {}
        self._media: ports.Media | None = None

    def take_down(self, media: ports.Media) -> None:
        """Ask the real one whenever an answer is missing."""
        self._media = media

    def _answer(self, name: str, *values: Any, **named: Any) -> Any:
        key = repr((name, values, sorted(named.items())))
        if key not in self.answers and self._media is not None:
            self.answers[key] = getattr(self._media, name)(*values, **named)
        return self.answers[key]

    def probe(self, *values: Any, **named: Any) -> Any:
        """See ``ports.Media``."""
        return self._answer("probe", *values, **named)

    def hash(self, *values: Any, **named: Any) -> Any:
        """See ``ports.Media``."""
        return self._answer("hash", *values, **named)

    def render(self, *values: Any, **named: Any) -> Any:
        """See ``ports.Media``."""
        return self._answer("render", *values, **named)


class Outside:
    """The authority and the platform, in a process of their own that nobody kills."""

    def __init__(self) -> None:
        self._stack = ExitStack()
        self._world: Any = None

    def __call__(self, question: str) -> Any:
        """Make a new world and give its addresses, or tell what was seen in it."""
        if question == "new":
            _MEMORY[:] = bytes(8)
            self._stack.close()
            clock = SharedClock(START)
            authority = self._stack.enter_context(AuthoritySandbox(clock_now=clock.now))
            platform = self._stack.enter_context(PlatformSandbox(PLATFORM_SECRET, now=clock.now))
            self._world = SimpleNamespace(authority=authority, platform=platform)
            return authority.url, platform.url
        authority, platform = self._world.authority, self._world.platform
        return (
            authority.ledger.finished(), platform.actions(), platform.state_of("post-1"),
            platform.account_state_of("account-1"),
        )  # fmt: skip


@cache
def _outside() -> forked.Servant:
    picture()
    return forked.Servant(Outside())


@cache
def _answers() -> dict[str, Any]:
    """Live the story once, undisturbed and with the real decode sandbox, and give what that said."""
    return forked.warm(_rehearse)


def _rehearse() -> dict[str, Any]:
    import tempfile

    taken = Taken()
    taken.take_down(harness.shared_media())
    with (
        tempfile.TemporaryDirectory() as folder,
        _line("sqlite", Path(folder), _outside().ask("new"), taken, 0) as line,
    ):
        key, mika = begin(line)
        go_on(line, key, mika)
        line.verify()
    harness.shared_media().close()
    return taken.answers


def _line(
    address: str, folder: Path, urls: tuple[str, str], media: Taken, life: int, reached: ports.WritePoint = nothing_reached
) -> Line:  # fmt: skip
    from wardline.adapters.authorities.ncmec import NcmecAuthority
    from wardline.adapters.platforms.webhook import WebhookPlatform

    clock = SharedClock(START)
    authority = NcmecAuthority(
        environment="sandbox",
        username="sandbox",
        password="sandbox",
        clock_now=clock.now,
        sandbox_url=urls[0],
    )
    platform = WebhookPlatform(harness.PLATFORM, urls[1], PLATFORM_SECRET, now=clock.now)
    with mock.patch.object(harness, "shared_media", return_value=media):
        return Line(
            folder, store=address, clock=clock, authority=authority, platform=platform, reached=reached, seed=life
        )  # fmt: skip


def run(
    address: str, folder: Path, chance: random.Random, most: int, note: Callable[[str], None], bug: str
) -> list[str]:
    """Live one story through kills; gives what was wrong at its end."""
    media = Taken()
    media.answers = _answers()
    urls = _outside().ask("new")

    def started() -> tuple[Key, Person]:
        with _line(address, folder, urls, media, 0) as line:
            return begin(line)

    key, mika = forked.answered(started)

    def live(life: int, visit: int | None) -> Callable[[int], None]:
        def lives(pipe: int) -> None:
            if bug == "never-finished":
                raise TimeoutError("story: planted to fail in each life")
            armed = forked.KillAt(visit, pipe) if visit is not None else nothing_reached
            with _line(address, folder, urls, media, life, armed) as line:
                if bug == "other-key":
                    line.submit(
                        picture(), key=key, idempotency_key=f"upload {life}", content_reference="post-1"
                    )
                go_on(line, key, mika)

        return lives

    life = 1
    while life <= min(most, _KILLS_A_STORY):
        try:
            point = forked.killed(live(life, chance.randint(1, _MOST_VISITS)))
        except RuntimeError as error:
            return [f"cannot be carried on: {error}"]
        if point is None:
            break
        note(point.strip())
        life += 1
    try:
        if forked.killed(live(life + 1, None)) is not None:
            return ["killed although nobody did"]
    except RuntimeError as error:
        return [f"cannot be carried on: {error}"]
    return forked.answered(lambda: _look(address, folder, urls, media, life + 2))


def _look(address: str, folder: Path, urls: tuple[str, str], media: Taken, life: int) -> list[str]:
    finished, actions, content, account = _outside().ask("told")
    seen = SimpleNamespace(
        authority=SimpleNamespace(ledger=SimpleNamespace(finished=lambda: finished)),
        platform=SimpleNamespace(
            actions=lambda: actions, state_of=lambda _: content, account_state_of=lambda _: account
        ),
    )
    with _line(address, folder, urls, media, life) as line:
        try:
            assert_that_everything_happened_once(line, cast("World", seen))
            assert_that_counts_are_right(line)
        except (AssertionError, ValueError) as error:
            return [f"{type(error).__name__}: {error}"[:500]]
    return []
