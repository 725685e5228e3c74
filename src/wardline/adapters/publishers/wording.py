"""The words and numbers of the figures page."""

from __future__ import annotations

from datetime import date, datetime

from wardline import records

Step = records.Step

PARTS: tuple[tuple[str, tuple[Step, ...]], ...] = (
    (
        "Uploads",
        (
            Step.ITEMS_RECEIVED,
            Step.ITEMS_RELEASED,
            Step.ITEMS_MATCHED,
            Step.ITEMS_UNSCANNABLE,
            Step.ITEMS_FLAGGED,
            Step.ITEMS_SCORED,
            Step.AUDITS_DRAWN,
            Step.ITEMS_CLEARED,
            Step.ITEMS_ACTED,
        ),
    ),
    ("Cases", (Step.INCIDENTS_TOLD, Step.CASES_OPENED, Step.CASES_DECIDED, Step.REVEALS)),
    (
        "What followed",
        (
            Step.ACTIONS_TAKEN,
            Step.REFERRALS_FILED,
            Step.FILES_REPORTED,
            Step.RECEIPTS_STORED,
            Step.HOLDS_PLACED,
        ),
    ),
)
"""Every step, in the order in which an upload meets them."""

WORDS: dict[Step, tuple[str, str]] = {
    Step.ITEMS_RECEIVED: ("Received", "Pictures that the platform sent."),
    Step.ITEMS_RELEASED: (
        "Released",
        "Nothing pointed at them, or a machine cleared them. Only this count was kept, and a copy for 14 days of those drawn by lot.",
    ),
    Step.ITEMS_MATCHED: ("Matched", "Near an entry of an active list."),
    Step.ITEMS_UNSCANNABLE: ("Not scannable", "Could not be read, so a person looked."),
    Step.ITEMS_FLAGGED: ("Flagged", "A user of the platform complained."),
    Step.ITEMS_SCORED: ("Scored", "A detector was asked, and answered."),
    Step.AUDITS_DRAWN: ("Drawn by lot", "Looked at whatever anything says of them."),
    Step.ITEMS_CLEARED: (
        "Cleared by machine",
        "Released under a certificate, before a person looked; counted among the released too.",
    ),
    Step.ITEMS_ACTED: (
        "Restricted by machine",
        "Hidden under a certificate, before a person looked; the uploader was told.",
    ),
    Step.INCIDENTS_TOLD: ("Incidents told", "What the platform told in words, without a file."),
    Step.CASES_OPENED: ("Opened", "Put before the moderators."),
    Step.CASES_DECIDED: ("Decided", "A moderator decided."),
    Step.REVEALS: (
        "Views",
        "One picture, or one account in words, shown to one person, logged before it was shown.",
    ),
    Step.ACTIONS_TAKEN: ("Actions", "Asked of the platform, such as to hide a picture."),
    Step.REFERRALS_FILED: ("Referrals filed", "Reports that an authority took."),
    Step.RECEIPTS_STORED: ("Receipts", "The authority's answers, kept as received."),
    Step.FILES_REPORTED: ("Files reported", "Files in the referrals that were filed."),
    Step.HOLDS_PLACED: ("Holds", "Evidence kept for the time the law asks."),
}
"""What each step is called, and what it means."""

_MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December",
)  # fmt: skip

_MINUTE, _HOUR, _DAY = 60, 3600, 86_400


def count(number: int) -> str:
    """Write a number with commas between thousands."""
    return f"{number:,}"


def day(value: date) -> str:
    """Write a date, the month in letters whatever the machine's language."""
    return f"{value.day} {_MONTHS[value.month - 1]} {value.year}"


def short_day(value: date) -> str:
    """Write a date without its year, for the axis of a chart."""
    return f"{value.day} {_MONTHS[value.month - 1][:3]}"


def moment(value: datetime) -> str:
    """Write a time to the minute; the page says once that times are UTC."""
    return f"{day(value)}, {value:%H:%M}"


def period(first: date, last: date) -> str:
    """Write a period without saying a month or a year twice."""
    if first == last:
        return day(first)
    if (first.year, first.month) == (last.year, last.month):
        return f"{first.day} to {day(last)}"
    if first.year == last.year:
        return f"{first.day} {_MONTHS[first.month - 1]} to {day(last)}"
    return f"{day(first)} to {day(last)}"


def span(seconds: float) -> str:
    """Write how long something took: two units at most, none finer than a hundredth of a second."""
    if seconds < 0.005:
        return "under 0.01 s"
    if seconds < 9.995:
        return f"{seconds:.2f} s"
    whole = round(seconds)
    if whole < _MINUTE:
        return f"{whole} s"
    if whole < _HOUR:
        return _two(whole, _MINUTE, "min", 1, "s")
    if whole < 2 * _DAY:
        return _two(whole, _HOUR, "h", _MINUTE, "min")
    return _two(whole, _DAY, "days", _HOUR, "h")


def _two(seconds: int, size: int, unit: str, smaller_size: int, smaller: str) -> str:
    rest = seconds % size // smaller_size
    return f"{seconds // size} {unit} {rest} {smaller}" if rest else f"{seconds // size} {unit}"
