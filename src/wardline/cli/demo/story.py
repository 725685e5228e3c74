"""The demo's plot: a list is agreed on, uploads come in, moderators work, more uploads come in."""

from __future__ import annotations

import csv
from collections.abc import Callable, Sequence
from pathlib import Path

from rich.console import Console
from rich.progress import Progress, TaskID

from wardline import records
from wardline.cli.demo import extras, moderators, outcome, scenario, uploads
from wardline.cli.demo.scenario import DemoUpload
from wardline.cli.demo.world import World
from wardline.errors import IntegrityError
from wardline.records import ListRole, ListTrust
from wardline.testing.pictures import Damage

_LIST_NAME, _OWN, _TRIED = "demonstration", "own-pictures", "on-trial"
_PROVENANCE = "Drawn by wardline demo; harmless"
_WORKED = (Damage.TRUNCATED, Damage.LYING)
_DIARY = "passed-on.txt"
_PAGE = 500
_LEFT_OPEN = (Damage.EMPTY, Damage.BOMB, Damage.MANY_FRAMES, Damage.TOO_MANY_PIXELS)


class Story:
    """Plays the demo; every scene of it may be interrupted and played again."""

    def __init__(self, world: World, scenes: int, *, worked: float = scenario.WORKED_SHARE) -> None:
        self._world = world
        self._scenes = scenes
        self._worked = scenario.worked_scenes(scenes, worked)

    def play(self) -> None:
        """Play everything that was not played before."""
        worked = self._worked
        journal = uploads.Journal(self._world.folder / "uploaded.txt")
        try:
            with Progress(transient=True, console=_console()) as progress:
                self._agree_on_lists(progress)
                first = [
                    *scenario.wave(0, worked),
                    *scenario.broken(_WORKED, "worked"),
                    *extras.worked(self._scenes),
                ]
                self._upload(progress, "Uploads come in", first, journal)
                self._moderate(progress)
                second = [
                    *scenario.wave(worked, self._scenes),
                    *scenario.broken(_LEFT_OPEN, "left"),
                    *extras.left_open(self._scenes),
                ]
                self._upload(progress, "More uploads come in", second, journal)
                self._begin(progress)
        finally:
            journal.close()

    def _agree_on_lists(self, progress: Progress) -> None:
        """One person adds the lists, another activates them; one is only tried."""
        wardline = self._world.installation.wardline
        store = wardline.parts.store
        task = progress.add_task("Hash lists are agreed on", total=None)
        admin, lead = store.user_named("admin"), store.user_named("lead")
        if admin is None or lead is None:
            raise IntegrityError("users admin and lead: missing, expected the demo's people")
        known = {each.name: each for each in store.hash_lists()}
        for name, scenes, role, trust in self._lists():
            if name not in known:
                path = self._write_list(self._world.folder / f"{name}-list.csv", scenes)
                wardline.add_list(path, name=name, provenance=_PROVENANCE, trust=trust, role=role, user=admin)
        tried = next(each for each in store.hash_lists() if each.name == _TRIED)
        if tried.state is records.HashListState.PROPOSED:
            wardline.preview_list(tried.id, user=admin)
        for approval in store.approvals(state=records.ApprovalState.PROPOSED):
            if approval.subject_id != tried.id:
                wardline.approve(approval.id, user=lead)
        if not store.golden_items():
            for scene in scenario.practice_scenes(self._scenes):
                wardline.add_golden(scenario.original(scene), actor=admin.id)
        progress.remove_task(task)

    def _lists(self) -> tuple[tuple[str, tuple[int, ...], ListRole, ListTrust], ...]:
        return (
            (
                _LIST_NAME,
                (*scenario.listed_scenes(self._scenes), *extras.listed(self._scenes)),
                ListRole.BANK,
                ListTrust.VERIFIED,
            ),
            (_OWN, scenario.own_scenes(self._scenes), ListRole.CANARY, ListTrust.VERIFIED),
            (_TRIED, scenario.tried_scenes(self._scenes), ListRole.BANK, ListTrust.UNVERIFIED),
        )

    def _write_list(self, path: Path, scenes: Sequence[int]) -> Path:
        media = self._world.installation.wardline.parts.media
        with path.open("w", encoding="utf-8", newline="") as file:
            rows = csv.writer(file)
            rows.writerow(("hash_type", "hash", "category"))
            for place, scene in enumerate(scenes):
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
        moderators.work(
            self._world.api,
            self._passwords(),
            self._world.folder / _DIARY,
            done=_advance(progress, task),
            settled=lambda: outcome.settle(self._world),
        )
        progress.remove_task(task)
        over.write_text("The first wave was decided; the second is left open.\n", "utf-8")

    def _begin(self, progress: Progress) -> None:
        """Once only: first opinions about some of what is left open, an answer that differs, and two appeals."""
        over = self._world.folder / "begun.txt"
        if over.exists():
            return
        task = progress.add_task("A shift begins", total=None)
        said = uploads.Journal(self._world.folder / "appealed.txt")
        try:
            uploads.complain(self._world.api, self._world.keys["platform"], extras.appeals(), said)
        finally:
            said.close()
        outcome.settle(
            self._world
        )  # after a crash a decision may not have taken effect yet, and its case is not open again
        differing, grave = (self._cases_about(named) for named in (extras.DIFFERING, extras.GRAVE))
        for name, case_ids in (("moderator-2", differing), ("moderator-3", [*differing, *grave])):
            moderators.begin(self._world.api, self._passwords(), name, case_ids, self._world.folder / _DIARY)
            outcome.settle(self._world)
        progress.remove_task(task)
        over.write_text("Some opinions are in; the rest is for whoever looks at the demo.\n", "utf-8")

    def _cases_about(self, reference: str) -> list[str]:
        """Find the open cases about content whose reference begins like this."""
        store = self._world.installation.wardline.parts.store
        cases, after = [], None
        while page := store.cases(state=records.CaseState.OPEN, after=after, most=_PAGE):
            after = page[-1].id
            items = store.several_items([case.item_ids[0] for case in page])
            cases += [case.id for case in page if _is_about(items[case.item_ids[0]], reference)]
        return cases

    def _passwords(self) -> dict[str, str]:
        return {name: each for name, each in self._world.passwords.items() if name.startswith("moderator")}


def _is_about(item: records.Item, reference: str) -> bool:
    return item.context is not None and (item.context.content_reference or "").startswith(reference)


def _advance(progress: Progress, task: TaskID) -> Callable[[], None]:
    return lambda: progress.advance(task)


def _console() -> Console:
    return Console(stderr=True)
