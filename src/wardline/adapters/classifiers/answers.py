"""A request as a detector wants it, and what of its answer counts."""

from __future__ import annotations

import base64
import json
from typing import Any

from wardline.adapters.classifiers.options import PICTURE, Options, Send

_PNG = b"\x89PNG\r\n\x1a\n"


class NoAnswer(Exception):  # noqa: N818 -- it never leaves this folder
    """What came back is no answer. The text is a fixed phrase."""


def request(options: Options, picture: bytes) -> dict[str, Any]:
    """Make the part of a request that holds the picture, as ``httpx`` takes it. No name of a file, an account or a case goes with it."""
    kind = "image/png" if picture.startswith(_PNG) else "application/octet-stream"
    match options.send:
        case Send.BODY:
            return {"content": picture, "headers": {"Content-Type": kind}}
        case Send.FIELD:
            return {"files": {options.field: ("picture", picture, kind)}}
        case Send.JSON:
            document = _filled(options.template, base64.b64encode(picture).decode("ascii"))
            return {"json": document}


def _filled(document: Any, picture: str) -> Any:
    match document:
        case str():
            return document.replace(PICTURE, picture)
        case list():
            return [_filled(each, picture) for each in document]
        case dict():
            return {key: _filled(each, picture) for key, each in document.items()}
        case _:
            return document


def read(body: bytes) -> Any:
    """Read an answer; ``NoAnswer`` for what is not JSON as RFC 8259 has it: there is no NaN in it."""
    try:
        return json.loads(body, parse_constant=_no_number)
    except (ValueError, RecursionError):
        raise NoAnswer("answered with something that is not JSON") from None


def score_of(document: Any, pointer: str) -> float:
    """Give the number that a pointer leads to."""
    found = at(document, pointer)
    if isinstance(found, bool) or not isinstance(found, int | float):
        raise NoAnswer("answered without a score where it should be")
    try:
        return float(found)
    except OverflowError:
        raise NoAnswer("answered without a score where it should be") from None


def version_of(document: Any, pointer: str) -> str:
    """Give the version that a pointer leads to, as text."""
    found = at(document, pointer)
    if isinstance(found, bool) or not isinstance(found, int | float | str):
        raise NoAnswer("answered without its version where it should be")
    return str(found)


def at(document: Any, pointer: str) -> Any:
    """Follow a JSON pointer; None where it leads nowhere. Source: RFC 6901, section 4."""
    found = document
    for token in pointer.split("/")[1:]:
        name = token.replace("~1", "/").replace("~0", "~")
        if isinstance(found, dict) and name in found:
            found = found[name]
        elif isinstance(found, list) and name.isascii() and name.isdigit() and int(name) < len(found):
            found = found[int(name)]
        else:
            return None
    return found


def _no_number(text: str) -> Any:
    raise ValueError(text)
