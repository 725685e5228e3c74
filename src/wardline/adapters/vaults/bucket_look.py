"""Whether a bucket is fit to hold evidence: what is needed works, and nothing keeps, shows or loses what it must not.

Source: Amazon S3 user guide, *Using versioning*, *Using Object Lock*, *Blocking public access*, *Replicating objects*, *Managing the
lifecycle of objects*.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator
from typing import Any, Protocol

from botocore.exceptions import BotoCoreError, ClientError

from wardline.adapters.vaults.bucket import Bucket
from wardline.adapters.vaults.bucket_answers import code_of
from wardline.errors import WardlineError
from wardline.ports import Finding

_PURPOSE = "check"
_HOW_TO = "docs/how-to/keep-evidence-in-s3.md"
_NOTHING_SET = frozenset(
    {
        "ObjectLockConfigurationNotFoundError", "NoSuchBucketPolicy", "ReplicationConfigurationNotFoundError", "NoSuchLifecycleConfiguration",
        "NoSuchObjectLockConfiguration", "404",
    }
)  # fmt: skip
_EVERYBODY = ("/AllUsers", "/AuthenticatedUsers")


class Sealing(Protocol):
    """What is tried of the vault."""

    def seal(self, object_id: str, purpose: str, content: bytes) -> None: ...
    def open(self, object_id: str, purpose: str) -> bytes: ...
    def destroy(self, object_id: str, purpose: str) -> None: ...


def looked_at(vault: Sealing, bucket: Bucket) -> list[Finding]:
    """Look at everything. What cannot be asked is said, and is for a person to look at."""
    try:
        tried = list(_tried(vault, bucket))
    except WardlineError as error:
        return [Finding(fatal=True, detail=error.message, advice=error.advice)]
    told: list[Finding] = []
    for right, ask, judge in _QUESTIONS:
        try:
            told += judge(_answer(bucket, ask), bucket)
        except ClientError as error:
            told.append(_unasked(right, code_of(error)))
        except (BotoCoreError, OSError) as error:
            told.append(_unasked(right, type(error).__name__))
    return [*tried, *told]


def _tried(vault: Sealing, bucket: Bucket) -> Iterator[Finding]:
    """Seal, open and destroy an object of a few bytes, which is nobody's."""
    object_id, content = f"check-{secrets.token_hex(8)}", secrets.token_bytes(64)
    try:
        vault.seal(object_id, _PURPOSE, content)
        if vault.open(object_id, _PURPOSE) != content:
            yield Finding(
                fatal=True,
                detail="gives back other bytes than were sealed",
                advice="Use another object store.",
            )
        listed = next(bucket.entries(f"{bucket.place.prefix}{object_id}.{_PURPOSE}/"), None)
        if listed is None:
            yield Finding(
                fatal=True,
                detail="does not list what was just written",
                advice="Use an object store that does: what it does not list is not destroyed.",
            )
        # The very name is there: a store that does not look would write over it.
        elif bucket.create(listed.name, secrets.token_bytes(8)):
            yield Finding(
                fatal=True,
                detail="writes over what is there although told not to (If-None-Match)",
                advice="Use an object store, or a newer release of it, that has conditional writes.",
            )
    finally:
        vault.destroy(object_id, _PURPOSE)
    yield Finding(fatal=False, detail="seals, opens, destroys and never writes over what is there", advice="")


def _answer(bucket: Bucket, ask: Callable[[Any, str], dict[str, Any]]) -> dict[str, Any]:
    try:
        return ask(bucket.asked(), bucket.place.bucket)
    except ClientError as error:
        if code_of(error) in _NOTHING_SET:
            return {}
        raise


def _unasked(right: str, why: str) -> Finding:
    return Finding(
        fatal=False,
        detail=f"could not be asked about {right} ({why})",
        advice=f"Give the right s3:{right}, or look yourself what it is set to; {_HOW_TO} says what it may be.",
    )


