from __future__ import annotations

import numpy as np
import pytest
from PIL import Image

from tests.acceptance.stories import picture
from tests.web.client import Api
from tests.web.console.browser import Browser, Seen, somebody
from wardline import records
from wardline.records import CaseState, Outcome
from wardline.testing.harness import Line

PNG = b"\x89PNG\r\n\x1a\n"


def _pixels(content: bytes) -> np.ndarray:
    import io

    return np.asarray(Image.open(io.BytesIO(content)).convert("L"), dtype=np.float64)


@pytest.fixture
def case(line: Line) -> records.Case:
    line.list_of([picture()])
    return line.case_of(line.submit(picture()))


def _take(desk: Browser) -> Seen:
    return desk.send(desk.get("/queue").form("/queue/next"))


def test_a_case_is_taken_revealed_and_decided_by_forms_alone(
    desk: Browser, line: Line, case: records.Case
) -> None:
    page = _take(desk)
    assert page.status == 200
    revealed = desk.send(page.form("/reveals"), show="colour", size="full")
    (address,) = [image for image in revealed.images if image.startswith("/pictures/")]
    assert desk.get(address).answer.content.startswith(PNG)
    decided = desk.send(revealed.form("/decisions"), category="A2", annotation="viral")
    assert "violation" in decided.text
    line.run_due()

    stored = line.store.case(case.id)
    assert stored.state is CaseState.DECIDED
    decision = line.store.decision(str(stored.decision_id))
    assert decision.outcome is Outcome.VIOLATION
    assert decision.findings[0].category is records.Category.A2
    assert decision.findings[0].annotations == (records.FileAnnotation.VIRAL,)
    assert [reveal.item_id for reveal in line.store.reveals_of(case.id)] == list(case.item_ids)


def test_before_a_reveal_the_browser_gets_too_few_points_to_see_anything(
    desk: Browser, case: records.Case
) -> None:
    page = _take(desk)
    (address,) = page.images
    cover = _pixels(desk.get(address).answer.content)
    original = _pixels(picture())

    small = np.asarray(Image.fromarray(cover.astype(np.uint8)).resize((32, 20), Image.Resampling.BOX))
    again = np.asarray(
        Image.fromarray(small).resize((cover.shape[1], cover.shape[0]), Image.Resampling.BICUBIC),
        dtype=np.float64,
    )
    assert np.abs(again - cover).mean() < 4, "the cover holds more than 32 by 20 points"
    assert original.std() > 20, "the picture itself has much to see"


def test_no_reveal_is_written_for_a_cover(desk: Browser, line: Line, case: records.Case) -> None:
    for image in _take(desk).images:
        assert desk.get(image).status == 200
    assert line.store.reveals_of(case.id) == []


def test_a_revealed_picture_can_be_fetched_once_only(desk: Browser, case: records.Case) -> None:
    revealed = desk.send(_take(desk).form("/reveals"))
    (address,) = [image for image in revealed.images if image.startswith("/pictures/")]

    assert desk.get(address).answer.headers["cache-control"] == "no-store"
    again = desk.get(address)
    assert again.status == 404
    assert PNG not in again.answer.content


def test_a_revealed_picture_is_nobody_elses(desk: Browser, api: Api, line: Line, case: records.Case) -> None:
    somebody(line, "noor", records.Role.LEAD)
    other = Browser(api)
    other.sign_in("noor")
    revealed = desk.send(_take(desk).form("/reveals"))
    (address,) = [image for image in revealed.images if image.startswith("/pictures/")]

    stolen = other.get(address)
    assert stolen.status == 404
    assert PNG not in stolen.answer.content
    assert desk.get(address).answer.content.startswith(PNG)


