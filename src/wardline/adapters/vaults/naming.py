"""What an object may be called: its name becomes part of a path, here and in a bucket."""

from __future__ import annotations

import re

from wardline.adapters.vaults.envelope import Name
from wardline.errors import InputError

_OBJECT_ID = re.compile(r"[a-z0-9][a-z0-9_-]{0,127}")
_PURPOSE = re.compile(r"[a-z0-9][a-z0-9-]{0,63}")


def named(object_id: str, purpose: str) -> Name:
    """Check an object's name. The rejected text is not repeated in the error."""
    if not _OBJECT_ID.fullmatch(object_id):
        raise InputError(
            "evidence: malformed object id, expected 1 to 128 lower-case letters, digits, hyphens or underscores"
        )
    if not _PURPOSE.fullmatch(purpose):
        raise InputError(
            "evidence: malformed purpose, expected 1 to 64 lower-case letters, digits or hyphens"
        )
    return Name(object_id, purpose)
