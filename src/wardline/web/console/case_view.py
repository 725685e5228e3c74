"""What the page of a case tells: its files, what they match, what happened, and the form as far as it was filled in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from wardline import records, review
from wardline.errors import InputError
from wardline.pipeline import blindness, seeing
from wardline.pipeline.cluster_acts import SeenBefore
from wardline.records import CaseState, Category, FileAnnotation, HashKind, Reply, ReportAnnotation
from wardline.web.console import appeal_view, passing
from wardline.web.console.desk import Desk
from wardline.web.console.forms import Fields
from wardline.web.console.opinion_view import OUTCOMES, opinion_values
from wardline.web.console.viewing import viewing_of

CATEGORIES = (
    (Category.A1, "younger, kind 1"), (Category.A2, "younger, kind 2"), (Category.B1, "older, kind 1"), (Category.B2, "older, kind 2"),
)  # fmt: skip
QUESTIONS = (
    (FileAnnotation.POTENTIAL_MEME, "Potential meme"), (FileAnnotation.GENERATIVE_AI, "Generative AI"), (FileAnnotation.VIRAL, "Viral"),
)  # fmt: skip
HOLDS = {"1": "1 hour", "4": "4 hours", "24": "1 day", "72": "3 days", "168": "7 days"}
"""For how long a case may be set aside: hours, and words."""
REPLIES = ((Reply.YES, "Yes"), (Reply.NO, "No"), (Reply.NOT_SURE, "Not sure"))
OTHERS = (
    (FileAnnotation.ANIME_DRAWING_VIRTUAL_HENTAI, "Drawing or animation"),
    (FileAnnotation.POSSIBLE_SELF_PRODUCTION, "Possible self-production"), (FileAnnotation.LIVE_STREAMING, "Live streaming"),
    (FileAnnotation.INFANT, "Infant"), (FileAnnotation.PHYSICAL_HARM, "Physical harm"),
)  # fmt: skip
REPORT = (
    (ReportAnnotation.SEXTORTION, "Sextortion"), (ReportAnnotation.MINOR_TO_MINOR_INTERACTION, "Between minors"),
    (ReportAnnotation.SPAM, "Spam"),
)  # fmt: skip
_ACTIONS = {
    records.ActionKind.RESTRICT_CONTENT: "Content hidden on the platform", records.ActionKind.RESTORE_CONTENT: "Content restored",
    records.ActionKind.REMOVE_CONTENT: "Content removed", records.ActionKind.SUSPEND_ACCOUNT: "Account suspended",
    records.ActionKind.WARN_ACCOUNT: "Account warned",
}  # fmt: skip
_ACTION_STATES = {
    records.ActionState.PENDING: "the platform has not answered yet", records.ActionState.DELIVERED: "the platform confirmed it",
    records.ActionState.FAILED: "the platform refused", records.ActionState.WITHDRAWN: "withdrawn before the platform confirmed it",
}  # fmt: skip
_REVERSALS = {
    records.ReversalState.PENDING: "taken back, the platform has not answered yet",
    records.ReversalState.DELIVERED: "taken back, the platform confirmed it",
    records.ReversalState.FAILED: "the platform refused to take it back",
}
_DOUBTS = {
    records.Doubt.HELD: "the entry is held, it may be wrong", records.Doubt.DISPUTED: "a negative list says otherwise",
}  # fmt: skip
LAST_MINUTES = timedelta(minutes=5)
"""So long before its end a lease warns."""
_MOST_DIGITS = 6
_OTHER_CASES = 5


@dataclass(frozen=True, slots=True)
class Look:
    """One file of a case, as the page shows it."""

    item: records.Item
    number: int
    picture: str | None
    """Address of the revealed picture, to be fetched once; None while it is covered."""
    frame: int
    seen: int
    """How many of its frames this person was shown."""
    viewed: bool
    """Whether a report would say that a person viewed the entire file."""
    showing: Mapping[str, str]
    """How it was shown: ``show`` and ``size`` as the form has them."""
    scores: tuple[records.Score, ...] = ()
    """What detectors said of it, where this person may know."""
    words: str | None = None
    """Of an account without a file that is revealed; None while it is covered, and for a file."""
    before: SeenBefore | None = None
    """What this person was shown before that is the same file, or near it; only of the first file of a case."""

    @property
    def is_revealed(self) -> bool:
        """Say whether it is shown."""
        return self.picture is not None or self.words is not None

    @property
    def before_words(self) -> str:
        """Say in words what they were shown before, and what they decided; empty for nothing."""
        return _before_words(self.before) if self.before else ""


@dataclass(frozen=True, slots=True)
class OnList:
    """What one list says of a file, in one line."""

    list_id: str
    hashes: str
    """The kinds that agree: ``"MD5, SHA1"``."""
    distance_bits: int | None
    """Of a near hash, 0 to 31; None where cryptographic hashes say that it is the same file."""
    quality: int | None
    """Of a near hash, 0 to 100."""
    category: Category | None
    trust: records.ListTrust
    meaning: str
    """What the list's owner says of all its entries, in words; empty where that is the plain case."""
    doubt: str
    """Why the match alone restricts nothing; empty where nobody doubts it."""


