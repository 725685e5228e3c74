"""The style sheet and the scripts: read once, sent compressed, and kept by the browser for as long as they stay what they are.

Pages are never compressed: they hold the form's token, and the length of an answer that is would tell of it (BREACH). These files hold
nothing of anybody's.
"""

from __future__ import annotations

import gzip
import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Mount, Route, Router

_FOLDER = Path(__file__).parent / "static"
_PLACE = "/static"
_TYPES = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
    ".LICENSE": "text/plain; charset=utf-8",
}
_COMMENT = re.compile(rb"^[ \t]*//.*\n", re.MULTILINE)
"""A line that is for whoever reads the source: a page has only so many bytes."""
_DIGEST_CHARACTERS = 16
_FOR_GOOD = "public, max-age=31536000, immutable"
_ASK_EACH_TIME = "no-cache"


@dataclass(frozen=True, slots=True)
class StaticFile:
    """One file, in the two forms in which it is sent."""

    media_type: str
    plain: bytes
    compressed: bytes
    digest: str
    """Changes with the content, and with nothing else."""

    def etag(self, *, compressed: bool) -> str:
        """Give the strong tag of a form: the two differ byte for byte, so their tags do. Source: RFC 9110, section 8.8.3.3."""
        return f'"{self.digest}-gzip"' if compressed else f'"{self.digest}"'


@cache
def files() -> Mapping[str, StaticFile]:
    """Give every file by its name. Nothing else is ever sent, so no address leads out of the folder."""
    return {path.name: _read(path) for path in sorted(_FOLDER.iterdir()) if path.suffix in _TYPES}


def address(name: str) -> str:
    """Give the address of a file as it is now; the next version has another one."""
    return f"{_PLACE}/{name}?v={files()[name].digest}"


def route() -> Mount:
    """Make the route to the files."""
    return Mount(_PLACE, app=Router([Route("/{name}", answer, methods=["GET"])], redirect_slashes=False))


def answer(request: Request) -> Response:
    """Give a file. Under the address with its digest it may be kept for good, under any other it is asked for each time."""
    file = files().get(request.path_params["name"])
    if file is None:
        raise HTTPException(404)
    compressed = takes_gzip(request.headers.get("accept-encoding", ""))
    tag = file.etag(compressed=compressed)
    is_exact = request.query_params.get("v") == file.digest
    headers = {
        "ETag": tag,
        "Cache-Control": _FOR_GOOD if is_exact else _ASK_EACH_TIME,
        "Vary": "Accept-Encoding",
    }
    if _is_known(request.headers.get("if-none-match", ""), tag):
        return Response(status_code=304, headers=headers)
    if compressed:
        headers["Content-Encoding"] = "gzip"
    return Response(
        file.compressed if compressed else file.plain, media_type=file.media_type, headers=headers
    )


def takes_gzip(accepted: str) -> bool:
    """Say whether a caller takes gzip, by its ``Accept-Encoding``. Source: RFC 9110, section 12.5.3."""
    weights = dict(_weight(each) for each in accepted.split(","))
    return weights.get("gzip", weights.get("*", 0.0)) > 0


def _weight(coding: str) -> tuple[str, float]:
    name, _, parameters = coding.partition(";")
    key, _, value = parameters.partition("=")
    try:
        weight = float(value) if key.strip().lower() == "q" else 1.0
    except ValueError:
        weight = 0.0  # unreadable: the plain form is never wrong
    return name.strip().lower(), weight


def _is_known(sent: str, tag: str) -> bool:
    """Compare weakly, as is right for this header. Source: RFC 9110, section 13.1.2."""
    return any(each.strip().removeprefix("W/") in (tag, "*") for each in sent.split(","))


def _read(path: Path) -> StaticFile:
    content = path.read_bytes()
    if path.suffix == ".js":
        content = _COMMENT.sub(b"", content)
    return StaticFile(
        media_type=_TYPES[path.suffix],
        plain=content,
        compressed=gzip.compress(content, mtime=0),
        digest=hashlib.sha256(content).hexdigest()[:_DIGEST_CHARACTERS],
    )
