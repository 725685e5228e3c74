"""The viewed flag comes from the reveal log and nothing else."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from tests.unit.referral.samples import item, reveal
from wardline import referral


def test_a_still_picture_that_was_shown_was_viewed() -> None:
    picture = item(1)
    assert referral.was_viewed(picture, [reveal(picture)])


def test_a_picture_that_nobody_was_shown_was_not_viewed() -> None:
    assert not referral.was_viewed(item(1), [])


def test_the_reveal_of_another_file_does_not_count() -> None:
    assert not referral.was_viewed(item(1), [reveal(item(2))])


def test_half_the_frames_each_by_two_people_is_not_a_view() -> None:
    animation = item(1, frames=2)
    assert not referral.was_viewed(
        animation, [reveal(animation, user=1, frame=0), reveal(animation, user=2, frame=1)]
    )


def test_a_file_that_could_not_be_decoded_was_never_viewed() -> None:
    broken = item(1, frames=None)
    assert not referral.was_viewed(broken, [reveal(broken)])


def test_a_frame_beyond_the_end_does_not_stand_for_a_missing_one() -> None:
    animation = item(1, frames=2)
    assert not referral.was_viewed(animation, [reveal(animation, frame=0), reveal(animation, frame=2)])


@given(
    frames=st.integers(1, 6),
    shown=st.lists(st.tuples(st.integers(1, 3), st.integers(0, 7)), max_size=30),
)
def test_viewed_means_that_one_person_saw_every_frame(frames: int, shown: list[tuple[int, int]]) -> None:
    animation = item(1, frames=frames)
    expected = any(all((user, frame) in shown for frame in range(frames)) for user in (1, 2, 3))
    assert (
        referral.was_viewed(animation, [reveal(animation, user=user, frame=frame) for user, frame in shown])
        == expected
    )
