"""The reports that a decision needs: one for each receiver that the regions of its account ask for."""

from __future__ import annotations

from wardline import records, referral
from wardline.pipeline import bundles, correcting
from wardline.pipeline.parts import NO_RECEIVER, Parts
from wardline.pipeline.writing import Writing
from wardline.records import Insert, Verb


def drafts(parts: Parts, case: records.Case, decision: records.Decision) -> Writing:
    """Draft every report that is owed, and note which of them counts for a receiver who gets none of its own."""
    owed = of_case(parts, case)
    written, ids = Writing(), dict[str, str]()
    for name in owed.receivers:
        drafted = correcting.draft(parts, case, decision, receiver=name)
        ids[name] = next(
            each.record.id for each in drafted.changes if isinstance(each, Insert) and isinstance(each.record, records.Referral)
        )  # fmt: skip
        written.add(drafted)
    for each in owed.discharged:
        detail = f"{', '.join(each.regions)}: reported to {each.by}, so nothing goes to {each.receiver}"
        written.entries.append(parts.entry(Verb.DUTY_DISCHARGED, ids[each.by], detail=detail[:500]))
    return written


def of_case(parts: Parts, case: records.Case) -> referral.Owed:
    """Say to whom the reports of a case are owed by the settings of now."""
    items = [parts.store.item(item_id) for item_id in case.item_ids]
    main = parts.authority.name if parts.authority is not None else NO_RECEIVER
    return referral.owed(referral.regions_of(items), parts.rules.filing.duties, main=main)


def basis_of(parts: Parts, found: records.Referral) -> list[tuple[str, str]]:
    """Give, for the page of a referral, the regions whose rule names its receiver, each with the law that the settings name."""
    items = bundles.items_about(parts, found)
    rules = parts.rules.filing.duties
    return [
        (region, rules[region].basis)
        for region in referral.regions_of(items)
        if region in rules and found.authority in rules[region].receivers
    ]
