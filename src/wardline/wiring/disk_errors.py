"""What an error of the disk means to whoever sets up, backs up and moves an installation."""

from __future__ import annotations

import errno
from collections.abc import Iterator
from contextlib import contextmanager

from wardline.errors import StorageFullError, StoreUnavailableError

_FULL = (errno.ENOSPC, errno.EDQUOT)


@contextmanager
def translated(what: str) -> Iterator[None]:
    """Turn the operating system's errors into ours. What was written stays, and is no back-up: it has no manifest."""
    try:
        yield
    except OSError as error:
        if error.errno in _FULL:
            raise StorageFullError(
                f"{what}: no space left, expected room for it",
                remedy="Free disk space or choose another disk, and begin again in a new folder.",
            ) from None
        code = errno.errorcode.get(error.errno or 0, "unknown")
        raise StoreUnavailableError(f"{what}: the disk answered {code}, expected it to work") from None
