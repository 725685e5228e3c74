"""Appeals: taken, handed to somebody who had no part in the decision, and answered by what that person decides."""

from __future__ import annotations

import hmac
from collections.abc import Iterator
from dataclasses import dataclass, replace

from wardline import enforcement, intake, records, review
from wardline.errors import (
    AlreadyExistsError,
    AppealTooLateError,
    ConflictError,
    IdempotencyMismatchError,
    InputError,
    NotAllowedError,
    NotFoundError,
)
from wardline.pipeline import bringing_back, flags_kept, overturning, preserve, repeating, telling
from wardline.pipeline.parts import SYSTEM, Parts
from wardline.pipeline.placing import anew
from wardline.pipeline.writing import Writing
from wardline.records import (
    ActionKind,
    AppealState,
    CaseState,
    Insert,
    MessageKind,
    Outcome,
    Replace,
    Stage,
    Step,
    Task,
    Verb,
)

FIND_FROM = 2_000_000
"""Tries of looking for a reviewer are counted from here for cases that were opened again: work that was enqueued once is not enqueued
again."""
_PAGE = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Complaint:
    """What a platform passes on from the person whose content or account was acted on."""

    text: str
    """In the person's words, 1 to 2,000 characters."""
    action_id: str | None = None
    """The action, as the webhook named it; or account and content."""
    account_reference: str | None = None
    content_reference: str | None = None


def receive(
    parts: Parts, complaint: Complaint, *, api_key: records.ApiKey, idempotency_key: str | None = None
) -> records.Appeal:
    """Take an appeal, and acknowledge it.

    It waits where nobody's decision is in effect yet: that decision answers it, or hands it on. The same with the same key gives the
    same appeal.

    Raises:
        NotAllowedError: Not a platform's key.
        InputError: The text, or what it is about, is missing or malformed.
        NotFoundError: No action of this platform; another's is as unknown as none.
        ConflictError: The action took nothing away, or was taken back already.
        AlreadyExistsError: An appeal waits for its answer, or was answered and nothing was decided anew since.
        AppealTooLateError: Its time is over; the log tells of it.
        IdempotencyMismatchError: The key was used for something else.
    """
    platform = api_key.platform
    if platform is None:
        raise NotAllowedError(f"{api_key.id}: a person's key, expected a platform's")
    text = " ".join(complaint.text.split())
    if not 1 <= len(text) <= records.LONGEST_COMPLAINT:
        raise InputError(f"text: {len(text)} characters, expected 1 to {records.LONGEST_COMPLAINT}")

    def act() -> records.Appeal:
        action = _action(parts, complaint, platform)
        case = parts.store.case(action.case_id)
        seen = _remember(parts, complaint, api_key, idempotency_key)
        found = parts.store.appeal_of(case.id)
        if found is not None and _is_repetition(parts, seen):
            return found
        _require_standing(parts, action)
        if found is not None:
            _require_another(parts, case, found)
        return _take(
            parts, action, case, text, api_key, seen, number=1 if found is None else found.number + 1
        )

    return repeating.again(act)


def _require_another(parts: Parts, case: records.Case, last: records.Appeal) -> None:
    """Refuse a further appeal, with what the person may do instead: while one waits, while its content is judged anew, and once the decision was
    appealed against, or is the answer."""
    if last.answered_at is None:
        raise AlreadyExistsError(
            f"{case.id}: {last.id} was received before and has no answer yet, expected one appeal at a time",
            remedy=f"Tell the person that their appeal is being looked at: the answer is promised until {last.due_at:%Y-%m-%d} and comes by webhook, as "
            "every message does. It is about all that was done in this case, so nothing has to be sent again.",
        )
    decision = parts.store.decision(case.decision_id) if case.decision_id else None
    if decision is None or case.state is not CaseState.CLOSED:
        raise AlreadyExistsError(
            f"{case.id}: {last.id} was received before and answered, and nothing was decided anew yet, expected a new decision",
            remedy="Send it again if something new is decided about this content: against that the person may appeal.",
        )
    if decision.id in (last.decision_id, last.answer_id):
        raise AlreadyExistsError(
            f"{case.id}: {last.id} was received before and answered, expected one appeal against a decision",
            remedy="Tell the person where else they may turn: a body for disputes out of court, or a court.",
        )


