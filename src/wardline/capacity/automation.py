"""Automation, rehearsed: a detector that is refused, one that is certified, and the error that takes its certificate away.

What is asked here is what a running installation asks: ``assurance`` compares the channels, derives the caps, chooses the thresholds and watches;
``triage`` says what happens to an item while nothing is certified. Only the content, the people and the clock are simulated.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import StrEnum

import numpy as np
import numpy.typing as npt

from wardline import assurance, records, triage
from wardline.capacity import populations
from wardline.capacity.populations import GRID, Flags, Floats, Task

Numbers = npt.NDArray[np.int64]
_BEGUN = datetime(2026, 1, 5, 8, tzinfo=UTC)
DELTA = 0.05
"""How often the scope may, in its whole life, be given a certificate that breaks its cap; both arms and all tries together."""
_LEAFLET = 0.1
"""Clear below it: what many a leaflet says."""
_CHANNELS = {0: "verified list", 1: "user flags", 2: "random audit"}


class Turn(StrEnum):
    """What a scene is about."""

    BEGIN = "begin"
    COLD = "cold"
    """Nothing is certified, so that nothing is automated."""
    PEOPLE = "people"
    """How often people are wrong, and the caps that follow from it."""
    CHANNELS = "channels"
    REFUSED = "refused"
    CERTIFIED = "certified"
    KEPT = "kept"
    """Audits under the certificate, and no alarm."""
    SUSPENDED = "suspended"
    END = "end"


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """One moment of the story."""

    at: datetime
    turn: Turn
    text: str
    facts: dict[str, float | int | str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Plot:
    """The numbers of the story. They are invented, and so is everything else in it."""

    uploads_a_day: int = 100_000
    audited_a_day: int = 2_000
    violating_a_day: int = 40
    """That are found without the score: twenty by audits of uploads of which one in a hundred violates, the others by lists and flags."""
    human_trials: int = 4_000
    """Violating items, and as many innocent ones, with which people are measured."""
    few: int = 450
    """Violating items when the first detector is tried: too few for any."""
    positives: int = 9_000
    negatives: int = 90_000
    policy_clear: float = 0.005
    policy_act: float = 0.0005
    life: int = 2_000
    """Violating items for which a certificate is watched."""
    kept: int = 1_000
    """Of them before the world changes."""
    worse: float = 6.0
    """How many times the cap the error is after the change."""


def rehearse_automation(plot: Plot | None = None, *, seed: int = 7) -> Iterator[Scene]:
    """Tell the story, scene by scene.

    Args:
        plot: Its numbers.
        seed: Of all chance in it; the same one tells the same story.
    """
    return _Stage(plot or Plot(), np.random.default_rng(seed)).play()


class _Stage:
    def __init__(self, plot: Plot, rng: np.random.Generator) -> None:
        self._plot, self._rng, self._now = plot, rng, _BEGUN
        self._first = populations.tasks(pooled=False)[0]
        self._second = populations.tasks(pooled=True)[4]
        self._caps = (0.0, 0.0)
        self._tries = dict.fromkeys(records.Arm, 0)
        self._channels = _CHANNELS

    def play(self) -> Iterator[Scene]:
        plot = self._plot
        yield self._scene(
            Turn.BEGIN, f"Simulated. A platform with {plot.uploads_a_day:,} uploads a day, of which one in a hundred violates its rules. "
            f"{plot.audited_a_day:,} are drawn by lot each day and judged blind by two people.")  # fmt: skip
        yield self._cold()
        self._pass(plot.human_trials / plot.violating_a_day)
        yield self._people()
        yield from self._tried("detector A, version 1", self._first, plot.few)
        self._pass((plot.positives - plot.few) / plot.violating_a_day)
        yield self._as_its_maker_says("detector A, version 1", self._first)
        yield from self._tried(
            "detectors A, B and C, pooled, version 1", self._second, plot.positives, biased=True
        )
        self._channels = {**_CHANNELS, 0: "trusted flaggers"}
        self._pass(plot.positives / len(_CHANNELS) / plot.violating_a_day)
        yield from self._tried("detectors A, B and C, pooled, version 1", self._second, plot.positives)

    # --- scenes -----------------------------------------------------------------------------------------------------------------------
    def _cold(self) -> Scene:
        """Ask triage what happens to an item that a detector is sure about."""
        sure = records.Score(detector="A", detector_version="1", probability=0.999)
        way = triage.route([sure], triage.Policy())
        said = "a person decides" if isinstance(way, records.Review) else "the machine decides"
        return self._scene(
            Turn.COLD, f"Detector A gives an upload 0.999. Nothing is certified: {said}.", route=type(way).__name__
        )  # fmt: skip

    def _people(self) -> Scene:
        """Measure people, on items that no threshold will be chosen with, and derive the caps."""
        plot = self._plot
        caught = populations.draw(
            self._first.positives, self._first.scores, self._first.catch, plot.human_trials, self._rng
        )[1]
        cleared = populations.draw(
            self._first.negatives, self._first.scores, self._first.clear, plot.human_trials, self._rng
        )[1]
        missed, wronged = int((~caught).sum()), int((~cleared).sum())
        self._caps = (
            assurance.cap_from(assurance.HumanError(wrong=missed, trials=plot.human_trials), policy=plot.policy_clear),
            assurance.cap_from(assurance.HumanError(wrong=wronged, trials=plot.human_trials), policy=plot.policy_act),
        )  # fmt: skip
        return self._scene(
            Turn.PEOPLE, f"One person alone missed {missed} of {plot.human_trials:,} violating items and took {wronged} of "
            f"{plot.human_trials:,} innocent ones for a violation. The machine may add a tenth of that at most: caps of "
            f"{_percent(self._caps[0])} and {_percent(self._caps[1])}.",
            missed=missed, wronged=wronged, cap_clear=self._caps[0], cap_act=self._caps[1])  # fmt: skip

    def _as_its_maker_says(self, name: str, task: Task) -> Scene:
        """Try the thresholds from a leaflet, on a detector that is worse than the people beside it."""
        plot, below = self._plot, np.array([_LEAFLET])
        scores, caught = populations.draw(task.positives, task.scores, task.catch, plot.positives, self._rng)
        level = self._spend(records.Arm.CLEAR)
        found = assurance.certify_clear(scores, caught, below, self._caps[0], level)
        harmed = int((caught & (scores < _LEAFLET)).sum())
        alone, people = float((scores < 0.5).mean()), float((~caught).mean())
        words = (f"deciding alone at one half it would miss {_percent(alone)} of {plot.positives:,} violating items, people missed {_percent(people)}; below "
                 f"{_LEAFLET}, where its maker says that nobody need look, are {harmed:,} that people caught, and {_percent(self._caps[0])} "
                 f"are allowed")  # fmt: skip
        if found is not None:
            return self._scene(
                Turn.CERTIFIED, f"{name}: {words}. It is certified.", detector=name, harmed=harmed
            )
        return self._scene(Turn.REFUSED, f"{name} is refused: {words}.", detector=name, why="worse than the people", harmed=harmed,
                           positives=plot.positives, alone=alone, people=people)  # fmt: skip

    def _tried(self, name: str, task: Task, positives: int, *, biased: bool = False) -> Iterator[Scene]:
        """Try to certify a detector; a certificate is watched until it is suspended."""
        needed = self._needed()
        if positives // len(_CHANNELS) < needed:
            why = f"each of {len(_CHANNELS)} channels needs {needed:,} violating items and more. No score was looked at, so that no try is spent"
            yield self._refused(name, why, positives)
            return
        level = self._spend(records.Arm.CLEAR)
        scores, caught, channels = self._sentinels(task, positives, biased=biased)
        said = assurance.compare_channels(scores, channels, self._channels, rng=self._rng)
        if said is not None:
            words = (f"the {said.channel} seldom finds what scores low: refused, these sentinels are no proof"
                     if said.is_refused else "no channel differs from the others by more than chance")  # fmt: skip
            yield self._scene(Turn.CHANNELS, f"{name}, try {self._tries[records.Arm.CLEAR]} of the arm that clears: the channels of {positives:,} "
                              f"sentinels are compared; {words}.", detector=name, p_value=said.p_value, refused=int(said.is_refused))  # fmt: skip
            if said.is_refused:
                yield self._refused(name, "its sentinels disagree", positives)
                return
        yield from self._certified(name, task, level, scores, caught, channels)

    def _certified(
        self, name: str, task: Task, level: float, scores: Floats, caught: Flags, channels: Numbers
    ) -> Iterator[Scene]:
        clear = assurance.certify_clear_by_channel(scores, caught, channels, GRID, self._caps[0], level)
        innocent = populations.draw(task.negatives, task.scores, task.clear, self._plot.negatives, self._rng)
        act = assurance.certify_act(*innocent, GRID, self._caps[1], self._spend(records.Arm.ACT))
        if clear is None:
            yield self._refused(
                name, "not even the safest threshold keeps the cap on these items", len(scores)
            )
            return
        low, high = clear.threshold, act.threshold if act else 1.0
        load = task.load(low, high)
        yield self._scene(
            Turn.CERTIFIED, f"{name}: two people approve a certificate. Of {clear.trials:,} violating items of the channel that allows least "
            f"{clear.harmed} would be cleared although a person caught them, {_percent(clear.limit)} at most, at the error of {_percent(level)} that this try has; people still decide "
            f"{_percent(load)} of all uploads. No person knows what it truly is; this simulation does: {_percent(task.harm_of_clearing(low))}.",
            detector=name, trials=clear.trials, harmed=clear.harmed, limit=clear.limit, cap=self._caps[0], level=level, load=load,
            clear_below=low, act_from=high, true_share=task.harm_of_clearing(low))  # fmt: skip
        yield from self._watched(name, task, low)

    def _watched(self, name: str, task: Task, low: float) -> Iterator[Scene]:
        plot, cap = self._plot, self._caps[0]
        watch = assurance.Watch(cap=cap, life=plot.life)
        kept = self._rng.random(plot.kept) < task.harm_of_clearing(low)
        watch = assurance.observe(watch, kept.tolist())
        self._pass(plot.kept / plot.violating_a_day)
        if not watch.is_alarmed:
            yield self._scene(
                Turn.KEPT, f"{watch.seen:,} violating items later: {watch.harmed} {'was' if watch.harmed == 1 else 'were'} cleared although a person caught them. Evidence against the "
                f"certificate is {watch.evidence:.2f}; it is suspended at {1 / watch.alarm_level:.0f}.",
                seen=watch.seen, harmed=watch.harmed, evidence=watch.evidence)  # fmt: skip
        change = self._now
        while not watch.is_alarmed:
            watch = assurance.observe(watch, [bool(self._rng.random() < plot.worse * cap)])
            self._pass(1 / plot.violating_a_day)
        later = watch.seen - plot.kept
        days = (self._now - change).total_seconds() / 86_400
        yield self._scene(
            Turn.SUSPENDED, f"A new kind of content spreads that {name} does not know: {plot.worse:g} times the cap is missed. After {later} "
            f"violating items, {days:.1f} days, the evidence is {watch.evidence:.1f}: the certificate is suspended, everything goes to people, "
            "and the leads are told.", seen=watch.seen, harmed=watch.harmed, evidence=watch.evidence, later=later, days=days,
            wald=assurance.wald_limit(cap, plot.worse * cap))  # fmt: skip
        yield self._scene(Turn.END, "An alarm is not taken back. Another certificate needs fresh items and two people.")  # fmt: skip

    # --- what is spent ------------------------------------------------------------------------------------------------------------------
    def _spend(self, arm: records.Arm) -> float:
        """Count one more try of an arm, and give its part of the error of the scope's life."""
        self._tries[arm] += 1
        return assurance.error_of_try(DELTA, self._tries[arm])

    def _needed(self) -> int:
        """Say how many violating items the next try of the arm that clears needs at least."""
        level = assurance.error_of_try(DELTA, self._tries[records.Arm.CLEAR] + 1)
        return assurance.plan(self._caps[0], error_level=level, prevalence=1.0, audited_a_day=1.0).fewest

    # --- props ------------------------------------------------------------------------------------------------------------------------
    def _sentinels(self, task: Task, number: int, *, biased: bool) -> tuple[Floats, Flags, Numbers]:
        """Draw positives over three channels; a biased one finds what scores low a fifth as often."""
        each = number // len(_CHANNELS)
        low = np.where(task.scores < 0.5, 0.2 * task.positives, task.positives)
        drawn = [
            populations.draw(points / points.sum(), task.scores, task.catch, each, self._rng)
            for points in (low if biased else task.positives, task.positives, task.positives)
        ]
        channels = np.repeat(np.arange(len(_CHANNELS)), each)
        return np.concatenate([a for a, _ in drawn]), np.concatenate([b for _, b in drawn]), channels

    def _refused(self, name: str, why: str, positives: int) -> Scene:
        return self._scene(Turn.REFUSED, f"{name} is refused: {why}. Everything still goes to people.", detector=name, why=why, positives=positives)  # fmt: skip

    def _pass(self, days: float) -> None:
        self._now += timedelta(days=days)

    def _scene(self, turn: Turn, text: str, **facts: float | int | str) -> Scene:
        return Scene(at=self._now, turn=turn, text=text, facts=facts)


def _percent(share: float) -> str:
    return f"{100 * share:.3g} %"
