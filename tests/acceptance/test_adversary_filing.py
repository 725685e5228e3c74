"""A referral that waits for a person can be filed once what was wrong is put right."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from tests.acceptance.conftest import MakeLine
from tests.acceptance.stories import decided_violation, picture, the_referral
from wardline import records
from wardline.errors import ConflictError, InputError, NotAllowedError
from wardline.pipeline import Rules
from wardline.records import ReferralState, Role
from wardline.testing.authority_sandbox import AuthoritySandbox
from wardline.testing.harness import REPORTER


@pytest.mark.parametrize("store", ["sqlite"])
def test_a_report_that_the_settings_spoiled_is_filed_after_they_are_corrected(
    make_line: MakeLine, authority: AuthoritySandbox
) -> None:
    line = make_line(rules=Rules(reporter=replace(REPORTER, email="nobody")))
    line.list_of([picture()])
    case = decided_violation(line, line.submit(picture()), line.person("mika"))
    lead = line.person("lee", Role.LEAD)
    line.pass_time(timedelta(hours=1))
    stopped = the_referral(line, case)
    assert stopped.state is ReferralState.NEEDS_HUMAN
    with pytest.raises(InputError):
        line.wardline.file_again(stopped.id, user=lead.user)
    assert the_referral(line, case) == stopped
    line.close()

    mended = make_line(rules=Rules(reporter=REPORTER))
    with pytest.raises(NotAllowedError):
        mended.wardline.file_again(stopped.id, user=mended.person("kim").user)
    mended.wardline.file_again(stopped.id, user=lead.user)
    mended.pass_time(timedelta(minutes=1))
    assert the_referral(mended, case).state is ReferralState.FINISHED
    assert len(authority.ledger.finished()) == 1
    assert mended.store.open_alarms() == []
    with pytest.raises(ConflictError):
        mended.wardline.file_again(stopped.id, user=lead.user)


def test_evidence_that_is_whole_again_is_filed_once(make_line: MakeLine, authority: AuthoritySandbox) -> None:
    line = make_line()
    line.list_of([picture()])
    case = decided_violation(line, line.submit(picture()), line.person("mika"))
    lead = line.person("lee", Role.LEAD)
    (sealed,) = (path for path in (line.folder / "vault").rglob("*.sealed"))
    whole = sealed.read_bytes()
    sealed.write_bytes(whole[:-1] + bytes([whole[-1] ^ 1]))
    line.pass_time(timedelta(hours=1))
    for _ in range(2):
        line.wardline.file_again(the_referral(line, case).id, user=lead.user)
        line.pass_time(timedelta(hours=1))
        assert the_referral(line, case).state is ReferralState.NEEDS_HUMAN
    sealed.write_bytes(whole)
    line.wardline.file_again(the_referral(line, case).id, user=lead.user)
    line.pass_time(timedelta(hours=1))
    assert the_referral(line, case).state is ReferralState.FINISHED
    assert (len(authority.ledger.finished()), authority.ledger.open()) == (1, [])
    bases = {hold.basis for hold in line.store.holds_of(case.item_ids[0])}
    assert records.HoldBasis.REPORTED in bases
