"""Where the law says so, what an account had uploaded in the two weeks before a report is kept with it: that account's, and whole."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from tests.acceptance.conftest import MakeLine
from tests.acceptance.stories import decided_violation, picture
from wardline import preservation, records, review
from wardline.errors import InputError
from wardline.pipeline import Rules, preserving
from wardline.records import Role
from wardline.testing.harness import REPORTER, Line

PERIODS = preservation.Periods(before_filing=timedelta(days=14))
YEAR = timedelta(days=367)


@pytest.fixture
def line(make_line: MakeLine) -> Line:
    line = make_line(rules=Rules(reporter=REPORTER, periods=PERIODS))
    line.list_of([picture(), picture(2)])
    return line


def reported(line: Line) -> None:
    decided_violation(line, line.submit(picture()), line.person("mika"))
    line.pass_time(line.parts.rules.undo_window)


def held_with_a_report(line: Line, item_id: str | None) -> bool:
    return any(hold.referral_id for hold in line.store.holds_of(str(item_id)))


def test_an_account_of_another_platform_that_is_called_the_same_is_another_account(line: Line) -> None:
    own = line.submit(picture(2))
    other = line.submit(picture(2), key=line.platform_key(platform="another-platform"))
    reported(line)
    assert [held_with_a_report(line, each.item_id) for each in (own, other)] == [True, False]


def test_a_request_about_an_account_of_one_platform_holds_nobody_elses_files(line: Line) -> None:
    lead, other = line.person("lea", Role.LEAD).user, line.platform_key(platform="another-platform")
    own, theirs = (line.case_of(line.submit(picture(2), key=key)) for key in (None, other))
    asked = preserving.Wanted(
        basis=records.PreservationBasis.US_REQUEST, received_at=line.clock.now(), account="account-1",
        asker=records.Asker(agency="An agency", reference="REF-1", contact="officer@agency.invalid"),
    )  # fmt: skip
    of_one = replace(asked, platform="another-platform")
    assert line.wardline.preserve(of_one, user=lead).case_ids == (theirs.id,)
    assert set(line.wardline.preserve(asked, user=lead).case_ids) == {own.id, theirs.id}
    for wrong in (
        replace(asked, platform="anotherplatform"),
        replace(of_one, account=None, case_ids=(own.id,)),
    ):
        with pytest.raises(InputError, match=r"^platform: "):
            line.wardline.preserve(wrong, user=lead)


def test_what_is_known_of_an_upload_is_kept_as_long_as_its_file(line: Line) -> None:
    lou, case = line.person("lou").user, line.case_of(line.submit(picture(2)))
    line.wardline.claim(case.id, user=lou)
    innocent = review.Judgement(outcome=records.Outcome.NOT_VIOLATION, findings=())
    line.wardline.decide(case.id, user=lou, judgement=innocent)
    reported(line)
    line.pass_time(timedelta(days=60))
    item = line.store.item(case.item_ids[0])
    assert item.sealed
    assert (item.account_reference, item.context is None) == ("account-1", False)
    assert line.store.case(case.id).account_reference == "account-1"
    line.pass_time(YEAR)
    line.pass_time(timedelta(days=2))  # it is looked at once a day
    item = line.store.item(case.item_ids[0])
    assert (item.sealed, item.account_reference, item.context) == (False, "", None)
    assert line.store.case(case.id).account_reference == ""
