"""What the store tells of second opinions and of files with a known answer."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from wardline import records


class OpinionReader(Protocol):
    def opinions_of(self, case_id: str) -> list[records.Opinion]:
        """Oldest first."""
        ...

    def opinions_of_several(self, case_ids: Sequence[str]) -> dict[str, list[records.Opinion]]:
        """By case, oldest first; cases without any are left out."""
        ...

    def opinions_by(self, user_id: str, *, most: int) -> list[records.Opinion]:
        """One person's, newest first."""
        ...

    def opinions_settled(self, *, since: datetime, until: datetime, most: int) -> list[records.Opinion]:
        """Those about cases that were settled from ``since`` to before ``until``, newest settled first."""
        ...

    def golden_item(self, golden_id: str) -> records.GoldenItem: ...

    def golden_items(self) -> list[records.GoldenItem]:
        """Those that are in use, oldest first."""
        ...

    def golden_case_of(self, case_id: str) -> records.GoldenCase | None:
        """The showing that this case is; None for a case about somebody's account."""
        ...

    def golden_cases_of(self, golden_id: str) -> list[records.GoldenCase]:
        """Its showings, oldest first."""
        ...

    def golden_cases_for(self, user_id: str) -> list[records.GoldenCase]:
        """Showings that were made for this person or answered by them, oldest first."""
        ...
