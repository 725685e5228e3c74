"""Caps: what people do wrong is measured first, and the machine may add a small part of it."""

from __future__ import annotations

from dataclasses import dataclass

from wardline.errors import InputError
from wardline.kernels import binomial

SHARE_OF_HUMAN_ERROR = 0.1
"""The machine may add a tenth of what people are known to do wrong at least."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HumanError:
    """How often people were wrong where the truth is adjudicated: on items that no threshold is chosen with."""

    wrong: int
    """Missed violations, or innocent items that were held for one."""
    trials: int
    """Items of that truth which a person judged without knowing the score or another's answer."""

    def __post_init__(self) -> None:
        if not 0 <= self.wrong <= self.trials or self.trials == 0:
            raise InputError(f"human error: {self.wrong} of {self.trials}, expected 0 to all of at least one")


def cap_from(people: HumanError, *, policy: float, error_level: float = 0.05) -> float:
    """Derive a cap: the policy's, or a tenth of the lower limit of the human error where that is less.

    A cap from the point estimate would be loosened by chance; with no human error on record the cap is 0, and nothing is certified.

    Args:
        people: What was measured.
        policy: The largest cap that the operator allows, above 0 and below 1.
        error_level: How often the lower limit may be above the true human error.

    Returns:
        A probability; 0 when nothing may be added.
    """
    for name, value in (("policy cap", policy), ("error level", error_level)):
        if not 0 < value < 1:
            raise InputError(f"{name}: {value}, expected above 0 and below 1")
    low = float(binomial.lower_limit(people.wrong, people.trials, error=error_level))
    return min(policy, SHARE_OF_HUMAN_ERROR * low)
