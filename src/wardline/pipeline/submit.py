"""The scan, in one breath: submit, match, triage, and one commit at the end. Release writes nothing but a count."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, replace

from wardline import enforcement, intake, preservation, records, review, triage
from wardline.errors import AlreadyExistsError, IdempotencyMismatchError, StorageFullError
from wardline.pipeline import (
    care,
    detecting,
    evidencing,
    flags_kept,
    gathering,
    looking,
    sampling,
    sealing_uploads,
    stating,
)
from wardline.pipeline.leaders import Leaders
from wardline.pipeline.looking import Judged
from wardline.pipeline.lookup import Lookup
from wardline.pipeline.parts import ORIGINAL, Parts
from wardline.pipeline.placing import placed
from wardline.pipeline.standing import StandingCertificates
from wardline.pipeline.writing import Writing
from wardline.records import Disposal, Step, Verb

_BY_MACHINE = {Disposal.CLEARED: Step.ITEMS_CLEARED, Disposal.ACTED: Step.ITEMS_ACTED}
_LEAST_FREE_BYTES = 2**26
"""Room for the database to go on while uploads are refused."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Submission:
    """What became of an upload. Low-trust callers learn none of it."""

    route: records.Route | None
    """None when this was a repetition."""
    item_id: str | None
    """None when it was released, or was a repetition."""
    judged_at: float
    """Monotonic seconds: from here on an answer's timing may count. Until here the same was done whatever the upload is; it lies ahead by
    the time that a close look would take, also when there was none."""


def submit(
    parts: Parts,
    lookup: Lookup,
    upload: intake.Upload,
    *,
    api_key: records.ApiKey,
    idempotency_key: str | None,
    leaders: Leaders | None = None,
    standing: StandingCertificates | None = None,
) -> Submission:
    """Take one upload through the scan.

    Returns after everything about it is durable; an error means that nothing was written and the caller shall send it again. Without leaders
    a file that is kept joins identical ones only; without standing certificates no machine decides anything.

    Raises:
        InputError, RefusedError: The upload may not be taken; see ``intake.check``.
        IdempotencyMismatchError: The key was used for something else.
        StorageFullError, StoreUnavailableError: Try again later.
    """
    intake.check(
        upload,
        max_bytes=parts.rules.max_bytes,
        private_scanning=parts.rules.private_scanning,
        now=parts.now(),
    )
    require_room(parts, upload)
    seen = remember(parts, upload, api_key, idempotency_key)
    before = parts.store.remembered(seen.key_digest) if seen else None
    if seen is not None and is_repetition(parts, seen, before):
        return Submission(route=None, item_id=None, judged_at=time.monotonic())
    judged = looking.judge(parts, lookup, upload, standing=standing)
    changes: list[records.Change] = [seen] if seen else []
    if seen is not None and before is not None:
        # Expired, and not forgotten yet: the chores do that every minute.
        changes.insert(0, records.Remove(records.Remembered, seen.key_digest))
    changes += [parts.count(step) for step in _counted(judged)]
    changes += care.tallies(judged.findings, parts.now().date())
    try:
        item_id = _write(parts, leaders, upload, judged, api_key, changes)
    except AlreadyExistsError:
        # The same key won the race in another thread.
        if seen is not None and is_repetition(parts, seen, parts.store.remembered(seen.key_digest)):
            return Submission(route=None, item_id=None, judged_at=judged.judged_at)
        raise
    if item_id is not None:
        care.watch_entries(parts, judged.findings.matches)
    detecting.tell(parts, judged.scope, judged.answers)
    if standing and judged.scope and judged.scores:
        standing.scores.note(judged.scope.name, judged.scores[0])
    return Submission(route=judged.route, item_id=item_id, judged_at=judged.judged_at)


