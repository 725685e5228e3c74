"""From an agreement to the cases of files that nobody looked at for it: identical ones are decided, near ones are put in front."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from wardline import records
from wardline.records import CaseState, Category, Odds, Outcome, Stage
from wardline.review.order import place_of
from wardline.review.urgency import graver
from wardline.review.weights import Weights

NOBODY = "system"
"""In the place of the person in a decision that spread: it names none, for none looked at the file."""
IDENTICAL = "Identical to a file that two people decided"
SAMPLED = "Identical to files that were decided without another look; one in some is looked at"
IN_DOUBT = "What two people said of a file like it is in doubt"
NEAR_A_VIOLATION = "Near a file that two people found to be a violation"
NEAR_A_KNOWN_FILE = "Near a file that people decided"
"""The same to somebody who shall judge it without knowing what others found."""
_NEAR_IS_ALIKE = 0.9
"""That a file within the radius is what the leader is. Set by hand, below what simulated clusters have (0.99), for radii are drawn wide."""
_MIXED = Odds(a=0.3, b=0.5, other=0.2)
"""What a violation is where people did not agree on the category."""


@dataclass(frozen=True, slots=True)
class Words:
    """What a decision that spreads takes over from those that it follows from: what all of them said of the file."""

    annotations: tuple[records.FileAnnotation, ...]
    answers: tuple[records.Answer, ...]


def words_of(decisions: Sequence[records.Decision]) -> Words:
    """Give the annotations and answers that all decisions share. Annotations of a report are about an account, and are not taken over."""
    marked = [{mark for finding in each.findings for mark in finding.annotations} for each in decisions]
    shared = set.intersection(*marked) if marked else set()
    answered = set.intersection(*(set(each.answers) for each in decisions)) if decisions else set()
    return Words(tuple(sorted(shared)), tuple(sorted(answered, key=lambda answer: answer.about)))


def may_be_decided(case: records.Case, item: records.Item) -> bool:
    """Say whether a case may be decided without anybody looking: one file, still there and tied to an account, and nothing about the case
    that asks for a person. Whether somebody has it in hand is another question."""
    is_plain = case.stage is Stage.FIRST and case.escalated_by is None and case.held_until is None
    is_whole = len(case.item_ids) == 1 and item.sealed and bool(case.account_reference)
    return case.state is CaseState.OPEN and is_plain and is_whole and case.imminent_since is None


def is_in_hand(case: records.Case, now: datetime) -> bool:
    """Say whether somebody works on the case now; then it is left alone."""
    return case.lease_until is not None and case.lease_until > now


def decide_alike(
    case: records.Case, spread: records.Spread, words: Words, *, decision_id: str, now: datetime
) -> tuple[records.Case, records.Decision]:
    """Decide a case as two people decided an identical file. It takes effect at once: theirs did."""
    findings = (
        records.Finding(item_id=case.item_ids[0], category=spread.category, annotations=words.annotations),
    )
    is_violation = spread.outcome is Outcome.VIOLATION
    decision = records.Decision(
        id=decision_id, case_id=case.id, user_id=NOBODY, at=now, outcome=spread.outcome, findings=findings if is_violation else (),
        annotations=(), escalation=None, undo_until=now, answers=words.answers if is_violation else (),
        spread_from=spread.decisions,
    )  # fmt: skip
    decided = replace(
        case, state=CaseState.DECIDED, decision_id=decision_id, reasons=(*case.reasons, IDENTICAL), claimed_by=None,
        lease_until=None, version=case.version + 1,
    )  # fmt: skip
    return decided, decision


def sample(case: records.Case, spread: records.Spread, *, others: Sequence[str]) -> records.Case:
    """Leave a case to a person that would have been decided, so that somebody sees what spreads.

    Args:
        case: An open case.
        spread: What would have decided it.
        others: People who shall not get it, for they took part; none where nobody else is there.
    """
    hide = case.restricted or spread.outcome is Outcome.VIOLATION
    passed = tuple(dict.fromkeys((*case.passed_by, *others)))
    return replace(
        case, stage=Stage.AUDIT, reasons=(*case.reasons, SAMPLED), restricted=hide, passed_by=passed, version=case.version + 1
    )  # fmt: skip


def put_in_front(
    case: records.Case, item: records.Item, spread: records.Spread, weights: Weights
) -> records.Case:
    """Hide the content for now and let a person see the case sooner, for two people found a file near it to be a violation."""
    of = f" of category {spread.category}" if spread.category else ""
    hidden = replace(
        case, restricted=True, reasons=(*case.reasons, f"{NEAR_A_VIOLATION}{of}"),
        version=case.version + 1,
    )  # fmt: skip
    views = item.context.views_per_hour if item.context else None
    was = case.urgency
    near = records.Urgency(
        odds=_odds_near(spread.category), category=spread.category, views_known=was.views_known if was else views is not None,
        views_per_hour=was.views_per_hour if was else views if views is not None else weights.views_per_hour,
    )  # fmt: skip
    urgency = graver(was, near, weights) if was else near
    place = place_of(hidden, urgency, item.context, weights)
    return replace(
        hidden, urgency=urgency, lane=place.lane, views_turn=place.views_turn, delay_turn=place.delay_turn,
        score_turn=-urgency.odds.violation,
    )  # fmt: skip


def is_near_a_violation(case: records.Case) -> bool:
    """Say whether a case tells, in its reasons and its place, what two people found of a file near its own."""
    return any(each.startswith(NEAR_A_VIOLATION) for each in case.reasons)


def is_unjudged(case: records.Case) -> bool:
    """Say whether nobody found anything in this file or in one like it, nor says that a child may be in danger: else no machine shows it again."""
    of_others = any(
        each.startswith(NEAR_A_VIOLATION) or each in (IDENTICAL, SAMPLED, IN_DOUBT) for each in case.reasons
    )
    is_first = case.stage is Stage.FIRST and case.decision_id is None
    return is_first and not of_others and case.imminent_since is None


def without_neighbours(case: records.Case, *, hidden_for_it: bool) -> records.Case:
    """Give a case without what people found of a file near its own: neither in words, nor in its place in the order, nor in
    its target, nor by being hidden.

    Args:
        case: One that ``is_near_a_violation``.
        hidden_for_it: Whether its content was hidden for that alone.
    """
    reasons = (NEAR_A_KNOWN_FILE if each.startswith(NEAR_A_VIOLATION) else each for each in case.reasons)
    return replace(
        case, reasons=tuple(dict.fromkeys(reasons)), restricted=case.restricted and not hidden_for_it, urgency=None, lane=None,
        views_turn=None, delay_turn=None, due_at=None, target=None,
    )  # fmt: skip


def open_again(case: records.Case, *, restricted: bool) -> records.Case:
    """Give a case back to people that a spread had decided.

    Args:
        case: As it was closed.
        restricted: Whether its content was hidden before; then it is meanwhile.
    """
    return replace(
        case, state=CaseState.OPEN, stage=Stage.FIRST, restricted=restricted, decision_id=None, claimed_by=None, lease_until=None,
        reasons=(*case.reasons, IN_DOUBT), version=case.version + 1,
    )  # fmt: skip


def release(case: records.Case, *, show_again: bool) -> records.Case:
    """Let go of an open case that a spread had put in front or drawn for review. It keeps its place in the queue.

    Args:
        case: An open case.
        show_again: Whether its content was hidden for the spread alone, and is shown again.
    """
    stage = Stage.FIRST if case.stage is Stage.AUDIT else case.stage
    return replace(
        case, stage=stage, reasons=(*case.reasons, IN_DOUBT), restricted=case.restricted and not show_again, version=case.version + 1
    )  # fmt: skip


def _odds_near(category: Category | None) -> Odds:
    if category is None:
        return Odds(
            a=_MIXED.a * _NEAR_IS_ALIKE, b=_MIXED.b * _NEAR_IS_ALIKE, other=_MIXED.other * _NEAR_IS_ALIKE
        )
    is_a = category in (Category.A1, Category.A2)
    return Odds(a=_NEAR_IS_ALIKE if is_a else 0.0, b=0.0 if is_a else _NEAR_IS_ALIKE, other=0.0)
