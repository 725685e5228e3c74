"""Hashes and categories of what people found to be violations, for law enforcement: as VICS 2.0, by a profile of the settings."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import BinaryIO

from wardline import records
from wardline.errors import ConflictError, InputError
from wardline.pipeline import blindness, people
from wardline.pipeline.parts import Parts
from wardline.records import Category, DecisionState, HashKind, Outcome, Scope, Verb

Entry = tuple[int, Mapping[HashKind, str]]
"""A category number, and the hashes of one file."""
WriteEntries = Callable[[BinaryIO, Iterable[Entry], str], int]
"""Writes a document of a profile; gives how many it lists. The adapter ``hash_lists``, ``vics-writer``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class VicsExport:
    """What an export holds."""

    content: bytes
    media: int
    sha256: str


def export(
    parts: Parts, case_ids: Sequence[str], *, profile: records.CategoryProfile, cause: records.ExportCause, user: records.User,
    write: WriteEntries,
) -> VicsExport:  # fmt: skip
    """Write the files of some cases whose decision is a violation. The log has it before the content is given.

    Args:
        parts: The installation's.
        case_ids: Each once or more.
        profile: What the category numbers mean to whoever gets it.
        cause: On whose word.
        user: Who does it; they manage.
        write: Writes the document.

    Raises:
        NotAllowedError: The role does not allow it.
        RefusedError: This person may have to judge a case without knowing what came of it.
        ConflictError: No violation stands in a case, or two cases grade one file differently.
        InputError: A category has no number in the profile, or more than one; or there is no case.
    """
    people.require_scope(user, Scope.MANAGE)
    wanted = list(dict.fromkeys(case_ids))
    if not wanted:
        raise InputError("export: no case, expected one at least")
    numbers = _numbers(profile)
    found: dict[str, Entry] = {}
    for case_id in wanted:
        blindness.require_open(parts, case_id, user)
        for md5, entry in _of_case(parts, case_id, numbers):
            if found.setdefault(md5, entry)[0] != entry[0]:
                raise ConflictError(
                    f"{case_id}: grades a file otherwise than another of these cases, expected one grade"
                )
    into = io.BytesIO()
    media = write(into, (found[md5] for md5 in sorted(found)), profile.document)
    content = into.getvalue()
    digest = hashlib.sha256(content).hexdigest()
    detail = f"vics {profile.document}, {media} media, {cause.words}, sha256 {digest}"
    parts.store.commit(
        entries=[parts.entry(Verb.EXPORT_MADE, case_id, actor=user.id, detail=detail) for case_id in wanted]
    )
    return VicsExport(content=content, media=media, sha256=digest)


def _numbers(profile: records.CategoryProfile) -> dict[Category, int]:
    """Turn a profile round: a category that has several numbers in it has none that could be chosen."""
    several: dict[Category, list[int]] = {}
    for number, meaning in profile.categories.items():
        if number.isdecimal() and meaning.value in set(Category):
            several.setdefault(Category(meaning.value), []).append(int(number))
    return {category: numbers[0] for category, numbers in several.items() if len(numbers) == 1}


def _of_case(parts: Parts, case_id: str, numbers: Mapping[Category, int]) -> Iterable[tuple[str, Entry]]:
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
