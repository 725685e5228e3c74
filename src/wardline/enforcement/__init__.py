"""Enforcement: which actions a route or a decision implies, and when to try again."""

from wardline.enforcement.actions import after_decision, at_once, delivered, refused, restore, tried
from wardline.enforcement.retries import ALARM_AFTER_ATTEMPTS, retry_delay

__all__ = [
    "ALARM_AFTER_ATTEMPTS",
    "after_decision",
    "at_once",
    "delivered",
    "refused",
    "restore",
    "retry_delay",
    "tried",
]
