"""Requests to preserve: recorded, extended, ended; and what an account had uploaded before a report."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from wardline import preservation, records
from wardline.errors import InputError, NotFoundError
from wardline.pipeline import people, prior, repeating
from wardline.pipeline.parts import Parts
from wardline.records import CaseState, HoldState, Insert, Replace, Scope, Verb

_CASES_AT_ONCE = 100
_PAGE = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What a request asks to preserve: a whole account, cases, single files."""

    basis: records.PreservationBasis
    asker: records.Asker
    received_at: datetime
    counted_from: datetime | None = None
    """The latest time at which it can have arrived, where only its day is known; None where ``received_at`` is exact."""
    until: datetime | None = None
    """The date that it names; None where the law gives it."""
    account: str | None = None
    platform: str | None = None
    """Whose account, where several platforms may call theirs the same; None: everybody's who is called so."""
    case_ids: tuple[str, ...] = ()
    item_ids: tuple[str, ...] = ()


def record(
    parts: Parts, wanted: Wanted, *, user: records.User, once: str | None = None
) -> records.Preservation:
    """Record a request and hold everything that it is about and that is still there, in one commit.

    It may be about an account of which nothing is kept: then it is recorded all the same, and says so. The same again under the same key,
    ``once``, gives what was recorded, as it stands by now.

    Raises:
        NotAllowedError: The role does not allow it.
        NotFoundError: There is no such case or file.
        InputError: It asks for nothing, for a time that its basis does not know, or arrived in the future.
        IdempotencyMismatchError: The key was used for something else.
    """
    people.require_scope(user, Scope.MANAGE)
    if not (wanted.account or wanted.case_ids or wanted.item_ids):
        raise InputError("preservation: about nothing, expected an account, cases or files")
    if wanted.platform is not None and not wanted.account:
        raise InputError("platform: given without an account, expected the account on it")
    if wanted.received_at > parts.now():
        raise InputError("received_at: in the future, expected when the request arrived")
    until = preservation.first_end(wanted.basis, wanted.counted_from or wanted.received_at, wanted.until)

    def act() -> records.Preservation:
        is_done, known = repeating.seen(parts, once, wanted, by=user.id)
        if once is not None and is_done:
            return _recorded_before(parts, wanted, user, repeating.used_at(parts, once, by=user.id))
        return _record(parts, wanted, until, user, known)

    return repeating.again(act)  # a sweep or a decision was at one of its files: look again at what there is


def _recorded_before(
    parts: Parts, wanted: Wanted, user: records.User, since: datetime
) -> records.Preservation:
    """Give what was recorded under a key: the first that is like it since the key was used."""
    said = (wanted.basis, wanted.asker, wanted.received_at, wanted.account or "", user.id)
    after: str | None = None
    while found := parts.store.preservations(after=after, most=_PAGE):
        for each in found:
            same = said == (
                each.basis, each.asker, each.received_at, each.account_reference, each.recorded_by,
            ) and {*wanted.case_ids} <= {*each.case_ids} and {*wanted.item_ids} <= {*each.item_ids, *each.gone}  # fmt: skip
            if same and each.recorded_at >= since:
                return each
        after = found[-1].id
    raise NotFoundError("preservation: what this key recorded is gone, expected it")


def _record(
    parts: Parts, wanted: Wanted, until: datetime, user: records.User, known: Sequence[records.Change]
) -> records.Preservation:
    cases = _cases(parts, wanted)
    case_of = {item_id: case.id for case in cases for item_id in case.item_ids}
    for item_id in wanted.item_ids:
        case_of.setdefault(item_id, _case_of(parts, item_id))
    items = [parts.store.item(item_id) for item_id in case_of]
    sealed = [item for item in items if item.sealed]
    made = records.Preservation(
        id=parts.new_id("preservation"), basis=wanted.basis, asker=wanted.asker, received_at=wanted.received_at, until=until,
        account_reference=wanted.account or "",
        case_ids=tuple(dict.fromkeys([*(case.id for case in cases), *case_of.values()])),  # of single files too: whose they are is kept with them
        item_ids=tuple(item.id for item in sealed), gone=tuple(item.id for item in items if not item.sealed),
        recorded_by=user.id, recorded_at=parts.now(),
    )  # fmt: skip
    holds = preservation.place(made, case_of, [parts.new_id("hold") for _ in sealed])
    parts.store.commit(
        *known, Insert(made), *map(Insert, holds), *map(touched, sealed), *map(Replace, _about_to_be_unlinked(cases, sealed)),
        parts.count(records.Step.HOLDS_PLACED, len(holds)),
        entries=[
            parts.entry(Verb.PRESERVATION_RECORDED, made.id, actor=user.id, detail=made.basis),
            *(parts.entry(Verb.HOLD_PLACED, hold.id, actor=user.id, detail=made.id) for hold in holds),
        ],
    )  # fmt: skip
    return made


