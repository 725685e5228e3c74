"""The CyberTipline schema as data: every element in order, with its type and how often it may occur.

Notation of children: ``name:type`` once, ``?`` at most once, ``*`` any number, ``+`` at least once; ``a:x|b:y`` one of them. Notation of
attributes: ``name:type``, ``!`` when required. ``true`` is a boolean that may only be true, written as an empty element.

Source: the schema that ``/ispws/xsd`` served in November 2025.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from wardline.adapters.authorities.ncmec.values import ENUMERATIONS, PATTERNS

VERSION = "2025-11"
"""Which schema this is. A newer one is a new version of this data, never a silent edit."""

Order = Literal["sequence", "all"]


@dataclass(frozen=True, slots=True)
class Particle:
    """One place in a sequence: alternatives by name with their type, and how many."""

    alternatives: dict[str, str]
    least: int
    most: int | None
    """None: any number."""


@dataclass(frozen=True, slots=True)
class Complex:
    """An element's inside: children or a simple value, and attributes."""

    order: Order
    particles: tuple[Particle, ...]
    attributes: dict[str, tuple[str, bool]]
    """By name: simple type, and whether it is required."""
    value: str | None
    """Simple type of the text, None for an element that holds children."""


_OCCURRENCE: dict[str, tuple[int, int | None]] = {"?": (0, 1), "*": (0, None), "+": (1, None)}


def _particle(notation: str) -> Particle:
    least, most = _OCCURRENCE.get(notation[-1], (1, 1))
    pairs = notation.rstrip("?*+").split("|")
    return Particle(dict(pair.split(":") for pair in pairs), least, most)


def _attributes(notation: str) -> dict[str, tuple[str, bool]]:
    pairs = ([*part.rstrip("!").split(":"), part] for part in notation.split())
    return {name: (type_, whole.endswith("!")) for name, type_, whole in pairs}


def _children(notation: str, *, attributes: str = "", order: Order = "sequence") -> Complex:
    return Complex(order, tuple(_particle(part) for part in notation.split()), _attributes(attributes), None)


def _value(type_: str, attributes: str = "") -> Complex:
    return Complex("sequence", (), _attributes(attributes), type_)


_DISABLED = "disabledDate:dateTime userNotified:boolean userNotifiedDate:dateTime"
_ACCOUNT_END = (
    "accountTemporarilyDisabled:accountTemporarilyDisabled? accountPermanentlyDisabled:accountPermanentlyDisabled? "
    "estimatedLocation:estimatedLocation? allEmailsReported:boolean? "
)
_ACCOUNT_NAMES = (
    "espIdentifier:string? espService:string? compromisedAccount:boolean? screenName:string? displayName:string* profileUrl:string* "
    "profileBio:string? ipCaptureEvent:ipCaptureEvent* deviceId:deviceId* "
)
_CONTACT = "firstName:string? lastName:string? phone:phone* email:email* address:address* "

REPORT_ANNOTATIONS = (
    "sextortion",
    "csamSolicitation",
    "minorToMinorInteraction",
    "spam",
    "sadisticOnlineExploitation",
)
FILE_ANNOTATIONS = (
    "animeDrawingVirtualHentai", "potentialMeme", "viral", "possibleSelfProduction", "physicalHarm", "violenceGore", "bestiality",
    "liveStreaming", "infant", "generativeAi",
)  # fmt: skip

