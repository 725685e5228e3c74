"""Who may call what: deny by default. A route that is not in ``RULES`` answers nobody."""

from __future__ import annotations

import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Request
from pydantic import BaseModel, ConfigDict, Field
from starlette.concurrency import run_in_threadpool

from wardline import records
from wardline.errors import NotAllowedError, NotAuthenticatedError, RateLimitedError
from wardline.pipeline import Wardline, people, sessions
from wardline.records import Scope

PUBLIC: frozenset[Scope] = frozenset()
"""Anybody: liveness and the description of the interface."""

RULES: Mapping[tuple[str, str], frozenset[Scope]] = {
    ("GET", "/health"): PUBLIC,
    ("GET", "/ready"): PUBLIC,
    ("GET", "/openapi.json"): PUBLIC,
    ("GET", "/metrics"): frozenset({Scope.MANAGE, Scope.AUDIT}),
    ("POST", "/v1/items"): frozenset({Scope.ITEMS_WRITE}),
    ("GET", "/v1/items/{item_id}"): frozenset({Scope.ITEMS_READ}),
    ("POST", "/v1/incidents"): frozenset({Scope.ITEMS_WRITE}),
    ("POST", "/v1/flags"): frozenset({Scope.ITEMS_WRITE}),
    ("GET", "/v1/flags"): frozenset({Scope.CASES, Scope.MANAGE, Scope.AUDIT}),
    ("POST", "/v1/appeals"): frozenset({Scope.ITEMS_WRITE}),
    ("GET", "/v1/appeals"): frozenset({Scope.CASES, Scope.MANAGE, Scope.AUDIT}),
    ("GET", "/v1/cases"): frozenset({Scope.CASES}),
    ("POST", "/v1/cases/next"): frozenset({Scope.CASES}),
    ("GET", "/v1/cases/{case_id}"): frozenset({Scope.CASES, Scope.AUDIT}),
    ("POST", "/v1/cases/{case_id}/openings"): frozenset({Scope.CASES, Scope.AUDIT}),
    ("POST", "/v1/cases/{case_id}/standing-aside"): frozenset({Scope.MANAGE}),
    ("POST", "/v1/cases/{case_id}/claim"): frozenset({Scope.CASES}),
    ("POST", "/v1/cases/{case_id}/return"): frozenset({Scope.CASES}),
    ("POST", "/v1/cases/{case_id}/hold"): frozenset({Scope.CASES}),
    ("POST", "/v1/cases/{case_id}/escalation"): frozenset({Scope.CASES}),
    ("POST", "/v1/cases/{case_id}/pass"): frozenset({Scope.CASES}),
    ("POST", "/v1/cases/{case_id}/assignment"): frozenset({Scope.CASES}),
    ("POST", "/v1/cases/{case_id}/diversion"): frozenset({Scope.CASES}),
    ("POST", "/v1/cases/{case_id}/danger"): frozenset({Scope.CASES}),
    ("GET", "/v1/cases/{case_id}/reveals"): frozenset({Scope.CASES, Scope.AUDIT}),
    ("POST", "/v1/cases/{case_id}/reveals"): frozenset({Scope.CASES}),
    ("POST", "/v1/cases/{case_id}/decisions"): frozenset({Scope.CASES}),
    ("POST", "/v1/cases/{case_id}/undo"): frozenset({Scope.CASES}),
    ("GET", "/v1/cases/{case_id}/actions"): frozenset({Scope.CASES, Scope.MANAGE}),
    ("GET", "/v1/clusters"): frozenset({Scope.CASES}),
    ("GET", "/v1/clusters/{cluster_id}"): frozenset({Scope.CASES}),
    ("GET", "/v1/cases/{case_id}/opinions"): frozenset({Scope.CASES}),
    ("GET", "/v1/cases/{case_id}/known-answer"): frozenset({Scope.CASES}),
    ("GET", "/v1/exposure"): frozenset({Scope.CASES}),
    ("GET", "/v1/viewing-choices"): frozenset({Scope.CASES}),
    ("PUT", "/v1/viewing-choices"): frozenset({Scope.CASES}),
    ("GET", "/v1/team-exposure"): frozenset({Scope.MANAGE}),
    ("GET", "/v1/hash-lists"): frozenset({Scope.MANAGE, Scope.AUDIT}),
    ("POST", "/v1/hash-lists/{list_id}/disable"): frozenset({Scope.MANAGE}),
    ("POST", "/v1/hash-lists/{list_id}/activation"): frozenset({Scope.MANAGE}),
    ("POST", "/v1/hash-lists/{list_id}/preview"): frozenset({Scope.MANAGE}),
    ("POST", "/v1/hash-lists/{list_id}/sync"): frozenset({Scope.MANAGE}),
    ("GET", "/v1/hash-lists/{list_id}/syncs"): frozenset({Scope.MANAGE, Scope.AUDIT}),
    ("GET", "/v1/hash-lists/{list_id}/held-entries"): frozenset({Scope.MANAGE, Scope.AUDIT}),
    ("POST", "/v1/held-entries/{held_id}/release"): frozenset({Scope.MANAGE}),
    ("GET", "/v1/approvals"): frozenset({Scope.MANAGE, Scope.AUDIT}),
    ("POST", "/v1/approvals/{approval_id}/approve"): frozenset({Scope.MANAGE}),
    ("POST", "/v1/approvals/{approval_id}/refuse"): frozenset({Scope.MANAGE}),
    ("GET", "/v1/certificates"): frozenset({Scope.MANAGE, Scope.AUDIT}),
    ("POST", "/v1/certificates"): frozenset({Scope.MANAGE}),
    ("GET", "/v1/certificates/{certificate_id}"): frozenset({Scope.MANAGE, Scope.AUDIT}),
    ("POST", "/v1/certificates/{certificate_id}/suspend"): frozenset({Scope.MANAGE}),
    ("GET", "/v1/automation"): frozenset({Scope.CASES, Scope.MANAGE, Scope.AUDIT}),
    ("GET", "/v1/referrals"): frozenset({Scope.MANAGE, Scope.AUDIT}),
    ("GET", "/v1/referrals/{referral_id}"): frozenset({Scope.MANAGE, Scope.AUDIT}),
    ("GET", "/v1/referrals/{referral_id}/preview"): frozenset({Scope.MANAGE, Scope.AUDIT}),
    ("GET", "/v1/referrals/{referral_id}/receipt"): frozenset({Scope.MANAGE, Scope.AUDIT}),
    ("POST", "/v1/referrals/{referral_id}/pack"): frozenset({Scope.MANAGE}),
    ("POST", "/v1/referrals/{referral_id}/pack/given-up"): frozenset({Scope.MANAGE}),
    ("POST", "/v1/referrals/{referral_id}/reference"): frozenset({Scope.MANAGE}),
    ("POST", "/v1/referrals/{referral_id}/receiver"): frozenset({Scope.MANAGE}),
    ("POST", "/v1/referrals/{referral_id}/withdrawal"): frozenset({Scope.MANAGE}),
    ("POST", "/v1/referrals/{referral_id}/filed-before"): frozenset({Scope.MANAGE}),
    ("POST", "/v1/referrals/{referral_id}/taking-on"): frozenset({Scope.MANAGE}),
    ("POST", "/v1/referrals/{referral_id}/second"): frozenset({Scope.MANAGE}),
    ("POST", "/v1/referrals/{referral_id}/filing"): frozenset({Scope.MANAGE}),
    ("POST", "/v1/referrals/{referral_id}/facts"): frozenset({Scope.MANAGE}),
    ("POST", "/v1/referrals/{referral_id}/calls"): frozenset({Scope.MANAGE}),
    ("POST", "/v1/cases/{case_id}/facts"): frozenset({Scope.CASES}),
    ("GET", "/v1/holds"): frozenset({Scope.MANAGE, Scope.AUDIT}),
    ("POST", "/v1/holds/{hold_id}/export"): frozenset({Scope.MANAGE}),
    ("GET", "/v1/preservations"): frozenset({Scope.MANAGE, Scope.AUDIT}),
    ("POST", "/v1/preservations"): frozenset({Scope.MANAGE}),
    ("GET", "/v1/preservations/{preservation_id}"): frozenset({Scope.MANAGE, Scope.AUDIT}),
    ("POST", "/v1/preservations/{preservation_id}/extensions"): frozenset({Scope.MANAGE}),
    ("POST", "/v1/preservations/{preservation_id}/end"): frozenset({Scope.MANAGE}),
    ("GET", "/v1/destructions"): frozenset({Scope.MANAGE, Scope.AUDIT}),
    ("POST", "/v1/destructions"): frozenset({Scope.MANAGE}),
    ("GET", "/v1/destructions/{destruction_id}"): frozenset({Scope.MANAGE, Scope.AUDIT}),
    ("GET", "/v1/destructions/{destruction_id}/proof"): frozenset({Scope.MANAGE, Scope.AUDIT}),
    ("GET", "/v1/exports"): frozenset({Scope.MANAGE, Scope.AUDIT}),
    ("POST", "/v1/exports"): frozenset({Scope.MANAGE}),
    ("GET", "/v1/exports/{export_id}"): frozenset({Scope.MANAGE, Scope.AUDIT}),
    ("POST", "/v1/exports/{export_id}/document"): frozenset({Scope.MANAGE}),
    ("GET", "/v1/alarms"): frozenset({Scope.MANAGE, Scope.AUDIT}),
    ("POST", "/v1/alarms/{alarm_id}/resolve"): frozenset({Scope.MANAGE}),
    ("POST", "/v1/alarms/{alarm_id}/sending"): frozenset({Scope.MANAGE}),
    ("GET", "/v1/statistics"): frozenset({Scope.MANAGE, Scope.AUDIT}),
    ("GET", "/v1/audit/entries"): frozenset({Scope.AUDIT}),
    ("GET", "/v1/audit/checkpoints"): frozenset({Scope.AUDIT}),
    ("GET", "/v1/audit/checkpoints/{size}/proof"): frozenset({Scope.AUDIT}),
    ("GET", "/v1/audit/proofs/{position}"): frozenset({Scope.AUDIT}),
}
"""Method and path to the scopes of which a key needs one."""

