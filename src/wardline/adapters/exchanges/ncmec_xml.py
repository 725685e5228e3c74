"""NCMEC's documents: pages of entries, and reasons for a denial. Parsed without entities, network or a document type.

Source: NCMEC Hash Sharing API v2, namespace ``https://hashsharing.ncmec.org/hashsharing/v2``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from lxml import etree

from wardline import records
from wardline.adapters.exchanges.answers import foreign
from wardline.adapters.exchanges.pages import Found, Malformed, PageReading, Untaken, hash_of

_KINDS = {
    "image": {"md5": records.HashKind.MD5, "sha1": records.HashKind.SHA1, "pdq": records.HashKind.PDQ},
    "video": {"md5": records.HashKind.MD5, "sha1": records.HashKind.SHA1},
}
_OTHERS = {
    "pdna": "PDNA", "pdq": "PDQ", "netclean": "NETCLEAN", "videntifier": "VIDENTIFIER", "tmk_pdqf": "TMK_PDQF",
    "ssvh_pdna": "SSVH_PDNA", "ssvh_safer_hash": "SSVH_SAFER_HASH",
}  # fmt: skip
_DELETED = {"deletedimage", "deletedvideo"}
_CATEGORIES = {category.value: category for category in records.Category}
_GRADE = re.compile(r"[A-Za-z0-9][A-Za-z0-9 _-]{0,19}")
_MEMBER = re.compile(r"[0-9]{1,18}")
_NEXT = re.compile(r"/v2/entries\?[\x21-\x7e]{1,4000}")
_GUID = re.compile(r"[0-9A-Fa-f-]{1,64}")


def parse(name: str, body: bytes, root_name: str) -> etree._Element:
    """Parse a document whose root must be this element.

    Raises:
        HashExchangeError: It is not well formed, declares a document type, or is another document.
    """
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, dtd_validation=False, huge_tree=False, remove_comments=True, remove_pis=True
    )  # fmt: skip
    try:
        root = etree.fromstring(body, parser)
    except (etree.XMLSyntaxError, ValueError):
        raise foreign(name, "not one well-formed XML document") from None
    docinfo: Any = root.getroottree().docinfo  # the stubs do not know `doctype`
    if docinfo.doctype:
        raise foreign(name, "a document that declares a document type")
    if _local(root) != root_name:
        raise foreign(name, "another document")
    return root


def read_entries(root: etree._Element, page: PageReading) -> None:
    """Tell a page what a document of entries says, in its order."""
    elements = (entry for group in root if _local(group) in ("images", "videos") for entry in group)
    for place, element in enumerate(elements, start=1):
        _read_entry(element, place, page)


def next_address(name: str, root: etree._Element) -> str | None:
    """Give the relative address of the next page; None at the end. One that leads anywhere else is refused."""
    texts = [
        (element.text or "").strip()
        for paging in root
        if _local(paging) == "paging"
        for element in paging
        if _local(element) == "next"
    ]
    if not any(texts):
        return None
    return checked_address(name, texts[-1])


def checked_address(name: str, address: str) -> str:
    """Give back a paging address if it is one below the exchange's own address."""
    if not _NEXT.fullmatch(address):
        raise foreign(name, "a page whose next page is elsewhere")
    return address


def read_reasons(root: etree._Element) -> dict[str, str]:
    """Give the reasons for a denial, id to name. What is malformed is left out."""
    reasons = {
        element.get("guid", ""): element.get("name", "")
        for element in root.iter()
        if _local(element) == "reason"
    }
    return {
        guid: name
        for guid, name in reasons.items()
        if _GUID.fullmatch(guid) and name.isprintable() and 0 < len(name) <= 100
    }


def key_of(member: str, entry: str) -> str:
    """Give the key of an entry: its member's number, a dash, and the id that the member gave it."""
    return f"{member}-{entry}"


def parts_of(key: str) -> tuple[int, str] | None:
    """Take a key apart; None when it is none."""
    member, dash, entry = key.partition("-")
    return (int(member), entry) if dash and entry and _MEMBER.fullmatch(member) else None


def _read_entry(element: etree._Element, place: int, page: PageReading) -> None:
    kind = _local(element).lower()
    if kind not in _KINDS and kind not in _DELETED:
        page.skip(place, "an entry that is neither of an image nor of a video")
        return
    member, entry = _member(element), _text(element, "id")
    if member is None or not entry or entry in (".", ".."):
        page.skip(place, "no member number or no id")
    elif kind in _DELETED:
        page.withdraw(place, key_of(member, entry))
    else:
        category = _category(_text(element, "classification"))
        if isinstance(category, Malformed):
            page.skip(place, category.reason)
        else:
            page.tell(place, key_of(member, entry), _fingerprints(element, kind, category))


def _fingerprints(element: etree._Element, kind: str, category: records.Category | None) -> Iterator[Found]:
    groups = [child for child in element if _local(child) == "fingerprints"]
    if not groups:
        yield Malformed("no fingerprints")
    for fingerprint in (child for group in groups for child in group):
        name = _local(fingerprint).lower().replace("-", "_")
        if name in _KINDS[kind]:
            yield hash_of(_KINDS[kind][name], fingerprint.text, category)
        elif name in _OTHERS:
            yield Untaken(f"{_OTHERS[name]} fingerprints of {kind}s")
        else:
            yield Malformed("a fingerprint of an unknown type")


def _category(text: str) -> records.Category | Malformed | None:
    """Give the category; None for grades beside A1 to B2, which are the member's own."""
    if not text:
        return None
    if not _GRADE.fullmatch(text):
        return Malformed("a classification that is no short word")
    return _CATEGORIES.get(text.upper())


def _member(element: etree._Element) -> str | None:
    members = [child.get("id", "").strip() for child in element if _local(child) == "member"]
    return members[0] if len(members) == 1 and _MEMBER.fullmatch(members[0]) else None


def _text(element: etree._Element, name: str) -> str:
    texts = [(child.text or "").strip() for child in element if _local(child) == name]
    return texts[0] if len(texts) == 1 else ""


def _local(element: etree._Element) -> str:
    """Give an element's name without its namespace; an unresolved entity has none."""
    tag: object = element.tag
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""