@dataclass(frozen=True, slots=True)
class Event:
    """One line of what happened."""

    at: datetime
    text: str
    more: str = ""
    by_person: bool = False


def looks_of(
    desk: Desk, case: records.Case, *, revealed: str | None = None, picture: str | None = None, frame: int = 0,
    showing: Mapping[str, str] | None = None, words: str | None = None,
) -> list[Look]:  # fmt: skip
    """Describe every file of a case; at most one is revealed."""
    store = desk.wardline.parts.store
    reveals = _reveals(desk, case)
    before = desk.wardline.seen_before(case, user=desk.user) if is_mine(desk, case) else None
    looks = []
    for number, item_id in enumerate(case.item_ids, start=1):
        item = store.item(item_id)
        seen = review.viewed_frames(item_id, reveals)
        every = set(range(review.frames_of(item)))
        shown = item_id == revealed
        looks.append(Look(
            item=item, number=number, words=words if shown else None, picture=picture if shown else None, frame=frame if shown else 0,
            seen=len(seen.get(desk.user.id, ())), viewed=bool(every) and any(every <= frames for frames in seen.values()),
            showing=showing or {}, before=before if number == 1 else None,
            scores=blindness.scores_of(desk.wardline.parts, store.case(case.id), item, desk.user),
        ))  # fmt: skip
    return looks


def _reveals(desk: Desk, case: records.Case) -> list[records.Reveal]:
    """Give who was shown what; to whoever judges without knowing what others did, their own only: how long others looked tells something."""
    if blindness.is_judged_blind(desk.wardline.parts, case):
        return desk.wardline.seen_reveals(case.id, user=desk.user)
    return desk.wardline.parts.store.reveals_of(case.id)


def _before_words(before: SeenBefore) -> str:
    """Say in words that a person saw a file before, or one near it."""
    what = "this very file" if before.identical else "a file near it"
    if before.decision is None:
        return f"You were shown {what} before"
    graded = [each for each in before.decision.findings if each.grade]
    of = f", {grade_words(graded[0])}" if graded else ""
    return f"You were shown {what} before, and decided: {OUTCOMES[before.decision.outcome]}{of}"


def grade_words(finding: records.Finding) -> str:
    """Say in words what makes a file, or an incident without one, a violation; empty where nothing does."""
    if finding.incident is not None:
        return records.KIND_WORDS[finding.incident]
    return f"category {finding.category}" if finding.category else ""


def frame_of(text: str) -> int:
    """Read the number of a frame; the first where none is given."""
    if not text:
        return 0
    if not text.isascii() or not text.isdigit() or len(text) > _MOST_DIGITS:
        raise InputError("frame: no number, expected one")
    return int(text)


def seen(desk: Desk, case: records.Case) -> records.Case:
    """Give a case as this person may see it."""
    return desk.wardline.seen_cases([case], user=desk.user)[0]


def is_mine(desk: Desk, case: records.Case) -> bool:
    """Say whether this person holds the case now."""
    held = case.lease_until is not None and case.lease_until > desk.now
    return case.claimed_by == desk.user.id and held and case.state is CaseState.OPEN


def lease_values(desk: Desk, case: records.Case) -> dict[str, Any]:
    """Give what the line about the lease says."""
    left = case.lease_until - desk.now if case.lease_until else timedelta(0)
    return {"case": case, "mine": is_mine(desk, case), "left": left, "ends_soon": left <= LAST_MINUTES}


def values_of(desk: Desk, case: records.Case, looks: list[Look], filled: Fields) -> dict[str, Any]:
    """Give everything that the case's template asks for."""
    store = desk.wardline.parts.store
    names = {user.id: user.name for user in store.users()}
    others = other_cases(desk, case)
    return {
        **lease_values(desk, case), "looks": looks, "names": names, "filled": filled,
        "matches": [found for look in looks for found in _found_on_lists(look.item)],
        "decision": store.decision(case.decision_id) if case.decision_id else None, "events": _events(desk, case, looks, names),
        "referrals": [] if appeal_view.is_blind(case) else [] if desk.wardline.hidden_cases([case.id], user=desk.user) else store.referrals(case_id=case.id), "others": others[:_OTHER_CASES], "more_others": len(others) > _OTHER_CASES,
        "categories": CATEGORIES, "questions": QUESTIONS, "replies": REPLIES, "holds": HOLDS, "other_annotations": OTHERS, "report_annotations": REPORT,
        "outcomes": OUTCOMES, "told": next((look.item.told for look in looks), None), "is_held": case.held_until is not None and case.held_until > desk.now,
        "undo_left": _undo_left(desk, case), "sees": seeing.sees(desk.wardline.parts, case, desk.user), **passing.values_of(desk, case), "near_copies": desk.wardline.near_copies([case]).get(case.id, 0), **appeal_view.values(desk, case), **opinion_values(desk, case), **viewing_values(desk),
    }  # fmt: skip


