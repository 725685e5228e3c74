"""What the demo's platform uploads: harmless pictures drawn by code, the same at every run."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache, partial

from PIL import Image

from wardline.testing import pictures

_LISTED_EACH = 8
"""Every eighth scene is on the demonstration list."""
_OWN_PICTURES = 4
_PRACTICE_PICTURES = 6
_ACCOUNTS = 47
ACCOUNTS_NAME = r"account-\d{3}"
"""What the platform calls its accounts."""
_FLAG_EACH = 9
"""Every ninth unlisted scene is flagged by a user."""
UNSURE_FLAG = "hard-to-tell"
"""The flag at which the first moderator cannot tell."""
_drawing = threading.Lock()
"""Uploads go out several at a time, and those of one scene together: it is drawn once."""
WORKED_SHARE = 0.625
"""This share of the scenes is worked by the moderators; the later ones stay open for whoever looks at the demo."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoUpload:
    """One upload of the demo's platform."""

    reference: str
    """The platform's id of the content; also its Idempotency-Key."""
    account: str
    file_name: str
    flag: str | None
    draw: Callable[[], bytes]
    """Makes the file when it is needed."""


def listed_scenes(scenes: int) -> tuple[int, ...]:
    """The scenes that stand on the demonstration list."""
    return tuple(range(0, scenes, _LISTED_EACH))


def own_scenes(scenes: int) -> tuple[int, ...]:
    """The platform's own harmless pictures, which no entry may be near. Nobody uploads them."""
    return tuple(range(scenes, scenes + _OWN_PICTURES))


def practice_scenes(scenes: int) -> tuple[int, ...]:
    """Harmless pictures whose answer is known: they come between ordinary cases, and nobody uploads them."""
    return tuple(range(scenes + _OWN_PICTURES, scenes + _OWN_PICTURES + _PRACTICE_PICTURES))


def tried_scenes(scenes: int) -> tuple[int, ...]:
    """The scenes on a list that is only tried: some come in, and nothing happens for it but that they are counted."""
    return tuple(range(1, scenes, 2 * _LISTED_EACH))


def worked_scenes(scenes: int, share: float = WORKED_SHARE) -> int:
    """How many scenes come in before the moderators work."""
    return round(scenes * share)


def original(scene: int) -> bytes:
    """The first file of a scene."""
    with _drawing:
        return pictures.encode(_scene(scene))


def wave(first: int, last: int) -> Iterator[DemoUpload]:
    """Give the uploads about scenes ``first`` to ``last - 1``."""
    for scene in range(first, last):
        listed = scene % _LISTED_EACH == 0
        flag = None if listed or scene % _FLAG_EACH else ("looks-wrong", UNSURE_FLAG)[scene // _FLAG_EACH % 2]
        yield _upload(scene, "original", "jpg", flag, partial(original, scene))
        every = list(pictures.CopyKind)
        kinds = every if listed else [every[scene // 3 % len(every)]] if scene % 3 == 0 else []
        for kind in kinds:
            yield _upload(scene, kind, "bin", None, partial(copy, scene, kind))


def broken(names: tuple[pictures.Damage, ...], label: str) -> Iterator[DemoUpload]:
    """Give uploads that no decoder can read."""
    for place, kind in enumerate(names):
        bad = pictures.damaged(kind)
        yield DemoUpload(
            reference=f"post-{label}-{kind}", account=f"account-{place:03d}", file_name=bad.file_name, flag=None,
            draw=partial(bytes, bad.content),
        )  # fmt: skip


def _upload(scene: int, kind: str, ending: str, flag: str | None, draw: Callable[[], bytes]) -> DemoUpload:
    return DemoUpload(
        reference=f"post-{scene:04d}-{kind}", account=f"account-{(scene * 31) % _ACCOUNTS:03d}",
        file_name=f"{pictures.scene_kind(scene)}-{scene}-{kind}.{ending}", flag=flag, draw=draw,
    )  # fmt: skip


@lru_cache(maxsize=16)
def _scene(scene: int) -> Image.Image:
    return pictures.scene(scene)


def copy(scene: int, kind: pictures.CopyKind) -> bytes:
    """A changed copy of a scene, as a file."""
    with _drawing:
        if scene % _LISTED_EACH == 0:
            return _every_copy(scene)[kind]
        return next(each.content for each in pictures.copies(_scene(scene), scene) if each.kind is kind)


@lru_cache(maxsize=4)
def _every_copy(scene: int) -> dict[pictures.CopyKind, bytes]:
    return {each.kind: each.content for each in pictures.copies(_scene(scene), scene)}
