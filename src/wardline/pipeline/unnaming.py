"""A decision falls by which other accounts' reports name its account: what is not filed is opened without it, and the rest is corrected, once.

A decision has one report to a receiver. So what corrects the account's own report says it of the others too, and only where it has none there the
correction is of theirs.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta

from wardline import records, referral
from wardline.errors import AlreadyExistsError, ConflictError, InputError
from wardline.pipeline import alarms, correcting, filing_work, handing_over, naming
from wardline.pipeline.parts import SYSTEM, Parts
from wardline.pipeline.writing import Writing
from wardline.records import AlarmKind, DecisionState, Outcome, ReferralState, Replace, Task, Verb

NAME = "unname"
_AGAIN = timedelta(seconds=30)
"""To the second look; each one after it waits as much longer, up to ``_MOST_TIMES`` of it."""
_MOST_TIMES = 20
_SURE = 2
"""So many looks are taken at what is not opened: it may have been built before the decision fell, and be sent after the first one."""
_NEARLY = timedelta(seconds=10)
"""What was finished so shortly before a correction was built may not be in it."""


def after(former: records.Decision) -> list[Task]:
    """Make the work that follows when a decision falls; nothing where nobody was named by it."""
    if former.outcome is not Outcome.VIOLATION:
        return []
    return [Task(name=NAME, record_id=former.id)]


def unname(parts: Parts, decision_id: str, attempt: int) -> None:
    """See to the reports that name an account by a decision that fell. Doing it again does nothing.

    Args:
        parts: The installation's.
        decision_id: What fell.
        attempt: The number of this look.
    """
    former = parts.store.decision(decision_id)
    case = parts.store.case(former.case_id)
    instead = None if former.state is DecisionState.UNDONE else _instead(parts, case)
    if instead is not None and instead.outcome is Outcome.VIOLATION:
        return  # it stands by a later one
    filed: list[records.Referral] = []
    is_waiting = False
    for each in naming.reports(parts, case):
        if each.state is ReferralState.FINISHED:
            filed.append(each)
        else:
            is_waiting |= _is_open(parts, each, former, attempt)
    filed = [each for each in filed if correcting.is_correctable(parts, each)]
    if instead is None:
        _alarm(parts, case, filed, "is in doubt", "Decide it first of all, and if it was wrong, tell")
    else:
        for target in dict.fromkeys((each.authority, each.environment) for each in filed):
            there = [each for each in filed if (each.authority, each.environment) == target]
            is_waiting |= _is_untold(parts, case, instead, there)
    if is_waiting:
        wait = _AGAIN * min(attempt + 1, _MOST_TIMES)
        later = Task(name=NAME, record_id=decision_id, attempt=attempt + 1, not_before=parts.now() + wait)
        parts.store.commit(entries=(), work=[later])


def _instead(parts: Parts, case: records.Case) -> records.Decision | None:
    try:
        return correcting.newest_effective(parts, case)
    except InputError:
        return None


def _is_open(parts: Parts, found: records.Referral, former: records.Decision, attempt: int) -> bool:
    """See to a report that is not finished; gives whether it has to be looked at again."""
    if found.state is ReferralState.WITHDRAWN:
        return False
    if not found.names:  # it is built anew when it is opened, and names nobody any more whose decision fell
        return found.in_flight or attempt + 1 < _SURE
    case_id = former.case_id
    if not {former.id, *former.spread_from}.isdisjoint(parts.store.decision(found.decision_id).spread_from):
        return True  # it had spread from there, and is taken back as a whole
    written = Writing()
    moved = referral.opened_anew(found)
    if moved is None and referral.awaits(found) and found.problem != referral.UNWANTED:
        if found.takings:
            written.add(alarms.raised(parts, AlarmKind.REPORT_WRONG, found.id, (
                f"Somebody took the pack of {found.id} while it named another account, whose decision ({case_id}) fell. If that pack was filed, tell "
                f"{found.authority}, naming its reference, that this account is not to be named there."
            )))  # fmt: skip
        anew = handing_over.made_anew(parts, found, actor=SYSTEM, written=written)
        moved = replace(anew, version=found.version + 1)
    elif moved is not None:
        written.work.append(filing_work.again(moved))
    if moved is None:
        return True
    detail = f"{moved.state}, it named an account whose decision fell"
    written.note(Replace(moved), parts.entry(Verb.REFERRAL_MOVED, found.id, detail=detail))
    with suppress(ConflictError):  # it moved at this moment
        written.commit(parts)
    return True


def _is_untold(
    parts: Parts, case: records.Case, by: records.Decision, filed: Sequence[records.Referral]
) -> bool:
    """Correct finished reports of one receiver, or have a person tell; gives whether that has to be looked at again."""
    of = filed[0]
    there = [each for each in parts.store.referrals(case_id=case.id) if each.authority == of.authority]
    made = next((each for each in there if each.decision_id == by.id), None)
    if made is None:
        return _is_to_be_made(parts, case, by, filed, there)
    if made.environment != of.environment or made.state is ReferralState.WITHDRAWN:
        _alarm(parts, case, filed)
        return False
    if made.state is not ReferralState.FINISHED:
        return True
    _alarm(parts, case, [each for each in filed if not _says(made, each)])
    return False


def _is_to_be_made(
    parts: Parts, case: records.Case, by: records.Decision, filed: Sequence[records.Referral], there: Sequence[records.Referral]
) -> bool:  # fmt: skip
    own = [
        each for each in there
        if each.corrects is None and each.environment == filed[0].environment and each.state is not ReferralState.WITHDRAWN
    ]  # fmt: skip
    if any(each.state is not ReferralState.FINISHED for each in own):
        return True  # it is withdrawn, or turns out to be finished: then its correction says this too
    try:
        correcting.draft(parts, case, by, corrects=(own or list(filed))[0].id).commit(parts)
    except AlreadyExistsError:
        return True  # another thread was quicker
    except InputError:
        _alarm(parts, case, filed)  # its account was unlinked
        return False
    return True


def _says(made: records.Referral, filed: records.Referral) -> bool:
    if made.corrects == filed.id:
        return True
    until, at = made.said_until, filed.finished_at
    return until is not None and at is not None and at + _NEARLY <= until


def _alarm(
    parts: Parts, case: records.Case, filed: Sequence[records.Referral], what: str = "fell", to_do: str = "No report of ours says so to them: tell"
) -> None:  # fmt: skip
    if not filed:
        return
    numbers = ", ".join(f"{each.remote_id} ({each.id}, {each.authority})" for each in filed)
    message = (
        f"Reports about others name the account of {case.id} as one with the same file, and the decision about it {what}: {numbers}. {to_do} each "
        "receiver, naming its report, that this account is not to be named there."
    )
    said = parts.store.open_alarm(AlarmKind.REPORT_WRONG, case.id)
    if said is not None and said.message != message:
        alarms.resolve_about(parts, AlarmKind.REPORT_WRONG, case.id)
    alarms.raise_alarm(parts, AlarmKind.REPORT_WRONG, case.id, message)
