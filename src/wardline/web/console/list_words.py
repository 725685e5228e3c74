"""What a hash list is and does, in words."""

from __future__ import annotations

from wardline import records, triage
from wardline.records import HashListState, ListRole, ListTrust
from wardline.web.console.desk import Desk

_SURFACES_SHOWN = 3
_MEANS = {
    ListRole.NEGATIVE: "known to be harmless",
    ListRole.CANARY: "harmless pictures, to find wrong entries by",
}


def means(about: records.HashList) -> str:
    """Say what is on a list."""
    return _MEANS.get(about.role, about.meaning.words)


def effect(desk: Desk, about: records.HashList) -> str:
    """Say what a match with a list leads to, in a few words."""
    if about.role is ListRole.NEGATIVE:
        return "lets through what only looks alike"
    if about.role is ListRole.CANARY:
        return "holds the entry that is near"
    return "hides the content at once" if _restricts(desk, about) else "is a reason to look"


def surfaces(about: records.HashList) -> str:
    """Say where a list is looked up, in a few words."""
    shown, more = about.surfaces[:_SURFACES_SHOWN], len(about.surfaces) - _SURFACES_SHOWN
    return (", ".join(shown) + (f" and {more} more" if more > 0 else "")) or "everywhere"


def does_when_on(desk: Desk, about: records.HashList) -> str:
    """Say what a list does when it is on."""
    match about.role:
        case ListRole.BANK:
            more = "" if _restricts(desk, about) else ", nothing more"
            return f"Uploads are compared with it. A match {effect(desk, about)}{more}."
        case ListRole.NEGATIVE:
            return (
                "An upload that only looks like an entry of another list, and like one of this, is let through. The very same file as a "
                "listed one still goes to a person."
            )
        case ListRole.CANARY:
            return "No upload is compared with it. An entry of another list that is near one of its pictures is held."


def _restricts(desk: Desk, about: records.HashList) -> bool:
    policy = desk.wardline.parts.rules.policy
    verified = about.trust is ListTrust.VERIFIED
    return (policy.verified_match if verified else policy.unverified_match) is triage.Response.ACT


def origin(desk: Desk, about: records.HashList) -> str:
    """Say what a list is read from."""
    if not about.source:
        return "a file"
    known = desk.wardline.parts.exchanges.get(about.source)
    if known is None:
        return f"the exchange {about.source}, which is no longer in the settings"
    return known.exchange.describes_itself


def is_stale(desk: Desk, about: records.HashList) -> bool:
    """Say whether a list that is in use had no news for too long."""
    age = desk.now - about.refreshed_at
    return about.state is not HashListState.DISABLED and age > desk.wardline.parts.rules.list_stale_after
