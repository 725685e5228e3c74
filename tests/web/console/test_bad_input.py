"""What goes wrong at a desk: nothing is lost, nothing is decided twice, and the person is told."""

from __future__ import annotations

import contextlib
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from tests.acceptance.stories import picture
from tests.web.client import Api
from tests.web.console.browser import PASSWORD, Browser, Form, Seen, somebody
from wardline import ports, records
from wardline.adapters.media import SandboxMedia
from wardline.adapters.media.caps import Caps
from wardline.records import CaseState, Outcome, Role
from wardline.testing import pictures
from wardline.testing.harness import HASHERS, Line, shared_media
from wardline.web.app import create_app

NOTE = "The list and the account agree."


@pytest.fixture
def case(line: Line) -> records.Case:
    line.list_of([picture()])
    return line.case_of(line.submit(picture()))


@pytest.fixture
def other(api: Api, line: Line) -> Browser:
    somebody(line, "noor")
    browser = Browser(api)
    browser.sign_in("noor")
    return browser


def _take(desk: Browser) -> Seen:
    return desk.send(desk.get("/queue").form("/queue/next"))


def _filled(page: Seen) -> dict[str, str]:
    return page.form("/decisions").fields


def _stays_undecided(line: Line, case: records.Case) -> None:
    stored = line.store.case(case.id)
    assert (stored.state, stored.decision_id) == (CaseState.OPEN, None)


# --- two people ---------------------------------------------------------------------------------------------------------------------
def test_the_second_of_two_people_is_told_whose_case_it_is(
    desk: Browser, other: Browser, case: records.Case
) -> None:
    _take(desk)
    seen = other.get(f"/cases/{case.id}")
    assert "It is mika" in seen.text
    assert seen.images == []
    assert other.post(f"/cases/{case.id}/claim", {"csrf": seen.form("/pause").fields["csrf"]}).status == 409


def test_of_two_decisions_one_counts_and_the_other_is_kept(
    desk: Browser, other: Browser, line: Line, case: records.Case
) -> None:
    late = _take(desk).form("/decisions")
    line.pass_time(timedelta(minutes=16))
    _take(other)
    first = other.send(other.get(f"/cases/{case.id}").form("/decisions"), category="not-a-violation")
    assert first.status == 200
    refused = desk.send(late, category="A1", note=NOTE)
    assert refused.status == 409
    assert NOTE in refused.text
    decision = line.store.decision(str(line.store.case(case.id).decision_id))
    assert decision.outcome is Outcome.NOT_VIOLATION


# --- the lease ----------------------------------------------------------------------------------------------------------------------
def test_a_lease_that_ran_out_while_writing_loses_nothing_that_was_written(
    desk: Browser, line: Line, case: records.Case
) -> None:
    form = _take(desk).form("/decisions")
    line.pass_time(timedelta(minutes=16))
    refused = desk.send(form, category="B1", note=NOTE, annotation="infant", **{"answer-viral": "no"})
    assert refused.status == 409
    assert "lease-lost" in refused.text
    assert "Your time with this case is over" in refused.text
    _stays_undecided(line, case)

    page = desk.get(next(link for link in refused.links if "draft=" in link))
    assert "nothing is recorded yet" in page.text
    again = desk.send(page.form("/claim"))
    filled = again.form("/decisions")
    assert (
        filled.fields | {"category": "B1", "note": NOTE, "annotation": "infant", "answer-viral": "no"}
        == filled.fields
    )
    assert desk.send(filled).status == 200
    assert [note.text for note in line.store.notes_of(case.id)] == [NOTE]


def test_when_somebody_else_took_the_case_the_note_can_be_copied(
    desk: Browser, other: Browser, line: Line, case: records.Case
) -> None:
    form = _take(desk).form("/decisions")
    line.pass_time(timedelta(minutes=16))
    _take(other)
    refused = desk.send(form, category="A1", note=NOTE)
    assert refused.status == 409
    kept = desk.get(next(link for link in refused.links if "draft=" in link))
    assert NOTE in kept.text
    assert "It is noor" in kept.text
    assert NOTE not in other.get(f"/cases/{case.id}").text


