"""What ``Wardline`` does with appeals and flags."""

from __future__ import annotations

from wardline import records
from wardline.pipeline import appealing, flagging
from wardline.pipeline.leaders import Leaders
from wardline.pipeline.lookup import Lookup
from wardline.pipeline.parts import Parts


class ComplaintActs:
    """Part of ``Wardline``: what people complain of."""

    parts: Parts
    _lookup: Lookup
    _leaders: Leaders

    def appeal(
        self, complaint: appealing.Complaint, *, api_key: records.ApiKey, idempotency_key: str | None = None
    ) -> records.Appeal:
        """Take an appeal against something that was done. See ``pipeline.appealing.receive``."""
        return appealing.receive(self.parts, complaint, api_key=api_key, idempotency_key=idempotency_key)

    def flag(
        self, flagged: flagging.Flagged, *, api_key: records.ApiKey, idempotency_key: str | None = None
    ) -> flagging.FlagTaken:
        """Take a flag on content. See ``pipeline.flagging.receive``."""
        return flagging.receive(
            self.parts, self._lookup, self._leaders, flagged, api_key=api_key, idempotency_key=idempotency_key
        )
