"""What a report says, built from what is stored now."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from wardline import records, referral
from wardline.errors import InputError
from wardline.pipeline import batched, bundles, like_accounts, naming, prior, tellings
from wardline.pipeline.parts import Parts
from wardline.records import DecisionState, ReferralState
from wardline.referral import Need

_SAID = (DecisionState.GIVEN, DecisionState.EFFECTIVE)


def report_of(
    parts: Parts,
    draft_id: str,
    decision: records.Decision,
    case: records.Case,
    *,
    corrects: str | None = None,
    bundle: Sequence[records.Bundled] = (),
    tell: tellings.Opening = tellings.opened,
) -> records.Report:
    """Build the content of a report from what is stored now; or what corrects a finished one, or supplements it.

    One that is finished says nothing that was written after it was opened: nobody got that.

    Args:
        parts: The installation's.
        draft_id: The referral's id.
        decision: What it follows from.
        case: The decision's.
        corrects: The finished referral that it corrects or supplements.
        bundle: The others that are reported with it.
        tell: Opens accounts in words, or stands in for them where only the form of the report is asked.
    """
    if corrects is not None:
        filed = parts.store.referral(corrects)
        if referral.needs_referral(decision) and referral.is_supplement(decision):
            items = [parts.store.item(item_id) for item_id in case.item_ids]
            supplement = referral.build_supplement(
                draft_id, filed, decision, case, items, parts.rules.reporter
            )
            return _of_its_kind(parts, supplement, decision, filed)
        if referral.needs_referral(decision):
            regrading = _regrading(parts, draft_id, decision, case, filed)
            return _of_its_kind(parts, regrading, decision, filed)
        return _of_its_kind(parts, _correction(parts, draft_id, decision, case, filed), decision, filed)
    if not referral.needs_referral(decision):
        raise InputError(
            f"referral {draft_id}: decision {decision.id} needs none, expected a violation that stands"
        )
    if any(each.batched for each in bundle):
        return _batched(parts, draft_id, decision, case, bundle)
    until = _said_until(parts, case, draft_id)
    whole = bundles.whole(parts, decision, case, bundle, until=until)
    report = referral.build_report(
        draft_id, whole.decision, whole.case, whole.items, whole.reveals, whole.actions, parts.rules.reporter,
        "; ".join(whole.case.reasons) + ".", until or parts.now(), prior.reports_about(parts, case, draft_id),
        tell(parts, whole.items),
    )  # fmt: skip
    said = [each for of in whole.decisions for each in _dangers(parts, of, until)]
    marked = [each.imminent_since for each in whole.cases if each.imminent_since is not None]
    known = referral.with_knowledge(
        report, whole.facts, regions=referral.regions_of(whole.items), said=said,
        is_marked=any(until is None or each <= until for each in marked),
    )  # fmt: skip
    draft = _stored(parts, case, draft_id)
    return referral.with_like_accounts(
        known, like_accounts.of_report(parts, known, draft, whole.items, until=until)
    )


def _of_its_kind(
    parts: Parts, report: records.Report, decision: records.Decision, filed: records.Referral
) -> records.Report:
    """Give what follows a report about an incident without a file the kind of that: what is decided now, or else what was."""
    first = parts.store.decision(filed.decision_id)
    kinds = (each.incident for each in (*decision.findings, *first.findings))
    kind = next((each for each in kinds if each is not None), None)
    return report if kind is None else replace(report, kind=kind)


def checked(
    parts: Parts,
    report: records.Report,
    decision: records.Decision,
    case: records.Case,
    bundle: Sequence[records.Bundled] = (),
    *,
    sent_at: datetime | None = None,
) -> tuple[Need, ...]:
    """Say what police need of a report and whether it is there; of one that was sent at this time, or is finished, what was there then."""
    until = sent_at or _said_until(parts, case, report.referral_id)
    # A batched report is about one file, which all of them judged alike, and says nothing of where the accounts are.
    whole = bundles.whole(parts, decision, case, () if report.batch else bundle, until=until)
    gone = [each.id for each in whole.items if not each.sealed]
    regions = () if report.batch else referral.regions_of(whole.items)
    return referral.checklist(report, whole.decision, whole.facts, regions=regions, gone=gone)


def _batched(
    parts: Parts, draft_id: str, decision: records.Decision, case: records.Case, bundle: Sequence[records.Bundled]
) -> records.Report:  # fmt: skip
    """Build a batched report: each of those in it by itself, and of these what it can say."""
    lead, store = parts.store.referral(draft_id), parts.store
    several = [(lead, decision, case)]
    several += [
        (store.referral(each.referral_id), store.decision(each.decision_id), store.case(each.case_id))
        for each in bundle
    ]
    reports = [report_of(parts, found.id, of, its) for found, of, its in several]
    why = _against_batch(parts, lead, [(found, its) for found, _, its in several], reports)
    if why is not None:
        raise InputError(
            f"referral {draft_id}: not to be batched any more ({why}), expected no more to say of any"
        )
    return referral.as_batch(reports)


def _against_batch(
    parts: Parts, lead: records.Referral, about: Sequence[tuple[records.Referral, records.Case]], reports: Sequence[records.Report]
) -> str | None:  # fmt: skip
    """Say why a batched report is not to be sent any more: before it is opened whatever it cannot say, and danger until it is finished.

    One that waits for a person is shown as it is; filed again, it is judged. So is one that is withdrawn: it may turn out to be finished.
    """
    if lead.state in (ReferralState.FINISHED, ReferralState.NEEDS_HUMAN, ReferralState.RETRACTING):
        return None
    if any(report.escalation is not None for report in reports) or any(
        found.priority is not records.Priority.THIRD for found, _ in about
    ):
        return "a child may be in danger"
    if lead.remote_id is not None:
        return None
    judged = [
        batched.against(parts, found, report, its)
        for (found, its), report in zip(about, reports, strict=True)
    ]
    why = next((each for _, against in judged for each in against), None)
    return why or ("two are not alike" if len({kind for kind, _ in judged}) > 1 else None)


def facts_of_report(parts: Parts, found: records.Referral) -> list[records.Fact]:
    """Give what people wrote down that stands in a report, oldest first: in a correction nothing does."""
    lead = bundles.lead_of(parts, found)
    until = lead.said_until
    facts = bundles.facts_about(parts, lead) if lead.corrects is None else []
    return [each for each in facts if until is None or each.at <= until]


def _said_until(parts: Parts, case: records.Case, draft_id: str) -> datetime | None:
    stored = _stored(parts, case, draft_id)
    return None if stored is None else stored.said_until


def _stored(parts: Parts, case: records.Case, draft_id: str) -> records.Referral | None:
    return next((each for each in parts.store.referrals(case_id=case.id) if each.id == draft_id), None)


def _dangers(
    parts: Parts, decision: records.Decision, until: datetime | None
) -> list[tuple[datetime, str]]:  # fmt: skip
    """Give each reason why a child may be in danger that somebody who found a violation wrote, with when."""
    others = [
        each
        for each in parts.store.decisions_of(decision.case_id)
        if each.id != decision.id
        and each.outcome is records.Outcome.VIOLATION
        and each.state in _SAID
        and (until is None or each.at < until)
    ]
    return [(each.at, each.escalation) for each in (*others, decision) if each.escalation is not None]


def _correction(
    parts: Parts, draft_id: str, decision: records.Decision, case: records.Case, filed: records.Referral
) -> records.Report:
    items = [parts.store.item(item_id) for item_id in case.item_ids]
    named_in = naming.finished(parts, case, beside=filed, until=_said_until(parts, case, draft_id))
    return referral.build_correction(
        draft_id, filed, decision, case, items, parts.rules.reporter, parts.now(), named_in
    )


def _regrading(
    parts: Parts, draft_id: str, decision: records.Decision, case: records.Case, filed: records.Referral
) -> records.Report:
    items = [parts.store.item(item_id) for item_id in case.item_ids]
    told = told_of(
        parts, filed, _before(parts.store.referrals(case_id=case.id), draft_id), besides=decision.id
    )
    return referral.build_regrading(
        draft_id, filed, told, decision, case, items, parts.rules.reporter
    )  # fmt: skip


def _before(found: Sequence[records.Referral], draft_id: str) -> list[records.Referral]:
    """Leave out what was drafted after one of them: it could not name that."""
    ids = [each.id for each in found]
    return list(found[: ids.index(draft_id)] if draft_id in ids else found)


def told_of(
    parts: Parts, filed: records.Referral, found: Sequence[records.Referral], *, besides: str
) -> records.Decision:
    """Give the decision whose grades the authority knows: of the newest finished correction of a report, else of the report itself.

    Args:
        parts: The installation's.
        filed: The report.
        found: The referrals of its case that count, oldest first.
        besides: A decision that does not count.
    """
    known = [
        parts.store.decision(each.decision_id)
        for each in found
        if each.corrects == filed.id and each.state is ReferralState.FINISHED and each.decision_id != besides
    ]
    graded = [each for each in known if not referral.is_supplement(each)]
    return graded[-1] if graded else parts.store.decision(filed.decision_id)
