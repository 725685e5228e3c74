"""Looking at a file: its cover, a deliberate reveal, and covering it again."""

from __future__ import annotations

from datetime import timedelta
from urllib.parse import urlencode

from starlette.responses import Response

from wardline import records, review
from wardline.errors import NotFoundError
from wardline.pipeline import Showing
from wardline.records import Rendition
from wardline.web.console import case_view
from wardline.web.console.desk import REVIEWERS, Desk, Page
from wardline.web.console.rendering import HEADERS, go, part

_SMALL, _FULL = 480, 1600
"""Longest side of a revealed picture, pixels."""


def cover(desk: Desk) -> Response:
    """Give the stand-in for a file: at most 32 by 20 grey points, made and blurred on the server."""
    picture = desk.wardline.cover(desk.record("case"), item_id=desk.record("item"), user=desk.user)
    return Response(picture, media_type="image/png", headers=HEADERS)


def reveal(desk: Desk) -> Response:
    """Show one file to this person. The log has it before the page is sent."""
    case_id, item_id = desk.record("case"), records.require_id("item", desk.needed("item_id"))
    is_brief = not desk.wants_part and desk.wardline.choices(desk.user).hold
    showing = _showing(desk, review.BRIEF_LOOK if is_brief else review.LONGEST_LOOK)
    picture = desk.wardline.reveal(case_id, item_id=item_id, user=desk.user, showing=showing)
    words = picture.decode() if desk.wardline.parts.store.item(item_id).told is not None else None
    if desk.wants_part and words is not None:
        return _look(desk, case_id, item_id, None, 0, {}, words=words)
    shown = picture if words is None else words
    name = desk.shelf.put(shown, of=item_id, session_id=desk.session.id, now=desk.now)
    chosen = _showing_of(desk) | ({"brief": "1"} if is_brief else {})
    if desk.wants_part:
        return _look(desk, case_id, item_id, f"/pictures/{name}", showing.frame, chosen)
    # By another address, so that reloading shows the cover and is no second reveal.
    return go(
        f"/cases/{case_id}?{urlencode({'shown': name, 'item': item_id, 'frame': showing.frame, **chosen})}"
    )


def cover_again(desk: Desk) -> Response:
    """Cover what is revealed; the log then knows for how long it was shown."""
    case_id = desk.record("case")
    desk.wardline.cover_again(user=desk.user)
    if desk.wants_part and desk.sent("item_id"):
        return _look(
            desk, case_id, records.require_id("item", desk.sent("item_id")), None, 0, _showing_of(desk)
        )
    return go(f"/cases/{case_id}")


def fetch(desk: Desk) -> Response:
    """Give a revealed picture to the browser of the person it was revealed to, once."""
    picture = desk.shelf.take_picture(desk.path("name"), session_id=desk.session.id, now=desk.now)
    return Response(picture, media_type="image/png", headers=HEADERS)


def _showing_of(desk: Desk) -> dict[str, str]:
    """Give what the form says of how a file is shown; a form that covers says it only where the next step follows from it."""
    return {"show": desk.sent("show"), "size": desk.sent("size")}


def _showing(desk: Desk, longest: timedelta) -> Showing:
    return Showing(
        frame=case_view.frame_of(desk.sent("frame")), rendition=Rendition.FULL if desk.sent("show") == "colour" else Rendition.GREY,
        longest_side=_FULL if desk.sent("size") == "full" else _SMALL, seconds=int(longest.total_seconds()),
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
