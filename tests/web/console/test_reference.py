from __future__ import annotations

from tests.house import repository
from tests.web.console import reference


def test_the_reference_of_the_console_is_what_the_routes_say() -> None:
    page = (repository.ROOT / "docs" / "reference" / "console.md").read_text("utf-8")
    assert page == reference.text(), (
        "python -m tests.web.console.reference prints docs/reference/console.md as it should be"
    )


def test_every_page_says_what_it_does() -> None:
    assert [row for row in reference.rows() if row.endswith("|  |")] == []