def test_nobody_at_a_page_is_sent_to_read_what_programs_read(
    desk: Browser, line: Line, case: records.Case
) -> None:
    page = _take(desk)
    line.pass_time(timedelta(minutes=16))
    line.wardline.mark_danger(case.id, user=somebody(line, "lea", Role.LEAD), note="It says when.")
    for form, fields, words in (
        ("/decisions", {"category": "A1"}, "perhaps you, in another window"),
        ("/hold", {"hours": "1", "reason": "I ask."}, "if a colleague has it by now, take the next one"),
        ("/hold", {"hours": "2", "reason": "I ask."}, "Correct it, and send it again."),
    ):
        text = desk.send(page.form(form), **fields).text
        assert words in text
        assert "docs/reference" not in text


def test_danger_beside_an_outcome_that_reports_nothing_is_not_lost_in_silence(
    desk: Browser, line: Line, case: records.Case
) -> None:
    danger = "They say that they meet tonight."
    refused = desk.send(_take(desk).form("/decisions"), category="cannot-tell", escalation=danger)
    assert refused.status == 400
    assert "Mark the case as danger, which everybody sees at once" in refused.text
    assert danger in refused.text
    assert 'href="#escalation"' in refused.text
    _stays_undecided(line, case)


def test_what_is_refused_of_a_fact_or_of_danger_leaves_the_decision_filled_in(
    desk: Browser, line: Line, case: records.Case
) -> None:
    page = _take(desk)
    filled = {"category": "A2", "note": NOTE}
    for form, field in (("/facts", "text"), ("/danger", "danger")):
        refused = desk.send(page.form(form), **filled, **{field: "  "})
        assert refused.status == 400
        assert filled.items() <= refused.form("/decisions").fields.items()
    line.pass_time(timedelta(minutes=16))
    for form, field in (("/facts", "text"), ("/danger", "danger"), ("/pass", "passing-note")):
        lost = desk.send(page.form(form), **filled, **{field: "It names a school."})
        assert lost.status in (403, 409)
        assert NOTE in lost.text
        again = desk.get(next(link for link in lost.links if "draft=" in link))
        assert filled.items() <= desk.send(again.form("/claim")).form("/decisions").fields.items()
        line.pass_time(timedelta(minutes=16))


def test_a_part_of_a_page_that_asks_by_itself_without_a_session_gets_no_form_for_signing_in(
    api: Api, desk: Browser, case: records.Case
) -> None:
    _take(desk)
    stranger = Browser(api)
    for path in ("/queue/count", "/queue/news?known=1", f"/cases/{case.id}/lease"):
        answer = stranger.request("GET", path, {"HX-Request": "true"})
        assert (answer.status_code, answer.text) == (401, "")


@pytest.mark.parametrize(
    ("act", "field"), [("facts", "text"), ("danger", "danger"), ("pass", "passing-note"), ("keep", "note")]
)
def test_what_was_written_when_a_session_ended_stands_in_its_form_after_signing_in(
    act: str, field: str, api: Api, desk: Browser, line: Line, case: records.Case
) -> None:
    _take(desk)
    stranger = Browser(api)
    out = stranger.post(f"/cases/{case.id}/{act}", {field: NOTE, "category": "B1"})
    assert (out.status, "The case is as it was." in out.text) == (401, True)
    back = stranger.send(out.form("/sign-in"), name="mika", password=PASSWORD)
    form = back.form("/decisions" if act == "keep" else f"/{act}")
    assert form.fields[field] == NOTE
    assert back.form("/decisions").fields["category"] == "B1"
    _stays_undecided(line, case)
    assert "The case is as it was." not in Browser(api).post("/queue/next", {}).text


def test_keeping_a_case_longer_keeps_what_was_filled_in(
    desk: Browser, line: Line, case: records.Case
) -> None:
    form = _take(desk).form("/decisions")
    line.pass_time(timedelta(minutes=12))
    kept = desk.post(f"/cases/{case.id}/keep", {**form.fields, "category": "A2", "note": NOTE})
    lease = line.store.case(case.id).lease_until
    assert lease == line.clock.now() + line.parts.rules.lease
    filled = kept.form("/decisions")
    assert (filled.fields["category"], filled.fields["note"]) == ("A2", NOTE)
    assert desk.send(filled).status == 200


def test_the_page_warns_before_the_lease_ends(desk: Browser, line: Line, case: records.Case) -> None:
    _take(desk)
    assert "In your hands until" in desk.get(f"/cases/{case.id}/lease").text
    line.pass_time(timedelta(minutes=11))
    assert "Only 4 min left" in desk.get(f"/cases/{case.id}/lease").text
    line.pass_time(timedelta(minutes=5))
    assert "is over" in desk.get(f"/cases/{case.id}/lease").text


