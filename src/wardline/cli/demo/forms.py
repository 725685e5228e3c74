"""What the demo's people read of a page: its forms, its pictures, and the paragraphs at its head.

A person reads what they need, and so does this: a page is searched, and only the piece that is asked for is parsed.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from html import unescape
from html.parser import HTMLParser

_FORM = re.compile(r"<form\b.*?</form>", re.DOTALL)
_ACTION = re.compile(r'<form\b[^>]*?\baction="([^"]*)"')
_PICTURE = re.compile(r'<img\b[^>]*?\bsrc="([^"]*)"')
_HEAD = re.compile(r'<div class="page-head">.*?</div>', re.DOTALL)
_CHOICES = ("radio", "checkbox")
_BUTTONS = ("submit", "button", "reset", "image")


@dataclass(slots=True)
class Form:
    """One form of a page."""

    action: str
    fields: list[tuple[str, str]] = field(default_factory=list)
    """What it sends as it stands; choices that nobody made are not in it."""

    def value(self, name: str) -> str:
        """Give a field as it stands; empty when the form does not have it."""
        return next((value for each, value in self.fields if each == name), "")

    def filled(self, chosen: Mapping[str, str]) -> list[tuple[str, str]]:
        """Give what is sent once some fields were filled in."""
        return [(name, value) for name, value in self.fields if name not in chosen] + list(chosen.items())


@dataclass(frozen=True, slots=True)
class Page:
    """A page as it was served."""

    text: str

    @property
    def reasons(self) -> str:
        """Why a case is here: the paragraphs at the head of its page."""
        head = _HEAD.search(self.text)
        if head is None:
            return ""
        reader = _Paragraphs()
        reader.feed(head.group())
        return " ".join(" ".join(reader.found).split())

    def forms(self, action: str) -> list[Form]:
        """Find the forms whose action ends with a pattern."""
        found = []
        for piece in _FORM.findall(self.text):
            named = _ACTION.match(piece)
            if named and re.search(f"{action}$", unescape(named[1])):
                reader = _Controls(Form(unescape(named[1])))
                reader.feed(piece)
                found.append(reader.form)
        return found

    def pictures(self, folder: str) -> list[str]:
        """Find the pictures whose address starts like this."""
        return [
            address for address in map(unescape, _PICTURE.findall(self.text)) if address.startswith(folder)
        ]


class _Paragraphs(HTMLParser):
    """Reads paragraphs, but for the crumb that leads back."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self._inside = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "p" and dict(attrs).get("class") != "crumb":
            self._inside = True
            self.found.append("")

    def handle_endtag(self, tag: str) -> None:
        if tag == "p":
            self._inside = False

    def handle_data(self, data: str) -> None:
        if self._inside:
            self.found[-1] += data


class _Controls(HTMLParser):
    """Reads what a form sends as it stands, as by pressing its first button."""

    def __init__(self, form: Form) -> None:
        super().__init__()
        self.form = form
        self._pressed = False
        self._select = ""
        self._written = ""
        """The name of the text area that is being read."""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        name, kind = given.get("name", ""), given.get("type", "")
        match tag:
            case "button" if kind in ("", "submit") and not self._pressed:
                self._pressed = True
                if name:
                    self._add(name, given.get("value", ""))
            case "input" if name and kind not in _BUTTONS and (kind not in _CHOICES or "checked" in given):
                self._add(name, given.get("value", "on" if kind in _CHOICES else ""))
            case "textarea" if name:
                self._written = name
                self._add(name, "")
            case "select":
                self._select = name
            case "option" if "selected" in given:
                self._add(self._select, given.get("value", ""))

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea":
            self._written = ""

    def handle_data(self, data: str) -> None:
        if self._written:
            self.form.fields[-1] = (self._written, self.form.fields[-1][1] + data)

    def _add(self, name: str, value: str) -> None:
        self.form.fields.append((name, value))
