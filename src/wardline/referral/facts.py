"""Put together what a platform said with each upload of a case. What is newer counts; what was seen, such as addresses, is all kept."""

from __future__ import annotations

from collections.abc import Iterable, Sequence, Set
from dataclasses import dataclass, fields, replace
from typing import Any, TypeVar

from wardline import records
from wardline.referral.addresses import is_plain_address

_T = TypeVar("_T")
_ALL_KEPT = frozenset(
    {"ip_events", "devices", "display_names", "profile_urls", "associated", "prior_reports"}
)
_MOST = 100
"""Of a kind in one report; the newest of them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What all uploads of a report say together."""

    account: records.Party | None = None
    recipients: tuple[records.Party, ...] = ()
    victims: tuple[records.Party, ...] = ()
    incidents: tuple[records.Incident, ...] = ()
    law_enforcement: records.LawEnforcement | None = None


def gather(items: Sequence[records.Item]) -> Known:
    """Join what the contexts of these items say.

    Args:
        items: Those whose files are reported, in any order.
    """
    in_time = sorted(items, key=lambda item: (item.received_at, item.id))
    said = [
        each.context.facts for each in in_time if each.context is not None and each.context.facts is not None
    ]
    account: records.Party | None = None
    for facts in said:
        account = _joined(account, facts.account)
    recipients = _each_once(_plain(each) for facts in said for each in facts.recipients)
    victims = _each_once(_plain(each) for facts in said for each in facts.victims)
    account = None if account is None else _plain(account)
    named = {
        email.address
        for party in (account, *recipients, *victims) if party is not None and party.person is not None
        for email in party.person.emails
    }  # fmt: skip
    police = [facts.law_enforcement for facts in said if facts.law_enforcement is not None]
    return Known(
        account=account,
        recipients=recipients,
        victims=victims,
        incidents=_each_once(_sendable(each, named) for facts in said for each in facts.incidents),
        law_enforcement=police[-1] if police else None,
    )


def _joined(older: records.Party | None, newer: records.Party | None) -> records.Party | None:
    if older is None or newer is None:
        return newer or older
    changed: dict[str, Any] = {
        field.name: tuple(dict.fromkeys((*getattr(older, field.name), *getattr(newer, field.name))))[-_MOST:]
        for field in fields(records.Party) if field.name in _ALL_KEPT
    }  # fmt: skip
    kept: dict[str, Any] = {
        field.name: getattr(older, field.name)
        for field in fields(records.Party)
        if field.name not in _ALL_KEPT and getattr(newer, field.name) is None
    }
    return replace(newer, **changed, **kept)


def _each_once(values: Iterable[_T]) -> tuple[_T, ...]:
    return tuple(dict.fromkeys(values))[:_MOST]


def _plain(party: records.Party) -> records.Party:
    """Leave out addresses of profiles that open something by themselves, as with the address of a file."""
    associated = tuple(
        replace(each, profile_urls=_plain_ones(each.profile_urls)) for each in party.associated
    )
    return replace(party, profile_urls=_plain_ones(party.profile_urls), associated=associated)


def _plain_ones(addresses: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(each for each in addresses if is_plain_address(each))


def _sendable(incident: records.Incident, named: Set[str]) -> records.Incident:
    """Leave out of an incident what an authority refuses: such addresses, and e-mail addresses of nobody in the report.

    Args:
        incident: As one upload told of it.
        named: Every e-mail address of the account, the recipients and the victims, as far as they are in the report.
    """
    match incident:
        case records.WebPage():
            return replace(incident, urls=_plain_ones(incident.urls))
        case records.EmailMessage() | records.Newsgroup():
            return replace(incident, emails=tuple(each for each in incident.emails if each.address in named))
        case _:
            return incident
