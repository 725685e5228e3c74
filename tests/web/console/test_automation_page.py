"""The page about what a machine may do alone: words first, thresholds for those who answer for them, and one form to stop it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.unit.judged import DETECTOR, SCOPE
from tests.unit.pipeline.certifying_line import Certifier, automated_line
from tests.unit.pipeline.signing_in import CHEAP
from tests.web.client import Api
from tests.web.console.browser import Browser, somebody
from wardline.records import Arm, CertificateState, Role
from wardline.testing.harness import Line


@pytest.fixture
def line(tmp_path: Path) -> Iterator[Line]:
    with automated_line(tmp_path, replaced={"password_hasher": CHEAP}) as made:
        yield made


@pytest.fixture
def certifier(line: Line) -> Certifier:
    return Certifier(line)


@pytest.fixture
def lead(api: Api, line: Line) -> Browser:
    return _signed_in(api, line, "lea", Role.LEAD)


def _signed_in(api: Api, line: Line, name: str, role: Role) -> Browser:
    somebody(line, name, role)
    browser = Browser(api)
    browser.sign_in(name)
    return browser


def test_before_any_evidence_the_page_says_what_is_missing(lead: Browser) -> None:
    page = lead.get("/automation")
    assert f"Release in {SCOPE}" in page.text
    assert f"Restrict in {SCOPE}" in page.text
    assert "How often people are wrong is not known" in page.text
    assert "People decide" in page.text
    assert "Try to certify" not in page.text


def test_two_people_certify_over_the_console(
    lead: Browser, api: Api, line: Line, certifier: Certifier
) -> None:
    certifier.gather(Arm.ACT)
    lead.send(lead.get("/automation").form("/automation/proposals"))
    (approval,) = line.store.approvals()
    waiting = lead.get("/automation")
    assert "Waits for a second person" in waiting.text
    admin = _signed_in(api, line, "ada", Role.ADMIN)
    proposals = admin.get("/approvals")
    assert "at most 2 % of all harmless uploads are restricted" in proposals.text
    admin.send(proposals.form(f"/approvals/{approval.id}/approve"))
    made = line.store.certificate(approval.subject_id)
    assert made.state is CertificateState.STANDING
    shown = admin.get("/automation")
    assert "In force" in shown.text
    assert f"{made.threshold:.4f}" in shown.text
    assert "0 % of what suspends it" in shown.text


def test_one_person_suspends_with_a_reason(lead: Browser, line: Line, certifier: Certifier) -> None:
    made = certifier.certified(Arm.ACT)
    form = lead.get("/automation").form(f"/certificates/{made.id}/suspension")
    lead.send(form, reason="people complain")
    assert line.store.certificate(made.id).state is CertificateState.SUSPENDED
    page = lead.get("/automation")
    assert "people complain" in page.text
    assert "In force" not in page.text


def test_an_auditor_reads_and_changes_nothing(api: Api, line: Line, certifier: Certifier) -> None:
    certifier.certified(Arm.ACT)
    auditor = _signed_in(api, line, "otto", Role.AUDITOR)
    page = auditor.get("/automation")
    assert "In force" in page.text
    assert [
        form.action for form in page.forms if "certificates" in form.action or "proposals" in form.action
    ] == []


def test_a_moderator_sees_the_published_text_and_no_threshold(
    api: Api, line: Line, certifier: Certifier
) -> None:
    made = certifier.certified(Arm.ACT)
    moderator = _signed_in(api, line, "mika", Role.MODERATOR)
    assert moderator.get("/automation").status == 403
    page = moderator.get("/automation/public")
    assert "at most 2 % of all harmless uploads" in page.text
    assert "What is not promised" in page.text
    for secret in (DETECTOR, f"{made.threshold:.4f}", made.id):
        assert secret not in page.text


def test_the_published_text_says_so_while_people_decide_everything(api: Api, line: Line) -> None:
    moderator = _signed_in(api, line, "mika", Role.MODERATOR)
    assert "people decide" in moderator.get("/automation/public").text


def test_a_rehearsal_with_invented_numbers_shows_how_a_certificate_comes_and_goes(
    api: Api, line: Line
) -> None:
    moderator = _signed_in(api, line, "mika", Role.MODERATOR)
    page = moderator.get("/automation/rehearsal")
    assert page.status == 200
    assert "Simulated." in page.text
    scenes = [page.text.index(word) for word in ("Nothing is certified", "Refused", "Certified", "Suspended")]
    assert scenes == sorted(scenes)
    assert "Evidence against the certificate: 100 percent" in page.text
    assert DETECTOR not in page.text, "it knows nothing of this installation"
    assert "/automation/rehearsal" in moderator.get("/automation/public").text
