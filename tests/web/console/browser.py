"""A browser without scripts: cookies, links, forms, nothing else."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import urlencode

import httpx

from tests.web.client import Api
from wardline import records
from wardline.pipeline import people
from wardline.records import Role
from wardline.testing.harness import Line

PASSWORD = "a long enough password"
HOST = "http://wardline.test"


@dataclass
class Form:
    """One form of a page: where it goes and what it would send as it stands."""

    action: str
    method: str
    fields: dict[str, str] = field(default_factory=dict)


class _Reader(HTMLParser):
    """Reads forms as they would be sent: what is ticked, chosen and written."""

    def __init__(self) -> None:
        super().__init__()
        self.forms: list[Form] = []
        self.links: list[str] = []
        self.images: list[str] = []
        self._writing: str | None = None
        self._choosing: str | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.forms.append(Form(given["action"], given.get("method", "get")))
        elif tag == "a":
            self.links.append(given.get("href", ""))
        elif tag == "img":
            self.images.append(given["src"])
        elif self.forms and "name" in given:
            self._field(tag, given)
        elif tag == "option" and self._choosing and ("selected" in given or not self._now[self._choosing]):
            self._now[self._choosing] = given["value"]

    def _field(self, tag: str, given: dict[str, str]) -> None:
        if tag == "input" and (given.get("type") not in ("radio", "checkbox") or "checked" in given):
            self._now[given["name"]] = given.get("value", "")
        elif tag in ("textarea", "select"):
            self._now[given["name"]] = ""
            self._writing = given["name"] if tag == "textarea" else None
            self._choosing = given["name"] if tag == "select" else None

    def handle_data(self, data: str) -> None:
        if self._writing:
            self._now[self._writing] += data

    def handle_endtag(self, tag: str) -> None:
        if tag in ("textarea", "select"):
            self._writing = self._choosing = None

    @property
    def _now(self) -> dict[str, str]:
        return self.forms[-1].fields


def read(text: str) -> _Reader:
    """Read a page."""
    reader = _Reader()
    reader.feed(text)
    return reader


@dataclass
class Seen:
    """An answer as the person sees it."""

    answer: httpx.Response

    @property
    def status(self) -> int:
        return self.answer.status_code

    @property
    def text(self) -> str:
        return self.answer.text

    def _read(self) -> _Reader:
        return read(self.text)

    @property
    def forms(self) -> list[Form]:
        return self._read().forms

    @property
    def links(self) -> list[str]:
        return self._read().links

    @property
    def images(self) -> list[str]:
        return self._read().images

    def form(self, action: str) -> Form:
        """Find the form whose action ends like this."""
        return next(form for form in self.forms if re.search(action + "$", form.action))


@dataclass
class Browser:
    """One person at one desk."""

    api: Api
    cookies: dict[str, str] = field(default_factory=dict)

    def get(self, path: str) -> Seen:
        """Open a page, following redirects."""
        return self._follow(self._send("GET", path))

    def send(self, form: Form, **fields: str) -> Seen:
        """Send a form, with some fields filled in."""
        return self.post(form.action, {**form.fields, **fields})

    def post(self, path: str, fields: dict[str, str], **headers: str) -> Seen:
        """Send fields as a form."""
        sent = {
            "Content-Type": "application/x-www-form-urlencoded", "Origin": HOST, "Sec-Fetch-Site": "same-origin", **headers,
        }  # fmt: skip
        return self._follow(self._send("POST", path, content=urlencode(fields), headers=sent))

    def request(
        self, method: str, path: str, headers: dict[str, str], fields: dict[str, str] | None = None
    ) -> httpx.Response:
        """Send anything, following nothing."""
        content = urlencode(fields) if fields else None
        return self._send(method, path, headers=headers, content=content)

    @staticmethod
    def read(answer: httpx.Response) -> _Reader:
        """Read a page's links, forms and pictures."""
        return read(answer.text)

    def sign_in(self, name: str, password: str = PASSWORD) -> Seen:
        """Sign in by the form."""
        return self.send(self.get("/sign-in").form("/sign-in"), name=name, password=password)

    def _follow(self, answer: httpx.Response) -> Seen:
        for _ in range(5):
            if answer.status_code != 303:
                return Seen(answer)
            answer = self._send("GET", answer.headers["location"])
        raise AssertionError("too many redirects")

    def _send(self, method: str, path: str, **request: object) -> httpx.Response:
        headers = dict(request.pop("headers", {}) or {})  # type: ignore[call-overload]  # whatever a test gives
        if self.cookies:
            headers["Cookie"] = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        answer = self.api.send(method, path, headers=headers, **request)
        for name, value in answer.cookies.items():
            self.cookies[name] = value
        if 'wardline_session=""' in answer.headers.get("set-cookie", ""):
            self.cookies.pop("wardline_session", None)
        return answer


def somebody(line: Line, name: str = "mika", role: Role = Role.MODERATOR) -> records.User:
    """Add a person who can sign in."""
    return people.create_user(line.parts, name, role, PASSWORD)
