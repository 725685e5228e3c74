"""A receiver that does not answer is spared most tries, and tried with everything at once when it answers again."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from wardline import records, referral
from wardline.errors import AuthorityError
from wardline.pipeline import alarms, filing_work
from wardline.pipeline.parts import Parts
from wardline.pipeline.targets import HALF
from wardline.records import AlarmKind, ReferralState, Replace, Verb

PROBLEM = (
    "the authority did not answer for other reports either: it is tried again, and at once when it answers"
)
_UNDER_WAY = (
    ReferralState.DRAFT, ReferralState.OPENING, ReferralState.OPENED, ReferralState.FINISHING, ReferralState.RETRACTING,
)  # fmt: skip
_AT_ONCE = 100
_LONGEST = 480


def spares(parts: Parts, current: records.Referral, receiver: str, attempt: int) -> bool:
    """Put a report off without a call where its receiver answers nobody; gives whether it was. Never one of priority 1, or with half of its clock over.

    That counts as a failed try: the next comes later, whatever becomes of the others.
    """
    if current.in_flight or parts.circuits.lets(receiver, current.priority, parts.now()):
        return False
    if referral.part_over(current, now=parts.now()) >= HALF:
        return False
    if parts.store.open_alarm(AlarmKind.FILING_FAILED, receiver) is None:
        # Another process got through, or a person says that it works again: what they woke may have come here.
        parts.circuits.after(receiver, None, parts.now())
        return False
    waiting = replace(
        current,
        attempts=current.attempts + 1,
        problem=current.problem if current.state is ReferralState.RETRACTING else PROBLEM,
        version=current.version + 1,
    )
    later = parts.now() + referral.retry_delay(waiting.attempts, parts.jitter(), priority=waiting.priority)
    parts.store.commit(
        Replace(waiting), entries=[parts.entry(Verb.REFERRAL_MOVED, waiting.id, detail="spared a call")],
        work=[filing_work.task(waiting, attempt + 1, later)],
    )  # fmt: skip
    tell(parts, receiver, PROBLEM)
    return True


def heard(parts: Parts, receiver: str, error: AuthorityError | None, *, about: records.Referral) -> None:
    """Note how a receiver answered, once that is stored; when it answers again, what waits for that is tried at once."""
    if parts.circuits.after(receiver, error, parts.now()):
        wake(parts, receiver, besides=about.id)
    elif error is not None and parts.circuits.is_open(receiver):
        tell(parts, receiver, about.problem, error)


def gets_through(parts: Parts, filed: records.Referral) -> None:
    """Close what there was to say of a receiver, and try at once what still waits from before this process began."""
    had_failed = parts.store.open_alarm(AlarmKind.FILING_FAILED, filed.authority) is not None
    # Before anything is woken: another process may take it, and knows by the alarm whether to spare the receiver.
    for about in (filed.authority, filing_work.NOBODY):
        alarms.resolve_about(parts, AlarmKind.FILING_FAILED, about)
    if had_failed:
        wake(parts, filed.authority, besides=filed.id)


def tell(parts: Parts, receiver: str, problem: str | None, error: AuthorityError | None = None) -> None:
    """Raise the alarm that reports do not get through to a receiver: what was seen of it says more than what it means for one report."""
    said = (
        f"{problem or 'no clear answer'}. It is tried again; check its status."
        if error is None
        else f"{error.message[:_LONGEST]}. {error.advice}"
    )
    message = f"Filing to {receiver} fails: {said}"
    alarms.raise_alarm(parts, AlarmKind.FILING_FAILED, receiver, message)


def wake(parts: Parts, receiver: str, *, besides: str) -> None:
    """Try at once whatever failed at a receiver that answers again. What was put off comes later all the same, and finds nothing to do."""
    work = [
        filing_work.again(each)
        for each in _under_way(parts)
        if each.authority == receiver and each.attempts and not each.in_flight and each.id != besides
        and each.joined is None and not referral.waits(each)
    ]  # fmt: skip
    for start in range(0, len(work), _AT_ONCE):
        parts.store.commit(entries=(), work=work[start : start + _AT_ONCE])


def _under_way(parts: Parts) -> Iterator[records.Referral]:
    for state in _UNDER_WAY:
        last: str | None = None
        while found := parts.store.referrals(state=state, after=last, most=_AT_ONCE):
            yield from found
            last = found[-1].id