def touched(item: records.Item) -> records.Change:
    """Move an item's version: whoever is about to destroy it, or to propose that, has seen it as it was before, and must look again."""
    return Replace(replace(item, version=item.version + 1))


def _about_to_be_unlinked(
    cases: Sequence[records.Case], sealed: Sequence[records.Item]
) -> list[records.Case]:
    """Give cases of which only the account is left, as new versions: whoever is about to take it out has not seen the request, and must look again."""
    kept = {item.id for item in sealed}
    settled = (case for case in cases if case.state is CaseState.CLOSED and case.account_reference)
    return [replace(case, version=case.version + 1) for case in settled if kept.isdisjoint(case.item_ids)]


def _cases(parts: Parts, wanted: Wanted) -> list[records.Case]:
    found = [parts.store.case(case_id) for case_id in wanted.case_ids]
    if wanted.account:
        found += _of_platform(parts, _of_account(parts, wanted.account), wanted.platform)
    return list({case.id: case for case in found}.values())


def _of_platform(parts: Parts, cases: list[records.Case], platform: str | None) -> list[records.Case]:
    """Leave out what other platforms have of an account that is called the same.

    Raises:
        InputError: Something is kept of such accounts, and none of it is of this platform: it may be misspelt, and then nothing would be held.
    """
    if platform is None or not cases:
        return cases
    of = prior.platforms_of(parts, cases)
    chosen = [case for case in cases if of.get(case.id) == platform]
    if not chosen:
        known = ", ".join(sorted(set(of.values())))
        raise InputError(f"platform: nothing of this account is kept of that one, expected {known}")
    return chosen


def _of_account(parts: Parts, account: str) -> list[records.Case]:
    found: list[records.Case] = []
    while more := parts.store.cases_of_account(
        account, before=found[-1].id if found else None, most=_CASES_AT_ONCE
    ):
        found += more
    return found


def _case_of(parts: Parts, item_id: str) -> str:
    """Give the case of a file, which every hold on it names."""
    parts.store.item(item_id)
    for hold in parts.store.holds_of(item_id):
        return hold.case_id
    raise InputError(f"{item_id}: was never held, expected a file of a case")


def extend(
    parts: Parts, preservation_id: str, *, until: datetime | None, reason: str, user: records.User
) -> records.Preservation:
    """Give a request a later end, and its holds with it. See ``preservation.extended`` for what is refused."""
    people.require_scope(user, Scope.MANAGE)
    found = parts.store.preservation(preservation_id)
    later = preservation.extended(found, until=until, reason=reason, by=user.id, now=parts.now())
    holds = [replace(hold, until=later.until, version=hold.version + 1) for hold in active(parts, found)]
    parts.store.commit(
        Replace(later), *map(Replace, holds),
        entries=[
            parts.entry(Verb.PRESERVATION_EXTENDED, later.id, actor=user.id, detail=f"until {later.until:%Y-%m-%d}"),
            *(parts.entry(Verb.HOLD_PLACED, hold.id, actor=user.id, detail=later.id) for hold in holds),
        ],
    )  # fmt: skip
    return later


