"""The reference of a report's fields is what the program does."""

from __future__ import annotations

from tests.house import repository
from tests.unit.ncmec import reference


def test_the_reference_of_the_fields_is_what_the_table_says() -> None:
    page = (repository.ROOT / "docs" / "reference" / "report-fields.md").read_text("utf-8")
    assert page == reference.text(), (
        "python -m tests.unit.ncmec.reference prints docs/reference/report-fields.md as it should be"
    )
