"""From signals to the three factors: likelihood, severity, virality.

Until detectors with certificates come, the probabilities here stand in for calibrated ones: they are set by hand, from what the parts of the
comparison in docs/explanation/queue-order.md were simulated with. They order the queue and do nothing else: no case is opened, decided or
left by them.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import assert_never

from wardline import records
from wardline.records import Lane, ListMeaning, Odds
from wardline.review.weights import Weights

_UNKNOWN = Odds(a=0.016, b=0.061, other=0.134)
"""The mix among everything that is flagged in the simulated year; nothing is known of a file but that it was flagged, or not scanned."""
_VERIFIED, _UNVERIFIED = 0.98, 0.6
"""That an entry of such a list is what the list says, with the same hash."""
_TRUSTED_FLAG = 0.6
"""That what a trusted flagger or an authority flags is a violation: as an unverified list's entry, which somebody looked at as well."""
_LESS_PER_BIT = 0.01
"""Less for each bit of distance."""
_DOUBTED = 0.3
"""What is left of it when the entry is held or a negative list disagrees."""
_GRADED: dict[ListMeaning, Odds] = {
    ListMeaning.ILLEGAL: Odds(a=0.3, b=0.5, other=0.2), ListMeaning.GENERATED: Odds(a=0.3, b=0.5, other=0.2),
    ListMeaning.EXPLOITATIVE: Odds(a=0.0, b=0.2, other=0.8), ListMeaning.INTIMATE: Odds(a=0.0, b=0.0, other=1.0),
    ListMeaning.EXTREMIST: Odds(a=0.0, b=0.0, other=1.0), ListMeaning.HOUSE_RULES: Odds(a=0.0, b=0.0, other=1.0),
}  # fmt: skip
"""What a listed file is when its entry has no category."""
_BRIEF = frozenset({"live", "live-stream", "livestream", "stream", "story", "stories", "chat", "message", "direct-message", "dm"})  # fmt: skip
_LASTING = frozenset({"avatar", "header", "banner", "profile", "profile-picture", "cover", "emoji"})


@dataclass(frozen=True, slots=True)
class _Found:
    """What one signal says."""

    odds: Odds
    category: records.Category | None = None
    known: bool = True


def assess(
    signals: Sequence[records.Signal], context: records.UploadContext | None, weights: Weights
) -> records.Urgency:
    """Put the three factors together. The gravest signal counts; several that agree are not added up, for they are not independent.

    Args:
        signals: Everything that points at the item; with none, nothing is known of it.
        context: Where it was posted; None where that is not known any more.
        weights: Which signal is graver, and the views of content of which the platform does not say it.
    """
    found = max(map(_found, signals), key=lambda each: severity(each.odds, weights), default=_Found(_UNKNOWN))
    views = context.views_per_hour if context else None
    return records.Urgency(
        odds=found.odds, category=found.category, views_known=views is not None, odds_known=found.known,
        views_per_hour=views if views is not None else _usual_views(context, weights),
    )  # fmt: skip


def graver(one: records.Urgency, other: records.Urgency, weights: Weights) -> records.Urgency:
    """Give the urgency whose signal is graver; the first where they are equal."""
    return max(one, other, key=lambda each: severity(each.odds, weights))


def seen_by_more(urgency: records.Urgency, told: records.Urgency) -> records.Urgency:
    """Give an urgency with the reach that the platform told later, if that is more: what spreads since then moves up, and nothing moves down."""
    if not told.views_known or told.views_per_hour <= urgency.views_per_hour:
        return urgency
    return replace(urgency, views_known=True, views_per_hour=told.views_per_hour)


def severity(odds: Odds, weights: Weights) -> float:
    """Compute the expected harm of one view."""
    return odds.a * weights.severity_a + odds.b * weights.severity_b + odds.other * weights.severity_other


def lane_of(context: records.UploadContext | None) -> Lane:
    """Choose how long content is looked at, from where it was posted."""
    if context is None:
        return Lane.DAYS
    surface = context.surface.lower().replace("_", "-").replace(" ", "-")
    if surface in _LASTING:
        return Lane.WEEKS
    return Lane.HOURS if surface in _BRIEF or _is_private(context) else Lane.DAYS


def is_imminent(signals: Iterable[records.Signal]) -> bool:
    """Say whether a signal says that a child may be in danger now."""
    return any(isinstance(each, records.Flag) and each.reason == records.IMMINENT_DANGER for each in signals)


def _usual_views(context: records.UploadContext | None, weights: Weights) -> float:
    is_private = context is not None and _is_private(context)
    return weights.private_views_per_hour if is_private else weights.views_per_hour


def _is_private(context: records.UploadContext) -> bool:
    return context.visibility is records.Visibility.PRIVATE


def _found(signal: records.Signal) -> _Found:
    match signal:
        case records.Match():
            return _Found(_odds_of(signal), signal.category)
        case records.Score(probability=probability):
            return _Found(_scaled(_UNKNOWN, probability / _UNKNOWN.violation))
        case records.Flag(trusted=True) | records.Flag(official=records.OfficialNotice()):
            return _Found(_scaled(_UNKNOWN, _TRUSTED_FLAG / _UNKNOWN.violation))
        case records.Flag() | records.Unscannable():
            return _Found(_UNKNOWN)
        case records.Told():
            return _Found(_UNKNOWN, known=False)
        case _:
            assert_never(signal)


def _odds_of(found: records.Match) -> Odds:
    likely = _VERIFIED if found.trust is records.ListTrust.VERIFIED else _UNVERIFIED
    likely = max(likely - _LESS_PER_BIT * found.distance_bits, 0.1) * (_DOUBTED if found.doubt else 1.0)
    if found.category is None:
        return _scaled(_GRADED[found.meaning], likely)
    is_a = found.category in (records.Category.A1, records.Category.A2)
    return Odds(a=likely if is_a else 0.0, b=0.0 if is_a else likely, other=0.0)


def _scaled(odds: Odds, by: float) -> Odds:
    return Odds(a=odds.a * by, b=odds.b * by, other=odds.other * by)
