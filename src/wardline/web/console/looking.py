"""Looking at a file: its cover, a deliberate reveal, and covering it again."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from urllib.parse import urlencode

from starlette.responses import Response

from wardline import records, review
from wardline.errors import NotFoundError, WardlineError
from wardline.pipeline import Showing
from wardline.records import Rendition
from wardline.web import problems
from wardline.web.console import case_view
from wardline.web.console.desk import REVIEWERS, Desk, Page
from wardline.web.console.rendering import HEADERS, go, page, part

_SMALL, _FULL = 480, 1600
"""Longest side of a revealed picture, pixels."""


def cover(desk: Desk) -> Response:
    """Give the stand-in for a file: at most 32 by 20 grey points, made and blurred on the server."""
    picture = desk.wardline.cover(desk.record("case"), item_id=desk.record("item"), user=desk.user)
    return Response(picture, media_type="image/png", headers=HEADERS)


def reveal(desk: Desk) -> Response:
    """Show one file to this person. The log has it before the page is sent. What is filled in of the decision stays."""
    return _with_the_form_kept(desk, _reveal)


def _reveal(desk: Desk) -> Response:
    case_id, item_id = desk.record("case"), _item(desk)
    is_brief = not desk.wants_part and desk.wardline.choices(desk.user).hold
    showing = _showing(desk, item_id, review.BRIEF_LOOK if is_brief else review.LONGEST_LOOK)
    picture = desk.wardline.reveal(case_id, item_id=item_id, user=desk.user, showing=showing)
    words = picture.decode() if desk.wardline.parts.store.item(item_id).told is not None else None
    if desk.wants_part and words is not None:
        return _look(desk, case_id, item_id, None, 0, {}, words=words)
    shown = picture if words is None else words
    name = desk.shelf.put(shown, of=item_id, session_id=desk.session.id, now=desk.now)
    chosen = _showing_of(desk, item_id) | ({"brief": "1"} if is_brief else {})
    if desk.wants_part:
        return _look(desk, case_id, item_id, f"/pictures/{name}", showing.frame, chosen)
    # By another address, so that reloading shows the cover and is no second reveal.
    return go(
        f"/cases/{case_id}?{urlencode({'shown': name, 'item': item_id, 'frame': showing.frame, **chosen, **desk.kept(case_id)})}"
    )


def cover_again(desk: Desk) -> Response:
    """Cover what is revealed; the log then knows for how long it was shown. What is filled in of the decision stays."""
    return _with_the_form_kept(desk, _cover_again)


def _cover_again(desk: Desk) -> Response:
    case_id = desk.record("case")
    desk.wardline.cover_again(user=desk.user)
    if desk.wants_part and desk.sent("item_id"):
        return _look(desk, case_id, _item(desk), None, 0, _showing_of(desk, _item(desk)))
    return go(desk.page_with_draft(case_id))


def fetch(desk: Desk) -> Response:
    """Give a revealed picture to the browser of the person it was revealed to, once."""
    picture = desk.shelf.take_picture(desk.path("name"), session_id=desk.session.id, now=desk.now)
    return Response(picture, media_type="image/png", headers=HEADERS)


def _with_the_form_kept(desk: Desk, act: Callable[[Desk], Response]) -> Response:
    """Do what a button asks for that may send the decision's form along. What cannot be done loses nothing of what was filled in."""
    try:
        return act(desk)
    except WardlineError as error:
        case_id = desk.record("case")
        kept = {} if desk.wants_part else desk.kept(case_id)
        if not kept:
            raise
        return page(
            desk, "error", status=problems.status_of(error), error=error, written="", after=f"/cases/{case_id}?{urlencode(kept)}",
        )  # fmt: skip


def _item(desk: Desk) -> str:
    return records.require_id("item", desk.asked("item_id") or desk.needed("item_id"))


def _said(desk: Desk, field: str, item_id: str) -> str:
    """Give what is said of how a file is shown: by the address that a button of the decision's form has, else by the file's own fields."""
    items = desk.wardline.parts.store.case(desk.record("case")).item_ids
    number = items.index(item_id) + 1 if item_id in items else 1
    return desk.asked(field) or desk.sent(field if number == 1 else f"{field}-{number}")


def _showing_of(desk: Desk, item_id: str) -> dict[str, str]:
    """Give what the form says of how a file is shown; a form that covers says it only where the next step follows from it."""
    return {"show": _said(desk, "show", item_id), "size": _said(desk, "size", item_id)}


def _showing(desk: Desk, item_id: str, longest: timedelta) -> Showing:
    said = _showing_of(desk, item_id)
    return Showing(
        frame=case_view.frame_of(_said(desk, "frame", item_id)), rendition=Rendition.FULL if said["show"] == "colour" else Rendition.GREY,
        longest_side=_FULL if said["size"] == "full" else _SMALL, seconds=int(longest.total_seconds()),
    )  # fmt: skip


def _look(
    desk: Desk,
    case_id: str,
    item_id: str,
    picture: str | None,
    frame: int,
    showing: dict[str, str],
    *,
    words: str | None = None,
) -> Response:
    """Give one file's part of the page alone, so that a form that is being filled in stays as it is."""
    case = desk.wardline.parts.store.case(case_id)
    looks = case_view.looks_of(
        desk, case, revealed=item_id, picture=picture, frame=frame, showing=showing, words=words
    )
    look = next((each for each in looks if each.item.id == item_id), None)
    if look is None:
        raise NotFoundError(f"{case_id}: has no such file")
    return part(
        desk, "words" if look.item.told else "look", look=look, total=len(looks), case=case, mine=case_view.is_mine(desk, case), **case_view.viewing_values(desk)
    )  # fmt: skip


PAGES = (
    Page("GET", "/cases/{case_id}/covers/{item_id}", REVIEWERS, cover),
    Page("POST", "/cases/{case_id}/reveals", REVIEWERS, reveal),
    Page("POST", "/cases/{case_id}/coverings", REVIEWERS, cover_again),
    Page("GET", "/pictures/{name}", REVIEWERS, fetch),
)
