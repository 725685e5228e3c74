"""What happens in every demo, whatever its random course: files that look alike, people who differ, first opinions, and appeals."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial

from wardline.cli.demo import scenario
from wardline.cli.demo.scenario import DemoUpload
from wardline.testing import pictures
from wardline.testing.pictures import CopyKind

ADVERTISING_FLAG, DIFFERING_FLAG, ALIKE_FLAG = "advertising", "people-differ", "seen-often"
GRAVE, DIFFERING = "post-grave", "post-differing"
"""How the references of content begin about which opinions are in when somebody comes to look at the demo."""
_ADVERTISED, _DIFFERED, _AT_ODDS, _BEGUN, _LISTED, _ALIKE = range(6)
"""Scenes beside the row, by their distance from its end and from what nobody uploads."""
_IDENTICAL = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoAppeal:
    """What somebody says to the demo's platform, which passes it on."""

    account: str
    reference: str
    text: str


def listed(scenes: int) -> tuple[int, ...]:
    """The scenes among them that stand on the demonstration list."""
    return _scene(scenes, _BEGUN), _scene(scenes, _LISTED)


def worked(scenes: int) -> Iterator[DemoUpload]:
    """Give what comes in before the moderators work: advertising, and a picture on which they do not agree."""
    yield _upload("advertised", _scene(scenes, _ADVERTISED), 120, ADVERTISING_FLAG)
    yield _upload("differed", _scene(scenes, _DIFFERED), 121, DIFFERING_FLAG)


def left_open(scenes: int) -> Iterator[DemoUpload]:
    """Give what is left to whoever looks at the demo.

    One picture that many post, some of them changed; one on which two moderators will not agree; one of category A and its copies, of
    which a first opinion will be in; and one that is the same as a listed one, so that it is hidden before anybody looks.
    """
    yield _upload("differing", _scene(scenes, _AT_ODDS), 122, DIFFERING_FLAG)
    yield _upload("grave-original", _scene(scenes, _BEGUN), 124)
    for kind in (CopyKind.RESIZED, CopyKind.RECOMPRESSED):
        yield _upload(f"grave-{kind}", _scene(scenes, _BEGUN), 124, None, kind)
    yield _upload("hidden", _scene(scenes, _LISTED), 125)
    alike = _scene(scenes, _ALIKE)
    for number in range(_IDENTICAL):
        yield _upload(f"alike-{number}", alike, 130 + number, ALIKE_FLAG)
    for number, kind in enumerate((CopyKind.RESIZED, CopyKind.RECOMPRESSED, CopyKind.REENCODED), _IDENTICAL):
        yield _upload(f"alike-{kind}", alike, 130 + number, ALIKE_FLAG, kind)


def appeals() -> Sequence[DemoAppeal]:
    """Give what people say of a decision of a moderator, and of what was hidden before anybody had decided."""
    return (
        DemoAppeal(
            account="account-120", reference="post-advertised",
            text="It is a picture of our garden. I asked only once who wants the apples this year.",
        ),
        DemoAppeal(
            account="account-125", reference="post-hidden",
            text="I drew this with a program, and it shows nothing but shapes. Please look at it.",
        ),
    )  # fmt: skip


def _scene(scenes: int, which: int) -> int:
    return scenario.practice_scenes(scenes)[-1] + 1 + which


def _upload(
    name: str, scene: int, account: int, flag: str | None = None, kind: CopyKind | None = None
) -> DemoUpload:
    draw = partial(scenario.original, scene) if kind is None else partial(scenario.copy, scene, kind)
    return DemoUpload(
        reference=f"post-{name}", account=f"account-{account}", file_name=f"{pictures.scene_kind(scene)}-{name}.bin", flag=flag, draw=draw,
    )  # fmt: skip
