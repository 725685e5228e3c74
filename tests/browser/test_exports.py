"""What goes to law enforcement, taken out in a real browser: a held file for a pasted key, and hashes that two people agreed to."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING

from tests.browser.chromium import Visitors
from tests.browser.furnished import Furnished
from tests.web.test_hold_exports import RECEIVER, opened, pem
from wardline.records import Verb

if TYPE_CHECKING:
    from playwright.sync_api import Page


def told(house: Furnished) -> int:
    house.line.sequence()
    return sum(entry.verb is Verb.EXPORT_MADE for _, entry in house.line.wardline.newest_entries(500))


def downloaded(page: Page, button: str) -> bytes:
    with page.expect_download() as taken:
        page.get_by_role("button", name=button, exact=True).click()
    return Path(taken.value.path()).read_bytes()


def test_a_lead_takes_a_held_file_out_for_a_key_that_was_pasted(visitors: Visitors, house: Furnished) -> None:
    page, before = visitors.page("lea"), told(house)
    hold = house.line.store.hold(house.ids["hold_id"][0])
    page.goto(f"/holds/{hold.id}/export")
    page.get_by_label(re.compile("^An order")).check()
    page.get_by_label("The number of their request or order").fill("7-CO-2026")
    page.get_by_label("The key of whoever gets it").fill(pem(RECEIVER))
    package = downloaded(page, "Export")
    content = house.line.parts.vault.open(hold.item_id, "original")
    assert opened(package) == content
    assert content not in package
    assert told(house) == before + 1


def test_a_key_that_is_none_is_told_beside_what_was_written(visitors: Visitors, house: Furnished) -> None:
    page, before = visitors.page("lea"), told(house)
    page.goto(f"/holds/{house.ids['hold_id'][0]}/export")
    page.get_by_label(re.compile("^Police ask")).check()
    page.get_by_label("The number of their request or order").fill("OP-17")
    page.get_by_label("The key of whoever gets it").fill("no key")
    page.get_by_role("button", name="Export", exact=True).click()
    assert "not readable" in page.get_by_role("alert").inner_text()
    assert page.get_by_label("The number of their request or order").input_value() == "OP-17"
    assert told(house) == before


def test_one_proposes_hashes_another_approves_and_they_are_taken(
    visitors: Visitors, house: Furnished
) -> None:
    lea, ada = visitors.page("lea"), visitors.page("ada")
    case_id = house.line.store.export(house.ids["export_id"][0]).case_ids[0]
    lea.goto("/exports")
    lea.get_by_role("link", name="Propose an export").click()
    lea.get_by_label(re.compile("^Police ask")).check()
    lea.get_by_label("The number of their request or order").fill("OP-99")
    lea.get_by_label("theirs", exact=True).check()
    lea.get_by_label("Cases").fill(case_id)
    lea.get_by_role("button", name="Propose").click()
    assert lea.get_by_role("heading", name="OP-99").is_visible()
    assert lea.get_by_role("button", name="Take the document").count() == 0
    export_id = lea.url.rpartition("/")[2]
    approval = next(each for each in house.line.store.approvals() if each.subject_id == export_id)
    ada.goto("/approvals")
    panel = ada.locator(f"#{approval.id}")
    assert "OP-99" in panel.inner_text()
    panel.get_by_role("button", name="Approve").click()
    lea.reload()
    document = json.loads(downloaded(lea, "Take the document"))
    assert len(document["value"]) == house.line.store.export(export_id).media