def test_covers_and_reveals_need_the_claim(desk: Browser, api: Api, line: Line, case: records.Case) -> None:
    page = _take(desk)
    somebody(line, "noor", records.Role.LEAD)
    other = Browser(api)
    other.sign_in("noor")
    theirs = other.get(f"/cases/{case.id}")
    assert theirs.images == []
    assert other.get(page.images[0]).status == 409
    refused = other.post(
        f"/cases/{case.id}/reveals",
        {**page.form("/reveals").fields, "csrf": theirs.form("/pause").fields["csrf"]},
    )
    assert refused.status == 409
    assert line.store.reveals_of(case.id) == []


def test_coming_back_shows_the_cover(desk: Browser, case: records.Case) -> None:
    desk.send(_take(desk).form("/reveals"))
    again = desk.get(f"/cases/{case.id}")
    assert [image for image in again.images if image.startswith("/pictures/")] == []


def test_a_double_click_decides_once(desk: Browser, line: Line, case: records.Case) -> None:
    form = _take(desk).form("/decisions")
    assert desk.send(form, category="not-a-violation").status == 200
    second = desk.send(form, category="A1")
    assert second.status == 409
    assert "Nothing was changed" in second.text
    decision = line.store.decision(str(line.store.case(case.id).decision_id))
    assert decision.outcome is Outcome.NOT_VIOLATION


def test_a_stale_page_decides_nothing(desk: Browser, line: Line, case: records.Case) -> None:
    old = _take(desk).form("/decisions")
    desk.post(f"/cases/{case.id}/keep", old.fields)
    assert desk.send(old, category="A1").status == 409
    assert line.store.case(case.id).state is CaseState.OPEN


def test_a_decision_can_be_taken_back_while_its_window_runs(
    desk: Browser, line: Line, case: records.Case
) -> None:
    decided = desk.send(_take(desk).form("/decisions"), category="not-a-violation")
    desk.send(decided.form("/undo"))
    assert line.store.case(case.id).state is CaseState.OPEN


@pytest.mark.parametrize("answers", [
    {"category": "B1", "answer-viral": "yes", "answer-generativeAi": "not-sure", "annotation": "infant", "report": "spam",
     "escalation": "They wrote where.", "second-opinion": "yes"},
    {"category": "other-rule"},
    {"category": "not-a-violation", "second-opinion": "yes"},
])  # fmt: skip
def test_a_decision_that_was_taken_back_is_said_to_be_and_stands_in_the_form_again(
    answers: dict[str, str], desk: Browser, line: Line, case: records.Case
) -> None:
    decided = desk.send(_take(desk).form("/decisions"), **answers)
    again = desk.send(decided.form("/undo"))
    assert "Your decision is taken back, and nothing of it was sent." in again.text
    assert "Your answers stand here again" in again.text
    form = again.form("/decisions")
    assert {
        name: value for name, value in form.fields.items() if name not in ("csrf", "version") and value
    } == answers
    desk.send(form)
    undone, same = line.store.decisions_of(case.id)
    for field in ("outcome", "findings", "annotations", "escalation", "answers", "second_opinion"):
        assert getattr(same, field) == getattr(undone, field), field


def test_who_cannot_tell_passes_the_case_on(desk: Browser, line: Line, case: records.Case) -> None:
    desk.send(_take(desk).form("/decisions"), category="cannot-tell")
    assert "Nothing waits" in desk.get("/queue").text
    assert line.store.case(case.id).state is CaseState.OPEN


def test_a_decision_without_a_category_is_refused(desk: Browser, line: Line, case: records.Case) -> None:
    assert desk.send(_take(desk).form("/decisions")).status == 400
    assert line.store.case(case.id).state is CaseState.OPEN


def test_stopping_gives_the_case_back_and_empties_the_screen(
    desk: Browser, line: Line, case: records.Case
) -> None:
    revealed = desk.send(_take(desk).form("/reveals"))
    quiet = desk.send(revealed.form("/pause"))

    assert "You have stopped" in quiet.text
    assert quiet.images == []
    assert line.store.case(case.id).claimed_by is None
