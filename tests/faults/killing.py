"""A program that has children killed at write points, and looks at what they left: ``python -m tests.faults.killing MODE KIND KILLS SEED``.

``story``: one installation over a real store, vault, authority and platform (by HTTP) carries an upload to its receipt; each process that works on it is killed at a visit
drawn by lot, and the next takes it up, until one comes to the end. Then everything must have happened exactly once.
``commits``: four threads commit cases with their hold, entry, count and DBOS's work, until their process is killed; whatever was acknowledged must be there, whole.
``evidence``: a reported file is destroyed on request, by one process after the other; then nothing of it is left, and the log has that once.
``words``, ``batch``, ``bundle``, ``pack``: an incident without a file, several accounts in one report that is refused and falls apart, several files in one, and a signed pack,
each to its end.
``vault``: sealed files go from a folder into a bucket under new master keys and back; nothing is lost, and nothing is left where it was.
``KIND`` is ``sqlite``, or the URL of a PostgreSQL database to copy. The last line that it prints is JSON. A twin is the decode sandbox, which belongs to
one process: its answers are taken down once and given again.
"""

from __future__ import annotations

import json
import random
import sys
import tempfile
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.faults import killing_commits, killing_evidence, killing_story, killing_tellings, killing_vaults
from tests.faults.forked import Servant

_MOST_ROUNDS_WITHOUT_A_KILL = 8
"""A story may end before the visit that was drawn; so many in a row mean that nothing can be killed, or carried on, any more."""
_RUNS: dict[str, Any] = {
    "story": killing_story.run,
    "commits": killing_commits.run,
    "evidence": killing_evidence.run,
    "vault": killing_vaults.run,
    **killing_tellings.RUNS,
}


@dataclass
class Kills:
    """What many kills did."""

    kills: int = 0
    points: Counter[str] = field(default_factory=Counter)
    """How often each write point was the last."""
    wrong: list[str] = field(default_factory=list)
    """What was lost, doubled or by halves."""

    def note(self, point: str) -> None:
        """Count a kill."""
        self.kills += 1
        self.points[point] += 1


def main(mode: str, kind: str, kills: int, seed: int, bug: str = "") -> Kills:
    """Kill so often; with a bug to plant if one is named."""
    done, chance = Kills(), random.Random(seed)
    databases = Servant(killing_commits.new_database)
    run = _RUNS[mode]
    try:
        with tempfile.TemporaryDirectory() as folder:
            round_ = empty = 0
            while done.kills < kills:
                if empty == _MOST_ROUNDS_WITHOUT_A_KILL:
                    done.wrong.append(
                        f"{mode} {seed}: {empty} rounds in a row without a kill, expected {kills} kills"
                    )
                    break
                round_ += 1
                before = done.kills
                place = Path(folder) / str(round_)
                place.mkdir()
                address = databases.ask((mode, kind, str(place)))
                found = run(address, place, chance, kills - done.kills, done.note, bug)
                done.wrong += [f"{mode} {seed} round {round_}: {each}" for each in found]
                empty = 0 if done.kills > before else empty + 1
    finally:
        killing_vaults.end()
        databases.end()
    return done


if __name__ == "__main__":
    _mode, _kind, _kills, _seed, *_bug = sys.argv[1:]
    _done = main(_mode, _kind, int(_kills), int(_seed), *_bug)
    sys.stdout.write(f"{json.dumps({'kills': _done.kills, 'points': _done.points, 'wrong': _done.wrong})}\n")
