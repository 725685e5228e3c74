"""Evidence with a known answer: shown for practice where it lies, never copied, and only while it is lawfully held.

Off unless the settings say otherwise. Whoever judged a case, or was shown its file, gets none of it.
"""

from __future__ import annotations

from dataclasses import replace

from wardline import assurance, records, review
from wardline.errors import AlreadyExistsError, ConflictError, NotFoundError, RefusedError
from wardline.pipeline.parts import SYSTEM, Parts
from wardline.records import CaseState, DecisionState, HoldState, Insert, Outcome, Replace, Verb


def add(parts: Parts, case_id: str, *, item_id: str | None = None, actor: str = SYSTEM) -> records.GoldenItem:
    """Use the evidence of a case for practice; its known answer is what two people said of it, blind.

    Args:
        parts: The installation's.
        case_id: A closed case.
        item_id: Which of its files; None where it has one.
        actor: Who wants it.

    Raises:
        AlreadyExistsError: It is in use already.
        ConflictError: The case is not decided beyond doubt, or its evidence is not held any more.
        NotFoundError: There is no such case, or it has no such file.
        RefusedError: The settings do not allow it, or the case has several files and none was named.
    """
    if not parts.rules.golden_violating:
        raise RefusedError(
            f"{case_id}: evidence is not used for practice here, expected review.golden.violating in the settings",
            remedy="Read docs/explanation/second-opinions.md, ask your counsel and your team, and switch it on.",
        )
    case = parts.store.case(case_id)
    golden = _made(parts, case, _file(case, item_id), actor)
    if not stands(parts, golden):
        raise ConflictError(
            f"{case_id}: not decided by two people in agreement, or its evidence is held no more, expected a closed case that nobody appealed and whose file is held",
            remedy="Choose another case.",
        )
    if any(each.item_id == golden.item_id for each in parts.store.golden_items()):
        raise AlreadyExistsError(f"{golden.item_id}: is used for practice, expected a file that is not")
    detail = f"{golden.outcome} {case.id}"
    parts.store.commit(
        Insert(golden), entries=[parts.entry(Verb.GOLDEN_ADDED, golden.id, actor=actor, detail=detail)]
    )
    return golden


def _file(case: records.Case, item_id: str | None) -> str:
    if item_id is None and len(case.item_ids) > 1:
        raise RefusedError(
            f"{case.id}: has {len(case.item_ids)} files, expected the id of one of them",
            remedy="Name the file.",
        )
    chosen = item_id or case.item_ids[0]
    if chosen not in case.item_ids:
        raise NotFoundError(f"{case.id}: has no such file")
    return chosen


def _made(parts: Parts, case: records.Case, item_id: str, actor: str) -> records.GoldenItem:
    decision = parts.store.decision(case.decision_id) if case.decision_id else None
    found = decision.findings if decision else ()
    category = next((each.category for each in found if each.item_id == item_id), None)
    if decision is None or decision.outcome is not Outcome.VIOLATION or category is None:
        raise ConflictError(
            f"{case.id}: not decided as a violation with a category of this file, expected one that is",
            remedy="Choose another case. Files that are no violation come from `wardline golden add`.",
        )
    return records.GoldenItem(
        id=parts.new_id("golden-item"), item_id=item_id, outcome=decision.outcome, added_at=parts.now(), added_by=actor,
        case_id=case.id, decision_id=decision.id, category=category,
    )  # fmt: skip


def stands(parts: Parts, golden: records.GoldenItem) -> bool:
    """Say whether such a file may be shown now: its case is as it was, nobody asks about it, and a hold on the file lasts."""
    store = parts.store
    if golden.case_id is None or golden.decision_id is None:
        return True
    case, decision = store.case(golden.case_id), store.decision(golden.decision_id)
    appeal = store.appeal_of(case.id)
    is_decided = (
        case.state is CaseState.CLOSED
        and case.decision_id == decision.id
        and decision.state is DecisionState.EFFECTIVE
        and assurance.is_beyond_doubt(decision.id, store.opinions_of(case.id))
        and (appeal is None or appeal.answered_at is not None)
    )
    return is_decided and _is_held(parts, golden.item_id)


def _is_held(parts: Parts, item_id: str) -> bool:
    now = parts.now()
    held = any(each.state is HoldState.ACTIVE and each.until > now for each in parts.store.holds_of(item_id))
    return held and parts.store.item(item_id).sealed


def is_for(parts: Parts, golden: records.GoldenItem, user: records.User) -> bool:
    """Say whether a person may be given such a file: they neither judged its case nor were shown the file, and are no party to it."""
    if golden.case_id is None:
        return True
    is_theirs = parts.store.case(golden.case_id).account_reference in user.accounts
    return user.id not in who_know_it(parts, golden) and not is_theirs


def who_know_it(parts: Parts, golden: records.GoldenItem) -> tuple[str, ...]:
    """Name those who judged the case of such a file or were shown it: its showings are for others."""
    if golden.case_id is None:
        return ()
    judged = [each.user_id for each in parts.store.decisions_of(golden.case_id)]
    looked = [each.user_id for each in parts.store.reveals_of(golden.case_id)]
    return tuple(dict.fromkeys((*judged, *looked)))


def not_for(parts: Parts, golden: records.GoldenItem) -> tuple[str, ...]:
    """Name everybody who must not get such a file, also when somebody gave it back: who know it, who are a party to its case, and who do not
    take files of its kind."""
    if golden.case_id is None or golden.category is None:
        return ()
    account, grade = (
        parts.store.case(golden.case_id).account_reference,
        review.grade_of_category(golden.category),
    )
    parties = [each.id for each in parts.store.users() if account in each.accounts]
    decline = [each.user_id for each in parts.store.all_choices() if grade in each.grades]
    return tuple(dict.fromkeys((*who_know_it(parts, golden), *parties, *decline)))


def file_of(parts: Parts, case_id: str, item_id: str) -> str:
    """Give the sealed file that a file of a case is shown from: itself, but for evidence that is shown for practice.

    Raises:
        NotFoundError: It may not be shown any more; it is told like any file that was destroyed.
    """
    showing = parts.store.golden_case_of(case_id)
    golden = parts.store.golden_item(showing.golden_id) if showing else None
    if golden is None or golden.case_id is None:
        return item_id
    if golden.retired_at is not None or not parts.rules.golden_violating or not stands(parts, golden):
        raise NotFoundError(f"{item_id}: was destroyed")
    return golden.item_id


def withdrawn(parts: Parts, item_id: str) -> tuple[list[records.Change], list[records.Entry]]:
    """Make what takes evidence out of practice that is about to be destroyed."""
    changes: list[records.Change] = []
    entries = []
    for golden in parts.store.golden_items():
        if golden.item_id == item_id and golden.case_id is not None:
            changes.append(Replace(retired(parts, golden)))
            entries.append(parts.entry(Verb.GOLDEN_RETIRED, golden.id, detail="held no more"))
    return changes, entries


def retired(parts: Parts, golden: records.GoldenItem) -> records.GoldenItem:
    """Give such a file as it is once it is out of use. Evidence itself is not touched: only preservation destroys it."""
    return replace(golden, retired_at=parts.now(), version=golden.version + 1)


def sweep(parts: Parts) -> None:
    """Retire evidence that may not be shown any more: its decision fell, somebody appealed, or its hold is over."""
    for golden in parts.store.golden_items():
        if golden.case_id is not None and not stands(parts, golden):
            entry = parts.entry(Verb.GOLDEN_RETIRED, golden.id, detail="does not stand any more")
            parts.store.commit(Replace(retired(parts, golden)), entries=[entry])
