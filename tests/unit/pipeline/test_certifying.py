"""Two people let a machine decide, one of them is enough to stop it, and nothing that changed since goes unnoticed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields, replace
from datetime import timedelta
from pathlib import Path

import pytest

from tests.unit.judged import SCOPE, good_sample
from tests.unit.pipeline.certifying_line import (
    AUTOMATION,
    SURFACE,
    Certifier,
    JumpingClock,
    automated_line,
    start,
    terms,
)
from wardline import assurance, records
from wardline.errors import (
    ConflictError,
    InputError,
    NotAllowedError,
    NotFoundError,
    RefusedError,
    SecondPersonError,
)
from wardline.pipeline import certified
from wardline.pipeline.standing import StandingCertificates
from wardline.records import AlarmKind, Arm, CertificateState, Replace, Role, Truth, Verb
from wardline.testing.harness import START, Line

_DAY = timedelta(days=1)


@pytest.fixture
def line(tmp_path: Path) -> Iterator[Line]:
    with automated_line(tmp_path) as made:
        yield made


@pytest.fixture
def certifier(line: Line) -> Certifier:
    return Certifier(line)


def stands(line: Line) -> tuple[str, ...]:
    """Give the ids of what a machine may decide under on the surface, as a process that was just started sees it."""
    found = StandingCertificates(line.parts).of(SURFACE)
    return () if found is None else tuple(each.id for each in found.certificates)


def told(line: Line) -> list[tuple[Verb, str]]:
    """Give the log's entries."""
    line.sequence()
    return [(each.verb, each.subject_id) for _, each in line.wardline.newest_entries(50)]


@pytest.mark.parametrize("arm", Arm)
def test_two_people_let_a_machine_decide(line: Line, certifier: Certifier, arm: Arm) -> None:
    assert stands(line) == ()
    certifier.gather(arm)
    proposed = certifier.proposed(arm)
    assert proposed.approval is not None
    assert stands(line) == ()
    line.wardline.approve(proposed.approval.id, user=certifier.second)
    made = line.store.certificate(proposed.certificate.id)
    assert made.state is CertificateState.STANDING
    assert (made.proposed_by, made.approved_by) == (certifier.first.id, certifier.second.id)
    assert stands(line) == (made.id,)
    assert line.store.certificate_watch(made.id) is not None
    assert (Verb.CERTIFICATE_APPROVED, made.id) in told(line)
    assert line.verify().ok


def test_nobody_approves_what_they_proposed(line: Line, certifier: Certifier) -> None:
    certifier.gather(Arm.ACT)
    proposed = certifier.proposed(Arm.ACT)
    assert proposed.approval is not None
    with pytest.raises(SecondPersonError):
        line.wardline.approve(proposed.approval.id, user=certifier.first)
    assert stands(line) == ()


@pytest.mark.parametrize("role", [Role.MODERATOR, Role.AUDITOR])
def test_only_leads_and_administrators_propose_approve_and_suspend(
    line: Line, certifier: Certifier, role: Role
) -> None:
    other = line.person("pat", role).user
    with pytest.raises(NotAllowedError):
        line.wardline.propose_certificate(SCOPE, Arm.ACT, user=other)
    certifier.gather(Arm.ACT)
    proposed = certifier.proposed(Arm.ACT)
    assert proposed.approval is not None
    with pytest.raises(NotAllowedError):
        line.wardline.approve(proposed.approval.id, user=other)
    line.wardline.approve(proposed.approval.id, user=certifier.second)
    with pytest.raises(NotAllowedError):
        line.wardline.suspend_certificate(proposed.certificate.id, "doubt", user=other)


def test_what_is_missing_is_said_and_spends_nothing(line: Line, certifier: Certifier) -> None:
    certifier.gather(Arm.ACT, size=30)
    with pytest.raises(RefusedError, match="30 innocent items came by audit"):
        certifier.proposed(Arm.ACT)
    assert line.store.tries_of(SCOPE, Arm.ACT) == []
    with pytest.raises(NotFoundError):
        line.wardline.propose_certificate("nowhere", Arm.ACT, user=certifier.first)


def test_a_try_that_fails_is_kept_and_makes_the_next_one_harder(line: Line, certifier: Certifier) -> None:
    at = line.clock.now() - timedelta(hours=1)
    certifier.judged([replace(each, score=0.99999) for each in good_sample(Arm.ACT, at=at)])
    failed = certifier.proposed(Arm.ACT)
    assert failed.approval is None
    assert failed.certificate.state is CertificateState.FAILED
    assert failed.certificate.reason is not None
    again = certifier.proposed(Arm.ACT).certificate
    assert (failed.certificate.number, again.number) == (1, 2)
    assert again.error_level == pytest.approx(failed.certificate.error_level / 4)
    assert stands(line) == ()


def test_one_proposal_of_an_arm_waits_at_a_time(line: Line, certifier: Certifier) -> None:
    certifier.gather(Arm.ACT)
    certifier.proposed(Arm.ACT)
    with pytest.raises(ConflictError, match="proposed already"):
        certifier.proposed(Arm.ACT)


