"""Files with a known answer: added, mixed into the hand-out, answered, retired. Nothing follows from them but what a person learns.

Most are harmless files of the operator's own. What is evidence of a case is in ``golden_evidence``.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta

from wardline import assurance, intake, records, review, triage
from wardline.errors import InputError, NotFoundError, RefusedError
from wardline.pipeline import fencing, golden_evidence, people
from wardline.pipeline.lookup import Lookup
from wardline.pipeline.parts import ORIGINAL, SYSTEM, Parts
from wardline.pipeline.placing import placed
from wardline.records import CaseState, DecisionState, Insert, Outcome, Replace, Role, Verb

_FLAG = records.Flag(reason="other")
"""What their cases are said to be here for: nothing on a list, nothing grave."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownAnswer:
    """What a person learns after deciding such a file."""

    known: records.Outcome
    said: records.Outcome
    known_category: records.Category | None = None
    said_category: records.Category | None = None

    @property
    def agrees(self) -> bool:
        """Whether it was what the person said, category and all."""
        return self.known is self.said and self.known_category is self.said_category


def add(parts: Parts, lookup: Lookup, content: bytes, *, actor: str = SYSTEM) -> records.GoldenItem:
    """Add a harmless file of the operator's own; its known answer is "not a violation".

    Raises:
        InputError: It cannot be shown.
        RefusedError: It is near an entry of a hash list: nothing of that kind is used for training.
    """
    examined = parts.media.hash(content)
    if isinstance(examined, records.Unscannable):
        raise InputError(f"golden item: {examined.reason}, expected a picture that can be shown")
    found = lookup.find(examined.hashes)
    if found.matches or found.cleared:
        raise RefusedError(
            "golden item: near an entry of a hash list, expected a harmless picture of your own",
            remedy="Choose another picture.",
        )
    item = records.Item(
        id=parts.new_id("item"), received_at=parts.now(), account_reference="", platform="", context=None, size_bytes=len(content),
        picture=examined.picture, hashes=(), sealed=True,
    )  # fmt: skip
    golden = records.GoldenItem(
        id=parts.new_id("golden-item"), item_id=item.id, outcome=Outcome.NOT_VIOLATION, added_at=parts.now(), added_by=actor,
    )  # fmt: skip
    parts.vault.seal(item.id, ORIGINAL, content)
    parts.store.commit(
        Insert(item),
        Insert(golden),
        entries=[parts.entry(Verb.GOLDEN_ADDED, golden.id, actor=actor, detail=golden.outcome)],
    )
    return golden


def retire(parts: Parts, golden_id: str, *, actor: str = SYSTEM) -> records.GoldenItem:
    """Take a file out of use and destroy it; evidence of a case stays as it is. Doing it again changes nothing."""
    golden = parts.store.golden_item(golden_id)
    if golden.retired_at is not None:
        return golden
    retired, changes, entry = _retired(parts, golden, actor)
    parts.store.commit(*changes, entries=[entry])
    if golden.case_id is None:
        fencing.destroy(parts, golden.item_id)
    return retired


def _retired(
    parts: Parts, golden: records.GoldenItem, actor: str
) -> tuple[records.GoldenItem, list[records.Change], records.Entry]:
    retired = golden_evidence.retired(parts, golden)
    unsealed = [] if golden.case_id else [Replace(_unsealed(parts, golden.item_id))]
    return retired, [Replace(retired), *unsealed], parts.entry(Verb.GOLDEN_RETIRED, golden.id, actor=actor)


def _unsealed(parts: Parts, item_id: str) -> records.Item:
    item = parts.store.item(item_id)
    return replace(item, sealed=False, version=item.version + 1)


def mix_in(
    parts: Parts, user: records.User, taker: records.Taker, *, gently: bool = False
) -> records.Case | None:
    """Now and then, hand out a file with a known answer instead of the next case; None most of the time.

    Never before a case in which a child may be in danger now, nor before one that was handed to the leads, nor when nothing else waits.

    Args:
        parts: The installation's.
        user: Who asked for a case.
        taker: From which queues they take.
        gently: They were shown several severe files in a row: harmless ones only.
    """
    if not parts.happens(parts.rules.golden_share):
        return None
    sample = _ordinary(parts, user, taker)
    if sample is None:
        return None
    had = {each.golden_id for each in parts.store.golden_cases_for(user.id)}
    usable = [each for each in parts.store.golden_items() if _is_usable(parts, each, user, gently=gently)]
    golden = assurance.choose(usable, had, chance=parts.jitter())
    return None if golden is None else _hand_out(parts, golden, sample, user)


def _is_usable(parts: Parts, golden: records.GoldenItem, user: records.User, *, gently: bool) -> bool:
    if golden.case_id is None:
        return True
    may = parts.rules.golden_violating and not gently
    return may and golden_evidence.is_for(parts, golden, user) and golden_evidence.stands(parts, golden)


def _ordinary(parts: Parts, user: records.User, taker: records.Taker) -> records.Case | None:
    """Give a case that waits for this person, when none goes before all others."""
    store, now = parts.store, parts.now()
    if store.imminent_cases(now=now, taker=taker, most=1):
        return None
    if user.role is Role.LEAD and store.waiting_cases(now=now, taker=taker, most=1, escalated=True):
        return None
    waiting = store.waiting_cases(now=now, taker=taker, most=1)
    return waiting[0] if waiting else None


