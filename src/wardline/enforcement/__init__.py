"""Enforcement: which actions a route or a decision implies, strikes, when to try again, and how all of it is taken back."""

from wardline.enforcement.actions import after_decision, at_once, delivered, refused, restore, tried
from wardline.enforcement.reasons import (
    Facts,
    Promises,
    Statements,
    machine_statement,
    may_state,
    statement,
)
from wardline.enforcement.retries import ALARM_AFTER_ATTEMPTS, retry_delay
from wardline.enforcement.reversal import (
    Settlement,
    account_action,
    acts,
    hides_content,
    reversal_refused,
    reversal_tried,
    reverse,
    settle,
    taken_back,
    told,
    unjustified,
)
from wardline.enforcement.strikes import Ladder, by_sum, strike_of, total

__all__ = [
    "ALARM_AFTER_ATTEMPTS", "Facts", "Ladder", "Promises", "Settlement", "Statements", "account_action", "acts", "after_decision", "at_once", "by_sum", "delivered", "hides_content", "machine_statement", "may_state", "refused",
    "restore",
    "retry_delay", "reversal_refused", "reversal_tried", "reverse", "settle", "statement", "strike_of", "taken_back", "told", "total", "tried", "unjustified",
]  # fmt: skip
