"""What an installation needs before it can work, looked at one by one."""

from __future__ import annotations

import os
import secrets
import stat
import statistics
import time
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Any

from wardline.errors import WardlineError

if TYPE_CHECKING:
    from wardline.pipeline import Parts
    from wardline.settings import Settings
    from wardline.wiring import Installation

_SYNC_ROUNDS = 15
_SYNC_BYTES = 4096
_SLOW_SYNC_SECONDS = 0.05
_PLATFORM = "docs/how-to/connect-a-platform.md#another-platform-or-one-that-comes-later"
_LAYERS = frozenset({"rlimits", "seccomp", "landlock"})


class State(StrEnum):
    OK = "ok"
    NOTE = "note"
    """It works, and somebody should know."""
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Precondition:
    """One thing that was looked at."""

    name: str
    state: State
    detail: str
    advice: str = ""
    """What to do; empty when all is well."""


def examine(folder: Path) -> list[Precondition]:
    """Look at everything that can be looked at; what depends on something that failed is left out."""
    from wardline import settings, wiring
    from wardline.cli import logging_setup

    try:
        chosen = settings.load(folder)
    except WardlineError as error:
        return [_failed("settings", error)]
    found = [
        Precondition("settings", State.OK, f"{chosen.folder / settings.FILE_NAME} reads well"),
        _keys(chosen),
    ]
    logging_setup.quiet()
    try:
        installation = wiring.open_installation(chosen)
    except WardlineError as error:
        return [*found, _failed("store and secrets", error)]
    with installation:
        return [
            *found,
            Precondition("store", State.OK, "opens, and its tables are of this version"),
            *_inside(installation),
        ]


def _inside(installation: Installation) -> Iterator[Precondition]:
    parts = installation.wardline.parts
    yield _log_key(installation)
    yield kernels_in_use()
    yield _decoders(installation)
    yield _disk(parts, installation.settings.data)
    yield from _vault(parts)
    yield from _people(parts)
    yield from _platforms(parts)
    yield _lists(parts)
    yield _authority(parts)
    yield from _packs(parts)
    yield _clock(parts)
    yield _alarms(parts)


def _failed(name: str, error: WardlineError) -> Precondition:
    return Precondition(name, State.FAILED, error.message, error.advice)


def _keys(chosen: Settings) -> Precondition:
    from wardline import wiring

    try:
        wiring.KeyFiles.read(chosen.keys)
    except WardlineError as error:
        return _failed("keys", error)
    mode = stat.S_IMODE(chosen.keys.stat().st_mode)
    if mode & 0o077:
        detail = f"their folder has mode {mode:04o}, expected 0700"
        return Precondition("keys", State.FAILED, detail, f"Run `chmod 700 {chosen.keys}`.")
    return Precondition("keys", State.OK, "all there, and readable by their owner only")


def _log_key(installation: Installation) -> Precondition:
    try:
        installation.require_log_key()
    except WardlineError as error:
        return _failed("log key", error)
    return Precondition("log key", State.OK, "signed the log so far")


def kernels_in_use() -> Precondition:
    """Say whether the compiled kernels serve, and if not, why."""
    from wardline import kernels

    try:
        plain = [room for room, is_compiled in kernels.serving().items() if not is_compiled]
    except WardlineError as error:
        return _failed("kernels", error)
    if not plain:
        return Precondition("kernels", State.OK, "compiled, and in use")
    if kernels.selected() is kernels.Choice.REFERENCE:
        detail, advice = (
            "the plain ones serve, as the settings want",
            "It works, slowly: large pictures go to a person.",
        )
    else:
        detail = f"{', '.join(plain)}: not compiled, the plain ones serve"
        advice = "It works, slowly: large pictures go to a person. Install a C compiler (Debian: gcc) and install Wardline again."
    return Precondition("kernels", State.NOTE, detail, advice)


def _decoders(installation: Installation) -> Precondition:
    try:
        layers = installation.start_decoders()
    except WardlineError as error:
        return _failed("decode sandbox", error)
    missing = sorted(_LAYERS - layers)
    if missing:
        detail = f"{', '.join(sorted(layers))} hold; {', '.join(missing)} is not in this kernel"
        return Precondition(
            "decode sandbox", State.NOTE, detail, "It works. A newer Linux kernel adds what is missing."
        )
    return Precondition("decode sandbox", State.OK, f"{', '.join(sorted(layers))} hold")


def _disk(parts: Parts, folder: Path) -> Precondition:
    free, least = parts.free_bytes(), parts.rules.min_free_bytes
    if free < least:
        detail = f"{free / 1e9:.1f} GB free, expected at least {least / 1e9:.1f}"
        return Precondition(
            "disk", State.FAILED, detail, "Free space, or lower [alarms] min_free_bytes knowingly."
        )
    try:
        seconds = sync_seconds(folder)
    except OSError as error:
        return Precondition(
            "disk", State.FAILED, f"cannot be written ({error.strerror})", "Check who owns the data folder."
        )
    detail = f"{free / 1e9:.1f} GB free; writing through to disk takes {seconds * 1000:.1f} ms"
    if seconds > _SLOW_SYNC_SECONDS:
        return Precondition(
            "disk",
            State.NOTE,
            detail,
            "Slow: each upload waits for this. Use a disk with quick synchronous writes.",
        )
    return Precondition("disk", State.OK, detail)


