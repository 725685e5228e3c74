"""A file that was reported is destroyed on request, through processes that are killed."""

from __future__ import annotations

import random
from collections.abc import Callable
from pathlib import Path

from tests.acceptance.test_evidence_on_request import running, wanted
from tests.acceptance.test_killed_anywhere import begin, go_on
from tests.faults import forked, killing_story
from wardline.records import DestructionState, HoldState, Role, Verb
from wardline.testing.harness import nothing_reached

_MOST_VISITS = 6
"""A destruction has hardly more: with a later one drawn nobody would be killed."""
_KILLS_A_FILE = 6
_AT_ONCE = 100


def run(
    address: str, folder: Path, chance: random.Random, most: int, note: Callable[[str], None], bug: str
) -> list[str]:
    """Destroy one reported file through kills; gives what was wrong at its end."""
    media = killing_story.Taken()
    media.answers = killing_story._answers()
    urls = killing_story._outside().ask("new")

    def prepared() -> tuple[str, str]:
        with killing_story._line(address, folder, urls, media, 0) as line:
            key, mika = begin(line)
            go_on(line, key, mika)
            (case,) = line.store.cases()
            (item_id,) = case.item_ids
            lead, other = line.person("lea", Role.LEAD).user, line.person("leo", Role.LEAD).user
            made, approval = line.wardline.propose_destruction(
                wanted(line, item_id, *running(line, item_id)), user=lead
            )
            line.wardline.approve(approval.id, user=other)
            return item_id, made.id

    item_id, destruction_id = forked.answered(prepared)

    def live(life: int, visit: int | None) -> Callable[[int], None]:
        def lives(pipe: int) -> None:
            if bug == "never-finished":
                raise TimeoutError("evidence: planted to fail in each life")
            armed = forked.KillAt(visit, pipe) if visit is not None else nothing_reached
            with killing_story._line(address, folder, urls, media, life, armed) as line:
                line.run_due()
                line.sequence()

        return lives

    life, wrong = killing_story.through_kills(live, chance, min(most, _KILLS_A_FILE), _MOST_VISITS, note)
    if wrong:
        return wrong
    return forked.answered(lambda: _look(address, folder, urls, media, life + 2, item_id, destruction_id))


def _look(
    address: str, folder: Path, urls: tuple[str, str], media: killing_story.Taken, life: int, item_id: str, destruction_id: str
) -> list[str]:  # fmt: skip
    wrong = []
    with killing_story._line(address, folder, urls, media, life) as line:
        done = line.store.destruction(destruction_id)
        if done.state is not DestructionState.DONE or [each.item_id for each in done.destroyed] != [item_id]:
            wrong.append(f"destruction: {done.state} of {len(done.destroyed)}, expected done of one")
        if list(line.parts.vault.inventory()) or any(folder.rglob(f"{item_id}*")):
            wrong.append("vault: holds something, expected nothing")
        if line.store.item(item_id).sealed:
            wrong.append("item: sealed, expected destroyed")
        if any(hold.state is HoldState.ACTIVE for hold in line.store.holds_of(item_id)):
            wrong.append("hold: active, expected every one ended")
        told = [
            each
            for _, each in line.wardline.entries_about(item_id, _AT_ONCE)
            if each.verb is Verb.EVIDENCE_DESTROYED
        ]
        if len(told) != 1:
            wrong.append(f"log: tells {len(told)} times that it was destroyed, expected once")
        if line.waiting() or not line.verify().ok:
            wrong.append("line: work waits or the log does not verify")
    return wrong
