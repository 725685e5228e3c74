"""Detectors are asked at intake: what points at a file goes to a person, what fails goes to a person, and nobody outside learns of it."""

from __future__ import annotations

import math
from datetime import timedelta

import pytest

from tests.acceptance.conftest import MakeLine
from tests.acceptance.detected import INNOCENT, Switched, decide, orange, rules, scope, total
from wardline import records
from wardline.classification import Asked, Calibration
from wardline.errors import NoLegalBasisError
from wardline.pipeline import Detector, alarms, blindness
from wardline.records import AlarmKind, Channel, Release, Step, Visibility
from wardline.triage import ScopeMode

HIGH, LOW = orange(0.9), orange(0.0)
ASKED = "A detector was asked about it, and a person decides"


def test_a_high_score_opens_a_case_and_restricts_nothing(make_line: MakeLine) -> None:
    line = make_line(rules=rules(scope()))
    case = line.case_of(line.submit(HIGH))
    item = line.store.item(case.item_ids[0])
    assert case.reasons == (ASKED,)
    assert not case.restricted
    assert item.scope == "posts"
    assert item.scores[0].probability > 0.8
    assert item.found_by is None
    # It is kept, so it is hashed exactly.
    assert records.HashKind.PDQ in {each.kind for each in item.hashes}


def test_a_low_score_is_released_as_without_a_detector_and_leaves_a_count_only(make_line: MakeLine) -> None:
    line = make_line(rules=rules(scope()))
    assert isinstance(line.submit(LOW).route, Release)
    assert line.store.cases() == []
    assert [total(line, step) for step in (Step.ITEMS_SCORED, Step.ITEMS_RELEASED)] == [1, 1]


def test_in_a_scope_where_everything_is_looked_at_low_scores_go_to_people_in_the_same_words(
    make_line: MakeLine,
) -> None:
    line = make_line(rules=rules(scope(mode=ScopeMode.REVIEW_ALL)))
    cases = [line.case_of(line.submit(content)) for content in (LOW, HIGH)]
    assert {case.reasons for case in cases} == {(ASKED,)}


def test_a_surface_without_a_scope_asks_nobody(make_line: MakeLine) -> None:
    detector = Switched()
    line = make_line(rules=rules(scope(detector)))
    assert isinstance(line.submit(HIGH, surface="avatar").route, Release)
    assert detector.asked == 0
    line.submit(LOW, surface="POST")
    assert detector.asked == 1


@pytest.mark.parametrize(
    "broken",
    [RuntimeError("plug-in"), records.Unscannable(source="x", reason="is down"), 7.0, math.nan],
    ids=["raises", "fails", "seven", "nan"],
)
def test_a_detector_that_fails_never_ends_in_clean(
    make_line: MakeLine, broken: Exception | records.Unscannable | float
) -> None:
    detector = Switched()
    line = make_line(rules=rules(scope(detector)))
    detector.broken = broken
    case = line.case_of(line.submit(LOW))
    assert "Could not be scanned by orange" in case.reasons[0]
    assert line.store.item(case.item_ids[0]).scores == ()
    assert not case.restricted


def test_leads_hear_of_a_detector_that_fails_and_when_it_is_well_again(make_line: MakeLine) -> None:
    detector = Switched()
    line = make_line(rules=rules(scope(detector)))
    detector.broken = records.Unscannable(source="orange", reason="is down")
    line.submit(LOW)
    line.submit(orange(0.0, 2))
    (alarm,) = line.store.open_alarms()
    assert (alarm.kind, alarm.subject_id) == (AlarmKind.DETECTOR_FAILING, "orange")
    detector.broken = None
    line.submit(LOW)
    assert line.store.open_alarms() == []


def test_the_alarm_of_a_detector_that_is_well_again_after_a_restart_is_closed(make_line: MakeLine) -> None:
    broken = Switched()
    broken.broken = records.Unscannable(source="orange", reason="is down")
    line = make_line(rules=rules(scope(broken)), store="sqlite")
    key = line.platform_key()
    line.submit(LOW, key=key)
    assert [each.kind for each in line.store.open_alarms()] == [AlarmKind.DETECTOR_FAILING]
    line.close()
    line = make_line(rules=rules(scope(Switched())), store="sqlite")
    line.pass_time(timedelta(minutes=1))
    assert [each.kind for each in line.store.open_alarms()] == [AlarmKind.DETECTOR_FAILING]
    line.submit(LOW, key=key)
    assert line.store.open_alarms() == []


def test_two_installations_in_one_process_each_hear_of_a_detector_that_fails(make_line: MakeLine) -> None:
    shared = Switched()
    shared.broken = records.Unscannable(source="orange", reason="is down")
    both = rules(scope(shared))
    for line in (make_line(rules=both, store="memory"), make_line(rules=both, store="memory")):
        line.submit(LOW)
        assert [each.kind for each in line.store.open_alarms()] == [AlarmKind.DETECTOR_FAILING]


