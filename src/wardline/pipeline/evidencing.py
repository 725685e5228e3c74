"""Evidence: written in the commit that settles a case whose item was scored when it came in, and that the score did not find."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from wardline import assurance, classification, records
from wardline.pipeline import sampling
from wardline.pipeline.parts import Parts
from wardline.pipeline.writing import Writing
from wardline.records import Channel, Insert, OpinionReason, Part, Replace, Verb


def channel_of(signals: Sequence[records.Signal]) -> Channel | None:
    """Say which route found an upload when it came in; None for none that can be a sentinel.

    Only what pointed at it then counts. A list that grows later, or a user who flags it later, speaks of a file that is here for another
    reason, and that may have been its score.
    """
    flags = [each for each in signals if isinstance(each, records.Flag)]
    if any(_is_certain(each) for each in signals):
        return Channel.VERIFIED_LIST
    if not flags:
        return None
    if any(each.official is not None for each in flags):
        return Channel.POLICE
    return Channel.TRUSTED_FLAGGER if any(each.trusted for each in flags) else Channel.USER_FLAG


def _is_certain(signal: records.Signal) -> bool:
    return (
        isinstance(signal, records.Match) and signal.trust is records.ListTrust.VERIFIED
        and signal.distance_bits == 0 and signal.doubt is None and signal.meaning is records.ListMeaning.ILLEGAL
    )  # fmt: skip


def settled(parts: Parts, case: records.Case, opinions: Sequence[records.Opinion]) -> Writing:
    """Make what is committed when people settled a case: its audit ends, and what it shows is evidence.

    Args:
        parts: The installation's.
        case: In question.
        opinions: All about this matter, as they are when it is settled.
    """
    audit = parts.store.random_audit_of(case.id)
    written = sampling.ended(parts, audit) if audit else Writing()
    item = parts.store.item(case.item_ids[0])
    channel = _channel(item, opinions, audit)
    judged = assurance.judge(opinions)
    if channel is None or isinstance(judged, assurance.NotJudged) or parts.store.evidence_of(case.id):
        return written
    whole = item.scores[0]
    share = _caps_share(parts, item)
    found = records.Evidence(
        id=parts.new_id("evidence"), source_id=case.id, scope=item.scope or "", detector=whole.detector,
        detector_version=whole.detector_version, score=whole.probability, scored_at=item.received_at, recorded_at=parts.now(),
        channel=channel, truth=judged.truth, person_was_right=judged.person_was_right, judges=judged.judges,
        part=Part.CAPS if parts.happens(share) else Part.THRESHOLDS, disposal=item.disposal,
        certificate_id=item.certificate_id,
    )  # fmt: skip
    written.note(Insert(found), parts.entry(Verb.EVIDENCE_RECORDED, found.id, detail=channel))
    return written


def _channel(
    item: records.Item, opinions: Sequence[records.Opinion], audit: records.RandomAudit | None
) -> Channel | None:
    """Say by which route an item came to be judged; None where it is no evidence."""
    if item.scope is None or not item.scores:
        return None  # a score that was made later, from what is preserved, would be none as at intake
    if audit is not None:
        return Channel.AUDIT
    if any(each.reason is OpinionReason.ASKED for each in opinions):
        return None  # the first person's doubt chose it, and what people doubt is not like the rest
    if item.found_by is Channel.VERIFIED_LIST and any(
        each.detector == classification.NEAR_HASH for each in item.scores
    ):
        return None  # the list found it, and the list is in the score
    return item.found_by


def _caps_share(parts: Parts, item: records.Item) -> float:
    scope = parts.rules.scopes.named(item.scope)
    return scope.caps_share if scope else 0.0


def corrected(parts: Parts, case_id: str, by: records.Decision) -> Writing:
    """Make what puts evidence right when a later decision says otherwise. It stays where it was, and the log says which decision did it."""
    truth, written = assurance.truth_of(by.outcome), Writing()
    for each in parts.store.evidence_of(case_id):
        if each.truth is not truth:
            # There are two truths: a person who was right about the one was wrong about the other.
            other = replace(
                each, truth=truth, person_was_right=not each.person_was_right, version=each.version + 1
            )
            written.note(
                Replace(other), parts.entry(Verb.EVIDENCE_CORRECTED, each.id, actor=by.user_id, detail=by.id)
            )
    return written
