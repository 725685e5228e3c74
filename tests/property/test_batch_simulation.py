"""A batched report through faults, crashes and decisions that fall: each account is in exactly one finished report, a withdrawn one in none.

The world is that of ``test_bundle_simulation``. A hundred thousand seeds: ``tests/faults/test_simulated_delivery.py``.
"""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import dataclass, field, replace

from tests.property.test_bundle_simulation import BundleWorld, _other, run
from tests.property.test_referral_simulation import World
from wardline import records, referral
from wardline.records import Priority, ReferralState
from wardline.testing.authority_ledger import Standing

_SAME_BYTES = "f" * 32


@dataclass
class BatchWorld(BundleWorld):
    """One file, a lead, and the referrals about other accounts that joined it."""

    told: dict[str, tuple[str, ...]] = field(default_factory=dict)
    """By the number of a report: the cases whose accounts it named when it was opened."""
    attaches_copies: bool = False
    """The bug that the simulation must be able to find: a copy is attached too."""

    def _remote_id(self, step: referral.Call) -> str:
        if isinstance(step, referral.Submit):
            number = str(self.ledger.submit(batched=self.stored.batched))
            self.told[number] = self.stored.case_ids
            return number
        return World._remote_id(self, step)

    def _attach(self, report_id: int) -> str:
        if self.attaches_copies and self.stored.batched:
            self.ledger.upload(report_id, 1, _SAME_BYTES)
        file_id = self.ledger.upload(report_id, 1, _SAME_BYTES)
        self.ledger.describe(report_id, file_id, fits_batch=self.stored.batched)
        return file_id

    def another(self, stored: records.Referral) -> BundleWorld:
        alone = super().another(stored)
        assert isinstance(alone, BatchWorld)
        alone.told = self.told
        return alone


def batch_of(seed: int, *, rejections: bool, leaves_out: bool = False) -> BatchWorld:
    chance = random.Random(seed)
    world = BatchWorld(
        chance, fault_rate=chance.uniform(0.05, 0.6), rejections=rejections, leaves_out=leaves_out
    )
    lead = replace(world.stored, files=world.stored.files[:1], priority=Priority.THIRD)
    bundle = referral.batched(lead, [_other(lead, number) for number in range(1, chance.randint(2, 6))])
    world.stored = bundle.lead
    world.members = {each.id: each for each in bundle.others}
    return world


def is_right(world: BatchWorld) -> bool:
    """Each account is named once by what is finished, each file attached once, and nothing is left on its way."""
    ended = run(world)
    finished = [each for each in world.ledger.reports() if each.standing is Standing.FINISHED]
    named = Counter(case_id for report in finished for case_id in world.told[str(report.report_id)])
    reported = {each.case_id: each.remote_id for each in ended if each.state is ReferralState.FINISHED}
    return (
        named == Counter(reported.keys())
        and all(case_id in world.told[number or ""] for case_id, number in reported.items())
        and all(len(report.files) == 1 for report in finished)
        and all(
            file.described for each in ended if each.state is ReferralState.FINISHED for file in each.files
        )
        and all(each.state in (ReferralState.FINISHED, ReferralState.WITHDRAWN) for each in ended)
        and {each.id for each in ended if each.state is ReferralState.WITHDRAWN} <= world.fallen
        and all(not each.batched for each in ended if each.state is ReferralState.WITHDRAWN)
    )


def check_batches(seeds: range) -> None:
    for seed in seeds:
        assert is_right(batch_of(seed, rejections=bool(seed % 2))), seed


def test_every_account_of_a_batch_ends_in_exactly_one_finished_report() -> None:
    check_batches(range(2000))


def test_the_simulation_notices_a_line_that_forgets_what_joined() -> None:
    assert sum(not is_right(batch_of(seed, rejections=True, leaves_out=True)) for seed in range(50)) > 0


def test_the_simulation_notices_a_second_file() -> None:
    world = batch_of(1, rejections=False)
    world.attaches_copies, world.fault_rate = True, 0.0
    assert not is_right(world)


def test_batches_fall_apart_and_stay_whole_in_the_simulation() -> None:
    ends: Counter[bool] = Counter()
    for seed in range(400):
        world = batch_of(seed, rejections=True)
        ends.update([any(each.batched for each in run(world) if each.state is ReferralState.FINISHED)])
    assert min(ends[True], ends[False]) > 20
