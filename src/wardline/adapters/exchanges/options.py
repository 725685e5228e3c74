"""What the settings say about an exchange, checked: options, secret, and where a sandbox may be."""

from __future__ import annotations

import ipaddress
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from urllib.parse import urlsplit

from wardline.errors import ConfigurationError

SANDBOX = "sandbox_url"


def require_options(
    name: str, options: Mapping[str, str], *, needed: Collection[str] = (), allowed: Collection[str] = ()
) -> None:
    """Refuse options that are unknown, missing or blank; the error names the first one."""
    known = (*needed, *allowed)
    for option in options:
        if option not in known:
            words = ", ".join(known) or "none"
            raise ConfigurationError(f"exchange {name}: unknown option {option}, expected only {words}")
    for option in needed:
        if option not in options:
            raise ConfigurationError(f"exchange {name}: option {option} is missing, expected a value")
    for option, value in options.items():
        if not value.strip() or not value.isprintable():
            raise ConfigurationError(
                f"exchange {name}: option {option} is blank or holds control characters, expected plain text"
            )


def sandbox_url(name: str, options: Mapping[str, str]) -> str | None:
    """Give the base address of the sandbox, if one is set. Only this machine's loopback may be one: credentials go there."""
    if SANDBOX not in options:
        return None
    wrong = ConfigurationError(
        f"exchange {name}: option {SANDBOX} is not on this machine, expected http:// and a loopback address"
    )
    try:
        parts = urlsplit(options[SANDBOX])
        host = parts.hostname or ""
        local = host == "localhost" or ipaddress.ip_address(host).is_loopback
        port = parts.port
    except ValueError:
        raise wrong from None
    if (
        not local
        or port == 0
        or parts.scheme != "http"
        or "@" in parts.netloc
        or parts.query
        or parts.fragment
    ):
        raise wrong
    return options[SANDBOX].rstrip("/")


def secret_text(name: str, secret: bytes) -> str:
    """Give the secret file's text without the end of its last line."""
    try:
        text = secret.decode("utf-8").rstrip("\r\n")
    except UnicodeDecodeError:
        text = ""
    if not text.strip():
        raise ConfigurationError(
            f"exchange {name}: secret_file is missing, empty or not text, expected what the owner issued"
        )
    return text


def require_key(name: str, what: str, value: object) -> str:
    """Require something that can stand in a request's header: printable ASCII without spaces."""
    if not (
        isinstance(value, str) and value.isascii() and value.isprintable() and value and " " not in value
    ):
        raise ConfigurationError(
            f"exchange {name}: secret_file has no {what}, expected printable characters without spaces"
        )
    return value


@contextmanager
def needs_extra(name: str) -> Iterator[None]:
    """Say how to install what an import did not find."""
    try:
        yield
    except ImportError as error:
        raise ConfigurationError(
            f"exchange {name}: {error.name} is not installed, expected the clients of the exchanges",
            remedy="Install them: `pip install 'wardline[exchanges]'`.",
        ) from error
