"""Small valid records for tests of stores: every id is new, every value harmless."""

from __future__ import annotations

import secrets
from typing import Any

from wardline import records
from wardline.records import Verb
from wardline.testing import moments
from wardline.testing import store_records_certificates as of_certificates

NOON, new_id, later = moments.NOON, moments.new_id, moments.later


def entry(verb: Verb = Verb.CASE_OPENED, subject_id: str = "case-1", **values: Any) -> records.Entry:
    """Make an audit entry."""
    return records.Entry(**{"verb": verb, "subject_id": subject_id, "actor": "system", "at": NOON, **values})


def item(**values: Any) -> records.Item:
    """Make an item with everything in it."""
    context = records.UploadContext(
        surface="post", visibility=records.Visibility.PUBLIC, uploaded_at=NOON, content_reference="post-7", region="SE",
        ip_address="192.0.2.7", port=4711, file_name='a "drawn" house ✎.png', url=None,
    )  # fmt: skip
    picture = records.Picture(format=records.MediaFormat.PNG, width=640, height=480, frames=1)
    hashes = (
        records.Hash(kind=records.HashKind.MD5, value="0" * 32),
        records.Hash(kind=records.HashKind.PDQ, value="f" * 64, quality=97),
    )
    match = records.Match(
        list_id="hash-list-1", entry_id="entry-1", hash_kind=records.HashKind.PDQ, distance_bits=6,
        trust=records.ListTrust.VERIFIED, category=records.Category.A2,
    )  # fmt: skip
    given = {
        "id": new_id("item"), "received_at": NOON, "account_reference": "account-1", "platform": "example", "context": context,
        "size_bytes": 2**33, "picture": picture, "hashes": hashes, "sealed": True,
        "matches": (match,),
    }  # fmt: skip
    return records.Item(**{**given, **values})


def case(**values: Any) -> records.Case:
    """Make an open, unclaimed case."""
    given = {
        "id": new_id("case"), "opened_at": NOON, "account_reference": "account-1", "item_ids": ("item-1",),
        "reasons": ("match on list X",), "restricted": True, "state": records.CaseState.OPEN,
    }  # fmt: skip
    return records.Case(**{**given, **values})


def taker(user_id: str = "user-1", *queues: str) -> records.Taker:
    """Make somebody who takes from these queues; from the general one where none is named."""
    return records.Taker(user_id=user_id, queues=queues or (records.GENERAL_QUEUE,))


def reveal(**values: Any) -> records.Reveal:
    """Make a reveal."""
    given = {
        "id": new_id("reveal"), "case_id": "case-1", "item_id": "item-1", "user_id": "user-1", "at": NOON, "frame": 0,
    }  # fmt: skip
    return records.Reveal(**{**given, **values})


def covering(**values: Any) -> records.Covering:
    """Make the end of a showing."""
    given = {"id": new_id("covering"), "reveal_id": new_id("reveal"), "user_id": "user-1", "at": NOON}
    return records.Covering(**{**given, **values})


def viewing_choices(**values: Any) -> records.ViewingChoices:
    """Make somebody's choices."""
    given = {
        "id": new_id("viewing-choices"), "user_id": new_id("user"), "changed_at": NOON, "hold": True, "queues": ("general",),
        "grades": (records.Grade.A, records.Grade.UNKNOWN),
    }  # fmt: skip
    return records.ViewingChoices(**{**given, **values})


def note(**values: Any) -> records.Note:
    """Make a note for colleagues."""
    given = {
        "id": new_id("note"), "case_id": "case-1", "user_id": "user-1", "at": NOON, "text": "asked the platform",
    }  # fmt: skip
    return records.Note(**{**given, **values})


def decision(**values: Any) -> records.Decision:
    """Make a decision for a violation of category A2."""
    finding = records.Finding(
        item_id="item-1", category=records.Category.A2, annotations=(records.FileAnnotation.VIRAL,)
    )
    given = {
        "id": new_id("decision"), "case_id": "case-1", "user_id": "user-1", "at": NOON, "outcome": records.Outcome.VIOLATION,
        "findings": (finding,), "annotations": (records.ReportAnnotation.SPAM,), "escalation": None, "undo_until": later(15),
        "answers": (records.Answer(about=records.FileAnnotation.VIRAL, reply=records.Reply.YES),),
    }  # fmt: skip
    return records.Decision(**{**given, **values})


