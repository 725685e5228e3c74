"""Uploads are looked up by a fast hash first, and judged and kept by an exact one."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.acceptance.stories import picture
from wardline import intake, matching, records
from wardline.records import Examination, HashKind, ListTrust, Precision, Role, Unscannable
from wardline.testing.harness import Line, shared_media

ENTRY = bytes(range(32))
LATE = Unscannable(source="media", reason="took too long")
PICTURE = records.Picture(format=records.MediaFormat.JPEG, width=4000, height=3000, frames=1)


def away(bits: int) -> str:
    """Give a hash at this distance from the entry."""
    return f"{int.from_bytes(ENTRY, 'big') ^ ((1 << bits) - 1):064x}"


def pdq(bits: int, quality: int = 100) -> records.Hash:
    return records.Hash(kind=HashKind.PDQ, value=away(bits), quality=quality)


class Scripted:
    """A sandbox whose fast and exact hashes are a test's to choose; it shows a real picture."""

    def __init__(self, fast: records.Hash, exact: records.Hash | Unscannable) -> None:
        self.found = {Precision.FAST: fast, Precision.EXACT: exact}
        self.asked: list[Precision] = []
        self.seconds = 0.0
        self.probe, self.render, self.close = shared_media().probe, shared_media().render, lambda: None

    def hash(self, content: bytes, *, precision: Precision = Precision.EXACT) -> Examination | Unscannable:
        self.asked.append(precision)
        found = self.found[precision]
        if precision is Precision.EXACT:
            time.sleep(self.seconds)
        if isinstance(found, Unscannable):
            return found
        return Examination(picture=PICTURE, hashes=(*intake.digests(content), found))


@pytest.fixture
def scripted() -> Scripted:
    return Scripted(pdq(200), pdq(200))


@pytest.fixture
def line(tmp_path: Path, scripted: Scripted) -> Iterator[Line]:
    with Line(tmp_path, replaced={"media": scripted}) as made:
        path = tmp_path / "entry.csv"
        path.write_text(f"hash_type,hash,category\npdq,{ENTRY.hex()},A2\n", "utf-8")
        first, second = (made.person(name, Role.ADMIN).user for name in ("ann", "bob"))
        added = made.wardline.add_list(
            path, name="known", provenance="made for a test", trust=ListTrust.VERIFIED, user=first
        )
        made.wardline.approve(added.approval.id, user=second)
        yield made


def kept(line: Line, item_id: str | None) -> records.Item:
    assert item_id is not None
    return line.store.item(item_id)


def perceptual(item: records.Item) -> list[records.Hash]:
    return [each for each in item.hashes if each.kind is HashKind.PDQ]


def test_what_is_far_from_every_entry_is_released_after_one_look(line: Line, scripted: Scripted) -> None:
    for bits in (records.WIDEST_RADIUS_BITS + matching.FAST_ERROR_BITS + 1, 128):
        scripted.found = {Precision.FAST: pdq(bits), Precision.EXACT: pdq(0)}
        assert isinstance(line.submit(picture()).route, records.Release)
    assert scripted.asked == [Precision.FAST] * 2


@pytest.mark.parametrize("fast_bits", [24, 31, 32, 39])
def test_at_a_borderline_the_exact_hash_decides(line: Line, scripted: Scripted, fast_bits: int) -> None:
    scripted.found = {Precision.FAST: pdq(fast_bits), Precision.EXACT: pdq(32)}
    assert isinstance(line.submit(picture()).route, records.Release)
    scripted.found[Precision.EXACT] = pdq(31)
    submission = line.submit(picture())
    assert isinstance(submission.route, records.Act)
    item = kept(line, submission.item_id)
    assert [each.distance_bits for each in item.matches] == [31]
    assert perceptual(item) == [pdq(31)]


@pytest.mark.parametrize("fast_bits", [0, 5, 23])
def test_a_certain_match_is_kept_with_its_exact_hash_and_distance(
    line: Line, scripted: Scripted, fast_bits: int
) -> None:
    scripted.found = {Precision.FAST: pdq(fast_bits), Precision.EXACT: pdq(fast_bits + 4)}
    item = kept(line, line.submit(picture()).item_id)
    assert perceptual(item) == [pdq(fast_bits + 4)]
    assert [each.distance_bits for each in item.matches] == [fast_bits + 4]


