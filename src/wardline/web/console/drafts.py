"""Forms that were filled and not recorded: kept for the person who filled them, for a while, in memory only.

A decision is never made from here. It is given back to be looked at and sent again: after a lease was lost, a page was stale, or a session
ended while somebody was writing.
"""

from __future__ import annotations

import re
import secrets
import threading
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from wardline import records
from wardline.web.console.forms import Fields

LIFETIME = timedelta(minutes=30)
_MOST = 256
NOT_KEPT = re.compile(r"csrf|version|item_id|(?:show|size|frame)(?:-[0-9]+)?")
"""What a form holds besides what a person filled in of the decision."""


@dataclass(frozen=True, slots=True)
class _Draft:
    session_id: str
    case_id: str
    fields: Fields
    until: datetime


class Drafts:
    """Holds filled forms between two pages. The oldest go first when there are many."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._drafts: OrderedDict[str, _Draft] = OrderedDict()

    def keep(self, fields: Fields, *, session_id: str, case_id: str, now: datetime) -> str:
        """Keep what was filled in; gives the name under which this session gets it back."""
        filled = dict(filled_of(fields))
        name = secrets.token_urlsafe(18)
        with self._lock:
            self._drafts[name] = _Draft(session_id, case_id, filled, now + LIFETIME)
            while len(self._drafts) > _MOST:
                self._drafts.popitem(last=False)
        return name

    def give_back(self, name: str, *, session_id: str, case_id: str, now: datetime) -> Fields:
        """Give a form back to the session that filled it, for its case; an empty one when there is none any more."""
        with self._lock:
            found = self._drafts.get(name)
        if found is None or found.session_id != session_id or found.case_id != case_id or found.until < now:
            return {}
        return found.fields


def filled_of(fields: Fields) -> Fields:
    """Give what a person filled in; what a fact is, is chosen from the start, and counts once they wrote one."""
    filled = {name: each for name, each in fields.items() if any(each) and not NOT_KEPT.fullmatch(name)}
    return filled if "text" in filled else {name: each for name, each in filled.items() if name != "kind"}


def answered(decision: records.Decision) -> Fields:
    """Give a form as it was filled in for a decision; without the note, which stays with the case."""
    fields = {
        "report": tuple(map(str, decision.annotations)), "escalation": (decision.escalation or "",),
        "second-opinion": ("yes",) if decision.second_opinion else (),
    }  # fmt: skip
    fields |= {f"answer-{each.about}": (str(each.reply),) for each in decision.answers}
    grades = {str(each.grade) for each in decision.findings if each.grade} or {str(decision.outcome)}
    if len(grades) == 1:  # the form has one for all files; another client may have said several
        asked = {each.about for each in decision.answers}
        found = {each for finding in decision.findings for each in finding.annotations} - asked
        fields |= {"category": tuple(grades), "annotation": tuple(sorted(map(str, found)))}
    return fields


def filled_only(fields: Mapping[str, tuple[str, ...]]) -> list[tuple[str, str]]:
    """Give what a person filled in as pairs, to be sent along in hidden fields."""
    return [(name, value) for name, values in filled_of(fields).items() for value in values if value]
