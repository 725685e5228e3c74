"""The platform's policy: what each kind of signal leads to."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from wardline.errors import ConfigurationError


class Response(StrEnum):
    """What a signal may lead to. There is no response that releases: a signal always reaches a person."""

    REVIEW = "review"
    """A person decides; the content stays up meanwhile."""
    ACT = "act"
    """Restrict at once, reversibly, and let a person decide."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """From ``[triage]`` in wardline.toml."""

    verified_match: Response = Response.ACT
    unverified_match: Response = Response.REVIEW

    def __post_init__(self) -> None:
        if self.unverified_match is Response.ACT:
            raise ConfigurationError(
                "triage.unverified_match: act, expected review",
                remedy="Only a verified list may restrict content before a person looked.",
            )
