"""Flags that a platform passes on: on a file that is kept they join its case, any other file goes through the scan first."""

from __future__ import annotations

import hmac
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime

from wardline import intake, records, referral, review
from wardline.errors import (
    AlreadyExistsError,
    IdempotencyMismatchError,
    InputError,
    NotAllowedError,
    NotFoundError,
    VersionConflictError,
)
from wardline.pipeline import bringing_back, detecting, flags_kept, late_danger, preserve, standing_alone
from wardline.pipeline.appealing import FIND_FROM, who_took_part
from wardline.pipeline.leaders import Leaders
from wardline.pipeline.looking import close_look_seconds
from wardline.pipeline.lookup import Lookup
from wardline.pipeline.parts import SYSTEM, Parts
from wardline.pipeline.placing import anew, placed
from wardline.pipeline.submit import submit
from wardline.pipeline.writing import Writing
from wardline.records import CaseState, Flagger, KeyTrust, Outcome, Precision, Replace, Stage, Task, Verb
from wardline.triage import reason_of

_TRIES = 5
_PAGE = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Flagged:
    """What a platform passes on."""

    reason: str
    """The platform's category of complaint, 1 to 200 characters."""
    flagger: Flagger = Flagger.USER
    item_id: str | None = None
    """The file, as an answer to an upload named it; or account and content."""
    account_reference: str | None = None
    """Whose content it is."""
    content_reference: str | None = None
    official: records.OfficialNotice | None = None
    """What the notice of an authority names itself by; with ``Flagger.POLICE``, and with no other."""
    upload: intake.Upload | None = None
    """The content itself with its context: Wardline keeps nothing of what it released."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FlagTaken:
    """What became of a flag. Low-trust callers learn none of it."""

    notice_id: str | None
    """None for a repetition."""
    judged_at: float
    """As ``Submission.judged_at``."""


def receive(
    parts: Parts, lookup: Lookup, leaders: Leaders, flagged: Flagged, *, api_key: records.ApiKey, idempotency_key: str | None = None
) -> FlagTaken:  # fmt: skip
    """Take one flag, and acknowledge it.

    With the content, the same is done whether or not it is known: a low-trust key must send it, and learns nothing. What is not kept yet goes through
    the scan, and stands with what it is near as any upload does.

    Raises:
        NotAllowedError: Not a platform's key, or a low-trust one that speaks for a trusted flagger or an authority.
        InputError: What it is about is missing or malformed; a low-trust key sent no content.
        NotFoundError: Nothing of this platform is kept under these names, and the content did not come with it.
        IdempotencyMismatchError: The key was used for something else.
    """
    trusted = api_key.trust is KeyTrust.TRUSTED
    if api_key.platform is None:
        raise NotAllowedError(f"{api_key.id}: a person's key, expected a platform's")
    if flagged.flagger is not Flagger.USER and not trusted:
        raise NotAllowedError(
            f"{api_key.id}: a low-trust key, expected a trusted one for the flag of a trusted flagger or an authority"
        )
    if flagged.upload is None and not trusted:
        raise InputError("flag: without the content, expected it with a low-trust key")
    flag = _flag(flagged, parts.now())
    if flagged.upload is None:
        item = _kept(parts, flagged, api_key.platform)
        if item is None:
            raise NotFoundError(
                "flag: nothing is kept under these names, expected the content with it",
                remedy="Send the flag again with the file and its context; what was released is not kept.",
            )
        return FlagTaken(
            notice_id=join(parts, item, flag, api_key, flagged, idempotency_key), judged_at=time.monotonic()
        )
    return _with_content(parts, lookup, leaders, flagged, flagged.upload, flag, api_key, idempotency_key)


def _flag(flagged: Flagged, now: datetime) -> records.Flag:
    official = flagged.official
    if (flagged.flagger is Flagger.POLICE) != (official is not None):
        raise InputError(
            "flag: an authority's notice without what it names itself by, or the reverse, expected both or neither",
            remedy="Name the authority, its number of the notice and when it came; or say who else flagged.",
        )
    if official is not None and official.received_at > now + intake.CLOCK_TOLERANCE:
        raise InputError("flag: a notice that came in the future, expected when it reached you")
    return records.Flag(
        reason=flagged.reason, trusted=flagged.flagger is Flagger.TRUSTED_FLAGGER, official=official
    )


def _with_content(
    parts: Parts, lookup: Lookup, leaders: Leaders, flagged: Flagged, upload: intake.Upload, flag: records.Flag, api_key: records.ApiKey, key: str | None
) -> FlagTaken:  # fmt: skip
    upload = replace(upload, flag=flag)
    named = replace(
        flagged,
        account_reference=upload.account_reference,
        content_reference=upload.context.content_reference,
    )
    item = _kept(parts, named, api_key.platform or "")
    if item is None:
        done = submit(parts, lookup, upload, api_key=api_key, idempotency_key=key, leaders=leaders)
        notices = parts.store.notices_of(_case_of(parts, done.item_id)) if done.item_id else []
        return FlagTaken(notice_id=notices[0].id if notices else None, judged_at=done.judged_at)
    rules = parts.rules
    intake.check(upload, max_bytes=rules.max_bytes, private_scanning=rules.private_scanning, now=parts.now())
    # As long as a scan takes: whoever times the answer shall not learn that the content is known. So detectors are asked, and not listened to.
    scope = rules.scopes.of(upload.context.surface)
    if scope is not None:
        detecting.ask(parts, scope, upload.content)
    since = time.monotonic()
    glance = parts.media.hash(upload.content, precision=Precision.FAST)
    ahead = close_look_seconds(glance, time.monotonic() - since)
    judged_at = time.monotonic() + ahead
    return FlagTaken(notice_id=join(parts, item, flag, api_key, named, key), judged_at=judged_at)


def _kept(parts: Parts, flagged: Flagged, platform: str) -> records.Item | None:
    """Find the newest file of this platform that is kept under these names; None where there is none, or it is another's."""
    if flagged.item_id is not None:
        try:
            item = parts.store.item(records.require_id("item", flagged.item_id))
        except NotFoundError:
            return None
        return item if _is_about(item, platform, None) else None
    if not (flagged.account_reference and flagged.content_reference):
        raise InputError("flag: names nothing, expected item_id, or account_reference and content_reference")
    found = (
        item
        for item in items_of(parts, flagged.account_reference)
        if _is_about(item, platform, flagged.content_reference)
    )
    return next(found, None)