def test_an_exact_hash_of_too_little_quality_is_no_match(line: Line, scripted: Scripted) -> None:
    scripted.found = {Precision.FAST: pdq(30), Precision.EXACT: pdq(30, quality=49)}
    assert isinstance(line.submit(picture()).route, records.Release)


def test_a_flagged_upload_is_kept_with_its_exact_hash(line: Line, scripted: Scripted) -> None:
    scripted.found = {Precision.FAST: pdq(120), Precision.EXACT: pdq(122)}
    submission = line.submit(picture(), flag="looks-wrong")
    assert isinstance(submission.route, records.Review)
    assert perceptual(kept(line, submission.item_id)) == [pdq(122)]


@pytest.mark.parametrize("fast_bits", [24, 39])
def test_a_borderline_that_cannot_be_hashed_exactly_goes_to_a_person_and_restricts_nothing(
    line: Line, scripted: Scripted, fast_bits: int
) -> None:
    scripted.found = {Precision.FAST: pdq(fast_bits), Precision.EXACT: LATE}
    submission = line.submit(picture())
    assert isinstance(submission.route, records.Review)
    assert submission.route.reasons == (
        "Could not be scanned by media: took too long",
        "Could not be scanned by matching: near an entry, but not hashed exactly",
    )
    item = kept(line, submission.item_id)
    assert item.picture == PICTURE
    assert item.hashes == intake.digests(picture())
    assert item.matches == ()


def test_a_certain_match_that_cannot_be_hashed_exactly_restricts_and_keeps_no_fast_hash(
    line: Line, scripted: Scripted
) -> None:
    scripted.found = {Precision.FAST: pdq(23), Precision.EXACT: LATE}
    submission = line.submit(picture())
    assert isinstance(submission.route, records.Act)
    item = kept(line, submission.item_id)
    assert item.hashes == intake.digests(picture())
    assert [each.distance_bits for each in item.matches] == [23]


def test_a_flagged_upload_that_cannot_be_hashed_exactly_keeps_no_fast_hash(
    line: Line, scripted: Scripted
) -> None:
    scripted.found = {Precision.FAST: pdq(120), Precision.EXACT: LATE}
    submission = line.submit(picture(), flag="looks-wrong")
    assert isinstance(submission.route, records.Review)
    assert kept(line, submission.item_id).hashes == intake.digests(picture())


def test_what_cannot_be_hashed_at_all_is_not_asked_for_twice(line: Line, scripted: Scripted) -> None:
    def unable(content: bytes, *, precision: Precision) -> Unscannable:
        scripted.asked.append(precision)
        return LATE

    scripted.hash = unable  # type: ignore[method-assign, assignment]  # a sandbox that fails
    assert isinstance(line.submit(picture()).route, records.Review)
    assert scripted.asked == [Precision.FAST]


@pytest.mark.parametrize("fast_bits", [10, 30, 120])
def test_an_answers_time_counts_from_before_the_close_look_which_every_size_is_granted(
    line: Line, scripted: Scripted, fast_bits: int
) -> None:
    """Were it counted from after it, a prober would see by the clock what is near an entry."""
    scripted.found = {Precision.FAST: pdq(fast_bits), Precision.EXACT: pdq(fast_bits)}
    scripted.seconds = 0.25
    taken = _seconds(lambda: line.submit(picture()).judged_at)
    granted = 25e-9 * PICTURE.width * PICTURE.height
    assert granted <= taken < granted + 0.2


def _seconds(judged: Callable[[], float]) -> float:
    began = time.monotonic()
    return judged() - began


def test_the_real_sandbox_finds_a_listed_picture_and_keeps_what_pdq_is_by_everybody_elses_computing(
    tmp_path: Path,
) -> None:
    with Line(tmp_path) as line:
        line.list_of([picture()])
        item = kept(line, line.submit(picture()).item_id)
        exact = shared_media().hash(picture(), precision=Precision.EXACT)
        assert isinstance(exact, Examination)
        assert item.hashes == exact.hashes
        assert {each.distance_bits for each in item.matches} == {0}
