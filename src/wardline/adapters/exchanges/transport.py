"""One call of an exchange, over the session that its client made: bounded, without redirects, and with errors that quote nothing.

What the libraries below raise may hold the address with the token in it, or what was answered; so none of it is passed on.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import requests

from wardline.adapters.exchanges.answers import foreign
from wardline.errors import HashExchangeDeniedError, HashExchangeError

MOST_BYTES = 1 << 26
"""Longest answer that is read."""
_MOST_SECONDS_READING = 300.0  # an answer that drips in is given up, however steadily it drips
_CHUNK_BYTES = 1 << 16


def ask(
    name: str,
    session: requests.Session,
    method: str,
    url: str,
    *,
    says_denied: Callable[[bytes], bool] = lambda _: False,
    **request: Any,
) -> bytes:
    """Send a request and give the body of a success.

    Args:
        name: What the settings call the exchange, for messages.
        session: As the client made it, with its credentials, time-outs and retries. It is closed afterwards.
        method: ``"GET"``, ``"POST"`` or ``"PUT"``.
        url: Where; nobody else is asked whatever the answer says.
        says_denied: Whether the body of a failure means the credentials, where the status does not say so.
        request: As ``requests.Session.request`` takes it.

    Raises:
        HashExchangeDeniedError: 401 or 403, or the body says so.
        HashExchangeError: Any other failure.
    """
    _make_careful(session)
    try:
        with (
            session,
            session.request(method, url, stream=True, allow_redirects=False, **request) as response,
        ):
            body = _read(name, response)
            status = response.status_code
    except (requests.RequestException, UnicodeError) as error:
        raise HashExchangeError(
            f"exchange {name}: no answer ({type(error).__name__}), expected one"
        ) from None
    if 200 <= status < 300:
        return body
    raise _failure(name, status, is_denied=status in (401, 403) or says_denied(body))


def _make_careful(session: requests.Session) -> None:
    for adapter in session.adapters.values():
        retries = getattr(adapter, "max_retries", None)
        if retries is not None:
            # A connection that broke is tried at the next fetch: the library below logs each retry, with the token where the address has one.
            retries.connect = retries.read = retries.other = 0
            retries.respect_retry_after_header = False  # nobody may tell this process to sleep for hours
            retries.raise_on_status = False  # the last answer says more than that there were several


def _read(name: str, response: requests.Response) -> bytes:
    until = time.monotonic() + _MOST_SECONDS_READING
    parts: list[bytes] = []
    size = 0
    for part in response.iter_content(_CHUNK_BYTES):
        parts.append(part)
        size += len(part)
        if size > MOST_BYTES:
            raise foreign(name, f"longer than {MOST_BYTES:,} bytes")
        if time.monotonic() > until:
            raise HashExchangeError(
                f"exchange {name}: answer too slow, expected within {_MOST_SECONDS_READING:.0f} s"
            )
    return b"".join(parts)


def _failure(name: str, status: int, *, is_denied: bool) -> HashExchangeError:
    if is_denied:
        return HashExchangeDeniedError(
            f"exchange {name}: HTTP {status}, expected these credentials to be taken"
        )
    if 300 <= status < 400:
        return HashExchangeError(
            f"exchange {name}: HTTP {status} points elsewhere, expected an answer; nobody else was asked"
        )
    return HashExchangeError(f"exchange {name}: HTTP {status}, expected success")
