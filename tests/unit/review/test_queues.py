"""Which queue a case waits in, by which time, and who takes it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.made import NOW, case, context, item
from wardline import records, review
from wardline.errors import InputError
from wardline.records import Category, Letter, MediaFormat, Odds, Stage, Target, Visibility
from wardline.review import QueueRule, Targets

HOUR = timedelta(hours=1)


def known(odds: Odds, category: Category | None = None) -> records.Urgency:
    return records.Urgency(odds=odds, category=category, views_per_hour=1.0, views_known=True)


@pytest.mark.parametrize(
    ("conditions", "fits"),
    [
        ({}, True),
        ({"surfaces": ("POST",)}, True),
        ({"surfaces": ("post", "avatar"), "visibility": Visibility.PUBLIC}, True),
        ({"surfaces": ("avatar",)}, False),
        ({"visibility": Visibility.PRIVATE}, False),
        ({"languages": ("de",)}, True),
        ({"languages": ("DE-at",)}, True),
        ({"languages": ("de-CH",)}, False),
        ({"languages": ("d",)}, False),
        ({"formats": (MediaFormat.JPEG,)}, True),
        ({"formats": (MediaFormat.GIF,)}, False),
        ({"categories": (Letter.B, Letter.OTHER)}, True),
        ({"categories": (Letter.A,)}, False),
        ({"surfaces": ("post",), "languages": ("fr",)}, False),
    ],
)
def test_a_queue_takes_what_fits_all_of_its_conditions(conditions: dict[str, Any], *, fits: bool) -> None:
    subject = item(context=context(language="de-AT"))
    rules = [QueueRule(name="first", **conditions), QueueRule(name="second")]
    assert review.queue_of(case(), subject, rules) == ("first" if fits else "second")


def test_what_is_not_known_fits_no_condition_and_what_fits_nothing_waits_in_the_general_queue() -> None:
    rules = [
        QueueRule(name="a", languages=("de",)),
        QueueRule(name="b", formats=(MediaFormat.JPEG,)),
        QueueRule(name="c", surfaces=("post",)),
    ]
    assert review.queue_of(case(), item(context=None, picture=None), rules) == "general"


def test_what_a_lead_chose_stays_while_there_is_such_a_queue() -> None:
    rules = [QueueRule(name="a"), QueueRule(name="b")]
    moved = case(queue="b", diverted_by="user-1")
    assert review.queue_of(moved, item(), rules) == "b"
    assert review.queue_of(moved, item(), rules[:1]) == "a"
    assert review.queue_of(case(queue="general", diverted_by="user-1"), item(), rules) == "general"


def test_somebody_takes_from_queues_whose_every_skill_they_have() -> None:
    rules = [QueueRule(name="a", skills=("x", "y")), QueueRule(name="b", skills=("x",)), QueueRule(name="c")]
    assert review.taken_with((), rules) == ("general", "c")
    assert review.taken_with(("x",), rules) == ("general", "b", "c")
    assert review.taken_with(("y", "x", "z"), rules) == ("general", "a", "b", "c")


@pytest.mark.parametrize(
    ("urgency", "letter"),
    [
        (None, Letter.OTHER),
        (known(Odds(a=0.016, b=0.061, other=0.134)), Letter.OTHER),
        (known(Odds(a=0.2, b=0.5, other=0.2)), Letter.A),
        (known(Odds(a=0.1, b=0.1, other=0.2)), Letter.B),
        (known(Odds(a=0.9, b=0.0, other=0.0), Category.B2), Letter.B),
        (known(Odds(a=0.0, b=0.9, other=0.0), Category.A1), Letter.A),
    ],
)
def test_the_letter_is_what_a_list_says_or_else_the_gravest_that_is_possible(
    urgency: records.Urgency | None, letter: Letter
) -> None:
    assert review.letter_of(case(urgency=urgency)) is letter


def test_of_several_targets_the_one_that_ends_first_holds() -> None:
    targets = Targets(restricted_hours=48)
    grave = known(Odds(a=0.9, b=0, other=0), Category.A1)
    for values, hours, expected in (
        ({}, 168, Target.OTHER), ({"restricted": True}, 48, Target.RESTRICTED), ({"urgency": grave, "restricted": True}, 24, Target.A),
        ({"stage": Stage.APPEAL}, 168, Target.APPEAL), ({"imminent_since": NOW + HOUR}, 2, Target.IMMINENT),
    ):  # fmt: skip
        dated = review.with_target(case(**values), targets=targets, queue_hours=0)
        assert (dated.target, dated.due_at) == (expected, NOW + hours * HOUR)
    own = review.with_target(case(), targets=targets, queue_hours=3)
    assert (own.target, own.due_at) == (Target.OTHER, NOW + 3 * HOUR)
    assert review.length(Target.OTHER, targets, queue_hours=3) == 3 * HOUR
    assert review.length(Target.IMMINENT, targets, queue_hours=0.5) == HOUR


@given(
    st.datetimes(timezones=st.just(UTC)),
    st.datetimes(timezones=st.just(UTC)),
    st.booleans(),
    st.floats(0, 1e5),
)
def test_a_target_never_moves_to_a_later_time_whatever_the_clocks_say(
    opened: datetime, due: datetime, restricted: bool, queue_hours: float
) -> None:
    before = case(opened_at=opened, due_at=due, target=Target.B, restricted=restricted)
    after = review.with_target(before, targets=Targets(), queue_hours=queue_hours)
    assert after.due_at is not None
    assert after.due_at <= due
    assert after == before or after.due_at < due
    assert review.reached(timedelta(hours=87_600), 0.5, opened) >= opened


def test_a_lot_is_the_random_part_of_the_id() -> None:
    first, last = (records.new_id("case", NOW, entropy) for entropy in (bytes(10), b"\xff" * 10))
    assert review.lot_of(first) == 0.0
    assert review.lot_of(last) == pytest.approx(1.0)
    half = records.new_id("case", NOW, b"\x80" + bytes(9))
    assert review.lot_of(half) == 0.5
    ranked = review.rank(case(id=half), item(), [], weights=review.Weights(), now=NOW)
    assert (ranked.lot, ranked.score_turn) == (0.5, -0.211)


def test_languages_are_tags() -> None:
    for right in ("de", "pt-BR", "zh-Hant-TW", "sl-rozaj-1994"):
        assert context(language=right).language == right
    for wrong in ("", "d", "de_AT", "de-", "ä", "de" + "-abcdefgh" * 4, "de\n"):
        with pytest.raises(InputError, match="language"):
            context(language=wrong)
