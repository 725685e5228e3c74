"""An upload as it arrives, and the checks before anything looks inside it."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from wardline import records
from wardline.errors import InputError, NoLegalBasisError, TooLargeError
from wardline.intake import report_facts
from wardline.records.checks import require_text

CLOCK_TOLERANCE = timedelta(minutes=5)
"""How far a platform's clock may be ahead."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Upload:
    """Bytes with their account and context."""

    content: bytes
    account_reference: str
    """The platform's id of the account, 1 to 255 characters."""
    context: records.UploadContext
    flag: records.Flag | None = None
    """Somebody's complaint that came with the content."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PrivateScanning:
    """The legal-basis switch for private surfaces, per region. Off wherever no basis is named."""

    legal_basis: Mapping[str, str]
    """ISO 3166-1 region to the basis that counsel confirmed, in words."""

    def allows(self, region: str | None) -> bool:
        """Tell whether a basis is named for this region; an unknown region has none."""
        names = ("GB", "UK") if region in ("GB", "UK") else (region,)
        return any(self.legal_basis.get(name) for name in names if name is not None)


def check(upload: Upload, *, max_bytes: int, private_scanning: PrivateScanning, now: datetime) -> None:
    """Refuse what may not be scanned or is not well formed.

    A user who flags a private message has shown it to the platform, which is no scanning of private messages: our reading, for counsel
    to confirm. So a flagged upload passes without a legal basis. The same holds for what an authority gave notice of.

    Raises:
        InputError: An upload time in the future, or a malformed account reference.
        TooLargeError: More than ``max_bytes`` bytes.
        NoLegalBasisError: A private surface, no flag, and no basis for the region.
    """
    # Everything that a kept item could be refused for is refused here, for the answer must not tell which uploads are kept.
    require_text("account_reference", upload.account_reference, most=255)
    if len(upload.content) > max_bytes:
        raise TooLargeError(f"upload: {len(upload.content)} bytes, expected at most {max_bytes}")
    if upload.context.uploaded_at > now + CLOCK_TOLERANCE:
        raise InputError("uploaded_at: in the future, expected the time of the upload")
    private = upload.context.visibility is records.Visibility.PRIVATE
    if private and upload.flag is None and not private_scanning.allows(upload.context.region):
        raise NoLegalBasisError("upload: from a private surface without a legal basis for its region")


def not_in_the_future(context: records.UploadContext, now: datetime) -> records.UploadContext:
    """Give the context with no time that is after its receipt: a platform's clock may be ahead by a little, and an authority refuses
    times to come. Of what is for a report alone, a time that is further ahead is left out."""
    if context.facts is not None:
        context = replace(context, facts=report_facts.not_ahead(context.facts, now, CLOCK_TOLERANCE))
    return context if context.uploaded_at <= now else replace(context, uploaded_at=now)


def digests(content: bytes) -> tuple[records.Hash, ...]:
    """Compute the cryptographic hashes of a file that no decoder could read: it may still be a known file."""
    return (
        records.Hash(
            kind=records.HashKind.MD5, value=hashlib.md5(content, usedforsecurity=False).hexdigest()
        ),
        records.Hash(
            kind=records.HashKind.SHA1, value=hashlib.sha1(content, usedforsecurity=False).hexdigest()
        ),
        records.Hash(kind=records.HashKind.SHA256, value=hashlib.sha256(content).hexdigest()),
    )