def test_a_refused_proposal_never_stands(line: Line, certifier: Certifier) -> None:
    certifier.gather(Arm.ACT)
    proposed = certifier.proposed(Arm.ACT)
    assert proposed.approval is not None
    line.wardline.refuse(proposed.approval.id, user=certifier.second)
    assert line.store.certificate(proposed.certificate.id).state is CertificateState.REFUSED
    assert stands(line) == ()
    with pytest.raises(ConflictError):
        line.wardline.approve(proposed.approval.id, user=certifier.second)


def test_evidence_that_is_corrected_after_the_proposal_voids_it(line: Line, certifier: Certifier) -> None:
    kept = certifier.gather(Arm.ACT)
    proposed = certifier.proposed(Arm.ACT)
    assert proposed.approval is not None
    corrected = replace(kept[0], truth=Truth.VIOLATING, version=2)
    line.store.commit(Replace(corrected), entries=[line.parts.entry(Verb.EVIDENCE_CORRECTED, corrected.id)])
    with pytest.raises(ConflictError, match="the evidence is not what it was"):
        line.wardline.approve(proposed.approval.id, user=certifier.second)
    assert stands(line) == ()


def test_evidence_that_comes_after_the_proposal_changes_nothing(line: Line, certifier: Certifier) -> None:
    certifier.gather(Arm.ACT)
    proposed = certifier.proposed(Arm.ACT)
    assert proposed.approval is not None
    line.clock.advance(timedelta(hours=2))
    certifier.judged([replace(each, person_was_right=False) for each in good_sample(Arm.ACT, size=9, at=line.clock.now())])  # fmt: skip
    line.wardline.approve(proposed.approval.id, user=certifier.second)
    assert stands(line) == (proposed.certificate.id,)


def test_one_person_suspends_at_once_with_a_reason(line: Line, certifier: Certifier) -> None:
    made = certifier.certified(Arm.ACT)
    with pytest.raises(InputError):
        line.wardline.suspend_certificate(made.id, "  ", user=certifier.first)
    seen = StandingCertificates(line.parts)
    assert seen.of(SURFACE) is not None
    line.wardline.suspend_certificate(made.id, "people complain", user=certifier.first)
    assert seen.of(SURFACE) is None, "a process that had it in memory sees it with its next upload"
    ended = line.store.certificate(made.id)
    assert (ended.state, ended.reason) == (CertificateState.SUSPENDED, "people complain")
    assert (Verb.CERTIFICATE_SUSPENDED, made.id) in told(line)
    with pytest.raises(ConflictError):
        line.wardline.suspend_certificate(made.id, "again", user=certifier.first)


def test_a_suspended_arm_comes_back_on_fresh_evidence_only(line: Line, certifier: Certifier) -> None:
    made = certifier.certified(Arm.ACT)
    line.wardline.suspend_certificate(made.id, "doubt", user=certifier.first)
    with pytest.raises(RefusedError):
        certifier.proposed(Arm.ACT)
    line.clock.advance(_DAY)
    again = certifier.certified(Arm.ACT)
    assert again.number == 2
    assert stands(line) == (again.id,)


def test_a_proposal_from_before_a_suspension_cannot_bring_the_arm_back(
    line: Line, certifier: Certifier
) -> None:
    made = certifier.certified(Arm.ACT)
    renewal = certifier.proposed(Arm.ACT)
    assert renewal.approval is not None
    line.wardline.suspend_certificate(made.id, "doubt", user=certifier.first)
    line.clock.advance(timedelta(hours=1))
    with pytest.raises(ConflictError, match="suspended since"):
        line.wardline.approve(renewal.approval.id, user=certifier.second)
    assert stands(line) == ()


def test_its_time_ends_it_and_no_clock_brings_it_back(tmp_path: Path) -> None:
    clock = JumpingClock(START)
    line = automated_line(tmp_path, clock=clock)
    made = Certifier(line).certified(Arm.ACT)
    seen = StandingCertificates(line.parts)
    line.clock.advance(AUTOMATION.valid_for)
    assert seen.of(SURFACE) is None, "before any chore ran"
    clock.jump(-_DAY)
    assert seen.of(SURFACE) is None, "a process that saw it end does not forget"
    line.clock.advance(_DAY)
    line.chores.run()
    assert line.store.certificate(made.id).state is CertificateState.EXPIRED
    clock.jump(-90 * _DAY)
    assert stands(line) == ()
    clock.jump(-300 * _DAY)
    assert stands(line) == ()
    assert line.store.open_alarm(AlarmKind.CERTIFICATE_ENDED, made.id) is not None
    line.close()


def test_a_clock_before_its_approval_lets_nothing_be_decided(tmp_path: Path) -> None:
    clock = JumpingClock(START)
    line = automated_line(tmp_path, clock=clock)
    made = Certifier(line).certified(Arm.ACT)
    clock.jump(-timedelta(seconds=1))
    found = StandingCertificates(line.parts).of(SURFACE)
    assert found is not None
    assert not made.holds(found.now)
    line.close()


