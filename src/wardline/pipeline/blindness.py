"""What a person may know of a case before it is closed: never what others decided, wrote or caused, for they may have to judge it too.

Nothing is hidden on a page or left to the caller: what must not be known is taken out here, before an answer is made of it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from wardline import records, review
from wardline.errors import RefusedError
from wardline.pipeline import people, subjects
from wardline.pipeline.parts import Parts
from wardline.records import ActionKind, CaseState, DecisionState, Stage, Verb

_WAITS = (Stage.SECOND, Stage.ADJUDICATION)
_PRACTICE = (
    Verb.GOLDEN_GIVEN,
    Verb.GOLDEN_ANSWERED,
    Verb.AUDIT_DRAWN,
    Verb.AUDIT_ENDED,
    Verb.EVIDENCE_RECORDED,
)
"""They would tell, by their times, which cases are files with a known answer, or were drawn by lot."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """What somebody answered, without a name, a time or a note."""

    outcome: records.Outcome
    findings: tuple[records.Finding, ...]


def seen(parts: Parts, cases: Sequence[records.Case], user: records.User) -> list[records.Case]:
    """Give cases as this person may see them: before they are closed, without who had them and what others' decisions did."""
    waiting = [each.id for each in cases if each.state is not CaseState.CLOSED]
    opinions = parts.store.opinions_of_several(waiting) if waiting else {}
    decisions = parts.store.several_decisions(
        [each.decision_id for each in cases if each.decision_id and each.state is not CaseState.CLOSED]
    )
    acted_on = {each.id for each in cases if _is_acted_audit(parts, each, user)}
    told = [
        _without_neighbours(parts, replace(each, restricted=False) if each.id in acted_on else each, user)
        for each in cases
    ]
    return [_seen(each, user, opinions.get(each.id, []), decisions) for each in told]


def _is_acted_audit(parts: Parts, case: records.Case, user: records.User) -> bool:
    """Say whether a machine hid a file that people judge to find out whether it was right: that it did would tell them what it said."""
    is_open = case.restricted and case.state is not CaseState.CLOSED and people.may_review(user)
    # Without detectors there are no audits, and nothing is asked.
    return is_open and bool(parts.rules.scopes.several) and parts.store.random_audit_of(case.id) is not None


def _without_neighbours(parts: Parts, case: records.Case, user: records.User) -> records.Case:
    """Take out what two people found of a file near this one, for everybody who may have to judge it without knowing that.

    Whoever judges it first, and holds it, is told why it comes so soon; so is whoever judged it already, and who judges nothing.
    """
    is_first = case.claimed_by == user.id and case.stage in (Stage.FIRST, Stage.AUDIT)
    is_open = case.state is not CaseState.CLOSED and review.is_near_a_violation(case)
    if not is_open or is_first or not people.may_review(user) or _gave_theirs(parts, case, user):
        return case
    member = parts.store.cluster_member(case.id)
    return review.without_neighbours(case, hidden_for_it=member is not None and member.restricted)


def _gave_theirs(parts: Parts, case: records.Case, user: records.User) -> bool:
    return any(
        each.user_id == user.id and each.state is not DecisionState.UNDONE
        for each in parts.store.decisions_of(case.id)
    )


def _seen(
    case: records.Case, user: records.User, opinions: Sequence[records.Opinion], decisions: dict[str, records.Decision],
) -> records.Case:  # fmt: skip
    # Who did not want a case is nobody else's business, whatever became of it.
    others = set(case.declined_by) - {user.id}
    case = replace(
        case, passed_by=tuple(each for each in case.passed_by if each not in others),
        declined_by=tuple(each for each in case.declined_by if each == user.id),
    )  # fmt: skip
    if case.state is CaseState.CLOSED:
        return case
    newest = decisions.get(case.decision_id or "")
    own = next((each.decision_id for each in reversed(opinions) if each.user_id == user.id), None)
    is_own = newest is not None and newest.user_id == user.id
    was_visible = any(each.restricts and each.user_id != user.id for each in opinions)
    return replace(
        case, decision_id=case.decision_id if is_own else own, restricted=case.restricted and not was_visible,
        passed_by=tuple(each for each in case.passed_by if each == user.id),
    )  # fmt: skip


def scores_of(
    parts: Parts, case: records.Case, item: records.Item, user: records.User
) -> tuple[records.Score, ...]:
    """Give what detectors said of a file, to whoever judged it and to those who judge nothing; of an audit to nobody.

    Never before the case is closed: what a machine thinks of a file is no part of what people decide by.
    """
    if case.state is not CaseState.CLOSED or parts.store.random_audit_of(case.id) is not None:
        return ()
    if people.may_review(user) and all(each.user_id != user.id for each in parts.store.decisions_of(case.id)):
        return ()
    return item.scores


def hides(case: records.Case, user: records.User) -> bool:
    """Say whether what came of a case is kept from this person, whose opinion may be asked for yet."""
    return (
        people.may_review(user)
        and case.state is not CaseState.CLOSED
        and case.stage in _WAITS
        and not takes_no_part(case, user)
    )


