"""The bounds of every setting that is a number."""

from __future__ import annotations

from collections.abc import Mapping

RANGES: Mapping[str, tuple[float, float]] = {
    "server.port": (0, 65_535),
    "server.low_trust_answer_ms": (0, 60_000),
    "intake.max_bytes": (1, 2**31),
    "intake.max_pixels": (1, 2**31),
    "intake.max_frames": (1, 1_000_000),
    "intake.decode_seconds": (0.01, 600),
    "intake.decode_workers": (1, 1024),
    "matching.list_stale_hours": (1, 87_600),
    "matching.list_change_percent": (0, 10_000),
    "matching.entry_daily_matches": (1, 1_000_000_000),
    "matching.look_back_days": (0, 3_650),
    "matching.exchanges.interval_minutes": (1, 43_200),
    "review.lease_minutes": (0.01, 1440),
    "review.undo_seconds": (0, 86_400),
    "review.look_ahead_hours": (0.01, 87_600),
    "review.oldest_percent": (0, 100),
    "review.weights.severity_a": (0, 1_000_000),
    "review.weights.severity_b": (0, 1_000_000),
    "review.weights.severity_other": (0, 1_000_000),
    "review.weights.delay_a": (0, 1_000_000),
    "review.weights.delay_b": (0, 1_000_000),
    "review.weights.wrongful_restriction": (0, 1_000_000),
    "review.weights.restricted_exposure_percent": (0, 100),
    "review.weights.views_per_hour": (0, 1_000_000),
    "review.weights.private_views_per_hour": (0, 1_000_000),
    "review.wellbeing.shift_gap_hours": (3, 72),
    "review.wellbeing.most_views": (0, 1_000_000),
    "review.wellbeing.most_seconds": (0, 86_400),
    "review.wellbeing.most_severe_in_a_row": (0, 1_000_000),
    "review.wellbeing.views_before_break": (0, 1_000_000),
    "review.wellbeing.minutes_before_break": (0, 1440),
    "review.wellbeing.break_minutes": (1, 120),
    "review.wellbeing.severe_before_rotation": (0, 1_000_000),
    "review.wellbeing.weight_a": (0, 1000),
    "review.wellbeing.weight_b": (0, 1000),
    "preservation.provisional_days": (0, 36_500),
    "preservation.after_filing_days": (365, 36_500),
    "preservation.after_clearance_days": (0, 3_650),
    "preservation.unlink_after_clearance_days": (0, 3_650),
    "alarms.min_free_bytes": (0, 2**62),
}
"""Smallest and largest value of every setting that is a number."""
