"""Second opinions on a real installation of either database, and with a process that ends anywhere between them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from tests.acceptance.stories import picture, violation
from tests.acceptance.test_killed_anywhere import KilledAt, KilledError
from tests.acceptance.waiting import until
from wardline import intake, ports, records, review, wiring
from wardline.pipeline import Rules, people
from wardline.records import CaseState, DecisionState, KeyTrust, Role, Stage, Visibility
from wardline.testing import postgres
from wardline.testing.authority_sandbox import AuthoritySandbox
from wardline.testing.clock import VirtualClock
from wardline.testing.harness import PLATFORM_SECRET, REPORTER, START, Line, nothing_reached
from wardline.testing.platform_sandbox import PlatformSandbox
from wardline.wiring import Installation, create_installation, create_secret

_SETTINGS = """\
[store]
adapter = "{adapter}"
{url_file}
[review]
undo_seconds = 0.0
"""
_NEEDS_POSTGRES = pytest.mark.skipif(
    postgres.why_no_postgres() is not None, reason=str(postgres.why_no_postgres())
)
_PASSWORD = "long enough a password"


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=[pytest.mark.postgres, _NEEDS_POSTGRES])])
def installation(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Installation]:
    url_file = ""
    if request.param == "postgres":
        create_secret(tmp_path / "url", postgres.shared_server().new_database().encode())
        url_file = f'url_file = "{tmp_path / "url"}"'
    text = _SETTINGS.format(adapter=request.param, url_file=url_file)
    with wiring.open_installation(create_installation(tmp_path / "here", text)) as made:
        yield made


@pytest.mark.long
def test_two_people_agree_and_then_it_takes_effect(installation: Installation) -> None:
    wardline, store = installation.wardline, installation.wardline.parts.store
    mika, noor = (
        people.create_user(wardline.parts, name, Role.MODERATOR, _PASSWORD) for name in ("mika", "noor")
    )
    key, _ = people.create_platform_key(
        wardline.parts, "example", "example", trust=KeyTrust.LOW, requests_per_minute=60
    )
    context = records.UploadContext(
        surface="post", visibility=Visibility.PUBLIC, uploaded_at=wardline.parts.now(), content_reference="post-1"
    )  # fmt: skip
    upload = intake.Upload(
        content=picture(), account_reference="account-1", context=context, flag=records.Flag(reason="spam")
    )
    wardline.submit(upload, api_key=key)
    work = installation.durable_work(poll_seconds=0.05)
    work.start()
    try:
        case = wardline.next_case(mika)
        assert case is not None
        first = wardline.decide(case.id, user=mika, judgement=violation(case))
        until(lambda: store.case(case.id).stage is Stage.SECOND)
        assert store.decision(first.id).state is DecisionState.GIVEN
        assert store.referrals() == []
        assert wardline.next_case(mika) is None
        again = wardline.next_case(noor)
        assert again is not None
        assert again.id == case.id
        second = wardline.decide(case.id, user=noor, judgement=violation(case))
        until(lambda: store.case(case.id).state is CaseState.CLOSED)
        assert store.decision(second.id).state is DecisionState.EFFECTIVE
        assert [each.decision_id for each in store.referrals()] == [second.id]
        assert len(store.opinions_of(case.id)) == 2
    finally:
        work.stop()
    assert wardline.verify_audit().ok


class World:
    """What is outside, for a line that is killed and goes on."""

    def __init__(self, folder: Path, clock: VirtualClock, authority: AuthoritySandbox, platform: PlatformSandbox) -> None:  # fmt: skip
        folder.mkdir()
        self.folder, self.clock, self.authority, self.platform = folder, clock, authority, platform

    def line(self, reached: ports.WritePoint = nothing_reached) -> Line:
        """Start a process."""
        rules = Rules(reporter=REPORTER, opinions=review.SecondOpinions(gravest=True))
        return Line(
            self.folder, store="sqlite", clock=self.clock, authority=self.authority, platform=self.platform, reached=reached, rules=rules
        )  # fmt: skip


def _go_on(line: Line) -> None:
    """Do what is still to be done: two people say the same, each as soon as the case comes to them."""
    case = line.store.cases()[0]
    for name in ("mika", "noor"):
        user = line.store.user_named(name)
        assert user is not None
        said = any(each.user_id == user.id for each in line.store.decisions_of(case.id))
        if not said and line.store.case(case.id).state is CaseState.OPEN:
            line.wardline.claim(case.id, user=user)
            line.wardline.decide(case.id, user=user, judgement=violation(case))
        line.pass_time(timedelta(minutes=5))


def _killed_at(visit: int, outside: World) -> bool:
    """Live the story with a crash at one visit to a write point; gives whether there was one."""
    crash, was_killed = KilledAt(visit), False
    with outside.line(crash) as line:
        line.person("mika")
        line.person("noor")
        line.submit(picture(), flag="spam")
        crash.armed = True
        try:
            _go_on(line)
        except KilledError:
            was_killed = True
        crash.armed = False
    with outside.line() as line:
        _go_on(line)
        (case,) = line.store.cases()
        assert case.state is CaseState.CLOSED
        assert [each.settled for each in line.store.opinions_of(case.id)] == ["violation A2"] * 2
        assert len(line.store.actions_of(case.id)) == 3
        assert len(line.store.referrals()) == len(outside.authority.ledger.finished()) == 1
        day = START.date()
        counted = {each.step: each.count for each in line.store.counts(day, day)}
        assert counted[records.Step.CASES_DECIDED] == 1
        assert {each.name for each in line.waiting()} <= {"opinion-due", "spread", "follow"}
        assert line.verify().ok
    return was_killed


@pytest.mark.long
@pytest.mark.parametrize("share", range(2))
def test_a_crash_anywhere_loses_no_opinion_and_doubles_none(tmp_path: Path, share: int) -> None:
    killed = 0
    for visit in range(1 + share, 200, 6):
        clock = VirtualClock(START)
        with (
            AuthoritySandbox(clock_now=clock.now) as authority,
            PlatformSandbox(PLATFORM_SECRET, now=clock.now) as platform,
        ):
            if not _killed_at(visit, World(tmp_path / str(visit), clock, authority, platform)):
                break
        killed += 1
    assert killed > 3
