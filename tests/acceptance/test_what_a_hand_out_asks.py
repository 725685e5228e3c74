"""A hand-out asks the store a few questions, and no more when more people and more kinds of work are there."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import sqlalchemy as sa

from wardline import records, wiring
from wardline.records import Insert, Lane
from wardline.testing import store_records as make

_SETTINGS = """
[installation]
name = "few"

[review]
oldest_percent = 0
restricted_percent = 0

[[review.queues]]
name = "german"
languages = ["de"]
"""


def test_a_hand_out_reads_six_times_and_writes_a_case_and_an_entry(tmp_path: Path) -> None:
    with wiring.open_installation(wiring.create_installation(tmp_path, _SETTINGS)) as installation:
        wardline = installation.wardline
        store: Any = wardline.parts.store
        user = make.user()
        cases = [
            make.case(lane=Lane.DAYS, views_turn=float(number), delay_turn=0.0, lot=0.5, queue=queue)
            for number in range(3)
            for queue in ("general", "german")
        ]
        store.commit(Insert(user), *map(Insert, cases), entries=[make.entry()])
        wardline.next_case(user)  # what is measured once an hour is measured now
        asked: list[str] = []
        sa.event.listen(store.engine, "before_cursor_execute", lambda *given: asked.append(given[2]))
        case = wardline.next_case(user)

    assert case is not None
    assert case.claimed_by == user.id
    # Choices, showings of the shift, danger, the order, the case; and the case as it is stored, within the commit.
    reads = [each for each in asked if each.startswith("SELECT")]
    assert len(reads) == 6, reads
    assert [each.split()[0] for each in asked if each.split()[0] in ("UPDATE", "INSERT")] == [
        "UPDATE",
        "INSERT",
    ]
    assert case.state is records.CaseState.OPEN
