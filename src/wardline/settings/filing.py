"""How reports are filed, as far as an installation sets it: clocks, a second person, whom to telephone."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields

from wardline.referral import Clocks

REGION = re.compile("[A-Z]{2}")
_PHONE = re.compile(r"[+0-9][0-9 ()/.-]{1,30}")
_HOURS = (0.01, 8_760.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class EmergencySettings:
    phone: str
    """The number to call when a child may be in danger now: digits, spaces, and what stands between them."""
    words: str = ""
    """Whom that reaches, and what to say."""


def problems(clocks: Mapping[str, Clocks], emergency: Mapping[str, EmergencySettings]) -> Iterator[str]:
    """Say what of the tables that have regions for names cannot be worked with."""
    for section, names in (("region_clocks", clocks), ("emergency", emergency)):
        for region in names:
            if not REGION.fullmatch(region):
                yield f"referral.{section} has a key that is no region, expected two capital letters (ISO 3166-1)"
    low, high = _HOURS
    for region, chosen in clocks.items():
        for each in fields(chosen):
            if not low <= getattr(chosen, each.name) <= high:
                yield f"referral.region_clocks.{region}.{each.name} is outside its range, expected {low} to {high}"
    for region, number in emergency.items():
        if not _PHONE.fullmatch(number.phone):
            yield f"referral.emergency.{region}.phone is no telephone number, expected digits"
        if len(number.words) > 300 or not number.words.isprintable():
            yield f"referral.emergency.{region}.words are too long, expected one line of at most 300 characters"
