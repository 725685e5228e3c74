"""Closed sets of the CyberTipline Reporting API.

Source: the schema served in November 2025.
"""

from __future__ import annotations

from wardline import records

INCIDENT_TYPE = "Child Pornography (possession, manufacture, and distribution)"
"""The kind of incident of a report about files; the string is the schema's own."""

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