def _take(
    parts: Parts, action: records.Action, case: records.Case, text: str, api_key: records.ApiKey, seen: list[records.Change], *,
    number: int,
) -> records.Appeal:  # fmt: skip
    now, promises = parts.now(), parts.rules.promises
    decision = _appealed(parts, action, case, actor=api_key.id)
    appeal = records.Appeal(
        id=parts.new_id("appeal"), case_id=case.id, platform=action.platform, action_id=action.id, text=text, received_at=now,
        due_at=now + promises.answer_within, state=AppealState.WAITING if decision is None else AppealState.OPEN,
        decision_id=decision.id if decision else None, number=number,
    )  # fmt: skip
    written = Writing(seen)
    told = parts.entry(Verb.APPEAL_RECEIVED, appeal.id, actor=api_key.id, detail=f"{case.id} {action.id}")
    written.note(Insert(appeal), told)
    written.add(_tell(parts, appeal, action, MessageKind.APPEAL_RECEIVED))
    if decision is not None:
        written.add(_opened(parts, appeal, case))
    elif case.certificate_id is not None:
        # A machine acted, and the person wants a person: the case does not wait behind all others any more.
        item = parts.store.item(case.item_ids[0])
        again = bringing_back.in_order(parts, case, item, item.matches)
        told = parts.entry(Verb.CASE_PLACED, case.id, detail=appeal.id)
        written.note(Replace(replace(again, version=case.version + 1)), told)
    elif case.state is CaseState.DECIDED or not review.is_in_hand(case, now):
        # A decision that takes effect at this moment has not seen it, and would leave it waiting for ever: one of the two is in conflict. Whoever has the
        # case in hand is not disturbed: their decision takes effect later, and finds it.
        written.changes.append(preserve.as_it_was(case))
    written.commit(parts)
    return appeal


def _action(parts: Parts, complaint: Complaint, platform: str) -> records.Action:
    """Find what an appeal is about."""
    if complaint.action_id is not None:
        unknown = NotFoundError(f"{complaint.action_id}: unknown, expected an action of this platform")
        try:
            action = parts.store.action(records.require_id("action", complaint.action_id))
        except NotFoundError:
            raise unknown from None
        if action.platform != platform:
            raise unknown
    elif complaint.account_reference and complaint.content_reference:
        found = [
            each
            for each in _actions_of(parts, complaint.account_reference)
            if each.platform == platform and each.content_reference == complaint.content_reference
        ]
        taking = [each for each in found if enforcement.acts(each)]
        if not found:
            raise NotFoundError("content: nothing was done about it, expected content that was acted on")
        action = (taking or found)[-1]
    else:
        raise InputError(
            "appeal: names nothing, expected action_id, or account_reference and content_reference"
        )
    return action


def _require_standing(parts: Parts, action: records.Action) -> None:
    """Refuse an action that took nothing away, or was taken back: by a reversal, or because what it had hidden was shown again."""
    stands = enforcement.acts(action)
    if stands and action.kind is ActionKind.RESTRICT_CONTENT:
        stands = enforcement.hides_content(parts.store.actions_of(action.case_id))
    if not stands:
        raise ConflictError(
            f"{action.id}: took nothing away, or was taken back, expected an action that stands",
            remedy="Show the person what holds now: nothing of this action does.",
        )


