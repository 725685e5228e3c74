"""Hashes and categories of what people found to be violations, for law enforcement: as VICS 2.0, by a profile of the settings.

Two people decide. The first one's proposal names the digest of the document; the second one approves that very document, and what changed since
gives another digest and is not given.
"""

from __future__ import annotations

import hashlib
import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from wardline import records
from wardline.errors import ConflictError, InputError
from wardline.pipeline import appeal_looks, blindness, people, preserve
from wardline.pipeline.parts import Parts, VicsEntry
from wardline.pipeline.writing import Writing
from wardline.records import (
    ApprovalKind,
    ApprovalState,
    Category,
    DecisionState,
    ExportState,
    HashKind,
    Insert,
    Outcome,
    Replace,
    Scope,
    Verb,
)

LASTS = timedelta(days=14)
"""So long after its approval an export can be taken; then it is proposed again. Ours: time for an answer to be written, and no standing leave."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What law enforcement gets, and on whose word."""

    case_ids: tuple[str, ...]
    profile: str
    """The name of what the category numbers mean to whoever gets it."""
    cause: records.ExportCause


@dataclass(frozen=True, slots=True, kw_only=True)
class VicsExport:
    """A document as it is handed over."""

    name: str
    content: bytes
    media: int
    sha256: str
    without_files: tuple[str, ...]
    """Those of its cases of which it lists nothing."""


def proposed(parts: Parts, wanted: Wanted, *, user: records.User) -> tuple[records.Export, Writing]:
    """Check what is wanted, and make its record, with the digest of the document, and what is written of it. Of two of the same at the same moment the
    second is in conflict.

    Raises:
        NotAllowedError: The role does not allow it.
        RefusedError: This person may have to judge a case without knowing what came of it, or could answer its appeal yet.
        ConflictError: No violation stands in a case, or two cases grade one file differently; or the same waits to be decided.
        InputError: The settings have no such profile; a category has no number in the profile, or more than one; there is no case, or too many; or none of
            them has a file that could be listed.
    """
    people.require_scope(user, Scope.MANAGE)
    wanted = replace(wanted, case_ids=tuple(dict.fromkeys(wanted.case_ids)))
    if not 1 <= len(wanted.case_ids) <= records.MOST_EXPORTED:
        raise InputError(f"export: {len(wanted.case_ids)} cases, expected 1 to {records.MOST_EXPORTED}")
    # Before looking for the same proposal: one that comes after that has moved its version, and the commit fails. One case is enough, for the same has all of
    # them; and it is settled, so that work on it is rare.
    first = parts.store.case(min(wanted.case_ids))
    content, media = _document(parts, wanted.case_ids, wanted.profile, user)
    _require_unproposed(parts, wanted)
    if media == 0:
        raise InputError(
            f"cases: none of these {len(wanted.case_ids)} has a file that somebody graded, expected one at least",
            remedy="VICS lists files by their hashes, and an incident without a file has none. Its words go out with `wardline hold export`, sealed for whoever "
            "asks for them.",
        )
    made = records.Export(
        id=parts.new_id("export"), case_ids=wanted.case_ids, profile=wanted.profile, cause=wanted.cause, media=media,
        sha256=hashlib.sha256(content).hexdigest(), proposed_by=user.id, proposed_at=parts.now(),
    )  # fmt: skip
    written = Writing([preserve.as_it_was(first)])
    detail = f"{made.media} media, {made.cause.words}, sha256 {made.sha256}"
    written.note(Insert(made), parts.entry(Verb.EXPORT_PROPOSED, made.id, actor=user.id, detail=detail))
    return made, written


