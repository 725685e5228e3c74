"""Which records are stored, what they are called in the audit log, and what must be unique among them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from wardline import records
from wardline.errors import InputError


@dataclass(frozen=True, slots=True)
class Unique:
    """Fields that no two records share."""

    fields: tuple[str, ...]
    while_none: str | None = None
    """Only among records whose field of this name is None."""
    while_set: str | None = None
    """Only among records whose field of this name is not None."""


@dataclass(frozen=True, slots=True)
class Kind:
    """One stored record type."""

    type: type[Any]
    name: str
    """As in ids: ``"hash-list"``."""
    versioned: bool
    """False for records that are written once."""
    uniques: tuple[Unique, ...] = ()
    later: Mapping[str, Any] = field(default_factory=dict)
    """Fields that this type did not have at first, with what their cells hold in a record from before. A digest leaves them out while
    they hold it, so that those made before stay true."""


def name_of(record_type: type[Any]) -> str:
    """Give the word for a record type: ``HashList`` is a ``hash-list``."""
    return re.sub(r"(?<!^)(?=[A-Z])", "-", record_type.__name__).lower()


def _kind(record_type: type[Any], *uniques: Unique, later: Mapping[str, Any] | None = None) -> Kind:
    versioned = "version" in record_type.__dataclass_fields__
    return Kind(record_type, name_of(record_type), versioned, uniques, later or {})


_LATER_IN_CASES = {
    "held_until": None, "escalated_by": None, "imminent_since": None, "lane": None, "views_turn": None, "delay_turn": None, "urgency": None,
    "stage": "first", "queue": "general", "due_at": None, "cluster_id": None,
    "target": None, "score_turn": None, "lot": None, "drawn": None, "claimed_at": None, "declined_by": "[]", "diverted_by": None,
    "certificate_id": None,
}  # fmt: skip

_LATER_IN_REFERRALS = {
    "corrects": None, "priority": None, "clock_from": None, "due_at": None, "waits_until": None, "check_by": None, "second_by": None,
    "second_at": None, "completeness": None, "joined": None, "bundle": "[]", "alone": False,
    "reference": None, "takings": "[]", "sent_at": None,
}  # fmt: skip

KINDS = (
    _kind(
        records.Item,
        later={
            "matches": "[]",
            "scope": None,
            "scores": "[]",
            "found_by": None,
            "disposal": "left",
            "certificate_id": None,
            "told": None,
        },
    ),
    _kind(records.Case, later=_LATER_IN_CASES),
    _kind(
        records.Reveal,
        Unique(("user_id", "number"), while_set="number"),
        later={"seconds": 60, "number": None},
    ),
    _kind(records.ViewingChoices, Unique(("user_id",))),
    _kind(records.Covering, Unique(("reveal_id",))),
    _kind(records.Note),
    _kind(records.Decision, later={"answers": "[]", "spread_from": "[]", "second_opinion": False}),
    _kind(records.Opinion, Unique(("decision_id",))),
    _kind(records.Evidence, Unique(("source_id", "scope", "detector", "detector_version"))),
    _kind(records.RandomAudit, Unique(("case_id",))),
    _kind(
        records.GoldenItem,
        Unique(("item_id",)),
        later={"case_id": None, "decision_id": None, "category": None},
    ),
    _kind(records.GoldenCase, Unique(("case_id",)), later={"category": None}),
    _kind(records.Cluster),
    _kind(records.ClusterFile, Unique(("sha256",))),
    _kind(records.ClusterMember, Unique(("case_id",))),
    _kind(records.ClusterVote, Unique(("decision_id",))),
    _kind(records.Spread, Unique(("target",), while_none="stopped_at")),
    _kind(records.Action, later={"reversal": None, "reversal_attempts": 0}),
    _kind(
        records.Referral,
        Unique(("decision_id", "authority")),
        Unique(("authority", "environment", "reference"), while_set="reference"),
        later=_LATER_IN_REFERRALS,
    ),
    _kind(records.Fact),
    _kind(records.Receipt, Unique(("referral_id",))),
    _kind(records.Hold, later={"preservation_id": None}),
    _kind(records.Preservation),
    _kind(records.Destruction),
    _kind(records.Export),
    _kind(records.Fence, Unique(("why",), while_none="lifted_at")),
    _kind(records.AuthoritySchema),
    _kind(records.HashList, Unique(("name",))),
    _kind(records.HashBatch, Unique(("list_id", "number"))),
    _kind(records.HeldEntry, Unique(("list_id", "entry_id"), while_none="released_at")),
    _kind(records.ListSync, Unique(("list_id",), while_none="ended_at")),
    _kind(records.ListFeedback),
    _kind(
        records.User,
        Unique(("name",)),
        later={"failed_sign_ins": 0, "locked_until": None, "skills": "[]", "accounts": "[]"},
    ),
    _kind(
        records.Session,
        Unique(("token_digest",)),
        later={
            "seen_at": None,
            "proven_at": None,
            "strong": False,
            "identity_id": None,
            "provider_session": None,
        },
    ),
    _kind(records.Identity, Unique(("issuer", "subject"))),
    _kind(records.Passkey, Unique(("credential_id",))),
    _kind(records.Opening),
    _kind(records.ApiKey, Unique(("secret_digest",))),
    _kind(records.Approval),
    _kind(records.Alarm, Unique(("kind", "subject_id"), while_none="resolved_at")),
    _kind(records.Strike, Unique(("decision_id",))),
    _kind(records.Appeal, Unique(("case_id", "number")), later={"number": 1}),
    _kind(
        records.Notice,
        Unique(("item_id", "reason", "flagger"), while_none="official"),
        Unique(("item_id", "official"), while_set="official"),
        later={"official": None},
    ),
    _kind(records.Message, Unique(("subject_id", "kind"))),
    _kind(records.Certificate, Unique(("scope", "arm", "number"))),
    _kind(records.CertificateWatch, Unique(("certificate_id",))),
    _kind(records.ScoreCounts, Unique(("scope", "detector", "detector_version", "day"))),
)
_BY_TYPE = {kind.type: kind for kind in KINDS}
BY_NAME = {kind.name: kind for kind in KINDS}


def kind_of(record_type: type[Any]) -> Kind:
    """Look up a stored record type; ``InputError`` when it is none."""
    kind = _BY_TYPE.get(record_type)
    if kind is None:
        raise InputError(
            f"record {record_type.__name__}: not stored, expected one of {', '.join(sorted(BY_NAME))}"
        )
    return kind
