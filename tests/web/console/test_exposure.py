"""One log: the viewed flag, the exposure and the view audit are read from the reveals and from nothing else."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.acceptance.stories import picture
from tests.web.client import Api
from tests.web.console.browser import Browser, Seen, somebody
from wardline import records
from wardline.records import Role, Verb
from wardline.testing.harness import Line


@pytest.fixture
def case(line: Line) -> records.Case:
    line.list_of([picture()])
    return line.case_of(line.submit(picture()))


def _take(desk: Browser) -> Seen:
    return desk.send(desk.get("/queue").form("/queue/next"))


def _exposure(line: Line) -> tuple[int, float]:
    user = line.store.user_named("mika")
    assert user is not None
    found = line.wardline.exposure(user)
    return found.files, found.seconds


def test_covering_a_picture_ends_its_time_on_the_screen(
    desk: Browser, line: Line, case: records.Case
) -> None:
    revealed = desk.send(_take(desk).form("/reveals"))
    line.pass_time(timedelta(seconds=9))
    covered = desk.send(revealed.form("/coverings"))
    assert [image for image in covered.images if image.startswith("/pictures/")] == []
    line.pass_time(timedelta(minutes=5))
    assert _exposure(line) == (1, 9)
    assert "under 1" in desk.get("/queue").text
    assert "0 min 09 s" in desk.get("/you").text


def test_a_picture_that_nobody_covered_counts_a_minute(desk: Browser, line: Line, case: records.Case) -> None:
    desk.send(_take(desk).form("/reveals"))
    line.pass_time(timedelta(hours=1))
    assert _exposure(line) == (1, 60)


@pytest.mark.parametrize("leaving", ["/decisions", "/pass", "/hold", "/escalation", "/pause"])
def test_whatever_takes_the_case_off_the_desk_covers_its_picture(
    leaving: str, desk: Browser, line: Line, case: records.Case
) -> None:
    revealed = desk.send(_take(desk).form("/reveals"))
    line.pass_time(timedelta(seconds=7))
    desk.send(revealed.form(leaving), category="A1", hours="1", reason="to be seen again")
    line.pass_time(timedelta(minutes=5))
    assert _exposure(line) == (1, 7)


def test_showing_a_file_again_is_a_new_entry_and_no_new_file(
    desk: Browser, line: Line, case: records.Case
) -> None:
    first = desk.send(_take(desk).form("/reveals"))
    line.pass_time(timedelta(seconds=5))
    desk.send(first.form("/reveals"), show="colour")
    line.pass_time(timedelta(seconds=3))
    assert _exposure(line) == (1, 8)
    assert len(line.store.reveals_of(case.id)) == 2


def test_saying_twice_that_it_is_covered_is_one_entry(desk: Browser, line: Line, case: records.Case) -> None:
    revealed = desk.send(_take(desk).form("/reveals"))
    for _ in range(2):
        assert desk.send(revealed.form("/coverings")).status == 200
    line.sequence()
    verbs = [entry.verb for _, entry in line.wardline.newest_entries(50)]
    assert verbs.count(Verb.CASE_COVERED) == 1


def test_the_count_starts_anew_each_day(desk: Browser, line: Line, case: records.Case) -> None:
    desk.send(_take(desk).form("/reveals"))
    line.pass_time(timedelta(days=1))
    assert _exposure(line) == (0, 0)


def test_nobody_sees_anothers_exposure(desk: Browser, api: Api, line: Line, case: records.Case) -> None:
    desk.send(_take(desk).form("/reveals"))
    somebody(line, "lea", Role.LEAD)
    lead = Browser(api)
    lead.sign_in("lea")
    for path in ("/queue", "/people", "/statistics"):
        assert "1 file revealed" not in lead.get(path).text
    assert "0 files" in lead.get("/queue").text.replace('<span class="long">', "").replace("</span>", "")


def test_what_htmx_asks_for_is_the_file_alone(desk: Browser, case: records.Case) -> None:
    form = _take(desk).form("/reveals")
    part = desk.post(form.action, form.fields, **{"HX-Request": "true"})
    assert "<html" not in part.text
    (address,) = part.images
    assert desk.get(address).answer.content.startswith(b"\x89PNG")
    covered = desk.post(
        f"/cases/{case.id}/coverings", part.form("/coverings").fields, **{"HX-Request": "true"}
    )
    assert all("/covers/" in image for image in covered.images)
