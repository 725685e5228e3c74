"""Each address that a template of the console writes is one that the console answers: a button that leads nowhere is found before anybody presses it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from starlette.routing import compile_path

from wardline.web.console import rendering
from wardline.web.console.building import PAGES

TEMPLATES = sorted((Path(rendering.__file__).parent / "templates").glob("*.jinja"))
_FORMS = re.compile(r'<form\b[^>]*?\baction="(/[^"]*)"([^>]*)>')
_SENT = re.compile(r'(?:formaction|hx-post)="(/[^"]*)"')
_POSTED = re.compile(r"parts\.post\(([^,]+),")
_LINKS = re.compile(r'hx-get="(/[^"]*)"|href="(/[^"]*)"')
_BLOCK = re.compile(r"\{%.*?%\}")
_VALUE = re.compile(r"\{\{.*?\}\}")
_ELSEWHERE = ("/static/", "/sign-in", "/sign-out", "/theme")
"""What is answered before anybody has a session: test_coming_in walks through it."""


def written(text: str) -> set[tuple[str, str]]:
    """Give what a template asks for: the method, and the address with an ``x`` in the place of each value."""
    found = {("GET" if 'method="get"' in rest else "POST", each) for each, rest in _FORMS.findall(text)}
    found |= {("POST", each) for each in _SENT.findall(text)}
    found |= {("GET", next(filter(None, each))) for each in _LINKS.findall(text)}
    found |= {("POST", _put_together(each)) for each in _POSTED.findall(text)}
    return {(method, _VALUE.sub("x", _BLOCK.sub("", address))) for method, address in found}


def _put_together(expression: str) -> str:
    """Read what is put together of texts and values, as in ``"/cases/" ~ case.id ~ "/pass"``."""
    return "".join(
        part.strip().strip('"') if part.strip().startswith('"') else "x" for part in expression.split("~")
    )


def leads_somewhere(method: str, address: str) -> bool:
    path = address.split("?", 1)[0].split("#", 1)[0]
    if path.startswith(_ELSEWHERE):
        return True
    pages = [each.path for each in PAGES if each.method == method]
    if path.startswith("x"):  # its beginning is given to the template
        return any(each.endswith(path[1:]) for each in pages)
    return any(compile_path(each)[0].match(path) for each in pages)


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: path.name)
def test_what_a_template_leads_to_is_there(template: Path) -> None:
    lost = [each for each in sorted(written(template.read_text("utf-8"))) if not leads_somewhere(*each)]
    assert lost == []


def test_a_button_that_leads_nowhere_would_be_found() -> None:
    (asked,) = written('{{ parts.post("/cases/" ~ case.id ~ "/return", "Pass it on", csrf, "btn") }}')
    assert asked == ("POST", "/cases/x/return")
    assert not leads_somewhere(*asked)
    assert leads_somewhere("POST", "/cases/x/pass")
