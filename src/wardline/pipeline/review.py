"""The step review: claims, reveals and decisions, each committed with its entry."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from wardline import records, review
from wardline.errors import AlreadyExistsError, InputError, NotAllowedError, NotFoundError, RefusedError
from wardline.pipeline import (
    alarms,
    fencing,
    golden,
    golden_evidence,
    opinions,
    standing_alone,
    tellings,
    wellbeing,
)
from wardline.pipeline.parts import ORIGINAL, Parts
from wardline.records import AlarmKind, Insert, Replace, Step, Task, Verb

_ESCALATED = 1_000_000
"""Numbers of tries from here on belong to cases that were handed to the leads: work that was enqueued once is not enqueued again."""


def claim(parts: Parts, case_id: str, user: records.User) -> records.Case:
    """Claim one case, or renew one's own claim."""
    return claim_read(parts, parts.store.case(case_id), user)


def claim_read(
    parts: Parts, case: records.Case, user: records.User, *, drawn: records.Drawn | None = None
) -> records.Case:
    """Claim a case as it was read a moment ago, and note why it was handed out before its turn. ``ConflictError`` if it changed since."""
    claimed = review.claim(
        case,
        user.id,
        now=parts.now(),
        lease=parts.rules.lease,
        role=user.role,
        accounts=user.accounts,
    )
    is_renewed = case.claimed_by == user.id
    if case.drawn is not records.Drawn.LOT and not is_renewed:
        claimed = replace(claimed, drawn=drawn)
    entry = parts.entry(Verb.CASE_CLAIMED, case.id, actor=user.id, detail=drawn or "")
    parts.store.commit(Replace(claimed), entries=[entry])
    return claimed


def bar(parts: Parts, case: records.Case, user: records.User) -> None:
    """Hand a case about an account of this person's own to others only, from here on."""
    barred = replace(case, passed_by=(*case.passed_by, user.id), version=case.version + 1)
    look = Task(name="find-reviewer", record_id=case.id, attempt=_ESCALATED + barred.version)
    parts.store.commit(
        Replace(barred), entries=[parts.entry(Verb.CASE_BARRED, case.id, actor=user.id)], work=[look]
    )


def return_case(parts: Parts, case_id: str, user: records.User) -> records.Case:
    """Give a case back. No reason is asked."""
    case = review.return_to_queue(parts.store.case(case_id), user.id)
    _leave(parts, case, user, Verb.CASE_RETURNED)
    return case


def hold(parts: Parts, case_id: str, user: records.User, *, until: datetime, note: str) -> records.Case:
    """Set a claimed case aside until later, with the reason for whoever takes it up."""
    case = review.set_aside(parts.store.case(case_id), user.id, now=parts.now(), until=until)
    _leave(
        parts, case, user, Verb.CASE_HELD, note=note, detail=f"until {until.isoformat(timespec='minutes')}"
    )
    return case


def escalate(parts: Parts, case_id: str, user: records.User, *, note: str) -> records.Case:
    """Hand a claimed case to the leads, with the reason. If no lead is left who may take it, a person hears of it."""
    case = review.escalate(parts.store.case(case_id), user.id, now=parts.now())
    look = Task(name="find-reviewer", record_id=case.id, attempt=_ESCALATED + case.version)
    _leave(parts, case, user, Verb.CASE_ESCALATED, note=note, work=[look])
    return case


def _leave(
    parts: Parts, case: records.Case, user: records.User, verb: Verb, *, note: str | None = None, detail: str = "",
    work: Sequence[Task] = (),
) -> None:  # fmt: skip
    """Commit that a case left somebody's hands."""
    _commit_covering(
        parts, user, Replace(case), *_noted(parts, case.id, user, note),
        entries=[parts.entry(verb, case.id, actor=user.id, detail=detail)], work=work,
    )  # fmt: skip


def _commit_covering(
    parts: Parts, user: records.User, *changes: records.Change, entries: Sequence[records.Entry], work: Sequence[Task] = ()
) -> None:  # fmt: skip
    """Commit, and with it that nothing is revealed to this person any more."""
    while True:
        coverings, told = _cover(parts, _running(parts, user))
        try:
            parts.store.commit(*changes, *coverings, entries=[*entries, *told], work=work)
        except AlreadyExistsError:
            if not coverings:
                raise
            continue  # the page said at the same moment that it covered the picture
        return


def _noted(parts: Parts, case_id: str, user: records.User, text: str | None) -> list[records.Change]:
    if text is None:
        return []
    made = records.Note(
        id=parts.new_id("note"), case_id=case_id, user_id=user.id, at=parts.now(), text=" ".join(text.split())
    )
    return [Insert(made)]


