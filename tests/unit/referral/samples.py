"""Invented records for the referral tests."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from wardline import records

NOW = datetime(2026, 5, 4, 12, 0, tzinfo=UTC)
UPLOADED = NOW - timedelta(hours=3)
REFERRAL_ID = records.new_id("referral", NOW, bytes(10))
REPORTER = records.Reporter(
    first_name="Test", last_name="Operator", email="reports@forum.example", platform="Example Forum"
)


def new_id(kind: str, number: int) -> str:
    return records.new_id(kind, NOW, number.to_bytes(10, "big"))


def item(
    number: int, *, frames: int | None = 1, url: str | None = None, after: timedelta = timedelta(0)
) -> records.Item:
    picture = (
        None
        if frames is None
        else records.Picture(format=records.MediaFormat.PNG, width=8, height=8, frames=frames)
    )
    return records.Item(
        id=new_id("item", number),
        received_at=UPLOADED + after,
        account_reference="account-1",
        platform="forum",
        context=records.UploadContext(
            surface="post",
            visibility=records.Visibility.PUBLIC,
            uploaded_at=UPLOADED + after,
            content_reference=f"post-{number}",
            ip_address="192.0.2.7",
            port=50000,
            file_name=f"{number}.png",
            url=url,
        ),
        size_bytes=100,
        picture=picture,
        hashes=(),
        sealed=True,
    )


def case(*items: records.Item, account: str = "account-1") -> records.Case:
    return records.Case(
        id=new_id("case", 1),
        opened_at=UPLOADED,
        account_reference=account,
        item_ids=tuple(item.id for item in items),
        reasons=("match on list X",),
        restricted=True,
        state=records.CaseState.DECIDED,
    )


def decision(
    *categorised: records.Item,
    outcome: records.Outcome = records.Outcome.VIOLATION,
    state: records.DecisionState = records.DecisionState.EFFECTIVE,
    escalation: str | None = None,
) -> records.Decision:
    violation = outcome is records.Outcome.VIOLATION
    return records.Decision(
        id=new_id("decision", 1),
        case_id=new_id("case", 1),
        user_id=new_id("user", 1),
        at=NOW - timedelta(hours=1),
        outcome=outcome,
        findings=tuple(
            records.Finding(
                item_id=item.id, category=records.Category.A2, annotations=(records.FileAnnotation.VIRAL,)
            )
            for item in categorised
        ),
        annotations=(records.ReportAnnotation.SPAM,) if violation else (),
        escalation=escalation,
        undo_until=NOW,
        state=state,
    )


def reveal(item: records.Item, *, user: int = 1, frame: int = 0) -> records.Reveal:
    return records.Reveal(
        id=new_id("reveal", 100 * user + frame),
        case_id=new_id("case", 1),
        item_id=item.id,
        user_id=new_id("user", user),
        at=NOW - timedelta(hours=2),
        frame=frame,
    )


def referral_in(state: records.ReferralState, **fields: Any) -> records.Referral:
    plain = records.Referral(
        id=REFERRAL_ID,
        case_id=new_id("case", 1),
        decision_id=new_id("decision", 1),
        authority="ncmec",
        environment="sandbox",
        state=state,
        created_at=NOW,
        files=tuple(records.ReferralFile(item_id=new_id("item", number)) for number in range(2)),
    )
    return replace(plain, **fields)
