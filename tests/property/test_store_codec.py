"""Every record comes back from its row as it was, and its digest is a matter of its content alone."""

from __future__ import annotations

import string
from datetime import UTC, datetime
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from tests.unit.ncmec import full
from wardline import records
from wardline.adapters.stores import beside, codec, kinds, tables
from wardline.testing import store_contract_schemas as of_schemas
from wardline.testing import store_records as make
from wardline.testing import store_records_certificates as of_certificates
from wardline.testing import store_records_preservation as of_preservation

_TEXT = st.text(
    st.characters(min_codepoint=32, exclude_categories=["Cs", "Cc"]), min_size=1, max_size=60
).filter(str.strip)
_TIMES = st.datetimes(datetime(2000, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC))
_SMALL = st.integers(0, 2**31)
_NOTICE: dict[str, st.SearchStrategy[Any]] = {
    "reason": _TEXT, "received_at": _TIMES, "due_at": _TIMES, "count": st.integers(1, 2**31),
    "state": st.sampled_from(records.NoticeState), "answered_at": st.none() | _TIMES,
}  # fmt: skip
_HASHES = st.one_of(
    st.builds(
        lambda value, quality: records.Hash(kind=records.HashKind.PDQ, value=value, quality=quality),
        st.text("0123456789abcdef", min_size=64, max_size=64),
        st.integers(0, 100),
    ),
    st.builds(
        lambda value: records.Hash(kind=records.HashKind.MD5, value=value),
        st.text("0123456789abcdef", min_size=32, max_size=32),
    ),
)
_CONTEXTS = st.builds(
    records.UploadContext,
    surface=_TEXT,
    visibility=st.sampled_from(records.Visibility),
    uploaded_at=_TIMES,
    content_reference=_TEXT,
    region=st.none() | st.text(string.ascii_uppercase, min_size=2, max_size=2),
    ip_address=st.none() | st.ip_addresses().map(str),
    port=st.none() | st.integers(1, 65535),
    file_name=st.none() | _TEXT,
    url=st.none() | _TEXT,
    views_per_hour=st.none() | st.floats(0, 1e9),
    facts=st.none() | st.just(records.ReportFacts()) | st.builds(full.facts),
)
_URGENCIES = st.builds(
    records.Urgency,
    odds=st.builds(records.Odds, a=st.floats(0, 0.3), b=st.floats(0, 0.3), other=st.floats(0, 0.3)),
    category=st.none() | st.sampled_from(records.Category),
    views_per_hour=st.floats(0, 1e9),
    views_known=st.booleans(),
)
_PICTURES = st.builds(
    records.Picture,
    format=st.sampled_from(records.MediaFormat),
    width=st.integers(1, 2**31),
    height=st.integers(1, 2**31),
    frames=st.integers(1, 2**31),
)


def _tuples(of: st.SearchStrategy[Any]) -> st.SearchStrategy[tuple[Any, ...]]:
    return st.lists(of, max_size=4).map(tuple)


