"""One report of all that is decided about an account and not opened yet. Pure.

Nothing waits for others: whoever is about to open a report takes in what is there. A report of priority 1 takes in nothing and joins
nothing, so that no other file delays or stops it. What joined ends as its lead does: reported with it, or let go to be filed by itself.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from wardline import records
from wardline.errors import ConflictError
from wardline.records import Priority, Reply
from wardline.referral import moves
from wardline.referral.building import LONGEST_REASON
from wardline.referral.corrections import OVERTURNED

MOST_FILES = 100
"""Files in a report that several referrals share: ours, for nothing is said of it. One case with more is still one report.

Source: CyberTipline Reporting API, documentation of June 2025: files are repeatable, without a limit; an unfinished report is deleted one
hour after its last file.
"""
_State = records.ReferralState
_UNOPENED = (_State.DRAFT, _State.OPENING)


def may_lead(found: records.Referral) -> bool:
    """Say whether a referral may take in others now: nothing of it is at the authority, and no danger hurries it."""
    return is_untouched(found) and found.priority is not Priority.FIRST and not found.batched


def is_untouched(found: records.Referral) -> bool:
    """Say whether nothing of a report is at the authority or on its way there, and nothing else decides what is in it.

    Never one about an incident without a file: a report is of one kind of incident.
    """
    return (
        found.state in _UNOPENED
        and found.remote_id is None
        and not found.in_flight
        and found.corrects is None
        and found.joined is None
        and not found.alone
        and found.waits_until is None
        and not any(file.in_text for file in found.files)
    )


def may_join(found: records.Referral) -> bool:
    """Say whether a referral may be taken in by another. Whoever may be taken in may take in, too, so it does not matter which comes first."""
    return may_lead(found) and not found.bundle


def chosen(lead: records.Referral, others: Iterable[records.Referral]) -> tuple[records.Referral, ...]:
    """Choose which of the other referrals about the same account go with this one, the oldest first, as long as there is room.

    Args:
        lead: Whose report is about to be opened.
        others: Any referrals about the account at the same authority; those that may not join are passed over.
    """
    if not may_lead(lead):
        return ()
    room, cases, found = MOST_FILES - len(lead.files), set(lead.case_ids), list[records.Referral]()
    for each in sorted(others, key=lambda other: (other.created_at, other.id)):
        if may_join(each) and each.case_id not in cases and len(each.files) <= room:
            found.append(each)
            cases.add(each.case_id)
            room -= len(each.files)
    return tuple(found)


@dataclass(frozen=True, slots=True, kw_only=True)
class Bundle:
    """A lead and those of the others that change with it, to be committed together."""

    lead: records.Referral
    others: tuple[records.Referral, ...] = ()


def join(lead: records.Referral, others: Sequence[records.Referral]) -> Bundle:
    """Put other referrals into the report of one. It gets the gravest priority among them, and the earliest time at which one is due.

    Raises:
        ConflictError: One of them may not.
    """
    cases = [*lead.case_ids, *(each.case_id for each in others)]
    if not may_lead(lead) or not all(map(may_join, others)) or len(set(cases)) < len(cases):
        raise ConflictError(f"referral {lead.id}: cannot hold these, expected some of which nothing was sent")
    return together(lead, others, batched=False)


def together(lead: records.Referral, others: Sequence[records.Referral], *, batched: bool) -> Bundle:
    """Put others into the report of one, whether or not they may."""
    every = (lead, *others)
    clocks = [(each.due_at, each.clock_from) for each in every if each.due_at is not None]
    due_at, clock_from = min(clocks, key=lambda clock: clock[0], default=(None, None))
    taken = tuple(
        records.Bundled(
            referral_id=each.id, case_id=each.case_id, decision_id=each.decision_id, batched=batched
        )
        for each in others
    )
    bigger = moves.advance(
        lead, bundle=(*lead.bundle, *taken), files=_each_once((*lead.files, *(file for each in others for file in moves.unsent(each)))),
        priority=min((each.priority for each in every if each.priority is not None), default=None), due_at=due_at, clock_from=clock_from,
    )  # fmt: skip
    # Those that were drafted for nobody yet go where it goes.
    now = {"joined": lead.id, "problem": None, "authority": lead.authority, "environment": lead.environment}
    joined = (moves.advance(each, state=_State.JOINED, **now) for each in others)
    return Bundle(lead=bigger, others=tuple(joined))


def leave(lead: records.Referral, member: records.Referral) -> Bundle:
    """Take a referral out of a report, for its decision was overturned.

    While something may be open at the authority, that is withdrawn first, and opened anew without it; until then nobody knows whether the
    report is finished.

    Raises:
        ConflictError: It is in no report that is on its way.
    """
    if member.joined != lead.id or member.state is not _State.JOINED:
        raise ConflictError(f"referral {member.id}: not on its way in {lead.id}, expected one that joined it")
    if lead.remote_id is None:
        # Not opened; or, if it is, under an id that nobody knows, and never finished: the authority deletes that.
        smaller = moves.advance(lead, **_without(lead, [member]))
        if lead.problem in moves.LOOKED_UP:  # it may have been filed in that report by another installation
            alone = moves.advance(
                member,
                state=_State.NEEDS_HUMAN,
                problem=moves.LOOK_FALLEN,
                joined=None,
                alone=True,
                files=_own(member),
            )
            return Bundle(lead=smaller, others=(alone,))
        return Bundle(lead=smaller, others=(_withdrawn(member),))
    leaving = moves.advance(member, state=_State.RETRACTING, problem=OVERTURNED)
    is_open = lead.state in (_State.OPENED, _State.FINISHING)
    return Bundle(lead=moves.retracting(lead, None) if is_open else lead, others=(leaving,))


def settle(before: records.Referral, after: records.Referral, members: Sequence[records.Referral]) -> Bundle:
    """Say what becomes of those in a report when its lead moves; commit all of it together with the move.

    Finished: each of them is reported. Given up with nothing open at the authority: each goes its own way, and so does the lead where
    what stopped it may lie with another's file. Opened anew: without those that were to leave.

    Args:
        before: The lead as it is stored.
        after: As it moves.
        members: Those of its bundle, as they are stored.
    """
    if not after.bundle:
        return Bundle(lead=after)
    inside = [each for each in members if each.joined == after.id]
    if after.state is _State.FINISHED:
        return Bundle(lead=after, others=tuple(_reported(after, each) for each in inside))
    if after.remote_id is None and after.state in (_State.NEEDS_HUMAN, _State.WITHDRAWN):
        return _dissolve(before, after, inside)
    gone = [each for each in inside if each.state is _State.RETRACTING]
    if gone and after.remote_id is None:
        return Bundle(lead=replace(after, **_without(after, gone)), others=tuple(map(_withdrawn, gone)))
    return Bundle(lead=as_urgent(after, inside) if after.state is _State.NEEDS_HUMAN else after)


def as_urgent(lead: records.Referral, members: Sequence[records.Referral]) -> records.Referral:
    """Give a report that waits for a person the priority and the clock of the most urgent in it: they look at that one alone. Its version stays.

    In a batched report each has its own, and danger is said of one of them.
    """
    urgent = min((each for each in members if each.priority is Priority.FIRST), key=_due, default=lead)
    if urgent.priority is not Priority.FIRST or lead.priority is Priority.FIRST:
        return lead
    first = urgent if _due(urgent) < _due(lead) else lead
    return replace(lead, priority=urgent.priority, clock_from=first.clock_from, due_at=first.due_at)


def _due(found: records.Referral) -> datetime:
    return found.due_at or datetime.max.replace(tzinfo=UTC)


def _dissolve(
    before: records.Referral, after: records.Referral, inside: Sequence[records.Referral]
) -> Bundle:
    """Let everybody go. Where the lead already waited for a person, they wait for one too: nobody knows what became of it."""
    asked, overturned = before.state is _State.NEEDS_HUMAN, after.problem == OVERTURNED
    own = _without(after, inside)
    if not overturned:
        own["alone"] = True
    if after.state is _State.NEEDS_HUMAN and not asked and not overturned:
        own |= {"state": _State.DRAFT if before.state is _State.DRAFT else _State.OPENING, "problem": None}
    freed: dict[str, Any] = {
        "state": _State.NEEDS_HUMAN if asked else _State.DRAFT, "joined": None, "alone": not overturned,
        "problem": before.problem if asked else None,
    }  # fmt: skip
    if after.priority is Priority.FIRST and not after.batched:
        # In a batched report each has its own. Else a child may be in danger, and nobody knows here of whose file that was said: none of them waits.
        freed |= {"priority": after.priority, "clock_from": after.clock_from, "due_at": after.due_at}
    others = (
        _withdrawn(each)
        if each.state is _State.RETRACTING
        else moves.advance(each, **freed, files=_own(each))
        for each in inside
    )
    return Bundle(lead=replace(after, **own), others=tuple(others))


def _reported(lead: records.Referral, member: records.Referral) -> records.Referral:
    known = {file.item_id: file for file in lead.files}
    return moves.advance(
        member, state=_State.FINISHED, remote_id=lead.remote_id, finished_at=lead.finished_at, sent_at=lead.sent_at, problem=None, attempts=0,
        files=tuple(known[file.item_id] for file in member.files if file.item_id in known),
    )  # fmt: skip


def apart(lead: records.Referral, members: Sequence[records.Referral]) -> Bundle:
    """Take members out of a report of which nothing was sent: each has a report of its own again."""
    freed = (moves.advance(each, state=_State.DRAFT, joined=None, files=_own(each)) for each in members)
    return Bundle(lead=moves.advance(lead, **_without(lead, members)), others=tuple(freed))


def parted(lead: records.Referral, members: Sequence[records.Referral]) -> Bundle:
    """Let everybody in a report go that is not opened, for its receiver is gone. The lead's version stays, for it moves too.

    Raises:
        ConflictError: Something of it may be at its receiver.
    """
    if lead.state not in _UNOPENED or lead.remote_id is not None:
        raise ConflictError(f"referral {lead.id}: {lead.state}, expected one that is not opened")
    bundle = _dissolve(lead, lead, [each for each in members if each.joined == lead.id])
    # Nothing was wrong with them, so that they may go together elsewhere.
    one, *others = (replace(each, alone=False) for each in (bundle.lead, *bundle.others))
    return Bundle(lead=one, others=tuple(others))


def _own(member: records.Referral) -> tuple[records.ReferralFile, ...]:
    """Give a member's files as they are in a report of its own: none is told as the copy of another's."""
    return tuple(records.ReferralFile(item_id=file.item_id) for file in member.files)


def _withdrawn(member: records.Referral) -> records.Referral:
    return moves.advance(member, state=_State.WITHDRAWN, joined=None, problem=OVERTURNED, files=_own(member))


def _without(lead: records.Referral, gone: Sequence[records.Referral]) -> dict[str, Any]:
    ids, items = {each.id for each in gone}, {file.item_id for each in gone for file in each.files}
    return {
        "bundle": tuple(each for each in lead.bundle if each.referral_id not in ids),
        "files": tuple(file for file in lead.files if file.item_id not in items),
    }


def as_one(parts: Sequence[tuple[records.Decision, records.Case]]) -> tuple[records.Decision, records.Case]:
    """Give several decisions about one account as one, so that one report is built of all.

    Args:
        parts: Each decision with its case; the lead's first, and of that are the ids.
    """
    decision, case = parts[0]
    decisions, cases = [each for each, _ in parts], [each for _, each in parts]
    reasons = dict.fromkeys(each.escalation for each in decisions if each.escalation)
    whole = replace(
        decision, findings=tuple(finding for each in decisions for finding in each.findings),
        annotations=tuple(dict.fromkeys(annotation for each in decisions for annotation in each.annotations)),
        escalation=" ".join(reasons)[:LONGEST_REASON].strip() or None, answers=_answers(decisions),
    )  # fmt: skip
    return whole, replace(
        case, item_ids=tuple(dict.fromkeys(item_id for each in cases for item_id in each.item_ids)),
        reasons=tuple(dict.fromkeys(reason for each in cases for reason in each.reasons)),
    )  # fmt: skip


def _answers(decisions: Sequence[records.Decision]) -> tuple[records.Answer, ...]:
    """Answer for all what was answered for each: yes if it is so of one, not sure if somebody was not. What one did not answer is not answered."""
    given = [{answer.about: answer.reply for answer in each.answers} for each in decisions]
    answers = []
    for about in records.ASKED:
        replies = [each[about] for each in given if about in each]
        if len(replies) == len(given):
            reply = next((each for each in (Reply.YES, Reply.NOT_SURE) if each in replies), Reply.NO)
            answers.append(records.Answer(about=about, reply=reply))
    return tuple(answers)


def _each_once(files: Iterable[records.ReferralFile]) -> tuple[records.ReferralFile, ...]:
    return tuple({file.item_id: file for file in files}.values())