def _actions_of(parts: Parts, account: str) -> Iterator[records.Action]:
    """Give every action on an account, those of its newest case last."""
    pages, before = [], None
    while found := parts.store.cases_of_account(account, before=before, most=_PAGE):
        pages.append([each.id for each in found])
        before = found[-1].id
    for case_ids in reversed(pages):
        actions = parts.store.actions_of_several(case_ids)
        for case_id in reversed(case_ids):
            yield from actions.get(case_id, [])


def _appealed(
    parts: Parts, action: records.Action, case: records.Case, *, actor: str
) -> records.Decision | None:
    """Give the decision that an appeal is against; None where none is in effect yet."""
    if case.state is not CaseState.CLOSED or case.decision_id is None:
        return None
    decision = parts.store.decision(case.decision_id)
    if decision.outcome is Outcome.NOT_VIOLATION:
        raise ConflictError(f"{action.id}: its content was restored, expected an action that stands")
    until = decision.undo_until + parts.rules.promises.appeal_period
    if parts.now() > until:
        refused = parts.entry(Verb.APPEAL_REFUSED, decision.id, actor=actor, detail=f"{action.id}: too late")
        parts.store.commit(entries=[refused])
        raise AppealTooLateError(
            f"{action.id}: could be appealed until {until:%Y-%m-%d}, expected an appeal before"
        )
    return decision


def _opened(parts: Parts, appeal: records.Appeal, case: records.Case) -> Writing:
    """Open the case of an appeal for somebody who had no part in it; for a lead where the files are gone."""
    store = parts.store
    apart = who_took_part(parts, case)
    files = [store.item(item_id) for item_id in case.item_ids]
    reopened = review.reopen(
        case, stage=Stage.APPEAL, had_a_part=apart, handed_by=None if all(each.sealed for each in files) else SYSTEM,
        restricted=enforcement.hides_content(store.actions_of(case.id)),
    )  # fmt: skip
    reopened = anew(parts, reopened, by=appeal.due_at)
    written = Writing()
    look = Task(name="find-reviewer", record_id=case.id, attempt=FIND_FROM + reopened.version)
    told = parts.entry(Verb.CASE_REOPENED, case.id, detail=appeal.id)
    written.note(Replace(reopened), told, work=[look])
    return written


def who_took_part(parts: Parts, case: records.Case) -> tuple[str, ...]:
    """Name everybody who had a part in what was decided about a case: also those whose word about an identical file decided it."""
    store = parts.store
    decisions = store.decisions_of(case.id)
    spread = store.several_decisions([each for decision in decisions for each in decision.spread_from])
    return review.had_a_part(case, [*decisions, *spread.values()], store.notes_of(case.id))


def open_waiting(parts: Parts, appeal_id: str, _attempt: int) -> None:
    """Open the case of an appeal that came before the decision. Doing it again does nothing."""
    appeal = parts.store.appeal(appeal_id)
    case = parts.store.case(appeal.case_id)
    if appeal.state is not AppealState.WAITING or case.state is not CaseState.CLOSED:
        return
    opened = replace(appeal, state=AppealState.OPEN, decision_id=case.decision_id, version=appeal.version + 1)
    written = Writing()
    written.note(Replace(opened), parts.entry(Verb.APPEAL_OPENED, appeal.id, detail=case.id))
    written.add(_opened(parts, opened, case))
    written.commit(parts)


def after_first(parts: Parts, case: records.Case, decision: records.Decision) -> Writing:
    """See to an appeal that waits for the decision with which a case closes: restoring answers it, anything else hands it on."""
    appeal, written = parts.store.appeal_of(case.id), Writing()
    if appeal is None or appeal.state is not AppealState.WAITING:
        return written
    if decision.outcome is Outcome.NOT_VIOLATION:
        action = parts.store.action(appeal.action_id)
        written.add(_answered(parts, appeal, action, decision, AppealState.OVERTURNED))
    else:
        # On its own, for the case closes in this commit and opens again in another.
        written.work.append(Task(name="open-appeal", record_id=appeal.id, attempt=case.version))
    return written


