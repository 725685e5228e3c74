"""What every page is given: who asks, from which session, with which form."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from starlette.requests import Request
from starlette.responses import Response

from wardline import records
from wardline.errors import InputError
from wardline.pipeline import Wardline
from wardline.records import Role
from wardline.web.console.drafts import Drafts, filled_of
from wardline.web.console.forms import Fields, first
from wardline.web.console.journeys import Journeys
from wardline.web.console.pictures import Shelf

COOKIE = "wardline_session"
EVERYBODY = frozenset(Role)
REVIEWERS = frozenset({Role.MODERATOR, Role.LEAD})
OPENERS = frozenset({Role.LEAD, Role.AUDITOR})
MANAGERS = frozenset({Role.LEAD, Role.ADMIN})
OVERSEERS = frozenset({Role.LEAD, Role.ADMIN, Role.AUDITOR})


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """One request of one person."""

    request: Request
    wardline: Wardline
    shelf: Shelf
    drafts: Drafts
    journeys: Journeys
    user: records.User
    session: records.Session
    token: str
    """The session's secret, from the cookie."""
    form: Fields
    """What was sent; empty for a GET."""

    @property
    def now(self) -> datetime:
        """The time, from the installation's clock."""
        return self.wardline.parts.now()

    @property
    def wants_part(self) -> bool:
        """Whether htmx asks, which puts a part of a page in its place; else it is a browser that shows a page."""
        return self.request.headers.get("hx-request") == "true"

    def path(self, name: str) -> str:
        """Give a part of the address."""
        return str(self.request.path_params[name])

    def record(self, kind: str) -> str:
        """Give the record's id from the address."""
        return records.require_id(kind, self.path(f"{kind.replace('-', '_')}_id"))

    def sent(self, field: str) -> str:
        """Give a field of the form, without the space around it; empty when it was not sent."""
        return first(self.form, field).strip()

    def needed(self, field: str) -> str:
        """Give a field of the form that must be there."""
        if not self.sent(field):
            raise InputError(f"form: {field} is missing, expected it")
        return self.sent(field)

    def asked(self, name: str) -> str:
        """Give a parameter of the address; empty when there is none."""
        return self.request.query_params.get(name, "")

    def page_with_draft(self, case_id: str, *, but: frozenset[str] = frozenset()) -> str:
        """Keep what was filled in about a case, and give the address of its page, where it stands in the form again.

        Args:
            case_id: Which case.
            but: Fields that did what they are for.
        """
        kept = self.kept(case_id, but=but)
        return f"/cases/{case_id}?draft={kept['draft']}" if kept else f"/cases/{case_id}"

    def kept(self, case_id: str, *, but: frozenset[str] = frozenset()) -> dict[str, str]:
        """Keep what was filled in about a case, as above; gives only what its address says of it, which is nothing where nothing was."""
        left = filled_of({name: values for name, values in self.form.items() if name not in but})
        if not left:
            return {}
        return {"draft": self.drafts.keep(left, session_id=self.session.id, case_id=case_id, now=self.now)}


@dataclass(frozen=True, slots=True)
class Page:
    """One route with its rule. There is no way to make a route without one."""

    method: str
    path: str
    roles: frozenset[Role]
    """Who may; everybody else is refused."""
    handler: Callable[[Desk], Response]
    grave: bool = False
    """Whether the password or a key is asked for again, when neither was shown lately."""
