"""The tables: one a record type, columns named as fields; what is nested is canonical JSON.

A change here needs a migration and a new ``SCHEMA_VERSION``; a test holds the two together.
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from wardline import records
from wardline.adapters.stores.tables.cases import (
    CASE_ENDING,
    LETTER,
    cases,
    coverings,
    decisions,
    notes,
    reveals,
)
from wardline.adapters.stores.tables.certificates import certificate_watches, certificates, score_counts
from wardline.adapters.stores.tables.clusters import (
    cluster_files,
    cluster_members,
    cluster_votes,
    clusters,
    spreads,
)
from wardline.adapters.stores.tables.complaints import appeals, messages, notices, strikes
from wardline.adapters.stores.tables.counting import (
    audit_checkpoints,
    audit_entries,
    audit_loads,
    counts,
    remembered,
    tallies,
)
from wardline.adapters.stores.tables.evidence import evidence, random_audits
from wardline.adapters.stores.tables.line import (
    REFERRAL_ENDING,
    actions,
    authority_schemas,
    facts,
    holds,
    items,
    receipts,
    referrals,
)
from wardline.adapters.stores.tables.lists import (
    hash_batches,
    hash_lists,
    held_entries,
    list_feedback,
    list_syncs,
)
from wardline.adapters.stores.tables.opinions import golden_cases, golden_items, opinions
from wardline.adapters.stores.tables.people import alarms, api_keys, approvals, sessions, users
from wardline.adapters.stores.tables.preservation import destructions, exports, fences, preservations
from wardline.adapters.stores.tables.sign_in import identities, openings, passkeys
from wardline.adapters.stores.tables.spelling import metadata
from wardline.adapters.stores.tables.wellbeing import viewing_choices

__all__ = [
    "BY_TYPE",
    "CASE_ENDING",
    "LETTER",
    "REFERRAL_ENDING",
    "SCHEMA_VERSION",
    "actions",
    "alarms",
    "api_keys",
    "appeals",
    "approvals",
    "audit_checkpoints",
    "audit_entries",
    "audit_loads",
    "authority_schemas",
    "cases",
    "certificate_watches",
    "certificates",
    "cluster_files",
    "cluster_members",
    "cluster_votes",
    "clusters",
    "counts",
    "coverings",
    "decisions",
    "destructions",
    "evidence",
    "exports",
    "facts",
    "fences",
    "golden_cases",
    "golden_items",
    "hash_batches",
    "hash_lists",
    "held_entries",
    "holds",
    "identities",
    "items",
    "list_feedback",
    "list_syncs",
    "messages",
    "metadata",
    "notes",
    "notices",
    "openings",
    "opinions",
    "passkeys",
    "preservations",
    "random_audits",
    "receipts",
    "referrals",
    "remembered",
    "reveals",
    "score_counts",
    "sessions",
    "spreads",
    "strikes",
    "tallies",
    "users",
    "viewing_choices",
]  # fmt: skip

SCHEMA_VERSION = "0031"
"""The newest migration."""

BY_TYPE: dict[type[Any], sa.Table] = {
    records.Item: items,
    records.Case: cases,
    records.Reveal: reveals,
    records.Covering: coverings,
    records.ViewingChoices: viewing_choices,
    records.Note: notes,
    records.Decision: decisions,
    records.Cluster: clusters,
    records.ClusterFile: cluster_files,
    records.ClusterMember: cluster_members,
    records.ClusterVote: cluster_votes,
    records.Spread: spreads,
    records.Opinion: opinions,
    records.GoldenItem: golden_items,
    records.GoldenCase: golden_cases,
    records.Evidence: evidence,
    records.RandomAudit: random_audits,
    records.Action: actions,
    records.Referral: referrals,
    records.Fact: facts,
    records.Receipt: receipts,
    records.Hold: holds,
    records.AuthoritySchema: authority_schemas,
    records.Preservation: preservations,
    records.Destruction: destructions,
    records.Export: exports,
    records.Fence: fences,
    records.HashList: hash_lists,
    records.HashBatch: hash_batches,
    records.HeldEntry: held_entries,
    records.ListSync: list_syncs,
    records.ListFeedback: list_feedback,
    records.User: users,
    records.Session: sessions,
    records.Identity: identities,
    records.Passkey: passkeys,
    records.Opening: openings,
    records.ApiKey: api_keys,
    records.Approval: approvals,
    records.Alarm: alarms,
    records.Strike: strikes,
    records.Appeal: appeals,
    records.Notice: notices,
    records.Message: messages,
    records.Certificate: certificates,
    records.CertificateWatch: certificate_watches,
    records.ScoreCounts: score_counts,
}
"""The table of each audited record type."""
