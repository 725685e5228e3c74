"""What a report says."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

import pytest

from tests.unit.referral.samples import (
    NOW,
    REFERRAL_ID,
    REPORTER,
    UPLOADED,
    case,
    decision,
    item,
    new_id,
    reveal,
)
from wardline import records, referral
from wardline.errors import InputError


def build(
    items: Sequence[records.Item],
    decided: records.Decision,
    *,
    reveals: Sequence[records.Reveal] = (),
    actions: Sequence[records.Action] = (),
    account: str = "account-1",
) -> records.Report:
    matter = case(*items, account=account)
    return referral.build_report(
        REFERRAL_ID, decided, matter, items, reveals, actions, REPORTER, "A match on list X.", NOW
    )


def test_only_a_violation_that_stands_needs_a_referral() -> None:
    assert referral.needs_referral(decision(item(1)))
    assert not referral.needs_referral(decision(item(1), state=records.DecisionState.UNDONE))
    assert not referral.needs_referral(decision(outcome=records.Outcome.NOT_VIOLATION))
    with pytest.raises(InputError, match="expected a violation that stands"):
        build([item(1)], decision(outcome=records.Outcome.NOT_VIOLATION))


def test_the_incident_is_the_earliest_upload_and_says_so() -> None:
    early, late = item(1), item(2, after=timedelta(minutes=5))
    report = build([late, early], decision(late, early))
    assert report.incident_at == UPLOADED
    assert "upload to the service" in report.incident_time_meaning


def test_the_viewed_flag_of_each_file_comes_from_the_reveal_log() -> None:
    seen, unseen = item(1), item(2)
    report = build([seen, unseen], decision(seen, unseen), reveals=[reveal(seen)])
    assert [file.viewed for file in report.files] == [True, False]
    assert f"Viewed in full by a person at the service before this report: file 1 ({seen.id})" in report.note
    assert f"Not viewed in full by any person at the service: file 2 ({unseen.id})" in report.note


def test_a_file_that_a_person_saw_and_found_harmless_stays_out() -> None:
    bad, harmless, unseen = item(1), item(2), item(3)
    report = build([bad, harmless, unseen], decision(bad), reveals=[reveal(bad), reveal(harmless)])
    assert [file.item_id for file in report.files] == [bad.id, unseen.id]
    assert [file.category for file in report.files] == [records.Category.A2, None]
    assert report.files[1].annotations == ()


def test_the_note_says_how_it_was_found_and_names_our_reference() -> None:
    report = build([item(1)], decision(item(1)))
    assert "How this was found: A match on list X." in report.note
    assert REFERRAL_ID in report.note


def test_the_reason_for_escalation_passes_through() -> None:
    assert (
        build([item(1)], decision(item(1), escalation="A child may be in danger now.")).escalation
        == "A child may be in danger now."
    )
    assert build([item(1)], decision(item(1))).escalation is None


def test_an_address_that_opens_the_content_by_itself_does_not_travel() -> None:
    signed = item(1, url="https://cdn.example/a.png?X-Amz-Signature=00")
    plain = item(2, url="https://forum.example/post/2")
    report = build([signed, plain], decision(signed, plain))
    assert [file.url for file in report.files] == [None, "https://forum.example/post/2"]
    assert report.urls == ("https://forum.example/post/2",)


def test_a_suspension_is_told_only_once_it_was_delivered() -> None:
    def suspension(state: records.ActionState) -> records.Action:
        delivered_at = NOW - timedelta(minutes=1) if state is records.ActionState.DELIVERED else None
        return records.Action(
            id=new_id("action", 1),
            case_id=new_id("case", 1),
            kind=records.ActionKind.SUSPEND_ACCOUNT,
            platform="forum",
            account_reference="account-1",
            content_reference=None,
            created_at=NOW - timedelta(minutes=2),
            state=state,
            delivered_at=delivered_at,
        )

    pending = build([item(1)], decision(item(1)), actions=[suspension(records.ActionState.PENDING)])
    delivered = build([item(1)], decision(item(1)), actions=[suspension(records.ActionState.DELIVERED)])
    assert pending.person.temporarily_disabled_at is None
    assert delivered.person.temporarily_disabled_at == NOW - timedelta(minutes=1)


def test_the_address_of_the_upload_itself_is_told_with_its_port_and_time() -> None:
    report = build([item(1)], decision(item(1)))
    expected = records.IpEvent(ip_address="192.0.2.7", event="Upload", at=UPLOADED, port=50000)
    assert report.files[0].upload == expected
    assert report.person.ip_events == (expected,)


def test_a_missing_item_is_an_error_and_not_a_shorter_report() -> None:
    first, second = item(1), item(2)
    with pytest.raises(InputError, match="expected every item of the case"):
        referral.build_report(
            REFERRAL_ID,
            decision(first),
            case(first, second),
            [first],
            [],
            [],
            REPORTER,
            "A match on list X.",
            NOW,
        )


def test_an_unlinked_account_can_not_be_reported() -> None:
    with pytest.raises(InputError, match="unlinked"):
        build([item(1)], decision(item(1)), account="")


def test_a_plan_is_a_draft_with_every_file_still_to_be_attached() -> None:
    decided = decision(item(1))
    report = build([item(1), item(2)], decided)
    draft = referral.plan(report, decided, authority="ncmec", environment="sandbox", now=NOW)
    assert draft.state is records.ReferralState.DRAFT
    assert [file.item_id for file in draft.files] == [file.item_id for file in report.files]
    assert not any(file.described for file in draft.files)


@pytest.mark.parametrize(
    "address",
    [
        "https://user:word@forum.example/a",
        "ftp://forum.example/a",
        "https://forum.example/a b",
        "https://forum.example/a?token=1",
        "https://forum.example/a?sig=1",
        "https://forum.example:99999/a",
        "https:///a",
        "",
        "https://forum.example/" + "a" * 2083,
    ],
)  # fmt: skip
def test_these_addresses_are_not_plain(address: str) -> None:
    assert not referral.is_plain_address(address)


@pytest.mark.parametrize(
    "address",
    ["https://forum.example/post/1?page=2", "http://192.0.2.1:8080/a#b", "https://xn--bcher-kva.example"],
)
def test_these_addresses_are_plain(address: str) -> None:
    assert referral.is_plain_address(address)
