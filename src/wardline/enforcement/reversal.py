"""Taking actions back: the exact inverse of what was asked for, each action once."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from wardline import records
from wardline.records import ActionKind, ActionState, ReversalState

_TAKES_AWAY = frozenset(
    {
        ActionKind.RESTRICT_CONTENT,
        ActionKind.REMOVE_CONTENT,
        ActionKind.SUSPEND_ACCOUNT,
        ActionKind.WARN_ACCOUNT,
    }
)
_CONTAINED_IN = {
    ActionKind.RESTRICT_CONTENT: ActionKind.REMOVE_CONTENT,
    ActionKind.WARN_ACCOUNT: ActionKind.SUSPEND_ACCOUNT,
}
_ON_ACCOUNT = frozenset({ActionKind.SUSPEND_ACCOUNT, ActionKind.WARN_ACCOUNT})


@dataclass(frozen=True, slots=True, kw_only=True)
class Settlement:
    """What has to happen so that the platform is where a later decision wants it."""

    reversed: tuple[records.Action, ...]
    """Actions that are taken back, the newest first."""
    added: tuple[records.Action, ...]
    """Actions that were not asked for yet."""


def acts(action: records.Action) -> bool:
    """Say whether an action takes something away from somebody, and still stands."""
    return action.kind in _TAKES_AWAY and action.stands


def told(actions: Iterable[records.Action]) -> tuple[ActionKind, ...]:
    """Give what people are told of what stands: each kind once, and nothing that a graver kind contains."""
    kinds = dict.fromkeys(each.kind for each in actions if acts(each))
    return tuple(each for each in kinds if _CONTAINED_IN.get(each) not in kinds)


def hides_content(actions: Iterable[records.Action]) -> bool:
    """Say whether some content of a case is hidden or gone, by what the platform was asked for: of each content the newest that stands.

    Args:
        actions: Every action of the case, in any order.
    """
    newest = dict[str | None, ActionKind]()
    for each in sorted(actions, key=lambda each: (each.created_at, each.id)):
        if each.stands and each.kind not in _ON_ACCOUNT:
            newest[each.content_reference] = each.kind
    return any(each in _TAKES_AWAY for each in newest.values())


def settle(asked: Sequence[records.Action], wanted: Sequence[records.Action]) -> Settlement:
    """Compare what the platform was asked for with what a later decision implies.

    What still stands and is not wanted any more is reversed, also where nobody knows whether the platform carried it out: it gets the
    reversal under the action's id, and whichever of the two comes first, nothing of the action remains. A restriction goes with the
    removal of the same content. Restorations are never reversed: that would take away again.

    Args:
        asked: Every action of the case, in any order.
        wanted: What ``after_decision`` and the strikes give for the later decision.
    """
    standing = [each for each in asked if acts(each)]
    kept = {_about(each) for each in wanted if each.kind in _TAKES_AWAY}
    removed = {each.content_reference for each in wanted if each.kind is ActionKind.REMOVE_CONTENT}
    gone = [each for each in standing if not _is_kept(each, kept, removed)]
    have = {_about(each) for each in standing}
    newest_first = sorted(gone, key=lambda each: (each.created_at, each.id), reverse=True)
    return Settlement(
        reversed=tuple(map(reverse, newest_first)),
        # What was restricted comes back by its reversal; a restoration beside it would be asked for twice.
        added=tuple(each for each in wanted if each.kind in _TAKES_AWAY and _about(each) not in have),
    )


def reverse(action: records.Action) -> records.Action:
    """Have an action taken back. One that the platform never confirmed is not asked for again."""
    state = ActionState.WITHDRAWN if action.state is ActionState.PENDING else action.state
    return replace(action, state=state, reversal=ReversalState.PENDING, version=action.version + 1)


def unjustified(
    suspensions: Sequence[records.Action], strikes: Sequence[records.Strike], *, suspend_at: int
) -> tuple[records.Action, ...]:
    """Give the suspensions that would not have come without the strikes that were voided since.

    Args:
        suspensions: Those that an account's sum of strikes led to, and that stand.
        strikes: All strikes of the account as they are now.
        suspend_at: The sum that leads to a suspension; 0 for none.
    """
    return tuple(
        each
        for each in suspensions
        if acts(each)
        and sum(
            strike.weight
            for strike in strikes
            if strike.voided_by is None and strike.given_at <= each.created_at < strike.expires_at
        )
        < suspend_at
    )


def taken_back(action: records.Action) -> records.Action:
    """Note that the platform took it back."""
    return replace(action, reversal=ReversalState.DELIVERED, version=action.version + 1)


def reversal_tried(action: records.Action) -> records.Action:
    """Note a try that failed and may be repeated."""
    return replace(action, reversal_attempts=action.reversal_attempts + 1, version=action.version + 1)


def reversal_refused(action: records.Action) -> records.Action:
    """Note that the platform refused it for good."""
    return replace(reversal_tried(action), reversal=ReversalState.FAILED)


def account_action(
    kind: ActionKind, case: records.Case, item: records.Item, *, action_id: str, now: datetime
) -> records.Action:
    """Make an action on the account that an item belongs to."""
    return records.Action(
        id=action_id, case_id=case.id, kind=kind, platform=item.platform, account_reference=item.account_reference,
        content_reference=None, created_at=now,
    )  # fmt: skip


def _about(action: records.Action) -> tuple[ActionKind, str | None]:
    return action.kind, None if action.kind in _ON_ACCOUNT else action.content_reference


def _is_kept(
    action: records.Action, kept: set[tuple[ActionKind, str | None]], removed: set[str | None]
) -> bool:
    goes_with_removal = action.kind is ActionKind.RESTRICT_CONTENT and action.content_reference in removed
    return goes_with_removal or _about(action) in kept
