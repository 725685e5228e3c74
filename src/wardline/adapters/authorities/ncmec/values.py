"""Closed sets and lengths of the CyberTipline Reporting API.

Source: the schema served in November 2025, and the technical documentation of June 2025 for the lengths.
"""

from __future__ import annotations

from wardline import records

INCIDENT_TYPE = "Child Pornography (possession, manufacture, and distribution)"
"""The only kind of incident that Wardline reports; the string is the schema's own."""

_COUNTRIES = (
    "A1 A2 O1 AD AE AF AG AI AL AM AN AO AP AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS BT BV BW "
    "BY BZ CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV CX CW CY CZ DE DJ DK DM DO DZ EC EE EG EH ER ES ET EU FI FJ FK FM FO "
    "FR FX GA GB GD GE GF GG GH GI GL GM GN GP GQ GR GS GT GU GW GY HK HM HN HR HT HU ID IE IL IM IN IO IQ IR IS IT JE JM JO "
    "JP KE KG KH KI KM KN KP KR KW KY KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK ML MM MN MO MP MQ MR MS MT "
    "MU MV MW MX MY MZ NA NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM PN PR PS PT PW PY QA RE RO RS RU RW SA "
    "SB SC SD SE SG SH SI SJ SK SL SM SN SO SR SS ST SV SX SY SZ TC TD TF TG TH TJ TK TL TM TN TO TR TT TV TW TZ UA UG UM US "
    "UY UZ VA VC VE VG VI VN VU WF WS XK YE YT ZA ZM ZW "
)
_STATES = (
    "AK AL AR AZ CA CO CT DC DE FL GA GU HI IA ID IL IN KS KY LA MA MD ME MI MN MO MS MT NC ND NE NH NJ NM NV NY OH OK OR PA "
    "PR RI SC SD TN TX UT VA VI VT WA WI WV WY "
)

ENUMERATIONS: dict[str, frozenset[str]] = {
    "incidentType": frozenset(
        {
            INCIDENT_TYPE,
            "Child Sex Trafficking",
            "Child Sex Tourism",
            "Child Sexual Molestation",
            "Misleading Domain Name",
            "Misleading Words or Digital Images on the Internet",
            "Online Enticement of Children for Sexual Acts",
            "Unsolicited Obscene Material Sent to a Child",
        }
    ),
    "addressType": frozenset({"Home", "Business", "Billing", "Shipping", "Technical"}),
    "emailType": frozenset({"Home", "Work", "Business", "Recovery"}),
    "phoneType": frozenset({"Mobile", "Home", "Business", "Work", "Fax", "Internet", "Recovery"}),
    "batchedReportReason": frozenset({"VIRAL_POTENTIAL_MEME"}),
    "ipCaptureType": frozenset({"Login", "Registration", "Purchase", "Upload", "Other", "Unknown"}),
    "associatedAccountType": frozenset(
        {"Billing", "Linked", "Business", "Creator", "Parent/Guardian", "Other"}
    ),
    "fileRelevance": frozenset({"Reported", "Supplemental Reported"}),
    "fileClassification": frozenset(category.value for category in records.Category),
    "metadataTypes": frozenset({"EXIF", "HASH"}),
    "country": frozenset({"", *_COUNTRIES.split()}),
    "state": frozenset({"", *_STATES.split()}),
}
"""Simple types that allow these values and no others. A country or a state may be empty."""

PATTERNS: dict[str, str] = {"phoneCountryCallingCode": r"\+[0-9]{1,3}", "phoneExtension": r"[0-9]+"}
"""Simple types that must match whole."""

LENGTHS: dict[tuple[str, str], int] = {
    ("deviceId", "idType"): 255,
    ("deviceId", "idValue"): 2083,
    ("address", "address"): 255,
    ("address", "city"): 100,
    ("address", "zipCode"): 20,
    ("address", "nonUsaState"): 100,
    ("phone", "extension"): 10,
    ("estimatedLocation", "city"): 255,
    ("estimatedLocation", "region"): 255,
    ("person", "firstName"): 100,
    ("person", "lastName"): 100,
    ("contactPerson", "firstName"): 100,
    ("contactPerson", "lastName"): 100,
    ("incidentSummary", "platform"): 256,
    ("incidentSummary", "escalateToHighPriority"): 3000,
    ("incidentSummary", "incidentDateTimeDescription"): 3000,
    ("webPageIncident", "url"): 2083,
    ("newsgroupIncident", "name"): 255,
    ("chatImIncident", "chatClient"): 255,
    ("chatImIncident", "chatRoomName"): 255,
    ("onlineGamingIncident", "gameName"): 255,
    ("onlineGamingIncident", "console"): 255,
    ("nonInternetIncident", "locationName"): 255,
    ("peer2peerIncident", "client"): 255,
    ("lawEnforcement", "agencyName"): 255,
    ("lawEnforcement", "caseNumber"): 100,
    ("reporter", "legalURL"): 2083,
    ("personOrUserReported", "vehicleDescription"): 300,
    ("personOrUserReported", "espIdentifier"): 255,
    ("personOrUserReported", "espService"): 100,
    ("personOrUserReported", "screenName"): 256,
    ("personOrUserReported", "displayName"): 255,
    ("personOrUserReported", "profileUrl"): 2083,
    ("personOrUserReported", "groupIdentifier"): 255,
    ("intendedRecipient", "espIdentifier"): 255,
    ("intendedRecipient", "espService"): 100,
    ("intendedRecipient", "screenName"): 256,
    ("intendedRecipient", "displayName"): 255,
    ("intendedRecipient", "profileUrl"): 2083,
    ("intendedRecipient", "groupIdentifier"): 255,
    ("victim", "espIdentifier"): 255,
    ("victim", "espService"): 100,
    ("victim", "screenName"): 256,
    ("victim", "displayName"): 255,
    ("victim", "profileUrl"): 2083,
    ("victim", "schoolName"): 255,
    ("associatedAccount", "platform"): 256,
    ("associatedAccount", "firstName"): 256,
    ("associatedAccount", "middleName"): 256,
    ("associatedAccount", "lastName"): 256,
    ("associatedAccount", "espService"): 256,
    ("associatedAccount", "espIdentifier"): 256,
    ("associatedAccount", "profileUrl"): 2083,
    ("associatedAccount", "screenName"): 256,
    ("associatedAccount", "displayName"): 255,
    ("associatedAccount", "groupIdentifier"): 256,
    ("fileDetails", "originalFileName"): 2056,
    ("fileDetails", "locationOfFile"): 2083,
    ("hash", "hashType"): 64,
    ("nameValue", "name"): 64,
}
"""Longest value in characters, by type and child element or attribute. The schema does not enforce these."""