def cluster(**values: Any) -> records.Cluster:
    """Make a cluster that near files may join."""
    given = {"id": new_id("cluster"), "opened_at": NOON, "pdq": secrets.token_hex(32)}
    return records.Cluster(**{**given, **values})


def cluster_file(**values: Any) -> records.ClusterFile:
    """Make a file of a cluster."""
    given = {"id": new_id("cluster-file"), "cluster_id": new_id("cluster"), "sha256": secrets.token_hex(32)}
    return records.ClusterFile(**{**given, **values})


def cluster_member(**values: Any) -> records.ClusterMember:
    """Make the place of a case in a cluster."""
    given = {
        "id": new_id("cluster-member"), "cluster_id": new_id("cluster"), "file_id": new_id("cluster-file"), "case_id": new_id("case"),
        "joined_at": NOON, "distance_bits": 7,
    }  # fmt: skip
    return records.ClusterMember(**{**given, **values})


def cluster_vote(**values: Any) -> records.ClusterVote:
    """Make a vote for a violation of category A2."""
    given = {
        "id": new_id("cluster-vote"), "cluster_id": new_id("cluster"), "file_id": new_id("cluster-file"),
        "decision_id": new_id("decision"), "user_id": "user-1", "outcome": records.Outcome.VIOLATION,
        "category": records.Category.A2, "at": NOON,
    }  # fmt: skip
    return records.ClusterVote(**{**given, **values})


def spread(**values: Any) -> records.Spread:
    """Make a spread that just began."""
    given = {
        "id": new_id("spread"), "cluster_id": new_id("cluster"), "target": new_id("cluster-file"), "outcome": records.Outcome.VIOLATION,
        "category": records.Category.A2, "decisions": (new_id("decision"), new_id("decision")), "begun_at": NOON,
    }  # fmt: skip
    return records.Spread(**{**given, **values})


def opinion(**values: Any) -> records.Opinion:
    """Make a first opinion that waits for another."""
    given = {
        "id": new_id("opinion"), "case_id": "case-1", "decision_id": new_id("decision"), "user_id": "user-1", "at": NOON,
        "stage": records.Stage.FIRST, "reason": records.OpinionReason.GRAVEST, "answer": "violation A2",
    }  # fmt: skip
    return records.Opinion(**{**given, **values})


def golden_item(**values: Any) -> records.GoldenItem:
    """Make a file with a known answer."""
    given = {
        "id": new_id("golden-item"), "item_id": new_id("item"), "outcome": records.Outcome.NOT_VIOLATION, "added_at": NOON,
        "added_by": "user-1",
    }  # fmt: skip
    return records.GoldenItem(**{**given, **values})


def golden_case(**values: Any) -> records.GoldenCase:
    """Make a showing of such a file that nobody answered yet."""
    given = {
        "id": new_id("golden-case"), "golden_id": new_id("golden-item"), "case_id": new_id("case"), "made_for": "user-1",
        "made_at": NOON,
    }  # fmt: skip
    return records.GoldenCase(**{**given, **values})


def action(**values: Any) -> records.Action:
    """Make a pending action."""
    given = {
        "id": new_id("action"), "case_id": "case-1", "kind": records.ActionKind.RESTRICT_CONTENT, "platform": "example",
        "account_reference": "account-1", "content_reference": "post-7", "created_at": NOON,
    }  # fmt: skip
    return records.Action(**{**given, **values})


def referral(**values: Any) -> records.Referral:
    """Make a drafted referral."""
    given = {
        "id": new_id("referral"), "case_id": "case-1", "decision_id": new_id("decision"), "authority": "ncmec",
        "environment": "sandbox", "state": records.ReferralState.DRAFT, "created_at": NOON,
        "files": (records.ReferralFile(item_id="item-1", in_text=True), records.ReferralFile(item_id="item-2", remote_file_id="b0a1", described=True, named=("case-2",))),
        "orphans": ("4711",),
    }  # fmt: skip
    return records.Referral(**{**given, **values})


def fact(**values: Any) -> records.Fact:
    """Make something that a person knows."""
    given = {"id": new_id("fact"), "case_id": "case-1", "user_id": "user-1", "at": NOON}
    given |= {"kind": records.FactKind.LOCATION, "text": "a town in the north"}
    return records.Fact(**{**given, **values})


def receipt(**values: Any) -> records.Receipt:
    """Make a receipt."""
    given = {
        "id": new_id("receipt"), "referral_id": new_id("referral"), "remote_id": "4712", "received_at": NOON,
        "body": b"<done>\x00\xff</done>",
    }  # fmt: skip
    return records.Receipt(**{**given, **values})


