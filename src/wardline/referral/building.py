"""What a report says, from the decision, the items, the reveal log and the actions."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from wardline import records
from wardline.errors import InputError
from wardline.referral import facts, texts
from wardline.referral.addresses import is_plain_address
from wardline.referral.masking import Masking
from wardline.referral.viewing import was_viewed

LONGEST_REASON = 3000
"""Source: CyberTipline Reporting API, ``escalateToHighPriority``."""
CONTINUED = " [continued in the additional information]"
"""At the end of a reason for danger that is longer than that."""
_LONGEST_WORD = 60


def needs_referral(decision: records.Decision) -> bool:
    """Say whether a decision has to be reported: a violation that was not undone."""
    return (
        decision.outcome is records.Outcome.VIOLATION and decision.state is not records.DecisionState.UNDONE
    )


def plan(
    report: records.Report, decision: records.Decision, *, authority: str, environment: str, now: datetime, corrects: str | None = None
) -> records.Referral:  # fmt: skip
    """Draft the referral of a report: nothing sent, every file still to be attached.

    Args:
        report: What ``build_report`` gave.
        decision: The decision that the report follows from.
        authority: Name of the receiving adapter.
        environment: ``"sandbox"``, ``"test"`` or ``"production"``.
        now: Aware UTC.
        corrects: Id of the finished referral that this one corrects.
    """
    return records.Referral(
        id=report.referral_id,
        case_id=decision.case_id,
        decision_id=decision.id,
        authority=authority,
        environment=environment,
        state=records.ReferralState.DRAFT,
        created_at=now,
        files=(
            *(records.ReferralFile(item_id=file.item_id) for file in report.files),
            *(records.ReferralFile(item_id=text.item_id, in_text=True) for text in report.texts),
        ),
        corrects=corrects,
    )


def build_report(
    referral_id: str,
    decision: records.Decision,
    case: records.Case,
    items: Sequence[records.Item],
    reveals: Sequence[records.Reveal],
    actions: Sequence[records.Action],
    reporter: records.Reporter,
    how_found: str,
    now: datetime,
    prior_reports: Sequence[str] = (),
    tellings: Mapping[str, records.Telling] | None = None,
) -> records.Report:
    """Write the content of the report that a decision needs.

    A file is reported when the decision gives it a category, and also when nobody viewed it in full, for then nobody has judged it
    either. A file that a person viewed and gave no category is innocent and stays out.

    Args:
        referral_id: Id of the referral; stands in the note as our reference.
        decision: A violation.
        case: The case that was decided.
        items: Every item of the case, in any order.
        reveals: The case's reveal log: the only source of the viewed flags.
        actions: The case's actions; a delivered suspension is told to the authority.
        reporter: The platform's reporting person.
        how_found: One or more plain sentences: how the content came to the reviewers' attention.
        now: Aware UTC.
        prior_reports: The authority's numbers of our finished reports about the same account, oldest first.
        tellings: The account of every item that is one in words, by its id.

    Raises:
        InputError: The decision needs no referral, an item is missing, or the account was unlinked.
    """
    _require_reportable(referral_id, decision, case, how_found)
    chosen = _chosen_items(decision, case, items, reveals)
    findings = {finding.item_id: finding for finding in decision.findings}
    files = tuple(
        _reported_file(item, findings.get(item.id), reveals) for item in chosen if item.told is None
    )
    known = facts.gather(chosen)
    masking = Masking(known.victims, known.account, case.account_reference)
    told = _told(chosen, findings, tellings or {}, reveals, masking)
    note = _note(referral_id, masking.text("note", how_found), files, texts.sentences(told, chosen))
    parties = _masked(known, masking)
    return records.Report(
        referral_id=referral_id,
        incident_at=min((*(file.uploaded_at for file in files), *(each.happened_at for each in told))),
        incident_time_meaning=texts.time_meaning(chosen),
        annotations=tuple(dict.fromkeys(decision.annotations)),
        escalation=decision.escalation,
        reporter=reporter,
        person=replace(
            _reported_person(case, files, told, actions, now),
            facts=parties.account,
            prior_reports=tuple(prior_reports),
        ),
        files=files,
        urls=_urls(chosen),
        note=note,
        kind=_kind(files, told),
        incidents=_where(parties.incidents, chosen, told),
        law_enforcement=parties.law_enforcement,
        recipients=parties.recipients,
        victims=parties.victims,
        masked=masking.told(),
        unread=known.left_out,
        texts=told,
    )


def _told(
    chosen: Sequence[records.Item], findings: Mapping[str, records.Finding], tellings: Mapping[str, records.Telling],
    reveals: Sequence[records.Reveal], masking: Masking,
) -> tuple[records.ReportedText, ...]:  # fmt: skip
    return tuple(
        texts.reported(item, findings.get(item.id), texts.require_telling(item, tellings), reveals, masking)
        for item in chosen
        if item.told is not None
    )


def _kind(
    files: Sequence[records.ReportedFile], told: Sequence[records.ReportedText]
) -> records.IncidentKind:
    """Say what a report is about: without a file, what people decided that the incident is."""
    decided = next((each.kind for each in told if each.kind is not None), None)
    return records.IncidentKind.FILES if files or decided is None else decided


def _where(
    incidents: Sequence[records.Incident],
    chosen: Sequence[records.Item],
    told: Sequence[records.ReportedText],
) -> tuple[records.Incident, ...]:
    surfaces = {item.id: item.context.surface for item in chosen if item.context is not None}
    return texts.with_excerpts(
        incidents, [(each, surfaces.get(each.item_id, "conversation")) for each in told]
    )


def _urls(chosen: Sequence[records.Item]) -> tuple[str, ...]:
    told = (item.context.url for item in chosen if item.context is not None)
    return tuple(dict.fromkeys(url for url in told if url is not None and is_plain_address(url)))


def with_whole_reason(report: records.Report) -> records.Report:
    """Let the note go on with the reason for danger where the field for it is too short: nothing of it is lost."""
    reason = report.escalation
    if reason is None or len(reason) <= LONGEST_REASON:
        return report
    fits = LONGEST_REASON - len(CONTINUED)
    at = reason.rfind(" ", fits - _LONGEST_WORD, fits)  # between two words, where there is such a place
    begun, rest = (reason[:fits], reason[fits:]) if at < 0 else (reason[:at], reason[at + 1 :])
    note = f"Why a child may be in danger now, continued: {rest}\n{report.note}"
    return replace(report, escalation=begun + CONTINUED, note=note)


def _masked(known: facts.Known, masking: Masking) -> facts.Known:
    """Take out of every free text of the platform what is known of a victim."""
    return replace(
        known,
        account=None if known.account is None else masking.party("person", known.account),
        recipients=tuple(
            masking.party(f"recipient {number}", each)
            for number, each in enumerate(known.recipients, start=1)
        ),
        victims=tuple(
            masking.party(f"victim {number}", each) for number, each in enumerate(known.victims, start=1)
        ),
        incidents=tuple(
            masking.incident(f"incident {number}", each)
            for number, each in enumerate(known.incidents, start=1)
        ),
    )


def _require_reportable(
    referral_id: str, decision: records.Decision, case: records.Case, how_found: str
) -> None:
    if not needs_referral(decision):
        raise InputError(
            f"referral {referral_id}: decision {decision.id} needs none, expected a violation that stands"
        )
    if decision.case_id != case.id:
        raise InputError(
            f"referral {referral_id}: decision {decision.id} is about another case, expected {case.id}"
        )
    if not case.account_reference:
        raise InputError(
            f"referral {referral_id}: the account of case {case.id} was unlinked, expected a known account"
        )
    if not how_found.strip():
        raise InputError(f"referral {referral_id}: how_found is blank, expected a sentence")


def _chosen_items(
    decision: records.Decision,
    case: records.Case,
    items: Iterable[records.Item],
    reveals: Sequence[records.Reveal],
) -> list[records.Item]:
    known = {item.id: item for item in items}
    missing = [item_id for item_id in case.item_ids if item_id not in known]
    if missing:
        raise InputError(f"case {case.id}: item {missing[0]} was not given, expected every item of the case")
    categorised = {finding.item_id for finding in decision.findings if finding.grade is not None}
    if not categorised <= set(case.item_ids):
        raise InputError(
            f"decision {decision.id}: a finding about a file of another case, expected files of {case.id}"
        )
    in_order = (known[item_id] for item_id in case.item_ids)
    return [item for item in in_order if item.id in categorised or not was_viewed(item, reveals)]


def _reported_file(
    item: records.Item, finding: records.Finding | None, reveals: Sequence[records.Reveal]
) -> records.ReportedFile:
    context = item.context
    said = (context.facts if context else None) or records.ReportFacts()
    category = finding.category if finding else None
    # What a person gave a category is itself what is reported, whatever the platform thought it was for.
    supplemental = said.supplemental and category is None
    uploaded_at = context.uploaded_at if context else item.received_at
    upload = None
    if context and context.ip_address is not None:
        upload = records.IpEvent(
            ip_address=context.ip_address, event="Upload", at=uploaded_at, port=context.port,
            possible_proxy=said.possible_proxy,
        )  # fmt: skip
    return records.ReportedFile(
        item_id=item.id,
        file_name=context.file_name if context else None,
        uploaded_at=uploaded_at,
        url=context.url if context and context.url is not None and is_plain_address(context.url) else None,
        viewed=was_viewed(item, reveals),
        publicly_available=context is not None and context.visibility is records.Visibility.PUBLIC,
        category=category,
        annotations=_annotations(finding, supplemental=supplemental),
        hashes=item.hashes,
        upload=upload,
        supplemental=supplemental,
        devices=said.devices,
        metadata=said.metadata,
    )


def _annotations(
    finding: records.Finding | None, *, supplemental: bool
) -> tuple[records.FileAnnotation, ...]:
    given = tuple(dict.fromkeys(finding.annotations)) if finding else ()
    return tuple(
        each for each in given if not (supplemental and each is records.FileAnnotation.POTENTIAL_MEME)
    )


def _reported_person(
    case: records.Case,
    files: Sequence[records.ReportedFile],
    told: Sequence[records.ReportedText],
    actions: Iterable[records.Action],
    now: datetime,
) -> records.ReportedPerson:
    suspensions = [
        action.delivered_at
        for action in actions
        if action.kind is records.ActionKind.SUSPEND_ACCOUNT
        and action.state is records.ActionState.DELIVERED
        and action.delivered_at is not None
        and action.delivered_at <= now
    ]
    seen = (*(file.upload for file in files), *(each.event for each in told))
    return records.ReportedPerson(
        account_reference=case.account_reference,
        ip_events=tuple(dict.fromkeys(each for each in seen if each is not None)),
        temporarily_disabled_at=min(suspensions, default=None),
    )


def _note(
    referral_id: str, how_found: str, files: Sequence[records.ReportedFile], of_texts: Sequence[str]
) -> str:
    numbered: Mapping[bool, list[str]] = {True: [], False: []}
    for number, file in enumerate(files, start=1):
        numbered[file.viewed].append(f"{number} ({file.item_id})")
    sentences = [f"How this was found: {how_found.strip()}"]
    if numbered[True]:
        sentences.append(
            f"Viewed in full by a person at the service before this report: file {', '.join(numbered[True])}."
        )
    if numbered[False]:
        sentences.append(
            f"Not viewed in full by any person at the service: file {', '.join(numbered[False])}."
        )
    sentences += of_texts
    if files:
        sentences.append(
            "Files are numbered in the order in which they are attached; the viewed flag of each comes from a log of what was shown."
        )
    sentences.append(f"Reference at the service: {referral_id}.")
    return "\n".join(sentences)
