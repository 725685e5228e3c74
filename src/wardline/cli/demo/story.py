"""The demo's plot: a list is agreed on, uploads come in, moderators work, more uploads come in."""

from __future__ import annotations

import csv
from collections.abc import Callable
from pathlib import Path

from rich.console import Console
from rich.progress import Progress, TaskID

from wardline import records
from wardline.cli.demo import moderators, scenario, uploads
from wardline.cli.demo.scenario import DemoUpload
from wardline.cli.demo.world import World
from wardline.errors import IntegrityError
from wardline.testing.pictures import Damage

_LIST_NAME = "demonstration"
_WORKED = (Damage.TRUNCATED, Damage.LYING)
_LEFT_OPEN = (Damage.EMPTY, Damage.BOMB, Damage.MANY_FRAMES, Damage.TOO_MANY_PIXELS)


class Story:
    """Plays the demo; every scene of it may be interrupted and played again."""

    def __init__(self, world: World, scenes: int) -> None:
        self._world = world
        self._scenes = scenes

    def play(self) -> None:
        """Play everything that was not played before."""
        worked = scenario.worked_scenes(self._scenes)
        journal = uploads.Journal(self._world.folder / "uploaded.txt")
        try:
            with Progress(transient=True, console=_console()) as progress:
                self._agree_on_list(progress)
                first = [*scenario.wave(0, worked), *scenario.broken(_WORKED, "worked")]
                self._upload(progress, "Uploads come in", first, journal)
                self._moderate(progress)
                second = [*scenario.wave(worked, self._scenes), *scenario.broken(_LEFT_OPEN, "left")]
                self._upload(progress, "More uploads come in", second, journal)
        finally:
            journal.close()

    def _agree_on_list(self, progress: Progress) -> None:
        """One person adds the list, another activates it."""
        wardline = self._world.installation.wardline
        store = wardline.parts.store
        task = progress.add_task("A hash list is agreed on", total=None)
        known = {each.name: each for each in store.hash_lists()}
        if _LIST_NAME not in known:
            path = self._write_list(self._world.folder / "demonstration-list.csv")
            admin = store.user_named("admin")
            if admin is None:
                raise IntegrityError("user admin: missing, expected the demo's administrator")
            wardline.add_list(
                path,
                name=_LIST_NAME,
                provenance="Drawn by wardline demo; harmless",
                trust=records.ListTrust.VERIFIED,
                user=admin,
            )
        lead = store.user_named("lead")
        for approval in store.approvals(state=records.ApprovalState.PROPOSED):
            if lead is not None:
                wardline.approve(approval.id, user=lead)
        progress.remove_task(task)

    def _write_list(self, path: Path) -> Path:
        media = self._world.installation.wardline.parts.media
        with path.open("w", encoding="utf-8", newline="") as file:
            rows = csv.writer(file)
            rows.writerow(("hash_type", "hash", "category"))
            for place, scene in enumerate(scenario.listed_scenes(self._scenes)):
                examined = media.hash(scenario.original(scene))
                if isinstance(examined, records.Unscannable):
                    raise IntegrityError(f"scene {scene}: {examined.reason}, expected a picture")
                category = tuple(records.Category)[place % 4]
                rows.writerows((each.kind, each.value, category) for each in examined.hashes)
        return path

    def _upload(
        self, progress: Progress, title: str, planned: list[DemoUpload], journal: uploads.Journal
    ) -> None:
        task = progress.add_task(title, total=len(planned))
        people = self._world.installation.wardline.parts.store.users()
        uploads.send(
            self._world.api, self._world.keys["platform"], planned, journal,
            begun=min(each.created_at for each in people), done=_advance(progress, task),
        )  # fmt: skip

    def _moderate(self, progress: Progress) -> None:
        """Once only: what comes in later stays open."""
        over = self._world.folder / "moderated.txt"
        if over.exists():
            return
        task = progress.add_task("Moderators decide", total=None)
        passwords = {
            name: each for name, each in self._world.passwords.items() if name.startswith("moderator")
        }
        diary = self._world.folder / "passed-on.txt"
        moderators.work(self._world.api, passwords, diary, done=_advance(progress, task))
        progress.remove_task(task)
        over.write_text("The first wave was decided; the second is left open.\n", "utf-8")


def _advance(progress: Progress, task: TaskID) -> Callable[[], None]:
    return lambda: progress.advance(task)


def _console() -> Console:
    return Console(stderr=True)