def _write(
    parts: Parts, leaders: Leaders | None, upload: intake.Upload, judged: Judged,
    api_key: records.ApiKey, changes: list[records.Change],
) -> str | None:  # fmt: skip
    """Commit what became of an upload; gives the item that was kept because something points at it."""
    match judged.route:
        case records.Release() if not judged.is_drawn:
            parts.store.commit(*changes, entries=())
            return None
        case records.Release():
            # Nobody is told that it is kept: it is released, and a copy is looked at.
            _keep(parts, leaders, upload, judged, _asked_about(judged), api_key, changes)
            return None
        case records.Act(certificate_id=str()) as route if judged.is_drawn:
            # Whoever judges the audit shall not read from its reasons what the machine said.
            route = replace(route, reasons=_asked_about(judged).reasons)
            return _keep(parts, leaders, upload, judged, route, api_key, changes)
        case route:
            return _keep(parts, leaders, upload, judged, route, api_key, changes)


def _asked_about(judged: Judged) -> records.Review:
    """Give what somebody reads who judges an audit: the same as of whatever else a detector was asked about."""
    return records.Review(reasons=tuple(dict.fromkeys(map(triage.reason_of, judged.scores[:1]))))


def require_room(parts: Parts, upload: intake.Upload) -> None:
    """Refuse every upload while there is hardly room to seal one: were only those refused that are kept, a full disk would tell which."""
    if parts.free_bytes() < _LEAST_FREE_BYTES + 2 * len(upload.content):
        raise StorageFullError("upload: the data disk is full, expected room to keep it")


def remember(
    parts: Parts, upload: intake.Upload, api_key: records.ApiKey, key: str | None
) -> records.Remembered | None:
    if key is None:
        return None
    digest = intake.key_digest(key, api_key_id=api_key.id, secret=parts.idempotency_secret)
    return intake.remember(digest, intake.body_digest(upload, secret=parts.idempotency_secret), parts.now())


def is_repetition(parts: Parts, seen: records.Remembered, before: records.Remembered | None) -> bool:
    if before is None or before.expires_at <= parts.now():
        return False
    if before.body_digest != seen.body_digest:
        raise IdempotencyMismatchError(
            "Idempotency-Key: was used with another body, expected the same body or a new key"
        )
    return True


def _counted(judged: Judged) -> list[Step]:
    steps = [Step.ITEMS_RECEIVED]
    kinds = {type(signal) for signal in judged.signals}
    steps += [Step.ITEMS_SCORED] if judged.scores else []
    steps += [Step.AUDITS_DRAWN] if judged.is_drawn else []
    steps += [Step.ITEMS_MATCHED] if records.Match in kinds else []
    steps += [Step.ITEMS_UNSCANNABLE] if records.Unscannable in kinds else []
    steps += [Step.ITEMS_FLAGGED] if records.Flag in kinds else []
    steps += [Step.ITEMS_RELEASED] if judged.is_released else []
    steps += [_BY_MACHINE[judged.disposal]] if judged.disposal in _BY_MACHINE else []
    return [*steps, Step.CASES_OPENED] if judged.is_drawn or not judged.is_released else steps


