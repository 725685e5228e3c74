"""What ``wardline check`` says of a bucket."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from tests.s3_server import ObjectStore, names_in, place
from tests.unit.vaults.faulty_store import Door, door_before
from wardline.adapters.vaults.bucket import Bucket
from wardline.adapters.vaults.s3 import S3Vault
from wardline.ports import Finding
from wardline.testing.write_points import Recorder


@pytest.fixture
def bucket(object_store: ObjectStore) -> Bucket:
    return object_store.bucket()


@pytest.fixture
def door(bucket: Bucket) -> Iterator[Door]:
    with door_before(bucket.place.endpoint) as made:
        yield made


def _look(bucket: Bucket) -> list[Finding]:
    found = S3Vault(bucket, bytes(32), reached=Recorder()).examine()
    assert names_in(bucket) == [], "what was tried is gone"
    return found


def _fatal(bucket: Bucket) -> list[str]:
    return [each.detail for each in _look(bucket) if each.fatal]


def test_a_plain_bucket_is_fit_and_needs_no_advice(bucket: Bucket) -> None:
    (only,) = _look(bucket)
    assert not only.fatal
    assert not only.advice


def test_versions_are_told_of_and_work(object_store: ObjectStore) -> None:
    found = _look(object_store.bucket(versioned=True))
    assert not any(each.fatal for each in found)
    assert any(
        "versioning is enabled" in each.detail and "s3:DeleteObjectVersion" in each.advice for each in found
    )


@pytest.mark.parametrize(
    ("question", "answer", "words"),
    [
        ("object_lock_configuration", {"ObjectLockConfiguration": {"ObjectLockEnabled": "Enabled", "Rule": {"DefaultRetention": {"Mode": "COMPLIANCE", "Days": 365}}}}, "locks every object"),
        ("bucket_versioning", {"Status": "Enabled", "MFADelete": "Enabled"}, "MFA delete"),
        ("bucket_policy_status", {"PolicyStatus": {"IsPublic": True}}, "lets everybody in"),
        ("bucket_replication", {"ReplicationConfiguration": {"Rules": [{"Status": "Enabled"}]}}, "replication"),
    ],
)  # fmt: skip
def test_what_would_keep_or_show_evidence_is_refused(
    bucket: Bucket, monkeypatch: pytest.MonkeyPatch, question: str, answer: dict[str, Any], words: str
) -> None:
    # The server of these tests does not do all of these things, so what it would say is put into its mouth.
    monkeypatch.setattr(bucket.asked(), f"get_{question}", lambda Bucket: answer)  # noqa: N803 -- the client's name
    (only,) = _fatal(bucket)
    assert words in only


def test_an_access_list_for_everybody_is_refused(bucket: Bucket) -> None:
    bucket.asked().put_bucket_acl(Bucket=bucket.place.bucket, ACL="public-read")
    (only,) = _fatal(bucket)
    assert "lets everybody in" in only


@pytest.mark.parametrize(
    ("prefix", "is_fatal"), [("", True), ("wardline/", True), ("ward", True), ("elsewhere/", False)]
)
def test_a_rule_that_lets_evidence_expire_is_refused(bucket: Bucket, prefix: str, is_fatal: bool) -> None:
    rule = {"ID": "old", "Status": "Enabled", "Filter": {"Prefix": prefix}, "Expiration": {"Days": 30}}
    bucket.asked().put_bucket_lifecycle_configuration(
        Bucket=bucket.place.bucket, LifecycleConfiguration={"Rules": [rule]}
    )
    assert bool(_fatal(bucket)) is is_fatal


@pytest.mark.parametrize("method", ["PUT", "GET", "DELETE"])
def test_a_right_that_is_missing_fails_the_check_and_says_where_rights_are_listed(
    door: Door, bucket: Bucket, method: str
) -> None:
    behind = Bucket(place(door.url, bucket.place.bucket))
    door.fails("403 AccessDenied", method=method)
    found = S3Vault(behind, bytes(32), reached=Recorder()).examine()
    assert [each.fatal for each in found] == [True]
    assert "s3:" in found[0].advice or "keep-evidence-in-s3.md" in found[0].advice


def test_a_question_that_is_not_allowed_is_left_to_a_person(door: Door, bucket: Bucket) -> None:
    door.fails("403 AccessDenied", path="?object-lock")
    found = _look(Bucket(place(door.url, bucket.place.bucket)))
    (told,) = [each for each in found if each.advice]
    assert not told.fatal
    assert "s3:GetBucketObjectLockConfiguration" in told.advice


def test_an_object_store_that_writes_over_what_is_there_is_refused(
    bucket: Bucket, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = bucket.asked()
    real = client.put_object
    monkeypatch.setattr(
        client, "put_object", lambda **given: real(**{k: v for k, v in given.items() if k != "IfNoneMatch"})
    )
    (only,) = _fatal(bucket)
    assert "writes over" in only


def test_findings_hold_no_secrets(bucket: Bucket) -> None:
    assert "secret" not in json.dumps([each.detail + each.advice for each in _look(bucket)])
    assert "secret" not in repr(bucket.place)


def test_an_object_store_that_does_not_list_what_it_has_is_refused(
    bucket: Bucket, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever it does not list would be taken for destroyed."""
    monkeypatch.setattr(Bucket, "entries", lambda _bucket, _prefix: iter(()))
    found = S3Vault(bucket, bytes(32), reached=Recorder()).examine()
    assert "does not list what was just written" in [each.detail for each in found if each.fatal]