_PREFIX = "bearer "


@dataclass(frozen=True, slots=True)
class Caller:
    """The key of a request, and the person behind it."""

    key: records.ApiKey
    user: records.User | None

    @property
    def person(self) -> records.User:
        """The person; a platform's key has none."""
        if self.user is None:
            raise NotAllowedError(f"{self.key.id}: a platform's key, expected a person's")
        return self.user


class Limiter:
    """A token bucket for each key: a minute's worth at once, refilled steadily."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._buckets: dict[str, tuple[float, float]] = {}

    def take(self, key: records.ApiKey) -> None:
        """Take one request from the key's bucket; ``RateLimitedError`` when it is empty."""
        most = float(key.requests_per_minute)
        now = time.monotonic()
        with self._lock:
            left, since = self._buckets.get(key.id, (most, now))
            left = min(most, left + (now - since) * most / 60.0)
            if left < 1.0:
                self._buckets[key.id] = (left, now)
                raise RateLimitedError(
                    f"{key.id}: over {key.requests_per_minute} requests a minute, expected fewer"
                )
            self._buckets[key.id] = (left - 1.0, now)


async def authorise(request: Request) -> None:
    """Let a request pass if its route's rule allows its key. Runs before every handler; what is public waits for no thread."""
    path = getattr(request.scope.get("route"), "path", "")
    rule = RULES.get((request.method, path))
    if rule is None:
        raise NotAllowedError(f"route {request.method} {path}: has no rule, expected one")
    if rule is PUBLIC:
        return
    request.state.caller = await admitted(
        request.app.state.wardline, request.app.state.limiter, request.headers.get("authorization", ""), rule
    )