def hold(**values: Any) -> records.Hold:
    """Make a provisional hold of one hour."""
    given = {
        "id": new_id("hold"), "item_id": "item-1", "case_id": "case-1", "basis": records.HoldBasis.PROVISIONAL,
        "placed_at": NOON, "until": later(60),
    }  # fmt: skip
    return records.Hold(**{**given, **values})


def hash_list(**values: Any) -> records.HashList:
    """Make a proposed hash list."""
    list_id = new_id("hash-list")
    given = {
        "id": list_id, "name": list_id, "provenance": "drawn by the tests", "trust": records.ListTrust.VERIFIED,
        "state": records.HashListState.PROPOSED, "entries": 2, "created_at": NOON, "created_by": "user-1", "refreshed_at": NOON,
    }  # fmt: skip
    return records.HashList(**{**given, **values})


def hash_batch(**values: Any) -> records.HashBatch:
    """Make a batch of two PDQ hashes, the first of its list."""
    given = {
        "id": new_id("hash-batch"), "list_id": new_id("hash-list"), "number": 1, "change": records.BatchChange.ADD,
        "kind": records.HashKind.PDQ, "hashes": secrets.token_bytes(64), "categories": b"\x00\x01",
    }  # fmt: skip
    return records.HashBatch(**{**given, **values})


def held_entry(**values: Any) -> records.HeldEntry:
    """Make an entry that is held."""
    given = {
        "id": new_id("held-entry"), "list_id": "hash-list-1", "entry_id": "hash-batch-1:7", "cause": records.HoldCause.CANARY,
        "held_at": NOON, "held_by": "system",
    }  # fmt: skip
    return records.HeldEntry(**{**given, **values})


def list_sync(**values: Any) -> records.ListSync:
    """Make a sync that is due."""
    given = {"id": new_id("list-sync"), "list_id": "hash-list-1", "asked_at": NOON, "asked_by": "system"}
    return records.ListSync(**{**given, **values})


def list_feedback(**values: Any) -> records.ListFeedback:
    """Make a word to a list's owner that was not sent yet."""
    given = {
        "id": new_id("list-feedback"), "list_id": "hash-list-1", "entry_id": "hash-batch-1:7",
        "verdict": records.Verdict.CONFIRMED, "created_at": NOON, "created_by": "user-1",
    }  # fmt: skip
    return records.ListFeedback(**{**given, **values})


def user(**values: Any) -> records.User:
    """Make a moderator."""
    user_id = new_id("user")
    given = {
        "id": user_id, "name": user_id, "role": records.Role.MODERATOR, "password_hash": "argon2id$x", "created_at": NOON,
    }  # fmt: skip
    return records.User(**{**given, **values})


def session(**values: Any) -> records.Session:
    """Make a session of ten hours."""
    given = {
        "id": new_id("session"), "user_id": "user-1", "token_digest": secrets.token_hex(32), "opened_at": NOON,
        "expires_at": later(600),
    }  # fmt: skip
    return records.Session(**{**given, **values})


def identity(**values: Any) -> records.Identity:
    """Make a link to an account at a provider."""
    given = {
        "id": new_id("identity"), "user_id": new_id("user"), "issuer": "https://id.example", "subject": secrets.token_hex(8),
        "linked_at": NOON,
    }  # fmt: skip
    return records.Identity(**{**given, **values})


def passkey(**values: Any) -> records.Passkey:
    """Make a security key."""
    given = {
        "id": new_id("passkey"), "user_id": new_id("user"), "credential_id": secrets.token_urlsafe(16), "public_key": "cose",
        "sign_count": 0, "name": "blue key", "added_at": NOON,
    }  # fmt: skip
    return records.Passkey(**{**given, **values})


def opening(**values: Any) -> records.Opening:
    """Make a reasoned opening of half an hour."""
    given = {
        "id": new_id("opening"), "case_id": new_id("case"), "user_id": new_id("user"), "reason": "a complaint", "at": NOON,
        "until": later(30),
    }  # fmt: skip
    return records.Opening(**{**given, **values})


def api_key(**values: Any) -> records.ApiKey:
    """Make a platform's key."""
    given = {
        "id": new_id("api-key"), "label": "example", "secret_digest": secrets.token_hex(32),
        "scopes": (records.Scope.ITEMS_WRITE, records.Scope.ITEMS_READ), "trust": records.KeyTrust.LOW, "created_at": NOON,
        "platform": "example",
    }  # fmt: skip
    return records.ApiKey(**{**given, **values})


