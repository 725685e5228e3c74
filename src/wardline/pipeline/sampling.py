"""Random audits: drawn at intake whatever the score, judged like any other case by people who do not know, and gone after fourteen days."""

from __future__ import annotations

from dataclasses import replace

from wardline import records
from wardline.errors import VersionConflictError, WardlineError
from wardline.pipeline import clock_watch, fencing, preserve
from wardline.pipeline.parts import ORIGINAL, Parts
from wardline.pipeline.scopes import AUDIT_LIFETIME, Scope
from wardline.pipeline.writing import Writing
from wardline.records import CaseState, HoldBasis, HoldState, Insert, Replace, Verb

_AT_ONCE = 200


def is_drawn(parts: Parts, scope: Scope | None) -> bool:
    """Draw whether an upload of a scope is audited."""
    return scope is not None and parts.happens(scope.audit_share)


def drawn(parts: Parts, scope: Scope, case: records.Case, item: records.Item, *, alone: bool) -> Writing:
    """Make what is committed with the case of an upload that the lot fell on."""
    now = parts.now()
    audit = records.RandomAudit(
        id=parts.new_id("random-audit"), case_id=case.id, item_id=item.id, scope=scope.name, drawn_at=now,
        expires_at=now + AUDIT_LIFETIME, alone=alone,
    )  # fmt: skip
    written = Writing()
    written.note(Insert(audit), parts.entry(Verb.AUDIT_DRAWN, audit.id))
    return written


def ended(parts: Parts, audit: records.RandomAudit) -> Writing:
    """Make what ends an audit; nothing for one that has ended."""
    written = Writing()
    if audit.ended_at is None:
        over = replace(audit, ended_at=parts.now(), version=audit.version + 1)
        written.note(Replace(over), parts.entry(Verb.AUDIT_ENDED, audit.id))
    return written


def cleared(parts: Parts, audit: records.RandomAudit, case: records.Case) -> Writing:
    """Let the copy of an innocent file go at once: it was kept for the audit only, and there is nothing to appeal against."""
    written, now = Writing(), parts.now()
    for hold in parts.store.holds_of(audit.item_id):
        if _is_for_the_audit(hold):
            over = replace(hold, until=now, version=hold.version + 1)
            told = "an audit found nothing: destroyed at once"
            written.note(Replace(over), parts.entry(Verb.HOLD_PLACED, hold.id, detail=told))
    written.work.append(records.Task(name="unlink", record_id=case.id, attempt=case.version))
    return written


def _is_for_the_audit(hold: records.Hold) -> bool:
    """Say whether a hold goes with its audit: what somebody asked to preserve stays until that ends."""
    return hold.state is HoldState.ACTIVE and hold.basis is HoldBasis.PROVISIONAL


def expire(parts: Parts) -> None:
    """Destroy the copies of audits that nobody judged in time, and forget whose they were. Doing it again does nothing.

    While the clock is in doubt, or the fence around a restored copy stands, nothing is destroyed.
    """
    if clock_watch.is_in_doubt(parts) or fencing.stands(parts):
        return
    errors: list[WardlineError] = []
    for audit in parts.store.expired_audits(parts.now(), most=_AT_ONCE):
        try:
            _expire(parts, audit)
        except VersionConflictError:
            continue  # somebody has it in hand at this moment: the next minute tries again
        except WardlineError as error:
            errors.append(error)
    if errors:
        raise errors[0]


def _expire(parts: Parts, audit: records.RandomAudit) -> None:
    case, item = parts.store.case(audit.case_id), parts.store.item(audit.item_id)
    written = ended(parts, audit)
    opinions = [each for each in parts.store.opinions_of(case.id) if each.settled_at is None]
    found = any(each.answer.startswith(records.Outcome.VIOLATION) for each in opinions)
    holds = [hold for hold in parts.store.holds_of(item.id) if hold.state is HoldState.ACTIVE]
    is_asked_for = not all(map(_is_for_the_audit, holds))
    is_ordinary = found or is_asked_for or case.restricted or case.imminent_since is not None or item.matches
    if not audit.alone or case.state is not CaseState.OPEN or is_ordinary or parts.store.notices_of(case.id):
        written.commit(parts)  # it is a case like any other, and its holds are those of one
        return
    closed = replace(
        case, state=CaseState.CLOSED, claimed_by=None, lease_until=None, held_until=None, account_reference="", version=case.version + 1
    )  # fmt: skip
    written.note(Replace(closed), parts.entry(Verb.CASE_CLOSED, case.id, detail="its time was over"))
    for each in opinions:
        over = replace(each, settled_at=parts.now(), version=each.version + 1)
        written.note(Replace(over), parts.entry(Verb.OPINIONS_SETTLED, case.id, detail="its time was over"))
    bare = replace(preserve.bare(item), sealed=False)
    written.note(Replace(bare), parts.entry(Verb.ACCOUNT_UNLINKED, case.id))
    for hold in holds:
        gone = replace(hold, state=HoldState.ENDED, version=hold.version + 1)
        written.note(Replace(gone), parts.entry(Verb.HOLD_ENDED, hold.id, detail="destroyed"))
    for note in parts.store.notes_of(case.id):
        written.changes.append(records.Remove(records.Note, note.id))
    for fact in parts.store.facts_of(case.id):
        written.changes.append(records.Remove(records.Fact, fact.id))
    written.commit(parts)
    # After the commit: should this be interrupted, `preserve.destroy_orphans` finds it.
    parts.vault.destroy(item.id, ORIGINAL)
