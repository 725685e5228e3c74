from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from tests.unit.made import NOW, context
from wardline import intake, records
from wardline.errors import InputError, NoLegalBasisError, TooLargeError
from wardline.records import HashKind, Visibility

NOWHERE = intake.PrivateScanning(legal_basis={})
SOMEWHERE = intake.PrivateScanning(legal_basis={"US": "18 USC 2258A", "FR": ""})


def upload(
    content: bytes = b"abc", *, account: str = "account-1", flag: bool = False, **fields: Any
) -> intake.Upload:
    reason = records.Flag(reason="spam") if flag else None
    return intake.Upload(content=content, account_reference=account, context=context(**fields), flag=reason)


def check(given: intake.Upload, basis: intake.PrivateScanning = NOWHERE) -> None:
    intake.check(given, max_bytes=10, private_scanning=basis, now=NOW)


def test_a_well_formed_public_upload_passes() -> None:
    check(upload())


def test_an_upload_of_exactly_the_cap_passes_and_one_byte_more_does_not() -> None:
    check(upload(b"x" * 10))
    with pytest.raises(TooLargeError, match="11 bytes, expected at most 10"):
        check(upload(b"x" * 11))


def test_an_empty_file_is_left_to_the_decoder() -> None:
    check(upload(b""))


@pytest.mark.parametrize("account", ["", "x" * 256, "a\x01", "a\nb"])
def test_an_account_has_a_reference_of_1_to_255_plain_characters(account: str) -> None:
    with pytest.raises(InputError, match="account_reference"):
        check(upload(account=account))


def test_an_upload_time_may_be_five_minutes_ahead_for_clocks_differ() -> None:
    check(upload(uploaded_at=NOW + timedelta(minutes=5)))
    with pytest.raises(InputError, match="uploaded_at: in the future"):
        check(upload(uploaded_at=NOW + timedelta(minutes=5, seconds=1)))


@pytest.mark.parametrize("region", ["DE", "FR", None])
def test_a_private_upload_without_a_legal_basis_is_refused(region: str | None) -> None:
    with pytest.raises(NoLegalBasisError):
        check(upload(visibility=Visibility.PRIVATE, region=region), SOMEWHERE)


def test_a_private_upload_with_a_legal_basis_passes() -> None:
    check(upload(visibility=Visibility.PRIVATE, region="US"), SOMEWHERE)


def test_a_flagged_private_upload_needs_no_legal_basis() -> None:
    check(upload(visibility=Visibility.PRIVATE, region="DE", flag=True))


def test_the_digests_of_an_unreadable_file_are_the_three_cryptographic_ones() -> None:
    found = {each.kind: each.value for each in intake.digests(b"abc")}
    assert found == {
        HashKind.MD5: "900150983cd24fb0d6963f7d28e17f72",
        HashKind.SHA1: "a9993e364706816aba3e25717850c26c9cd0d89d",
        HashKind.SHA256: hashlib.sha256(b"abc").hexdigest(),
    }


def test_an_upload_time_is_never_kept_as_later_than_its_receipt() -> None:
    ahead = replace(context(), uploaded_at=NOW + timedelta(minutes=4))

    assert intake.not_in_the_future(ahead, NOW).uploaded_at == NOW
    assert intake.not_in_the_future(replace(ahead, uploaded_at=NOW), NOW).uploaded_at == NOW
    assert intake.not_in_the_future(
        replace(ahead, uploaded_at=NOW - timedelta(1)), NOW
    ).uploaded_at == NOW - timedelta(1)


@pytest.mark.parametrize("named", ["GB", "UK"])
@pytest.mark.parametrize("said", ["GB", "UK"])
def test_both_names_of_the_united_kingdom_are_one_region(named: str, said: str) -> None:
    check(
        upload(visibility=records.Visibility.PRIVATE, region=said),
        intake.PrivateScanning(legal_basis={named: "a law"}),
    )
