"""What platforms call things may be long and without a space: no page grows by it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.acceptance.stories import picture
from tests.browser.furnished import Furnished

if TYPE_CHECKING:
    from tests.browser.chromium import Visitors

_ACCOUNT, _REASON = "a" * 240, "W" * 200


def test_no_page_about_a_case_scrolls_sideways_for_a_long_name(
    moderators: Visitors, busy_house: Furnished
) -> None:
    case = busy_house.case(picture(3), account=_ACCOUNT, flag=_REASON)
    page = moderators.page("lea", viewport={"width": 1440, "height": 900})
    page.goto(f"/cases/{case.id}")
    with page.expect_navigation():
        page.get_by_role("button", name="Take this case").click()
    for address in ("/queue", f"/cases/{case.id}", f"/cases/{case.id}/account"):
        page.goto(address)
        assert page.get_by_text(_REASON).first.is_visible(), address
        for width in (1440, 390):
            page.set_viewport_size({"width": width, "height": 900})
            assert page.evaluate("document.scrollingElement.scrollWidth") == width, address
