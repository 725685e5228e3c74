"""A listed picture is uploaded again: restricted, looked at, decided, removed, reported, kept for a year."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.acceptance.stories import decided_violation, picture, the_referral
from wardline import records
from wardline.errors import NotFoundError
from wardline.records import ActionKind, ActionState, HoldBasis, HoldState, ReferralState
from wardline.testing.authority_sandbox import AuthoritySandbox
from wardline.testing.harness import Line
from wardline.testing.platform_ledger import AccountState, ContentState
from wardline.testing.platform_sandbox import PlatformSandbox


def test_it_is_restricted_before_anybody_looked(line: Line, platform: PlatformSandbox) -> None:
    line.list_of([picture()])
    submission = line.submit(picture(), content_reference="post-7")
    assert isinstance(submission.route, records.Act)
    line.run_due()
    assert platform.state_of("post-7") is ContentState.RESTRICTED


def test_it_goes_the_whole_way(line: Line, platform: PlatformSandbox, authority: AuthoritySandbox) -> None:
    line.list_of([picture()])
    mika = line.person("mika")
    submission = line.submit(picture(), account="account-9", content_reference="post-9")
    line.run_due()
    case = decided_violation(line, submission, mika)
    line.pass_time(line.parts.rules.undo_window)

    assert platform.state_of("post-9") is ContentState.REMOVED
    assert platform.account_state_of("account-9") is AccountState.SUSPENDED
    kinds = [action.kind for action in line.store.actions_of(case.id)]
    assert sorted(kinds) == sorted(
        [ActionKind.RESTRICT_CONTENT, ActionKind.REMOVE_CONTENT, ActionKind.SUSPEND_ACCOUNT]
    )
    assert {action.state for action in line.store.actions_of(case.id)} == {ActionState.DELIVERED}

    (report,) = authority.ledger.finished()
    assert [file.viewed for file in report.files] == [True]
    referral = the_referral(line, case)
    assert referral.state is ReferralState.FINISHED
    assert referral.remote_id == str(report.report_id)
    receipt = line.store.receipt_of(referral.id)
    assert receipt is not None
    assert receipt.original
    assert str(report.report_id).encode() in receipt.body

    reported = [hold for hold in line.store.holds() if hold.basis is HoldBasis.REPORTED]
    assert [hold.until - hold.placed_at for hold in reported] == [timedelta(days=365)]
    assert reported[0].placed_at == receipt.received_at


def test_it_is_kept_for_a_year_and_no_longer(line: Line) -> None:
    line.list_of([picture()])
    submission = line.submit(picture())
    assert submission.item_id is not None
    decided_violation(line, submission, line.person("mika"))
    line.pass_time(line.parts.rules.undo_window)
    (reported,) = (hold for hold in line.store.holds() if hold.basis is HoldBasis.REPORTED)

    line.pass_time(reported.until - line.clock.now() - timedelta(seconds=1))
    assert line.parts.vault.open(submission.item_id, "original") == picture()
    assert {hold.state for hold in line.store.holds() if hold.basis is HoldBasis.PROVISIONAL} == {
        HoldState.ENDED
    }
    line.pass_time(timedelta(seconds=1))
    with pytest.raises(NotFoundError):
        line.parts.vault.open(submission.item_id, "original")
    assert {hold.state for hold in line.store.holds()} == {HoldState.ENDED}
    assert not line.store.item(submission.item_id).sealed


def test_a_copy_of_it_is_found_too(line: Line) -> None:
    from wardline.testing import pictures

    scene = pictures.scene(1, (320, 240))
    line.list_of([pictures.encode(scene)])
    smaller = next(copy for copy in pictures.copies(scene, 5) if copy.kind is pictures.CopyKind.RESIZED)
    assert isinstance(line.submit(smaller.content).route, records.Act)


def test_the_figures_tell_of_every_step(line: Line) -> None:
    line.list_of([picture()])
    decided_violation(line, line.submit(picture()), line.person("mika"))
    line.submit(picture(2))
    line.pass_time(line.parts.rules.undo_window)
    day = line.clock.now().date()
    figures = line.wardline.statistics(day, day)
    expected = {
        records.Step.ITEMS_RECEIVED: 2, records.Step.ITEMS_RELEASED: 1, records.Step.ITEMS_MATCHED: 1, records.Step.CASES_OPENED: 1,
        records.Step.REVEALS: 1, records.Step.CASES_DECIDED: 1, records.Step.ACTIONS_TAKEN: 3, records.Step.REFERRALS_FILED: 1,
        records.Step.FILES_REPORTED: 1, records.Step.RECEIPTS_STORED: 1, records.Step.HOLDS_PLACED: 1, records.Step.ITEMS_UNSCANNABLE: 0,
    }  # fmt: skip
    assert {step: figures.total(step) for step in expected} == expected
    assert {duration.name for duration in figures.durations} >= {
        "case opened to decided",
        "decision to receipt",
    }
