"""Detectors and scopes as the settings name them."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from wardline import classification, plugins, ports
from wardline.errors import ConfigurationError, InputError
from wardline.pipeline import Detector, Scope, Scopes
from wardline.settings import DetectorSettings, ScopeSettings, Settings

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9.-]{0,31}")
_MOST_PARTS = 7
_TAKEN = {classification.NEAR_HASH, "media", "matching"}
"""What failures of other parts are told by."""


def scopes(chosen: Settings, secret_of: Callable[[DetectorSettings], bytes]) -> Scopes:
    """Make the scopes, and the detectors that they ask; one that no scope names is not made.

    Raises:
        ConfigurationError: A name, a surface or a detector that cannot be.
    """
    wanted = {name for each in chosen.automation.scopes for name in each.detectors}
    made = {each.name: _detector(each, secret_of(each)) for each in chosen.detectors if each.name in wanted}
    several = tuple(_scope(each, made) for each in chosen.automation.scopes)
    surfaces = [surface.casefold() for each in several for surface in each.surfaces]
    if len(set(surfaces)) < len(surfaces):
        raise ConfigurationError("automation.scopes: one surface twice, expected each in one scope at most")
    return Scopes(several)


def _detector(given: DetectorSettings, secret: bytes) -> Detector:
    where = f"detectors {given.name}"
    _require_name(where, given.name)
    if given.name in _TAKEN:
        raise ConfigurationError(f"{where}: a name that means something else, expected another one")
    classifier: ports.Classifier = plugins.load("classifiers", given.adapter)(
        given.name, given.version, given.options, secret
    )
    try:
        asked = classification.Asked(
            name=given.name,
            version=_version(given, classifier.version),
            scale=classification.Scale(lowest=given.lowest, highest=given.highest),
        )
    except InputError as error:
        raise ConfigurationError(f"{where}: {error}") from None
    side = None if given.send_original else given.max_side
    return Detector(classifier=classifier, asked=asked, version=classifier.version, max_side=side)


def _version(given: DetectorSettings, version: str) -> str:
    """Give the version that the score is known by: what the detector is given belongs to it."""
    return f"{version} original" if given.send_original else f"{version} at {given.max_side}"


def _scope(given: ScopeSettings, made: Mapping[str, Detector]) -> Scope:
    where = f"automation.scopes {given.name}"
    _require_name(where, given.name)
    unknown = [name for name in given.detectors if name not in made]
    if unknown:
        raise ConfigurationError(f"{where}: no detector {unknown[0]}, expected one of [[detectors]]")
    if not 1 <= len(given.detectors) <= _MOST_PARTS or len(set(given.detectors)) < len(given.detectors):
        raise ConfigurationError(
            f"{where}.detectors: none, one twice or too many, expected 1 to {_MOST_PARTS}"
        )
    if not given.surfaces or not all(surface.strip() for surface in given.surfaces):
        raise ConfigurationError(f"{where}.surfaces: empty, expected where its uploads are posted")
    try:
        calibration = (
            classification.Calibration(
                scores=given.calibration_scores, probabilities=given.calibration_probabilities
            )
            if given.calibration_scores or given.calibration_probabilities
            else None
        )
    except InputError as error:
        raise ConfigurationError(f"{where}: {error}") from None
    return Scope(
        name=given.name, surfaces=given.surfaces, detectors=tuple(made[name] for name in given.detectors), near_hash=given.near_hash,
        mode=given.mode, opens_case_from=given.opens_case_from, audit_share=given.audit_percent / 100,
        caps_share=given.caps_percent / 100, calibration=calibration,
    )  # fmt: skip


def _require_name(where: str, name: str) -> None:
    if not _NAME.fullmatch(name):
        raise ConfigurationError(
            f"{where}: a name with other characters, expected up to 32 letters, digits, dots and dashes"
        )