def test_a_failing_detector_is_told_of_again_a_minute_after_somebody_closed_its_alarm(
    make_line: MakeLine,
) -> None:
    detector = Switched()
    line = make_line(rules=rules(scope(detector)))
    detector.broken = records.Unscannable(source="orange", reason="is down")
    line.submit(LOW)
    (alarm,) = line.store.open_alarms()
    alarms.resolve(line.parts, alarm.id)
    line.submit(orange(0.0, 2))
    assert line.store.open_alarms() == []
    line.pass_time(timedelta(minutes=1))
    line.submit(orange(0.0, 3))
    assert [each.kind for each in line.store.open_alarms()] == [AlarmKind.DETECTOR_FAILING]


def test_a_detector_that_changes_its_version_silently_is_no_detector_and_leads_hear_of_it(
    make_line: MakeLine,
) -> None:
    detector = Switched()
    line = make_line(rules=rules(scope(detector)))
    detector.version = "another model"
    case = line.case_of(line.submit(LOW))
    assert records.OTHER_VERSION in case.reasons[0]
    assert line.store.item(case.item_ids[0]).scores == ()
    (alarm,) = line.store.open_alarms()
    assert alarm.kind is AlarmKind.DETECTOR_CHANGED


def test_of_several_detectors_one_that_fails_is_enough(make_line: MakeLine) -> None:
    well, ill = Switched(), Switched()
    ill.name = "other"
    both = scope().detectors[0]
    second = Detector(
        classifier=ill, version=ill.version, asked=Asked(name="other", version=ill.version), max_side=64
    )
    line = make_line(rules=rules(scope(well, detectors=(both, second))))
    item = line.store.item(line.case_of(line.submit(HIGH)).item_ids[0])
    assert [each.detector for each in item.scores] == ["mean-logit of orange, other", "orange", "other"]
    ill.broken = records.Unscannable(source="other", reason="is down")
    case = line.case_of(line.submit(orange(0.9, 2)))
    assert "other" in case.reasons[0]
    assert line.store.item(case.item_ids[0]).scores == ()


def test_a_picture_that_cannot_be_shown_to_a_detector_is_no_failure_of_the_detector(
    make_line: MakeLine,
) -> None:
    line = make_line(rules=rules(scope()))
    case = line.case_of(line.submit(b"no picture at all"))
    assert all("orange" not in reason for reason in case.reasons)
    assert line.store.open_alarms() == []


def test_what_lists_and_users_find_is_scored_too_and_nobody_reads_it_from_the_reasons_or_the_order(
    make_line: MakeLine,
) -> None:
    calibrated = Calibration(scores=(0.0, 1.0), probabilities=(0.0, 1.0))
    line = make_line(rules=rules(scope(calibration=calibrated)))
    line.list_of([orange(0.9, 5)])
    listed = line.case_of(line.submit(orange(0.9, 5)))
    high, low = (line.case_of(line.submit(orange(share, 6), flag="spam")) for share in (0.9, 0.0))
    items = [line.store.item(case.item_ids[0]) for case in (listed, high, low)]
    assert all(item.scores for item in items)
    assert [item.found_by for item in items] == [
        Channel.VERIFIED_LIST,
        Channel.USER_FLAG,
        Channel.USER_FLAG,
    ]
    assert all(ASKED not in case.reasons for case in (listed, high, low))
    assert high.urgency == low.urgency


def test_what_only_a_score_points_at_has_its_place_by_the_calibrated_probability(make_line: MakeLine) -> None:
    rising = Calibration(scores=(0.0, 1.0), probabilities=(0.0, 0.5))
    line = make_line(rules=rules(scope(calibration=rising)))
    case = line.case_of(line.submit(HIGH))
    (score,) = line.store.item(case.item_ids[0]).scores
    assert case.urgency is not None
    assert case.urgency.odds.violation == pytest.approx(score.probability / 2)
    plain = make_line(rules=rules(scope()), store="memory")
    unknown = plain.case_of(plain.submit(HIGH)).urgency
    flagged = plain.case_of(plain.submit(orange(0.0, 3), flag="spam")).urgency
    assert unknown is not None
    assert flagged is not None
    assert unknown.odds == flagged.odds


def test_a_score_is_shown_after_the_decision_to_whoever_decided(make_line: MakeLine) -> None:
    line = make_line(rules=rules(scope()))
    mika, noor = line.person("mika"), line.person("noor")
    auditor = line.person("aki", records.Role.AUDITOR)
    case = line.case_of(line.submit(HIGH))
    item = line.store.item(case.item_ids[0])
    for person in (mika, noor, auditor):
        assert blindness.scores_of(line.parts, line.store.case(case.id), item, person.user) == ()
    decide(line, case, mika, INNOCENT)
    closed = line.store.case(case.id)
    told = [bool(blindness.scores_of(line.parts, closed, item, each.user)) for each in (mika, noor, auditor)]
    assert told == [True, False, True]


def test_a_private_upload_is_asked_about_only_where_it_may_be_scanned_at_all(make_line: MakeLine) -> None:
    detector = Switched()
    line = make_line(rules=rules(scope(detector)))
    with pytest.raises(NoLegalBasisError):
        line.submit(HIGH, visibility=Visibility.PRIVATE)
    assert detector.asked == 0
    # Somebody showed it to the platform: people look at it, and it goes nowhere else.
    case = line.case_of(line.submit(HIGH, visibility=Visibility.PRIVATE, flag="spam"))
    assert detector.asked == 0
    assert line.store.item(case.item_ids[0]).scores == ()
