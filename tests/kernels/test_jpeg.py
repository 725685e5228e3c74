"""The luma of JPEGs at a fraction of their size: the twins agree exactly, also on damage, and nothing that Pillow refuses comes through."""

from __future__ import annotations

import ctypes
import io
import struct

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from PIL import Image

from tests.kernels.drawing import KINDS, draw, jpeg
from wardline import kernels
from wardline.kernels import jpeg as kernel
from wardline.kernels import native
from wardline.kernels.jpeg import fast, reference

Luma = NDArray[np.uint8] | None
FACTORS = sorted(reference.FACTORS)
SUBSAMPLINGS = ("4:4:4", "4:2:2", "4:2:0")


def library() -> ctypes.CDLL:
    found = native.built("jpeg")
    if found is None:
        pytest.skip("not built: no C compiler was there")
    return found


def assert_same(one: Luma, other: Luma) -> None:
    if one is None or other is None:
        assert one is other
    else:
        assert np.array_equal(one, other)


def by_everyone(content: bytes, size: tuple[int, int], factor: int) -> Luma:
    """By the reference, and by the compiled twin with the machine's best instructions and with plain ones, which agree."""
    expected = reference.luma(content, size, factor)
    for plain in (0, 1):
        assert_same(fast.run(library(), content, size, factor, plain=plain), expected)
    return expected


