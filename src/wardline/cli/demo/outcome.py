"""What the demo shows at its end: figures, their page, a summary."""

from __future__ import annotations

import time
from typing import Any

from wardline import plugins
from wardline.cli.demo.world import World
from wardline.errors import DependencyError
from wardline.records import ActionState, CaseState, ReferralState, Step

_NOTHING_CHANGED_SECONDS = 50.0
_PAGE = 500
FIGURES_FILE = "figures.html"


def settle(world: World) -> None:
    """Wait until every decision took effect, every action arrived and every referral has its receipt; as long as something still happens."""
    waiting, since = -1, time.monotonic()
    while (pending := world.durable.pending()) or not _settled(world):
        if pending != waiting:
            waiting, since = pending, time.monotonic()
        if time.monotonic() - since > _NOTHING_CHANGED_SECONDS:
            raise DependencyError(
                "demo: work is still under way, expected it to be done; `wardline alarm list` may say why"
            )
        time.sleep(0.2)


def _settled(world: World) -> bool:
    store = world.installation.wardline.parts.store
    if store.cases(state=CaseState.DECIDED, most=1):
        return False
    after = None
    while cases := store.cases(after=after, most=_PAGE):
        after = cases[-1].id
        if any(action.state is ActionState.PENDING for case in cases for action in store.actions_of(case.id)):
            return False
    return all(
        each.state in (ReferralState.FINISHED, ReferralState.WITHDRAWN)
        for each in store.referrals(most=_PAGE)
    )


def publish(world: World, seconds: float) -> dict[str, Any]:
    """Write the page, log the counts, sign the log and check it; gives the summary."""
    wardline = world.installation.wardline
    today = wardline.parts.now().date()
    # Every day since the first run: a resumed demo counts as one.
    first = min((each.created_at.date() for each in wardline.parts.store.hash_lists()), default=today)
    figures = wardline.statistics(first, today)
    wardline.publish(
        figures, publisher=plugins.load("publishers", "page")(world.folder / FIGURES_FILE, demo=True)
    )
    world.durable.settle_log()
    checked = wardline.verify_audit()
    counted = {str(step): figures.total(step) for step in Step}
    return {
        **counted, "audit_entries": checked.entries, "audit_verified": checked.ok, "seconds": round(seconds, 1),
        "cases_open": len(wardline.parts.store.cases(state=CaseState.OPEN, most=_PAGE)),
    }  # fmt: skip
