"""The state machine, the client and the sandbox together, over real sockets that fail."""

from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import UTC, datetime

import pytest

from wardline import errors, records, referral
from wardline.adapters.authorities.ncmec import NcmecAuthority
from wardline.testing.authority_contract import CONTENTS, sample_report
from wardline.testing.authority_sandbox import AuthoritySandbox, Fault

FAULTS = [fault for fault in Fault if fault not in {Fault.DELAY, Fault.REJECTED}]
"""What the walk overcomes alone. A rejection is for a person, and a delay is none."""


def now() -> datetime:
    return datetime.now(UTC)


def draft(report: records.Report, seed: int) -> records.Referral:
    entropy = seed.to_bytes(10, "big")
    return records.Referral(
        id=report.referral_id,
        case_id=records.new_id("case", now(), entropy),
        decision_id=records.new_id("decision", now(), entropy),
        authority="ncmec",
        environment="sandbox",
        state=records.ReferralState.DRAFT,
        created_at=now(),
        files=tuple(records.ReferralFile(item_id=file.item_id) for file in report.files),
    )


def carry_out(
    authority: NcmecAuthority, report: records.Report, step: referral.Call
) -> records.AuthorityAnswer:
    match step:
        case referral.Submit():
            return authority.submit(report)
        case referral.Attach():
            number = next(n for n, file in enumerate(report.files) if file.item_id == step.item_id)
            return authority.attach(step.remote_id, report.files[number], CONTENTS[number])
        case referral.Finish():
            return authority.finish(step.remote_id)
        case referral.Retract():
            return authority.retract(step.remote_id)


def file_it(
    authority: NcmecAuthority, report: records.Report, stored: records.Referral, chance: random.Random
) -> records.Referral:
    """Walk a referral to its end; now and then the process forgets what the last call answered."""
    resumed = False
    while True:
        step = referral.next_step(stored, resumed=resumed)
        resumed = False
        match step:
            case referral.Done() | referral.AskHuman():
                return stored
            case referral.Move():
                stored = step.referral
            case _:
                try:
                    moved = referral.on_answer(stored, step, carry_out(authority, report, step), now())
                except errors.AuthorityError as error:
                    moved = referral.on_error(stored, step, error, now())
                if chance.random() < 0.1:
                    resumed = True  # killed before it could store what came of the call
                else:
                    stored = moved


def test_over_a_failing_connection_every_referral_ends_with_one_complete_report() -> None:
    walk_many(range(25))


def test_an_authority_that_rejects_now_and_then_gets_one_complete_report_once_a_person_looked() -> None:
    walk_many(range(1000, 1012), [*FAULTS, *[Fault.REJECTED] * 5])


@pytest.mark.faults
def test_two_thousand_referrals_over_a_failing_connection_end_with_one_complete_report_each() -> None:
    walk_many(range(10_000, 12_000), [*FAULTS, Fault.REJECTED])


def walk_many(seeds: range, faults: Sequence[Fault] = FAULTS) -> None:
    chance = random.Random(seeds.start + 11)
    rate = 0.0
    with (
        AuthoritySandbox(
            faults=lambda _call, _number: chance.choice(faults) if chance.random() < rate else None
        ) as sandbox,
        NcmecAuthority("sandbox", "sandbox", "sandbox", now, sandbox_url=sandbox.url) as authority,
    ):
        for seed in seeds:
            rate = chance.uniform(0.0, 0.3)
            before = len(sandbox.ledger.finished())
            report = sample_report()
            filed = file_it(authority, report, draft(report, seed), chance)
            while filed.state is records.ReferralState.NEEDS_HUMAN and Fault.REJECTED in faults:
                assert filed.problem
                filed = file_it(authority, report, referral.refile(filed), chance)
            assert filed.state is records.ReferralState.FINISHED
            (finished,) = sandbox.ledger.finished()[before:]
            assert str(finished.report_id) == filed.remote_id
            assert [file.size_bytes for file in finished.files] == [len(content) for content in CONTENTS]
            assert [file.viewed for file in finished.files] == [True, False]
            known = set(filed.orphans)
            assert not [report for report in sandbox.ledger.open() if str(report.report_id) in known]
