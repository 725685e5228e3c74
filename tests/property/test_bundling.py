"""Whatever joins, leaves, fails and in which order: each referral is in one report that is or will be filed, and danger is in none but its own."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import permutations
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wardline import records, referral
from wardline.errors import ConflictError
from wardline.records import Priority, ReferralState

START = datetime(2026, 3, 1, tzinfo=UTC)
STATES = [each for each in ReferralState if each is not ReferralState.JOINED]


def made(number: int, **values: Any) -> records.Referral:
    entropy = number.to_bytes(10, "big")
    given: dict[str, Any] = {
        "id": records.new_id("referral", START, entropy), "case_id": records.new_id("case", START, entropy),
        "decision_id": records.new_id("decision", START, entropy), "authority": "ncmec", "environment": "sandbox", "state": ReferralState.DRAFT,
        "created_at": START + timedelta(minutes=number), "priority": Priority.THIRD, "due_at": START + timedelta(hours=50 - number), "clock_from": START,
        "files": (records.ReferralFile(item_id=records.new_id("item", START, entropy)),),
    }  # fmt: skip
    return records.Referral(**{**given, **values})


ANY = st.fixed_dictionaries({
    "state": st.sampled_from(STATES), "remote_id": st.sampled_from([None, None, "7"]), "in_flight": st.booleans(),
    "priority": st.sampled_from([None, *Priority]), "alone": st.booleans(), "corrects": st.sampled_from([None, None, "referral-x"]),
    "waits_until": st.sampled_from([None, None, START]),
    "files": st.sampled_from([(), (records.ReferralFile(item_id="item-words", in_text=True),), (records.ReferralFile(item_id="item-file"),)]),
})  # fmt: skip
FREE = st.fixed_dictionaries({
    "state": st.sampled_from([ReferralState.DRAFT, ReferralState.OPENING]),
    "priority": st.sampled_from([None, Priority.SECOND, Priority.THIRD]),
})  # fmt: skip


def several(values: list[dict[str, Any]]) -> list[records.Referral]:
    return [made(number, **each) for number, each in enumerate(values)]


@given(values=st.lists(ANY, min_size=1, max_size=6))
def test_only_what_is_nowhere_and_no_danger_goes_together(values: list[dict[str, Any]]) -> None:
    found = several(values)
    for lead in found:
        taken = referral.chosen(lead, found)
        for each in (lead, *taken) if taken else ():
            assert each.priority is not Priority.FIRST
            assert not any(file.in_text for file in each.files)
            assert each.state in (ReferralState.DRAFT, ReferralState.OPENING)
            assert (each.remote_id, each.in_flight, each.corrects, each.waits_until) == (
                None,
                False,
                None,
                None,
            )
            assert not each.alone
        assert lead not in taken


@given(values=st.lists(FREE, min_size=2, max_size=4))
def test_whoever_comes_first_the_same_files_are_one_report_of_the_gravest_and_the_earliest(
    values: list[dict[str, Any]],
) -> None:
    reports = set()
    for order in permutations(several(values)):
        lead, *others = order
        bundle = referral.join(lead, referral.chosen(lead, others))
        files = frozenset(file.item_id for file in bundle.lead.files)
        reports.add((files, bundle.lead.priority, bundle.lead.due_at))
        assert all(each.joined == lead.id and each.version == 2 for each in bundle.others)
        assert all(referral.chosen(each, order) == () for each in bundle.others)
    assert len(reports) == 1


@given(values=st.lists(FREE, min_size=2, max_size=5), data=st.data())
def test_after_any_moves_each_is_in_one_report_alone_or_withdrawn(
    values: list[dict[str, Any]], data: st.DataObject
) -> None:
    first, *others = several(values)
    bundle = referral.join(first, referral.chosen(first, others))
    lead, members = bundle.lead, {each.id: each for each in bundle.others}
    fallen: set[str] = set()
    for _ in range(data.draw(st.integers(1, 6))):
        before = lead
        inside = [each for each in members.values() if each.state is ReferralState.JOINED]
        leaves = [*inside, None]
        chosen = data.draw(st.sampled_from(leaves))
        if chosen is not None:
            changed = referral.leave(lead, chosen)
            fallen.add(chosen.id)
        else:
            changed = referral.settle(before, _moved(before, data), list(members.values()))
        for each in changed.others:
            assert each.version == members[each.id].version + 1
            members[each.id] = each
        assert changed.lead.version - before.version in (0, 1)
        lead = changed.lead
        _check(lead, members, fallen)


def _moved(lead: records.Referral, data: st.DataObject) -> records.Referral:
    """Take one of the steps that a report may take."""
    later = lead.version + 1
    match lead.state:
        case ReferralState.DRAFT | ReferralState.OPENING:
            ways: list[dict[str, Any]] = [
                {"state": ReferralState.OPENED, "remote_id": "9"},
                {"state": ReferralState.NEEDS_HUMAN, "problem": "the authority rejected the report"},
            ]
        case ReferralState.OPENED | ReferralState.FINISHING:
            ways = [
                {"state": ReferralState.FINISHED, "finished_at": START},
                {
                    "state": ReferralState.RETRACTING,
                    "problem": data.draw(st.sampled_from([None, "it was refused"])),
                },
            ]
        case ReferralState.RETRACTING:
            stops = lead.problem is not None
            state = ReferralState.NEEDS_HUMAN if stops else ReferralState.OPENING
            ways = [
                {"state": ReferralState.FINISHED, "finished_at": START},
                {"state": state, "remote_id": None},
            ]
        case _:
            return lead
    return replace(lead, version=later, **data.draw(st.sampled_from(ways)))


def _check(lead: records.Referral, members: dict[str, records.Referral], fallen: set[str]) -> None:
    own = {file.item_id for file in lead.files}
    held = {each.referral_id for each in lead.bundle}
    for each in members.values():
        files = {file.item_id for file in each.files}
        if each.id in held:
            assert each.joined == lead.id
            assert files <= own
            assert (each.state is ReferralState.FINISHED) == (lead.state is ReferralState.FINISHED)
            if each.state is not ReferralState.FINISHED:
                assert (each.state is ReferralState.RETRACTING) == (each.id in fallen)
        else:
            assert each.joined is None
            assert not files & own
            assert (each.state is ReferralState.WITHDRAWN) == (each.id in fallen)
            assert each.id in fallen or each.state is ReferralState.DRAFT
    assert not (lead.bundle and lead.state is ReferralState.NEEDS_HUMAN and lead.remote_id is None)


def test_a_report_takes_no_more_files_than_there_is_room_for_but_one_case_may_have_more() -> None:
    files = tuple(
        records.ReferralFile(item_id=records.new_id("item", START, (1000 + number).to_bytes(10, "big")))
        for number in range(referral.MOST_FILES - 1)
    )
    lead, small, big = made(0), made(1), made(2, files=files)
    assert referral.chosen(lead, [small, big]) == (small,)
    assert referral.chosen(big, [lead, small]) == (lead,)
    assert referral.chosen(made(3, files=(*files, *files)), [lead]) == ()


def test_two_referrals_of_one_case_never_go_together() -> None:
    one, other = made(0), replace(made(1), case_id=made(0).case_id)
    assert referral.chosen(one, [other]) == ()
    with pytest.raises(ConflictError):
        referral.join(one, [other])


def test_who_waited_for_a_person_with_a_report_waits_for_one_when_it_ends() -> None:
    lead, member = made(0), made(1)
    bundle = referral.join(lead, [member])
    stopped = replace(
        bundle.lead, state=ReferralState.NEEDS_HUMAN, problem="restored from a back-up", version=9
    )
    ended = referral.settle(stopped, referral.cancel(stopped), bundle.others)
    assert ended.lead.state is ReferralState.WITHDRAWN
    assert [(each.state, each.problem) for each in ended.others] == [
        (ReferralState.NEEDS_HUMAN, "restored from a back-up")
    ]
