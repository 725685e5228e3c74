"""A referral can be looked at before it is filed, and what cannot be shown is said."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from tests.acceptance.stories import decided_violation, picture, the_referral
from wardline import records
from wardline.errors import NotFoundError
from wardline.pipeline import previewing
from wardline.records import ReferralState
from wardline.referral import NeedState
from wardline.testing.authority_sandbox import AuthoritySandbox
from wardline.testing.clock import VirtualClock
from wardline.testing.harness import START, Line


@pytest.fixture
def sandbox() -> Iterator[AuthoritySandbox]:
    with AuthoritySandbox(clock_now=VirtualClock(START).now) as started:
        yield started


@pytest.fixture
def line(tmp_path: Path, sandbox: AuthoritySandbox) -> Iterator[Line]:
    with Line(tmp_path, authority=sandbox) as made:
        yield made


def filed(line: Line) -> records.Referral:
    """Decide a violation and let it take effect; where there is a receiver, the report is filed."""
    case = decided_violation(line, line.submit(picture(), flag="spam"), line.person("mika"))
    line.clock.advance(line.parts.rules.undo_window)
    line.run_due()
    return the_referral(line, case)


def test_a_preview_has_the_report_the_checklist_and_the_documents(line: Line) -> None:
    found = line.wardline.preview_referral(filed(line).id)
    assert found.report is not None
    assert found.preview is not None
    assert found.unavailable is None
    assert found.problems == ()
    assert [document.name for document in found.preview.documents] == ["report.xml", "file-1.xml"]
    states = {need.name: need.state for need in found.checklist}
    assert states["Upload address"] is NeedState.ANSWERED
    assert states["Potential meme"] is NeedState.MISSING


def test_looking_writes_nothing_and_sends_nothing(line: Line, sandbox: AuthoritySandbox) -> None:
    referral_id = filed(line).id
    line.sequence()
    before = line.store.log_size(), line.store.referral(referral_id), sandbox.ledger.reports()
    line.wardline.preview_referral(referral_id)
    line.sequence()
    assert (line.store.log_size(), line.store.referral(referral_id), sandbox.ledger.reports()) == before


def test_what_is_missing_is_no_problem_and_a_problem_is_no_gap(line: Line) -> None:
    referral_id = filed(line).id
    reporter = replace(line.parts.rules.reporter, email="nobody")
    parts = replace(line.parts, rules=replace(line.parts.rules, reporter=reporter))
    found = previewing.preview(parts, referral_id)
    assert found.problems == ("reporter email: malformed, expected an e-mail address",)
    assert found.preview is not None
    assert found.checklist == line.wardline.preview_referral(referral_id).checklist


def test_without_a_receiver_there_is_a_checklist_and_no_preview(tmp_path: Path) -> None:
    with Line(tmp_path) as line:
        drafted = filed(line)
        found = line.wardline.preview_referral(drafted.id)
    assert drafted.state is ReferralState.DRAFT
    assert found.checklist
    assert found.preview is None
    assert found.unavailable == "authority: none in the settings, expected [referral] authority"


def test_another_receivers_form_is_not_shown(line: Line) -> None:
    found = filed(line)
    other = replace(found, authority="elsewhere", version=found.version + 1)
    line.store.commit(
        records.Replace(other), entries=[line.parts.entry(records.Verb.REFERRAL_MOVED, other.id)]
    )
    shown = line.wardline.preview_referral(other.id)
    assert shown.preview is None
    assert shown.unavailable == "authority: another one in the settings, expected elsewhere"


def test_a_report_of_an_unlinked_account_is_said_to_be_gone(line: Line) -> None:
    found = filed(line)
    case = line.store.case(found.case_id)
    unlinked = replace(case, account_reference="", version=case.version + 1)
    line.store.commit(
        records.Replace(unlinked), entries=[line.parts.entry(records.Verb.ACCOUNT_UNLINKED, case.id)]
    )
    shown = line.wardline.preview_referral(found.id)
    assert (shown.report, shown.preview, shown.checklist) == (None, None, ())
    assert shown.unavailable == f"the account of case {case.id} was unlinked, expected a known account"


def test_a_referral_that_never_was_is_not_found(line: Line) -> None:
    with pytest.raises(NotFoundError):
        line.wardline.preview_referral(line.parts.new_id("referral"))
