"""What a person may know of requests to preserve and to destroy, who may yet have to judge one of their cases blind.

That an agency asks for a case says what others think of it. A request to preserve stays in sight without that case, for somebody has to be able
to extend it in time; a destruction is left out as a whole, for nobody shall approve what they may not read.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from wardline import records
from wardline.errors import RefusedError
from wardline.pipeline import appeal_looks, blindness
from wardline.pipeline.parts import Parts
from wardline.records import ApprovalKind


def seen_preservations(
    parts: Parts, found: Sequence[records.Preservation], user: records.User | None
) -> list[records.Preservation]:
    """Give requests, without the cases that this person may have to judge, their files, and the account if it is theirs."""
    cases_of = {each.id: _cases_of(parts, each) for each in found}
    hidden = _hidden(parts, (case_id for several in cases_of.values() for case_id in several), user)
    return [
        _without(each, [hidden[case_id] for case_id in cases_of[each.id] if case_id in hidden])
        for each in found
    ]


def _cases_of(parts: Parts, found: records.Preservation) -> set[str]:
    if found.case_ids:
        return set(found.case_ids)
    return _cases_of_items(
        parts, (*found.item_ids, *found.gone)
    )  # recorded before such requests named their cases


def _cases_of_items(parts: Parts, item_ids: Iterable[str]) -> set[str]:
    return {hold.case_id for item_id in item_ids for hold in parts.store.holds_of(item_id)}


def _hidden(parts: Parts, case_ids: Iterable[str], user: records.User | None) -> dict[str, records.Case]:
    if user is None:
        return {}
    hidden = blindness.hidden_cases(parts, case_ids, user)
    return parts.store.several_cases(list(hidden)) if hidden else {}


def _without(found: records.Preservation, hidden: Sequence[records.Case]) -> records.Preservation:
    if not hidden:
        return found
    cases = {each.id for each in hidden}
    items = {item_id for each in hidden for item_id in each.item_ids}
    is_theirs = found.account_reference in {each.account_reference for each in hidden}
    return replace(
        found, case_ids=tuple(each for each in found.case_ids if each not in cases),
        item_ids=tuple(each for each in found.item_ids if each not in items), gone=tuple(each for each in found.gone if each not in items),
        account_reference="" if is_theirs else found.account_reference,
    )  # fmt: skip


def seen_destructions(
    parts: Parts, found: Sequence[records.Destruction], user: records.User | None
) -> list[records.Destruction]:
    """Give destructions, but none of a file whose case this person may have to judge."""
    cases_of = {each.id: _cases_of_items(parts, each.item_ids) for each in found} if user is not None else {}
    hidden = _hidden(parts, (case_id for several in cases_of.values() for case_id in several), user)
    return [each for each in found if not hidden.keys() & cases_of.get(each.id, set())]


def require_open(parts: Parts, destruction_id: str, user: records.User | None) -> records.Destruction:
    """Give a destruction to a person who may know of it.

    Raises:
        NotFoundError: There is none.
        RefusedError: A case of it may have to be judged by this person.
    """
    found = parts.store.destruction(destruction_id)
    if not seen_destructions(parts, [found], user):
        raise RefusedError(
            f"{destruction_id}: about a case to be judged without knowing of it, expected settled cases",
            remedy="Have somebody look who does not review, or wait until everything is settled.",
        )
    return found


def seen_exports(
    parts: Parts, found: Sequence[records.Export], user: records.User | None
) -> list[records.Export]:
    """Give exports, but none with a case that this person may have to judge: that it is in one says that it is a violation."""
    hidden = _hidden(parts, {case_id for each in found for case_id in each.case_ids}, user)
    return [each for each in found if hidden.keys().isdisjoint(each.case_ids)]


def require_open_export(parts: Parts, export_id: str, user: records.User | None) -> records.Export:
    """Give an export to a person who may know of it.

    Raises:
        NotFoundError: There is none.
        RefusedError: A case in it may have to be judged by this person, or they could answer its appeal yet.
    """
    found = parts.store.export(export_id)
    if not seen_exports(parts, [found], user):
        raise RefusedError(
            f"{export_id}: about a case to be judged without knowing of it, expected settled cases",
            remedy="Have somebody look who does not review, or wait until everything is settled.",
        )
    appeal_looks.require_left(parts, found.case_ids, user)
    return found


def seen_approvals(
    parts: Parts, found: Sequence[records.Approval], user: records.User | None
) -> list[records.Approval]:
    """Give proposals, but none of a destruction or an export that this person may not know of."""
    store = parts.store
    asked = [
        store.destruction(each.subject_id) for each in found if each.kind is ApprovalKind.DESTROY_EVIDENCE
    ]
    exports = [store.export(each.subject_id) for each in found if each.kind is ApprovalKind.EXPORT]
    known = {each.id for each in seen_destructions(parts, asked, user)}
    known |= {each.id for each in seen_exports(parts, exports, user)}
    kept_apart = (ApprovalKind.DESTROY_EVIDENCE, ApprovalKind.EXPORT)
    return [each for each in found if each.kind not in kept_apart or each.subject_id in known]
