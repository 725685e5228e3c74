"""What a platform passed of an account beside its own id: the same things that people may write down."""

from __future__ import annotations

from wardline import records


def identifiers(account: records.Party | None) -> tuple[str, ...]:
    """Give what else the platform passed that says who has an account: mail addresses, telephones, names, pages, devices."""
    if account is None:
        return ()
    person = account.person or records.Person()
    named = " ".join(each for each in (person.first_name, person.last_name) if each)
    numbers = [
        " ".join(each for each in (phone.calling_code, phone.number) if each) for phone in person.phones
    ]
    names = [each for each in (named, account.screen_name, *account.display_names) if each]
    devices = [f"{each.id_type} {each.id_value}" for each in account.devices]
    mails = [each.address for each in person.emails]
    return tuple(dict.fromkeys((*mails, *numbers, *names, *account.profile_urls, *devices)))


def linked(account: records.Party | None) -> tuple[str, ...]:
    """Give how the platform names the other accounts that it says belong to one."""
    return tuple(_name(each) for each in account.associated) if account is not None else ()


def _name(other: records.AssociatedAccount) -> str:
    names = (
        other.account_reference,
        other.screen_name,
        *other.display_names,
        *(each.address for each in other.emails),
    )
    known = next((each for each in names if each), "without a name")
    where = f" at {other.platform}" if other.platform else ""
    return f"{known}{where} ({other.kind.value.lower()})"


def places(account: records.Party | None) -> tuple[str, ...]:
    """Give where the platform says that an account or its person is: estimated, or as an address that was given."""
    if account is None:
        return ()
    near = account.location
    found = [_joined(near.city, near.region, near.country)] if near is not None else []
    given = account.person.addresses if account.person is not None else ()
    found += [
        _joined(each.street, each.zip_code, each.city, each.us_state or each.other_state, each.country)
        for each in given
    ]
    return tuple(dict.fromkeys(each for each in found if each))


def _joined(*named: str | None) -> str:
    return ", ".join(each for each in named if each)
