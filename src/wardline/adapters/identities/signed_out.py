"""What a provider says when somebody signed out there: a logout token, and what has to hold of it before it ends anything.

Source: OpenID Connect Back-Channel Logout 1.0, sections 2.4 and 2.6.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

EVENT = "http://schemas.openid.net/event/backchannel-logout"
TYPES = frozenset({None, "JWT", "logout+jwt"})
"""Of the token's header. A token that says it is of another kind is one."""
OLDEST = timedelta(minutes=5)
"""A token that was made earlier ends nothing. Ours: the standard says that two minutes are enough for anybody."""
_MOST_CHARACTERS = 255


def problem_of(
    header: Mapping[str, Any], claims: Mapping[str, Any], *, issuer: str, client_id: str, now: datetime, skew: timedelta
) -> str | None:  # fmt: skip
    """Say what is wrong with a token whose signature holds, in a fixed phrase; None for nothing.

    Args:
        header: The token's.
        claims: What it says.
        issuer: Of whom it has to be.
        client_id: For whom it has to be.
        now: Aware UTC.
        skew: By so much the provider's clock may differ.
    """
    if header.get("typ") not in TYPES:
        return "a token of another kind"
    if claims.get("iss") != issuer:
        return "a token of another issuer"
    audience = claims.get("aud")
    if client_id not in (audience if isinstance(audience, list) else [audience]):
        return "a token for somebody else"
    events = claims.get("events")
    if not isinstance(events, dict) or not isinstance(events.get(EVENT), dict):
        return "a token about something else"
    if "nonce" in claims:
        return "a token with a nonce, as sign-ins have"
    if not _is_text(claims.get("jti")):
        return "a token without an id"
    if not _is_text(claims.get("sub")) and not _is_text(claims.get("sid")):
        return "a token about nobody"
    return _wrong_time(claims, now, skew)


def _wrong_time(claims: Mapping[str, Any], now: datetime, skew: timedelta) -> str | None:
    made, ends = (_time(claims.get(name)) for name in ("iat", "exp"))
    if made is None or ends is None:
        return "a token without its times"
    if ends + skew.total_seconds() <= now.timestamp() or made < (now - OLDEST - skew).timestamp():
        return "a token that is too old"
    return "a token of later" if made > (now + skew).timestamp() else None


def ends_until(claims: Mapping[str, Any], skew: timedelta) -> datetime:
    """Give until when a session must have been opened for a token to end it: no later signing in is meant.

    So a token that is shown again ends nothing anew, whichever process it comes to, and nobody has to remember it.
    """
    return datetime.fromtimestamp(float(claims["iat"]), UTC) + skew


def _time(value: Any) -> float | None:
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None


def _is_text(value: Any) -> bool:
    return isinstance(value, str) and 1 <= len(value) <= _MOST_CHARACTERS


def text_or_none(value: Any) -> str | None:
    """Give a claim that is a text of a bearable length; None for anything else."""
    return value if _is_text(value) else None