def _hand_out(
    parts: Parts, golden: records.GoldenItem, sample: records.Case, user: records.User
) -> records.Case:
    # Evidence is shown from where it lies: not even for practice is there a second copy of it.
    content = None if golden.case_id else parts.vault.open(golden.item_id, ORIGINAL)
    now = parts.now()
    # It came while the others did, and is due as they are: one that just came and is due never would be known by that.
    came = sample.opened_at + parts.jitter() * max(timedelta(0), now - sample.opened_at)
    later = came - sample.opened_at
    item = _like(
        parts, parts.store.item(sample.item_ids[0]), parts.store.item(golden.item_id), content, later=later
    )
    route = triage.route([_FLAG], parts.rules.policy)
    reasons = ("A user flagged it",) if isinstance(route, records.Release) else route.reasons
    opened = review.open_case(parts.new_id("case"), item, route=records.Review(reasons=reasons), now=came)
    opened = placed(parts, opened, item, [_FLAG])
    case = review.claim(opened, user.id, now=now, lease=parts.rules.lease, role=user.role)
    case = replace(case, version=1, passed_by=golden_evidence.not_for(parts, golden))
    showing = records.GoldenCase(
        id=parts.new_id("golden-case"), golden_id=golden.id, case_id=case.id, made_for=user.id, made_at=now
    )
    if content is not None:
        parts.vault.seal(item.id, ORIGINAL, content)
    parts.store.commit(
        Insert(item), Insert(case), Insert(showing),
        entries=[
            parts.entry(Verb.GOLDEN_GIVEN, showing.id),
            parts.entry(Verb.CASE_OPENED, case.id),
            parts.entry(Verb.CASE_CLAIMED, case.id, actor=user.id),
        ],
    )  # fmt: skip
    return case


def _like(
    parts: Parts, sample: records.Item, golden: records.Item, content: bytes | None, *, later: timedelta
) -> records.Item:  # fmt: skip
    """Make an item of a golden file that looks like an ordinary one. Its account and content exist nowhere in the store.

    Evidence keeps not even its hashes, for they would lead to the case that it comes from.
    """
    account = assurance.disguise(sample.account_reference or "account-1", parts.entropy(16))
    while parts.store.cases_of_account(account, most=1):
        account += assurance.disguise("0", parts.entropy(1))
    context = sample.context
    if context is not None:
        reference = assurance.disguise(context.content_reference, parts.entropy(16))
        context = replace(
            context, uploaded_at=min(context.uploaded_at + later, parts.now()), content_reference=reference, ip_address=None, port=None, file_name=None, url=None,
        )  # fmt: skip
    return records.Item(
        id=parts.new_id("item"), received_at=min(sample.received_at + later, parts.now()), account_reference=account, platform=sample.platform, context=context,
        size_bytes=golden.size_bytes, picture=golden.picture, sealed=True,
        hashes=intake.digests(parts.entropy(32) if content is None else content),
    )  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What goes into the commit of a decision about such a file."""

    decision: records.Decision
    changes: tuple[records.Change, ...]
    entries: tuple[records.Entry, ...]
    destroyed: tuple[str, ...]
    """Items whose sealed files are destroyed after the commit."""


def answer(
    parts: Parts, showing: records.GoldenCase, case: records.Case, decision: records.Decision
) -> Answer:
    """End the showing with a person's decision: nothing is done, reported, or counted, and it cannot be undone, for the answer is told.

    Args:
        parts: The installation's.
        showing: What the case is.
        case: As ``review.decide`` leaves it.
        decision: The person's.
    """
    final = replace(decision, state=DecisionState.EFFECTIVE, undo_until=decision.at)
    answered = replace(
        showing, user_id=decision.user_id, outcome=decision.outcome, answered_at=decision.at, version=showing.version + 1,
        category=next((each.category for each in decision.findings if each.category), None),
    )  # fmt: skip
    golden = parts.store.golden_item(showing.golden_id)
    changes: list[records.Change] = [
        Replace(replace(case, state=CaseState.CLOSED, due_at=None, target=None)), Insert(final), Replace(answered), *(Replace(_unsealed(parts, each)) for each in case.item_ids),
    ]  # fmt: skip
    entries = [
        parts.entry(Verb.CASE_DECIDED, case.id, actor=decision.user_id, detail=f"{final.id} {final.outcome}"),
        parts.entry(Verb.GOLDEN_ANSWERED, showing.id, actor=decision.user_id),
    ]
    destroyed = [] if golden.case_id else [*case.item_ids]
    if golden.retired_at is None and _had_by_everybody(parts, answered):
        _, more, entry = _retired(parts, golden, SYSTEM)
        changes, entries = [*changes, *more], [*entries, entry]
        destroyed += [] if golden.case_id else [golden.item_id]
    return Answer(decision=final, changes=tuple(changes), entries=tuple(entries), destroyed=tuple(destroyed))


def _had_by_everybody(parts: Parts, newest: records.GoldenCase) -> bool:
    had = {each.user_id for each in parts.store.golden_cases_of(newest.golden_id)} | {newest.user_id}
    golden = parts.store.golden_item(newest.golden_id)
    return all(
        user.id in had or not golden_evidence.is_for(parts, golden, user)
        for user in parts.store.users()
        if people.may_review(user)
    )


def known_answer(parts: Parts, case_id: str, user: records.User) -> KnownAnswer:
    """Tell the person who decided such a file what its answer is.

    Raises:
        NotFoundError: The case is none, or this person did not decide it: the two look alike.
    """
    showing = parts.store.golden_case_of(case_id)
    if showing is None or showing.user_id != user.id or showing.outcome is None:
        raise NotFoundError(f"{case_id}: no known answer, expected a file with one that this person decided")
    golden = parts.store.golden_item(showing.golden_id)
    return KnownAnswer(
        known=golden.outcome, said=showing.outcome, known_category=golden.category, said_category=showing.category
    )  # fmt: skip
