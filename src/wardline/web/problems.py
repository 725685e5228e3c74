"""Errors as RFC 9457 problems: one table from the kind of error to the status."""

from __future__ import annotations

from typing import Any

from fastapi import Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse, Response

from wardline import errors

TYPE_PREFIX = "https://wardline.invalid/problems/"
"""A name, not an address: the last part is the error's stable code."""

_STATUS: tuple[tuple[type[errors.WardlineError], int], ...] = (
    # Leaves before kinds: the first that fits is taken.
    (errors.NotAuthenticatedError, 401),
    (errors.RateLimitedError, 429),
    (errors.NotFoundError, 404),
    (errors.TooLargeError, 413),
    (errors.IdempotencyMismatchError, 422),
    (errors.StorageFullError, 507),
    (errors.InputError, 400),
    (errors.ConflictError, 409),
    (errors.RefusedError, 403),
    (errors.DependencyError, 503),
    (errors.ConfigurationError, 500),
    (errors.IntegrityError, 500),
)
INTERNAL = ("internal", "Internal error.", "Something failed that should not. Nothing was released.")
"""Code, title and detail of what nobody foresaw."""

_OF_STATUS = {
    404: ("not-found", "There is nothing under this address.", "docs/reference/http.md names every route."),
    408: (
        "request-timeout",
        "The body did not arrive in time.",
        "Send it again, over a faster line or in smaller files.",
    ),
    405: (
        "method-not-allowed",
        "This address does not take this method.",
        "docs/reference/http.md names every route.",
    ),
}
_NOT_OURS = frozenset({"extra_forbidden", "unexpected_keyword_argument"})
"""Pydantic's words for a field that a form, or a record in it, does not have."""
_RETRY_SECONDS = {429: "1", 503: "5", 507: "60"}


def status_of(error: errors.WardlineError) -> int:
    """Give the HTTP status of an error."""
    return next((status for kind, status in _STATUS if isinstance(error, kind)), 500)


def problem(status: int, code: str, title: str, detail: str) -> Response:
    """Make a problem document."""
    headers = {"Cache-Control": "no-store"}
    if status in _RETRY_SECONDS:
        headers["Retry-After"] = _RETRY_SECONDS[status]
    if status == 401:
        headers["WWW-Authenticate"] = 'Bearer realm="wardline"'
    body = {"type": TYPE_PREFIX + code, "title": title, "status": status, "detail": detail}
    return JSONResponse(body, status_code=status, headers=headers, media_type="application/problem+json")


def of(error: Exception) -> Response:
    """Answer a Wardline error. Messages hold ids only, so they may be shown to the caller."""
    if not isinstance(error, errors.WardlineError):
        return problem(500, *INTERNAL)
    return problem(status_of(error), error.code, error.message, error.advice)


def of_error(_request: Request, error: Exception) -> Response:
    """Do the same as a handler of the framework's."""
    return of(error)


def of_http(_request: Request, error: Exception) -> Response:
    """Answer what the framework refused: an unknown address, another method, a body that broke off or grew over its cap."""
    return of_refusal(error)


def of_refusal(error: Exception) -> Response:
    """Do the same without a request."""
    if isinstance(error.__cause__, errors.WardlineError):
        return of(error.__cause__)
    if not isinstance(error, HTTPException):
        return of(error)
    unreadable = (errors.InputError.code, "The request cannot be read.", errors.InputError.remedy)
    answer = problem(error.status_code, *_OF_STATUS.get(error.status_code, unreadable))
    answer.headers.update(error.headers or {})
    return answer


def of_validation(request: Request, error: Exception) -> Response:
    """Answer a body or parameter of the wrong form: names the fields, never their values."""
    if not isinstance(error, RequestValidationError):
        return of_error(request, error)
    places = sorted({f"{field_of(each)}: {each['type']}" for each in error.errors()})
    # A name that the caller made up may hold halves of characters, which no answer can carry.
    detail = "; ".join(places)[:1000].encode("ascii", "replace").decode()
    return problem(400, errors.InputError.code, "The request is not of the expected form.", detail)


def field_of(error: Any) -> str:
    """Name the field that one of pydantic's errors is about, as our forms know it: a name that the caller made up may be anybody's and is not repeated."""
    known = [str(part) for part in error["loc"]]
    if error["type"] in _NOT_OURS and known:
        known[-1] = "(a field that is not known)"
    return ".".join(known)
