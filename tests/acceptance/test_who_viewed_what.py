"""The report says that a file was viewed when one person saw all of it, and never otherwise."""

from __future__ import annotations

import io

from tests.acceptance.stories import decided_violation, picture, violation
from wardline import records
from wardline.pipeline import Showing
from wardline.records import Role
from wardline.testing import pictures
from wardline.testing.authority_sandbox import AuthoritySandbox
from wardline.testing.harness import Line, Person

FRAMES = 3


def animation() -> bytes:
    first, *others = (pictures.scene(seed, (96, 64)) for seed in range(20, 20 + FRAMES))
    file = io.BytesIO()
    first.save(file, "GIF", save_all=True, append_images=others, duration=100)
    return file.getvalue()


def viewed(authority: AuthoritySandbox) -> list[bool | None]:
    (report,) = authority.ledger.finished()
    return [file.viewed for file in report.files]


def submitted_animation(line: Line) -> records.Case:
    line.list_of([animation()])
    case = line.case_of(line.submit(animation(), file_name="a.gif"))
    picture_of = line.store.item(case.item_ids[0]).picture
    assert picture_of is not None
    assert picture_of.frames == FRAMES
    return case


def show(line: Line, case: records.Case, person: Person, *frames: int) -> None:
    line.wardline.claim(case.id, user=person.user)
    for frame in frames:
        line.wardline.reveal(
            case.id, item_id=case.item_ids[0], user=person.user, showing=Showing(frame=frame)
        )


def decide(line: Line, case: records.Case, person: Person) -> None:
    line.wardline.claim(case.id, user=person.user)
    line.wardline.decide(case.id, user=person.user, judgement=violation(case))
    line.pass_time(line.parts.rules.undo_window)


def test_a_file_that_nobody_looked_at_is_filed_as_not_viewed(line: Line, authority: AuthoritySandbox) -> None:
    line.list_of([picture()])
    decided_violation(line, line.submit(picture()), line.person("mika"), viewed=False)
    line.pass_time(line.parts.rules.undo_window)
    assert viewed(authority) == [False]


def test_an_animation_of_which_one_frame_was_shown_is_filed_as_not_viewed(
    line: Line, authority: AuthoritySandbox
) -> None:
    case, mika = submitted_animation(line), line.person("mika")
    show(line, case, mika, 0)
    decide(line, case, mika)
    assert viewed(authority) == [False]


def test_an_animation_of_which_every_frame_was_shown_is_filed_as_viewed(
    line: Line, authority: AuthoritySandbox
) -> None:
    case, mika = submitted_animation(line), line.person("mika")
    show(line, case, mika, *range(FRAMES))
    decide(line, case, mika)
    assert viewed(authority) == [True]


def test_two_people_who_saw_half_of_it_each_have_not_viewed_it(
    line: Line, authority: AuthoritySandbox
) -> None:
    case, mika, noor = submitted_animation(line), line.person("mika"), line.person("noor", Role.LEAD)
    show(line, case, mika, 0, 1)
    line.wardline.return_case(case.id, user=mika.user)
    show(line, case, noor, 2)
    decide(line, case, noor)
    assert viewed(authority) == [False]


def test_what_somebody_saw_before_counts_though_another_decides(
    line: Line, authority: AuthoritySandbox
) -> None:
    case, mika, noor = submitted_animation(line), line.person("mika"), line.person("noor")
    show(line, case, mika, *range(FRAMES))
    line.wardline.return_case(case.id, user=mika.user)
    decide(line, case, noor)
    assert viewed(authority) == [True]
