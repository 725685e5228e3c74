"""What a decision weighs on an account's record."""

from __future__ import annotations

import pytest

from wardline import enforcement
from wardline.records import Category, Finding, IncidentKind
from wardline.testing import store_records as make

LADDER = enforcement.Ladder(category_a=9, category_b=4)


@pytest.mark.parametrize(
    ("finding", "weight"),
    [
        (Finding(item_id="item-1", category=Category.A2), 9),
        (Finding(item_id="item-1", category=Category.B1), 4),
        (Finding(item_id="item-1", incident=IncidentKind.ENTICEMENT), 9),
        (Finding(item_id="item-1", incident=IncidentKind.MOLESTATION), 9),
        (Finding(item_id="item-1", incident=IncidentKind.UNSOLICITED), 4),
        (Finding(item_id="item-1", incident=IncidentKind.MISLEADING_WORDS), 4),
    ],
)
def test_an_incident_in_words_weighs_as_a_file_that_is_as_grave(finding: Finding, weight: int) -> None:
    assert LADDER.weight(make.decision(findings=(finding,))) == weight


def test_the_gravest_of_several_counts() -> None:
    several = tuple(
        Finding(item_id=f"item-{number}", category=category)
        for number, category in enumerate((Category.B1, Category.A1))
    )
    assert LADDER.weight(make.decision(findings=several)) == 9
