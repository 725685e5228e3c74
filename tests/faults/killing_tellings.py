"""What else is told through processes that are killed: an incident in words, a batched report that falls apart, a bundle, and a signed pack.

Each is the story that has a test of its own among the acceptance tests, where an exception stands for the end of a process.
"""

from __future__ import annotations

import secrets
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from tests.acceptance import batching, test_batches_are_killed, test_bundles, test_bundles_are_killed
from tests.acceptance import test_an_incident_is_killed as incident
from tests.acceptance.stories import decided_violation, picture, the_referral
from tests.acceptance.test_killed_anywhere import World
from tests.faults import killing_story
from tests.faults.killing_story import Telling
from wardline import ports, referral
from wardline.adapters.authorities.pack import NcaPack
from wardline.records import ReferralState, Role
from wardline.testing.harness import Key, Line, Person


def _begin_words(line: Line) -> tuple[Key, Person]:
    return line.platform_key(), line.person("mika")


def _look_at_words(line: Line, seen: World, key: Key, mika: Person) -> None:
    # What was sealed and not committed belongs to nobody, and goes.
    line.clock.advance(timedelta(hours=2))
    incident.go_on(line, key, mika)
    line.pass_time(timedelta(hours=2))
    incident.assert_that_everything_happened_once(line, seen)


def _begin_batch(line: Line) -> tuple[()]:
    mika = line.person("mika")
    for each in test_batches_are_killed.ACCOUNTS:
        batching.decided(line, mika, each)
    return ()


def _begin_bundle(line: Line) -> tuple[()]:
    mika = line.person("mika")
    for seed in range(1, test_bundles_are_killed.FILES + 1):
        test_bundles.decided(line, mika, seed)
    return ()


def _look_at_batch(line: Line, seen: Any) -> None:
    test_batches_are_killed.assert_that_each_account_is_reported_once(line, seen.authority)


def _look_at_bundle(line: Line, seen: Any) -> None:
    test_bundles_are_killed.assert_that_each_file_is_reported_once(line, seen.authority)


def _packs(folder: Path, clock: ports.Clock, reached: ports.WritePoint) -> NcaPack:
    made = folder / "packs"
    made.mkdir(mode=0o700, exist_ok=True)
    return NcaPack(
        environment="sandbox", clock_now=clock.now, folder=made, entropy=secrets.token_bytes,
        key=Ed25519PrivateKey.from_private_bytes(bytes(32)), reached=reached,
    )  # fmt: skip


def _begin_pack(line: Line) -> tuple[Person]:
    lead = line.person("mika", Role.LEAD)
    decided_violation(line, line.submit(picture(), flag="spam"), lead)
    line.clock.advance(line.parts.rules.undo_window)
    return (lead,)


def _make_pack(line: Line, _: Person) -> None:
    line.run_due()


def _look_at_pack(line: Line, _: Any, lead: Person) -> None:
    line.pass_time(timedelta(hours=30))  # an open one that nobody carried on is thrown away by the next
    (case,) = line.store.cases()
    found = the_referral(line, case)
    assert referral.awaits(found)
    assert line.store.receipt_of(found.id) is None
    assert [list(each.packs()) for each in line.parts.receivers_of_packs()] == [[(found.id, found.remote_id)]]
    _, content = line.wardline.take_pack(found.id, user=lead.user)
    assert b"account-1" in content
    filed = line.wardline.record_reference(found.id, user=lead.user, reference="A-1")
    assert filed.state is ReferralState.FINISHED
    assert line.verify().ok


WORDS = Telling(begin=_begin_words, go_on=incident.go_on, look=_look_at_words)
BATCH = Telling(
    begin=_begin_batch, go_on=test_bundles_are_killed.some_minutes, look=_look_at_batch, rules=batching.rules, world="refuses the first finish", visits=40
)  # fmt: skip
BUNDLE = Telling(
    begin=_begin_bundle, go_on=test_bundles_are_killed.some_minutes, look=_look_at_bundle, visits=40
)
PACK = Telling(begin=_begin_pack, go_on=_make_pack, look=_look_at_pack, receiver=_packs, visits=20)
RUNS = {
    name: partial(killing_story.run, telling=telling)
    for name, telling in {"words": WORDS, "batch": BATCH, "bundle": BUNDLE, "pack": PACK}.items()
}
