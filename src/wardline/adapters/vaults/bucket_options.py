"""What the settings say about a bucket, checked: where it is, and how long to wait for it."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from wardline.errors import ConfigurationError

_NEEDED = ("endpoint", "region", "bucket")
_ALLOWED = ("prefix", "ca_file", "connect_seconds", "answer_seconds", "attempts")
_USUAL_PREFIX = "wardline/"
_BUCKET = re.compile(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]")
_REGION = re.compile(r"[a-z0-9][a-z0-9-]{0,62}")
_PREFIX = re.compile(r"(?:[A-Za-z0-9_-]{1,63}/){1,8}")
_KEY = re.compile(r"[!-~]{1,256}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """One bucket of one object store."""

    endpoint: str
    """Base address; https, or http on this machine's loopback."""
    region: str
    bucket: str
    access_key: str
    secret_key: str
    prefix: str = _USUAL_PREFIX
    """What every name begins with; ends with a slash."""
    ca_file: Path | None = None
    """Certificates that are trusted instead of the usual ones."""
    connect_seconds: float = 5.0
    answer_seconds: float = 20.0
    """For each wait for bytes of an answer."""
    attempts: int = 3
    """Of one call, all together; from 1."""

    def __repr__(self) -> str:
        """Name the bucket; never a key."""
        return f"Place(bucket={self.bucket!r})"


def place(options: Mapping[str, str], secret: bytes) -> Place:
    """Read the options and the secret file of a vault in a bucket.

    Raises:
        ConfigurationError: One is missing, unknown or not what it must be.
    """
    for option in options:
        if option not in (*_NEEDED, *_ALLOWED):
            raise _wrong(f"unknown option {option}", f"only {', '.join((*_NEEDED, *_ALLOWED))}")
    for option in _NEEDED:
        if option not in options:
            raise _wrong(f"option {option} is missing", "a value")
    access_key, secret_key = _keys(secret)
    return Place(
        endpoint=_endpoint(options["endpoint"]),
        region=_fitting("region", options["region"], _REGION),
        bucket=_fitting("bucket", options["bucket"], _BUCKET),
        access_key=access_key, secret_key=secret_key,
        prefix=_fitting("prefix", options.get("prefix", _USUAL_PREFIX), _PREFIX),
        ca_file=_ca_file(options.get("ca_file")),
        connect_seconds=_number("connect_seconds", options.get("connect_seconds", "5"), 0.1, 60),
        answer_seconds=_number("answer_seconds", options.get("answer_seconds", "20"), 0.1, 300),
        attempts=int(_number("attempts", options.get("attempts", "3"), 1, 10)),
    )  # fmt: skip


def _endpoint(text: str) -> str:
    wrong = _wrong(
        "option endpoint is no address of an object store",
        "https://HOST, or http:// and a loopback address; no path and no credentials in it",
    )
    try:
        parts = urlsplit(text)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        raise wrong from None
    bare = not (parts.path.strip("/") or parts.query or parts.fragment or "@" in parts.netloc)
    # What is sealed is ciphertext, but whoever stands in between could also answer for the store.
    secure = parts.scheme == "https" or (parts.scheme == "http" and _is_loopback(host))
    if not (host and bare and secure) or port == 0:
        raise wrong
    return text.rstrip("/")


def _is_loopback(host: str) -> bool:
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _fitting(option: str, value: str, form: re.Pattern[str]) -> str:
    if not form.fullmatch(value):
        raise _wrong(
            f"option {option} has another form", "letters, digits and dashes; a prefix ends with a slash"
        )
    return value


def _ca_file(text: str | None) -> Path | None:
    if text is None:
        return None
    path = Path(text)
    if not (path.is_absolute() and path.is_file()):
        raise _wrong("option ca_file is no file", "the whole path of a file of certificates")
    return path


def _number(option: str, text: str, low: float, high: float) -> float:
    try:
        value = float(text)
    except ValueError:
        value = -1.0
    if not low <= value <= high:
        raise _wrong(f"option {option} is outside its range", f'a number in quotes, "{low}" to "{high}"')
    return value


def _keys(secret: bytes) -> tuple[str, str]:
    lines = [line.strip() for line in secret.decode("utf-8", "replace").splitlines() if line.strip()]
    if len(lines) != 2 or not all(_KEY.fullmatch(line) for line in lines):
        raise _wrong(
            "its secret file is missing or of another form",
            "two lines, the id of an access key and its secret",
            remedy="Write both into a file of mode 0600 and name it in preservation.vault_secret_file.",
        )
    return lines[0], lines[1]


def _wrong(what: str, expected: str, *, remedy: str | None = None) -> ConfigurationError:
    return ConfigurationError(f"vault s3: {what}, expected {expected}", remedy=remedy)
