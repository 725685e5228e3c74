"""What the correction of a report says whose files were graded otherwise, and what it cannot say."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.unit.referral.samples import REPORTER
from wardline import records, referral
from wardline.errors import InputError
from wardline.records import Category, ReferralState
from wardline.testing import store_records as make

ITEMS = ("item-1", "item-2", "item-3")
CASE = make.case(id=make.new_id("case"), item_ids=ITEMS)
FILED = make.referral(
    case_id=CASE.id, state=ReferralState.FINISHED, remote_id="4711", finished_at=make.NOON,
    files=(
        records.ReferralFile(item_id="item-1", remote_file_id="aa", described=True),
        records.ReferralFile(item_id="item-2", remote_file_id="bb", described=True),
    ),
)  # fmt: skip


def graded(*grades: Category | None) -> records.Decision:
    findings = tuple(records.Finding(item_id=item, category=grade) for item, grade in zip(ITEMS, grades, strict=True))  # fmt: skip
    return make.decision(case_id=CASE.id, findings=findings)


def built(told: records.Decision, by: records.Decision, filed: records.Referral = FILED) -> records.Report:
    items = [make.item(id=make.new_id("item")) for _ in ITEMS]
    return referral.build_regrading("referral-1", filed, told, by, CASE, items, REPORTER)


TOLD = graded(Category.B1, Category.A2, None)


def test_it_names_the_report_and_each_file_that_differs_by_the_authoritys_number() -> None:
    report = built(TOLD, graded(Category.A1, Category.A2, None))
    assert report.corrects == "4711"
    assert report.files == ()
    assert report.urls == ()
    assert "File aa: B1 before, A1 now." in report.note
    assert "File bb" not in report.note
    gone = built(TOLD, graded(Category.B1, None, None))
    assert "File bb: A2 before, no category now." in gone.note


def test_the_same_grades_are_nothing_to_correct() -> None:
    same = graded(Category.B1, Category.A2, None)
    assert not referral.differs(FILED, TOLD, same)
    with pytest.raises(InputError, match="changes nothing"):
        built(TOLD, same)


def test_a_file_that_the_report_has_not_is_left_to_a_person() -> None:
    by = graded(Category.B1, Category.A2, Category.B2)
    assert referral.unreported(FILED, by) == ["item-3"]
    assert not referral.differs(FILED, TOLD, by)
    assert referral.unreported(FILED, TOLD) == []


def test_a_report_that_is_not_finished_is_not_corrected() -> None:
    with pytest.raises(InputError, match="expected finished"):
        built(TOLD, graded(Category.A1, None, None), replace(FILED, state=ReferralState.OPENED))