def test_a_kept_form_is_nobody_elses(desk: Browser, other: Browser, line: Line, case: records.Case) -> None:
    form = _take(desk).form("/decisions")
    line.pass_time(timedelta(minutes=16))
    refused = desk.send(form, category="A1", note=NOTE)
    link = next(link for link in refused.links if "draft=" in link)
    assert NOTE not in other.get(link).text
    line.pass_time(timedelta(minutes=31))
    assert NOTE not in desk.get(link).text


# --- forms --------------------------------------------------------------------------------------------------------------------------
def test_a_decision_without_a_category_comes_back_with_everything_else(
    desk: Browser, line: Line, case: records.Case
) -> None:
    form = _take(desk).form("/decisions")
    back = desk.send(
        form, note=NOTE, escalation="It may go on tonight.", **{"answer-generativeAi": "not-sure"}
    )
    assert back.status == 400
    assert 'role="alert"' in back.text
    filled = back.form("/decisions").fields
    assert (filled["note"], filled["escalation"], filled["answer-generativeAi"]) == (
        NOTE,
        "It may go on tonight.",
        "not-sure",
    )
    _stays_undecided(line, case)


@pytest.mark.parametrize(
    "fields", [{"category": "A9"}, {"category": "A1", "annotation": "nothing"}, {"category": "A1", "answer-viral": "perhaps"},
               {"category": "A1", "note": "x" * 2001}, {"category": "A1", "note": "a\x07b"}, {"category": "A1", "report": "nothing"}],
)  # fmt: skip
def test_what_no_form_of_ours_sends_is_refused_and_the_case_is_safe(
    fields: dict[str, str], desk: Browser, line: Line, case: records.Case
) -> None:
    assert desk.send(_take(desk).form("/decisions"), **fields).status == 400
    _stays_undecided(line, case)


@pytest.mark.parametrize("path", ["hold", "escalation"])
def test_setting_aside_and_handing_on_need_a_reason(
    path: str, desk: Browser, line: Line, case: records.Case
) -> None:
    back = desk.send(_take(desk).form(f"/{path}"), reason="  ")
    assert back.status == 400
    assert "reason: missing" in back.text.lower()
    assert line.store.case(case.id).claimed_by is not None


def test_a_double_click_on_taking_the_next_case_takes_one(desk: Browser, line: Line) -> None:
    line.list_of([picture(0), picture(1)])
    line.submit(picture(0))
    line.submit(picture(1))
    form = desk.get("/queue").form("/queue/next")
    first, second = desk.send(form), desk.send(form)
    assert first.answer.url == second.answer.url
    assert sum(each.claimed_by is not None for each in line.store.cases()) == 1


# --- sessions -----------------------------------------------------------------------------------------------------------------------
def test_a_session_that_ended_while_writing_loses_nothing_that_was_written(
    desk: Browser, line: Line, case: records.Case
) -> None:
    form = _take(desk).form("/decisions")
    line.pass_time(timedelta(hours=11))
    out = desk.send(form, category="A1", note=NOTE)
    assert out.status == 401
    _stays_undecided(line, case)

    wrong = desk.send(out.form("/sign-in"), name="mika", password="not the password")
    assert wrong.status == 401
    page = desk.send(wrong.form("/sign-in"), name="mika", password=PASSWORD)
    assert page.status == 200
    assert "nothing is recorded yet" in page.text
    _stays_undecided(line, case)
    filled = desk.send(page.form("/claim")).form("/decisions")
    assert (filled.fields["category"], filled.fields["note"]) == ("A1", NOTE)


def test_what_is_kept_over_a_sign_in_is_shown_as_text_and_leads_nowhere_else(
    api: Api, line: Line, case: records.Case
) -> None:
    somebody(line)
    sent = {"kept_for": "../../audit", "kept": "category=A1", "name": "mika", "password": PASSWORD}
    assert "Your queue" in Browser(api).post("/sign-in", sent).text
    sent |= {"kept_for": case.id, "kept": "note=%3Cscript%3Ealert(1)%3C/script%3E&csrf=x&version=1"}
    seen = Browser(api).post("/sign-in", sent)
    assert "<script>alert" not in seen.text
    _stays_undecided(line, case)


