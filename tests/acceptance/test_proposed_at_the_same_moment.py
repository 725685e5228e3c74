"""Two people propose the same at the very same moment: one is taken, and the other one is told of it, as they would be a second later."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

import pytest

from tests.acceptance import test_evidence_on_request as evidence
from tests.acceptance import test_exports as hashes
from tests.acceptance.conftest import MakeLine
from tests.acceptance.meanwhile import STORES, interrupted, opened
from tests.acceptance.stories import picture
from tests.unit.judged import SCOPE
from tests.unit.pipeline.certifying_line import AUTOMATION, Certifier
from wardline import records
from wardline.errors import ConflictError, RefusedError
from wardline.pipeline import Rules, Wardline, rotating
from wardline.records import (
    ApprovalKind,
    ApprovalState,
    Arm,
    CertificateState,
    ExportCause,
    ExportReason,
    Replace,
    Role,
    Verb,
)
from wardline.testing.harness import REPORTER, Line

Act = Callable[[Wardline, records.User], records.Approval]


@pytest.fixture(params=STORES)
def store(request: pytest.FixtureRequest) -> str:
    return opened(str(request.param))


@pytest.fixture
def lead(line: Line) -> records.User:
    return line.person("lea", Role.LEAD).user


@pytest.fixture
def other(line: Line) -> records.User:
    return line.person("leo", Role.LEAD).user


def require_one(line: Line, kind: ApprovalKind, lead: records.User, other: records.User, act: Act) -> None:
    """Require that one of two is taken whichever of the reads the other one comes after, that the other is told of it, and that a refused one makes room."""
    for after in (None, "approvals"):
        taken: list[records.Approval] = []

        def comes(taken: list[records.Approval] = taken) -> None:
            taken.append(act(line.wardline, other))

        with pytest.raises(ConflictError) as told:
            act(interrupted(line, comes, after=after), lead)
        (first,) = taken
        require_told(told.value, first)
        line.wardline.refuse(first.id, user=lead)

    both = threading.Barrier(2, timeout=60)

    def at_once(person: records.User) -> records.Approval | ConflictError:
        try:
            return act(interrupted(line, both.wait), person)
        except ConflictError as error:
            return error

    with ThreadPoolExecutor(2) as threads:
        ends = list(threads.map(at_once, (lead, other)))
    (second,) = (each for each in ends if isinstance(each, records.Approval))
    (error,) = (each for each in ends if isinstance(each, ConflictError))
    require_told(error, second)
    waiting = [each.id for each in line.store.approvals(state=ApprovalState.PROPOSED) if each.kind is kind]
    assert waiting == [second.id]


def require_told(error: ConflictError, first: records.Approval) -> None:
    """Require that a refusal names what was first: by its own id or by its proposal's."""
    assert type(error) is ConflictError
    about = first.id if first.kind in _BY_APPROVAL else first.subject_id
    assert about in error.message
    assert "proposed" in error.message


_BY_APPROVAL = (
    ApprovalKind.ACTIVATE_HASH_LIST,
    ApprovalKind.LET_HASH_LIST_CHANGE,
    ApprovalKind.ROTATE_VAULT_KEY,
)


def test_of_two_destructions_of_a_file_one_is_taken(
    line: Line, lead: records.User, other: records.User
) -> None:
    item_id, free, third = (evidence.reported(line, f"account-{number}") for number in (1, 2, 3))
    known = [hold for each in (item_id, free, third) for hold in evidence.running(line, each)]
    about = {lead.id: (free, item_id), other.id: (item_id, third)}  # one of the files is the same

    def act(wardline: Wardline, user: records.User) -> records.Approval:
        wanted = replace(evidence.wanted(line, item_id, *known), item_ids=about[user.id])
        return wardline.propose_destruction(wanted, user=user)[1]

    require_one(line, ApprovalKind.DESTROY_EVIDENCE, lead, other, act)
    (waiting,) = line.store.approvals(state=ApprovalState.PROPOSED)
    done = {lead.id: other, other.id: lead}[waiting.proposed_by]
    line.wardline.approve(waiting.id, user=done)
    line.run_due()
    gone = line.store.destruction(waiting.subject_id)
    assert [each.item_id for each in gone.destroyed] == list(gone.item_ids)


def test_what_is_to_be_kept_from_that_moment_on_has_to_be_named(line: Line, lead: records.User) -> None:
    item_id = evidence.reported(line)
    wanted = evidence.wanted(line, item_id, *evidence.running(line, item_id))

    def comes() -> None:
        line.wardline.preserve(evidence.asked(line, item_ids=(item_id,)), user=lead)

    with pytest.raises(RefusedError, match="hold-"):
        interrupted(line, comes).propose_destruction(wanted, user=lead)
    assert line.store.destructions(most=9) == []


def test_of_two_exports_of_the_same_cases_one_is_taken(
    line: Line, lead: records.User, other: records.User
) -> None:
    hashes.know(line)
    cases = [hashes.reported(line, seed=seed)[0].id for seed in (1, 2)]
    about = {lead.id: cases, other.id: cases[::-1]}

    def act(wardline: Wardline, user: records.User) -> records.Approval:
        return wardline.propose_export(hashes.wanted(about[user.id]), user=user)[1]

    require_one(line, ApprovalKind.EXPORT, lead, other, act)


