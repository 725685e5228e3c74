"""Whom clients of HTTPS trust."""

from __future__ import annotations

import functools
import os
import ssl

import httpx

_PLACES = ("SSL_CERT_FILE", "SSL_CERT_DIR", "SSLKEYLOGFILE")


def trust(*, trust_env: bool) -> ssl.SSLContext:
    """Give what ``httpx`` would make for each client by itself: the certificate authorities that come with it.

    Reading these takes tens of milliseconds and megabytes, so that clients of one process share what was read.

    Args:
        trust_env: Whether the environment may name other authorities, as in ``httpx.Client``.
    """
    return _read(trust_env, tuple(os.environ.get(name) for name in _PLACES) if trust_env else ())


@functools.cache
def _read(trust_env: bool, _places: tuple[str | None, ...]) -> ssl.SSLContext:
    return httpx.create_ssl_context(trust_env=trust_env)
