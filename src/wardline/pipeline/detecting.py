"""The step classify: the detectors of a scope are asked about an upload, in its own thread, before anything decides on it.

Every upload of a scope is asked about, whatever else points at it, so that the time it takes tells nothing and that what lists and people find
is scored like everything else.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import structlog

from wardline import classification, records, triage
from wardline.errors import WardlineError
from wardline.pipeline import alarms
from wardline.pipeline.parts import Parts
from wardline.pipeline.scopes import Detector, Scope
from wardline.records import AlarmKind

_log = structlog.get_logger("wardline.detecting")

Answer = classification.Raw | records.Unscannable


@dataclass(frozen=True, slots=True, kw_only=True)
class Scored:
    """What detectors said of an upload."""

    scores: tuple[records.Score, ...] = ()
    """First the one that counts; none where a part is missing."""
    signals: tuple[records.Signal, ...] = ()
    """What of it points at the upload."""


def ask(parts: Parts, scope: Scope, content: bytes) -> tuple[Answer, ...]:
    """Ask every detector of a scope, one after the other. What goes wrong is an answer too."""
    pictures: dict[int | None, bytes | records.Unscannable] = {None: content}
    answers: list[Answer] = []
    for each in scope.detectors:
        if each.max_side not in pictures:
            pictures[each.max_side] = parts.media.render(content, longest_side=each.max_side or 1)
        picture = pictures[each.max_side]
        answers.append(picture if isinstance(picture, records.Unscannable) else _answer(each, picture))
    return tuple(answers)


def _answer(detector: Detector, picture: bytes) -> Answer:
    name = detector.asked.name
    try:
        value = detector.classifier.score(picture)
        if isinstance(value, records.Unscannable):
            return records.Unscannable(source=name, reason=value.reason)
        same = detector.classifier.version == detector.version
        version = detector.asked.version if same else detector.classifier.version
        return classification.Raw(detector=name, version=version, value=float(value))
    except Exception as error:  # noqa: BLE001 -- whatever a plug-in raises must not end in "clean", nor lose the upload
        _log.error("detector failed", detector=name, error=type(error).__name__)
        return records.Unscannable(source=name, reason="failed unexpectedly")


def scored(scope: Scope | None, answers: Sequence[Answer], matches: Sequence[records.Match]) -> Scored:
    """Put the answers together.

    Args:
        scope: The upload's; None: nobody was asked.
        answers: Of its detectors.
        matches: The near-hash part of the score is made of these, where the scope has one.
    """
    if scope is None:
        return Scored()
    said: tuple[Answer, ...] = tuple(answers)
    unseen = next((each for each in said if _is_of_media(each)), None)
    if isinstance(unseen, records.Unscannable):  # nothing is wrong with the detector
        return Scored(signals=(unseen,))
    if scope.near_hash:
        said = (*said, classification.near_hash(matches))
    found = classification.combine(scope.asked, said)
    if isinstance(found, records.Unscannable):
        return Scored(signals=(found,))
    pointing = triage.pointing(found[:1], mode=scope.mode, opens_case_from=scope.opens_case_from)
    return Scored(scores=found, signals=tuple(pointing))


def _is_of_media(answer: Answer) -> bool:
    return isinstance(answer, records.Unscannable) and answer.source == "media"


def for_order(
    scope: Scope | None, signals: Sequence[records.Signal], *, is_drawn: bool
) -> list[records.Signal]:
    """Give what the place of a case is computed from: a score alone, as the probability that it stands for, and never beside anything else.

    Where people judge what lists and users found, neither the order nor its words may tell what a machine said. A score without a calibration
    is no probability, and says nothing. Nor does one of what was drawn by lot: audits that are not judged in time are gone, and which ones
    these are must not depend on the score.
    """
    calibration = scope.calibration if scope and not is_drawn else None
    return [
        calibration.of(each) if isinstance(each, records.Score) and calibration else each
        for each in triage.for_people(signals)
        if not isinstance(each, records.Score) or calibration
    ]


def tell(parts: Parts, scope: Scope | None, answers: Sequence[Answer]) -> None:
    """Raise an alarm about detectors that failed, and close it when they answer again. Called when the upload is durable."""
    if scope is None:
        return
    for detector, answer in zip(scope.detectors, answers, strict=True):
        try:
            _tell(parts, detector, answer)
        except WardlineError as error:
            _log.error("detector cannot be told of", detector=detector.asked.name, error=error.code)


def _tell(parts: Parts, detector: Detector, answer: Answer) -> None:
    name = detector.asked.name
    if _is_of_media(answer):
        return
    changed = isinstance(answer, classification.Raw) and answer.version != detector.asked.version
    if isinstance(answer, classification.Raw) and not changed and detector.asked.scale.holds(answer.value):
        if parts.hearing.answered(name):
            for kind in (AlarmKind.DETECTOR_FAILING, AlarmKind.DETECTOR_CHANGED):
                alarms.resolve_about(parts, kind, name)
        return
    if not parts.hearing.failed(name, parts.now()):
        return
    if changed or (isinstance(answer, records.Unscannable) and answer.reason == records.OTHER_VERSION):
        alarms.raise_alarm(
            parts, AlarmKind.DETECTOR_CHANGED, name,
            f"The detector {name} answers as another version than the settings name. Everything in its scopes goes to people. Find out what changed; "
            "a new version is a new detector, with evidence of its own.",
        )  # fmt: skip
    else:
        alarms.raise_alarm(
            parts, AlarmKind.DETECTOR_FAILING, name,
            f"The detector {name} gives no usable answer. Everything in its scopes goes to people until it does.",
        )  # fmt: skip
