"""What a person's word may do with a report, and what it may not: no report that may be with its receiver goes to another or ends unseen."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wardline import records, referral
from wardline.errors import ConflictError
from wardline.records import Bundled, ReferralState
from wardline.referral import moves
from wardline.testing import store_records as make

_BUNDLE = (Bundled(referral_id="referral-2", case_id="case-2", decision_id="decision-2"),)
_MAY = {
    "a pack that waits": {"state": ReferralState.NEEDS_HUMAN, "problem": referral.TO_FILE, "remote_id": "pack-1"},
    "nothing sent": {"state": ReferralState.DRAFT},
    "stopped before anything was opened": {"state": ReferralState.NEEDS_HUMAN, "problem": "no settings"},
    "waits for settings": {"state": ReferralState.OPENING},
}  # fmt: skip
_MAY_NOT = {
    "open at its receiver": {"state": ReferralState.OPENED, "remote_id": "7"},
    "finishing": {"state": ReferralState.FINISHING, "remote_id": "7"},
    "stopped while it was open": {"state": ReferralState.NEEDS_HUMAN, "problem": "refused", "remote_id": "7"},
    "must not be filed": {"state": ReferralState.NEEDS_HUMAN, "problem": referral.UNWANTED, "remote_id": "pack-1"},
    "may be filed by another installation": {"state": ReferralState.NEEDS_HUMAN, "problem": referral.LOOK},
    "finished": {"state": ReferralState.FINISHED, "remote_id": "7"},
    "withdrawn": {"state": ReferralState.WITHDRAWN},
    "in another report": {"state": ReferralState.JOINED, "joined": "referral-9"},
    "holds others": {"state": ReferralState.DRAFT, "bundle": _BUNDLE},
}  # fmt: skip


@pytest.mark.parametrize("values", _MAY.values(), ids=_MAY)
def test_what_its_receiver_cannot_have_begins_anew_for_another(values: dict[str, object]) -> None:
    found = make.referral(orphans=(), **values)
    moved = referral.passed_on(found, "signed-pack", "test")
    assert (moved.authority, moved.environment, moved.state) == ("signed-pack", "test", ReferralState.DRAFT)
    assert (moved.remote_id, moved.problem, moved.in_flight) == (None, None, False)
    assert moved.orphans == ((found.remote_id,) if found.remote_id else ())
    assert not any(file.described for file in moved.files)
    assert referral.withdrawn(found).state is ReferralState.WITHDRAWN


@pytest.mark.parametrize("values", _MAY_NOT.values(), ids=_MAY_NOT)
def test_what_its_receiver_may_have_stays_where_it_is(values: dict[str, object]) -> None:
    found = make.referral(**values)
    with pytest.raises(ConflictError):
        referral.passed_on(found, "signed-pack", "test")
    with pytest.raises(ConflictError):
        referral.withdrawn(found)


def test_a_call_that_was_on_its_way_is_kept_in_mind() -> None:
    found = make.referral(state=ReferralState.OPENING, in_flight=True, orphans=())
    assert referral.passed_on(found, "signed-pack", "test").orphans == (referral.UNKNOWN_ORPHAN,)


def test_a_correction_stays_with_the_receiver_that_it_corrects() -> None:
    with pytest.raises(ConflictError):
        referral.passed_on(make.referral(corrects="referral-1"), "signed-pack", "test")


def test_a_report_is_told_under_a_number_and_the_one_that_was_open_is_kept_in_mind() -> None:
    waits = make.referral(state=ReferralState.NEEDS_HUMAN, problem=referral.LOOK, remote_id="7", orphans=())
    told = referral.told(waits, "8", make.later(1))
    assert (told.state, told.remote_id, told.orphans) == (ReferralState.FINISHED, "8", ("7",))
    assert referral.told(waits, "7", make.later(1)).orphans == ()
    with pytest.raises(ConflictError):
        referral.told(told, "8", make.later(2))


def test_two_reports_under_one_number_are_one_and_each_file_is_in_it_once() -> None:
    waits = make.referral(state=ReferralState.NEEDS_HUMAN, problem=referral.LOOK, case_id="case-2")
    lead = referral.told(replace(waits, id=make.new_id("referral"), case_id="case-1"), "8", make.later(1))
    other = replace(waits, files=(*waits.files[:1], records.ReferralFile(item_id="item-9")))
    bigger, inside = referral.told_within(lead, other, "8", make.later(2))
    assert (inside.joined, inside.state, inside.reference) == (lead.id, ReferralState.FINISHED, None)
    assert bigger.case_ids == ("case-1", "case-2")
    assert [file.item_id for file in bigger.files] == ["item-1", "item-2", "item-9"]
    with pytest.raises(ConflictError):
        referral.told_within(inside, other, "8", make.later(3))


def test_the_number_that_the_authority_named_is_the_only_one_to_be_told() -> None:
    waits = make.referral(state=ReferralState.NEEDS_HUMAN, problem=moves.FINISHED_BY_OTHERS, remote_id="7")
    with pytest.raises(ConflictError):
        referral.told(waits, "8", make.later(1))


@given(st.text(min_size=1, max_size=40))
def test_a_reference_is_compared_without_capitals_spaces_and_width(reference: str) -> None:
    spelled = referral.compared(reference)
    assert referral.compared(f"  {reference} ") == spelled
    assert spelled == spelled.strip()


def test_references_that_people_write_differently_are_the_same() -> None:
    assert (
        referral.compared("IRP-2026  7")
        == referral.compared("irp-2026 7")
        == referral.compared("ＩＲＰ-2026 7")
    )
    assert referral.compared("IRP-2026 7") != referral.compared("IRP-2026 8")