def _keep(
    parts: Parts, leaders: Leaders | None, upload: intake.Upload,
    judged: Judged, route: records.Review | records.Act, api_key: records.ApiKey, changes: list[records.Change],
) -> str:  # fmt: skip
    now = parts.now()
    item = _item(parts, upload, judged, api_key)
    case = review.open_case(parts.new_id("case"), item, route=route, now=now)
    if judged.disposal is Disposal.ACTED and not judged.is_drawn:
        case = replace(case, certificate_id=item.certificate_id)
    case = placed(
        parts, case, item, detecting.for_order(judged.scope, judged.signals, is_drawn=judged.is_drawn)
    )
    hold = preservation.place_provisional(
        item, case.id, hold_id=parts.new_id("hold"), periods=parts.rules.periods, now=now
    )
    actions = enforcement.at_once(case, [item], new_id=lambda: parts.new_id("action"), now=now)
    # Sealed first: a crash before the commit leaves an object that no record points at, which the sweep destroys.
    sealing_uploads.seal(parts, item.id, upload.content)
    changes += [records.Insert(each) for each in (item, hold, *actions)]

    flagged = (
        flags_kept.noticed(parts, item, case.id, upload.flag, actor=api_key.id)[1]
        if upload.flag
        else Writing()
    )
    if judged.is_drawn and judged.scope is not None:
        flagged.add(sampling.drawn(parts, judged.scope, case, item, alone=judged.is_released))

    if judged.disposal is Disposal.ACTED:
        flagged.add(stating.stated_by_machine(parts, case, item, actions))

    def commit(placed: gathering.Placed) -> None:
        commit_kept(parts, item, placed, hold, actions, route, api_key, [*changes, *flagged.changes], flagged)

    try:
        if judged.is_drawn:
            # It stands alone: what people say of a copy elsewhere must not decide it, for then nobody would have judged it blind.
            commit(gathering.Placed(case=case))
        else:
            gathering.open_in_place(parts, leaders, case, item, commit)
    except AlreadyExistsError:
        parts.vault.destroy(
            item.id, ORIGINAL
        )  # certainly not committed: the same key was quicker in another thread
        raise
    return item.id


def commit_kept(
    parts: Parts, item: records.Item, placed: gathering.Placed, hold: records.Hold, actions: Sequence[records.Action],
    route: records.Review | records.Act, api_key: records.ApiKey, changes: Sequence[records.Change],
    flagged: Writing,
) -> None:  # fmt: skip
    case = placed.case
    parts.store.commit(
        *changes,
        records.Insert(case),
        *placed.changes,
        entries=(
            parts.entry(
                Verb.ITEM_ROUTED,
                item.id,
                actor=api_key.id,
                detail=_in_words(route),
            ),
            parts.entry(Verb.CASE_OPENED, case.id, actor=api_key.id),
            parts.entry(Verb.HOLD_PLACED, hold.id),
            *(parts.entry(Verb.ACTION_TAKEN, action.id, detail=action.kind) for action in actions),
            *placed.entries,
            *flagged.entries,
        ),
        work=[
            *(records.Task(name="enforce", record_id=action.id) for action in actions),
            *placed.work,
            *flagged.work,
        ],
    )


def _in_words(route: records.Review | records.Act) -> str:
    match route:
        case records.Review():
            return "review"
        case records.Act(certificate_id=None):
            return "act"
        case records.Act(certificate_id=certificate_id):
            return f"act under {certificate_id}"


def _item(
    parts: Parts,
    upload: intake.Upload,
    judged: Judged,
    api_key: records.ApiKey,
) -> records.Item:
    matches = tuple(signal for signal in judged.signals if isinstance(signal, records.Match))
    known = judged.examined if isinstance(judged.examined, records.Examination) else None
    picture = known.picture if known else _viewable(parts, upload.content)
    return records.Item(
        id=parts.new_id("item"), received_at=parts.now(), account_reference=upload.account_reference,
        platform=api_key.platform or "", context=intake.not_in_the_future(upload.context, parts.now()), size_bytes=len(upload.content),
        picture=picture, hashes=known.hashes if known else intake.digests(upload.content), sealed=True,
        matches=matches[: records.MOST_MATCHES], scope=judged.scope.name if judged.scope else None, scores=judged.scores,
        found_by=evidencing.channel_of(judged.signals) if judged.scope else None, disposal=judged.disposal,
        certificate_id=judged.certificate_id,
    )  # fmt: skip


def _viewable(parts: Parts, content: bytes) -> records.Picture | None:
    """Describe a picture that could not be hashed, within its time for instance, but can be shown: the person who decides may want to look."""
    found = parts.media.probe(content)
    if isinstance(found, records.Unscannable):
        return None
    cover = parts.media.render(content, rendition=records.Rendition.COVER)
    return None if isinstance(cover, records.Unscannable) else found