def _is_about(item: records.Item, platform: str, content: str | None) -> bool:
    """Say whether a file is this platform's, still kept, and still known to be about this content."""
    return (
        item.platform == platform
        and item.sealed
        and item.context is not None
        # An incident has an id of its own kind, which may be that of some content, too.
        and (content is None or (item.told is None and content == item.context.content_reference))
    )


def items_of(parts: Parts, account: str) -> Iterator[records.Item]:
    before = None
    while found := parts.store.cases_of_account(account, before=before, most=_PAGE):
        items = parts.store.several_items([item_id for case in found for item_id in case.item_ids])
        for case in found:
            yield from (items[item_id] for item_id in case.item_ids if item_id in items)
        before = found[-1].id


def _case_of(parts: Parts, item_id: str) -> str:
    return parts.store.holds_of(item_id)[0].case_id


def join(
    parts: Parts, item: records.Item, flag: records.Flag, api_key: records.ApiKey, flagged: Flagged, key: str | None
) -> str | None:  # fmt: skip
    """Add a flag to the case of a file; again where somebody changed the case at the same moment."""
    for tried in range(_TRIES):
        try:
            remembered = _remembered(parts, flagged, flag, api_key, key)
            if remembered is None:
                return None
            known = more_known(parts, item.id, flagged.upload)
            notice_id, written = _joined(parts, known or item, flag, actor=api_key.id)
            written.changes += [*remembered, *([Replace(known)] if known else [])]
            written.commit(parts)
        except (VersionConflictError, AlreadyExistsError):
            if tried == _TRIES - 1:
                raise
        else:
            return notice_id
    raise VersionConflictError(f"{item.id}: its case kept changing, expected a moment of rest")


def more_known(parts: Parts, item_id: str, upload: intake.Upload | None) -> records.Item | None:
    """Give the file with what came with the flag for a report, and how many see it now if that is more; None where that says nothing new."""
    if upload is None:
        return None
    item = parts.store.item(item_id)
    told = intake.not_in_the_future(upload.context, parts.now())
    if item.context is None:
        return None
    facts = item.context.facts if told.facts is None else referral.also_known(item.context.facts, told.facts)
    views = max(
        filter(None, (item.context.views_per_hour, told.views_per_hour)), default=item.context.views_per_hour
    )
    if facts == item.context.facts and views == item.context.views_per_hour:
        return None
    context = replace(item.context, facts=facts, views_per_hour=views)
    return replace(item, context=context, version=item.version + 1)


def _remembered(
    parts: Parts, flagged: Flagged, flag: records.Flag, api_key: records.ApiKey, key: str | None
) -> list[records.Change] | None:
    """Give what remembers this request; None where it is a repetition."""
    if key is None:
        return []
    secret = parts.idempotency_secret
    if flagged.upload is not None:
        body = intake.body_digest(replace(flagged.upload, flag=flag), secret=secret)
    else:
        body = hmac.new(secret, repr(flagged).encode("utf-8", "backslashreplace"), "sha256").hexdigest()
    seen = intake.remember(intake.key_digest(key, api_key_id=api_key.id, secret=secret), body, parts.now())
    before = parts.store.remembered(seen.key_digest)
    if before is None:
        return [seen]
    if before.expires_at <= parts.now():
        return [records.Remove(records.Remembered, seen.key_digest), seen]
    if before.body_digest != seen.body_digest:
        raise IdempotencyMismatchError(
            "Idempotency-Key: was used with another body, expected the same body or a new key"
        )
    return None


