"""A desk in the demo: a browser without scripts. It opens pages, fills their forms in and sends them, and keeps its cookie."""

from __future__ import annotations

from types import TracebackType
from typing import Self
from urllib.parse import urlencode

import httpx

from wardline.cli.demo.forms import Form, Page
from wardline.errors import DependencyError

_SECONDS = 30.0


class Desk:
    """One person in front of one browser. Use it in a ``with`` statement, or close it."""

    def __init__(self, address: str) -> None:
        self._address = address
        self._http = httpx.Client(base_url=address, timeout=_SECONDS, follow_redirects=True, trust_env=False)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Switch the browser off."""
        self._http.close()

    def open(self, path: str) -> Page:
        """Open a page."""
        return Page(_fine(self._http.get(path)).text)

    def picture(self, path: str) -> bytes:
        """Fetch a picture of the page."""
        return _fine(self._http.get(path)).content

    def send(self, form: Form, **chosen: str) -> Page:
        """Fill a form in, press its button, and go where that leads."""
        headers = {
            "Content-Type": "application/x-www-form-urlencoded", "Origin": self._address, "Sec-Fetch-Site": "same-origin",
        }  # fmt: skip
        content = urlencode(form.filled(chosen))
        return Page(_fine(self._http.post(form.action, content=content, headers=headers)).text)


def _fine(answer: httpx.Response) -> httpx.Response:
    if answer.status_code != 200:
        # Of the address only the path: ids, and no name that lets a picture be fetched after it was not.
        raise DependencyError(
            f"demo: {answer.request.method} {answer.request.url.path} answered {answer.status_code}, expected 200"
        )
    return answer
