"""The state machine, the client and the sandbox together, over real sockets that fail."""

from __future__ import annotations

import random
from datetime import UTC, datetime

from wardline import errors, records, referral
from wardline.adapters.authorities.ncmec import NcmecAuthority
from wardline.testing.authority_contract import CONTENTS, sample_report
from wardline.testing.authority_sandbox import AuthoritySandbox, Fault

FAULTS = [fault for fault in Fault if fault is not Fault.DELAY]


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
    chance = random.Random(11)
    rate = 0.0
    with (
        AuthoritySandbox(
            faults=lambda _call, _number: chance.choice(FAULTS) if chance.random() < rate else None
        ) as sandbox,
        NcmecAuthority("sandbox", "sandbox", "sandbox", now, sandbox_url=sandbox.url) as authority,
    ):
        for seed in range(25):
            rate = chance.uniform(0.0, 0.3)
            before = len(sandbox.ledger.finished())
            report = sample_report()
            filed = file_it(authority, report, draft(report, seed), chance)
            assert filed.state is records.ReferralState.FINISHED
            (finished,) = sandbox.ledger.finished()[before:]
            assert str(finished.report_id) == filed.remote_id
            assert [file.size_bytes for file in finished.files] == [len(content) for content in CONTENTS]
            assert [file.viewed for file in finished.files] == [True, False]
            known = set(filed.orphans)
            assert not [report for report in sandbox.ledger.open() if str(report.report_id) in known]
