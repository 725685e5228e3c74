"""The scan, in one breath: submit, match, triage, and one commit at the end. Release writes nothing but a count."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, replace

import structlog

from wardline import enforcement, intake, matching, preservation, records, review
from wardline.errors import AlreadyExistsError, IdempotencyMismatchError, StorageFullError, WardlineError
from wardline.pipeline import care, detecting, evidencing, flags_kept, gathering, sampling, stating
from wardline.pipeline.judged import Judged, asked_about, counted, in_words, judge
from wardline.pipeline.leaders import Leaders
from wardline.pipeline.lookup import Lookup
from wardline.pipeline.parts import ORIGINAL, Parts
from wardline.pipeline.placing import placed
from wardline.pipeline.standing import StandingCertificates
from wardline.pipeline.writing import Writing
from wardline.records import Disposal, Precision, Verb

_log = structlog.get_logger("wardline.submit")

_CLOSE_LOOK_SECONDS_PER_PIXEL = 25e-9
"""What a close look takes longer than a glance, at most: that is decoding a JPEG in full. Measured 9 to 24 ns a pixel, on a machine at four
times its load; other formats take as long for both."""
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


@dataclass(frozen=True, slots=True)
class _SeenAs:
    """What an upload looks like."""

    signals: list[records.Signal]
    findings: matching.Findings


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
    _require_room(parts, upload)
    seen = _remember(parts, upload, api_key, idempotency_key)
    before = parts.store.remembered(seen.key_digest) if seen else None
    if seen is not None and _is_repetition(parts, seen, before):
        return Submission(route=None, item_id=None, judged_at=time.monotonic())
    # Whatever the upload is, the detectors of its scope are asked first; so their time is in what everything there costs.
    scope = parts.rules.scopes.of(upload.context.surface)
    answers = detecting.ask(parts, scope, upload.content) if scope else ()
    began = time.monotonic()
    examined = parts.media.hash(upload.content, precision=Precision.FAST)
    glance_seconds = time.monotonic() - began
    seen_as = _look_up(lookup, upload, examined, margin_bits=matching.FAST_ERROR_BITS)
    automation = (
        standing.of(upload.context.surface) if standing else None
    )  # asked whatever was found: it takes time
    # Set before the close look, which only some uploads get: set after it, the answer to what is near a list would leave later than that to
    # what is not. The time that a close look takes is granted to every upload instead.
    judged_at = time.monotonic() + close_look_seconds(examined, glance_seconds)
    scored = detecting.scored(scope, answers, seen_as.findings.matches)
    is_drawn = sampling.is_drawn(parts, scope, upload)
    if seen_as.signals or seen_as.findings or scored.signals or is_drawn:
        examined, seen_as = _look_closely(parts, lookup, upload, examined, seen_as)
        scored = detecting.scored(scope, answers, seen_as.findings.matches)
    judged = judge(parts, [*seen_as.signals, *scored.signals], scope, scored.scores, automation, is_drawn)
    changes: list[records.Change] = [seen] if seen else []
    if seen is not None and before is not None:
        # Expired, and not forgotten yet: the chores do that every minute.
        changes.insert(0, records.Remove(records.Remembered, seen.key_digest))
    changes += [parts.count(step) for step in counted(judged)]
    changes += care.tallies(seen_as.findings, parts.now().date())
    try:
        item_id = _write(parts, leaders, upload, examined, judged, api_key, changes)
    except AlreadyExistsError:
        # The same key won the race in another thread.
        if seen is not None and _is_repetition(parts, seen, parts.store.remembered(seen.key_digest)):
            return Submission(route=None, item_id=None, judged_at=judged_at)
        raise
    if item_id is not None:
        care.watch_entries(parts, seen_as.findings.matches)
    detecting.tell(parts, scope, answers)
    if standing and scope and scored.scores:
        standing.scores.note(scope.name, scored.scores[0])
    return Submission(route=judged.route, item_id=item_id, judged_at=judged_at)


def _write(
    parts: Parts, leaders: Leaders | None, upload: intake.Upload, examined: records.Examination | records.Unscannable, judged: Judged,
    api_key: records.ApiKey, changes: list[records.Change],
) -> str | None:  # fmt: skip
    """Commit what became of an upload; gives the item that was kept because something points at it."""
    match judged.route:
        case records.Release() if not judged.is_drawn:
            parts.store.commit(*changes, entries=())
            return None
        case records.Release():
            # Nobody is told that it is kept: it is released, and a copy is looked at.
            _keep(parts, leaders, upload, examined, judged, asked_about(judged), api_key, changes)
            return None
        case records.Act(certificate_id=str()) as route if judged.is_drawn:
            # Whoever judges the audit shall not read from its reasons what the machine said.
            route = replace(route, reasons=asked_about(judged).reasons)
            return _keep(parts, leaders, upload, examined, judged, route, api_key, changes)
        case route:
            return _keep(parts, leaders, upload, examined, judged, route, api_key, changes)


def _require_room(parts: Parts, upload: intake.Upload) -> None:
    """Refuse every upload while there is hardly room to seal one: were only those refused that are kept, a full disk would tell which."""
    if parts.free_bytes() < _LEAST_FREE_BYTES + 2 * len(upload.content):
        raise StorageFullError("upload: the data disk is full, expected room to keep it")


def _remember(
    parts: Parts, upload: intake.Upload, api_key: records.ApiKey, key: str | None
) -> records.Remembered | None:
    if key is None:
        return None
    digest = intake.key_digest(key, api_key_id=api_key.id, secret=parts.idempotency_secret)
    return intake.remember(digest, intake.body_digest(upload, secret=parts.idempotency_secret), parts.now())


def _is_repetition(parts: Parts, seen: records.Remembered, before: records.Remembered | None) -> bool:
    if before is None or before.expires_at <= parts.now():
        return False
    if before.body_digest != seen.body_digest:
        raise IdempotencyMismatchError(
            "Idempotency-Key: was used with another body, expected the same body or a new key"
        )
    return True


def close_look_seconds(examined: records.Examination | records.Unscannable, glance_seconds: float) -> float:
    """Say how long a close look would take, from what is the same whether or not there will be one."""
    if isinstance(examined, records.Unscannable):
        return 0.0
    pixels = examined.picture.width * examined.picture.height
    return glance_seconds + _CLOSE_LOOK_SECONDS_PER_PIXEL * pixels


def _look_closely(
    parts: Parts,
    lookup: Lookup,
    upload: intake.Upload,
    glance: records.Examination | records.Unscannable,
    seen_as: _SeenAs,
) -> tuple[records.Examination | records.Unscannable, _SeenAs]:
    """Hash an upload exactly that is near a list or has another signal, and look it up again: this is what counts and what is kept.

    Where it cannot be hashed exactly, in time for instance, it goes to a person, without the fast hash: that one must not get into a
    report. Matches stand that are certain all the same, with the distance of the fast hash; of others the person is told that there are.
    """
    if isinstance(glance, records.Unscannable):  # looked up by the digests of its bytes, which are exact
        return glance, seen_as
    examined = parts.media.hash(upload.content, precision=Precision.EXACT)
    if isinstance(examined, records.Examination):
        return examined, _look_up(lookup, upload, examined, margin_bits=0)
    exact = tuple(each for each in glance.hashes if each.kind is not records.HashKind.PDQ)
    if not seen_as.signals:  # no list knows it but those in preview, which have no effect, nor has their look
        return replace(glance, hashes=exact), replace(seen_as, findings=matching.Findings())
    certain = seen_as.findings.certain
    kept = [each for each in seen_as.signals if not isinstance(each, records.Match) or each in certain]
    if len(kept) < len(seen_as.signals):
        kept.append(records.Unscannable(source="matching", reason="near an entry, but not hashed exactly"))
    return replace(glance, hashes=exact), _SeenAs([examined, *kept], matching.Findings(matches=certain))


def _look_up(
    lookup: Lookup,
    upload: intake.Upload,
    examined: records.Examination | records.Unscannable,
    *,
    margin_bits: int,
) -> _SeenAs:
    findings = matching.Findings()
    signals: list[records.Signal] = []
    if isinstance(examined, records.Unscannable):
        signals.append(examined)
    # A file that no decoder can read may still be a known file, byte for byte.
    hashes = examined.hashes if isinstance(examined, records.Examination) else intake.digests(upload.content)
    try:
        findings = lookup.find(hashes, surface=upload.context.surface, margin_bits=margin_bits)
        signals += findings.matches
    except WardlineError as error:
        _log.error("lists cannot be searched", error=error.code)
        signals.append(records.Unscannable(source="matching", reason="lists could not be searched"))
    if upload.flag is not None:
        signals.append(upload.flag)
    return _SeenAs(signals, findings)


def _keep(
    parts: Parts, leaders: Leaders | None, upload: intake.Upload, examined: records.Examination | records.Unscannable,
    judged: Judged, route: records.Review | records.Act, api_key: records.ApiKey, changes: list[records.Change],
) -> str:  # fmt: skip
    now = parts.now()
    item = _item(parts, upload, examined, judged, api_key)
    case = review.open_case(parts.new_id("case"), item, route=route, now=now)
    if judged.disposal is Disposal.ACTED and not judged.is_drawn:
        case = replace(case, certificate_id=item.certificate_id)
    case = placed(parts, case, item, detecting.for_order(judged.scope, judged.signals))
    hold = preservation.place_provisional(
        item, case.id, hold_id=parts.new_id("hold"), periods=parts.rules.periods, now=now
    )
    actions = enforcement.at_once(case, [item], new_id=lambda: parts.new_id("action"), now=now)
    # Sealed first: a crash before the commit leaves an object that no record points at, which the sweep destroys.
    parts.vault.seal(item.id, ORIGINAL, upload.content)
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
        _commit_kept(
            parts, item, placed, hold, actions, route, api_key, [*changes, *flagged.changes], flagged
        )

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


def _commit_kept(
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
                detail=in_words(route),
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


def _item(
    parts: Parts,
    upload: intake.Upload,
    examined: records.Examination | records.Unscannable,
    judged: Judged,
    api_key: records.ApiKey,
) -> records.Item:
    matches = tuple(signal for signal in judged.signals if isinstance(signal, records.Match))
    known = examined if isinstance(examined, records.Examination) else None
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
