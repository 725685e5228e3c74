from __future__ import annotations

import hashlib
import hmac
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wardline.adapters.platforms import sign, verify_signature

NOW = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)
STAMP = str(int(NOW.timestamp()))
SECRET = b"a secret of the tests"


def test_a_signature_is_what_the_documentation_says() -> None:
    expected = hmac.new(SECRET, STAMP.encode() + b'.{"a":1}', hashlib.sha256).hexdigest()
    assert sign(SECRET, STAMP, b'{"a":1}') == f"v1={expected}"


@given(secret=st.binary(min_size=1), body=st.binary())
def test_what_was_signed_is_accepted(secret: bytes, body: bytes) -> None:
    assert verify_signature(secret, STAMP, body, sign(secret, STAMP, body), NOW)


@given(body=st.binary(min_size=1, max_size=100), position=st.integers(0, 799))
def test_a_changed_body_is_refused(body: bytes, position: int) -> None:
    changed = bytearray(body)
    changed[position // 8 % len(body)] ^= 1 << position % 8
    assert not verify_signature(SECRET, STAMP, bytes(changed), sign(SECRET, STAMP, body), NOW)


def test_another_time_another_secret_and_another_scheme_are_refused() -> None:
    good = sign(SECRET, STAMP, b"body")
    assert not verify_signature(SECRET, str(int(STAMP) + 1), b"body", good, NOW)
    assert not verify_signature(b"another secret of tests", STAMP, b"body", good, NOW)
    assert not verify_signature(SECRET, STAMP, b"body", good.replace("v1=", "v2="), NOW)


@pytest.mark.parametrize(
    ("seconds", "accepted"), [(-301, False), (-300, True), (0, True), (300, True), (301, False)]
)
def test_an_old_signature_is_refused_so_that_a_call_cannot_be_replayed(seconds: int, accepted: bool) -> None:
    later = NOW + timedelta(seconds=seconds)
    assert verify_signature(SECRET, STAMP, b"body", sign(SECRET, STAMP, b"body"), later) is accepted


@given(timestamp=st.text(max_size=30), signature=st.text(max_size=80))
def test_malformed_headers_are_refused_without_an_error(timestamp: str, signature: str) -> None:
    assert not verify_signature(SECRET, timestamp, b"body", signature, NOW)