def test_a_role_that_was_taken_away_is_gone_from_the_next_click_on(
    desk: Browser, line: Line, case: records.Case
) -> None:
    form = _take(desk).form("/decisions")
    user = line.store.user_named("mika")
    assert user is not None
    changed = replace(user, role=Role.AUDITOR, version=user.version + 1)
    line.store.commit(
        records.Replace(changed), entries=[line.parts.entry(records.Verb.USER_ROLE_CHANGED, user.id)]
    )
    assert desk.send(form, category="A1").status == 403
    assert desk.get(f"/cases/{case.id}").status == 403
    assert desk.get(f"/cases/{case.id}/covers/{case.item_ids[0]}").status == 403
    _stays_undecided(line, case)


# --- pictures -----------------------------------------------------------------------------------------------------------------------
def test_reloading_after_a_reveal_shows_the_cover_and_is_no_second_reveal(
    desk: Browser, line: Line, case: records.Case
) -> None:
    revealed = desk.send(_take(desk).form("/reveals"))
    (address,) = [image for image in revealed.images if image.startswith("/pictures/")]
    assert desk.get(address).status == 200
    again = desk.get(str(revealed.answer.url.raw_path.decode()))
    assert [image for image in again.images if image.startswith("/pictures/")] == []
    assert len(line.store.reveals_of(case.id)) == 1


def test_a_picture_of_forty_megapixels_is_covered_and_revealed(tmp_path: Path) -> None:
    with (
        contextlib.closing(SandboxMedia(HASHERS, workers=1, caps=Caps(seconds=120.0))) as patient,
        Line(tmp_path, replaced={"media": patient}) as line,
    ):
        _is_covered_and_revealed(line, pictures.encode(pictures.scene(3).resize((8000, 5000))))


def test_a_picture_that_takes_too_long_to_hash_can_still_be_looked_at(tmp_path: Path) -> None:
    class Hurried:
        """Has no time to hash; everything else is the real one."""

        def __init__(self, media: ports.Media) -> None:
            self.probe, self.render, self.close = media.probe, media.render, lambda: None

        def hash(self, content: bytes, *, precision: records.Precision) -> records.Unscannable:
            return records.Unscannable(source="media", reason="took too long")

    with Line(tmp_path, replaced={"media": Hurried(shared_media())}) as line:
        _is_covered_and_revealed(line, picture())


def _is_covered_and_revealed(line: Line, content: bytes) -> None:
    somebody(line)
    desk = Browser(Api(create_app(line.wardline, low_trust_answer_seconds=0)))
    desk.sign_in("mika")
    case = line.case_of(line.submit(content, flag="looks-wrong"))
    page = _take(desk)
    (cover,) = page.images
    assert desk.get(cover).status == 200
    revealed = desk.send(page.form("/reveals"), size="full")
    (address,) = [image for image in revealed.images if image.startswith("/pictures/")]
    assert desk.get(address).answer.content.startswith(b"\x89PNG")
    assert len(line.store.reveals_of(case.id)) == 1


@pytest.mark.parametrize("frame", ["-1", "²", "1" * 7, "one", "9"])
def test_a_frame_that_is_none_is_refused(frame: str, desk: Browser, line: Line, case: records.Case) -> None:
    page = _take(desk)
    assert desk.send(page.form("/reveals"), frame=frame).status == 400
    assert line.store.reveals_of(case.id) == []
    revealed = desk.send(page.form("/reveals"))
    address = str(revealed.answer.url.raw_path.decode())
    assert desk.get(address.replace("frame=0", f"frame={frame}")).status in (200, 400)


def test_a_file_that_no_decoder_reads_can_still_be_decided(desk: Browser, line: Line) -> None:
    case = line.case_of(line.submit(b"not a picture at all"))
    page = _take(desk)
    assert page.images == []
    assert [form for form in page.forms if form.action.endswith("/reveals")] == []
    refused = desk.post(f"/cases/{case.id}/reveals", {**_csrf(page), "item_id": case.item_ids[0]})
    assert refused.status == 403
    assert desk.send(page.form("/decisions"), category="not-a-violation").status == 200


def _csrf(page: Seen) -> dict[str, str]:
    form: Form = page.form("/pause")
    return {"csrf": form.fields["csrf"]}
