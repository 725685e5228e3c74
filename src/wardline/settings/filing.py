"""How reports are filed, as far as an installation sets it: clocks, a second person, whom to telephone."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from pathlib import Path

from wardline.referral import Clocks, Duty

REGION = re.compile("[A-Z]{2}")
_PHONE = re.compile(r"[+0-9][0-9 ()/.-]{1,30}")
_LONGEST_LINE = 300
_HOURS = (0.01, 8_760.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class EmergencySettings:
    phone: str
    """The number to call when a child may be in danger now: digits, spaces, and what stands between them."""
    words: str = ""
    """Whom that reaches, and what to say."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PackSettings:
    recipient_key_file: Path | None = None
    """The receiver's X25519 public key (PEM); without one its packs hold hashes and no file."""
    label: str = ""
    """What the receiver is called on the pack; empty: as its adapter says."""
    basis: str = ""
    """The law by which it is owed, as the pack says it. Counsel must confirm it."""


def duty_problems(
    authority: str | None, packs: Mapping[str, PackSettings], duties: Mapping[str, Duty]
) -> Iterator[str]:
    """Say what of the rules of regions cannot be worked with."""
    known = {*packs, *([authority] if authority else [])}
    for name, pack in packs.items():
        if not all(_is_line(text) for text in (pack.label, pack.basis)):
            yield f"referral.packs.{name} has a label or basis that is too long, expected one line of at most 300 characters"
    for region, duty in duties.items():
        where = f"referral.duties.{region}"
        if not REGION.fullmatch(region):
            yield "referral.duties has a key that is no region, expected two capital letters (ISO 3166-1)"
        if not duty.receivers:
            yield f"{where}.receivers is empty, expected a receiver: no rule says that nothing is owed"
        if not known.issuperset({*duty.receivers, *duty.reported_elsewhere}):
            yield f"{where} names a receiver that is none, expected [referral] authority or one of [referral.packs]"
        if not _is_line(duty.basis):
            yield f"{where}.basis is too long, expected one line of at most 300 characters"


def _is_line(text: str) -> bool:
    return len(text) <= _LONGEST_LINE and text.isprintable()


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
