"""Which other accounts have the files of a report, or ones near them, by a decision that stands: nobody is named whom nobody has judged.

Only what is settled counts. A case that is open again, for an appeal or another opinion, is not closed, so that nothing of it is told here; what
was overturned is no violation in effect. Each case is found by its first file, as clusters are.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from wardline import records, referral
from wardline.pipeline import blindness, people, seeing
from wardline.pipeline.parts import Parts
from wardline.records import HashKind, Likeness, ReferralState

_MOST_READ = {Likeness.IDENTICAL: 300, Likeness.NEAR: 100}
"""Members in all; whether a near one was viewed is asked of each by itself."""


@dataclass(frozen=True, slots=True)
class _Found:
    """One member that may be named."""

    member: records.ClusterMember
    how: Likeness
    item_id: str


def of_report(
    parts: Parts, report: records.Report, draft: records.Referral | None, items: Sequence[records.Item], *, until: datetime | None
) -> records.LikeAccounts:  # fmt: skip
    """Find the other accounts with the files that a report is about.

    Args:
        parts: The installation's.
        report: What it says otherwise.
        draft: Its referral, as it is stored; None for one that is not.
        items: The files.
        until: What was decided afterwards does not count; None: all that is decided.
    """
    if report.corrects is not None:
        return records.LikeAccounts()
    graded = {file.item_id for file in report.files if file.category is not None}
    chosen = {file.item_id for file in report.files}
    reported = [each for each in items if each.id in chosen]
    own = {(each.platform, report.person.account_reference) for each in items}
    authority = parts.receiver(draft.authority) if draft is not None else parts.authority
    target = None if authority is None else (authority.name, authority.environment)
    return _named(parts, reported, graded, own=own, target=target, until=until)


def of_case(parts: Parts, case: records.Case) -> records.LikeAccounts:
    """Find the other accounts with the first file of a case, or one near it, whatever came of the case itself.

    None of a case that stands in no cluster: one with a known answer shows a file that others were decided about, and must not say so.
    """
    if case.cluster_id is None:
        return records.LikeAccounts()
    items = [parts.store.item(case.item_ids[0])]
    own = {(items[0].platform, case.account_reference)}
    return _named(parts, items, set(case.item_ids), own=own, target=None, until=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """One of them, as a person may see it on a page."""

    case_id: str
    how: Likeness
    uploaded_at: datetime
    decided_at: datetime
    account_reference: str | None
    """None where its case is not open to this person: they see that there is one, and not whose it is."""


def seen(parts: Parts, cases: Sequence[records.Case], user: records.User) -> list[Seen]:
    """Give the other accounts with the files of some cases of one account, each once, as this person may see them.

    Nothing is told of a case that is judged without knowing what others decided, nor to anybody who reviews while somebody's opinion of a file
    like it is awaited.
    """
    found: dict[tuple[str, str], Seen] = {}
    for case in cases:
        if people.may_review(user) and _is_blind(parts, case):
            continue
        for each in of_case(parts, case).named:
            other = parts.store.case(each.case_id)
            found.setdefault((each.platform, each.account_reference), Seen(
                case_id=each.case_id, how=each.how, uploaded_at=each.uploaded_at, decided_at=each.decided_at,
                account_reference=seeing.without_account(parts, other, user).account_reference or None,
            ))  # fmt: skip
    return list(found.values())


def _is_blind(parts: Parts, case: records.Case) -> bool:
    if blindness.is_judged_blind(parts, case):
        return True
    return case.cluster_id is not None and parts.store.awaits_opinion(case.cluster_id)


def _named(
    parts: Parts, items: Sequence[records.Item], graded: set[str], *, own: set[tuple[str, str]], target: tuple[str, str] | None,
    until: datetime | None,
) -> records.LikeAccounts:  # fmt: skip
    accounts: dict[tuple[str, str], records.LikeAccount] = {}
    is_cut = False
    for how in Likeness:
        left = _MOST_READ[how]
        found = list(_members(parts, items, graded, how, most=left + 1))
        is_cut |= len(found) > left
        for each in _told(parts, found[:left], target, until):
            if (each.platform, each.account_reference) not in own:
                accounts.setdefault((each.platform, each.account_reference), each)
    every = tuple(accounts.values())
    more = max(0, len(every) - referral.MOST_NAMED)
    return records.LikeAccounts(named=every[: referral.MOST_NAMED], more=more, at_least=is_cut)


def _members(
    parts: Parts, items: Sequence[records.Item], graded: set[str], how: Likeness, *, most: int
) -> Iterator[_Found]:
    """Give members with the same bytes as one of these files; or near one of them that was given a category, without those."""
    seen, left = set[str](), most
    for item in items:
        digest = next((each.value for each in item.hashes if each.kind is HashKind.SHA256), None)
        file = None if digest is None else parts.store.cluster_file(digest)
        target = None if file is None else file.id if how is Likeness.IDENTICAL else file.cluster_id
        if file is None or target is None or target in seen or not left:
            continue
        if how is Likeness.NEAR and item.id not in graded:
            continue
        seen.add(target)
        only, besides = (file.id, None) if how is Likeness.IDENTICAL else (None, file.id)
        found = parts.store.judged_members(
            cluster_id=file.cluster_id, file_id=only, besides=besides, most=left
        )
        left -= len(found)
        yield from (_Found(each, how, item.id) for each in found)


def _told(
    parts: Parts, found: Sequence[_Found], target: tuple[str, str] | None, until: datetime | None
) -> Iterator[records.LikeAccount]:
    store = parts.store
    case_ids = [each.member.case_id for each in found]
    cases = store.several_cases(case_ids)
    decisions = store.several_decisions([each.decision_id for each in cases.values() if each.decision_id])
    items = store.several_items([each.item_ids[0] for each in cases.values()])
    referrals = store.referrals_of_several(case_ids) if target is not None else {}
    opinions = store.opinions_of_several(case_ids) if until is not None else {}
    for each in found:
        case = cases[each.member.case_id]
        decision, item = decisions.get(case.decision_id or ""), items.get(case.item_ids[0])
        if decision is None or item is None or not _counts(parts, each.how, case, decision, item):
            continue
        if until is not None and _settled_at(decision, opinions.get(case.id, [])) > until:
            continue
        yield records.LikeAccount(
            account_reference=case.account_reference, platform=item.platform, how=each.how, item_id=each.item_id,
            uploaded_at=item.context.uploaded_at if item.context is not None else item.received_at,
            decided_at=decision.at, case_id=case.id, report=_number(referrals.get(case.id, []), target, until),
        )  # fmt: skip


def _counts(
    parts: Parts, how: Likeness, case: records.Case, decision: records.Decision, item: records.Item
) -> bool:
    """Say whether a decision speaks of this very file; of a near one only where a person viewed it and decided it by itself.

    What was read in several steps is looked at again: it may have been opened or overturned in between.
    """
    if case.state is not records.CaseState.CLOSED or decision.state is not records.DecisionState.EFFECTIVE:
        return False
    if not case.account_reference or not any(
        each.item_id == item.id and each.category is not None for each in decision.findings
    ):
        return False
    if how is Likeness.IDENTICAL:
        return True
    return not decision.spread_from and referral.was_viewed(item, parts.store.reveals_of(case.id))


def _settled_at(decision: records.Decision, opinions: Sequence[records.Opinion]) -> datetime:
    settled = [each.settled_at for each in opinions if each.settled_at is not None]
    return max([decision.undo_until, *settled])


def _number(
    found: Sequence[records.Referral], target: tuple[str, str] | None, until: datetime | None
) -> str | None:
    """Give the number of the finished report at the same authority, in the same of its systems."""
    return next(
        (
            each.remote_id
            for each in found
            if each.corrects is None and each.state is ReferralState.FINISHED and (each.authority, each.environment) == target
            and each.finished_at is not None and (until is None or each.finished_at < until)
        ),
        None,
    )  # fmt: skip
