"""Which part of NCMEC's time is read next. Pure: times are whole seconds since 1970 in UTC.

Entries do not come in the order of time, so only a window that was read to its end is done; what was read of it meanwhile is true all
the same, and may be told again. Windows that turn out long are cut, and those that are short grow.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

LAG_SECONDS = 5
"""A window ends this long ago: what is being written at the moment comes with the next one."""
OVERLAP_SECONDS = 600
"""The next fetch begins this long before the end of the last: for entries that became visible late, and clocks that differ."""
KEEP_SECONDS = 4 * 3600
"""A paging address that is older is not used. NCMEC advises not to keep them; python-threatexchange drops them after twelve hours."""
MOST_PAGES = 50
"""A window of more is cut, so that a fetch that is cut short does not begin again with all of it."""
LEAST_SECONDS = 60
"""A window is not cut shorter."""
_EDGE_SECONDS = 1  # whether a window's ends belong to it is not documented
_SHRINK, _GROW = 8, 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """A part of time, and how far it was read."""

    start: int
    end: int
    goal: int
    """The fetch is done when a window that ends here is."""
    span: int
    """How long windows are at the moment; this one may be shorter, for it ends at the goal."""
    pages: int = 0
    """How many were read of it."""
    next: str | None = None
    """Address of the next one."""
    next_at: int = 0
    """When that address was given."""


def opened(since: int | None, now: int) -> Window | None:
    """Begin a fetch.

    Args:
        since: Where the last one ended; None for everything.
        now: Current time.

    Returns:
        None when there cannot be news yet: the clock was put back.
    """
    start, goal = max(0, (since or 0) - OVERLAP_SECONDS), now - LAG_SECONDS
    return _window(start, goal, goal - start) if start < goal else None


def after(window: Window, next_: str | None, now: int) -> Window | None:
    """Go on after a page.

    Args:
        window: Whose page it was.
        next_: Address of the next page, if there is one.
        now: Current time.

    Returns:
        None when the fetch is done.
    """
    if next_ is not None:
        if window.pages + 1 >= MOST_PAGES and window.end - window.start > LEAST_SECONDS:
            return _window(window.start, window.goal, (window.end - window.start) // _SHRINK)
        return replace(window, pages=window.pages + 1, next=next_, next_at=now)
    if window.end >= window.goal:
        return None
    span = window.span if window.pages else window.span * _GROW
    return _window(window.end - _EDGE_SECONDS, window.goal, span)


def resumed(window: Window, now: int) -> Window:
    """Take up a window of an earlier process: from its start, and half as long, when the paging address is too old."""
    if window.next is None or 0 <= now - window.next_at <= KEEP_SECONDS:
        return window
    return _window(window.start, window.goal, (window.end - window.start) // 2)


def _window(start: int, goal: int, span: int) -> Window:
    longest = max(span, LEAST_SECONDS)
    return Window(start=start, end=min(start + longest, goal), goal=goal, span=longest)
