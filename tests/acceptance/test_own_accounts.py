"""Nobody is handed a case about an account of their own."""

from __future__ import annotations

import pytest

from tests.acceptance.stories import picture
from wardline import records
from wardline.errors import InputError, NotAllowedError
from wardline.records import Verb
from wardline.testing.harness import Line


def test_a_case_about_ones_own_account_goes_to_others(line: Line) -> None:
    mika, noor = line.person("mika"), line.person("noor")
    own = line.case_of(line.submit(picture(), flag="spam", account="mika-at-home"))
    other = line.case_of(
        line.submit(picture(2), flag="spam", account="account-2", content_reference="post-2")
    )
    user = line.wardline.declare_accounts([" mika-at-home ", "", "mika-at-home"], user=mika.user)
    assert user.accounts == ("mika-at-home",)
    assert [each.id for each in line.wardline.queue(user)] == [other.id]
    taken = line.wardline.next_case(user)
    assert taken is not None
    assert taken.id == other.id
    assert line.wardline.next_case(user) is None
    with pytest.raises(NotAllowedError, match="account of this person's own"):
        line.wardline.claim(own.id, user=user)
    found = line.wardline.next_case(noor.user)
    assert found is not None
    assert found.id == own.id


def test_somebody_hears_of_it_when_nobody_else_is_left(line: Line) -> None:
    mika = line.person("mika")
    own = line.case_of(line.submit(picture(), flag="spam", account="mika-at-home"))
    user = line.wardline.declare_accounts(["mika-at-home"], user=mika.user)
    assert line.wardline.next_case(user) is None
    line.run_due()
    assert [(each.kind, each.subject_id) for each in line.store.open_alarms()] == [
        (records.AlarmKind.CASE_STUCK, own.id)
    ]


def test_the_log_says_how_many_accounts_and_never_which(line: Line) -> None:
    mika = line.person("mika")
    line.wardline.declare_accounts(["mika-at-home", "mika-2"], user=mika.user)
    line.sequence()
    told = [
        entry for _, entry in line.wardline.newest_entries(9) if entry.verb is Verb.USER_ACCOUNTS_DECLARED
    ]
    assert [each.detail for each in told] == ["2 accounts"]
    with pytest.raises(InputError):
        line.wardline.declare_accounts([f"account-{number}" for number in range(21)], user=mika.user)
