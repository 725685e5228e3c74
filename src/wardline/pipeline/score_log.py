"""How uploads score, counted in memory and written once a minute: counts by twentieths, and nothing of any one upload."""

from __future__ import annotations

import threading
import time
from collections import Counter
from dataclasses import replace

import structlog

from wardline import records
from wardline.errors import AlreadyExistsError, VersionConflictError, WardlineError
from wardline.pipeline.parts import Parts
from wardline.records import Insert, Replace, Verb

_log = structlog.get_logger("wardline.scores")
_WRITE_AFTER_SECONDS = 60.0
_Key = tuple[str, str, str, str]


class ScoreLog:
    """Counts scores of scoped uploads. Safe to call from many threads. A crash loses a minute of counts, which warn and decide nothing."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._gate = threading.Lock()
        self._counts: Counter[tuple[_Key, int]] = Counter()
        self._written = time.monotonic()

    def note(self, scope: str, score: records.Score) -> None:
        """Count one score, and write what was counted if that is due."""
        day = self._parts.now().date().isoformat()
        place = min(int(score.probability * records.SCORE_BINS), records.SCORE_BINS - 1)
        with self._gate:
            self._counts[(scope, score.detector, score.detector_version, day), place] += 1
            due = time.monotonic() - self._written >= _WRITE_AFTER_SECONDS
        if due:
            self.write()

    def write(self) -> None:
        """Write what was counted. What cannot be written now is kept for the next time."""
        with self._gate:
            counted, self._counts = self._counts, Counter()
            self._written = time.monotonic()
        for key in {key for key, _ in counted}:
            bins = [counted[key, place] for place in range(records.SCORE_BINS)]
            try:
                self._add(key, bins)
            except WardlineError as error:
                _log.warning("scores were not counted", error=error.code)
                with self._gate:
                    self._counts.update({(key, place): count for place, count in enumerate(bins) if count})

    def _add(self, key: _Key, bins: list[int]) -> None:
        while True:
            try:
                return self._add_once(key, bins)
            except (AlreadyExistsError, VersionConflictError):
                continue  # another process wrote at the same moment

    def _add_once(self, key: _Key, bins: list[int]) -> None:
        parts, (scope, detector, version, day) = self._parts, key
        found = [
            each for each in parts.store.score_counts(scope, detector, version, since=day) if each.day == day
        ]
        if found:
            counts = tuple(one + other for one, other in zip(found[0].counts, bins, strict=True))
            made = replace(found[0], counts=counts, version=found[0].version + 1)
            change: records.Change = Replace(made)
        else:
            made = records.ScoreCounts(
                id=parts.new_id("score-counts"), scope=scope, detector=detector, detector_version=version, day=day,
                counts=tuple(bins),
            )  # fmt: skip
            change = Insert(made)
        parts.store.commit(
            change, entries=[parts.entry(Verb.COUNTS_LOGGED, made.id, detail=f"{sum(bins)} scores")]
        )