def cover_again(parts: Parts, user: records.User) -> None:
    """Note that what was revealed to this person is covered again. Nothing, if nothing is revealed."""
    if _running(parts, user):
        _commit_covering(parts, user, entries=())


def _running(parts: Parts, user: records.User) -> tuple[records.Reveal, ...]:
    """Give what is revealed to this person now."""
    now = parts.now()
    since = now - review.LONGEST_LOOK
    shown, ended = (
        parts.store.reveals_to(user.id, since=since),
        parts.store.coverings_by(user.id, since=since),
    )
    return review.running_reveals(shown, ended, now=now)


def _cover(
    parts: Parts, reveals: Sequence[records.Reveal]
) -> tuple[list[records.Change], list[records.Entry]]:
    """Make what ends these showings, and what the log says of it."""
    changes: list[records.Change] = []
    entries = []
    for reveal in reveals:
        covering = records.Covering(
            id=parts.new_id("covering"), reveal_id=reveal.id, user_id=reveal.user_id, at=parts.now()
        )
        changes.append(Insert(covering))
        entries.append(parts.entry(Verb.CASE_COVERED, reveal.case_id, actor=reveal.user_id, detail=reveal.id))
    return changes, entries


@dataclass(frozen=True, slots=True, kw_only=True)
class Showing:
    """How a picture is to be shown."""

    frame: int = 0
    """Of an animation, from 0."""
    rendition: records.Rendition = records.Rendition.FULL
    longest_side: int = 1600
    """Pixels."""
    seconds: int = 60
    """It is covered by itself after so long, 1 to 60."""


def cover(parts: Parts, case_id: str, item_id: str, user: records.User) -> bytes:
    """Give the stand-in for a file to the person who holds the case: at most 32 by 20 grey points. Not a view, and not logged as one.

    Returns:
        A PNG without metadata.
    """
    picture, _ = _render(parts, case_id, item_id, user, Showing(rendition=records.Rendition.COVER))
    return picture


def reveal(parts: Parts, case_id: str, item_id: str, user: records.User, showing: Showing) -> bytes:
    """Show one frame of one file, or an account in words, to the person who holds the case.

    The picture is made first and the entry is durable before the first byte is given: no entry, no picture, and no entry for a picture
    that could not be made.

    Returns:
        A PNG without metadata; of an incident without a file its words in UTF-8.

    Raises:
        LeaseLostError: The case is not claimed by this person now.
        RefusedError: The file cannot be shown, for no decoder can read it.
        LimitReachedError: This person has reached a limit of their shift, or a break is due.
    """
    wellbeing.require_capacity(parts, user)
    if showing.rendition is records.Rendition.COVER:
        raise InputError(f"{item_id}: a cover is no reveal, expected full or grey")
    picture, item = _render(parts, case_id, item_id, user, showing)
    while not _log_reveal(parts, case_id, item, user, showing):
        pass  # another tab revealed or covered something at the same moment: the limits are asked again
    return picture


def _log_reveal(parts: Parts, case_id: str, item: records.Item, user: records.User, showing: Showing) -> bool:
    """Commit that a file is shown, unless something else was shown to this person since the limits were asked."""
    number = wellbeing.next_number(parts, user)
    shown = records.Reveal(
        id=parts.new_id("reveal"), case_id=case_id, item_id=item.id, user_id=user.id, at=parts.now(), frame=showing.frame,
        seconds=showing.seconds, number=number,
    )  # fmt: skip
    form = f"{shown.id} {item.id} frame {showing.frame} {showing.rendition} {showing.longest_side}"
    # One thing at a time is on the screen: what was revealed before is covered by it.
    coverings, told = _cover(parts, _running(parts, user))
    entry = parts.entry(Verb.CASE_REVEALED, case_id, actor=user.id, detail=form)
    try:
        counted = () if parts.store.golden_case_of(case_id) else (parts.count(Step.REVEALS),)
        parts.store.commit(Insert(shown), *coverings, *counted, entries=[entry, *told])
    except AlreadyExistsError:
        return False
    return True


def _render(
    parts: Parts, case_id: str, item_id: str, user: records.User, showing: Showing
) -> tuple[bytes, records.Item]:
    case = parts.store.case(case_id)
    review.require_claim(case, user.id, now=parts.now())
    _require_no_party(case, user)
    if item_id not in case.item_ids:
        raise NotFoundError(f"{case_id}: has no such file")
    item = parts.store.item(item_id)
    if not item.sealed:
        raise NotFoundError(f"{item_id}: was destroyed")
    if item.told is not None:
        return _words(parts, item, showing), item
    if item.picture is None:
        raise RefusedError(
            f"{item_id}: no decoder can read it", remedy="Decide from the context, or pass it on."
        )
    review.require_frame(item, showing.frame)
    picture = parts.media.render(
        parts.vault.open(golden_evidence.file_of(parts, case_id, item_id), ORIGINAL),
        frame=showing.frame,
        longest_side=showing.longest_side,
        rendition=showing.rendition,
    )
    if isinstance(picture, records.Unscannable):
        raise RefusedError(
            f"{item_id}: cannot be shown ({picture.reason})",
            remedy="Try once more; then decide from the context.",
        )
    return picture, item


