"""Memory that was freed, and that the C library keeps for later."""

from __future__ import annotations

import ctypes


def give_back() -> None:
    """Give it back to the system, where the C library can: glibc keeps blocks below 32 MB, of which a list of millions has hundreds.

    Source: mallopt(3), M_MMAP_THRESHOLD; malloc_trim(3).
    """
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
    if trim is not None:
        trim(ctypes.c_size_t(0))
