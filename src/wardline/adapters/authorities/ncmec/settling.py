"""Take out of a document what its receiver would refuse the whole report for, of what a platform merely told besides.

A report that has to be made is not kept back for the port of an address. What a report cannot be without, and what people decided, is never
taken out: there a person looks.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from lxml import etree

from wardline.adapters.authorities.ncmec import breaches
from wardline.adapters.authorities.ncmec.breaches import Breach
from wardline.adapters.authorities.ncmec.schema import Schema
from wardline.adapters.authorities.ncmec.validation import is_valid, typed_elements

_TOLD = (
    "report/internetDetails", "report/lawEnforcement", "report/intendedRecipient", "report/victim",
    "report/reporter/reportingPerson/phone", "report/reporter/reportingPerson/address", "report/reporter/contactPerson",
    *(f"report/personOrUserReported/{name}" for name in (
        "personOrUserReportedPerson", "vehicleDescription", "espService", "screenName", "displayName", "profileUrl", "profileBio", "ipCaptureEvent",
        "deviceId", "groupIdentifier", "accountTemporarilyDisabled", "accountPermanentlyDisabled", "estimatedLocation", "associatedAccount",
    )),
    *(f"fileDetails/{name}" for name in ("originalFileName", "locationOfFile", "originalFileHash", "ipCaptureEvent", "deviceId", "details")),
)  # fmt: skip
"""Where what is refused may be taken out."""
_STAYS = frozenset({"batched", "once"})
"""Rules about what a report is, and not about one value."""
_MOST_ROUNDS = 20
"""What is taken out may leave something that is refused in its turn."""


def settle(
    root: etree._Element, now: datetime, *, batched: bool | None, schema: Schema
) -> tuple[tuple[str, ...], tuple[Breach, ...]]:
    """Take out of a document that is valid by the schema what breaks a field rule and may go.

    Args:
        root: Changed in place.
        now: Aware.
        batched: As in ``breaches.breaches``.
        schema: By which it is valid, and stays so.

    Returns:
        The paths of what went, and every rule that is still broken.
    """
    gone: list[str] = []
    found = breaches.breaches(root, now, batched=batched, schema=schema)
    for _ in range(_MOST_ROUNDS):
        may_go = [each for each in found if each.rule not in _STAYS and _may_go(each.path)]
        if not may_go:
            break
        for each in may_go:
            _take_out(each)
            gone.append(each.path)
        gone += _take_out_broken(root, schema)
        found = breaches.breaches(root, now, batched=batched, schema=schema)
    return tuple(dict.fromkeys(gone)), found


def _take_out(breach: Breach) -> None:
    owner, name = breach.owner, breach.name
    if breach.value is None:  # something is missing: what asks for it goes
        rule, *arguments = breach.rule.split(":")
        name = {"true-with": arguments[0] if arguments else "", "state-with-city": "city"}.get(rule, "")
        if not name:
            parent = owner.getparent()
            if parent is not None:
                parent.remove(owner)
            return
        name = f"@{name}" if name in owner.attrib else name
    if name.startswith("@"):
        owner.attrib.pop(name[1:], "")
        return
    for child in owner.findall(name):
        if breach.value is None or (child.text or "") == breach.value:
            owner.remove(child)


def _take_out_broken(root: etree._Element, schema: Schema) -> Iterator[str]:
    """Take out the innermost elements that are not whole any more, and what is not whole without them."""
    types = dict(typed_elements(root, str(root.tag), schema))
    for element in reversed(list(types)):
        parent = element.getparent()
        path = _path(element)
        if parent is None or not _may_go(path) or is_valid(element, types[element], schema):
            continue
        parent.remove(element)
        yield path


def _may_go(path: str) -> bool:
    return any(f"{path}/".startswith(f"{told}/") for told in _TOLD)


def _path(element: etree._Element) -> str:
    return "/".join([*(str(each.tag) for each in reversed(list(element.iterancestors()))), str(element.tag)])
