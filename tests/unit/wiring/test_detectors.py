"""Detectors and scopes as the settings name them; what cannot be is refused before anything starts."""

from __future__ import annotations

from pathlib import Path

import pytest

from wardline import classification, settings
from wardline.errors import ConfigurationError
from wardline.pipeline import Scopes
from wardline.triage import ScopeMode
from wardline.wiring.detectors import scopes

ONE = """
[[detectors]]
name = "orange"
adapter = "reference"
version = "1"
max_side = 64
"""
OTHER = ONE.replace('"orange"', '"other"').replace("64", "128")
POSTS = """
[[automation.scopes]]
name = "posts"
surfaces = ["post", "Story"]
detectors = ["orange"]
mode = "watch"
opens_case_from = 0.8
audit_percent = 0.5
"""


def made(text: str) -> Scopes:
    return scopes(settings.parse(Path(), text), lambda _: b"")


def test_without_a_scope_nobody_is_asked() -> None:
    for text in ("", ONE):
        assert made(text) == Scopes()
        assert made(text).of("post") is None


def test_a_scope_has_its_surfaces_its_detectors_and_its_shares() -> None:
    (scope,) = made(ONE + POSTS).several
    assert (scope.mode, scope.opens_case_from, scope.audit_share, scope.caps_share) == (
        ScopeMode.WATCH,
        0.8,
        0.005,
        0.25,
    )
    assert scope.detectors[0].max_side == 64
    assert made(ONE + POSTS).of("STORY") is not None
    assert made(ONE + POSTS).of("avatar") is None


def test_what_a_detector_is_given_belongs_to_the_version_of_its_score() -> None:
    texts = (
        ONE,
        ONE.replace("64", "65"),
        ONE + "send_original = true\n",
        ONE + "highest = 7.0\n",
        ONE.replace('"1"', '"2"'),
    )
    versions = {classification.version_of(made(text + POSTS).several[0].asked) for text in texts}
    assert len(versions) == len(texts)


def test_several_detectors_and_the_lists_make_one_score() -> None:
    both = POSTS.replace('["orange"]', '["other", "orange"]') + "near_hash = true\n"
    (scope,) = made(ONE + OTHER + both).several
    assert classification.name_of(scope.asked) == "mean-logit of near-hash, orange, other"


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        (POSTS, "no detector orange"),
        (ONE + POSTS.replace('["orange"]', '["apple"]'), "no detector apple"),
        (ONE + POSTS.replace('["orange"]', "[]"), "expected 1 to 7"),
        (ONE + POSTS.replace('["orange"]', '["orange", "orange"]'), "one twice"),
        (ONE + POSTS.replace('["post", "Story"]', "[]"), "surfaces: empty"),
        (ONE + POSTS + POSTS.replace('"posts"', '"again"'), "one surface twice"),
        (ONE + POSTS.replace('["post", "Story"]', '["post", "POST"]'), "one surface twice"),
        (ONE + POSTS + POSTS.replace('["post", "Story"]', '["avatar"]'), "one name twice"),
        (ONE + ONE + POSTS, "one name twice"),
        (ONE + POSTS.replace('"posts"', '"the posts"'), "other characters"),
        (ONE.replace('"orange"', '"near-hash"') + POSTS.replace('"orange"', '"near-hash"'), "means something else"),
        (ONE + "lowest = 1.0\n" + POSTS, "lowest is not below highest"),
        (ONE + POSTS + "calibration_scores = [0.5]\ncalibration_probabilities = [0.5]\n", "calibration"),
        (ONE.replace('"reference"', '"nothing"') + POSTS, "adapter classifiers.nothing"),
        (ONE + POSTS.replace("0.8", "1.8"), "outside its range"),
        (ONE + POSTS + 'colour = "red"\n', "unknown key"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_refused(text: str, problem: str) -> None:
    with pytest.raises(ConfigurationError, match=problem):
        made(text)