def end(parts: Parts, preservation_id: str, *, why: str, user: records.User) -> records.Preservation:
    """End a request that whoever asked has withdrawn. Its files go by their other holds, or at the next sweep."""
    people.require_scope(user, Scope.MANAGE)
    found, now = parts.store.preservation(preservation_id), parts.now()
    if not found.holds_at(now):
        return found
    ended = replace(found, ended_at=now, ended_by=user.id, why_ended=why, version=found.version + 1)
    holds = [replace(hold, until=now, version=hold.version + 1) for hold in active(parts, found)]
    parts.store.commit(
        Replace(ended), *map(Replace, holds),
        entries=[
            parts.entry(Verb.PRESERVATION_ENDED, ended.id, actor=user.id),
            *(parts.entry(Verb.HOLD_PLACED, hold.id, actor=user.id, detail=ended.id) for hold in holds),
        ],
    )  # fmt: skip
    return ended


def active(parts: Parts, found: records.Preservation) -> list[records.Hold]:
    """Give the holds of a request that still run."""
    return [
        hold
        for item_id in found.item_ids
        for hold in parts.store.holds_of(item_id)
        if hold.preservation_id == found.id and hold.state is HoldState.ACTIVE
    ]


def destroyed_since(parts: Parts, found: records.Preservation) -> tuple[str, ...]:
    """Give the files that a request held when it was recorded and that are destroyed by now."""
    return destroyed_of_several(parts, [found])[found.id]


def destroyed_of_several(parts: Parts, found: Sequence[records.Preservation]) -> dict[str, tuple[str, ...]]:
    """Give the same by the id of each of several requests, in one question for all."""
    kept = parts.store.sealed_items(list({item_id: None for each in found for item_id in each.item_ids}))
    return {each.id: tuple(item_id for item_id in each.item_ids if item_id not in kept) for each in found}


def covers(parts: Parts, case_id: str) -> bool:
    """Say whether a request asks that a case's records and account are kept."""
    return any(case_id in found.case_ids for found in parts.store.open_preservations(parts.now()))


def is_kept_for_another(parts: Parts, case: records.Case) -> bool:
    """Say whether a file of a case is held because of what was reported of another case of its account: then what is known of the upload is kept too."""
    holds = (hold for item_id in case.item_ids for hold in parts.store.holds_of(item_id))
    about = {hold.referral_id for hold in holds if hold.state is HoldState.ACTIVE and hold.referral_id}
    return any(case.id not in parts.store.referral(each).case_ids for each in sorted(about))


def hold_before(parts: Parts, referral_id: str, attempt: int) -> None:  # noqa: ARG001 -- the signature of durable work
    """Hold what the account of a report had uploaded in the time before it, where the settings ask for that. Doing it again adds nothing."""
    filed = parts.store.referral(referral_id)
    reach = parts.rules.periods.before_filing
    cases = parts.store.several_cases(filed.case_ids)  # of a batched report each is about another account
    accounts = {each.account_reference: each for each in cases.values() if each.account_reference}
    if not reach or filed.finished_at is None:
        return
    others = dict[str, str]()
    for case in accounts.values():
        others |= _before(parts, filed, case, filed.finished_at - reach)
    items = [parts.store.item(item_id) for item_id in others]
    holds = preservation.place_before_filing(
        filed, others, hold_ids=[parts.new_id("hold") for _ in others], receipt_at=filed.finished_at, periods=parts.rules.periods
    )  # fmt: skip
    if holds:
        told = [parts.entry(Verb.HOLD_PLACED, hold.id, detail=f"before {filed.id}") for hold in holds]
        parts.store.commit(*map(Insert, holds), *map(touched, items), entries=told)


def _before(parts: Parts, filed: records.Referral, case: records.Case, since: datetime) -> dict[str, str]:
    reported: set[str] = {file.item_id for file in filed.files}
    found: dict[str, str] = {}
    # Two platforms may call different accounts the same.
    platforms = {parts.store.item(item_id).platform for item_id in case.item_ids}
    for other in _of_account(parts, case.account_reference):
        for item_id in other.item_ids:
            item = parts.store.item(item_id)
            held = any(hold.referral_id == filed.id for hold in _holds(parts, item_id))
            is_near = item.received_at >= since and item.platform in platforms
            if item.sealed and is_near and item_id not in reported and not held:
                found[item_id] = other.id
    return found


def _holds(parts: Parts, item_id: str) -> Sequence[records.Hold]:
    return parts.store.holds_of(item_id)