TYPES: dict[str, Complex] = {
    "report": _children(
        "batchedReport:batchedReport? incidentSummary:incidentSummary internetDetails:internetDetails* lawEnforcement:lawEnforcement? "
        "reporter:reporter personOrUserReported:personOrUserReported* intendedRecipient:intendedRecipient* victim:victim* "
        "additionalInfo:string?"
    ),
    "batchedReport": _children("", attributes="reason:batchedReportReason!"),
    "incidentSummary": _children(
        "incidentType:incidentType platform:string? escalateToHighPriority:string? reportAnnotations:reportAnnotations? "
        "incidentDateTime:dateTime incidentDateTimeDescription:string?"
    ),
    "reportAnnotations": _children(" ".join(f"{name}:true?" for name in REPORT_ANNOTATIONS), order="all"),
    "internetDetails": _children(
        "webPageIncident:webPageIncident|emailIncident:emailIncident|newsgroupIncident:newsgroupIncident|chatImIncident:chatImIncident|"
        "onlineGamingIncident:onlineGamingIncident|cellPhoneIncident:cellPhoneIncident|nonInternetIncident:nonInternetIncident|"
        "peer2peerIncident:peer2peerIncident"
    ),
    "webPageIncident": _children(
        "url:string* additionalInfo:string?", attributes="thirdPartyHostedContent:boolean"
    ),
    "emailIncident": _children("emailAddress:email* content:string? additionalInfo:string?"),
    "newsgroupIncident": _children("name:string? emailAddress:email* content:string? additionalInfo:string?"),
    "chatImIncident": _children(
        "chatClient:string? chatRoomName:string? content:string? additionalInfo:string?"
    ),
    "onlineGamingIncident": _children(
        "gameName:string? console:string? content:string? additionalInfo:string?"
    ),
    "cellPhoneIncident": _children(
        "phoneNumber:phone? latitude:double? longitude:double? additionalInfo:string?"
    ),
    "nonInternetIncident": _children("locationName:string? incidentAddress:address* additionalInfo:string?"),
    "peer2peerIncident": _children(
        "client:string? ipCaptureEvent:ipCaptureEvent* fileNames:string? additionalInfo:string?"
    ),
    "lawEnforcement": _children(
        "agencyName:string caseNumber:string? officerContact:contactPerson? reportedToLe:boolean? servedLegalProcessDomestic:boolean? "
        "servedLegalProcessInternational:lawEnforcement/servedLegalProcessInternational?"
    ),
    "lawEnforcement/servedLegalProcessInternational": _value("boolean", "fleaCountry:country"),
    "reporter": _children(
        "reportingPerson:person contactPerson:contactPerson? companyTemplate:string? termsOfService:string? legalURL:string?"
    ),
    "personOrUserReported": _children(
        "personOrUserReportedPerson:person? vehicleDescription:string? "
        + _ACCOUNT_NAMES
        + "thirdPartyUserReported:boolean? priorCTReports:long* groupIdentifier:string? "
        + _ACCOUNT_END
        + "associatedAccount:associatedAccount* additionalInfo:string?"
    ),
    "intendedRecipient": _children(
        "intendedRecipientPerson:person? "
        + _ACCOUNT_NAMES
        + "priorCTReports:long* groupIdentifier:string? "
        + _ACCOUNT_END
        + "additionalInfo:string*"
    ),
    "victim": _children(
        "victimPerson:person "
        + _ACCOUNT_NAMES
        + "schoolName:string? priorCTReports:long* "
        + _ACCOUNT_END
        + "associatedAccount:associatedAccount* additionalInfo:string?"
    ),
    "associatedAccount": _children(
        "platform:associatedAccount/platform? firstName:string? middleName:string? lastName:string? approximateAge:int? dateOfBirth:date? "
        "phone:phone* email:email* allEmailsReported:boolean? address:address* espService:string? espIdentifier:string? "
        "profileUrl:string* screenName:string? displayName:string* profileBio:string? groupIdentifier:string? "
        "compromisedAccount:boolean? accountTemporarilyDisabled:accountTemporarilyDisabled? "
        "accountPermanentlyDisabled:accountPermanentlyDisabled? ipCaptureEvent:ipCaptureEvent* deviceId:deviceId* "
        "priorCTReport:long* additionalInfo:string?",
        attributes="type:associatedAccountType!",
    ),
    "associatedAccount/platform": _value("string", "thirdPartyUser:boolean"),
    "person": _children(_CONTACT + "age:int? dateOfBirth:date?"),
    "contactPerson": _children(_CONTACT),
    "address": _children(
        "address:string? city:string? zipCode:string? state:state? nonUsaState:string? country:country?",
        attributes="type:addressType",
    ),
    "email": _value("string", "type:emailType verified:boolean verificationDate:dateTime"),
    "phone": _value(
        "string",
        "type:phoneType verified:boolean verificationDate:dateTime countryCallingCode:phoneCountryCallingCode extension:phoneExtension",
    ),
    "estimatedLocation": _children(
        "city:string? region:string? countryCode:country?", attributes="verified:boolean timestamp:dateTime"
    ),
    "ipCaptureEvent": _children(
        "ipAddress:string eventName:ipCaptureType? dateTime:dateTime? possibleProxy:boolean? port:int?"
    ),
    "deviceId": _children("idType:string idValue:string eventName:ipCaptureType? dateTime:dateTime?"),
    "accountTemporarilyDisabled": _value("boolean", f"{_DISABLED} reenabledDate:dateTime"),
    "accountPermanentlyDisabled": _value("boolean", _DISABLED),
    "fileDetails": _children(
        "reportId:long fileId:token fileName:string? originalFileName:string? uploadedToEspTimestamp:dateTime? locationOfFile:string? "
        "fileViewedByEsp:boolean? exifViewedByEsp:boolean? publiclyAvailable:boolean? fileRelevance:fileRelevance? "
        "potentialMeme:boolean|fileAnnotations:fileAnnotations? industryClassification:fileClassification? originalFileHash:hash* "
        "ipCaptureEvent:ipCaptureEvent? deviceId:deviceId* details:details* additionalInfo:string*"
    ),
    "fileAnnotations": _children(" ".join(f"{name}:true?" for name in FILE_ANNOTATIONS), order="all"),
    "hash": _value("string", "hashType:string!"),
    "details": _children("nameValuePair:nameValue+", attributes="type:metadataTypes"),
    "nameValue": _children("name:string value:string"),
    "reportResponse": _children(
        "responseCode:int responseDescription:string reportId:long? fileId:token? hash:token?"
    ),
    "reportDoneResponse": _children("responseCode:int reportId:long files:reportDoneResponse/files"),
    "reportDoneResponse/files": _children("fileId:string*"),
}
"""Complex types by name; one without a name of its own is called after its element. An element's type that is not here is a simple one."""


@dataclass(frozen=True, slots=True)
class Schema:
    """One version of the schema: what Wardline brings, or what the authority serves now."""

    version: str
    """Year and month of what Wardline brings; the digest of what was fetched."""
    types: Mapping[str, Complex]
    enumerations: Mapping[str, frozenset[str]]
    patterns: Mapping[str, str]


BUILT_IN = Schema(VERSION, TYPES, ENUMERATIONS, PATTERNS)
"""What holds until the authority's own was fetched."""


def child_types(type_: str, schema: Schema = BUILT_IN) -> dict[str, str]:
    """Give the type of every child element that may stand in a complex type."""
    return {
        name: child
        for particle in schema.types[type_].particles
        for name, child in particle.alternatives.items()
    }