def takes_no_part(case: records.Case, user: records.User) -> bool:
    """Say whether a case can come to this person no more; to whoever only passed it on it can."""
    return user.id in case.passed_by and user.id not in case.declined_by


def hidden_cases(parts: Parts, case_ids: Iterable[str], user: records.User) -> set[str]:
    """Give those of these cases of which this person must not know what came of them; ids of none are passed over.

    They may have to give an opinion yet, or they decide an appeal at this moment: what is appealed against was known before, and they shall
    not look it up meanwhile. Or it is about an account of their own, which is kept from those who review nothing, too.
    """
    wanted = list(set(case_ids))
    own = about_own(parts, wanted, user)
    if not people.may_review(user):
        return own
    return own | _awaiting_opinions(parts, wanted, user) | _answering(parts, wanted, user)


def about_own(parts: Parts, case_ids: Sequence[str], user: records.User) -> set[str]:
    """Give those of these cases that are about an account that this person declared as their own."""
    if not user.accounts:
        return set()
    return {
        each.id for each in parts.store.several_cases(list(case_ids)).values() if review.is_party(each, user)
    }


def require_others(parts: Parts, subject: str, case_ids: Sequence[str], user: records.User) -> None:
    """Require that no case that a record is about is about an account of this person's own.

    Raises:
        RefusedError: One is.
    """
    if about_own(parts, case_ids, user):
        raise RefusedError(
            f"{subject}: about an account of this person's own, expected somebody else",
            remedy="Have a colleague look.",
        )


def _awaiting_opinions(parts: Parts, case_ids: Iterable[str], user: records.User) -> set[str]:
    """Give those of these cases of which ``hides`` is true."""
    if not people.may_review(user):
        return set()
    # Only where somebody's opinion is in can there be anything to hide: one question for all.
    judged = parts.store.opinions_of_several(list(set(case_ids)))
    waiting = [
        case_id for case_id, opinions in judged.items() if any(each.settled_at is None for each in opinions)
    ]
    return {case_id for case_id, case in parts.store.several_cases(waiting).items() if hides(case, user)}


def _answering(parts: Parts, case_ids: Sequence[str], user: records.User) -> set[str]:
    """Give those of these cases whose appeal this person decides, until that cannot be taken back any more."""
    appealed = [
        case
        for case in parts.store.several_cases(case_ids).values()
        if case.stage is Stage.APPEAL and case.state is not CaseState.CLOSED
    ]
    pending = parts.store.several_decisions(
        [case.decision_id for case in appealed if case.decision_id and case.state is CaseState.DECIDED]
    )
    return {
        case.id
        for case in appealed
        if user.id == (pending[case.decision_id].user_id if case.decision_id in pending else case.claimed_by)
    }


def require_open(parts: Parts, case_id: str, user: records.User | None) -> None:
    """Require that this person may know what came of a case.

    Raises:
        RefusedError: Their opinion may be asked for; also where that is not known yet, for somebody decided a moment ago.
    """
    if user is None:
        return
    require_others(parts, case_id, [case_id], user)
    if not people.may_review(user):
        return
    just_decided = _just_decided(parts, [case_id], user) and not takes_no_part(
        parts.store.case(case_id), user
    )
    if just_decided or hidden_cases(parts, [case_id], user):
        raise RefusedError(
            f"{case_id}: to be judged without knowing what came of it, expected a settled case",
            remedy="Wait until it is settled, or have somebody look who does not review.",
        )


def seen_actions(
    parts: Parts, case: records.Case, user: records.User, actions: Sequence[records.Action]
) -> list[records.Action]:
    """Give what the platform was asked, without what others' decisions led to, or a machine's that they are to judge."""
    if _is_acted_audit(parts, case, user):
        return []
    if not people.may_review(user) or case.state is CaseState.CLOSED or case.stage is Stage.FIRST:
        return list(actions)
    return [each for each in actions if _came_before_people(case, each)]


def _came_before_people(case: records.Case, action: records.Action) -> bool:
    """Say whether the content was hidden when its case was opened, whatever people said since."""
    return action.kind is ActionKind.RESTRICT_CONTENT and action.created_at <= case.opened_at


def seen_notices(parts: Parts, notices: Sequence[records.Notice], user: records.User) -> list[records.Notice]:
    """Give flags, those of cases that this person may have to judge as if nothing had come of them yet; none about an account of their own."""
    cases = [each.case_id for each in notices]
    hidden, own = _awaiting_opinions(parts, cases, user), about_own(parts, cases, user)
    return [
        replace(each, state=records.NoticeState.OPEN, answered_at=None, version=1) if each.case_id in hidden else each
        for each in notices
        if each.case_id not in own
    ]  # fmt: skip


