"""Wherever the process ends while a pack is made, another one carries on: one whole pack that a person is asked to file, and never a finished report."""

from __future__ import annotations

import secrets
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from tests.acceptance.stories import decided_violation, picture, the_referral
from tests.acceptance.test_killed_anywhere import KilledAt, KilledError
from wardline import ports, referral
from wardline.adapters.authorities.pack import NcaPack
from wardline.records import ReferralState, Role
from wardline.testing.clock import VirtualClock
from wardline.testing.harness import START, Line

SHARES = 3


@dataclass
class Place:
    """One installation that is opened again and again."""

    folder: Path
    clock: VirtualClock

    def line(self, reached: ports.WritePoint) -> Line:
        (self.folder / "packs").mkdir(mode=0o700, parents=True, exist_ok=True)
        packs = NcaPack(
            environment="sandbox", clock_now=self.clock.now, folder=self.folder / "packs", entropy=secrets.token_bytes,
            key=Ed25519PrivateKey.from_private_bytes(bytes(32)), reached=reached,
        )  # fmt: skip
        return Line(self.folder, store="sqlite", clock=self.clock, authority=packs, reached=reached)


def killed_at(folder: Path, visit: int | None) -> int:
    """Tell the story with an end at a visit to a write point, and once more. Gives how many visits there were until the first end."""
    place, fate = Place(folder, VirtualClock(START)), KilledAt(visit)
    with place.line(fate) as line:
        lead = line.person("mika", Role.LEAD)
        decided_violation(line, line.submit(picture(), flag="spam"), lead)
        line.clock.advance(line.parts.rules.undo_window)
        fate.armed = True
        with suppress(KilledError):
            line.run_due()
    with place.line(KilledAt()) as again:
        again.pass_time(timedelta(hours=30))  # an open one that nobody carried on is thrown away by the next
        (case,) = again.store.cases()
        found = the_referral(again, case)
        assert referral.awaits(found)
        assert again.store.receipt_of(found.id) is None
        makers = again.parts.receivers_of_packs()
        assert [list(each.packs()) for each in makers] == [[(found.id, found.remote_id)]]
        _, content = again.wardline.take_pack(found.id, user=lead.user)
        assert b"account-1" in content
        filed = again.wardline.record_reference(found.id, user=lead.user, reference="A-1")
        assert filed.state is ReferralState.FINISHED
        assert again.verify().ok
    return fate.visits


@pytest.mark.long
@pytest.mark.parametrize("share", range(SHARES))
def test_wherever_it_ends_there_is_one_whole_pack(tmp_path: Path, share: int) -> None:
    visits = killed_at(tmp_path / "counted", None)
    assert visits > 10
    for visit in range(1 + share, visits + 1, SHARES):
        killed_at(tmp_path / str(visit), visit)
