"""A hash list works from the moment when a second person approved it, and from no earlier one."""

from __future__ import annotations

import pytest

from tests.acceptance.stories import picture
from wardline import records
from wardline.errors import AlreadyExistsError, ConflictError, InputError, NotAllowedError, SecondPersonError
from wardline.pipeline.lists import AddedList
from wardline.records import ApprovalState, HashListState, ListTrust, Role
from wardline.testing.harness import Line, Person


@pytest.fixture
def ana(line: Line) -> Person:
    return line.person("ana", Role.ADMIN)


@pytest.fixture
def ben(line: Line) -> Person:
    return line.person("ben", Role.LEAD)


@pytest.fixture
def added(line: Line, ana: Person) -> AddedList:
    path = line.list_file([picture()], "list")
    return line.wardline.add_list(
        path, name="list", provenance="test", trust=ListTrust.VERIFIED, user=ana.user
    )


def test_a_proposed_list_matches_nothing(line: Line, added: AddedList) -> None:
    assert added.hash_list.state is HashListState.PROPOSED
    assert isinstance(line.submit(picture()).route, records.Release)


def test_the_proposer_cannot_approve(line: Line, added: AddedList, ana: Person) -> None:
    with pytest.raises(SecondPersonError):
        line.wardline.approve(added.approval.id, user=ana.user)
    assert isinstance(line.submit(picture()).route, records.Release)


def test_a_moderator_cannot_approve(line: Line, added: AddedList) -> None:
    with pytest.raises(NotAllowedError):
        line.wardline.approve(added.approval.id, user=line.person("mika").user)


def test_a_second_person_switches_it_on(line: Line, added: AddedList, ben: Person) -> None:
    approval = line.wardline.approve(added.approval.id, user=ben.user)
    assert (approval.state, approval.decided_by) == (ApprovalState.APPROVED, ben.user.id)
    assert isinstance(line.submit(picture()).route, records.Act)
    with pytest.raises(ConflictError, match="already approved"):
        line.wardline.approve(added.approval.id, user=ben.user)


def test_a_refused_list_stays_off(line: Line, added: AddedList, ben: Person) -> None:
    line.wardline.refuse(added.approval.id, user=ben.user)
    with pytest.raises(ConflictError, match="already refused"):
        line.wardline.approve(added.approval.id, user=ben.user)
    assert isinstance(line.submit(picture()).route, records.Release)


def test_a_list_that_changed_cannot_be_approved_on_the_old_proposal(
    line: Line, added: AddedList, ana: Person, ben: Person
) -> None:
    line.wardline.disable_list(added.hash_list.id, user=ana.user)
    with pytest.raises(ConflictError, match="changed since it was proposed"):
        line.wardline.approve(added.approval.id, user=ben.user)
    anew = line.wardline.propose_activation(added.hash_list.id, user=ana.user)
    line.wardline.approve(anew.id, user=ben.user)
    assert isinstance(line.submit(picture()).route, records.Act)


def test_one_person_is_enough_to_switch_it_off(
    line: Line, added: AddedList, ana: Person, ben: Person
) -> None:
    line.wardline.approve(added.approval.id, user=ben.user)
    line.wardline.disable_list(added.hash_list.id, user=ana.user)
    assert isinstance(line.submit(picture()).route, records.Release)
    with pytest.raises(ConflictError, match="already disabled"):
        line.wardline.disable_list(added.hash_list.id, user=ana.user)


def test_it_is_proposed_once(line: Line, added: AddedList, ben: Person) -> None:
    with pytest.raises(ConflictError, match="already proposed"):
        line.wardline.propose_activation(added.hash_list.id, user=ben.user)
    line.wardline.approve(added.approval.id, user=ben.user)
    with pytest.raises(ConflictError, match="already active"):
        line.wardline.propose_activation(added.hash_list.id, user=ben.user)


def test_a_name_is_given_once_and_what_failed_leaves_nothing(
    line: Line, added: AddedList, ana: Person
) -> None:
    path = line.list_file([picture(2)], "other")
    with pytest.raises(AlreadyExistsError):
        line.wardline.add_list(path, name="list", provenance="test", trust=ListTrust.VERIFIED, user=ana.user)
    assert [each.id for each in line.store.hash_lists()] == [added.hash_list.id]
    assert len(line.store.approvals()) == 1


def test_a_list_without_a_valid_line_is_refused_and_others_report_theirs(line: Line, ana: Person) -> None:
    path = line.folder / "lines.csv"
    path.write_text("hash_type,hash\nmd5,xyz\nsha1,\n", "utf-8")
    with pytest.raises(InputError, match="no valid entry in 2 lines"):
        line.wardline.add_list(path, name="bad", provenance="test", trust=ListTrust.UNVERIFIED, user=ana.user)
    path.write_text(f"hash_type,hash\nmd5,xyz\nmd5,{'0' * 32}\nmd5,{'0' * 32}\n", "utf-8")
    added = line.wardline.add_list(
        path, name="bad", provenance="test", trust=ListTrust.UNVERIFIED, user=ana.user
    )
    assert (added.hash_list.entries, [bad.line for bad in added.malformed]) == (1, [2])


def test_an_unverified_list_restricts_nothing(line: Line) -> None:
    line.list_of([picture()], trust=ListTrust.UNVERIFIED)
    assert isinstance(line.submit(picture()).route, records.Review)
