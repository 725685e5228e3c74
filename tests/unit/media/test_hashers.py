"""The hashers, outside the sandbox."""

from __future__ import annotations

import csv
import hashlib
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from wardline import ports, records
from wardline.adapters import hashers
from wardline.errors import ConfigurationError
from wardline.records import HashKind
from wardline.testing import pictures
from wardline.testing.frames import Still

_VECTORS = Path(__file__).parents[4] / "shared" / "data" / "pdq"
_NO_PIXELS = np.zeros((1, 1, 3), np.uint8)


@given(st.binary(max_size=4096))
def test_cryptographic_hashes_are_those_of_the_standard_library(content: bytes) -> None:
    expected = {
        HashKind.MD5: hashlib.md5(content, usedforsecurity=False).hexdigest(),
        HashKind.SHA1: hashlib.sha1(content, usedforsecurity=False).hexdigest(),
        HashKind.SHA256: hashlib.sha256(content).hexdigest(),
    }
    assert {one.kind: one.value for one in hashers.digests(content)} == expected
    frame = Still(_NO_PIXELS, content=content)
    single = [hashers.CryptographicHasher(kind).hash(frame) for kind in expected]
    assert tuple(single) == hashers.digests(content)


def test_a_perceptual_kind_is_not_cryptographic() -> None:
    with pytest.raises(ConfigurationError, match="expected md5, sha1 or sha256"):
        hashers.CryptographicHasher(HashKind.PDQ)


def test_the_default_is_one_of_each_kind() -> None:
    made: tuple[ports.Hasher, ...] = hashers.default()
    assert [hasher.kind for hasher in made] == [HashKind.MD5, HashKind.SHA1, HashKind.SHA256, HashKind.PDQ]
    assert [make().kind for make in (hashers.md5, hashers.sha1, hashers.sha256, hashers.pdq)] == [
        one.kind for one in made
    ]


@pytest.mark.parametrize("shape", [(1, 1, 3), (1, 200, 3), (200, 1, 3), (64, 64, 3), (65, 129, 3)])
def test_even_the_smallest_picture_has_a_hash(shape: tuple[int, int, int]) -> None:
    found = hashers.PdqHasher().hash(Still(np.full(shape, 128, np.uint8)))
    assert found.quality == 0


def test_a_fast_hash_is_from_the_luma_and_one_of_low_quality_from_the_pixels() -> None:
    pixels = np.asarray(pictures.scene(1, (640, 480)))
    luma = np.asarray(Image.fromarray(pixels).convert("L").reduce(2))
    flat = np.full_like(luma, 128)
    hasher = hashers.PdqHasher()
    exact = hasher.hash(Still(pixels))
    fast = hasher.hash(Still(np.zeros_like(pixels), lumas={2: luma}))
    assert (int(exact.value, 16) ^ int(fast.value, 16)).bit_count() <= 8
    assert hasher.hash(Still(pixels, lumas={2: flat})) == exact
    assert hasher.hash(Still(pixels, lumas={1: luma, 4: luma, 8: luma})) == exact


def _vectors() -> list[dict[str, str]]:
    if not (_VECTORS / "expected.csv").is_file():
        return []
    with (_VECTORS / "expected.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.mark.skipif(not _vectors(), reason="the reference photographs (shared/data/pdq) are not here")
def test_the_reference_photographs_have_their_published_hashes() -> None:
    for row in _vectors():
        path = _VECTORS / row["file"]
        found = hashers.PdqHasher().hash(Still(np.asarray(Image.open(path).convert("RGB"))))
        assert found == records.Hash(
            kind=HashKind.PDQ, value=row["pdq_full"], quality=int(row["quality_full"])
        ), row["file"]
