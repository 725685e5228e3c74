from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.intake.test_upload import upload
from tests.unit.made import NOW
from wardline import intake, records
from wardline.errors import InputError

SECRET = b"s" * 32


def test_a_key_is_digested_under_the_secret_and_the_caller() -> None:
    digest = intake.key_digest("k", api_key_id="one", secret=SECRET)
    assert digest == intake.key_digest("k", api_key_id="one", secret=SECRET)
    assert digest != intake.key_digest("k", api_key_id="two", secret=SECRET)
    assert digest != intake.key_digest("k", api_key_id="one", secret=b"t" * 32)
    assert len(digest) == 64


@pytest.mark.parametrize("key", ["", "x" * 256])
def test_a_key_has_1_to_255_characters(key: str) -> None:
    with pytest.raises(InputError, match="Idempotency-Key"):
        intake.key_digest(key, api_key_id="one", secret=SECRET)


@given(st.text(min_size=1, max_size=255), st.text(min_size=1, max_size=255))
def test_different_keys_have_different_digests(one: str, other: str) -> None:
    digests = [intake.key_digest(key, api_key_id="id", secret=SECRET) for key in (one, other)]
    assert (digests[0] == digests[1]) == (one == other)


def test_everything_that_was_sent_counts_as_the_body() -> None:
    first = upload()
    others = [
        upload(b"abd"), upload(account="account-2"), upload(flag=True), upload(file_name="a.jpg"), upload(region="US"),
        upload(uploaded_at=NOW - timedelta(seconds=1)), upload(visibility=records.Visibility.PRIVATE),
    ]  # fmt: skip
    digests = {intake.body_digest(each, secret=SECRET) for each in [first, *others]}
    assert len(digests) == 1 + len(others)
    assert intake.body_digest(replace(first), secret=SECRET) in digests


def test_it_is_remembered_for_a_day() -> None:
    assert intake.remember("k", "b", NOW).expires_at == NOW + timedelta(hours=24)