def by_pillow(content: bytes, factor: int = 1) -> NDArray[np.uint8]:
    image = Image.open(io.BytesIO(content))
    image.draft("L", (image.width // factor, image.height // factor))
    return np.asarray(image)


@given(
    st.sampled_from(sorted(KINDS)), st.tuples(st.integers(8, 140), st.integers(8, 140)), st.integers(0, 2**32), st.sampled_from(FACTORS),
    st.integers(30, 100), st.sampled_from(SUBSAMPLINGS), st.integers(0, 40), st.booleans(),
)  # fmt: skip
@settings(max_examples=50, deadline=None)
def test_every_whole_picture_is_read_and_the_twins_agree(
    kind: str, size: tuple[int, int], seed: int, factor: int, quality: int, subsampling: str, every: int, is_grey: bool
) -> None:  # fmt: skip
    pixels = draw(kind, *size, seed)
    content = jpeg(
        pixels[:, :, 0] if is_grey else pixels, quality=quality, restart_marker_blocks=every,
        **({} if is_grey else {"subsampling": subsampling}),
    )  # fmt: skip
    found = by_everyone(content, size, factor)
    assert found is not None
    assert found.shape == (-(-size[1] // factor), -(-size[0] // factor))


@given(
    st.sampled_from(sorted(KINDS)), st.tuples(st.integers(16, 90), st.integers(16, 90)), st.integers(0, 2**32), st.sampled_from(FACTORS),
    st.lists(st.tuples(st.floats(0, 1, exclude_max=True), st.integers(0, 255)), min_size=1, max_size=3), st.floats(0.3, 1),
)  # fmt: skip
@settings(max_examples=100, deadline=None)
def test_the_twins_agree_on_damage_and_let_nothing_through_that_pillow_refuses(
    kind: str, size: tuple[int, int], seed: int, factor: int, flips: list[tuple[float, int]], kept: float
) -> None:
    content = bytearray(jpeg(draw(kind, *size, seed), quality=80, restart_marker_blocks=seed % 3))
    for place, value in flips:
        content[int(place * len(content))] = value
    damaged = bytes(content[: int(kept * len(content))] if kept < 0.6 else content)
    if by_everyone(damaged, size, factor) is not None:
        assert by_pillow(damaged).shape == size[::-1]


def segment(marker: int, said: bytes) -> bytes:
    return b"\xff" + struct.pack(">BH", marker, len(said) + 2) + said


def built(size: tuple[int, int], first_codes: bytes) -> bytes:
    """Write a grey JPEG by hand: with these codes for the first coefficient, each block is the one code 0, twice."""
    blocks = -(-size[0] // 8) * -(-size[1] // 8)
    bits = "00" * blocks
    bits += "1" * (-len(bits) % 8)
    head = [
        segment(0xE0, b"JFIF\0\1\1\0\0\1\0\1\0\0"), segment(0xDB, b"\0" + b"\1" * 64),
        segment(0xC0, struct.pack(">BHHB", 8, *reversed(size), 1) + b"\1\x11\0"), segment(0xC4, b"\0" + first_codes),
        segment(0xC4, b"\x10" + ONE_CODE), segment(0xDA, b"\1\1\0\0\x3f\0"),
    ]  # fmt: skip
    return b"\xff\xd8" + b"".join(head) + int(bits, 2).to_bytes(len(bits) // 8, "big") + b"\xff\xd9"


ONE_CODE = bytes([1, *[0] * 15, 0])
ALL_ONES = bytes([2, *[0] * 15, 0, 1])
UNUSED_SYMBOL = bytes([1, 1, *[0] * 14, 0, 0x20])


def test_a_jpeg_that_is_written_by_hand_is_read_by_all() -> None:
    content = built((64, 40), ONE_CODE)
    assert by_everyone(content, (64, 40), 8) is not None
    assert by_pillow(content).shape == (40, 64)


@pytest.mark.parametrize(
    ("size", "codes"),
    [((64, 40), ALL_ONES), ((64, 40), UNUSED_SYMBOL), ((65_520, 8), ONE_CODE)],
    ids=["a code of ones", "a symbol that never comes", "too wide"],
)
def test_what_pillow_refuses_though_every_block_could_be_read_is_left_to_it(
    size: tuple[int, int], codes: bytes
) -> None:
    content = built(size, codes)
    assert by_everyone(content, size, 8) is None
    with pytest.raises(OSError):
        by_pillow(content)


@given(
    st.integers(0, 2**32),
    st.lists(st.tuples(st.floats(0, 1, exclude_max=True), st.integers(0, 255)), min_size=1, max_size=2),
)
@settings(max_examples=300, deadline=None)
def test_of_headers_that_were_changed_nothing_comes_through_that_pillow_refuses(
    seed: int, flips: list[tuple[float, int]]
) -> None:
    content = bytearray(
        jpeg(draw("clouds", 40, 24, seed % 4), quality=80, subsampling=SUBSAMPLINGS[seed % 3])
    )
    scan = content.index(b"\xff\xda")
    for place, value in flips:
        content[int(place * (scan + 14))] = value
    if by_everyone(bytes(content), (40, 24), 8) is not None:
        assert by_pillow(bytes(content)).shape == (24, 40)


def test_an_eighth_is_what_pillow_makes_of_it_and_a_half_is_the_mean_of_its_squares() -> None:
    for seed, subsampling in enumerate(SUBSAMPLINGS):
        # Not near black and white, where single pixels are cut off before others take a mean of them.
        content = jpeg(draw("clouds", 320, 240, seed) // 2 + 64, quality=85, subsampling=subsampling)
        assert np.array_equal(np.asarray(by_everyone(content, (320, 240), 8)), by_pillow(content, 8))
        means = by_pillow(content).reshape(120, 2, 160, 2).mean((1, 3))
        assert np.abs(np.asarray(by_everyone(content, (320, 240), 2)) - means).max() <= 1.0


@pytest.mark.parametrize("every", [0, 5])
def test_a_picture_that_ends_early_is_left_to_others(every: int) -> None:
    content = jpeg(draw("shapes", 90, 70, 1), quality=70, restart_marker_blocks=every)
    for length in range(0, len(content), 7):
        assert by_everyone(content[:length], (90, 70), 8) is None


def test_what_is_in_the_file_after_the_picture_does_not_matter() -> None:
    content = jpeg(draw("shapes", 90, 70, 1), quality=70)
    assert_same(
        by_everyone(content + b"\xff\xd8 and more", (90, 70), 2), reference.luma(content, (90, 70), 2)
    )


def test_kinds_of_jpeg_that_it_does_not_know_are_left_to_others() -> None:
    pixels = draw("clouds", 64, 64, 2)
    four_inks = io.BytesIO()
    Image.fromarray(pixels).convert("CMYK").save(four_inks, "JPEG")
    rgb = jpeg(pixels, keep_rgb=True)
    for content in (jpeg(pixels, progressive=True), four_inks.getvalue(), rgb, b"", b"GIF89a"):
        assert by_everyone(content, (64, 64), 8) is None


def test_a_picture_of_another_size_than_expected_is_left_to_others() -> None:
    content = jpeg(draw("clouds", 64, 72, 2))
    assert by_everyone(content, (64, 72), 2) is not None
    for size in ((72, 64), (63, 72), (64, 73)):
        assert by_everyone(content, size, 2) is None


def test_coefficients_that_no_encoder_makes_are_left_to_others() -> None:
    """Otherwise what is seen at a glance could be quite another picture than what is seen in full, which cuts off at black and white."""
    content = bytearray(jpeg(draw("noise", 64, 64, 3), quality=90))
    assert by_everyone(bytes(content), (64, 64), 2) is not None
    table = content.index(b"\xff\xdb") + 5
    content[table : table + 64] = bytes([255]) * 64
    assert by_everyone(bytes(content), (64, 64), 2) is None


def test_it_serves_only_where_it_was_built_and_chosen() -> None:
    content = jpeg(draw("clouds", 200, 100, 4))
    assert_same(kernel.luma(content, (200, 100), 2), fast.run(library(), content, (200, 100), 2))
    assert kernel.luma(content, (200, 100), 1) is None
    kernels.select("reference")
    try:
        assert kernel.luma(content, (200, 100), 2) is None
    finally:
        kernels.select("auto")
