"""What a report says of other accounts with its files: who is named, who is not, and how many more there are."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.unit.made import NOW
from wardline import records, referral
from wardline.records import Likeness
from wardline.testing.authority_contract import sample_report


def another(name: str, how: Likeness = Likeness.IDENTICAL) -> records.LikeAccount:
    return records.LikeAccount(
        account_reference=name, platform="example", how=how, item_id=sample_report().files[0].item_id, uploaded_at=NOW, decided_at=NOW, case_id="case-1",
    )  # fmt: skip


def test_a_victims_account_is_not_named_as_one_that_has_the_file() -> None:
    linked = records.AssociatedAccount(kind=records.AssociationKind.LINKED, account_reference="theirs-too")
    victim = records.Party(account_reference="theirs", associated=(linked,))
    found = records.LikeAccounts(named=(another("theirs"), another("theirs-too"), another("somebody")))
    report = referral.with_like_accounts(replace(sample_report(), victims=(victim,)), found)
    assert [each.account_reference for each in report.like.named] == ["somebody"]
    assert "theirs" not in report.note
    only = replace(found, named=found.named[:2])
    without = replace(sample_report(), victims=(victim,))
    assert referral.with_like_accounts(without, only) == without


@pytest.mark.parametrize(
    "changed", [{"corrects": "4711"}, {"batch": records.Batch(account_references=("account-2",))}]
)
def test_a_correction_and_a_batched_report_name_none(changed: dict[str, object]) -> None:
    report = replace(sample_report(), **changed)  # type: ignore[arg-type]  # either of two fields
    assert referral.with_like_accounts(report, records.LikeAccounts(named=(another("a"),))) == report


@pytest.mark.parametrize(
    ("more", "at_least", "line"),
    [
        (0, False, None),
        (3, False, "And 3 more."),
        (3, True, "And at least 3 more."),
        (0, True, "There may be more."),
    ],
)
def test_the_note_ends_with_how_many_are_not_named(more: int, at_least: bool, line: str | None) -> None:
    found = records.LikeAccounts(named=(another("a", Likeness.NEAR),), more=more, at_least=at_least)
    last = referral.with_like_accounts(sample_report(), found).note.splitlines()[-1]
    assert last == line if line is not None else last.startswith("- a (example): near-duplicate, nearly")
