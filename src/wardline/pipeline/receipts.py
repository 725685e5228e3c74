"""What a finished report leaves: its receipt, the holds that the receipt starts, an entry, and the end of those that joined it, in one commit."""

from __future__ import annotations

from wardline import preservation, records
from wardline.pipeline import alarms, bundles
from wardline.pipeline.parts import SYSTEM, Parts
from wardline.records import AlarmKind, Insert, Replace, Step, Task, Verb

_NAMED = 10
"""So many files stand in a message; the rest is counted."""


def store(
    parts: Parts, filed: records.Referral, receipt: records.Receipt, *, actor: str = SYSTEM, work: tuple[Task, ...] = (),
    entries: tuple[records.Entry, ...] = (), lacking: tuple[records.ReferralFile, ...] = (),
) -> None:  # fmt: skip
    """Commit a referral that is finished, with its receipt and the holds on its files.

    Args:
        parts: The installation's.
        filed: Finished, with how complete it was.
        receipt: Of now.
        actor: Who finished it.
        work: What follows besides.
        entries: What the log has besides.
        lacking: The files that the receipt does not list: a person hears of it, by the same commit.
    """
    held = [hold for file in filed.files for hold in parts.store.holds_of(file.item_id)]
    holds = preservation.place_after_filing(
        filed, held, hold_ids=[parts.new_id("hold") for _ in filed.files], receipt_at=receipt.received_at,
        periods=parts.rules.periods,
    )  # fmt: skip
    _, others = bundles.settled(parts, filed, filed)
    if lacking:
        others.add(alarms.raised(parts, AlarmKind.RECEIPT_LACKS, filed.id, _words(filed, lacking)))
    if parts.rules.periods.before_filing:
        # New work each time: a report may be finished by a person's word, that be taken back, and the report be filed after all.
        work = (*work, Task(name="hold-before", record_id=filed.id, attempt=filed.version))
    parts.store.commit(
        Replace(filed), Insert(receipt), *map(Insert, holds), *others.changes, parts.count(Step.REFERRALS_FILED),
        parts.count(Step.FILES_REPORTED, len(filed.attached)), parts.count(Step.RECEIPTS_STORED), parts.count(Step.HOLDS_PLACED, len(holds)),
        entries=[
            parts.entry(Verb.REFERRAL_FILED, filed.id, actor=actor, detail=f"{receipt.id} report {receipt.remote_id}"),
            *(parts.entry(Verb.HOLD_PLACED, hold.id, detail=hold.basis) for hold in holds), *others.entries, *entries,
        ],
        work=[*work, *others.work],
    )  # fmt: skip


def _words(filed: records.Referral, lacking: tuple[records.ReferralFile, ...]) -> str:
    named = ", ".join(f"{each.remote_file_id} ({each.item_id})" for each in lacking[:_NAMED])
    more = f" and {len(lacking) - _NAMED} more" if len(lacking) > _NAMED else ""
    return (
        f"{filed.id} is finished as report {filed.remote_id}, and its receipt lists {len(filed.attached) - len(lacking)} of its {len(filed.attached)} files. "
        f"Not listed: {named}{more}. It is not sent again, for there would be two: ask the authority whether it has them."
    )
