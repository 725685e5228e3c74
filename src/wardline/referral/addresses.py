"""Which web addresses may stand in a report: plain ones, that open nothing by themselves."""

from __future__ import annotations

from urllib.parse import parse_qsl, urlsplit

MOST_CHARACTERS = 2083
"""Source: CyberTipline Reporting API, ``url``, ``locationOfFile`` and ``legalURL``."""

# Query parameters that carry access in the address itself: the object stores' signed links and the usual bearer parameters.
_ACCESS_PARAMETERS = frozenset(
    {"access_token", "auth", "awsaccesskeyid", "googleaccessid", "hdnts", "jwt", "key-pair-id", "policy", "sas", "se", "sig", "sign",
     "signature", "skoid", "sv", "token"}
)  # fmt: skip
_ACCESS_PREFIXES = ("x-amz-", "x-goog-", "x-oss-", "x-cos-", "x-ms-")


def is_plain_address(address: str) -> bool:
    """Say whether an address is a web address without credentials or signature, of at most 2,083 characters.

    A report is passed on and kept for long; an address that opens the content by itself must not travel with it.
    """
    if (
        not address
        or len(address) > MOST_CHARACTERS
        or not address.isprintable()
        or any(c.isspace() for c in address)
    ):
        return False
    try:
        parts = urlsplit(address)
        _ = parts.port  # an impossible port raises
    except ValueError:
        return False
    if parts.scheme not in {"http", "https"} or not parts.hostname or "@" in parts.netloc:
        return False
    return not any(_gives_access(name) for name, _ in parse_qsl(parts.query, keep_blank_values=True))


def _gives_access(parameter: str) -> bool:
    name = parameter.lower()
    return name in _ACCESS_PARAMETERS or name.startswith(_ACCESS_PREFIXES)
