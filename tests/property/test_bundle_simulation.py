"""A report of several through faults, crashes and decisions that fall: each file is in exactly one finished report, a withdrawn one in none.

The world is that of ``test_referral_simulation``. A hundred thousand seeds: ``tests/faults/test_simulated_delivery.py``.
"""

from __future__ import annotations

import hashlib
import random
from collections import Counter
from dataclasses import dataclass, field, replace

from tests.property.test_referral_simulation import CALM_AFTER, START, CrashError, World
from wardline import records, referral
from wardline.records import ReferralState
from wardline.testing.authority_ledger import AuthorityLedger, Standing

_OVER = (ReferralState.FINISHED, ReferralState.NEEDS_HUMAN, ReferralState.WITHDRAWN)


@dataclass
class BundleWorld(World):
    """One lead, the referrals that joined it, and somebody who overturns decisions meanwhile."""

    members: dict[str, records.Referral] = field(default_factory=dict)
    fallen: set[str] = field(default_factory=set)
    leaves_out: bool = False
    """The bug that the simulation must be able to find: what becomes of the others is not stored with the lead's move."""

    def commit(self, moved: records.Referral, receipt: records.Receipt | None = None) -> None:
        self.maybe_crash()
        self._maybe_overturn()
        assert moved.version == self.stored.version + 1
        bundle = referral.settle(self.stored, moved, list(self.members.values()))
        self.stored, self.receipt = bundle.lead, receipt or self.receipt
        if not self.leaves_out:
            self._store(bundle.others)
        self.maybe_crash()

    def _store(self, others: tuple[records.Referral, ...]) -> None:
        for each in others:
            assert each.version == self.members[each.id].version + 1
            self.members[each.id] = each

    def _maybe_overturn(self) -> None:
        inside = [each for each in self.members.values() if each.state is ReferralState.JOINED]
        if not inside or not self.unlucky() or self.chance.random() > 0.2:
            return
        chosen = self.chance.choice(inside)
        bundle = referral.leave(self.stored, chosen)
        self.stored = bundle.lead
        self._store(bundle.others)
        self.fallen.add(chosen.id)
        raise CrashError  # whoever files it finds another version, and its work starts anew

    def _remote_id(self, step: referral.Call) -> str:
        if not isinstance(step, referral.Attach):
            return super()._remote_id(step)
        file_id = self.ledger.upload(int(step.remote_id), 1, digest(step.item_id))
        self.ledger.describe(int(step.remote_id), file_id)
        return file_id

    def another(self, stored: records.Referral) -> BundleWorld:
        """Give the world of one that was let go, at the same authority."""
        alone = type(self)(self.chance, fault_rate=0.3, rejections=self.rejections, steps=CALM_AFTER // 2)
        alone.ledger, alone.stored, alone.now = self.ledger, stored, self.now
        return alone


def digest(item_id: str) -> str:
    return hashlib.md5(item_id.encode(), usedforsecurity=False).hexdigest()


def bundle_of(seed: int, *, rejections: bool, leaves_out: bool = False) -> BundleWorld:
    chance = random.Random(seed)
    world = BundleWorld(
        chance, fault_rate=chance.uniform(0.05, 0.6), rejections=rejections, leaves_out=leaves_out
    )
    others = [_other(world.stored, number) for number in range(1, chance.randint(2, 4))]
    bundle = referral.join(world.stored, others)
    world.stored = bundle.lead
    world.members = {each.id: each for each in bundle.others}
    return world


def _other(lead: records.Referral, number: int) -> records.Referral:
    entropy = (1_000 + number).to_bytes(10, "big")
    return replace(
        lead, id=records.new_id("referral", START, entropy), case_id=records.new_id("case", START, entropy),
        decision_id=records.new_id("decision", START, entropy), files=(records.ReferralFile(item_id=records.new_id("item", START, entropy)),),
    )  # fmt: skip


def _finish(world: World) -> None:
    """Carry one to its end, with a person who files again what stopped."""
    world.run()
    while world.stored.state is ReferralState.NEEDS_HUMAN:
        world.commit_calmly(referral.refile(world.stored))
        world.run()


def run(world: BundleWorld) -> list[records.Referral]:
    """Carry the lead and then each that was let go to its end; gives all of them."""
    _finish(world)
    ended = [world.stored]
    for each in world.members.values():
        if each.state not in _OVER:
            alone = world.another(each)
            if each.joined is None:
                _finish(alone)
            ended.append(alone.stored)
        else:
            ended.append(each)
    return ended


def reported(ledger: AuthorityLedger) -> Counter[str]:
    finished = [report for report in ledger.reports() if report.standing is Standing.FINISHED]
    return Counter(file.md5 for report in finished for file in report.files)


def is_right(world: BundleWorld) -> bool:
    """Each file is reported once by what is finished, and not at all by what is withdrawn; nothing is left on its way."""
    ended = run(world)
    wanted = Counter(
        digest(file.item_id) for each in ended if each.state is ReferralState.FINISHED and each.joined is None for file in each.files
    )  # fmt: skip
    of_members = {
        digest(file.item_id) for each in ended if each.state is ReferralState.FINISHED for file in each.files
    }
    withdrawn = {each.id for each in ended if each.state is ReferralState.WITHDRAWN}
    return (
        reported(world.ledger) == wanted
        and set(wanted) == of_members
        and max(wanted.values()) == 1
        and all(each.state in (ReferralState.FINISHED, ReferralState.WITHDRAWN) for each in ended)
        and withdrawn <= world.fallen
    )


def check_bundles(seeds: range) -> None:
    for seed in seeds:
        assert is_right(bundle_of(seed, rejections=bool(seed % 2))), seed


def wrong_bundles(seeds: range) -> int:
    """Count the wrong ends where what becomes of the others is not stored with the lead's move."""
    return sum(not is_right(bundle_of(seed, rejections=True, leaves_out=True)) for seed in seeds)


def test_every_file_of_a_bundle_ends_in_exactly_one_finished_report() -> None:
    check_bundles(range(2000))


def test_the_simulation_notices_a_line_that_forgets_what_joined() -> None:
    assert wrong_bundles(range(50)) > 0


def test_decisions_fall_in_the_simulation_before_and_after_the_report_is_finished() -> None:
    states: Counter[ReferralState] = Counter()
    for seed in range(400):
        world = bundle_of(seed, rejections=False)
        ended = {each.id: each for each in run(world)}
        states.update(ended[each].state for each in world.fallen)
    assert set(states) == {ReferralState.FINISHED, ReferralState.WITHDRAWN}
