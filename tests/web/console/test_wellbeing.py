"""What people see at a limit, on a break, and of what they chose; and that stopping always looks like stopping."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.acceptance.stories import picture
from tests.browser.furnished import animation
from tests.unit.pipeline.signing_in import CHEAP
from tests.web.client import Api
from tests.web.console.browser import Browser, Seen, somebody
from wardline import records
from wardline.errors import StoreUnavailableError
from wardline.pipeline import Rules
from wardline.records import Grade, Outcome, Role
from wardline.review import Limits
from wardline.testing.harness import REPORTER, Line

ONE = Limits(files_before_break=1, time_before_break=None)


@pytest.fixture
def line(tmp_path: Path) -> Iterator[Line]:
    """An installation where a break is due after each file."""
    rules = Rules(reporter=REPORTER, wellbeing=ONE)
    with Line(tmp_path, rules=rules, replaced={"password_hasher": CHEAP}) as made:
        yield made


@pytest.fixture
def cases(line: Line) -> list[records.Case]:
    return [
        line.case_of(line.submit(picture(seed), flag="spam", account=f"account-{seed}")) for seed in (1, 2)
    ]


def take(desk: Browser) -> Seen:
    return desk.send(desk.get("/queue").form("/queue/next"))


def actions(seen: Seen) -> set[str]:
    return {form.action.rsplit("/", 1)[-1] for form in seen.forms}


def mika(line: Line) -> records.User:
    user = line.store.user_named("mika")
    assert user is not None
    return user


# --- at a limit -----------------------------------------------------------------------------------------------------------------------
def test_at_a_limit_the_sentence_stands_in_the_place_of_reveal(
    desk: Browser, line: Line, cases: list[records.Case]
) -> None:
    first = take(desk)
    assert "reveals" in actions(first)
    shown = desk.send(first.form("/reveals"))
    assert "A break from pictures is due" in shown.text
    assert "reveals" not in actions(shown)
    assert {"coverings", "decisions", "pass", "break"} <= actions(shown)
    again = desk.post(first.form("/reveals").action, first.form("/reveals").fields)
    assert again.status == 403
    assert "limit-reached" in again.text
    assert len(line.store.reveals_to(mika(line).id, since=line.clock.now() - timedelta(hours=1))) == 1


def test_at_a_limit_the_queue_says_when_it_is_over_and_offers_a_break(
    desk: Browser, line: Line, cases: list[records.Case]
) -> None:
    shown = desk.send(take(desk).form("/reveals"))
    desk.send(shown.form("/coverings"))
    queue = desk.get("/queue")
    assert "They come again at 09:10" in queue.text
    assert "The case in your hands is still yours" in queue.text
    assert "0 cases" not in queue.text
    line.pass_time(timedelta(minutes=10))
    assert "is due" not in desk.get("/queue").text


def test_a_queue_from_which_nothing_comes_does_not_say_that_it_is_empty(
    desk: Browser, line: Line, cases: list[records.Case]
) -> None:
    for text in ("Empty queue", "Nothing that comes to you now"):
        assert text not in desk.get("/queue").text
    line.wardline.choose(lambda now: replace(now, grades=(Grade.UNKNOWN,)), user=mika(line))
    declined = desk.get("/queue").text
    assert "2 cases wait" in declined
    assert "Nothing that comes to you now" in declined
    assert "kinds that you do not take" in declined
    line.wardline.choose(lambda now: replace(now, grades=()), user=mika(line))
    desk.send(desk.send(take(desk).form("/reveals")).form("/break"))
    waits = desk.get("/queue").text
    assert "A break from pictures is due" in waits
    assert "What waits cannot be decided without looking" in waits
    assert "Empty queue" not in declined + waits


def test_a_second_opinion_is_asked_for_without_looking(
    desk: Browser, line: Line, cases: list[records.Case]
) -> None:
    shown = desk.send(take(desk).form("/reveals"))
    opinion = next(
        form
        for form in shown.forms
        if form.fields.get("category") == "cannot-tell" and "note" not in form.fields
    )
    # Not by the key of the box beside the decision: it would record at once, for good, what somebody only meant to tick.
    assert shown.text.count('data-key="S"') == 1
    assert 'name="second-opinion" value="yes" data-key="S"' in shown.text
    assert "Your queue" in desk.send(opinion).text
    (decision,) = [each for case in cases for each in line.store.decisions_of(case.id)]
    assert decision.outcome is Outcome.CANNOT_TELL


def test_at_a_limit_the_case_is_passed_on_for_good(
    desk: Browser, line: Line, cases: list[records.Case]
) -> None:
    shown = desk.send(take(desk).form("/reveals"))
    (taken,) = [case for case in cases if line.store.case(case.id).claimed_by is not None]
    by_the_limit = next(form for form in shown.forms if form.action.endswith("/pass"))
    assert "passing-note" not in by_the_limit.fields
    assert "Your queue" in desk.send(by_the_limit).text
    assert line.store.case(taken.id).declined_by == (mika(line).id,)


def test_taking_a_break_gives_the_case_back_and_says_until_when(
    desk: Browser, line: Line, cases: list[records.Case]
) -> None:
    desk.send(take(desk).form("/reveals"))
    line.pass_time(timedelta(seconds=20))
    page = desk.send(desk.get("/queue").form("/break"))
    assert "From 09:10 on" in page.text
    assert all(line.store.case(case.id).claimed_by is None for case in cases)
    line.pass_time(timedelta(minutes=10))
    assert "can end" in desk.get("/break").text


# --- what people chose ----------------------------------------------------------------------------------------------------------------
def test_pictures_come_as_the_person_chose(desk: Browser, line: Line, cases: list[records.Case]) -> None:
    before = take(desk).form("/reveals").fields
    assert (before["show"], before["size"]) == ("grey", "small")
    kept = desk.send(desk.get("/you").form("/you/viewing"), grey="no", small="no")
    assert "Kept" in kept.text
    after = take(desk).form("/reveals").fields
    assert (after["show"], after["size"]) == ("colour", "full")


def test_who_wants_steps_is_offered_the_first_one_alone(
    desk: Browser, line: Line, cases: list[records.Case]
) -> None:
    desk.send(desk.get("/you").form("/you/viewing"), steps="yes")
    first = take(desk).form("/reveals").fields
    assert (first["show"], first["size"]) == ("grey", "small")
    assert "First step: small and grey" in take(desk).text
    assert 'type="radio" name="show"' not in take(desk).text


def test_who_holds_the_button_and_has_no_scripts_sees_it_briefly(
    desk: Browser, line: Line, cases: list[records.Case]
) -> None:
    desk.send(desk.get("/you").form("/you/viewing"), hold="yes")
    covered = take(desk)
    assert "data-hold" in covered.text
    shown = desk.send(covered.form("/reveals"))
    assert [image for image in shown.images if image.startswith("/pictures/")]
    assert '<meta http-equiv="refresh" content="5;' in shown.text
    (reveal,) = line.store.reveals_to(mika(line).id, since=line.clock.now() - timedelta(hours=1))
    assert reveal.seconds == 5
    line.pass_time(timedelta(minutes=1))
    assert line.wardline.exposure(mika(line)).seconds == 5


def test_kinds_are_chosen_without_a_reason_and_seen_by_nobody_else(
    desk: Browser, api: Api, line: Line, cases: list[records.Case]
) -> None:
    form = desk.get("/you").form("/you/kinds")
    desk.post(form.action, {**form.fields, "grade": "unknown"})
    assert line.wardline.choices(mika(line)).grades == (Grade.UNKNOWN,)
    assert "Kinds that you do not take" in desk.get("/queue").text
    assert f"/cases/{cases[0].id}" not in desk.get("/queue").links
    somebody(line, "lea", Role.LEAD)
    lead = Browser(api)
    lead.sign_in("lea")
    for path in ("/queue", "/people", f"/people/{mika(line).id}", "/wellbeing", "/audit", "/you"):
        text = lead.get(path).text
        assert "Kinds that you do not take" not in text
        assert 'value="unknown" checked' not in text


@pytest.mark.parametrize(
    ("path", "fields"),
    [("/you/viewing", {"grey": "perhaps"}), ("/you/viewing", {"hold": ""}), ("/you/kinds", {"grade": "harmless"}), ("/you/kinds", {"queue": "x" * 65})],
)  # fmt: skip
def test_what_cannot_be_chosen_is_refused(
    path: str, fields: dict[str, str], desk: Browser, line: Line
) -> None:
    form = desk.get("/you").form(path)
    assert desk.send(form, **fields).status == 400
    assert line.store.choices_of(mika(line).id) is None


# --- I need to stop -------------------------------------------------------------------------------------------------------------------
def test_stopping_gives_back_every_case(desk: Browser, line: Line, cases: list[records.Case]) -> None:
    for case in cases:
        line.wardline.claim(case.id, user=mika(line))
    quiet = desk.send(desk.get("/queue").form("/pause"))
    assert "went back to the queue" in quiet.text
    assert all(line.store.case(case.id).claimed_by is None for case in cases)


def test_whoever_goes_on_after_stopping_is_not_handed_what_made_them_stop(
    desk: Browser, line: Line, cases: list[records.Case]
) -> None:
    line.person("noor")
    first = take(desk).text
    stopped = next(case for case in cases if f"/cases/{case.id}/decisions" in first)
    desk.send(desk.get("/queue").form("/pause"))
    assert f"/cases/{stopped.id}/decisions" not in take(desk).text
    assert line.store.case(stopped.id).claimed_by is None


def test_stopping_gives_back_the_others_when_one_cannot_be(
    desk: Browser, line: Line, cases: list[records.Case], monkeypatch: pytest.MonkeyPatch
) -> None:
    for case in cases:
        line.wardline.claim(case.id, user=mika(line))
    whole = line.store.commit

    def commit(*changes: Any, **given: Any) -> None:
        if any(getattr(change, "record", None) and change.record.id == cases[0].id for change in changes):
            raise RuntimeError("a disk that is gone")
        whole(*changes, **given)

    form = desk.get("/queue").form("/pause")
    monkeypatch.setattr(line.store, "commit", commit)
    quiet = desk.send(form)
    assert quiet.status == 200
    assert "by itself before long" in quiet.text
    assert line.store.case(cases[1].id).claimed_by is None


def test_stopping_looks_like_stopping_whatever_fails(
    desk: Browser, api: Api, line: Line, cases: list[records.Case], monkeypatch: pytest.MonkeyPatch
) -> None:
    form = desk.get("/queue").form("/pause")
    assert "You have stopped" in desk.post("/pause", {"csrf": "an old form"}).text
    assert "You have stopped" in Browser(api).send(form).text

    def gone(*_: Any, **__: Any) -> Any:
        raise StoreUnavailableError("store: away, expected an open one")

    monkeypatch.setattr(line.store, "session_by_digest", gone)
    assert "You have stopped" in desk.send(form).text


def test_a_form_of_another_site_stops_nobody(desk: Browser, line: Line, cases: list[records.Case]) -> None:
    line.wardline.claim(cases[0].id, user=mika(line))
    desk.post("/pause", {"csrf": "guessed"})
    assert line.store.case(cases[0].id).claimed_by == mika(line).id


# --- an animation ---------------------------------------------------------------------------------------------------------------------
def test_in_steps_an_animation_comes_frame_by_frame(desk: Browser, line: Line) -> None:
    user = mika(line)
    line.wardline.choose(lambda now: replace(now, steps=True), user=user)
    case = line.case_of(line.submit(animation(), flag="spam"))
    free = replace(line.parts, rules=replace(line.parts.rules, wellbeing=Limits()))
    line.wardline.parts = free
    page = take(desk)
    seen = []
    for _ in range(3):
        page = desk.send(page.form("/reveals"))
        seen.append([form.fields for form in page.forms if form.action.endswith("/reveals")])
    steps = [[(each["show"], each["size"], each["frame"]) for each in forms] for forms in seen]
    assert steps == [
        [("colour", "small", "0"), ("grey", "small", "1")], [("colour", "full", "0"), ("grey", "small", "1")], [("grey", "small", "1")],
    ]  # fmt: skip
    assert [each.frame for each in line.store.reveals_of(case.id)] == [0, 0, 0]
    desk.send(page.form("/reveals"))
    assert sorted(each.frame for each in line.store.reveals_of(case.id)) == [0, 0, 0, 1]
