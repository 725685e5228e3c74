"""Items: what was uploaded, by whom, in which context, and its hashes."""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from wardline.errors import InputError
from wardline.records.checks import require_range, require_text, require_utc
from wardline.records.evidence import Channel, Disposal
from wardline.records.hashes import Hash
from wardline.records.ids import require_id
from wardline.records.report_incidents import IncidentKind, ReportFacts
from wardline.records.signal import Match, Score
from wardline.records.telling import require_told
from wardline.records.urgency import MOST_VIEWS_PER_HOUR

MOST_MATCHES = 20
"""A picture may be near thousands of entries; a person needs the nearest."""
MOST_SCORES = 9
"""The score of a scope, and those of at most eight detectors."""
_LANGUAGE = re.compile("[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*")
"""The form of every tag. Source: RFC 5646, section 2.1, without checking that its parts are registered."""


class MediaFormat(StrEnum):
    """The picture formats that the decode sandbox accepts."""

    JPEG = "jpeg"
    PNG = "png"
    WEBP = "webp"
    GIF = "gif"
    AVIF = "avif"
    TIFF = "tiff"
    BMP = "bmp"
    HEIC = "heic"
    """Only with the extra ``wardline[heif]``."""


class Rendition(StrEnum):
    """The forms in which the decode sandbox gives a picture back."""

    FULL = "full"
    """In colour."""
    GREY = "grey"
    """The same without colour."""
    COVER = "cover"
    """The stand-in before a reveal: at most 32 x 20 grey points, blurred and scaled up. Not a view."""


class Precision(StrEnum):
    """How near to the exact one a perceptual hash must be."""

    FAST = "fast"
    """From less than all pixels, where that is quicker: good for looking up in a wider radius, never kept and never sent to anybody."""
    EXACT = "exact"
    """From every pixel at full resolution, as everybody else computes it."""


class Visibility(StrEnum):
    """Who could see the content where it was posted."""

    PUBLIC = "public"
    PRIVATE = "private"


@dataclass(frozen=True, slots=True, kw_only=True)
class UploadContext:
    """What the platform knows about an upload. The authorities ask for most of it."""

    surface: str
    """Where on the platform, in its own words: ``"post"``, ``"avatar"``. 1 to 64 characters."""
    visibility: Visibility
    uploaded_at: datetime
    """Aware UTC: when the account uploaded it to the platform."""
    content_reference: str
    """The platform's own id of the content; comes back in every webhook. 1 to 255 characters."""
    region: str | None = None
    """ISO 3166-1 alpha-2 of the account, where the platform knows it."""
    ip_address: str | None = None
    """The address of the upload itself, not of a login. IPv4 or IPv6."""
    port: int | None = None
    """Source port of the upload, 1 to 65535. Behind carrier-grade NAT the address alone names nobody."""
    file_name: str | None = None
    """Original file name, at most 2,056 characters."""
    url: str | None = None
    """Where the content can be seen, at most 2,083 characters."""
    views_per_hour: float | None = None
    """How often it is seen in an hour now, where the platform knows it; 0 and up."""
    language: str | None = None
    """The language of the content or its account, where the platform knows it: a BCP 47 tag such as ``"de-AT"``, at most 35 characters."""
    facts: ReportFacts | None = None
    """What else it knows, for a report to an authority."""

    def __post_init__(self) -> None:
        require_text("surface", self.surface, most=64)
        require_text("content_reference", self.content_reference, most=255)
        require_utc("uploaded_at", self.uploaded_at)
        if self.region is not None and not (
            len(self.region) == 2 and self.region.isascii() and self.region.isupper()
        ):
            raise InputError("region: malformed, expected two capital letters (ISO 3166-1)")
        if self.ip_address is not None:
            try:
                ipaddress.ip_address(self.ip_address)
            except ValueError:
                raise InputError("ip_address: malformed, expected an IPv4 or IPv6 address") from None
            if "%" in self.ip_address:  # names an interface of one machine; no authority takes it
                raise InputError("ip_address: with a zone, expected an IPv4 or IPv6 address without one")
        if self.port is not None:
            require_range("port", self.port, 1, 65535)
        if self.file_name is not None:
            require_text("file_name", self.file_name, most=2056)
        if self.url is not None:
            require_text("url", self.url, most=2083)
        if self.views_per_hour is not None:
            require_range("views_per_hour", self.views_per_hour, 0, MOST_VIEWS_PER_HOUR)
        if self.language is not None and not (
            len(self.language) <= 35 and _LANGUAGE.fullmatch(self.language)
        ):
            raise InputError("language: malformed, expected a BCP 47 tag such as de or pt-BR")


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """What the decoder found out about a picture, without its pixels."""

    format: MediaFormat
    width: int
    """Pixels, 1 and up."""
    height: int
    """Pixels, 1 and up."""
    frames: int
    """1 for a still picture."""

    def __post_init__(self) -> None:
        for field in ("width", "height", "frames"):
            require_range(field, getattr(self, field), 1, 2**31)


@dataclass(frozen=True, slots=True, kw_only=True)
class Examination:
    """A picture that could be decoded, with every hash that was asked for."""

    picture: Picture
    hashes: tuple[Hash, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """A judged upload. Written only when its route is not release."""

    id: str
    received_at: datetime
    account_reference: str
    """The platform's id of the account; empty once the account was unlinked after "not a violation"."""
    platform: str
    """Name of the platform, from the API key."""
    context: UploadContext | None
    """None once unlinked."""
    size_bytes: int
    picture: Picture | None
    """None when no decoder can show it."""
    hashes: tuple[Hash, ...]
    sealed: bool
    """True while the vault holds the file."""
    version: int = 1
    matches: tuple[Match, ...] = ()
    """The nearest list entries at the time of the upload, at most ``MOST_MATCHES``; none once unlinked."""
    scope: str | None = None
    """The automation scope in the settings that it fell into, when detectors were asked about it."""
    scores: tuple[Score, ...] = ()
    """What detectors said when it came in: first the score that counts for the scope, then those it was made of. None where one failed, and
    none once unlinked."""
    found_by: Channel | None = None
    """Which route pointed at it when it came in, besides its score; None for none that says anything of how good a score is, and once
    unlinked."""
    disposal: Disposal = Disposal.LEFT
    """What the machine did with it when it came in."""
    certificate_id: str | None = None
    """Under which; None when it was left to people."""
    told: IncidentKind | None = None
    """What the platform took it for when it told of an incident: what is sealed is then its account in words, and no file. None for a file."""

    def __post_init__(self) -> None:
        require_id("item", self.id)
        require_utc("received_at", self.received_at)
        if self.account_reference:
            require_text("account_reference", self.account_reference, most=255)
        require_range("size_bytes", self.size_bytes, 0, 2**40)
        require_range("matches", len(self.matches), 0, MOST_MATCHES)
        if self.scope is not None:
            require_text("scope", self.scope, most=64)
        require_range("scores", len(self.scores), 0, MOST_SCORES)
        if self.told is not None:
            require_told("told", self.told)
            if self.picture is not None or self.matches or self.scores:
                raise InputError(f"item {self.id}: words with a picture or a match, expected one of both")
