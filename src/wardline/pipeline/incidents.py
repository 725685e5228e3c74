"""Incidents without a file: what a platform tells of one is sealed as it was told, and a person decides.

Nothing looks inside: no decoder, no list, no detector. The same account told again adds what is new to the case that there is.
"""

from __future__ import annotations

import secrets
import time

from wardline import intake, preservation, records, review, triage
from wardline.errors import AlreadyExistsError, NotAllowedError, VersionConflictError
from wardline.pipeline import flagging, flags_kept, gathering, sealing_uploads
from wardline.pipeline.parts import ORIGINAL, Parts
from wardline.pipeline.placing import placed
from wardline.pipeline.submit import Submission, commit_kept, is_repetition, remember, require_room
from wardline.pipeline.writing import Writing
from wardline.records import HashKind, Replace, Step, Verb

_TRIES = 5
"""How often somebody may change an incident at the moment at which it is told again."""


def tell(
    parts: Parts, told: intake.IncidentTold, *, api_key: records.ApiKey, idempotency_key: str | None
) -> Submission:  # fmt: skip
    """Take the account of one incident, and open a case about it.

    Returns after everything about it is durable; an error means that nothing was written and the caller shall tell it again.

    Raises:
        NotAllowedError: A person's key.
        InputError: It is malformed: empty, too long, with control characters, in the future, or without a place.
        NoLegalBasisError: From a private surface, nobody complained of it, and no basis is named for the region.
        IdempotencyMismatchError: The key was used for something else.
        StorageFullError, StoreUnavailableError: Try again later.
    """
    if api_key.platform is None:
        raise NotAllowedError(f"{api_key.id}: a person's key, expected a platform's")
    rules = parts.rules
    upload = told.upload(parts.now())
    intake.check(upload, max_bytes=rules.max_bytes, private_scanning=rules.private_scanning, now=parts.now())
    require_room(parts, upload)
    seen = remember(parts, upload, api_key, idempotency_key)
    before = parts.store.remembered(seen.key_digest) if seen else None
    if seen is not None and is_repetition(parts, seen, before):
        return _repeated()
    changes: list[records.Change] = [seen] if seen else []
    if seen is not None and before is not None:
        changes.insert(0, records.Remove(records.Remembered, seen.key_digest))
    first, kept = _known(parts, upload, api_key.platform)
    judged_at = time.monotonic()  # whatever comes of it: the answer's time shall not tell
    for tries_left in reversed(range(_TRIES)):
        try:
            if kept is not None:
                _told_again(parts, kept, upload, changes, api_key, idempotency_key)
                return Submission(route=None, item_id=None, judged_at=judged_at)
            item, route = _open(parts, told, upload, [*changes, first], api_key)
        except AlreadyExistsError:
            # The same key won the race in another thread; or the same account did, and then its case takes what is new in this one.
            if seen is not None and is_repetition(parts, seen, parts.store.remembered(seen.key_digest)):
                return _repeated()
            if not tries_left:
                raise
            first, kept = _known(parts, upload, api_key.platform)
        else:
            return Submission(route=route, item_id=item.id, judged_at=judged_at)
    raise VersionConflictError("incident: kept being told at the same moment, expected a moment of rest")


def _repeated() -> Submission:
    return Submission(route=None, item_id=None, judged_at=time.monotonic())


def _known(
    parts: Parts, upload: intake.Upload, platform: str
) -> tuple[records.Remembered, records.Item | None]:
    """Give the same account where it is kept, and what only one can store of several who tell it for the first time at the same moment."""
    # In this order: whoever stores the one has seen that there is none of the other, or is refused.
    first = _first(parts, upload, platform)
    return first, _kept(parts, upload, platform)


def _first(parts: Parts, upload: intake.Upload, platform: str) -> records.Remembered:
    """Give what stands for a first telling. What was told, destroyed and is told anew is another first time."""
    former = ""
    while True:
        digest = intake.incident_digest(
            upload.content, platform=platform, former=former, secret=parts.idempotency_secret
        )
        found = parts.store.remembered(digest)
        if found is None:
            return intake.remember(digest, secrets.token_hex(32), parts.now())
        former = found.body_digest


def _kept(parts: Parts, upload: intake.Upload, platform: str) -> records.Item | None:
    """Find the very same account, where it is kept: whom it is about, when and where stand in it, so it is the same incident."""
    digest = next(each.value for each in intake.digests(upload.content) if each.kind is HashKind.SHA256)
    return next(
        (
            item
            for item in flagging.items_of(parts, upload.account_reference)
            if item.told is not None
            and item.platform == platform
            and item.sealed
            and any(each.value == digest for each in item.hashes)
        ),
        None,
    )


def _told_again(
    parts: Parts, item: records.Item, upload: intake.Upload, changes: list[records.Change], api_key: records.ApiKey, key: str | None
) -> None:  # fmt: skip
    """Add to a case what is new in an account that is told again: a complaint, danger for instance, and what is known for a report."""
    if upload.flag is not None:
        flagged = flagging.Flagged(reason=upload.flag.reason, upload=upload)
        flagging.join(parts, item, upload.flag, api_key, flagged, key)
        return
    for tries_left in reversed(range(_TRIES)):
        again = parts.entry(Verb.ITEM_ROUTED, item.id, actor=api_key.id, detail="told again")
        known = flagging.more_known(parts, item.id, upload)
        try:
            parts.store.commit(*changes, *([Replace(known)] if known else []), entries=[again])
        except VersionConflictError:
            if not tries_left:
                raise
        else:
            return


def _open(
    parts: Parts, told: intake.IncidentTold, upload: intake.Upload, changes: list[records.Change], api_key: records.ApiKey,
) -> tuple[records.Item, records.Route]:  # fmt: skip
    now = parts.now()
    item = records.Item(
        id=parts.new_id("item"), received_at=now, account_reference=upload.account_reference, platform=api_key.platform or "",
        context=intake.not_in_the_future(upload.context, now), size_bytes=len(upload.content), picture=None,
        hashes=intake.digests(upload.content), sealed=True, told=told.kind,
    )  # fmt: skip
    flags = [upload.flag] if upload.flag is not None else []
    signals: list[records.Signal] = [records.Told(kind=told.kind), *flags]
    route = records.Review(reasons=tuple(dict.fromkeys(map(triage.reason_of, signals))))
    case = placed(parts, review.open_case(parts.new_id("case"), item, route=route, now=now), item, signals)
    hold = preservation.place_provisional(
        item, case.id, hold_id=parts.new_id("hold"), periods=parts.rules.periods, now=now
    )
    flagged = (
        flags_kept.noticed(parts, item, case.id, upload.flag, actor=api_key.id)[1]
        if upload.flag
        else Writing()
    )
    steps = [Step.INCIDENTS_TOLD, Step.CASES_OPENED, *([Step.ITEMS_FLAGGED] if flags else [])]
    changes = [
        *changes,
        *map(parts.count, steps),
        records.Insert(item),
        records.Insert(hold),
        *flagged.changes,
    ]
    # Sealed first: a crash before the commit leaves an object that no record points at, which the sweep destroys.
    sealing_uploads.seal(parts, item.id, upload.content)

    try:
        # It stands alone, whoever else tells the same words: what people say of one account decides no other.
        commit_kept(parts, item, gathering.Placed(case=case), hold, (), route, api_key, changes, flagged)
    except AlreadyExistsError:
        parts.vault.destroy(item.id, ORIGINAL)  # certainly not committed: the same key was quicker
        raise
    return item, route