def conclude(parts: Parts, case: records.Case, decision: records.Decision) -> Writing | None:
    """Put together what an appeal's decision changes; None where the case is no appeal's."""
    appeal = parts.store.appeal_of(case.id)
    if case.stage is not Stage.APPEAL or appeal is None or appeal.state is not AppealState.OPEN:
        return None
    if appeal.decision_id is None:
        raise ConflictError(f"{appeal.id}: open against nothing, expected a decision")
    settled = overturning.overturn(parts, appeal.decision_id, by=decision, case=case)
    action = parts.store.action(appeal.action_id)
    state = AppealState.OVERTURNED if settled.relieved else AppealState.UPHELD
    written = settled.writing
    written.changes += [Replace(case), Replace(decision), parts.count(Step.CASES_DECIDED)]
    closed = parts.entry(
        Verb.CASE_CLOSED, case.id, actor=decision.user_id, detail=f"{decision.id} {decision.outcome}"
    )
    written.entries.insert(0, closed)
    written.add(
        _answered(parts, appeal, action, decision, state, standing=settled.standing, adds=settled.added)
    )
    written.add(flags_kept.answer_all(parts, case, decision))
    return written


def _answered(
    parts: Parts, appeal: records.Appeal, action: records.Action, decision: records.Decision, state: AppealState, *,
    standing: tuple[records.Action, ...] = (), adds: bool = False,
) -> Writing:  # fmt: skip
    answered = replace(
        appeal, state=state, decision_id=appeal.decision_id or decision.id, answer_id=decision.id, answered_at=parts.now(),
        version=appeal.version + 1,
    )  # fmt: skip
    written = Writing()
    told = parts.entry(
        Verb.APPEAL_ANSWERED, appeal.id, actor=decision.user_id, detail=f"{state} {decision.id}"
    )
    written.note(Replace(answered), told)
    kind = MessageKind.APPEAL_OVERTURNED if state is AppealState.OVERTURNED else MessageKind.APPEAL_UPHELD
    written.add(_tell(parts, answered, action, kind, standing, adds=adds))
    return written


def _tell(
    parts: Parts, appeal: records.Appeal, action: records.Action, kind: MessageKind, standing: tuple[records.Action, ...] = (), *,
    adds: bool = False,
) -> Writing:  # fmt: skip
    facts = enforcement.Facts(
        kind=kind, reference=appeal.id, content_reference=action.content_reference, answer_until=appeal.due_at,
        actions=enforcement.told(standing), adds=adds,
    )  # fmt: skip
    return telling.write(
        parts, facts, subject_id=appeal.id, case_id=appeal.case_id, platform=appeal.platform, account=action.account_reference,
        due_at=parts.now() + parts.rules.promises.acknowledge_within,
    )  # fmt: skip


def _remember(
    parts: Parts, complaint: Complaint, api_key: records.ApiKey, key: str | None
) -> list[records.Change]:
    """Give what remembers this request, its newest record last."""
    if key is None:
        return []
    secret = parts.idempotency_secret
    body = hmac.new(secret, repr(complaint).encode("utf-8", "backslashreplace"), "sha256").hexdigest()
    digest = intake.key_digest(key, api_key_id=api_key.id, secret=secret)
    seen = intake.remember(digest, body, parts.now())
    before = parts.store.remembered(digest)
    if before is not None and before.expires_at <= parts.now():
        return [records.Remove(records.Remembered, digest), seen]
    if before is not None and before.body_digest != body:
        raise IdempotencyMismatchError(
            "Idempotency-Key: was used with another body, expected the same body or a new key"
        )
    return [seen]


def _is_repetition(parts: Parts, seen: list[records.Change]) -> bool:
    match seen:
        case [records.Remembered() as again]:
            before = parts.store.remembered(again.key_digest)
            return before is not None and before.body_digest == again.body_digest
        case _:
            return False
