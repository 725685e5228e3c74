"""What a finished report leaves: its receipt, the holds that the receipt starts, an entry, and the end of those that joined it, in one commit."""

from __future__ import annotations

from wardline import preservation, records
from wardline.pipeline import bundles
from wardline.pipeline.parts import SYSTEM, Parts
from wardline.records import Insert, Replace, Step, Task, Verb


def store(
    parts: Parts, filed: records.Referral, receipt: records.Receipt, *, actor: str = SYSTEM, work: tuple[Task, ...] = ()
) -> None:  # fmt: skip
    """Commit a referral that is finished, with its receipt and the holds on its files.

    Args:
        parts: The installation's.
        filed: Finished, with how complete it was.
        receipt: Of now.
        actor: Who finished it.
        work: What follows besides.
    """
    held = [hold for file in filed.files for hold in parts.store.holds_of(file.item_id)]
    holds = preservation.place_after_filing(
        filed, held, hold_ids=[parts.new_id("hold") for _ in filed.files], receipt_at=receipt.received_at,
        periods=parts.rules.periods,
    )  # fmt: skip
    _, others = bundles.settled(parts, filed, filed)
    if parts.rules.periods.before_filing:
        work = (*work, Task(name="hold-before", record_id=filed.id))
    parts.store.commit(
        Replace(filed), Insert(receipt), *map(Insert, holds), *others.changes, parts.count(Step.REFERRALS_FILED),
        parts.count(Step.FILES_REPORTED, sum(not each.in_text for each in filed.files)), parts.count(Step.RECEIPTS_STORED), parts.count(Step.HOLDS_PLACED, len(holds)),
        entries=[
            parts.entry(Verb.REFERRAL_FILED, filed.id, actor=actor, detail=f"{receipt.id} report {receipt.remote_id}"),
            *(parts.entry(Verb.HOLD_PLACED, hold.id, detail=hold.basis) for hold in holds), *others.entries,
        ],
        work=[*work, *others.work],
    )  # fmt: skip
