"""Judged items are fed to the watch once each; its alarm suspends the certificate in the same commit, and what it had restricted comes back."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.unit.judged import DETECTOR, SCOPE, VERSION, evidence
from tests.unit.pipeline.certifying_line import SURFACE, Certifier, automated_line
from wardline import records
from wardline.errors import AuditLogError
from wardline.pipeline import watching
from wardline.pipeline.score_log import ScoreLog
from wardline.pipeline.standing import StandingCertificates
from wardline.records import AlarmKind, Arm, CertificateState, Channel, Insert, Truth, Verb
from wardline.testing import store_records as make
from wardline.testing.harness import Line

_MINUTE, _HOUR = timedelta(minutes=1), timedelta(hours=1)


@pytest.fixture
def line(tmp_path: Path) -> Iterator[Line]:
    with automated_line(tmp_path) as made:
        yield made


@pytest.fixture
def certifier(line: Line) -> Certifier:
    return Certifier(line)


@pytest.fixture
def standing(line: Line, certifier: Certifier) -> records.Certificate:
    """A certificate to act that stands for an hour."""
    made = certifier.certified(Arm.ACT)
    line.clock.advance(_HOUR)
    return made


def seen(line: Line, made: records.Certificate) -> tuple[int, int]:
    """Give how many items the watch saw, and how many of them were harmed."""
    watch = line.store.certificate_watch(made.id)
    assert watch is not None
    return watch.seen, watch.harmed


def judged(line: Line, *, harmed: int = 0, well: int = 0, **values: Any) -> list[records.Evidence]:
    """Make innocent items of the uniform audit, of now: so many that the machine acts on, and so many that it does not."""
    now = line.clock.now()
    given = {"scored_at": now, "recorded_at": now, "truth": Truth.INNOCENT, **values}
    return [
        evidence(1, score=score, **given) for score, count in ((0.9999, harmed), (0.01, well)) for _ in range(count)
    ]  # fmt: skip


def test_each_judged_item_is_fed_once_in_order(
    line: Line, certifier: Certifier, standing: records.Certificate
) -> None:
    certifier.judged(judged(line, well=30, harmed=1))
    line.chores.run()
    assert seen(line, standing) == (31, 1)
    line.chores.run()
    watching.feed(line.parts, standing.id)
    assert seen(line, standing) == (31, 1)
    line.clock.advance(_MINUTE)
    certifier.judged(judged(line, well=2))
    line.chores.run()
    assert seen(line, standing) == (33, 1)
    assert line.verify().ok


def test_what_is_written_later_than_it_was_settled_is_fed_all_the_same(
    line: Line, certifier: Certifier, standing: records.Certificate
) -> None:
    settled = judged(line, well=1)
    line.clock.advance(10 * _MINUTE)
    certifier.judged(judged(line, well=1))
    line.chores.run()
    certifier.judged(settled)
    line.chores.run()
    assert seen(line, standing) == (2, 0)


@pytest.mark.parametrize("values", [
    {"truth": Truth.VIOLATING}, {"channel": Channel.USER_FLAG}, {"channel": Channel.NEAR_THRESHOLD}, {"detector_version": "2"},
    {"scope": "avatars"}, {"person_was_right": False},
])  # fmt: skip
def test_only_innocent_items_of_the_audit_that_a_person_would_have_cleared_count_against_acting(
    line: Line, certifier: Certifier, standing: records.Certificate, values: dict[str, Any]
) -> None:
    certifier.judged(judged(line, harmed=5, **values))
    line.chores.run()
    assert seen(line, standing)[1] == 0
    assert line.store.certificate(standing.id).state is CertificateState.STANDING


@pytest.mark.parametrize(("by", "harmed"), [("this one", 1), ("another", 0), ("nobody", 0)])
def test_what_the_machine_did_against_its_own_threshold_counts_against_the_certificate_it_did_it_under(
    line: Line, certifier: Certifier, standing: records.Certificate, by: str, harmed: int
) -> None:
    certificate_id = {"this one": standing.id, "another": make.new_id("certificate"), "nobody": None}[by]
    disposal = records.Disposal.LEFT if by == "nobody" else records.Disposal.ACTED
    certifier.judged(judged(line, well=1, disposal=disposal, certificate_id=certificate_id))
    line.chores.run()
    assert seen(line, standing) == (1, harmed)


def test_items_from_before_it_stood_are_no_news(
    line: Line, certifier: Certifier, standing: records.Certificate
) -> None:
    before = line.clock.now() - 2 * _HOUR
    certifier.judged(judged(line, harmed=5, scored_at=before))
    line.chores.run()
    assert seen(line, standing) == (0, 0)


def test_the_alarm_suspends_it_at_once_in_every_process_and_tells_leads(
    line: Line, certifier: Certifier, standing: records.Certificate
) -> None:
    other_process = StandingCertificates(line.parts)
    assert other_process.of(SURFACE) is not None
    certifier.judged(judged(line, harmed=6))
    watching.feed(line.parts, standing.id)
    ended = line.store.certificate(standing.id)
    assert ended.state is CertificateState.SUSPENDED
    assert other_process.of(SURFACE) is None
    alarm = line.store.open_alarm(AlarmKind.CERTIFICATE_SUSPENDED, standing.id)
    assert alarm is not None
    watch = line.store.certificate_watch(standing.id)
    assert watch is not None
    assert watch.is_alarmed
    line.sequence()
    told = {each.verb for _, each in line.wardline.newest_entries(9)}
    assert {Verb.CERTIFICATE_WATCHED, Verb.CERTIFICATE_SUSPENDED, Verb.ALARM_RAISED} <= told


def test_while_caps_are_kept_nothing_happens(
    line: Line, certifier: Certifier, standing: records.Certificate
) -> None:
    for harmed in (0, 1, 1):  # not the first two of all, which would be as good as certain
        certifier.judged(judged(line, well=100, harmed=harmed))
        line.chores.run()
    assert line.store.certificate(standing.id).state is CertificateState.STANDING
    assert line.store.open_alarms() == []
    watch = line.store.certificate_watch(standing.id)
    assert watch is not None
    assert 0 <= line.wardline.alarm_share(watch) < 1


def test_one_whose_watch_has_seen_all_that_it_was_made_for_ends_and_leads_hear_of_it(
    line: Line, certifier: Certifier, standing: records.Certificate
) -> None:
    for _ in range(10):
        certifier.judged(judged(line, well=100))
    line.chores.run()
    assert line.store.certificate(standing.id).state is CertificateState.STANDING
    line.chores.run()
    ended = line.store.certificate(standing.id)
    assert ended.state is CertificateState.EXPIRED
    assert "1000 items" in str(ended.reason)
    assert line.store.open_alarm(AlarmKind.CERTIFICATE_ENDED, standing.id) is not None


def test_what_was_on_its_way_when_a_certificate_was_suspended_comes_back_too(
    line: Line, standing: records.Certificate, certifier: Certifier
) -> None:
    line.wardline.suspend_certificate(standing.id, "doubt", user=certifier.first)
    line.run_due()
    item = make.item(matches=())
    case = make.case(item_ids=(item.id,), certificate_id=standing.id, lot=0.5, opened_at=line.clock.now())
    line.store.commit(Insert(item), Insert(case), entries=[line.parts.entry(Verb.CASE_OPENED, case.id)])
    line.chores.run()
    assert line.store.case(case.id).certificate_id is None


def test_one_that_cannot_be_watched_keeps_none_of_the_others(
    line: Line, certifier: Certifier, standing: records.Certificate, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = certifier.certified(Arm.CLEAR)
    for broken in (standing, other):
        watched: list[str] = []

        def feed(
            _parts: object,
            certificate_id: str,
            broken: records.Certificate = broken,
            watched: list[str] = watched,
        ) -> None:
            if certificate_id == broken.id:
                raise AuditLogError("broken for a test")
            watched.append(certificate_id)

        monkeypatch.setattr(watching, "feed", feed)
        with pytest.raises(AuditLogError):
            watching.watch(line.parts)
        assert watched == [each.id for each in (standing, other) if each is not broken]


def test_what_was_restricted_under_a_suspended_certificate_comes_back_into_the_order(
    line: Line, standing: records.Certificate, certifier: Certifier
) -> None:
    item = make.item(matches=())
    case = make.case(item_ids=(item.id,), certificate_id=standing.id, lot=0.5, opened_at=line.clock.now())
    line.store.commit(Insert(item), Insert(case), entries=[line.parts.entry(Verb.CASE_OPENED, case.id)])
    assert line.store.urgent_cases(now=line.clock.now(), taker=make.taker(), most=9) == []
    line.wardline.suspend_certificate(standing.id, "doubt", user=certifier.first)
    line.run_due()
    again = line.store.case(case.id)
    assert again.certificate_id is None
    assert again.due_at is not None
    assert line.store.urgent_cases(now=line.clock.now(), taker=make.taker(), most=9) == [again]
    line.run_due()
    assert line.store.case(case.id) == again


def test_scores_are_counted_by_day_and_warn_when_they_moved(
    line: Line, standing: records.Certificate
) -> None:
    log = ScoreLog(line.parts)
    score = records.Score(detector=DETECTOR, detector_version=VERSION, probability=0.5)
    for _ in range(1200):
        log.note(SCOPE, score)
    log.write()
    log.note(SCOPE, replace(score, probability=1.0))
    log.write()
    (day,) = line.store.score_counts(SCOPE, DETECTOR, VERSION, since="2026-01-01")
    assert (sum(day.counts), day.counts[10], day.counts[-1]) == (1201, 1200, 1)
    line.chores.run()
    # The certificate's own sample has some hundred scores: too few to say that anything moved.
    assert line.store.open_alarm(AlarmKind.SCORES_MOVED, standing.id) is None
    more = replace(standing, score_counts=(1000, *([0] * 18), 200))
    watching.compare_scores(line.parts, more)
    assert line.store.open_alarm(AlarmKind.SCORES_MOVED, standing.id) is not None
    assert line.store.certificate(standing.id).state is CertificateState.STANDING
    watching.compare_scores(line.parts, replace(standing, score_counts=day.counts))
    assert line.store.open_alarm(AlarmKind.SCORES_MOVED, standing.id) is None