_MATCHES = st.builds(
    records.Match,
    list_id=_TEXT,
    entry_id=_TEXT,
    hash_kind=st.sampled_from(records.HashKind),
    distance_bits=st.integers(0, 256),
    trust=st.sampled_from(records.ListTrust),
    category=st.none() | st.sampled_from(records.Category),
    meaning=st.sampled_from(records.ListMeaning),
    doubt=st.none() | st.sampled_from(records.Doubt),
)
_NAMES = _TEXT.filter(lambda text: len(text) <= 64)
_SCORES = st.builds(
    records.Score, detector=_TEXT, detector_version=_TEXT, probability=st.floats(0, 1, allow_subnormal=False)
)
_RECORDS: dict[type[Any], st.SearchStrategy[Any]] = {
    records.Item: st.builds(
        make.item,
        received_at=_TIMES,
        account_reference=st.just("") | _TEXT,
        context=st.none() | _CONTEXTS,
        size_bytes=st.integers(0, 2**40),
        picture=st.none() | _PICTURES,
        hashes=_tuples(_HASHES),
        sealed=st.booleans(),
        matches=_tuples(_MATCHES).map(lambda found: found[: records.MOST_MATCHES]),
        scope=st.none() | _NAMES,
        scores=_tuples(_SCORES),
        disposal=st.sampled_from(records.Disposal),
        certificate_id=st.none() | _TEXT,
        found_by=st.none() | st.sampled_from(records.Channel),
    ),
    records.Case: st.builds(
        make.case,
        opened_at=_TIMES,
        item_ids=st.lists(_TEXT, min_size=1).map(tuple),
        reasons=_tuples(_TEXT),
        restricted=st.booleans(),
        state=st.sampled_from(records.CaseState),
        passed_by=_tuples(_TEXT),
        decision_id=st.none() | _TEXT,
        held_until=st.none() | _TIMES,
        escalated_by=st.none() | _TEXT,
        imminent_since=st.none() | _TIMES,
        lane=st.none() | st.sampled_from(records.Lane),
        views_turn=st.none() | st.floats(-1e6, 1e6),
        delay_turn=st.none() | st.floats(-1e6, 1e6),
        urgency=st.none() | _URGENCIES,
        version=st.integers(1, 2**40),
    ),
    records.Reveal: st.builds(
        make.reveal,
        at=_TIMES,
        frame=_SMALL,
        seconds=st.integers(1, 60),
        number=st.none() | st.integers(1, 2**40),
    ),
    records.ViewingChoices: st.builds(
        make.viewing_choices,
        changed_at=_TIMES,
        grey=st.booleans(),
        small=st.booleans(),
        hold=st.booleans(),
        steps=st.booleans(),
        queues=st.lists(_TEXT.filter(lambda text: len(text) <= 64), max_size=4, unique=True).map(tuple),
        grades=st.lists(st.sampled_from(records.DECLINABLE), unique=True).map(tuple),
        version=st.integers(1, 2**40),
    ),
    records.Covering: st.builds(make.covering, at=_TIMES),
    records.Note: st.builds(make.note, at=_TIMES, text=_TEXT),
    records.Decision: st.builds(
        make.decision,
        at=_TIMES,
        findings=_tuples(
            st.builds(
                records.Finding,
                item_id=_TEXT,
                category=st.none() | st.sampled_from(records.Category),
                annotations=_tuples(st.sampled_from(records.FileAnnotation)),
            )
        ).map(lambda found: (*found, records.Finding(item_id="item-1", category=records.Category.B1))),
        annotations=_tuples(st.sampled_from(records.ReportAnnotation)),
        escalation=st.none() | _TEXT,
        state=st.sampled_from(records.DecisionState),
        answers=st.lists(
            st.builds(
                records.Answer, about=st.sampled_from(records.ASKED), reply=st.sampled_from(records.Reply)
            ),
            unique_by=lambda answer: answer.about,
        ).map(tuple),
        second_opinion=st.booleans(),
        spread_from=_tuples(_TEXT),
    ),
    records.Opinion: st.builds(
        make.opinion,
        at=_TIMES,
        stage=st.sampled_from(records.Stage),
        reason=st.sampled_from(records.OpinionReason),
        answer=_TEXT,
        in_effect=st.booleans(),
        restricts=st.booleans(),
        settled_at=st.none() | _TIMES,
        settled=st.none() | _TEXT,
    ),
    records.Certificate: st.builds(
        of_certificates.certificate,
        arm=st.sampled_from(records.Arm),
        scope=_NAMES,
        detector=_TEXT,
        number=st.integers(1, 2**31),
        limit=st.floats(1e-9, 0.005),
        cap=st.just(0.005),
        channels=_tuples(
            st.builds(
                records.ChannelCount,
                channel=st.sampled_from(records.Channel),
                trials=st.integers(10, 2**40),
                harmed=st.integers(0, 10),
                carries=st.booleans(),
            )
        ),
        seed=st.integers(0, 2**62),
        channel_p_value=st.none() | st.floats(0, 1),
        made_at=_TIMES,
        reason=st.none() | _TEXT,
    ),
    records.CertificateWatch: st.builds(
        of_certificates.certificate_watch,
        capital=_tuples(st.floats(0, 1e9)),
        seen=st.integers(10, 2**40),
        harmed=st.integers(0, 10),
        is_alarmed=st.booleans(),
        fed_until=st.none() | _TIMES,
        fed=_tuples(_TEXT),
    ),
    records.ScoreCounts: st.builds(
        of_certificates.score_counts,
        scope=_NAMES,
        counts=st.lists(st.integers(0, 2**40), min_size=records.SCORE_BINS, max_size=records.SCORE_BINS).map(
            tuple
        ),
    ),
    records.Evidence: st.builds(
        make.evidence,
        source_id=_TEXT,
        scope=_NAMES,
        detector=_TEXT,
        detector_version=_TEXT,
        score=st.floats(0, 1),
        scored_at=_TIMES,
        recorded_at=_TIMES,
        channel=st.sampled_from(records.Channel),
        truth=st.sampled_from(records.Truth),
        person_was_right=st.booleans(),
        judges=st.integers(2, 100),
        part=st.sampled_from(records.Part),
        disposal=st.sampled_from(records.Disposal),
        certificate_id=st.none() | _TEXT,
        version=st.integers(1, 2**40),
    ),
    records.RandomAudit: st.builds(
        make.random_audit,
        item_id=_TEXT,
        scope=_NAMES,
        drawn_at=_TIMES,
        expires_at=_TIMES,
        alone=st.booleans(),
        ended_at=st.none() | _TIMES,
        version=st.integers(1, 2**40),
    ),
    records.GoldenItem: st.builds(
        make.golden_item,
        outcome=st.sampled_from([each for each in records.Outcome if each is not records.Outcome.VIOLATION]),
        added_at=_TIMES,
        retired_at=st.none() | _TIMES,
    )
    | st.builds(
        make.golden_item,
        outcome=st.just(records.Outcome.VIOLATION),
        added_at=_TIMES,
        retired_at=st.none() | _TIMES,
        case_id=_TEXT,
        decision_id=_TEXT,
        category=st.sampled_from(records.Category),
    ),
    records.GoldenCase: st.builds(
        make.golden_case,
        made_at=_TIMES,
        user_id=st.none() | _TEXT,
        outcome=st.none() | st.sampled_from(records.Outcome),
        answered_at=st.none() | _TIMES,
        category=st.none() | st.sampled_from(records.Category),
    ),
    records.Cluster: st.builds(
        make.cluster, opened_at=_TIMES, pdq=st.none() | st.just("0f" * 32), stopped_at=st.none() | _TIMES
    ),
    records.ClusterFile: st.builds(make.cluster_file, cluster_id=_TEXT),
    records.ClusterMember: st.builds(
        make.cluster_member,
        joined_at=_TIMES,
        distance_bits=st.integers(0, records.CLUSTER_RADIUS_BITS),
        spread_id=st.none() | _TEXT,
        near_spread_id=st.none() | _TEXT,
        restricted=st.booleans(),
    ),
    records.ClusterVote: st.builds(
        make.cluster_vote,
        user_id=_TEXT,
        outcome=st.sampled_from(
            [each for each in records.Outcome if each is not records.Outcome.CANNOT_TELL]
        ),
        category=st.none() | st.sampled_from(records.Category),
        at=_TIMES,
        withdrawn_at=st.none() | _TIMES,
    ),
    records.Spread: st.builds(
        make.spread,
        outcome=st.sampled_from(records.Outcome),
        category=st.none() | st.sampled_from(records.Category),
        decisions=_tuples(_TEXT),
        reached=st.none() | _TEXT,
        passes=_SMALL,
        decided=_SMALL,
        sampled=_SMALL,
        put_in_front=_SMALL,
        stopped_at=_TIMES,
        withdrawn_at=st.none() | _TIMES,
    ),
    records.Action: st.builds(
        make.action,
        kind=st.sampled_from(records.ActionKind),
        account_reference=_TEXT,
        content_reference=st.none() | _TEXT,
        delivered_at=st.none() | _TIMES,
        attempts=_SMALL,
        reversal=st.none() | st.sampled_from(records.ReversalState),
        reversal_attempts=_SMALL,
    ),
    records.Referral: st.builds(
        make.referral,
        state=st.sampled_from(sorted({*records.ReferralState} - {records.ReferralState.JOINED})),
        files=_tuples(
            st.builds(
                records.ReferralFile, item_id=_TEXT, remote_file_id=st.none() | _TEXT, described=st.booleans()
            )
        ),
        remote_id=st.none() | _TEXT,
        orphans=_tuples(_TEXT),
        in_flight=st.booleans(),
        problem=st.none() | _TEXT,
        finished_at=st.none() | _TIMES,
        corrects=st.none() | _TEXT,
        priority=st.none() | st.sampled_from(records.Priority),
        clock_from=st.none() | _TIMES,
        due_at=st.none() | _TIMES,
        waits_until=st.none() | _TIMES,
        check_by=st.none() | _TIMES,
        completeness=st.none() | st.integers(0, 100),
    )
    | st.builds(make.referral, second_by=_TEXT, second_at=_TIMES)
    | st.builds(make.referral, state=st.just(records.ReferralState.JOINED), joined=_TEXT),
    records.Fact: st.builds(
        make.fact,
        kind=st.sampled_from(records.FactKind),
        text=_TEXT,
        at=_TIMES,
        happened_at=st.none() | _TIMES,
    ),
    records.Receipt: st.builds(make.receipt, body=st.binary(), original=st.booleans(), received_at=_TIMES),
    records.AuthoritySchema: st.builds(
        of_schemas.authority_schema, body=st.binary(), understood=st.booleans(), first_seen_at=_TIMES
    ),
    records.Hold: st.builds(
        make.hold,
        basis=st.sampled_from(records.HoldBasis),
        placed_at=_TIMES,
        until=_TIMES,
        state=st.sampled_from(records.HoldState),
        referral_id=st.none() | _TEXT,
        preservation_id=st.none() | _TEXT,
    ),
    records.Preservation: st.builds(
        of_preservation.preservation,
        basis=st.sampled_from(records.PreservationBasis),
        asker=st.builds(of_preservation.asker, agency=_NAMES, reference=_NAMES),
        received_at=_TIMES,
        until=_TIMES,
        account_reference=st.just("") | _NAMES,
        item_ids=_tuples(_TEXT),
        gone=_tuples(_TEXT),
        extensions=_tuples(st.builds(records.Extension, at=_TIMES, by=_TEXT, until=_TIMES, reason=_NAMES)),
        ended_at=st.none() | _TIMES,
        ended_by=st.none() | _TEXT,
        why_ended=st.none() | _NAMES,
    ),
    records.Destruction: st.builds(
        of_preservation.destruction,
        reason=_NAMES,
        despite=_tuples(_TEXT),
        state=st.sampled_from(records.DestructionState),
        decided_by=st.none() | _TEXT,
        decided_at=st.none() | _TIMES,
        destroyed=_tuples(
            st.builds(
                of_preservation.destroyed_file,
                sha256=st.none() | st.just("a1" * 32),
                size_bytes=_SMALL,
                at=_TIMES,
            )
        ),
        done_at=st.none() | _TIMES,
    ),
    records.Export: st.builds(
        of_preservation.export,
        case_ids=st.lists(_NAMES, min_size=1, max_size=3).map(tuple),
        profile=_NAMES,
        cause=st.builds(
            records.ExportCause,
            reason=st.sampled_from(records.ExportReason),
            reference=_NAMES.map(lambda text: text[:100]),
        ),
        media=_SMALL,
        state=st.sampled_from(records.ExportState),
        decided_by=st.none() | _TEXT,
        decided_at=st.none() | _TIMES,
    ),
    records.Fence: st.builds(
        of_preservation.fence,
        raised_at=_TIMES,
        why=_NAMES,
        lifted_at=st.none() | _TIMES,
        lifted_by=st.none() | _TEXT,
    ),
    records.HashList: st.builds(
        make.hash_list,
        name=_TEXT,
        provenance=_TEXT,
        trust=st.sampled_from(records.ListTrust),
        state=st.sampled_from(records.HashListState),
        entries=_SMALL,
        refreshed_at=_TIMES,
        meaning=st.sampled_from(records.ListMeaning),
        role=st.sampled_from(records.ListRole),
        radius_bits=st.integers(0, records.WIDEST_RADIUS_BITS),
        surfaces=st.lists(_TEXT.filter(lambda text: len(text) <= 64), max_size=4, unique=True).map(tuple),
        source=st.just("") | _TEXT,
        cursor=st.none() | _TEXT,
        may_change=st.booleans(),
        revision=_SMALL,
    ),
    records.HeldEntry: st.builds(
        make.held_entry,
        entry_id=_TEXT,
        cause=st.sampled_from(records.HoldCause),
        held_at=_TIMES,
        held_by=_TEXT,
    )
    | st.builds(make.held_entry, released_at=_TIMES, released_by=_TEXT),
    records.ListSync: st.builds(
        make.list_sync,
        asked_at=_TIMES,
        asked_by=_TEXT,
        state=st.sampled_from(records.SyncState),
        ended_at=st.none() | _TIMES,
        **dict.fromkeys(("pages", "added", "marked", "removed", "malformed", "unknown"), _SMALL),
        problem=st.none() | _TEXT,
    ),
    records.ListFeedback: st.builds(
        make.list_feedback,
        verdict=st.sampled_from(records.Verdict),
        created_at=_TIMES,
        created_by=_TEXT,
        problem=st.none() | _TEXT,
    )
    | st.builds(make.list_feedback, state=st.just(records.FeedbackState.SENT), sent_at=_TIMES),
    records.HashBatch: st.builds(
        make.hash_batch,
        number=st.integers(1, 10**6),
        change=st.sampled_from([records.BatchChange.ADD, records.BatchChange.MARK]),
        hashes=st.binary(min_size=64, max_size=64),
        categories=st.lists(st.integers(0, 4), min_size=2, max_size=2).map(bytes),
        keys=st.just(b"")
        | st.lists(_TEXT, min_size=2, max_size=2).map(
            lambda two: "".join(f"{each}\n" for each in two).encode()
        ),
    ),
    records.User: st.builds(
        make.user,
        name=_TEXT,
        role=st.sampled_from(records.Role),
        password_hash=_TEXT,
        disabled=st.booleans(),
        failed_sign_ins=st.integers(0, 10**9),
        locked_until=st.none() | _TIMES,
        accounts=_tuples(_TEXT),
    ),
    records.Session: st.builds(
        make.session,
        user_id=_TEXT,
        token_digest=_TEXT,
        version=st.integers(1, 2**40),
        seen_at=st.none() | _TIMES,
        proven_at=st.none() | _TIMES,
        strong=st.booleans(),
        identity_id=st.none() | _TEXT,
        provider_session=st.none() | _TEXT,
    ),
    records.Identity: st.builds(make.identity, issuer=_TEXT, subject=_TEXT, linked_at=_TIMES),
    records.Passkey: st.builds(
        make.passkey,
        credential_id=_TEXT,
        public_key=_TEXT,
        sign_count=st.integers(0, 2**32 - 1),
        name=st.just("key"),
        last_used_at=st.none() | _TIMES,
        suspended=st.booleans(),
    ),
    records.Opening: st.builds(make.opening, reason=_TEXT, at=_TIMES, until=_TIMES),
    records.ApiKey: st.builds(
        make.api_key,
        label=_TEXT,
        scopes=_tuples(st.sampled_from(records.Scope)),
        trust=st.sampled_from(records.KeyTrust),
        requests_per_minute=st.integers(1, 10**9),
    ),
    records.Approval: st.builds(
        make.approval,
        state=st.sampled_from(records.ApprovalState),
        decided_by=st.none() | _TEXT,
        decided_at=st.none() | _TIMES,
    ),
    records.Alarm: st.builds(
        make.alarm,
        kind=st.sampled_from(records.AlarmKind),
        subject_id=_TEXT,
        message=_TEXT,
        resolved_at=st.none() | _TIMES,
        undelivered=_tuples(_TEXT),
    ),
    records.Strike: st.builds(
        make.strike,
        platform=_TEXT,
        account_reference=_TEXT,
        weight=st.integers(1, records.HEAVIEST_STRIKE),
        given_at=_TIMES,
        expires_at=_TIMES,
        voided_by=st.none() | _TEXT,
    ),
    records.Appeal: st.builds(
        make.appeal,
        text=st.just("") | _TEXT,
        received_at=_TIMES,
        due_at=_TIMES,
        state=st.sampled_from(records.AppealState),
        decision_id=st.none() | _TEXT,
        answer_id=st.none() | _TEXT,
        answered_at=st.none() | _TIMES,
    ),
    records.Notice: st.one_of(
        st.builds(
            make.notice,
            flagger=st.sampled_from((records.Flagger.USER, records.Flagger.TRUSTED_FLAGGER)),
            **_NOTICE,
        ),
        st.builds(
            make.notice,
            flagger=st.just(records.Flagger.POLICE),
            official=st.builds(records.OfficialNotice, authority=_TEXT, number=_TEXT, received_at=_TIMES),
            **_NOTICE,
        ),
    ),
    records.Message: st.builds(
        make.message,
        kind=st.sampled_from(records.MessageKind),
        account_reference=st.none() | _TEXT,
        content_reference=st.none() | _TEXT,
        text=st.lists(_TEXT, min_size=1, max_size=3).map("\n".join),
        due_at=_TIMES,
        state=st.sampled_from(records.MessageState),
        attempts=_SMALL,
        delivered_at=st.none() | _TIMES,
    ),
    records.Remembered: st.builds(records.Remembered, key_digest=_TEXT, body_digest=_TEXT, expires_at=_TIMES),
    records.Checkpoint: st.builds(
        records.Checkpoint, size=_SMALL, root=st.binary(min_size=32, max_size=32), note=_TEXT, at=_TIMES
    ),
}
_ANY = st.one_of(*_RECORDS.values())


