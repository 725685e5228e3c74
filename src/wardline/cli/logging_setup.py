"""Logs: JSON lines on stderr. They hold ids and codes, never content, addresses, account names, hashes or secrets."""

from __future__ import annotations

import logging
import sys
import traceback
from collections.abc import MutableMapping
from typing import Any, TextIO, cast

import structlog

INFO, WARNING = logging.INFO, logging.WARNING
_MASKED = (
    "password",
    "secret",
    "token",
    "key",
    "authorization",
    "url",
    "address",
    "account",
    "content",
    "hash",
)
_MOST_CHARACTERS = 200


def configure(least: int = INFO) -> None:
    """Send the logs of Wardline and of the libraries to stderr, one JSON object a line; of Wardline's own, ``least`` and graver."""
    shared: list[Any] = [
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    ending: list[Any] = [without_traceback, masked, structlog.processors.JSONRenderer()]
    structlog.configure(
        processors=[*shared, *ending], wrapper_class=structlog.make_filtering_bound_logger(least),
        logger_factory=structlog.PrintLoggerFactory(cast("TextIO", _Stderr())), cache_logger_on_first_use=True,
    )  # fmt: skip
    formatter = structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=[*shared, structlog.stdlib.add_logger_name, first_line],
        processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *ending],
    )
    handler = logging.StreamHandler(_Stderr())
    handler.setFormatter(formatter)
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.WARNING)


def quiet() -> None:
    """Let a verb that ends by itself tell of warnings only, on stderr: its standard output is its answer. Once configured it stays so."""
    if not structlog.is_configured():
        structlog.configure(
            wrapper_class=structlog.make_filtering_bound_logger(WARNING),
            logger_factory=structlog.PrintLoggerFactory(cast("TextIO", _Stderr())),
        )


class _Stderr:
    """Whatever is standard error at the moment: a logger that was made once outlives a stream that was put in its place.

    No class of ``io``: those are flushed when they go, and at the end of the interpreter there is no standard error any more. From Python 3.13 on that is told on stderr.
    """

    def write(self, text: str) -> int:
        return sys.stderr.write(text)

    def flush(self) -> None:
        sys.stderr.flush()


def first_line(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Keep the first line of a library's message, for the lines below may quote data."""
    text = str(event.get("event", ""))
    event["event"] = text.partition("\n")[0][:_MOST_CHARACTERS]
    return event


def without_traceback(
    _logger: Any, _method: str, event: MutableMapping[str, Any]
) -> MutableMapping[str, Any]:
    """Keep an exception's type and where it was raised; its text may quote data."""
    raised = event.pop("exc_info", None)
    if raised is True:
        raised = sys.exc_info()
    error = raised[1] if isinstance(raised, tuple) else raised
    if isinstance(error, BaseException):
        frames = traceback.extract_tb(error.__traceback__)[-5:]
        event["exception"] = type(error).__name__
        event["raised_at"] = [
            f"{frame.filename.rpartition('/')[2]}:{frame.lineno} {frame.name}" for frame in frames
        ]
    return event


def masked(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Take out values whose names say that they do not belong in a log, should one ever be given."""
    for name in event:
        if name != "event" and any(word in name.lower() for word in _MASKED):
            event[name] = "(left out)"
    return event
