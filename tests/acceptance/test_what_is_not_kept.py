"""Nothing innocent is kept, and nothing private is scanned without a legal basis."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from tests.acceptance.conftest import MakeLine
from tests.acceptance.stories import picture
from wardline import intake, records
from wardline.errors import NoLegalBasisError
from wardline.pipeline import Rules
from wardline.records import Step, Visibility
from wardline.testing.harness import REPORTER, Line

TRACES = {
    "account": "account-4711",
    "content_reference": "post-4712",
    "file_name": "holiday-4713.jpg",
    "ip_address": "198.51.100.77",
}


def files_below(folder: Path) -> dict[str, bytes]:
    return {str(path): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.mark.parametrize("store", ["sqlite"])
def test_a_released_picture_leaves_counts_and_keyed_digests_only(make_line: MakeLine, tmp_path: Path) -> None:
    line = make_line()
    line.list_of([picture(2)])
    key = line.platform_key()
    before = line.sequence()
    submission = line.submit(picture(), key=key, idempotency_key="key-4714", **TRACES)
    assert isinstance(submission.route, records.Release)
    assert line.sequence() == 0 < before
    assert list(line.parts.vault.inventory()) == []
    assert line.waiting() == []
    hashes = {each.value for each in line.hashes(picture())}
    line.close()
    secrets = {*TRACES.values(), "key-4714", *hashes, hashlib.sha256(b"key-4714").hexdigest()}
    found = [
        (path, secret)
        for path, content in files_below(tmp_path).items()
        for secret in secrets
        if secret.encode() in content
    ]
    assert found == []

    again = make_line()
    day = again.clock.now().date()
    counts = {count.step: count.count for count in again.store.counts(day, day)}
    assert counts == {Step.ITEMS_RECEIVED: 1, Step.ITEMS_RELEASED: 1}


def test_the_keyed_digest_is_forgotten_after_a_day(line: Line) -> None:
    from datetime import timedelta

    key = line.platform_key()
    line.submit(picture(), key=key, idempotency_key="one")
    assert line.submit(picture(), key=key, idempotency_key="one").route is None
    line.pass_time(timedelta(hours=24))
    assert isinstance(line.submit(picture(), key=key, idempotency_key="one").route, records.Release)


def test_two_platforms_keys_never_meet(line: Line) -> None:
    one, other = line.platform_key(), line.platform_key(platform="other")
    line.submit(picture(), key=one, idempotency_key="same")
    assert isinstance(line.submit(picture(2), key=other, idempotency_key="same").route, records.Release)


def test_a_private_surface_without_a_legal_basis_is_refused_and_nothing_is_kept(line: Line) -> None:
    line.list_of([picture()])
    with pytest.raises(NoLegalBasisError):
        line.submit(picture(), visibility=Visibility.PRIVATE, region="DE", idempotency_key="one")
    day = line.clock.now().date()
    assert line.store.counts(day, day) == []
    assert line.store.cases() == []
    assert list(line.parts.vault.inventory()) == []


def test_a_private_picture_that_a_user_flagged_is_taken(line: Line) -> None:
    submission = line.submit(picture(), visibility=Visibility.PRIVATE, region="DE", flag="threat")
    assert isinstance(submission.route, records.Review)


@pytest.mark.parametrize(("region", "taken"), [("US", True), ("DE", False), (None, False)])
def test_a_legal_basis_counts_for_its_region_only(
    make_line: MakeLine, region: str | None, taken: bool
) -> None:
    basis = intake.PrivateScanning(legal_basis={"US": "confirmed by counsel", "DE": ""})
    line = make_line(rules=Rules(reporter=REPORTER, private_scanning=basis))
    line.platform_key()
    if taken:
        line.submit(picture(), visibility=Visibility.PRIVATE, region=region)
    else:
        with pytest.raises(NoLegalBasisError):
            line.submit(picture(), visibility=Visibility.PRIVATE, region=region)


def test_counts_are_logged_when_they_changed_and_none_is_lost_at_midnight(line: Line) -> None:
    from datetime import timedelta

    line.clock.advance(timedelta(hours=14, minutes=59, seconds=30))  # to half a minute before midnight
    line.chores.counts.log()
    line.submit(picture())
    line.clock.advance(timedelta(minutes=1))
    assert line.chores.counts.log()
    assert not line.chores.counts.log()
    line.sequence()
    logged = [
        leaf for _, leaf, _ in line.store.log_entries(0, line.store.log_size()) if b"counts:logged" in leaf
    ]
    assert len(logged) == 1
    assert b"counts:2026-03-02" in logged[0]
    assert b"items_received=1 items_released=1" in logged[0]
