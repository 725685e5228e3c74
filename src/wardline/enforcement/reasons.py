"""What people are told about a decision: facts for a text, and whether it may be told at all.

Nothing here can say which list knew a file, how near it was, what a detector made of it or who flagged it: there is no field for it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from wardline import records
from wardline.records import ActionKind, MessageKind, Outcome, Visibility


class Statements(StrEnum):
    """When the uploader gets a statement of reasons."""

    NEVER = "never"
    UNLESS_REFERRED = "unless-referred"
    """Not while a report to an authority follows from the decision, nor afterwards."""
    ALWAYS = "always"


@dataclass(frozen=True, slots=True, kw_only=True)
class Promises:
    """From ``[complaints]`` in wardline.toml."""

    appeal_period: timedelta = timedelta(days=180)
    """How long after a decision takes effect it may be appealed. Source: Regulation (EU) 2022/2065, Article 20(1): six months at least;
    our reading, for counsel to confirm."""
    acknowledge_within: timedelta = timedelta(hours=24)
    answer_within: timedelta = timedelta(days=14)
    statements: Statements = Statements.UNLESS_REFERRED


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What a message may say."""

    kind: MessageKind
    reference: str
    """What the person may quote: an id."""
    content_reference: str | None = None
    """The platform's id of the content; None where it is about an account alone."""
    actions: tuple[ActionKind, ...] = ()
    """What was done and stands, each kind once."""
    outcome: Outcome | None = None
    decided_at: datetime | None = None
    by_notice: bool = False
    """Whether somebody flagged it; not who. Never said of what only few people could see."""
    by_machine: bool = False
    """Whether automated means found it."""
    tells_how: bool = True
    """Whether it may be said how the service came to look."""
    decided_by_machine: bool = False
    """Whether automated means decided, too, under a certificate; else a person did."""
    carried_over: bool = False
    """Whether people decided about the same content elsewhere, and automated means applied that here."""
    adds: bool = False
    """Whether the answer to an appeal does something that had not been done: it is graver."""
    answer_until: datetime | None = None
    """When the answer is promised."""
    appeal_until: datetime | None = None
    """Until when it may be appealed."""


def may_state(decision: records.Decision, promises: Promises) -> bool:
    """Say whether the uploader may be told the reasons for a decision.

    One that is reported to an authority is not explained unless the settings say always: telling could warn a person about whom an
    investigation is to begin. Our reading of Article 17 beside 18 USC 2258A and its equals; counsel must confirm it.
    """
    match promises.statements:
        case Statements.NEVER:
            return False
        case Statements.UNLESS_REFERRED:
            return decision.outcome is not Outcome.VIOLATION
        case Statements.ALWAYS:
            return True


def statement(
    decision: records.Decision,
    actions: Iterable[records.Action],
    item: records.Item,
    *,
    by_notice: bool,
    promises: Promises,
) -> Facts | None:
    """Give the facts of a statement of reasons about one item; None where nothing was taken from anybody, or it may not be told."""
    # What a platform calls an incident may be the number of somebody's complaint: it is no content of the person's, and says nothing to them.
    about = item.context.content_reference if item.context and item.told is None else None
    kinds = tuple(
        dict.fromkeys(
            each.kind
            for each in actions
            if each.stands and each.content_reference in (about, None) and each.kind in _STATED
        )
    )
    if not kinds or not may_state(decision, promises):
        return None
    # Of a conversation only those who were in it can have flagged, often one child. Where nobody did the same is left out, or its absence would tell.
    is_private = item.context is not None and item.context.visibility is Visibility.PRIVATE
    by_machine = bool(item.matches)
    return Facts(
        kind=MessageKind.STATEMENT_OF_REASONS, reference=decision.id, content_reference=about, actions=kinds, outcome=decision.outcome,
        decided_at=decision.at, carried_over=bool(decision.spread_from), by_notice=by_notice and not is_private, by_machine=by_machine, tells_how=by_machine or not is_private,
        appeal_until=decision.undo_until + promises.appeal_period,
    )  # fmt: skip


def machine_statement(
    actions: Iterable[records.Action], item: records.Item, *, now: datetime, promises: Promises
) -> Facts | None:
    """Give the facts of a statement of reasons for what a machine did under a certificate; None where it may not be told.

    Nobody knows yet whether a report will follow. Where the settings say that nobody is told of what is reported, the person is told all the same:
    that content is hidden can be seen, and whoever is not told cannot object to a machine. Our reading; counsel must confirm it.
    """
    about = item.context.content_reference if item.context else None
    done = [each for each in actions if each.stands and each.content_reference == about]
    if not done or promises.statements is Statements.NEVER:
        return None
    return Facts(
        kind=MessageKind.STATEMENT_OF_REASONS, reference=done[0].id, content_reference=about,
        actions=tuple(dict.fromkeys(each.kind for each in done)), decided_at=now, by_machine=True, decided_by_machine=True,
        appeal_until=now + promises.appeal_period,
    )  # fmt: skip


_STATED = (ActionKind.REMOVE_CONTENT, ActionKind.WARN_ACCOUNT, ActionKind.SUSPEND_ACCOUNT)
