"""An upload when everything that points at it is known: who decides, and what is counted of it."""

from __future__ import annotations

from dataclasses import dataclass

from wardline import records, triage
from wardline.pipeline.parts import Parts
from wardline.pipeline.scopes import Scope
from wardline.records import Disposal, Step

_BY_MACHINE = {Disposal.CLEARED: Step.ITEMS_CLEARED, Disposal.ACTED: Step.ITEMS_ACTED}


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """What is known of an upload when it is routed."""

    signals: list[records.Signal]
    route: records.Route
    scope: Scope | None
    scores: tuple[records.Score, ...]
    is_drawn: bool
    """The lot fell on it."""

    @property
    def is_released(self) -> bool:
        """Nothing points at it, or a machine clears it."""
        return isinstance(self.route, records.Release)

    @property
    def certificate_id(self) -> str | None:
        """Under which a machine decides."""
        return None if isinstance(self.route, records.Review) else self.route.certificate_id

    @property
    def disposal(self) -> Disposal:
        """What a machine does with it."""
        if self.certificate_id is None:
            return Disposal.LEFT
        return Disposal.CLEARED if self.is_released else Disposal.ACTED


def judge(
    parts: Parts, signals: list[records.Signal], scope: Scope | None, scores: tuple[records.Score, ...],
    automation: triage.Automation | None, is_drawn: bool,
) -> Judged:  # fmt: skip
    """Route an upload."""
    route = triage.route(signals, parts.rules.policy, automation=automation)
    return Judged(signals=signals, route=route, scope=scope, scores=scores, is_drawn=is_drawn)


def asked_about(judged: Judged) -> records.Review:
    """Give what somebody reads who judges an audit: the same as of whatever else a detector was asked about."""
    return records.Review(reasons=tuple(dict.fromkeys(map(triage.reason_of, judged.scores[:1]))))


def counted(judged: Judged) -> list[Step]:
    """Say what is counted of an upload."""
    steps = [Step.ITEMS_RECEIVED]
    kinds = {type(signal) for signal in judged.signals}
    steps += [Step.ITEMS_SCORED] if judged.scores else []
    steps += [Step.AUDITS_DRAWN] if judged.is_drawn else []
    steps += [Step.ITEMS_MATCHED] if records.Match in kinds else []
    steps += [Step.ITEMS_UNSCANNABLE] if records.Unscannable in kinds else []
    steps += [Step.ITEMS_FLAGGED] if records.Flag in kinds else []
    steps += [Step.ITEMS_RELEASED] if judged.is_released else []
    steps += [_BY_MACHINE[judged.disposal]] if judged.disposal in _BY_MACHINE else []
    return [*steps, Step.CASES_OPENED] if judged.is_drawn or not judged.is_released else steps


def in_words(route: records.Review | records.Act) -> str:
    """Say for the log what an upload was routed to."""
    match route:
        case records.Review():
            return "review"
        case records.Act(certificate_id=None):
            return "act"
        case records.Act(certificate_id=certificate_id):
            return f"act under {certificate_id}"