def _versioning(found: dict[str, Any], bucket: Bucket) -> Iterator[Finding]:  # noqa: ARG001 -- all judges are asked alike
    if found.get("MFADelete") == "Enabled":
        yield Finding(
            fatal=True,
            detail="removes no version without a code of a device (MFA delete)",
            advice="Switch MFA delete off: what a law wants destroyed would stay.",
        )
    if found.get("Status"):
        yield Finding(
            fatal=False,
            detail=f"versioning is {str(found['Status']).lower()}",
            advice="It works: destroying removes every version, and needs s3:ListBucketVersions and s3:DeleteObjectVersion. Without "
            "versioning there is less to go wrong.",
        )


def _lock(found: dict[str, Any], bucket: Bucket) -> Iterator[Finding]:  # noqa: ARG001 -- all judges are asked alike
    chosen = found.get("ObjectLockConfiguration", {})
    if chosen.get("Rule", {}).get("DefaultRetention"):
        yield Finding(
            fatal=True,
            detail="locks every object for a time (object lock with a default retention)",
            advice="Take the default retention off, or use another bucket: what must be destroyed would stay readable for whoever has the "
            "master key.",
        )
    elif chosen.get("ObjectLockEnabled") == "Enabled":
        yield Finding(
            fatal=False,
            detail="objects can be locked in this bucket",
            advice="Lock none by hand: what is locked cannot be destroyed when its time is over.",
        )


def _policy(found: dict[str, Any], bucket: Bucket) -> Iterator[Finding]:  # noqa: ARG001 -- all judges are asked alike
    if found.get("PolicyStatus", {}).get("IsPublic"):
        yield _public("its policy lets everybody in")


def _grants(found: dict[str, Any], bucket: Bucket) -> Iterator[Finding]:  # noqa: ARG001 -- all judges are asked alike
    given = (str(each.get("Grantee", {}).get("URI", "")) for each in found.get("Grants", ()))
    if any(uri.endswith(_EVERYBODY) for uri in given):
        yield _public("its access list lets everybody in")


def _public(what: str) -> Finding:
    return Finding(
        fatal=True,
        detail=what,
        advice="Block all public access to the bucket: what lies there is sealed, but names, sizes and times are not.",
    )


def _replication(found: dict[str, Any], bucket: Bucket) -> Iterator[Finding]:  # noqa: ARG001 -- all judges are asked alike
    rules = found.get("ReplicationConfiguration", {}).get("Rules", ())
    if any(each.get("Status") == "Enabled" for each in rules):
        yield Finding(
            fatal=True,
            detail="is copied to another bucket (replication)",
            advice="Switch replication off: a version that is destroyed here stays there.",
        )


def _lifecycle(found: dict[str, Any], bucket: Bucket) -> Iterator[Finding]:
    for rule in found.get("Rules", ()):
        where = str(rule.get("Filter", {}).get("Prefix", rule.get("Prefix", "")) or "")
        near = bucket.place.prefix.startswith(where) or where.startswith(bucket.place.prefix)
        if rule.get("Status") == "Enabled" and near and (rule.get("Expiration") or rule.get("Transitions")):
            yield Finding(
                fatal=True,
                detail="expires or moves objects by itself (lifecycle rule)",
                advice="Take the rule off this prefix: evidence would be lost, or not be readable at once, before its time.",
            )


_Judge = Callable[[dict[str, Any], Bucket], Iterator[Finding]]
_QUESTIONS: tuple[tuple[str, Callable[[Any, str], dict[str, Any]], _Judge], ...] = (
    ("GetBucketVersioning", lambda client, name: client.get_bucket_versioning(Bucket=name), _versioning),
    (
        "GetBucketObjectLockConfiguration",
        lambda client, name: client.get_object_lock_configuration(Bucket=name),
        _lock,
    ),
    ("GetBucketPolicyStatus", lambda client, name: client.get_bucket_policy_status(Bucket=name), _policy),
    ("GetBucketAcl", lambda client, name: client.get_bucket_acl(Bucket=name), _grants),
    (
        "GetReplicationConfiguration",
        lambda client, name: client.get_bucket_replication(Bucket=name),
        _replication,
    ),
    (
        "GetLifecycleConfiguration",
        lambda client, name: client.get_bucket_lifecycle_configuration(Bucket=name),
        _lifecycle,
    ),
)
"""The right that a question needs, the question, and what its answer means."""