def viewing_values(desk: Desk) -> dict[str, Any]:
    """Give what the part of the page about one file asks for besides the file."""
    return {
        "incident_words": records.KIND_WORDS, "viewing": viewing_of(desk), "brief_seconds": int(review.BRIEF_LOOK.total_seconds()), "is_brief": desk.asked("brief") == "1",
    }  # fmt: skip


def _found_on_lists(item: records.Item) -> list[OnList]:
    """Put together what says the same: a listed file agrees in several hashes."""
    same: dict[tuple[str, int | None, Category | None, records.Doubt | None], list[records.Match]] = {}
    for match in item.matches:
        near = match.distance_bits if match.hash_kind is HashKind.PDQ else None
        same.setdefault((match.list_id, near, match.category, match.doubt), []).append(match)
    quality = next((each.quality for each in item.hashes if each.kind is HashKind.PDQ), None)
    return [
        OnList(
            list_id=list_id, hashes=", ".join(sorted({match.hash_kind.upper() for match in matches})), distance_bits=near,
            quality=quality if near is not None else None, category=category, trust=matches[0].trust,
            meaning="" if matches[0].meaning is records.ListMeaning.ILLEGAL else matches[0].meaning.words,
            doubt=_DOUBTS[doubt] if doubt else "",
        )
        for (list_id, near, category, doubt), matches in same.items()
    ]  # fmt: skip


def _undo_left(desk: Desk, case: records.Case) -> timedelta | None:
    if case.decision_id is None or case.state is not CaseState.DECIDED:
        return None
    decision = desk.wardline.parts.store.decision(case.decision_id)
    left = decision.undo_until - desk.now
    return left if decision.user_id == desk.user.id and left > timedelta(0) else None


def other_cases(desk: Desk, case: records.Case) -> list[records.Case]:
    """Give a few other cases about the same account, the newest first, and one more than are shown if there are more."""
    if not case.account_reference:
        return []
    found = desk.wardline.parts.store.cases_of_account(case.account_reference, most=_OTHER_CASES + 2)
    return [each for each in found if each.id != case.id][: _OTHER_CASES + 1]


def _events(desk: Desk, case: records.Case, looks: list[Look], names: Mapping[str, str]) -> list[Event]:
    """Tell what happened, oldest first. Whoever gives a second opinion is not told who gave the first, nor what they wrote."""
    store = desk.wardline.parts.store
    blind = blindness.authors(desk.wardline.parts, store.case(case.id), desk.user)
    if appeal_view.is_blind(case):
        blind = blind | (set(case.passed_by) - {desk.user.id})

    def who(user_id: str) -> str:
        if user_id == desk.user.id:
            return "You"
        return "A colleague" if user_id in blind else names.get(user_id, "Somebody")

    told = {look.item.id for look in looks if look.item.told is not None}
    actions = appeal_view.visible_actions(desk, case)
    found = _arrival(
        case, looks, hidden=any(each.kind is records.ActionKind.RESTRICT_CONTENT for each in actions)
    )
    found += [
        Event(
            each.at,
            f"{who(each.user_id)} revealed {'the account' if each.item_id in told else 'file'} {each.item_id[-6:].upper()}",
            by_person=True,
        )
        for each in _reveals(desk, case)
    ]
    found += [
        Event(each.at, f"{who(each.user_id)} wrote", each.text, by_person=True)
        for each in store.notes_of(case.id)
        if each.user_id not in blind
    ]
    found += [
        Event(each.at, f"{who(each.user_id)} decided: {OUTCOMES[each.outcome]}" if not each.spread_from else
              f"Decided as an identical file was, by the word of two people: {OUTCOMES[each.outcome]}",
              "taken back" if each.state is records.DecisionState.UNDONE else "", by_person=not each.spread_from)
        for each in store.decisions_of(case.id)
        if each.user_id not in blind
    ]  # fmt: skip
    found += [
        Event(
            each.created_at,
            _ACTIONS[each.kind],
            _REVERSALS[each.reversal] if each.reversal else _ACTION_STATES[each.state],
        )
        for each in actions
    ]
    return sorted(found, key=lambda event: event.at)


def _arrival(case: records.Case, looks: list[Look], *, hidden: bool) -> list[Event]:
    lists = {match.list_id for look in looks for match in look.item.matches}
    matched = f"{len(lists)} list{'s' if len(lists) != 1 else ''} knew it" if lists else ""
    uploads = [
        Event(
            look.item.context.uploaded_at,
            "Happened, as the platform told it" if look.item.told else "Uploaded by the account",
        )
        for look in looks
        if look.item.context
    ]
    if any(look.item.told for look in looks):
        return [*uploads, Event(case.opened_at, "Case opened", "Sealed as it was told.")]
    opened = "Sealed, and hidden on the platform" if hidden else "Sealed; visible on the platform meanwhile"
    return [*uploads, Event(case.opened_at, "Case opened", f"{opened}. {matched}".removesuffix(". ") + ".")]