def test_every_stored_kind_is_tried_here_and_has_a_table_with_its_fields() -> None:
    stored = {kind.type for kind in kinds.KINDS}
    assert stored == set(tables.BY_TYPE)
    assert stored | {records.Remembered, records.Checkpoint} == set(_RECORDS)
    for record_type, table in tables.BY_TYPE.items():
        fields = [*record_type.__dataclass_fields__, *beside.NAMES.get(record_type, ())]
        assert [column.name for column in table.columns] == fields


@given(_ANY)
def test_a_record_comes_back_from_its_row(record: Any) -> None:
    assert codec.from_row(type(record), codec.to_row(record)) == record


@given(_ANY)
def test_equal_records_have_equal_canonical_bytes(record: Any) -> None:
    row = codec.to_row(record)
    again = codec.to_row(codec.from_row(type(record), dict(reversed(row.items()))))
    assert codec.canonical(row) == codec.canonical(again)
    assert codec.digest(row, b"salt") != codec.digest(row, b"other salt")


@given(_ANY, st.data())
def test_any_other_content_has_other_canonical_bytes(record: Any, data: st.DataObject) -> None:
    other = data.draw(_RECORDS[type(record)])
    same = codec.canonical(codec.to_row(record)) == codec.canonical(codec.to_row(other))
    assert same == (record == other)


@given(
    st.sampled_from([kind for kind in kinds.KINDS if kind.later]).flatmap(
        lambda kind: st.tuples(st.just(kind), _RECORDS[kind.type], _RECORDS[kind.type])
    )
)
def test_fields_that_came_later_change_a_digest_only_when_they_say_something(
    drawn: tuple[kinds.Kind, Any, Any],
) -> None:
    kind, record, other = drawn
    bare = {**codec.to_row(record), **kind.later}
    before = {name: cell for name, cell in bare.items() if name not in kind.later}
    assert codec.digest(bare, b"salt", later=kind.later) == codec.digest(before, b"salt")
    digests = {codec.digest(codec.to_row(each), b"salt", later=kind.later) for each in (record, other)}
    assert (len(digests) == 1) == (record == other)
    cells = (False, 0.0, "", "edited")
    for edited in (
        {**bare, name: cell}
        for name, was in kind.later.items()
        for cell in cells
        if (type(cell), cell) != (type(was), was)
    ):
        assert codec.digest(edited, b"salt", later=kind.later) != codec.digest(
            bare, b"salt", later=kind.later
        )
