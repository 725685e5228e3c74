"""Whatever a person does, in whatever order and in however many tabs, they are never shown more than their team's limits allow."""

from __future__ import annotations

import tempfile
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from wardline import records
from wardline.errors import LimitReachedError
from wardline.pipeline import Rules
from wardline.records import Insert
from wardline.review import Limits
from wardline.testing import store_records as make
from wardline.testing.harness import Line

FILES = 12
LIMITS = Limits(
    most_files=6, most_seconds=240.0, files_before_break=3, time_before_break=timedelta(minutes=20), most_severe_in_a_row=2,
    break_length=timedelta(minutes=10), shift_gap=timedelta(hours=3),
)  # fmt: skip
LOOK = timedelta(seconds=60)


class Drawn:
    """Stands in for the decode sandbox, which is not what is tried here: every file is one picture."""

    def render(self, content: bytes, **_: Any) -> bytes:
        return content

    def close(self) -> None:
        """Nothing to end."""


class OnePerson(RuleBasedStateMachine):
    """A person with all cases in hand, and a clock."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        self.line = Line(Path(self.folder.name), rules=Rules(wellbeing=LIMITS), replaced={"media": Drawn()})
        self.user = self.line.person("mika").user
        until = self.line.clock.now() + timedelta(days=999)
        items = [make.item(matches=()) for _ in range(FILES)]
        self.cases = [
            make.case(item_ids=(item.id,), claimed_by=self.user.id, lease_until=until, restricted=False) for item in items
        ]  # fmt: skip
        for item in items:
            self.line.parts.vault.seal(item.id, "original", b"a picture")
        self.line.store.commit(*map(Insert, (*items, *self.cases)), entries=[make.entry()])
        self.severe: set[str] = set()

    def teardown(self) -> None:
        self.line.close()
        self.folder.cleanup()

    def try_to_look(self, place: int) -> bool:
        case = self.cases[place]
        try:
            self.line.wardline.reveal(case.id, item_id=case.item_ids[0], user=self.user)
        except LimitReachedError:
            return False
        return True

    @rule(seconds=st.sampled_from([1, 20, 59, 60, 61, 599, 660, 3 * 3600 + 61]))
    def time_passes(self, seconds: int) -> None:
        self.line.clock.advance(timedelta(seconds=seconds))

    @rule(place=st.integers(0, FILES - 1))
    def they_look(self, place: int) -> None:
        may = self.line.wardline.capacity(self.user).may_look
        assert self.try_to_look(place) is may

    @rule(places=st.lists(st.integers(0, FILES - 1), min_size=2, max_size=4))
    def they_look_in_several_tabs_at_once(self, places: list[int]) -> None:
        with ThreadPoolExecutor(len(places)) as tabs:
            list(tabs.map(self.try_to_look, places))

    @rule()
    def they_cover_it(self) -> None:
        self.line.wardline.cover_again(user=self.user)

    @rule(place=st.integers(0, FILES - 1), category=st.sampled_from([records.Category.A2, None]))
    def they_decide(self, place: int, category: records.Category | None) -> None:
        case = self.cases[place]
        found = (records.Finding(item_id=case.item_ids[0], category=category),) if category else ()
        outcome = records.Outcome.VIOLATION if category else records.Outcome.NOT_VIOLATION
        decided = make.decision(
            case_id=case.id, user_id=self.user.id, at=self.line.clock.now(), outcome=outcome, findings=found, annotations=(), answers=()
        )  # fmt: skip
        self.line.store.commit(Insert(decided), entries=[make.entry()])

    @invariant()
    def nothing_is_over_its_limit(self) -> None:
        now = self.line.clock.now()
        shown = self.line.store.reveals_to(self.user.id, since=now - timedelta(days=400))
        ends = {
            each.reveal_id: each.at
            for each in self.line.store.coverings_by(self.user.id, since=now - timedelta(days=400))
        }
        until = [min(ends.get(each.id, now), now, each.at + LOOK) for each in shown]
        for pause, most_files in (
            (LIMITS.shift_gap, LIMITS.most_files),
            (LIMITS.break_length, LIMITS.files_before_break),
        ):
            for start, stop in _pieces([each.at for each in shown], until, pause):
                files = {each.item_id for each in shown[start:stop]}
                assert most_files is not None
                assert len(files) <= most_files
        for start, stop in _pieces([each.at for each in shown], until, LIMITS.shift_gap):
            looked = sum(
                (end - each.at for each, end in zip(shown[start:stop], until[start:stop], strict=True)),
                timedelta(0),
            )
            assert LIMITS.most_seconds is not None
            assert looked.total_seconds() <= LIMITS.most_seconds
        assert len({each.number for each in shown}) == len(shown)

    @invariant()
    def what_is_said_to_be_left_is_never_negative(self) -> None:
        found = self.line.wardline.capacity(self.user)
        assert found.files_left is not None
        assert found.files_left >= 0
        assert (found.reached is None) or (found.until is not None and found.until > self.line.clock.now())


def _pieces(begun: list[datetime], until: list[datetime], pause: timedelta) -> list[tuple[int, int]]:
    """Cut a log into what lies between pauses: an account of its own, that knows nothing of the one that is tried."""
    cuts = [0]
    cuts += [place for place in range(1, len(begun)) if begun[place] - until[place - 1] >= pause]
    return [(start, stop) for start, stop in zip(cuts, [*cuts[1:], len(begun)], strict=True) if stop > start]


OnePerson.TestCase.settings = settings(max_examples=25, stateful_step_count=25, deadline=None)
TestOnePerson = OnePerson.TestCase