def _words(parts: Parts, item: records.Item, showing: Showing) -> bytes:
    """Give an account as a person reads it. Nothing decodes it: no sandbox is asked."""
    if showing.rendition is records.Rendition.COVER:
        raise RefusedError(
            f"{item.id}: words have no cover", remedy="Reveal them, or decide from the context."
        )
    review.require_frame(item, showing.frame)
    return tellings.opened(parts, [item])[item.id].words.encode()


def decide(parts: Parts, case_id: str, user: records.User, judgement: review.Judgement) -> records.Decision:
    """Record a decision; it takes effect when its undo window is over."""
    _require_no_party(parts.store.case(case_id), user)
    items = parts.store.several_items(parts.store.case(case_id).item_ids)
    review.require_fitting(judgement, list(items.values()))
    case, decision = review.decide(
        parts.store.case(case_id), judgement, decision_id=parts.new_id("decision"), user_id=user.id, now=parts.now(),
        undo_window=parts.rules.undo_window,
    )  # fmt: skip
    showing = parts.store.golden_case_of(case_id)
    if showing is not None:
        return _answer(parts, golden.answer(parts, showing, case, decision), user, judgement)
    pending = decision.state is records.DecisionState.PENDING
    later = decision.undo_until if decision.undo_until > decision.at else None
    decided = parts.entry(
        Verb.CASE_DECIDED, case.id, actor=user.id, detail=f"{decision.id} {decision.outcome}"
    )
    _commit_covering(
        parts, user, Replace(case), Insert(decision), *_noted(parts, case.id, user, judgement.note), entries=[decided],
        work=[
            Task(name="conclude", record_id=decision.id, not_before=later)
            if pending
            else Task(name="find-reviewer", record_id=case.id, attempt=len(case.passed_by))
        ],
    )  # fmt: skip
    return decision


def _require_no_party(case: records.Case, user: records.User) -> None:
    """Require that a person who holds a case did not say since that its account is theirs."""
    if review.is_party(case, user):
        raise NotAllowedError(
            f"{case.id}: about an account of this person's own, expected somebody else",
            remedy="Give the case back; a colleague decides it.",
        )


def _answer(
    parts: Parts, answer: golden.Answer, user: records.User, judgement: review.Judgement
) -> records.Decision:
    """Commit what a person said about a file with a known answer."""
    noted = _noted(parts, answer.decision.case_id, user, judgement.note)
    _commit_covering(parts, user, *answer.changes, *noted, entries=answer.entries)
    for item_id in answer.destroyed:
        # After the commit: should this be interrupted, `preserve.destroy_orphans` finds it.
        fencing.destroy(parts, item_id)
    return answer.decision


def find_reviewer(parts: Parts, case_id: str, _attempt: int) -> None:
    """See that somebody is left who may take a case that others passed; if nobody is, a person hears of it."""
    case = parts.store.case(case_id)
    if case.state is records.CaseState.OPEN and not opinions.able(parts, case):
        if standing_alone.nobody_left(parts, case):
            return
        whom, who = (
            ("a moderator or lead", "Everybody") if case.escalated_by is None else ("a lead", "Every lead")
        )
        message = f"{who} who may take {case_id} could not tell, or there is nobody. Add {whom}; the case waits and stays as it is."
        alarms.raise_alarm(parts, AlarmKind.CASE_STUCK, case_id, message)


def undo(parts: Parts, case_id: str, user: records.User) -> records.Case:
    """Take one's own decision back within its window."""
    case = parts.store.case(case_id)
    if case.decision_id is None:
        raise InputError(f"{case_id}: has no decision, expected one to undo")
    decision = parts.store.decision(case.decision_id)
    reopened, undone = review.undo(case, decision, user_id=user.id, now=parts.now(), lease=parts.rules.lease)
    parts.store.commit(
        Replace(reopened),
        Replace(undone),
        entries=[parts.entry(Verb.CASE_UNDONE, case.id, actor=user.id, detail=decision.id)],
    )
    return reopened


leave, commit_covering, noted = _leave, _commit_covering, _noted
"""For the neighbours that let go of cases, too."""
