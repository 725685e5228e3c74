"""The order of the queue: who is handed out next, and why, in words.

Two kinds of harm come of a case that waits: views, which fall with time, and the delay itself, which does not. A case has a turn for each, and
counts by whichever is larger at the time of asking. That is at least half of both together; in exchange the order needs no row rewritten.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import TypeVar

import numpy as np

from wardline import records
from wardline.kernels import queueing
from wardline.records import Place, Urgency
from wardline.review.urgency import assess, graver, is_imminent, lane_of, seen_by_more, severity
from wardline.review.weights import Weights

HANDLING_HOURS = 1 / 60
"""Expected work on each file of a case, until handling times are measured."""
_RANDOM_LETTERS = 16
_DIGITS = dict(zip("0123456789abcdefghjkmnpqrstvwxyz", "0123456789abcdefghijklmnopqrstuv", strict=True))
"""From the letters of ids to those that ``int`` reads in base 32."""
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_HOUR = timedelta(hours=1)
_VERY_MANY, _MANY, _SOME = 1000, 100, 10
_VERY_LIKELY, _LIKELY, _POSSIBLE = 0.9, 0.5, 0.2


Stands = TypeVar("Stands", records.Case, records.Standing)


class Order(StrEnum):
    """What the order of the queue rests on."""

    HARM = "harm"
    """The harm that is avoided in each hour of work."""
    SCORE = "score"
    """How likely a violation is, and nothing else."""


def rank(
    case: records.Case,
    item: records.Item,
    signals: Sequence[records.Signal],
    *,
    weights: Weights,
    now: datetime,
    handling_hours: float = HANDLING_HOURS,
) -> records.Case:
    """Give a case its place in every order. One that has a place keeps the graver of what was known and what is new; its version stays. Danger
    that was not known ends its being set aside."""
    urgency = assess(signals, item.context, weights)
    if case.urgency is not None:
        urgency = seen_by_more(graver(case.urgency, urgency, weights), urgency)
    place = place_of(case, urgency, item.context, weights, handling_hours=handling_hours)
    since = case.imminent_since or (now if is_imminent(signals) else None)
    return replace(
        case, urgency=urgency, lane=place.lane, views_turn=place.views_turn, delay_turn=place.delay_turn,
        imminent_since=since, held_until=case.held_until if since == case.imminent_since else None, score_turn=-urgency.odds.violation, lot=lot_of(case.id) if case.lot is None else case.lot,
    )  # fmt: skip


def behind_all(case: records.Case) -> records.Case:
    """Put a case behind all others, without a target; it is still drawn by its age and by lot. Its version stays."""
    return replace(case, views_turn=None, delay_turn=None, score_turn=None, due_at=None, target=None)


def place_of(
    case: records.Case, urgency: Urgency, context: records.UploadContext | None, weights: Weights, *,
    handling_hours: float = HANDLING_HOURS,
) -> Place:  # fmt: skip
    """Compute the place of a case from what is known of it."""
    lane = lane_of(context)
    seen = urgency.views_per_hour * (weights.restricted_exposure_percent / 100 if case.restricted else 1.0)
    odds = urgency.odds
    delay = odds.a * weights.delay_a + odds.b * weights.delay_b
    if case.restricted:
        delay += weights.wrongful_restriction * (1 - odds.violation)
    rate = np.array([severity(odds, weights) * seen, delay])
    decay = np.array([lane.decay_hours, np.inf])
    handling = np.full(2, handling_hours * len(case.item_ids))
    views, delayed = queueing.turns(rate, np.full(2, _hours(case.opened_at)), decay, handling).tolist()
    return Place(lane=lane, views_turn=_finite(views), delay_turn=_finite(delayed))


def in_order(cases: Iterable[Stands], *, now: datetime, look_ahead: timedelta) -> tuple[Stands, ...]:
    """Sort cases by the harm that is avoided in each hour of work on them; equal ones, and those without a place at the end, oldest first."""
    given = list(cases)
    found = indexes(given, now=now, look_ahead=look_ahead)
    by_index = zip(given, found, strict=True)
    return tuple(
        case for case, _ in sorted(by_index, key=lambda each: (-each[1], each[0].opened_at, each[0].id))
    )


def indexes(cases: Sequence[Stands], *, now: datetime, look_ahead: timedelta) -> list[float]:
    """Compute the logarithm of the index of each case; minus infinity for one without a place."""
    decay = np.array([each.lane.decay_hours if each.lane else np.inf for each in cases])
    views = np.array([_turn(each.views_turn) for each in cases])
    delay = np.array([_turn(each.delay_turn) for each in cases])
    at, horizon = _hours(now), look_ahead / _HOUR
    seen = queueing.index_of_turns(views, decay, now=at, horizon=horizon)
    delayed = queueing.index_of_turns(delay, np.full(len(cases), np.inf), now=at, horizon=horizon)
    return [float(each) for each in np.maximum(seen, delayed)]


def lot_of(case_id: str) -> float:
    """Give the place of a case as chance made it, 0 to 1: the random part of its id, which nobody chooses."""
    drawn = int("".join(_DIGITS[letter] for letter in case_id[-_RANDOM_LETTERS:]), 32)
    return drawn / float(32**_RANDOM_LETTERS)


def factors(case: records.Case) -> tuple[str, ...]:
    """Tell the three factors of a case in words: severity, virality, likelihood. None for a case from before they were stored."""
    urgency = case.urgency
    if urgency is None:
        return ()
    known = f"Category {urgency.category}" if urgency.category else "Category unknown"
    likely = _likelihood(urgency.odds.violation) if urgency.odds_known else "likelihood not measured"
    return known, _reach(urgency), likely


def _reach(urgency: Urgency) -> str:
    if not urgency.views_known:
        return "reach unknown"
    views = urgency.views_per_hour
    if views >= _VERY_MANY:
        return "seen by very many"
    return "seen by many" if views >= _MANY else "seen by some" if views >= _SOME else "seen by few"


def _likelihood(probability: float) -> str:
    if probability >= _VERY_LIKELY:
        return "very likely"
    return (
        "likely"
        if probability >= _LIKELY
        else "possible"
        if probability >= _POSSIBLE
        else "nothing known yet"
    )


def _hours(at: datetime) -> float:
    return (at - _EPOCH) / _HOUR


def _finite(turn: float) -> float | None:
    return turn if math.isfinite(turn) else None


def _turn(turn: float | None) -> float:
    return math.inf if turn is None else turn