def seen_appeals(parts: Parts, appeals: Sequence[records.Appeal], user: records.User) -> list[records.Appeal]:
    """Give appeals in the same way; none against what others' decisions led to, for that there is one would tell what they said."""
    cases = [each.case_id for each in appeals]
    hidden, own = _awaiting_opinions(parts, cases, user), about_own(parts, cases, user)
    known = parts.store.several_cases(list(hidden))
    return [
        replace(each, state=records.AppealState.WAITING, decision_id=None, answer_id=None, answered_at=None, version=1)
        if each.case_id in hidden
        else each
        for each in appeals
        if each.case_id not in own
        and (each.case_id not in hidden or _came_before_people(known[each.case_id], parts.store.action(each.action_id)))
    ]  # fmt: skip


def seen_reveals(
    case: records.Case, user: records.User, reveals: Sequence[records.Reveal]
) -> list[records.Reveal]:
    """Give what was shown, to a person who may have to judge the case without what others looked at."""
    if not people.may_review(user) or case.state is CaseState.CLOSED:
        return list(reveals)
    return [each for each in reveals if each.user_id == user.id]


def is_judged_blind(parts: Parts, case: records.Case) -> bool:
    """Say whether an open case is judged without knowing what others did with it: not the first time, or drawn by lot to be judged by several."""
    return case.state is not CaseState.CLOSED and (
        case.stage is not Stage.FIRST or parts.store.random_audit_of(case.id) is not None
    )


def authors(parts: Parts, case: records.Case, user: records.User) -> set[str]:
    """Give the others whose opinions about an open case are in, or who could not tell: they are named nowhere, nor is what they wrote.

    Where others judge besides, or one appeals, neither is it told what somebody took back: it is an opinion all the same.
    """
    if case.state is CaseState.CLOSED:
        return set()
    is_blind = is_judged_blind(parts, case)
    decided = {
        each.user_id
        for each in parts.store.decisions_of(case.id)
        if is_blind or each.state is not DecisionState.UNDONE
    }
    return (decided | set(case.passed_by)) - {user.id}


def answers_for(parts: Parts, case: records.Case, user: records.User, *, holds: bool) -> list[Answered]:
    """Give the answers between which this person decides, in an order that does not tell which came first; none to anybody else.

    Args:
        parts: The installation's.
        case: In question.
        user: Who asks.
        holds: Whether they have the case in hand.
    """
    if case.stage is not Stage.ADJUDICATION or not holds or user.id in case.passed_by:
        return []
    opinions = [each for each in parts.store.opinions_of(case.id) if each.settled_at is None]
    decisions = parts.store.several_decisions([each.decision_id for each in opinions])
    ordered = sorted(opinions, key=lambda each: each.answer)
    return [
        Answered(
            outcome=decisions[each.decision_id].outcome,
            findings=tuple(
                replace(finding, annotations=()) for finding in decisions[each.decision_id].findings
            ),
        )
        for each in ordered
    ]


def told(
    parts: Parts, lines: Sequence[tuple[int, records.Entry]], user: records.User
) -> list[tuple[int, records.Entry]]:
    """Leave out the entries of the log that tell what came of a case that this person may have to judge."""
    if not people.may_review(user):
        return list(lines)
    lines = [(position, entry) for position, entry in lines if entry.verb not in _PRACTICE]
    lines = _without_told_neighbours(parts, lines)
    about = subjects.cases_of_several(parts, [(entry.subject_id, entry.detail) for _, entry in lines])
    case_ids = list(set[str]().union(*about))
    hidden = hidden_cases(parts, case_ids, user) | _just_decided(parts, case_ids, user)
    return [line for line, cases in zip(lines, about, strict=True) if hidden.isdisjoint(cases)]


def _just_decided(parts: Parts, case_ids: Sequence[str], user: records.User) -> set[str]:
    """Give those of some cases that somebody else decided a moment ago: whether another opinion is wanted shows when it takes effect."""
    pending = [
        case for case in parts.store.several_cases(list(case_ids)).values() if case.state is CaseState.DECIDED
    ]
    decisions = parts.store.several_decisions([case.decision_id for case in pending if case.decision_id])
    return {
        case.id
        for case in pending
        if (found := decisions.get(case.decision_id or "")) and found.user_id != user.id
    }


def _without_told_neighbours(
    parts: Parts, lines: Sequence[tuple[int, records.Entry]]
) -> list[tuple[int, records.Entry]]:
    """Leave out entries that tell what spreads in a cluster of which a case waits for somebody who shall not know that."""
    store = parts.store
    in_front = {entry.subject_id for _, entry in lines if entry.verb is Verb.CASE_PUT_IN_FRONT}
    cases = store.several_cases(list(in_front))
    spreads = {entry.subject_id for _, entry in lines if entry.subject_id.startswith("spread-")}
    clusters = {each: store.spread(each).cluster_id for each in spreads}
    waiting = {each for each in set(clusters.values()) if store.awaits_opinion(each)}

    def tells(entry: records.Entry) -> bool:
        if entry.verb is Verb.CASE_PUT_IN_FRONT:
            found = cases.get(entry.subject_id)
            return found is not None and found.state is not CaseState.CLOSED
        return clusters.get(entry.subject_id) in waiting

    return [each for each in lines if not tells(each[1])]
