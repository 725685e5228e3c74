"""The step refer: one referral to one finished report. Every answer is durable before the next call is made."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import assert_never

import structlog

from wardline import ports, records, referral
from wardline.errors import (
    AuthorityError,
    AuthorityRejectedError,
    ConflictError,
    EvidenceError,
    InputError,
    NotFoundError,
    ReportFinishedError,
)
from wardline.pipeline import alarms, bundles, filing_work, receipts, reported, schemas, sparing, viral
from wardline.pipeline.parts import ORIGINAL, Parts
from wardline.records import AlarmKind, ReferralState, Replace, Task, Verb

_ALARM_AFTER_ATTEMPTS = 5
TRIES_BETWEEN, NOBODY, task = filing_work.TRIES_BETWEEN, filing_work.NOBODY, filing_work.task

_log = structlog.get_logger("wardline.refer")


def refer(parts: Parts, referral_id: str, attempt: int) -> None:
    """Carry one referral as far as it goes: to its receipt, to a later try, or to a person."""
    with parts.circuits.in_hand(referral_id):
        _refer(parts, referral_id, attempt)


def _refer(parts: Parts, referral_id: str, attempt: int) -> None:
    written_by = schemas.adopt(parts)
    current = parts.store.referral(referral_id)
    if current.state in (ReferralState.FINISHED, ReferralState.WITHDRAWN):
        over(parts, current)  # a crash may have come between the state and the end of its alarms
        return
    if current.state is ReferralState.NEEDS_HUMAN:
        _ask(parts, current)  # a crash may have come between the state and its alarm
        return
    if referral.waits(current):
        return  # for a second person, or for the end of that: either comes with work of its own
    if current.joined is not None:
        return  # it goes with another one, whose work that is
    authority = parts.receiver(current.authority)
    if authority is None and parts.authority is None:
        _wait_for_settings(
            parts, current, attempt, "authority: none in the settings, expected [referral] authority"
        )
    elif authority is None or current.environment not in (NOBODY, authority.environment):
        # A test report must never become a real one because a setting changed, and its remote id means nothing elsewhere.
        expected = f"{current.authority} in {current.environment}"
        _wait_for_settings(
            parts, current, attempt, f"authority: another one in the settings, expected {expected}"
        )
    elif not _goes_elsewhere(parts, current, authority.name) and not sparing.spares(
        parts, current, authority.name, attempt
    ):
        _Filing(parts, authority, current, attempt, written_by).run()


def _goes_elsewhere(parts: Parts, current: records.Referral, name: str) -> bool:
    """Withdraw one that was drafted for nobody where the receiver of now has its decision by another referral already."""
    others = (each for each in parts.store.referrals(case_id=current.case_id) if each.id != current.id)
    other = next(
        (each for each in others if each.decision_id == current.decision_id and each.authority == name), None
    )
    if current.authority != NOBODY or other is None:
        return False
    if other.state is ReferralState.WITHDRAWN:
        # Nobody got it, and a decision has one referral to a receiver: a person says what becomes of it.
        stopped = referral.withdraw(current, f"{name} was to get it by {other.id}, which was withdrawn")
        moved = parts.entry(Verb.REFERRAL_MOVED, stopped.id, detail=stopped.state)
        parts.store.commit(Replace(stopped), entries=[moved])
        _ask(parts, stopped)
        return True
    ended = replace(
        current, state=ReferralState.WITHDRAWN, problem="the same receiver has it by another referral", version=current.version + 1
    )  # fmt: skip
    told = parts.entry(
        Verb.DUTY_DISCHARGED, other.id, detail=f"reported by this referral instead of {ended.id}"
    )
    parts.store.commit(Replace(ended), entries=[told])
    return True


def file_again(parts: Parts, referral_id: str, user: records.User) -> records.Referral:
    """Let a referral that waits for a person go on, after what was wrong was put right.

    Raises:
        ConflictError: It does not wait for a person.
        InputError: It still cannot be sent; nothing changed.
    """
    stopped = parts.store.referral(referral_id)
    again = referral.refile(stopped)
    if (
        again.waits_until is not None
    ):  # it stopped before anybody approved it, and waits no more: somebody checks it afterwards
        again = referral.unapproved(again, now=parts.now(), approval=parts.rules.filing.approval)
    schemas.adopt(parts)
    if parts.store.decision(stopped.decision_id).state is records.DecisionState.OVERTURNED:
        never = "Say whether it was filed: `wardline referral filed-before` or `not-filed`, or its page."
        raise ConflictError(
            f"{referral_id}: its decision was overturned, expected one that stands",
            remedy=never if stopped.problem == referral.LOOK_FALLEN else None,
        )
    receiver = parts.receiver(stopped.authority)
    if receiver is not None:
        report = reported.report_of(
            parts,
            stopped.id,
            parts.store.decision(stopped.decision_id),
            parts.store.case(stopped.case_id),
            corrects=stopped.corrects,
            bundle=stopped.bundle,
        )
        problems = receiver.check(report)
        if problems:
            raise InputError(
                f"{referral_id}: {'; '.join(problems)[:480]}",
                remedy="Correct [referral] in wardline.toml first.",
            )
    parts.store.commit(
        Replace(again), entries=[parts.entry(Verb.REFERRAL_MOVED, again.id, actor=user.id, detail=f"{again.state} again")],
        work=[filing_work.again(again)],
    )  # fmt: skip
    return again


class _Filing:
    """One run over one referral."""

    def __init__(
        self, parts: Parts, authority: ports.Authority, current: records.Referral, attempt: int, written_by: str | None
    ) -> None:  # fmt: skip
        self._parts = parts
        self._written_by = written_by
        self._authority = authority
        # Drafted before there was an authority in the settings: it is this one's from here on.
        self._current = replace(current, authority=authority.name, environment=authority.environment)
        self._attempt = attempt
        self._decision = parts.store.decision(current.decision_id)
        self._case = parts.store.case(current.case_id)
        self._built: records.Report | None = None
        self._built_at = parts.now()

    @property
    def _report(self) -> records.Report:
        """Build the report once, and not before it is needed: one that is only withdrawn may not be buildable any more."""
        if self._built is None:
            self._built_at = self._parts.now()
            self._built = self._build(self._current)
        return self._built

    def _build(self, of: records.Referral) -> records.Report:
        report = reported.report_of(
            self._parts, of.id, self._decision, self._case, corrects=of.corrects, bundle=of.bundle
        )
        return replace(report, priority=of.priority)

    def _stands_as(self, moved: records.Referral) -> None:
        """Go on from what is stored now."""
        former, self._current = self._current, moved
        if (moved.bundle, moved.priority) != (former.bundle, former.priority):
            self._built = None

    def _is_taken(self, bigger: records.Referral) -> bool:
        """Say whether the authority's rules have nothing against a report of several."""
        try:
            return not self._authority.check(self._build(bigger))
        except (InputError, NotFoundError):
            return False

    def run(self) -> None:
        resumed = self._current.in_flight
        batch = viral.take_in(self._parts, self._current, self._attempt, self._is_taken)
        taken = None if batch is None else bundles.take_in(self._parts, batch, self._is_taken)
        if taken is None:
            return
        self._stands_as(taken)
        if self._current.state is ReferralState.DRAFT and not self._passes_check():
            return
        while True:
            step = referral.next_step(self._current, resumed=resumed)
            resumed = False
            match step:
                case referral.Move(referral=moved):
                    self._commit(moved)
                case referral.Done():
                    return
                case referral.AskHuman():
                    _ask(self._parts, self._current)
                    return
                case referral.Submit() | referral.Attach() | referral.Finish() | referral.Retract():
                    if self._cannot_build(step) or self._has_left(step):
                        continue
                    if not self._call(step):
                        return
                case _:
                    assert_never(step)

    def _cannot_build(self, step: referral.Call) -> bool:
        """Stop for a person where what a call would send cannot be built any more; gives whether it is so."""
        if isinstance(step, referral.Retract):
            return False
        problem = self._why_not_built()
        if problem is not None:
            self._commit(referral.withdraw(self._current, problem))
        return problem is not None

    def _has_left(self, step: referral.Call) -> bool:
        """Go on without a file that is in the report no more, for somebody viewed it in full and gave it no category; gives whether one was."""
        if isinstance(step, referral.Retract):
            return False
        smaller = referral.without(self._current, {each.item_id for each in self._report.files})
        if smaller is None:
            return False
        self._commit(smaller)
        return True

    def _why_not_built(self) -> str | None:
        try:
            _ = self._report
        except InputError as error:
            reason = error.message.removeprefix(f"referral {self._current.id}: ")
            return f"the report cannot be built any more: {reason}"[:480]
        return None

    def _passes_check(self) -> bool:
        unbuilt = self._why_not_built()
        problems = self._authority.check(self._report) if unbuilt is None else (unbuilt,)
        if not problems:
            return True
        self._commit(referral.withdraw(self._current, "; ".join(problems)[:480]))
        if self._current.state is not ReferralState.NEEDS_HUMAN:
            return self._passes_check()  # it is by itself now
        _ask(self._parts, self._current)
        return False

    def _call(self, step: referral.Call) -> bool:
        """Make one call and store what came of it; gives whether to go on at once."""
        if not self._current.in_flight:
            self._commit(replace(self._current, version=self._current.version + 1))
        name = type(step).__name__.lower()
        self._parts.reached(f"authority:before-{name}")
        try:
            answer = self._send(step)
        except ReportFinishedError as error:
            self._store_outcome(referral.on_error(self._current, step, error, self._parts.now()), error)
            self._heard(error)
            return True
        except (EvidenceError, NotFoundError):
            self._commit(
                referral.withdraw(
                    self._current, "the evidence cannot be opened, expected the file as it was sealed"
                )
            )
            return True
        except AuthorityError as error:
            _log.warning(
                "authority refused or failed", referral=self._current.id, call=name, problem=error.message
            )
            outdated = isinstance(error, AuthorityRejectedError) and self._is_outdated()
            failed = referral.on_error(self._current, step, error, self._parts.now())
            goes_on = (
                self._fail(referral.on_outdated(self._current, step))
                if outdated
                else self._fail(failed, error)
            )
            self._heard(error)
            return goes_on
        _log.info("authority answered", referral=self._current.id, call=name, request_id=answer.request_id)
        self._parts.reached(f"authority:after-{name}")
        moved = referral.on_answer(self._current, step, answer, self._parts.now())
        if isinstance(step, referral.Submit):
            moved = referral.noted(replace(moved, sent_at=self._built_at), self._report.like)
        self._store_outcome(moved, answer)
        self._heard(None)
        return True

    def _is_outdated(self) -> bool:
        """Say whether what was refused was written by a schema that is not served any more, and nothing is wrong with it by the one that is."""
        another = schemas.is_another_since(self._parts, self._authority, self._written_by)
        return another and self._why_not_built() is None and not self._authority.check(self._report)

    def _heard(self, error: AuthorityError | None) -> None:
        sparing.heard(self._parts, self._authority.name, error, about=self._current)

    def _send(self, step: referral.Call) -> records.AuthorityAnswer:
        match step:
            case referral.Submit():
                return self._authority.submit(self._report)
            case referral.Attach(remote_id=remote_id, item_id=item_id):
                file = next(each for each in self._report.files if each.item_id == item_id)
                return self._authority.attach(remote_id, file, self._parts.vault.open(item_id, ORIGINAL))
            case referral.Finish(remote_id=remote_id):
                return self._authority.finish(remote_id)
            case referral.Retract(remote_id=remote_id):
                return self._authority.retract(remote_id)
            case _:
                assert_never(step)

    def _store_outcome(
        self, moved: records.Referral, source: records.AuthorityAnswer | ReportFinishedError
    ) -> None:
        if moved.state is ReferralState.FINISHED:
            self._file(moved, source)
            over(self._parts, self._current)
            sparing.gets_through(self._parts, moved)
        else:
            self._commit(moved)

    def _commit(self, moved: records.Referral, work: Sequence[Task] = ()) -> None:
        """Store a state. When the next step is a call that follows at once, this commit announces it too."""
        moved, others = bundles.settled(self._parts, self._current, moved)
        calls = not work and isinstance(referral.next_step(moved, resumed=False), referral.Call)
        moved = replace(moved, in_flight=calls)
        detail = f"{moved.state} {moved.remote_id or ''}".strip()
        self._parts.store.commit(
            Replace(moved), *others.changes,
            entries=[self._parts.entry(Verb.REFERRAL_MOVED, moved.id, detail=detail), *others.entries],
            work=[*work, *others.work],
        )  # fmt: skip
        self._stands_as(moved)

    def _fail(self, failed: records.Referral, error: AuthorityError | None = None) -> bool:
        if failed.state is ReferralState.NEEDS_HUMAN:
            self._commit(failed)
            return True
        later = self._parts.now() + referral.retry_delay(
            max(failed.attempts, 1), self._parts.jitter(), priority=failed.priority
        )
        again = task(failed, self._attempt + 1, later)
        self._commit(failed, [again])
        if failed.attempts >= _ALARM_AFTER_ATTEMPTS:
            sparing.tell(self._parts, failed.authority, failed.problem, error)
        return False

    def _file(self, moved: records.Referral, source: records.AuthorityAnswer | ReportFinishedError) -> None:
        """Store the receipt and place the hold that it starts, in one commit."""
        parts = self._parts
        receipt = referral.build_receipt(parts.new_id("receipt"), moved, source, parts.now())
        filed = replace(moved, in_flight=False, completeness=self._completeness(moved))
        receipts.store(parts, filed, receipt, lacking=referral.unlisted(filed, source))
        self._current = filed

    def _completeness(self, moved: records.Referral) -> int | None:
        """Say how complete it is; None where it cannot be built any more, and was found finished when it was to be withdrawn for that."""
        if self._why_not_built() is not None:
            return None
        needs = reported.checked(
            self._parts, self._report, self._decision, self._case, moved.bundle, sent_at=moved.sent_at
        )
        return referral.score(needs).percent


