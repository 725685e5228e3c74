"""From the platform's report to the finished referral, all over HTTP, on both databases: what has no file is told in words."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.acceptance.test_an_appeal_over_http import (
    a_person,
    adapter,
    authority,
    call,
    installation,
    platform,
    serving,
)
from tests.acceptance.waiting import until
from wardline import records
from wardline.pipeline import people
from wardline.records import HoldBasis, ReferralState
from wardline.testing.authority_sandbox import AuthoritySandbox
from wardline.testing.platform_ledger import AccountState
from wardline.testing.platform_sandbox import PlatformSandbox
from wardline.wiring import Installation

__all__ = ["adapter", "authority", "installation", "platform"]
"""Fixtures of that story, for this one."""


def incident() -> dict[str, Any]:
    at = datetime.now(UTC) - timedelta(hours=1)
    return {
        "kind": "enticement", "account_reference": "account-1", "incident_reference": "conversation-7", "surface": "direct message",
        "visibility": "private", "happened_at": at.isoformat(), "flag": "contact with a child", "ip_address": "192.0.2.7", "port": 50123,
        "what_happened": "It asked somebody whom it took for a child to meet.",
        "messages": [{"by": "account-1", "text": "meet me at the fountain at four", "at": at.isoformat()}, {"by": "user-9", "text": "why?"}],
        "report": {"victims": [{"screen_name": "user-9", "person": {"age": 12}}]},
    }  # fmt: skip


@pytest.mark.long
def test_an_incident_from_the_platforms_report_to_the_finished_referral(
    installation: Installation, authority: AuthoritySandbox, platform: PlatformSandbox
) -> None:
    parts = installation.wardline.parts
    mika = a_person(installation, "mika")
    _, key = people.create_platform_key(
        parts, "example", "example", trust=records.KeyTrust.LOW, requests_per_minute=600
    )
    with serving(installation) as address:
        assert call(address, key, "/v1/incidents", json=incident()) == {"status": "accepted"}
        case = call(address, mika, "/v1/cases/next")
        (item_id,) = case["item_ids"]
        shown = call(address, mika, f"/v1/cases/{case['id']}/reveals", json={"item_id": item_id})
        assert "account-1: meet me at the fountain at four" in shown.decode()
        found = [{"item_id": item_id, "incident": "enticement"}]
        said = {"outcome": "violation", "findings": found, "escalation": "They said that they meet at four."}
        call(address, mika, f"/v1/cases/{case['id']}/decisions", json=said)
        until(lambda: len(authority.ledger.finished()) == 1)
        until(lambda: platform.account_state_of("account-1") is AccountState.SUSPENDED)
        until(lambda: parts.store.referrals(case_id=case["id"])[0].state is ReferralState.FINISHED)

    (finished,) = authority.ledger.finished()
    (referral,) = parts.store.referrals()
    assert (referral.remote_id, list(finished.files)) == (str(finished.report_id), [])
    assert referral.priority is records.Priority.FIRST
    receipt = parts.store.receipt_of(referral.id)
    assert receipt is not None
    assert receipt.remote_id == referral.remote_id
    assert HoldBasis.REPORTED in {each.basis for each in parts.store.holds_of(item_id)}
    assert parts.store.item(item_id).sealed