def test_a_list_that_is_switched_on_or_off_starts_cold(line: Line, certifier: Certifier) -> None:
    made = certifier.certified(Arm.ACT)
    seen = StandingCertificates(line.parts)
    before = seen.of(SURFACE)
    assert before is not None
    line.list_of([b"no picture, and a file all the same"], name="new")
    after = seen.of(SURFACE)
    assert after is not None
    assert before.conditions == made.conditions != after.conditions
    line.chores.run()
    assert line.store.certificate(made.id).state is CertificateState.VOID
    assert stands(line) == ()


def test_other_settings_start_cold(tmp_path: Path) -> None:
    clock = start()
    with automated_line(tmp_path, store="sqlite", clock=clock) as line:
        made = Certifier(line).certified(Arm.ACT)
        assert stands(line) == (made.id,)
    with automated_line(tmp_path, store="sqlite", clock=clock, automation=terms(act_cap=0.03)) as line:
        found = StandingCertificates(line.parts).of(SURFACE)
        assert found is not None
        assert found.conditions != made.conditions
        line.chores.run()
        assert line.store.certificate(made.id).state is CertificateState.VOID


def test_other_settings_refuse_an_old_proposal(tmp_path: Path) -> None:
    clock = start()
    with automated_line(tmp_path, store="sqlite", clock=clock) as line:
        certifier = Certifier(line)
        certifier.gather(Arm.ACT)
        approval = certifier.proposed(Arm.ACT).approval
    assert approval is not None
    with (
        automated_line(tmp_path, store="sqlite", clock=clock, automation=terms(delta=0.1)) as line,
        pytest.raises(ConflictError, match="changed since"),
    ):
        line.wardline.approve(approval.id, user=certifier.second)


def test_a_newer_certificate_takes_the_place_of_the_older(line: Line, certifier: Certifier) -> None:
    old = certifier.certified(Arm.ACT)
    line.clock.advance(_DAY)
    young = certifier.certified(Arm.ACT)
    assert line.store.certificate(old.id).state is CertificateState.EXPIRED
    assert stands(line) == (young.id,)


def test_a_surface_without_a_scope_is_never_automated(line: Line, certifier: Certifier) -> None:
    certifier.certified(Arm.ACT)
    assert StandingCertificates(line.parts).of("avatar") is None


def test_while_certificates_cannot_be_read_nothing_is_automated(line: Line, certifier: Certifier) -> None:
    certifier.certified(Arm.ACT)
    seen = StandingCertificates(line.parts)
    assert seen.of(SURFACE) is not None

    class Gone:
        """A database that went away."""

        def __getattr__(self, name: str) -> object:
            from wardline.errors import StoreUnavailableError

            raise StoreUnavailableError("store: away, expected it")

    unreadable = StandingCertificates(replace(line.parts, store=Gone()))  # type: ignore[arg-type] # on purpose
    assert unreadable.of(SURFACE) is None


def test_the_published_text_says_what_stands_and_names_no_threshold_list_or_detector(
    line: Line, certifier: Certifier
) -> None:
    assert "people decide" in line.wardline.said_publicly().text
    made = certifier.certified(Arm.ACT)
    text = line.wardline.said_publicly().text
    assert "2 % of all harmless uploads" in text
    for secret in (made.detector, str(made.threshold), f"{made.threshold:.2f}", made.id, "score"):
        assert secret not in text
    assert "anything about a single upload" in text


def test_where_each_arm_stands_is_told_without_looking_at_scores(line: Line, certifier: Certifier) -> None:
    made = certifier.certified(Arm.ACT)
    clear, act = line.wardline.automation()
    assert (clear.arm, clear.certificate, clear.holds) == (Arm.CLEAR, None, False)
    assert any("how often people are wrong" in each for each in clear.counted.missing)
    assert (act.arm, act.certificate, act.holds) == (Arm.ACT, made, True)
    assert act.watch == line.store.certificate_watch(made.id)


@pytest.mark.parametrize("arm", Arm)
def test_what_the_store_counts_is_what_a_try_counts(line: Line, certifier: Certifier, arm: Arm) -> None:
    certifier.certified(Arm.ACT)
    asked = certified.question(line.parts, certified.scope_named(line.parts, SCOPE), arm, line.parts.now())
    tried = certified.attempt(line.parts, asked, seed=1).counted
    told = certified.counted(line.parts, asked)
    assert told == assurance.Counts(
        **{each.name: getattr(tried, each.name) for each in fields(assurance.Counts)}
    )


def test_a_certificate_cannot_stand_by_one_person(line: Line, certifier: Certifier) -> None:
    made: records.Certificate = certifier.certified(Arm.ACT)
    with pytest.raises(InputError):
        replace(made, approved_by=made.proposed_by)
