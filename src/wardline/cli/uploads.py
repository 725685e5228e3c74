"""What ``submit`` and ``flag`` read alike: a file with its context, and a time that somebody wrote."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from wardline.errors import InputError, TooLargeError

if TYPE_CHECKING:
    from wardline import intake, records


def time_of(text: str | None, option: str, now: datetime) -> datetime:
    """Read a time in ISO 8601 with a zone; now where none is given."""
    if text is None:
        return now
    try:
        given = datetime.fromisoformat(text)
        if given.tzinfo is not None:
            return given.astimezone(UTC)
    except (ValueError, OverflowError):
        pass
    raise InputError(
        f"{option}: no time with a zone, expected for example 2026-02-01T12:00:00Z",
        remedy="Write it in ISO 8601.",
    )


def read(
    file: Path, account: str, context: records.UploadContext, flag: records.Flag | None, *, max_bytes: int
) -> intake.Upload:
    """Read a picture from a file."""
    from wardline import intake

    try:
        size_bytes = file.stat().st_size
        if size_bytes > max_bytes:
            raise TooLargeError(f"upload: {size_bytes} bytes, expected at most {max_bytes}")
        content = file.read_bytes()
    except OSError as error:
        raise InputError(
            f"file {file}: cannot be read ({error.strerror}), expected a picture", remedy="Check its path."
        ) from None
    return intake.Upload(content=content, account_reference=account, context=context, flag=flag)
