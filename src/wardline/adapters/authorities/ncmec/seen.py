"""What became of a call that brought no answer, in words that tell an operator where to look: at the network, at a proxy, or at the authority.

Never in the other side's words: an answer, a reason phrase, or a header may quote the report.
"""

from __future__ import annotations

import socket
import ssl
from collections.abc import Iterator

import httpx

from wardline import errors
from wardline.adapters.authorities.ncmec.validation import parse

_KINDS = {
    "text/html", "application/xhtml+xml", "text/xml", "application/xml", "text/plain", "application/json", "application/problem+json",
    "application/octet-stream",
}  # fmt: skip
"""Contents that are named; what else a header says is somebody's free text."""
_PAGES = ("text/html", "application/xhtml+xml")
_PAGE = "a web page"
_LONGEST_START = 1024
_BETWEEN = "Look first at what stands between: a proxy, a firewall or a sign-in page; then at the authority's status."
_BUSY = "Wardline slows down by itself; if it lasts, ask the authority, or whoever runs the gateway between, how many calls it takes."
_TLS = "Look first at a proxy that opens TLS, at this machine's certificates and at its clock; then at the authority's status."
_PROXY = "Look at the proxy that the environment names (HTTPS_PROXY) and at its credentials."
_BROKEN_OFF = ("peer closed connection", "Server disconnected")
"""How httpx says it; other messages of that kind may quote what came."""


def no_connection(call: str, error: httpx.HTTPError) -> errors.AuthorityUnreachableError:
    """Say why a call never went out."""
    causes = tuple(_causes(error))
    what, advice = "no connection", None
    if isinstance(error, httpx.ProxyError):
        what, advice = "the proxy let nothing through", _PROXY
    elif isinstance(error, httpx.PoolTimeout):
        what = "no connection was free within 10 s"
        advice = (
            "Look at this machine: many calls wait, because those before them get no answer or it is busy."
        )
    elif isinstance(error, httpx.ConnectTimeout):
        what = "no connection within 10 s"
    elif any(isinstance(each, ssl.SSLCertVerificationError) for each in causes):
        what, advice = "TLS: the certificate does not hold", _TLS
    elif any(isinstance(each, ssl.SSLError) for each in causes):
        what, advice = "TLS: no encrypted connection came about", _TLS
    elif any(isinstance(each, socket.gaierror) for each in causes):
        what = "the name of the authority's machine was not found"
        advice = "Look at this machine's name service (DNS) and its network."
    elif any(isinstance(each, ConnectionRefusedError) for each in causes):
        what = "the connection was refused"
    return errors.AuthorityUnreachableError(f"ncmec {call}: {what}, expected a connection", remedy=advice)


def no_answer(call: str, error: httpx.HTTPError) -> errors.AuthorityUncertainError:
    """Say how a call ended that did go out."""
    advice: str | None = errors.AuthorityUnreachableError.remedy
    match error:
        case httpx.ReadTimeout():
            what = "no answer within 60 s of sending"
        case httpx.WriteTimeout():
            what = "what was sent was not taken within 60 s"
        case httpx.RemoteProtocolError() if str(error).startswith(_BROKEN_OFF):
            what = "the connection ended before the whole answer was there"
        case httpx.RemoteProtocolError():
            what, advice = "what came is no HTTP", _BETWEEN
        case httpx.DecodingError():
            what, advice = "the answer is compressed and cannot be unpacked", _BETWEEN
        case _:
            what = "the connection broke after sending"
    return errors.AuthorityUncertainError(f"ncmec {call}: {what}, expected an answer", remedy=advice)


def unknown(call: str, status: int, content_type: str | None, body: bytes) -> errors.AuthorityError:
    """Say what an answer is that is no document with a known code; what it does by its status."""
    kind = _kind(content_type)
    what = _looks(body)
    is_page = what == _PAGE or kind in _PAGES
    message = (
        f"ncmec {call}: HTTP {status} with {kind}, {len(body)} bytes, {what}, expected a response document"
    )
    if status in {401, 403}:
        advice = f"{errors.AuthorityDeniedError.remedy} {_BETWEEN}" if is_page else None
        return errors.AuthorityDeniedError(message, remedy=advice)
    if status == 407:  # said by whoever stands in front, before the call was taken; so is the next
        return errors.AuthorityUnreachableError(message, remedy=_PROXY)
    if status == 429:
        return errors.AuthorityUnreachableError(message, remedy=_BUSY)
    is_of_another = status < 500 and (is_page or 300 <= status < 400)
    return errors.AuthorityUncertainError(message, remedy=_BETWEEN if is_of_another else None)


def _kind(content_type: str | None) -> str:
    named = (content_type or "").partition(";")[0].strip().lower()
    if not named:
        return "content of no named type"
    return named if named in _KINDS else "content of another type"


def _looks(body: bytes) -> str:
    start = body[:_LONGEST_START].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if not body:
        return "empty"
    if start.startswith((b"<!doctype html", b"<html")):
        return _PAGE
    try:
        parse(body)
    except errors.InputError:
        return "no whole XML document"
    return "XML without one clear answer code"


def _causes(error: BaseException) -> Iterator[BaseException]:
    found: BaseException | None = error
    while found is not None:
        yield found
        found = found.__cause__ or found.__context__
