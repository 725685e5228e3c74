"""How reports are filed, as far as an installation sets it: clocks, a second person, whom to telephone."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from datetime import date
from pathlib import Path
from typing import Any

from wardline.referral import Agreement, Clocks, Duty

REGION = re.compile("(?!UK)[A-Z]{2}")
"""An upload's ``"UK"`` is taken for ``"GB"``; a rule under the wrong one of the two would hold for nobody."""
_PHONE = re.compile(r"[+0-9][0-9 ()/.-]{1,30}")
_LONGEST_LINE = 300
_HOURS = (0.01, 8_760.0)
_LONGEST_WAIT_HOURS = 24.0
_DUTY_BY_LAW = frozenset({"US", "GB"})
"""Where we read that the law asks for a report: 18 USC 2258A; Online Safety Act 2023, section 66."""


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
            yield "referral.duties has a key that is no region, expected two capital letters (ISO 3166-1; the United Kingdom is GB)"
        if not duty.receivers:
            yield f"{where}.receivers is empty, expected a receiver: no rule says that nothing is owed"
        if not known.issuperset({*duty.receivers, *duty.reported_elsewhere}):
            yield f"{where} names a receiver that is none, expected [referral] authority or one of [referral.packs]"
        if not _is_line(duty.basis):
            yield f"{where}.basis is too long, expected one line of at most 300 characters"


def batch_problems(
    authority: str | None, batches: Mapping[str, Agreement], duties: Mapping[str, Duty]
) -> Iterator[str]:
    """Say what of the agreements about batched reports cannot be worked with, or would keep back what somebody owes."""
    for name, agreed in batches.items():
        where = f"referral.viral_batches.{name}"
        if name != authority:
            yield f"{where} is not where reports go, expected [referral] authority"
        if not agreed.agreed_with.strip() or not _is_line(agreed.agreed_with):
            yield f"{where}.agreed_with is empty or too long, expected who agreed to it, in one line of at most 300 characters"
        if not _is_day(agreed.agreed_on):
            yield f"{where}.agreed_on is no day, expected one like 2026-11-27"
        if not 0 <= agreed.wait_hours <= _LONGEST_WAIT_HOURS:
            yield f"{where}.wait_hours is outside its range, expected 0 to {_LONGEST_WAIT_HOURS}"
        if agreed.wait_hours and not agreed.no_duty_in:
            yield f"{where}.wait_hours without no_duty_in, expected the regions where nobody has a duty to report: elsewhere nothing waits"
        if not all(map(REGION.fullmatch, agreed.no_duty_in)):
            yield f"{where}.no_duty_in has what is no region, expected two capital letters (ISO 3166-1; the United Kingdom is GB)"
        if owed := sorted(set(agreed.no_duty_in) & {*duties, *_DUTY_BY_LAW}):
            yield f"{where}.no_duty_in has {', '.join(owed)}, expected none where the law or [referral.duties] asks for a report"


def _is_day(text: str) -> bool:
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


def _is_line(text: str) -> bool:
    return len(text) <= _LONGEST_LINE and text.isprintable()


def with_hours(table: dict[str, Any]) -> dict[str, Any]:
    """Give the text's tables with the hours that a region does not name: they are those that hold everywhere, and not those without any settings."""
    sent = table.get("referral")
    if not isinstance(sent, dict):
        return table
    clocks, regions = sent.get("clocks"), sent.get("region_clocks")
    if not isinstance(clocks, dict) or not isinstance(regions, dict):
        return table
    filled = {name: {**clocks, **each} if isinstance(each, dict) else each for name, each in regions.items()}
    # What is wrong in the common ones is said of these.
    return {**table, "referral": {"clocks": clocks, **sent, "region_clocks": filled}}


def problems(clocks: Mapping[str, Clocks], emergency: Mapping[str, EmergencySettings]) -> Iterator[str]:
    """Say what of the tables that have regions for names cannot be worked with."""
    for section, names in (("region_clocks", clocks), ("emergency", emergency)):
        for region in names:
            if not REGION.fullmatch(region):
                yield f"referral.{section} has a key that is no region, expected two capital letters (ISO 3166-1; the United Kingdom is GB)"
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
