"""Finding a record by what somebody has in hand: a number from a letter, an id from a page."""

from __future__ import annotations

from typing import Protocol

from wardline import records


class FindingReader(Protocol):
    """Exact answers only: nothing is guessed from a part of what an account is called."""

    def cases_ending(self, ending: str, *, most: int) -> list[records.Case]:
        """Cases whose id ends like this, newest first."""
        ...

    def referrals_ending(self, ending: str, *, most: int) -> list[records.Referral]:
        """Likewise referrals."""
        ...

    def referrals_of_report(self, remote_id: str, *, most: int) -> list[records.Referral]:
        """Referrals that the authority knows by this number, newest first."""
        ...