def _require_unproposed(parts: Parts, wanted: Wanted) -> None:
    """Require that the same cases do not wait for a second person for the same request: approved twice, they would go out twice."""
    same = (set(wanted.case_ids), wanted.profile, wanted.cause)
    for approval in parts.store.approvals(state=ApprovalState.PROPOSED):
        if approval.kind is not ApprovalKind.EXPORT:
            continue
        waiting = parts.store.export(approval.subject_id)
        if (set(waiting.case_ids), waiting.profile, waiting.cause) == same:
            raise ConflictError(
                f"export: the same cases, profile and reference are proposed already as {waiting.id}, expected that to be decided first",
                remedy=f"Have a second person approve or refuse {approval.id}. `wardline export show {waiting.id}` says what it is for.",
            )


def approved(parts: Parts, approval: records.Approval, user: records.User) -> Writing:
    """Make what an approval does: the document can be taken. It is made once more, and has to be the one that was proposed.

    Raises:
        RefusedError: This person may have to judge a case without knowing what came of it, or could answer its appeal yet.
        ConflictError: What it would hold changed since it was proposed.
    """
    found = parts.store.export(approval.subject_id)
    _made_again(parts, found, user)
    return _decided(parts, found, user, ExportState.APPROVED)


def refused(parts: Parts, approval: records.Approval, user: records.User) -> Writing:
    """Make what a refusal does."""
    return _decided(parts, parts.store.export(approval.subject_id), user, ExportState.REFUSED)


def take(parts: Parts, export_id: str, *, user: records.User) -> VicsExport:
    """Give the document that two people agreed to. The log has it, for each case, before it is given.

    Raises:
        NotAllowedError: The role does not allow it.
        RefusedError: This person may have to judge a case without knowing what came of it, or could answer its appeal yet.
        ConflictError: It is not approved, its time is over, or what it would hold changed since.
    """
    people.require_scope(user, Scope.MANAGE)
    found = parts.store.export(export_id)
    if found.state is not ExportState.APPROVED or found.decided_at is None:
        raise ConflictError(f"{found.id}: {found.state}, expected one that a second person approved")
    if parts.now() >= found.decided_at + LASTS:
        raise ConflictError(
            f"{found.id}: approved over {LASTS.days} days ago, expected a newer approval", remedy="Propose it again."
        )  # fmt: skip
    content = _made_again(parts, found, user)
    detail = f"{found.id}, vics, {found.media} media, {found.cause.words}, sha256 {found.sha256}"
    parts.store.commit(
        entries=[parts.entry(Verb.EXPORT_MADE, each, actor=user.id, detail=detail) for each in found.case_ids]
    )
    return VicsExport(
        name=f"{found.id}.json", content=content, media=found.media, sha256=found.sha256,
        without_files=without_files(parts, found.case_ids),
    )  # fmt: skip


def without_files(parts: Parts, case_ids: Sequence[str]) -> tuple[str, ...]:
    """Give those of some cases of which a document lists nothing, by what is decided now: incidents in words, and cases of which nobody graded a file."""
    cases = parts.store.several_cases(case_ids)
    decisions = parts.store.several_decisions(
        [each.decision_id for each in cases.values() if each.decision_id]
    )

    def lists(case: records.Case) -> bool:
        decision = decisions.get(case.decision_id or "")
        graded = {each.item_id for each in decision.findings if each.category} if decision else set()
        return not graded.isdisjoint(case.item_ids)

    return tuple(each for each in case_ids if each in cases and not lists(cases[each]))


def without_files_of(parts: Parts, approvals: Sequence[records.Approval]) -> dict[str, tuple[str, ...]]:
    """Give the same of the export of each of several proposals, by the proposal's id; of no other act."""
    cases_of = {
        each.id: parts.store.export(each.subject_id).case_ids
        for each in approvals
        if each.kind is ApprovalKind.EXPORT
    }
    several = dict.fromkeys(case_id for case_ids in cases_of.values() for case_id in case_ids)
    without = set(without_files(parts, list(several)))
    return {name: tuple(each for each in case_ids if each in without) for name, case_ids in cases_of.items()}