def _joined(parts: Parts, item: records.Item, flag: records.Flag, *, actor: str) -> tuple[str, Writing]:
    case = parts.store.case(_case_of(parts, item.id))
    before = flags_kept.known(parts, item.id, flag)
    if before is not None:
        written = Writing()
        again = replace(before, count=before.count + 1, version=before.version + 1)
        told = parts.entry(Verb.FLAG_RECEIVED, again.id, actor=actor, detail=f"number {again.count}")
        written.note(Replace(again), told)
        if case.state is CaseState.OPEN and _is_seen_by_more(case, item):
            _renewed(parts, case, _flagged(parts, case, item, flag), again, written, actor=actor)
        return again.id, written
    notice, written = flags_kept.noticed(parts, item, case.id, flag, actor=actor)
    match case.state:
        case CaseState.OPEN:
            _renewed(parts, case, _flagged(parts, case, item, flag), notice, written, actor=actor)
        case CaseState.CLOSED:
            _after_decision(parts, case, item, flag, notice, written)
        case CaseState.DECIDED:
            # What was decided answers it when it takes effect; if that is now, one of the two is in conflict.
            if not _in_danger(parts, case, flag, notice, written):
                written.changes.append(preserve.as_it_was(case))
    return notice.id, written


def _is_seen_by_more(case: records.Case, item: records.Item) -> bool:
    views = item.context.views_per_hour if item.context else None
    return views is not None and case.urgency is not None and views > case.urgency.views_per_hour


def _renewed(
    parts: Parts, before: records.Case, case: records.Case, notice: records.Notice, written: Writing, *, actor: str = SYSTEM
) -> None:  # fmt: skip
    """Store a case with what a flag says of it. Of danger that nobody had said, what is reported already hears as when a person marks the case."""
    work = []
    if before.imminent_since is None and case.imminent_since is not None:
        case = review.no_longer_kept(case, now=parts.now(), lease=parts.rules.lease)
        work = [*standing_alone.at_once(parts, case), late_danger.after_mark(case)]
    told = parts.entry(Verb.CASE_RENEWED, case.id, actor=actor, detail=notice.id)
    written.note(Replace(case), told, work=work)


def _in_danger(
    parts: Parts, case: records.Case, flag: records.Flag, notice: records.Notice, written: Writing
) -> bool:
    """Note of a case that was decided that a flag says danger, for its report; gives whether that is new."""
    is_new = case.imminent_since is None and review.is_imminent([flag])
    if is_new:
        marked = replace(case, imminent_since=parts.now(), version=case.version + 1)
        _renewed(parts, case, marked, notice, written)
    return is_new


def _flagged(parts: Parts, case: records.Case, item: records.Item, flag: records.Flag) -> records.Case:
    """Give an open case with one more reason, in its new place."""
    reasons = tuple(dict.fromkeys((*case.reasons, reason_of(flag))))
    if case.certificate_id is None:
        again = placed(parts, case, item, [flag])
    else:
        again = bringing_back.in_order(parts, case, item, (flag,))
    return replace(again, reasons=reasons, version=case.version + 1)


def _after_decision(
    parts: Parts, case: records.Case, item: records.Item, flag: records.Flag, notice: records.Notice, written: Writing
) -> None:  # fmt: skip
    """Answer a flag on what was decided, or have somebody else look once more: never twice for the same reason."""
    decision = parts.store.decision(case.decision_id) if case.decision_id else None
    if decision is not None and decision.outcome is not Outcome.NOT_VIOLATION:
        # On its own: a record is written once in a commit.
        written.work.append(Task(name="answer-flag", record_id=notice.id))
        if decision.outcome is Outcome.VIOLATION:
            _in_danger(parts, case, flag, notice, written)
        return
    reopened = review.reopen(
        case,
        stage=Stage.FIRST,
        had_a_part=who_took_part(parts, case),
        handed_by=None,
        restricted=False,
    )
    if decision is not None and case.imminent_since is not None and case.imminent_since <= decision.at:
        reopened = replace(
            reopened, imminent_since=None
        )  # whoever cleared it knew of that danger, and found none
    again = replace(_flagged(parts, anew(parts, reopened), item, flag), version=reopened.version)
    look = Task(name="find-reviewer", record_id=case.id, attempt=FIND_FROM + again.version)
    written.note(Replace(again), parts.entry(Verb.CASE_REOPENED, case.id, detail=notice.id), work=[look])


def answer_flag(parts: Parts, notice_id: str, _attempt: int) -> None:
    """Answer a flag on a file about which something was decided before it came. Doing it again does nothing."""
    notice = parts.store.notice(notice_id)
    case = parts.store.case(notice.case_id)
    if notice.state is not records.NoticeState.OPEN or case.state is not CaseState.CLOSED:
        return
    if case.decision_id is None:
        return
    decision = parts.store.decision(case.decision_id)
    flags_kept.answer(parts, notice, parts.store.item(notice.item_id), decision).commit(parts)
