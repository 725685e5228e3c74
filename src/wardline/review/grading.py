"""How grave a case or a file is, as far as it counts for the person who takes it or was shown it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping

from wardline import records
from wardline.records import Category, DecisionState, Grade, HashKind, ListMeaning, ListTrust, Outcome

_MAY_BE_SEVERE = frozenset({ListMeaning.ILLEGAL, ListMeaning.GENERATED, ListMeaning.EXPLOITATIVE})


def grade_of_case(case: records.Case | records.Glance) -> Grade:
    """Say what is known of a case before anybody looks: by its lists, else unknown. Decisions of others are not asked: opinions are blind."""
    urgency = case.urgency
    if urgency is None:
        return Grade.UNKNOWN
    if urgency.category is not None:
        return grade_of_category(urgency.category)
    is_other = urgency.odds.other > 0 and urgency.odds.a == urgency.odds.b == 0
    return Grade.OTHER if is_other else Grade.UNKNOWN


def grades_of(
    reveals: Iterable[records.Reveal],
    items: Iterable[records.Item | records.ShownFile],
    own_decisions: Iterable[records.Decision],
) -> Mapping[str, Grade]:
    """Grade the files that a person was shown: by their own newest decision, else by the lists, else unknown.

    Args:
        reveals: What this person was shown.
        items: The files that are stored of it.
        own_decisions: What this person decided about their cases, oldest first; what was taken back says nothing.

    Returns:
        The grade of each file by its id.
    """
    found = {item.id: _listed(item) for item in items}
    shown_of: dict[str, set[str]] = defaultdict(set)
    for reveal in reveals:
        found.setdefault(reveal.item_id, Grade.UNKNOWN)
        shown_of[reveal.case_id].add(reveal.item_id)
    for decision in own_decisions:
        if decision.state is not DecisionState.UNDONE:
            found |= _decided(decision, shown_of[decision.case_id])
    return found


def grade_of_category(category: Category) -> Grade:
    """Give the letter of a category."""
    return Grade.A if category in (Category.A1, Category.A2) else Grade.B


def needs_view(visible: Iterable[Iterable[records.Match]]) -> bool:
    """Say whether a case can hardly be decided without looking: unless each of its files is the same as one of a verified list that
    gives its category and that nobody doubts.

    Args:
        visible: The matches of each of its files that can be looked at; one that cannot be seen needs no look.
    """
    return any(not _is_certain(matches) for matches in visible)


def _is_certain(matches: Iterable[records.Match]) -> bool:
    return any(
        match.hash_kind is not HashKind.PDQ and match.trust is ListTrust.VERIFIED and match.category is not None and match.doubt is None
        for match in matches
    )  # fmt: skip


def _listed(item: records.Item | records.ShownFile) -> Grade:
    categories = {grade_of_category(match.category) for match in item.matches if match.category is not None}
    if categories:
        return Grade.A if Grade.A in categories else Grade.B
    is_other = item.matches and not any(match.meaning in _MAY_BE_SEVERE for match in item.matches)
    return Grade.OTHER if is_other else Grade.UNKNOWN


def _decided(decision: records.Decision, shown: Iterable[str]) -> dict[str, Grade]:
    """Give what a decision says of the files that were shown."""
    for_all = {Outcome.NOT_VIOLATION: Grade.HARMLESS, Outcome.OTHER_RULE: Grade.OTHER}.get(decision.outcome)
    if for_all is not None:
        return dict.fromkeys(shown, for_all)
    graded = {each.item_id: each.category for each in decision.findings if each.category is not None}
    return {item_id: grade_of_category(graded[item_id]) for item_id in shown if item_id in graded}
