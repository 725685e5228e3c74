"""Where a form came from."""

from __future__ import annotations

from urllib.parse import urlsplit

from starlette.requests import Request

from wardline.errors import NotAllowedError


def require_own_form(request: Request) -> None:
    """Refuse a form that another site sent. Browsers name the origin of every POST."""
    origin = request.headers.get("origin")
    site = request.headers.get("sec-fetch-site", "same-origin")
    if site not in ("same-origin", "none") or (
        origin is not None and urlsplit(origin).netloc != request.headers.get("host")
    ):
        raise NotAllowedError("form: sent by another site, expected this one")