def approval(**values: Any) -> records.Approval:
    """Make a proposal."""
    given = {
        "id": new_id("approval"), "kind": records.ApprovalKind.ACTIVATE_HASH_LIST, "subject_id": "hash-list-1",
        "subject_version": 1, "proposed_by": "user-1", "proposed_at": NOON,
    }  # fmt: skip
    return records.Approval(**{**given, **values})


def alarm(**values: Any) -> records.Alarm:
    """Make an open alarm."""
    alarm_id = new_id("alarm")
    given = {
        "id": alarm_id, "kind": records.AlarmKind.LIST_STALE, "subject_id": alarm_id, "message": "refresh the list",
        "raised_at": NOON, "undelivered": ("webhook",),
    }  # fmt: skip
    return records.Alarm(**{**given, **values})


def strike(**values: Any) -> records.Strike:
    """Make a strike of weight 1 that lasts an hour."""
    given = {
        "id": new_id("strike"), "platform": "example", "account_reference": "account-1", "case_id": "case-1",
        "decision_id": new_id("decision"), "weight": 1, "given_at": NOON, "expires_at": later(60),
    }  # fmt: skip
    return records.Strike(**{**given, **values})


def appeal(**values: Any) -> records.Appeal:
    """Make an appeal that waits for somebody."""
    given = {
        "id": new_id("appeal"), "case_id": new_id("case"), "platform": "example", "action_id": new_id("action"),
        "text": "this is a picture of our garden", "received_at": NOON, "due_at": later(60), "state": records.AppealState.OPEN,
    }  # fmt: skip
    return records.Appeal(**{**given, **values})


def notice(**values: Any) -> records.Notice:
    """Make one user's flag."""
    given = {
        "id": new_id("notice"), "case_id": "case-1", "item_id": new_id("item"), "platform": "example", "reason": "child-safety",
        "flagger": records.Flagger.USER, "received_at": NOON, "due_at": later(60),
    }  # fmt: skip
    return records.Notice(**{**given, **values})


def official_notice(number: str = "2026/7", **values: Any) -> records.Notice:
    """Make one authority's notice."""
    said = records.OfficialNotice(authority="Example Police", number=number, received_at=NOON)
    return notice(**{"flagger": records.Flagger.POLICE, "official": said, **values})


def message(**values: Any) -> records.Message:
    """Make an acknowledgement that was not delivered yet."""
    given = {
        "id": new_id("message"), "kind": records.MessageKind.APPEAL_RECEIVED, "subject_id": new_id("appeal"), "case_id": "case-1",
        "platform": "example", "account_reference": "account-1", "content_reference": "post-7", "text": "We have it.\nThank you.",
        "created_at": NOON, "due_at": later(60),
    }  # fmt: skip
    return records.Message(**{**given, **values})


def evidence(**values: Any) -> records.Evidence:
    """Make a violating item that a user flagged, scored high and seen by people."""
    given = {
        "id": new_id("evidence"), "source_id": new_id("case"), "scope": "posts", "detector": "reference", "detector_version": "1", "score": 0.75,
        "scored_at": NOON, "recorded_at": later(60), "channel": records.Channel.USER_FLAG, "truth": records.Truth.VIOLATING,
        "person_was_right": True, "judges": 2, "part": records.Part.THRESHOLDS,
    }  # fmt: skip
    return records.Evidence(**{**given, **values})


def random_audit(**values: Any) -> records.RandomAudit:
    """Make an audit of something that was released, which runs."""
    given = {
        "id": new_id("random-audit"), "case_id": new_id("case"), "item_id": new_id("item"), "scope": "posts", "drawn_at": NOON,
        "expires_at": later(60), "alone": True,
    }  # fmt: skip
    return records.RandomAudit(**{**given, **values})


def one_of_each() -> list[Any]:
    """Make one record of every kind that stores hold."""
    makers = (
        item, case, reveal, covering, note, decision, action, referral, fact, receipt, hold, hash_list, hash_batch, user, session, api_key, approval,
        alarm, cluster, cluster_file, cluster_member, cluster_vote, spread, strike, appeal, notice, message, opinion, golden_item, golden_case, viewing_choices,
        evidence, random_audit, of_certificates.certificate, of_certificates.certificate_watch, of_certificates.score_counts,
    )  # fmt: skip
    return [make() for make in makers]
