"""Where each field of our records stands in the authority's documents: one table, from which documents are written and the reference is made.

A record becomes a tree of what stands in it: elements by name, ``@name`` for attributes, ``#`` for its text. What is not known is not in the
tree. The order is the schema's, so the tree has none.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from datetime import UTC, date, datetime
from typing import Any

from wardline import records

Tree = str | Mapping[str, "Tree | list[Tree]"]
"""A value, or an element's inside."""

_CONTACT = {
    "first_name": "firstName",
    "last_name": "lastName",
    "phones": "phone",
    "emails": "email",
    "addresses": "address",
}
_CHECKED = {"kind": "@type", "verified": "@verified", "verified_at": "@verificationDate"}
_NOTE = {"note": "additionalInfo"}
_ACCOUNT = {
    "service": "espService", "account_reference": "espIdentifier", "compromised": "compromisedAccount", "screen_name": "screenName",
    "display_names": "displayName", "profile_urls": "profileUrl", "profile_bio": "profileBio", "ip_events": "ipCaptureEvent",
    "devices": "deviceId", "group": "groupIdentifier", "temporarily_disabled": "accountTemporarilyDisabled",
    "permanently_disabled": "accountPermanentlyDisabled", "all_emails_reported": "allEmailsReported", **_NOTE,
}  # fmt: skip

WIRE: dict[type[Any], dict[str, str]] = {
    records.IpEvent: {"ip_address": "ipAddress", "event": "eventName", "at": "dateTime", "possible_proxy": "possibleProxy", "port": "port"},
    records.Device: {"id_type": "idType", "id_value": "idValue", "event": "eventName", "at": "dateTime"},
    records.Email: {"address": "#", **_CHECKED},
    records.Phone: {"number": "#", **_CHECKED, "calling_code": "@countryCallingCode", "extension": "@extension"},
    records.PostalAddress: {
        "street": "address", "city": "city", "zip_code": "zipCode", "us_state": "state", "other_state": "nonUsaState",
        "country": "country", "kind": "@type",
    },
    records.Person: {**_CONTACT, "age": "age", "age_disputed": "ageAssertionDiscrepancy", "date_of_birth": "dateOfBirth"},
    records.Location: {"city": "city", "region": "region", "country": "countryCode", "verified": "@verified", "at": "@timestamp"},
    records.Disabling: {
        "disabled": "#", "at": "@disabledDate", "user_notified": "@userNotified", "user_notified_at": "@userNotifiedDate",
        "reenabled_at": "@reenabledDate",
    },
    records.AssociatedAccount: {
        **_ACCOUNT, **_CONTACT, "kind": "@type", "platform": "platform", "third_party": "platform/@thirdPartyUser",
        "middle_name": "middleName", "approximate_age": "approximateAge", "age_disputed": "ageAssertionDiscrepancy",
        "date_of_birth": "dateOfBirth", "prior_reports": "priorCTReport",
    },
    records.Party: {
        **_ACCOUNT, "location": "estimatedLocation", "associated": "associatedAccount", "vehicle": "vehicleDescription",
        "third_party": "thirdPartyUserReported", "school": "schoolName", "prior_reports": "priorCTReports",
    },
    records.WebPage: {"urls": "url", "hosted_elsewhere": "@thirdPartyHostedContent", **_NOTE},
    records.EmailMessage: {"emails": "emailAddress", "content": "content", **_NOTE},
    records.Newsgroup: {"name": "name", "emails": "emailAddress", "content": "content", **_NOTE},
    records.Chat: {"client": "chatClient", "room": "chatRoomName", "content": "content", **_NOTE},
    records.Gaming: {"game": "gameName", "console": "console", "content": "content", **_NOTE},
    records.Telephone: {"phone": "phoneNumber", "latitude": "latitude", "longitude": "longitude", **_NOTE},
    records.Offline: {"place": "locationName", "addresses": "incidentAddress", **_NOTE},
    records.PeerToPeer: {"client": "client", "ip_events": "ipCaptureEvent", "file_names": "fileNames", **_NOTE},
    records.LawEnforcement: {
        "agency": "agencyName", "case_number": "caseNumber", "officer": "officerContact", "reported": "reportedToLe",
        "served_process": "servedLegalProcessDomestic", "served_process_abroad": "servedLegalProcessInternational",
        "abroad_country": "servedLegalProcessInternational/@fleaCountry",
    },
    records.Metadata: {"kind": "@type", "pairs": "nameValuePair"},
    records.NamedValue: {"name": "name", "value": "value"},
}  # fmt: skip
"""By record: where each of its fields stands in the element that it becomes. ``name/@attribute`` is an attribute of another field's element."""

INCIDENTS: dict[type[Any], str] = {
    records.WebPage: "webPageIncident", records.EmailMessage: "emailIncident", records.Newsgroup: "newsgroupIncident",
    records.Chat: "chatImIncident", records.Gaming: "onlineGamingIncident", records.Telephone: "cellPhoneIncident",
    records.Offline: "nonInternetIncident", records.PeerToPeer: "peer2peerIncident",
}  # fmt: skip
PERSONS = {
    "personOrUserReported": "personOrUserReportedPerson", "intendedRecipient": "intendedRecipientPerson", "victim": "victimPerson",
}  # fmt: skip
"""What the person in each kind of party is called."""


def tree(value: Any) -> Tree | list[Tree]:
    """Turn a record, or a value of one, into what stands in the document."""
    match value:
        case bool():
            return "true" if value else "false"
        case datetime():
            return moment(value)
        case date():
            return value.isoformat()
        case int() | float():
            return repr(value)
        case str():
            return str(value)
        case tuple():
            return [_one(each) for each in value]
        case _:
            return _inside(value)


def party(value: records.Party, role: str) -> dict[str, Tree | list[Tree]]:
    """Turn a party into the inside of the element of its role."""
    inside = dict(_inside(value))
    if value.person is not None:
        inside[PERSONS[role]] = tree(value.person)
    return inside


def moment(value: datetime) -> str:
    """Write a time. Whole seconds, cut off rather than rounded: a moment of the past stays one."""
    return value.astimezone(UTC).replace(microsecond=0, tzinfo=None).isoformat() + "Z"


def _one(value: Any) -> Tree:
    found = tree(value)
    if isinstance(found, list):
        raise TypeError("wire: a row within a row, expected one value")
    return found


def _inside(record: Any) -> dict[str, Tree | list[Tree]]:
    places = WIRE[type(record)]
    found: dict[str, Tree | list[Tree]] = {}
    beside: dict[str, dict[str, Tree]] = {}
    for field in fields(record):
        value, place = getattr(record, field.name), places.get(field.name)
        if place is None or value is None or value == ():
            continue
        element, slash, attribute = place.partition("/")
        if slash:
            beside.setdefault(element, {})[attribute] = _one(value)
        else:
            found[element] = tree(value)
    for element, attributes in beside.items():
        text = found.get(element, "")
        found[element] = {"#": text, **attributes}
    return found