def _vault(parts: Parts) -> Iterator[Precondition]:
    """Ask a vault that can look at the place it works with; one in a folder has nothing to say beyond the disk."""
    vault: Any = parts.vault
    look = getattr(vault, "examine", None)
    for each in () if look is None else look():
        if each.fatal:
            state = State.FAILED
        else:
            state = State.NOTE if each.advice else State.OK
        yield Precondition("vault", state, each.detail, each.advice)


def sync_seconds(folder: Path) -> float:
    """Measure how long a small write takes to reach the disk, in seconds, the median of a few."""
    path = folder / f".sync-{secrets.token_hex(4)}"
    times = []
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    try:
        for _ in range(_SYNC_ROUNDS):
            os.write(descriptor, bytes(_SYNC_BYTES))
            begun = time.perf_counter()
            os.fdatasync(descriptor)
            times.append(time.perf_counter() - begun)
    finally:
        os.close(descriptor)
        path.unlink()
    return statistics.median(times)


def _people(parts: Parts) -> Iterator[Precondition]:
    from wardline.records import Role

    able = [each for each in parts.store.users() if not each.disabled]
    if not any(each.role is Role.ADMIN for each in able):
        yield Precondition(
            "people", State.FAILED, "no administrator", "Run `wardline user create NAME --role admin`."
        )
    elif sum(each.role in (Role.ADMIN, Role.LEAD) for each in able) < 2:
        advice = "Lists need a second person: `wardline user create NAME --role lead`."
        yield Precondition("people", State.NOTE, "one person may approve, expected two", advice)
    else:
        yield Precondition("people", State.OK, f"{len(able)} can sign in")


def _platforms(parts: Parts) -> Iterator[Precondition]:
    named = {each.platform for each in parts.store.api_keys() if each.platform and not each.disabled}
    if not named:
        advice = (
            f"Add a [[platforms]] section and run `wardline api-key create --platform NAME`: {_PLATFORM}."
        )
        yield Precondition("platforms", State.NOTE, "no key for uploads", advice)
        return
    without = sorted(named - set(parts.platforms))
    if without:
        detail = f"keys for {', '.join(without)}, but no webhook"
        yield Precondition(
            "platforms", State.FAILED, detail,
            f"Uploads are taken, and actions wait. Add a [[platforms]] section of that name, with its secret: {_PLATFORM}; or revoke the key.",
        )  # fmt: skip
    else:
        yield Precondition("platforms", State.OK, f"{', '.join(sorted(named))}: key and webhook")


def _lists(parts: Parts) -> Precondition:
    from wardline.records import HashListState

    active = [each for each in parts.store.hash_lists() if each.state is HashListState.ACTIVE]
    if not active:
        advice = "Add one: `wardline hash-list add`; a second person activates it."
        return Precondition("hash lists", State.NOTE, "none is active: nothing is matched", advice)
    old = [each.name for each in active if parts.now() - each.refreshed_at > parts.rules.list_stale_after]
    if old:
        return Precondition(
            "hash lists",
            State.FAILED,
            f"no news for too long: {', '.join(old)}",
            "Fetch them again, or disable them.",
        )
    return Precondition(
        "hash lists", State.OK, f"{len(active)} active, {sum(each.entries for each in active):,} entries"
    )


def _authority(parts: Parts) -> Precondition:
    authority: Any = parts.authority
    if authority is None:
        return Precondition(
            "authority",
            State.NOTE,
            "none: referrals are drafted and wait",
            "Fill in [referral] in wardline.toml.",
        )
    name = f"{authority.name}, {authority.environment}"
    status = getattr(authority, "status", None)
    if status is None:
        return Precondition("authority", State.NOTE, f"{name}: has no way to ask whether it answers")
    if authority in parts.receivers_of_packs():
        return Precondition("authority", State.OK, f"{name}: by packs")
    try:
        status()
    except WardlineError as error:
        return _failed("authority", error)
    return Precondition("authority", State.OK, f"{name}: answers and knows the credentials")


def _packs(parts: Parts) -> Iterator[Precondition]:
    """Look at each receiver to whom a person files."""
    for maker in parts.receivers_of_packs():
        asked: Any = maker
        try:
            said = asked.status().body.decode() if hasattr(asked, "status") else "packs"
        except WardlineError as error:
            yield _failed(f"packs of {maker.name}", error)
            continue
        detail = f"{maker.environment}: {said}; a person files them"
        yield Precondition(
            f"packs of {maker.name}", State.NOTE, detail, "docs/how-to/file-with-the-nca.md says how."
        )


def _clock(parts: Parts) -> Precondition:
    last = parts.store.last_checkpoint()
    if last is not None and parts.now() < last.at:
        detail = f"shows {parts.now():%Y-%m-%d %H:%M:%S} UTC, before the newest audit checkpoint"
        return Precondition("clock", State.FAILED, detail, "Set the clock; keep it right with NTP.")
    return Precondition("clock", State.OK, f"{parts.now():%Y-%m-%d %H:%M:%S} UTC")


def _alarms(parts: Parts) -> Precondition:
    count = len(parts.store.open_alarms())
    if count:
        return Precondition("alarms", State.NOTE, f"{count} open", "See `wardline alarm list`.")
    return Precondition("alarms", State.OK, "none open")
