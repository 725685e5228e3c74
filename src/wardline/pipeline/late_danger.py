"""Danger that is said of what is reported already: what is not sent yet becomes priority 1, and of what is sent somebody tells.

It comes late where somebody marks a case whose report is on its way, or where a second person, or whoever decides an appeal, writes a reason
that the first one had not.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from wardline import records, referral
from wardline.errors import AlreadyExistsError, ConflictError, InputError
from wardline.pipeline import alarms, bundles, correcting, handing_over
from wardline.pipeline import refer as filing
from wardline.pipeline.parts import SYSTEM, Parts
from wardline.pipeline.writing import Writing
from wardline.records import AlarmKind, Outcome, Priority, ReferralState, Replace, Task, Verb

NAME = "late-danger"
_AGAIN = timedelta(seconds=30)
"""To the second look; each one after it waits as much longer, up to ``_MOST_TIMES`` of it."""
_MOST_TIMES = 20
_HALF_SENT = (ReferralState.OPENED, ReferralState.FINISHING)
"""What says why there is danger is with the authority, or is not."""
_OF_A_VERSION = 1_000_000
"""Looks at a case that was marked are counted on from a number of its own: work that was enqueued once is not enqueued again."""


def after_decision(decision: records.Decision) -> list[Task]:
    """Make the work that follows a decision with a reason for danger; nothing where none is written."""
    if decision.escalation is None or decision.outcome is not Outcome.VIOLATION:
        return []
    return [Task(name=NAME, record_id=decision.id)]


def after_mark(case: records.Case) -> Task:
    """Make the work that follows when somebody marks a case."""
    return Task(name=NAME, record_id=case.id, attempt=case.version * _OF_A_VERSION)


def raised(parts: Parts, found: records.Referral, *, actor: str, case_id: str) -> Writing:
    """Make a report that is not finished one of priority 1, and have it tried now whatever it waits for. One that is already only gets a new version,
    so that whoever files it at this very moment builds it anew. Of one that joined another, that one is raised: it has both their files. A
    batched report cannot say why there is danger: there the one about the case is raised, and leaves it.
    """
    rules, written, found = parts.rules.filing, Writing(), bundles.lead_of(parts, found)
    if found.batched and case_id != found.case_id:
        return _raised_in_batch(parts, found, actor, case_id)
    before, found = found, handing_over.made_anew(parts, found, actor=actor, written=written)
    items = bundles.items_about(parts, found)
    graver = referral.raised(
        replace(found, version=found.version + 1),
        now=parts.now(),
        rules=rules.clocks,
        approval=rules.approval,
        regions=referral.regions_of(items),
    )
    entries: list[records.Entry] = []
    work: list[Task] = []
    if before.priority is not Priority.FIRST:
        detail = f"from {found.priority or 'none'} to {graver.priority}"
        entries.append(parts.entry(Verb.REFERRAL_RAISED, found.id, actor=actor, detail=detail))
        if graver.state is not ReferralState.NEEDS_HUMAN:
            # What waits for its next try may wait for an hour: it is tried now, by the workers of what is urgent.
            work.append(filing.task(graver, graver.version * filing.TRIES_BETWEEN))
    written.note(Replace(graver), *entries, work=work)
    return written


def _raised_in_batch(parts: Parts, lead: records.Referral, actor: str, case_id: str) -> Writing:
    written, rules = Writing(), parts.rules.filing
    member = next(parts.store.referral(each.referral_id) for each in lead.bundle if each.case_id == case_id)
    regions = referral.regions_of(bundles.items_about(parts, member))
    graver = referral.raised(
        replace(member, version=member.version + 1), now=parts.now(), rules=rules.clocks, approval=rules.approval, regions=regions
    )  # fmt: skip
    told = parts.entry(
        Verb.REFERRAL_RAISED, member.id, actor=actor, detail=f"to {graver.priority}, in {lead.id}"
    )
    # Whoever files the batched report finds that it cannot be built, and lets this one go; that is tried at once, too.
    now = Task(name="refer-at-once", record_id=lead.id, attempt=(lead.version + 1) * filing.TRIES_BETWEEN)
    written.note(Replace(graver), told, work=[now])
    if lead.state is ReferralState.NEEDS_HUMAN:
        lead = referral.as_urgent(lead, [graver])
    written.changes.append(Replace(replace(lead, version=lead.version + 1)))
    return written


def tell(parts: Parts, record_id: str, attempt: int) -> None:
    """See to the reports of a case of which danger was said. Doing it again does nothing.

    Args:
        parts: The installation's.
        record_id: The decision in which it stands, or the case that was marked.
        attempt: The number of this look.
    """
    decision = parts.store.decision(record_id) if record_id.startswith("decision-") else None
    case_id = record_id if decision is None else decision.case_id
    if decision is not None and decision.state in (
        records.DecisionState.UNDONE,
        records.DecisionState.OVERTURNED,
    ):
        return
    is_waiting = False
    for found in parts.store.referrals(case_id=case_id):
        is_report = found.corrects is None and found.state is not ReferralState.WITHDRAWN
        if is_report and (decision is None or found.decision_id != decision.id):
            is_waiting |= _see_to(parts, found, decision)
    if is_waiting:
        wait = _AGAIN * min(attempt % _OF_A_VERSION + 1, _MOST_TIMES)
        later = Task(name=NAME, record_id=record_id, attempt=attempt + 1, not_before=parts.now() + wait)
        parts.store.commit(entries=(), work=[later])


def _see_to(parts: Parts, found: records.Referral, decision: records.Decision | None) -> bool:
    """See to one report; gives whether it has to be looked at again."""
    if found.state is ReferralState.FINISHED:
        _told(parts, found, decision)
        return False
    actor = decision.user_id if decision is not None else SYSTEM
    own, found = found, bundles.lead_of(parts, found)
    is_first = (own if found.batched else found).priority is Priority.FIRST
    try:
        referral.require_addable(found)
    except ConflictError:
        if not found.in_flight and not is_first:
            if decision is None and found.state in _HALF_SENT:
                _alarm(
                    parts, found
                )  # nothing supplements a mark, and finished as one of priority 1 it would look as if it had said so
            raised(parts, found, actor=actor, case_id=own.case_id).commit(parts)
        return True  # it was sent without, and takes nothing more: what supplements it can name it once it is finished
    if not is_first or decision is not None:
        written = raised(parts, found, actor=actor, case_id=own.case_id)
        if not written.entries:
            detail = f"{found.state}, another reason for danger"
            written.entries.append(parts.entry(Verb.REFERRAL_MOVED, found.id, actor=actor, detail=detail))
        written.commit(parts)
    return False


def _told(parts: Parts, filed: records.Referral, decision: records.Decision | None) -> None:
    """Supplement a finished report with what a decision says of danger, or have a person tell."""
    if decision is None:
        case = parts.store.case(filed.case_id)
        marked, until = case.imminent_since, filed.said_until
        # Priority 1 alone does not tell: it may have been raised when it was sent already, and a batched report says danger of nobody.
        is_said = bundles.lead_of(parts, filed).priority is Priority.FIRST and not filed.batched
        if marked is None or (is_said and until is not None and marked <= until):
            return
        _alarm(parts, filed)
        return
    case = parts.store.case(decision.case_id)
    try:
        correcting.draft(parts, case, decision, corrects=filed.id).commit(parts)
    except AlreadyExistsError:
        return  # it is drafted already
    except InputError:
        _alarm(parts, filed)  # its account was unlinked


def _alarm(parts: Parts, sent: records.Referral) -> None:
    alarms.raise_alarm(parts, AlarmKind.KNOWN_LATE, sent.id, (
        f"Somebody says that a child may be in danger now, after {sent.id} was sent. Telephone, and tell the authority, naming its report "
        f"{sent.remote_id}."
    ))  # fmt: skip
