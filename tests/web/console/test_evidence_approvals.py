"""Whoever approves that evidence is destroyed, or that the vault gets another key, reads first what that means."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.acceptance.stories import picture
from tests.unit.pipeline.signing_in import CHEAP
from tests.web.client import Api
from tests.web.console.browser import Browser, somebody
from wardline import records, review
from wardline.pipeline import destroying, preserving, rotating
from wardline.records import (
    ApprovalKind,
    ApprovalState,
    DestructionState,
    Insert,
    PreservationBasis,
    Role,
    Verb,
)
from wardline.testing import store_records as make
from wardline.testing import store_records_preservation as of_preservation
from wardline.testing.harness import Line

ASKER = records.Asker(agency="An agency", reference="REF-1", contact="officer@agency.invalid")


@pytest.fixture
def line(tmp_path: Path) -> Iterator[Line]:
    with Line(tmp_path, replaced={"password_hasher": CHEAP}) as made:
        yield made


def test_a_destruction_and_a_rotation_are_read_and_approved_by_the_second_person(
    api: Api, line: Line
) -> None:
    line.list_of([picture()])
    case = line.case_of(line.submit(picture()))
    mika, lea = line.person("mika").user, line.person("lea", Role.LEAD).user
    line.wardline.claim(case.id, user=mika)
    innocent = review.Judgement(outcome=records.Outcome.NOT_VIOLATION, findings=())
    line.wardline.decide(case.id, user=mika, judgement=innocent)
    line.pass_time(line.parts.rules.undo_window)
    now = line.clock.now()
    asked = preserving.Wanted(
        basis=PreservationBasis.US_REQUEST, asker=ASKER, received_at=now, case_ids=(case.id,)
    )
    line.wardline.preserve(asked, user=lea)
    holds = tuple(hold.id for hold in line.store.holds_of(case.item_ids[0]))
    wanted = destroying.Wanted(
        asker=ASKER, reason="the agency's letter", received_at=now, item_ids=case.item_ids, despite=holds
    )
    made, approval = line.wardline.propose_destruction(wanted, user=lea)
    rotation = rotating.propose(line.parts, 1, user=lea)

    somebody(line, "ada", Role.ADMIN)
    ada = Browser(api)
    ada.sign_in("ada")
    assert "Preserved on request" in ada.get("/holds").text
    page = ada.get("/approvals")
    for said in (
        "An agency, reference REF-1",
        "the agency&#39;s letter",
        case.item_ids[0],
        *holds,
        "1 file is destroyed at once. Nobody can bring it back",
    ):
        assert said in page.text
    assert "older back-ups cannot be read" in page.text
    for each in (approval.id, rotation.id):
        ada.send(ada.get("/approvals").form(f"/approvals/{each}/approve"))
    assert {each.state for each in line.store.approvals()} == {ApprovalState.APPROVED}
    line.run_due()
    assert line.store.destruction(made.id).state is DestructionState.DONE
    assert made.id in ada.get("/approvals").text


def test_pages_of_many_large_requests_stay_small_and_lead_to_every_file_and_hold(
    api: Api, line: Line
) -> None:
    admin = somebody(line, "ada", Role.ADMIN)
    ids = [[make.new_id(kind) for _ in range(50)] for kind in ("item", "hold", "case")]
    asked = [of_preservation.destruction(item_ids=tuple(ids[0]), despite=tuple(ids[1])) for _ in range(5)]
    given = [of_preservation.export(case_ids=tuple(ids[2])) for _ in range(5)]
    every = [(ApprovalKind.DESTROY_EVIDENCE, each.id) for each in asked]
    every += [(ApprovalKind.EXPORT, each.id) for each in given]
    for kind, subject in every:
        approval = make.approval(kind=kind, subject_id=subject, proposed_by=make.new_id("user"))
        line.store.commit(Insert(approval), entries=[line.parts.entry(Verb.APPROVAL_PROPOSED, approval.id)])
    every_record: tuple[records.Destruction | records.Export, ...] = (*asked, *given)
    for made in every_record:
        line.store.commit(Insert(made), entries=[line.parts.entry(Verb.DESTRUCTION_PROPOSED, made.id)])
    ada = Browser(api)
    ada.sign_in(admin.name)
    page = ada.get("/approvals").text
    for several in ids:
        assert several[4] in page
        assert several[5] not in page
    assert page.count(">45 more</a>") == 3 * 5
    assert len(page) < 30_000
    assert f'<a href="/exports/{given[0].id}">45 more</a>' in page
    held = ada.get(f"/destructions/{asked[0].id}").text
    assert f'<a href="/destructions/{asked[0].id}">45 more</a>' in page
    assert all(hold in held for hold in ids[1])
