"""What the store says of reports on their way: their clocks, what people added to them, how complete they were."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Protocol

from wardline import records


class FilingReader(Protocol):
    def facts_of(self, case_id: str) -> list[records.Fact]:
        """Oldest first."""
        ...

    def due_referrals(self, priority: records.Priority, *, most: int) -> list[records.Referral]:
        """Those of a priority whose clock runs, neither finished, withdrawn nor joined to another; what is due first comes first."""
        ...

    def unchecked_referrals(self, *, most: int) -> list[records.Referral]:
        """Finished ones that a second person shall look at and has not; what is due first comes first."""
        ...

    def referrals_known_as(
        self, authority: str, environment: str, *, remote_id: str, reference: str
    ) -> list[records.Referral]:
        """Those to a receiver, in one of its systems, that have this id there, or this reference as references are compared; by id. Such as are
        in the report of another one are not given beside it."""
        ...

    def completeness_of(self, since: datetime, until: datetime) -> Mapping[int, int]:
        """How many reports were finished from ``since`` to before ``until``, by how complete they were, 0 to 100. Corrections, which say one thing
        and have nothing to lack, are left out."""
        ...

    def unopened_copies(self, file_id: str, *, most: int) -> list[records.Referral]:
        """Reports of which nothing was sent, as far as their state shows, and that neither joined another nor correct one, of cases about files
        that are the same byte for byte: those of one ``ClusterFile``. Oldest first."""
        ...
