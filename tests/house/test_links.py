"""Every link from one document to another leads somewhere."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.house import repository

_LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)(?:\s+\"[^\"]*\")?\)")
_OUTSIDE = re.compile(r"[a-z][a-z0-9+.-]*:")


def anchors_of(document: Path) -> set[str]:
    """The anchors that a Markdown reader makes from headings: lower case, punctuation away, hyphens for spaces."""
    headings = re.findall(r"^#{1,6}\s+(.+?)\s*$", repository.prose_of(document), flags=re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def broken_links(document: Path) -> Iterator[str]:
    for target in _LINK.findall(repository.prose_of(document)):
        if _OUTSIDE.match(target):
            continue
        place, _, anchor = target.partition("#")
        aim = (document.parent / place).resolve() if place else document
        if not aim.exists():
            yield f"{target}: no such file"
        elif anchor and aim.suffix == ".md" and anchor not in anchors_of(aim):
            yield f"{target}: no such heading"


@pytest.mark.parametrize("document", repository.documents(), ids=repository.name_of)
def test_every_link_inside_the_repository_leads_somewhere(document: Path) -> None:
    assert not list(broken_links(document))


def test_the_guard_sees_a_link_that_leads_nowhere(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text(
        "# One heading\n\n[a](missing.md), [b](#one-heading), [c](#no-such), [d](https://example.org/)\n",
        encoding="utf-8",
    )
    assert list(broken_links(page)) == ["missing.md: no such file", "#no-such: no such heading"]
