"""An installation's work towards a receipt, through processes that are killed. What it is about is a ``Telling``; by itself, one upload."""

from __future__ import annotations

import mmap
import random
import struct
import traceback
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast
from unittest import mock

from tests.acceptance.stories import picture
from tests.acceptance.test_batches_are_killed import refused_when_finished
from tests.acceptance.test_killed_anywhere import (
    World,
    assert_that_counts_are_right,
    assert_that_everything_happened_once,
    begin,
    go_on,
)
from tests.faults import forked
from wardline import ports
from wardline.pipeline import Rules
from wardline.testing import harness
from wardline.testing.authority_sandbox import AuthoritySandbox
from wardline.testing.clock import VirtualClock
from wardline.testing.harness import PLATFORM_SECRET, START, Line, nothing_reached
from wardline.testing.platform_sandbox import PlatformSandbox

_KILLS_A_STORY = 10
"""Each life lets time pass; with many more the referral would come near its deadline, and an alarm would rightly be raised."""
_MEMORY = mmap.mmap(-1, 8)
"""Of this process and its children."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Telling:
    """What is told through kills."""

    begin: Callable[[Line], tuple[Any, ...]]
    """Prepares it, before anything is killed; what it gives goes to the others."""
    go_on: Callable[..., None]
    """Does what is still to be done; may be called again and again."""
    look: Callable[..., None]
    """Looks at the end, with what was seen outside; raises where something is wrong."""
    rules: Callable[[], Rules] | None = None
    world: str = "new"
    """What is outside; see ``Outside``."""
    visits: int = 16
    """A life ends at one of so many visits, by lot. Whoever carries a report on withdraws it first, so that finishing it is a late one."""
    receiver: Callable[[Path, ports.Clock, ports.WritePoint], ports.Authority] | None = None
    """Makes another receiver than the one outside."""


def _look_at_one_upload(line: Line, seen: Any, *_: Any) -> None:
    assert_that_everything_happened_once(line, cast("World", seen))
    assert_that_counts_are_right(line)


ONE_UPLOAD = Telling(begin=begin, go_on=go_on, look=_look_at_one_upload)


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


_WORLDS: dict[str, Callable[[], Callable[[str, int], Any] | None]] = {
    "new": lambda: None,
    "refuses the first finish": refused_when_finished,
}


class Outside:
    """The authority and the platform, in a process of their own that nobody kills."""

    def __init__(self) -> None:
        self._stack = ExitStack()
        self._world: Any = None

    def __call__(self, question: str) -> Any:
        """Make a new world and give its addresses, or tell what was seen in it."""
        if question in _WORLDS:
            _MEMORY[:] = bytes(8)
            self._stack.close()
            clock = SharedClock(START)
            authority = self._stack.enter_context(
                AuthoritySandbox(clock_now=clock.now, faults=_WORLDS[question]())
            )
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
def _answers(telling: Telling = ONE_UPLOAD) -> dict[str, Any]:
    """Live the story once, undisturbed and with the real decode sandbox, and give what that said."""
    return forked.warm(lambda: _rehearse(telling))


def _rehearse(telling: Telling) -> dict[str, Any]:
    import tempfile

    taken = Taken()
    taken.take_down(harness.shared_media())
    with (
        tempfile.TemporaryDirectory() as folder,
        _line("sqlite", Path(folder), _outside().ask(telling.world), taken, 0, telling=telling) as line,
    ):
        telling.go_on(line, *telling.begin(line))
        line.verify()
    harness.shared_media().close()
    return taken.answers


def _line(
    address: str, folder: Path, urls: tuple[str, str], media: Taken, life: int, reached: ports.WritePoint = nothing_reached,
    telling: Telling = ONE_UPLOAD,
) -> Line:  # fmt: skip
    from wardline.adapters.authorities.ncmec import NcmecAuthority
    from wardline.adapters.platforms.webhook import WebhookPlatform

    clock = SharedClock(START)
    authority: ports.Authority = NcmecAuthority(
        environment="sandbox",
        username="sandbox",
        password="sandbox",
        clock_now=clock.now,
        sandbox_url=urls[0],
    )
    if telling.receiver is not None:
        authority = telling.receiver(folder, clock, reached)
    platform = WebhookPlatform(harness.PLATFORM, urls[1], PLATFORM_SECRET, now=clock.now)
    with mock.patch.object(harness, "shared_media", return_value=media):
        return Line(
            folder, store=address, clock=clock, authority=authority, platform=platform, reached=reached, seed=life,
            rules=telling.rules() if telling.rules else None,
        )  # fmt: skip


def run(
    address: str, folder: Path, chance: random.Random, most: int, note: Callable[[str], None], bug: str,
    telling: Telling = ONE_UPLOAD,
) -> list[str]:  # fmt: skip
    """Live one story through kills; gives what was wrong at its end."""
    media = Taken()
    media.answers = _answers(telling)
    urls = _outside().ask(telling.world)

    def started() -> tuple[Any, ...]:
        with _line(address, folder, urls, media, 0, telling=telling) as line:
            return telling.begin(line)

    who = forked.answered(started)

    def live(life: int, visit: int | None) -> Callable[[int], None]:
        def lives(pipe: int) -> None:
            if bug == "never-finished":
                raise TimeoutError("story: planted to fail in each life")
            armed = forked.KillAt(visit, pipe) if visit is not None else nothing_reached
            with _line(address, folder, urls, media, life, armed, telling) as line:
                if bug == "other-key":
                    line.submit(
                        picture(), key=who[0], idempotency_key=f"upload {life}", content_reference="post-1"
                    )
                telling.go_on(line, *who)

        return lives

    life, wrong = through_kills(live, chance, min(most, _KILLS_A_STORY), telling.visits, note)
    return wrong or forked.answered(
        lambda: _look(address, folder, urls, media, life + 2, telling=telling, who=who)
    )


def through_kills(
    live: Callable[[int, int | None], Callable[[int], None]], chance: random.Random, most: int, visits: int, note: Callable[[str], None]
) -> tuple[int, list[str]]:  # fmt: skip
    """Kill one life after the other, and let the last one come to its end; gives its number, and what was wrong."""
    life = 1
    while life <= most:
        try:
            point = forked.killed(live(life, chance.randint(1, visits)))
        except RuntimeError as error:
            return life, [f"cannot be carried on: {error}"]
        if point is None:
            break
        note(point.strip())
        life += 1
    try:
        if forked.killed(live(life + 1, None)) is not None:
            return life, ["killed although nobody did"]
    except RuntimeError as error:
        return life, [f"cannot be carried on: {error}"]
    return life, []


def _look(
    address: str, folder: Path, urls: tuple[str, str], media: Taken, life: int, *, telling: Telling, who: tuple[Any, ...]
) -> list[str]:  # fmt: skip
    finished, actions, content, account = _outside().ask("told")
    seen = SimpleNamespace(
        authority=SimpleNamespace(ledger=SimpleNamespace(finished=lambda: finished)),
        platform=SimpleNamespace(
            actions=lambda: actions, state_of=lambda _: content, account_state_of=lambda _: account
        ),
    )
    with _line(address, folder, urls, media, life, telling=telling) as line:
        try:
            telling.look(line, seen, *who)
        except (AssertionError, ValueError) as error:
            where = traceback.extract_tb(error.__traceback__)[-1]
            return [f"{type(error).__name__}: {error} at {where.name}: {where.line}"[:500]]
    return []
