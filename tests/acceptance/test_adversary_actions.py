"""What the platform is asked to do arrives in the order in which it was decided, whatever failed in between."""

from __future__ import annotations

from datetime import timedelta

from tests.acceptance.conftest import MakeLine
from tests.acceptance.stories import picture
from wardline import records, review
from wardline.testing.platform_sandbox import Fault, FaultKind, PlatformSandbox


def test_a_restriction_that_was_late_never_comes_after_the_release(
    make_line: MakeLine, platform: PlatformSandbox
) -> None:
    line = make_line()
    line.list_of([picture()])
    moderator = line.person("kim")
    for _ in range(8):
        platform.inject(Fault(FaultKind.ERROR))
    kept = line.submit(picture())
    line.pass_time(timedelta(minutes=3))
    case = line.wardline.claim(line.case_of(kept).id, user=moderator.user)
    line.wardline.decide(
        case.id, user=moderator.user, judgement=review.Judgement(outcome=records.Outcome.NOT_VIOLATION)
    )
    line.pass_time(timedelta(hours=3))
    states = [(action.kind, action.state) for action in line.store.actions_of(case.id)]
    assert {state for _, state in states} == {records.ActionState.DELIVERED}
    assert platform.state_of("post-1") == "visible"
