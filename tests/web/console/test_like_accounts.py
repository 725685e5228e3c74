"""Pages tell of other accounts with the same file."""

from __future__ import annotations

from tests.acceptance.stories import the_referral, violation
from tests.acceptance.test_files_that_look_alike import flagged, like, say
from tests.web.client import Api
from tests.web.console.test_case_access import _browser
from wardline.pipeline import seeing
from wardline.records import Role
from wardline.testing.harness import Line


def test_the_page_of_an_account_and_the_officers_page_tell_who_else_has_the_file(
    api: Api, line: Line
) -> None:
    people = [line.person(name) for name in ("mika", "noor")]
    first, second = (flagged(line, like(quality), f"account-{quality}") for quality in (85, 40))
    for case, person in zip((first, second), people, strict=True):
        say(line, case, person, violation(case))
    lead = _browser(api, line, "lena", Role.LEAD)
    user = next(each for each in line.store.users() if each.name == "lena")
    officer = lead.get(f"/referrals/{the_referral(line, second).id}/officer").text
    assert "account-85" in officer
    assert "near duplicate file, uploaded" in officer
    seeing.look_into(line.parts, second.id, user, "who else has it")
    page = lead.get(f"/cases/{second.id}/account").text
    assert "Other accounts with the same files" in page
    assert "account-85" not in page
    assert f"/cases/{first.id}" in page
    seeing.look_into(line.parts, first.id, user, "and whose it is")
    page = lead.get(f"/cases/{second.id}/account").text
    assert f'<a class="id" href="/cases/{first.id}/account">account-85</a>' in page