def over(parts: Parts, ended: records.Referral) -> None:
    """Close the alarms that ask for something about a referral of which nothing is to be done any more, and about those in its report."""
    for each in ended.bundle:
        over(parts, parts.store.referral(each.referral_id))
    alarms.resolve_about(parts, AlarmKind.FILING_NEEDS_HUMAN, ended.id)
    if ended.state is ReferralState.WITHDRAWN or ended.second_at is not None:
        alarms.resolve_about(parts, AlarmKind.REFERRAL_UNAPPROVED, ended.id)


def _ask(parts: Parts, stopped: records.Referral) -> None:
    message = f"{referral.asking(stopped)}: {stopped.problem or 'no reason'}. See `wardline referral show {stopped.id}`."
    said = parts.store.open_alarm(AlarmKind.FILING_NEEDS_HUMAN, stopped.id)
    if said is not None and said.message != message:  # what is to be done is another thing now
        alarms.resolve_about(parts, AlarmKind.FILING_NEEDS_HUMAN, stopped.id)
    alarms.raise_alarm(parts, AlarmKind.FILING_NEEDS_HUMAN, stopped.id, message)


def _wait_for_settings(parts: Parts, draft: records.Referral, attempt: int, problem: str) -> None:
    waiting = replace(draft, attempts=draft.attempts + 1, problem=problem, version=draft.version + 1)
    later = parts.now() + referral.retry_delay(
        max(waiting.attempts, 8), parts.jitter(), priority=waiting.priority
    )
    parts.store.commit(
        Replace(waiting), entries=[parts.entry(Verb.REFERRAL_MOVED, draft.id, detail="waits for an authority")],
        work=[task(draft, attempt + 1, later)],
    )  # fmt: skip
    message = f"Decisions need a report, but {problem}. Correct [referral] in wardline.toml; what waits is filed then."
    alarms.raise_alarm(parts, AlarmKind.FILING_FAILED, draft.authority, message)