async def admitted(
    wardline: Wardline, limiter: Limiter, authorization: str, rule: frozenset[Scope]
) -> Caller:
    """Give the caller of a request, if its key is good for the rule. The key is looked at as it is in the store now; where that waits for
    nobody, as a file beside us does not, no thread is asked to do it."""
    secret = _secret(authorization)
    key = wardline.recognise(secret)
    if key is not None:
        return _allowed(Caller(key, None), limiter, rule)

    def ask() -> Caller:
        return _allowed(Caller(*wardline.authenticate(secret)), limiter, rule)

    return await run_in_threadpool(ask)


def _allowed(found: Caller, limiter: Limiter, rule: frozenset[Scope]) -> Caller:
    limiter.take(found.key)
    if not rule & people.scopes_of(found.key, found.user):
        raise NotAllowedError(f"{found.key.id}: not for its scopes, expected {' or '.join(sorted(rule))}")
    return found


def _secret(header: str) -> str:
    if not header.lower().startswith(_PREFIX) or len(header) > 200:
        raise NotAuthenticatedError("api key: missing, expected a bearer key")
    return header[len(_PREFIX) :].strip()


def caller(request: Request) -> Caller:
    """Give the caller that ``authorise`` found."""
    found = request.state.caller
    if not isinstance(found, Caller):
        raise NotAuthenticatedError("api key: missing, expected a bearer key")
    return found


class ProofBody(BaseModel):
    """What shows that the person behind a key is at hand."""

    model_config = ConfigDict(extra="forbid")

    password: str = Field(
        min_length=1, max_length=1024, description="Of the person behind the key, shown for this act alone"
    )


def wardline(request: Request) -> Wardline:
    """Give the installation that this application serves."""
    found: Wardline = request.app.state.wardline
    return found


def proven(
    body: ProofBody, called: Annotated[Caller, Depends(caller)], line: Annotated[Wardline, Depends(wardline)]
) -> records.User:
    """Give the person, who showed their password with the request: for grave acts, which the console asks again for, too."""
    return sessions.confirm(line.parts, called.person, body.password)