def test_the_same_export_is_refused_while_it_waits_and_another_is_not(
    line: Line, lead: records.User, other: records.User
) -> None:
    hashes.know(line)
    one, two = (hashes.reported(line, seed=seed)[0].id for seed in (1, 2))
    made, approval = line.wardline.propose_export(hashes.wanted([one, two]), user=lead)
    for person in (lead, other):
        with pytest.raises(ConflictError, match=made.id) as told:
            line.wardline.propose_export(hashes.wanted([two, one]), user=person)
        assert approval.id in told.value.advice
    order = ExportCause(reason=ExportReason.COURT_ORDER, reference="7-CO-2026")
    line.wardline.propose_export(replace(hashes.wanted([one, two]), cause=order), user=other)
    line.wardline.propose_export(hashes.wanted([one]), user=other)
    line.wardline.approve(approval.id, user=other)
    line.wardline.propose_export(hashes.wanted([one, two]), user=other)
    assert len(line.store.exports(most=9)) == 4


def test_who_works_on_the_case_at_that_moment_keeps_no_export_from_being_taken(
    line: Line, lead: records.User
) -> None:
    hashes.know(line)
    case, _ = hashes.reported(line)

    def comes() -> None:
        found = line.store.case(case.id)
        entry = line.parts.entry(Verb.CASE_RENEWED, case.id)
        line.store.commit(Replace(replace(found, version=found.version + 1)), entries=[entry])

    made, _ = interrupted(line, comes).propose_export(hashes.wanted([case.id]), user=lead)
    assert [each.id for each in line.store.exports(most=9)] == [made.id]


def test_the_same_request_under_one_key_at_the_same_moment_is_one(line: Line, lead: records.User) -> None:
    hashes.know(line)
    case, _ = hashes.reported(line)
    wanted = hashes.wanted([case.id])
    made: list[Any] = []

    def comes() -> None:
        made.append(line.wardline.propose_export(wanted, user=lead, once="a key"))

    assert interrupted(line, comes).propose_export(wanted, user=lead, once="a key") == made[0]
    assert len(line.store.exports(most=9)) == 1

    (item_id,) = case.item_ids
    destroy = evidence.wanted(line, item_id, *evidence.running(line, item_id))

    def again() -> None:
        made.append(line.wardline.propose_destruction(destroy, user=lead, once="another"))

    assert interrupted(line, again).propose_destruction(destroy, user=lead, once="another") == made[1]
    assert len(line.store.destructions(most=9)) == 1


@pytest.mark.parametrize("kind", [ApprovalKind.ACTIVATE_HASH_LIST, ApprovalKind.LET_HASH_LIST_CHANGE])
def test_of_two_proposals_about_a_list_one_is_taken(
    line: Line, lead: records.User, other: records.User, kind: ApprovalKind
) -> None:
    made = line.list_of([picture()])
    if kind is ApprovalKind.ACTIVATE_HASH_LIST:
        line.wardline.disable_list(made.id, user=lead)

    def act(wardline: Wardline, user: records.User) -> records.Approval:
        if kind is ApprovalKind.ACTIVATE_HASH_LIST:
            return wardline.propose_activation(made.id, user=user)
        return wardline.propose_list_change(made.id, user=user)

    require_one(line, kind, lead, other, act)
    (waiting,) = line.store.approvals(state=ApprovalState.PROPOSED)
    line.wardline.approve(waiting.id, user=lead if waiting.proposed_by == other.id else other)
    changed = line.store.hash_list(made.id)
    assert changed.may_change or changed.state is records.HashListState.ACTIVE


def test_of_two_proposals_of_another_master_key_one_is_taken(
    line: Line, lead: records.User, other: records.User
) -> None:
    def act(wardline: Wardline, user: records.User) -> records.Approval:
        return rotating.propose(wardline.parts, 1, user=user)

    require_one(line, ApprovalKind.ROTATE_VAULT_KEY, lead, other, act)


@pytest.fixture
def certifier(make_line: MakeLine) -> Certifier:
    made = Certifier(make_line(rules=Rules(reporter=REPORTER, automation=AUTOMATION)))
    made.gather(Arm.CLEAR)
    return made


def test_of_two_tries_for_a_certificate_one_is_made(certifier: Certifier) -> None:
    line, made = certifier.line, list[Any]()

    def comes() -> None:
        made.append(certifier.proposed(Arm.CLEAR))

    with pytest.raises(ConflictError) as told:
        interrupted(line, comes).propose_certificate(SCOPE, Arm.CLEAR, user=certifier.second)
    require_told(told.value, made[0].approval)
    assert line.store.tries_of(SCOPE, Arm.CLEAR) == [made[0].certificate]


def test_a_try_that_failed_at_that_moment_spends_no_second_one(certifier: Certifier) -> None:
    line = certifier.line

    def comes() -> None:
        proposed = certifier.proposed(Arm.CLEAR).certificate
        now = line.clock.now()
        failed = replace(
            proposed, state=CertificateState.FAILED, threshold=None, limit=None, reason="nothing passes", ended_at=now, version=proposed.version + 1
        )  # fmt: skip
        entry = line.parts.entry(Verb.CERTIFICATE_TRIED, failed.id)
        line.store.commit(Replace(failed), entries=[entry])

    with pytest.raises(ConflictError, match="at this moment") as told:
        interrupted(line, comes).propose_certificate(SCOPE, Arm.CLEAR, user=certifier.second)
    assert "harder" in told.value.advice
    assert len(line.store.tries_of(SCOPE, Arm.CLEAR)) == 1


def test_a_try_under_one_key_at_the_same_moment_is_one(certifier: Certifier) -> None:
    line, made = certifier.line, list[Any]()

    def tried(wardline: Wardline) -> Any:
        return wardline.propose_certificate(SCOPE, Arm.CLEAR, user=certifier.first, once="a key")

    assert tried(interrupted(line, lambda: made.append(tried(line.wardline)))) == made[0]
    assert len(line.store.tries_of(SCOPE, Arm.CLEAR)) == 1