def without_files_words(without: int, cases: int) -> str:
    """Say how many cases have no file in a document; empty where all have."""
    if without == 0:
        return ""
    of = "The case" if cases == 1 else f"{without:,} of {cases:,} cases"
    return f"{of} {'has' if without == 1 else 'have'} no file in it: an incident in words, or nothing that somebody graded."


def _decided(parts: Parts, found: records.Export, user: records.User, state: ExportState) -> Writing:
    decided = replace(
        found, state=state, decided_by=user.id, decided_at=parts.now(), version=found.version + 1
    )
    written = Writing()
    told = parts.entry(Verb.EXPORT_DECIDED, found.id, actor=user.id, detail=state)
    written.note(Replace(decided), told)
    return written


def _made_again(parts: Parts, found: records.Export, user: records.User) -> bytes:
    content, _ = _document(parts, found.case_ids, found.profile, user)
    if hashlib.sha256(content).hexdigest() != found.sha256:
        raise ConflictError(
            f"{found.id}: a decision or the profile changed since it was proposed, expected the same document",
            remedy="Refuse it if it waits, and propose it again: the second person has to see what goes out.",
        )
    return content


def _document(parts: Parts, case_ids: Sequence[str], profile: str, user: records.User) -> tuple[bytes, int]:
    """Make the document of cases whose decision is a violation; gives it with how many files it lists."""
    known = parts.category_profiles.get(profile)
    if known is None or parts.write_vics is None:
        raise InputError(
            f"profile {profile[:100]}: unknown, expected one of matching.category_profiles",
            remedy="Ask whoever gets the file what the category numbers mean to them, and write that down first.",
        )
    numbers, found = _numbers(known), dict[str, VicsEntry]()
    for case_id in case_ids:
        blindness.require_open(parts, case_id, user)
    appeal_looks.require_left(parts, case_ids, user)
    for case_id in case_ids:
        for md5, entry in _of_case(parts, case_id, numbers):
            if found.setdefault(md5, entry)[0] != entry[0]:
                raise ConflictError(
                    f"{case_id}: grades a file otherwise than another of these cases, expected one grade"
                )
    into = io.BytesIO()
    media = parts.write_vics(into, (found[md5] for md5 in sorted(found)), known.document)
    return into.getvalue(), media


def _numbers(profile: records.CategoryProfile) -> dict[Category, int]:
    """Turn a profile round: a category that has several numbers in it has none that could be chosen."""
    several: dict[Category, list[int]] = {}
    for number, meaning in profile.categories.items():
        if number.isdecimal() and meaning.value in set(Category):
            several.setdefault(Category(meaning.value), []).append(int(number))
    return {category: numbers[0] for category, numbers in several.items() if len(numbers) == 1}


def _of_case(parts: Parts, case_id: str, numbers: Mapping[Category, int]) -> Iterable[tuple[str, VicsEntry]]:
    case = parts.store.case(case_id)
    decision = parts.store.decision(case.decision_id) if case.decision_id is not None else None
    if (
        decision is None
        or decision.state is not DecisionState.EFFECTIVE
        or decision.outcome is not Outcome.VIOLATION
    ):
        raise ConflictError(f"{case_id}: no violation stands, expected one that took effect")
    grades = {each.item_id: each.category for each in decision.findings}
    for item_id in case.item_ids:
        category = grades.get(item_id)
        if category is None:
            continue  # nobody graded it, and nothing is said of it
        if category not in numbers:
            raise InputError(
                f"{case_id}: category {category} has no number of its own in the profile, expected exactly one",
                remedy="Correct matching.category_profiles, by what the asking body says its numbers mean.",
            )
        hashes = {each.kind: each.value for each in parts.store.item(item_id).hashes}
        if HashKind.MD5 not in hashes:
            raise ConflictError(f"{case_id}: a file without MD5, expected it: VICS lists files by it")
        yield hashes[HashKind.MD5], (numbers[category], hashes)
