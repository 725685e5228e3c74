"""Evidence in a bucket that is full, away or slow: uploads are refused, reports wait, nothing is lost, and nothing is taken for clean."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest

from tests.acceptance.conftest import MakeLine
from tests.acceptance.stories import decided_violation, picture, the_referral
from tests.s3_server import ObjectStore, names_in, place, running
from tests.unit.vaults.faulty_store import Door, door_before
from wardline import records
from wardline.adapters.vaults.bucket import Bucket
from wardline.adapters.vaults.s3 import S3Vault
from wardline.errors import DependencyError, StorageFullError, VaultUnavailableError
from wardline.records import ReferralState
from wardline.testing.authority_sandbox import AuthoritySandbox
from wardline.testing.clock import VirtualClock
from wardline.testing.harness import Line
from wardline.testing.write_points import Recorder


@pytest.fixture(scope="module")
def object_store() -> Iterator[ObjectStore]:
    with running() as made:
        yield made


@pytest.fixture
def bucket(object_store: ObjectStore) -> Bucket:
    return object_store.bucket(versioned=True)


@pytest.fixture
def door(bucket: Bucket) -> Iterator[Door]:
    with door_before(bucket.place.endpoint) as made:
        yield made


@pytest.fixture
def line(make_line: MakeLine, door: Door, bucket: Bucket, clock: VirtualClock) -> Line:
    behind = Bucket(place(door.url, bucket.place.bucket))
    made = make_line(replaced={"vault": S3Vault(behind, b"v" * 32, reached=Recorder(), now=clock.now)})
    made.list_of([picture()])
    return made


@pytest.mark.parametrize(
    ("what", "kind"), [("507 InsufficientStorage", StorageFullError), ("503 SlowDown", VaultUnavailableError)]
)
def test_an_upload_that_the_bucket_does_not_take_is_refused_whole_and_a_repetition_succeeds(
    line: Line, door: Door, bucket: Bucket, what: str, kind: type[DependencyError]
) -> None:
    key = line.platform_key()
    # The head: the ciphertext was taken before it.
    door.fails(what, method="PUT", path="/key")
    with pytest.raises(kind):
        line.submit(picture(), key=key, idempotency_key="first")
    assert line.store.cases() == []
    assert line.store.holds() == []
    door.works()
    assert isinstance(line.submit(picture(), key=key, idempotency_key="first").route, records.Act)
    line.pass_time(timedelta(hours=1, minutes=1))
    (found,) = line.parts.vault.inventory()
    assert found[0] == line.store.cases()[0].item_ids[0]
    assert len(names_in(bucket)) == 2, "the sweep took what the first try left"


def test_a_report_waits_until_the_bucket_gives_its_evidence_and_is_filed_whole(
    line: Line, door: Door, authority: AuthoritySandbox
) -> None:
    case = decided_violation(line, line.submit(picture()), line.person("mika"))
    door.fails("503 SlowDown", method="GET")
    for _ in range(3):
        try:
            line.pass_time(timedelta(hours=1))
        except DependencyError:
            continue  # a chore; the next one tries again
    assert authority.ledger.finished() == []
    assert the_referral(line, case).state is not ReferralState.FINISHED
    door.works()
    line.pass_time(timedelta(days=1))
    assert the_referral(line, case).state is ReferralState.FINISHED
    assert len(authority.ledger.finished()) == 1


def test_what_could_not_be_destroyed_in_time_is_destroyed_when_the_bucket_is_back(
    line: Line, door: Door, bucket: Bucket
) -> None:
    line.submit(picture(), flag="spam")
    (found,) = line.parts.vault.inventory()
    door.fails("503 SlowDown", method="DELETE")
    line.parts.store.commit(
        *_ended(line, found[0]), entries=[line.parts.entry(records.Verb.HOLD_ENDED, found[0])]
    )
    for _ in range(2):
        try:
            line.pass_time(timedelta(hours=2))
        except DependencyError:
            continue
    assert len(names_in(bucket)) == 2
    door.works()
    line.pass_time(timedelta(hours=2))
    assert names_in(bucket) == []


def _ended(line: Line, item_id: str) -> list[records.Change]:
    """Take a file out of the records, as the end of its hold does, before it is destroyed."""
    item = line.store.item(item_id)
    holds = line.store.holds_of(item_id)
    gone = records.Replace(replace(item, sealed=False, version=item.version + 1))
    ended = [
        records.Replace(replace(hold, state=records.HoldState.ENDED, version=hold.version + 1))
        for hold in holds
    ]
    return [gone, *ended]
