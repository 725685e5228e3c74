"""Put together what a platform said with each upload of a case. What is newer counts; what was seen, such as addresses, is all kept."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence, Set
from dataclasses import dataclass, fields, replace
from typing import Any, TypeVar

from wardline import records
from wardline.referral.addresses import is_plain_address

_T = TypeVar("_T")
_R = TypeVar("_R", records.Party, records.Person, records.AssociatedAccount)
_MOST = records.MOST_OF_A_KIND
"""Of a kind in one report; the newest of them."""
_SAME: dict[type[Any], Callable[[Any], Hashable]] = {
    records.Email: lambda mail: mail.address,
    records.Phone: lambda phone: (phone.calling_code, phone.number, phone.extension),
    records.AssociatedAccount: lambda account: (
        account if account.account_reference is None else (account.kind, account.platform, account.service, account.account_reference)
    ),
}  # fmt: skip
"""What makes two of a list the same thing, of which the newer says more; everything else is the same when it is equal."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What all uploads of a report say together."""

    account: records.Party | None = None
    recipients: tuple[records.Party, ...] = ()
    victims: tuple[records.Party, ...] = ()
    incidents: tuple[records.Incident, ...] = ()
    law_enforcement: records.LawEnforcement | None = None
    left_out: tuple[str, ...] = ()
    """Places of what the platform sent and could not be read."""


def also_known(
    known: records.ReportFacts | None, told: records.ReportFacts | None
) -> records.ReportFacts | None:
    """Add to what came with an upload what came with a flag on it: it takes nothing away, and puts nothing in another's place."""
    if known is None or told is None:
        return known or (None if told is None else replace(told, supplemental=False))
    account = _joined(told.account, known.account)
    recipients = _parties((*told.recipients, *known.recipients))
    victims = _parties((*told.victims, *known.victims))
    # Of more people or addresses than may stand there some are gone, and with them what names only those.
    named = _named(account, recipients, victims)
    incidents = tuple(_of_somebody(each, named) for each in (*told.incidents, *known.incidents))
    return replace(
        known,
        account=account,
        recipients=recipients,
        victims=victims,
        incidents=_newest(incidents, records.MOST_INCIDENTS),
        law_enforcement=known.law_enforcement or told.law_enforcement,
        devices=_newest((*told.devices, *known.devices)),
        metadata=_newest((*told.metadata, *known.metadata)),
        possible_proxy=told.possible_proxy if known.possible_proxy is None else known.possible_proxy,
        left_out=_newest((*told.left_out, *known.left_out)),
    )


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
    recipients = _parties(_plain(each) for facts in said for each in facts.recipients)
    victims = _parties(_plain(each) for facts in said for each in facts.victims)
    account = None if account is None else _plain(account)
    named = _named(account, recipients, victims)
    police = [facts.law_enforcement for facts in said if facts.law_enforcement is not None]
    incidents = (_sendable(each, named) for facts in said for each in facts.incidents)
    return Known(
        account=account,
        recipients=recipients,
        victims=victims,
        incidents=_newest(incidents, records.MOST_INCIDENTS),
        law_enforcement=police[-1] if police else None,
        left_out=_newest((*(place for facts in said for place in facts.left_out), *_opening(said))),
    )


def _joined(older: _R | None, newer: _R | None) -> _R | None:
    """Join what two sources say of the same account or person, field by field: what the newer says counts, and lists are put together."""
    if older is None or newer is None:
        return newer or older
    changed: dict[str, Any] = {}
    for field in fields(newer):
        before: Any = getattr(older, field.name)
        after: Any = getattr(newer, field.name)
        if isinstance(after, tuple):
            changed[field.name] = _newest((*before, *after))
        elif after is None:
            changed[field.name] = before
        elif isinstance(after, records.Person):
            changed[field.name] = _joined(before, after)
    if isinstance(newer, records.AssociatedAccount):  # an age and a date of birth exclude each other
        if newer.date_of_birth is not None:
            changed["approximate_age"] = None
        elif newer.approximate_age is not None:
            changed["date_of_birth"] = None
    return replace(newer, **changed)


def _newest(values: Iterable[_T], most: int = _MOST) -> tuple[_T, ...]:
    """Give each once, in the order in which they were last said; the newest of them where there are more than a list may hold."""
    found: dict[Hashable, _T] = {}
    for each in values:
        same = _SAME.get(type(each))
        key = each if same is None else same(each)
        before = found.pop(key, None)
        found[key] = _fuller(before, each)
    return records.newest(tuple(found.values()), most)


def _fuller(before: Any, after: Any) -> Any:
    """Give the newer of two that are the same account, address or number, with what only the older says of it."""
    if isinstance(after, records.AssociatedAccount):
        return _joined(before, after)
    if before is None or not isinstance(after, records.Email | records.Phone):
        return after
    unsaid: dict[str, Any] = {
        field.name: getattr(before, field.name)
        for field in fields(after)
        if getattr(after, field.name) is None
    }
    if after.verified is False:  # when it was verified says nothing of one that is not
        unsaid.pop("verified_at", None)
    return replace(after, **unsaid)


def _parties(told: Iterable[records.Party]) -> tuple[records.Party, ...]:
    """Give each party once: what is said of one account at several times is put together."""
    found: dict[Hashable, records.Party] = {}
    for each in told:
        known = each.account_reference
        key: Hashable = each if known is None else (each.service, known)
        before = found.pop(key, None)
        found[key] = _joined(before, each) or each
    return tuple(found.values())[-_MOST:]


def _opening(said: Iterable[records.ReportFacts]) -> Iterator[str]:
    """Say how many web addresses are left out because they open something by themselves."""
    told = (
        address
        for facts in said
        for party in (*((facts.account,) if facts.account else ()), *facts.recipients, *facts.victims)
        for each in (party, *party.associated)
        for address in each.profile_urls
    )
    pages = (url for facts in said for each in facts.incidents if isinstance(each, records.WebPage) for url in each.urls)  # fmt: skip
    count = sum(not is_plain_address(each) for each in {*told, *pages})
    if count:
        yield f"web addresses with credentials or a signature: {count}"


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
        case _:
            return _of_somebody(incident, named)


def _of_somebody(incident: records.Incident, named: Set[str]) -> records.Incident:
    if not isinstance(incident, records.EmailMessage | records.Newsgroup):
        return incident
    return replace(incident, emails=tuple(each for each in incident.emails if each.address in named))


def _named(
    account: records.Party | None, recipients: Iterable[records.Party], victims: Iterable[records.Party]
) -> Set[str]:
    """Give every e-mail address of the people in a report."""
    return {
        email.address
        for party in (account, *recipients, *victims) if party is not None and party.person is not None
        for email in party.person.emails
    }  # fmt: skip
