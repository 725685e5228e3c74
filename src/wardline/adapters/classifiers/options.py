"""What the settings say of a detector behind an HTTP address, checked."""

from __future__ import annotations

import hashlib
import ipaddress
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, TypeVar

import httpx

from wardline.errors import ConfigurationError

PICTURE = "{picture}"
"""Stands in a template where the picture goes, in base 64."""
_HEADER = re.compile(r"[A-Za-z0-9-]{1,64}")
_FIELD = re.compile(r"[A-Za-z0-9_.\-\[\]]{1,64}")
_POINTER = re.compile(r"(/([^/~]|~[01])*)+")
"""Of the whole document there is no pointer here: a bare number is no answer that can be mapped. Source: RFC 6901."""
_KNOWN = (
    "url", "send", "field", "template", "score", "version_at", "header", "header_prefix", "seconds", "total_seconds", "retries",
    "break_after", "break_seconds",
)  # fmt: skip
_DIGEST_LETTERS = 12

N = TypeVar("N", int, float)


class Send(StrEnum):
    """How the picture is sent."""

    BODY = "body"
    FIELD = "field"
    JSON = "json"


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """From ``[detectors.options]``."""

    url: httpx.URL
    send: Send
    field: str
    template: Any
    """The JSON document of ``Send.JSON``; None otherwise."""
    score: str
    version_at: str | None
    header: str | None
    """Carries the secret."""
    header_prefix: str
    seconds: float
    """For one try."""
    total_seconds: float
    """For all of them together, and the waits between them."""
    retries: int
    break_after: int
    """So many failures one after the other, and it is not asked for a while."""
    break_seconds: float
    digest: str
    """Over what the score depends on: who is asked, how, and what of the answer is read."""


def read(name: str, options: Mapping[str, str]) -> Options:
    """Check the options; ``ConfigurationError`` names the first that is wrong, and never its value."""
    for option in options:
        if option not in _KNOWN:
            raise _wrong(name, option, "is unknown", f"only {', '.join(_KNOWN)}")
    for option in ("url", "score"):
        if option not in options:
            raise _wrong(name, option, "is missing", "a value")
    send = options.get("send", Send.BODY)
    if send not in set(Send):
        raise _wrong(name, "send", "is none of them", ", ".join(Send))
    field, header = options.get("field", "image"), options.get("header")
    if not _FIELD.fullmatch(field):
        raise _wrong(name, "field", "has other characters", "letters, digits, dots and dashes")
    if header is not None and not _HEADER.fullmatch(header):
        raise _wrong(name, "header", "has other characters", "the name of a header")
    prefix = options.get("header_prefix", "")
    if not (prefix.isascii() and (prefix.isprintable() or not prefix)):
        raise _wrong(name, "header_prefix", "has other characters", "printable text")
    seconds = _number(name, options, "seconds", float, 5.0, (0.05, 60))
    return Options(
        url=_address(name, options["url"]), send=Send(send), field=field,
        template=_template(name, options.get("template")) if send == Send.JSON else None,
        score=_pointer(name, "score", options["score"]),
        version_at=_pointer(name, "version_at", options["version_at"]) if "version_at" in options else None,
        header=header, header_prefix=prefix, seconds=seconds,
        total_seconds=_number(name, options, "total_seconds", float, 2 * seconds, (0.05, 120)),
        retries=_number(name, options, "retries", int, 1, (0, 5)),
        break_after=_number(name, options, "break_after", int, 5, (1, 1000)),
        break_seconds=_number(name, options, "break_seconds", float, 30.0, (0.05, 3600)),
        digest=_digest({each: options.get(each) for each in ("url", "send", "field", "template", "score", "version_at")}),
    )  # fmt: skip


def _digest(said: Mapping[str, str | None]) -> str:
    text = json.dumps(said, sort_keys=True, ensure_ascii=True)
    return hashlib.sha256(text.encode()).hexdigest()[:_DIGEST_LETTERS]


def _number(
    name: str, options: Mapping[str, str], option: str, kind: Callable[[str], N], usual: N, within: tuple[float, float]
) -> N:  # fmt: skip
    if option not in options:
        return usual
    low, high = within
    try:
        value = kind(options[option])
    except ValueError:
        value = None
    if value is None or not low <= value <= high:
        raise _wrong(name, option, "is outside its range", f"{low:g} to {high:g}")
    return value


def _pointer(name: str, option: str, text: str) -> str:
    if not _POINTER.fullmatch(text):
        raise _wrong(name, option, "is no JSON pointer", "one such as /result/score")
    return text


def _template(name: str, text: str | None) -> Any:
    try:
        document = json.loads(text or "")
    except ValueError:
        raise _wrong(name, "template", "is missing or not JSON", "a JSON document") from None
    if json.dumps(document).count(PICTURE) != 1:
        raise _wrong(name, "template", f"has {PICTURE} not once", "it in one of its texts")
    return document


def _address(name: str, text: str) -> httpx.URL:
    try:
        parsed = httpx.URL(text)
    except httpx.InvalidURL:
        raise _wrong(name, "url", "is malformed", "an https address") from None
    if parsed.scheme not in {"http", "https"} or not parsed.host or parsed.fragment:
        raise _wrong(name, "url", "is an address of another kind", "an https address")
    if parsed.userinfo:
        raise _wrong(name, "url", "has a password in it", "one without, and the secret in its file")
    if parsed.scheme == "http" and not _is_loopback(parsed.host):
        raise _wrong(name, "url", "is unencrypted to another machine", "https")
    return parsed


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _wrong(name: str, option: str, found: str, expected: str) -> ConfigurationError:
    return ConfigurationError(f"detector {name}: option {option} {found}, expected {expected}")
