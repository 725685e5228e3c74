"""The authority or the platform is down for hours: nothing is lost, somebody hears of it, everything happens once."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from tests.acceptance.conftest import MakeLine
from tests.acceptance.stories import decided_violation, picture, the_referral
from wardline import records
from wardline.errors import NotifierError
from wardline.records import ActionState, AlarmKind, ReferralState, Role
from wardline.testing.authority_sandbox import AuthoritySandbox, Fault
from wardline.testing.harness import Line
from wardline.testing.platform_ledger import AccountState, ContentState
from wardline.testing.platform_sandbox import PlatformSandbox

OUTAGE = timedelta(hours=6)
Outage = Callable[[AuthoritySandbox], Callable[[], object]]


class Pager:
    """A notifier that remembers what it was told."""

    name = "pager"

    def __init__(self) -> None:
        self.told: list[records.Alarm] = []
        self.works = True

    def notify(self, alarm: records.Alarm) -> None:
        if not self.works:
            raise NotifierError("notifier pager: no answer, expected one")
        self.told.append(alarm)


def failing_with(fault: Fault) -> Outage:
    def begin(authority: AuthoritySandbox) -> Callable[[], object]:
        authority.faults = lambda call, number: fault
        return lambda: setattr(authority, "faults", None)

    return begin


def stopped(authority: AuthoritySandbox) -> Callable[[], object]:
    port = int(authority.url.split(":")[2].split("/")[0])
    authority.stop()
    return lambda: authority.start(port)


BEARABLE = (Fault.DELAY, Fault.DRIP, Fault.TWICE)
"""The answer comes, and is the right one."""
OUTAGES = {
    fault.value: failing_with(fault)
    for fault in Fault
    if fault not in (*BEARABLE, Fault.REJECTED, Fault.FEWER_FILES)
} | {"stopped": stopped}


@pytest.mark.parametrize("fault", BEARABLE)
@pytest.mark.parametrize("store", ["memory"])
def test_an_authority_that_answers_slowly_or_twice_gets_exactly_one_report_at_once(
    line: Line, authority: AuthoritySandbox, fault: Fault
) -> None:
    line.list_of([picture()])
    submission = line.submit(picture())
    failing_with(fault)(authority)
    case = decided_violation(line, submission, line.person("mika"))
    line.pass_time(OUTAGE)
    assert the_referral(line, case).state is ReferralState.FINISHED
    assert (len(authority.ledger.finished()), authority.ledger.open()) == (1, [])
    assert line.store.open_alarms() == []


@pytest.mark.parametrize("store", ["memory"])
def test_a_report_that_the_authority_rejects_waits_for_a_person_who_is_told(
    line: Line, authority: AuthoritySandbox
) -> None:
    line.list_of([picture()])
    submission = line.submit(picture())
    end = failing_with(Fault.REJECTED)(authority)
    case = decided_violation(line, submission, line.person("mika"))
    line.pass_time(OUTAGE)
    found = the_referral(line, case)
    assert found.state is ReferralState.NEEDS_HUMAN
    assert AlarmKind.FILING_NEEDS_HUMAN in {alarm.kind for alarm in line.store.open_alarms()}
    end()
    line.wardline.file_again(found.id, user=line.person("lea", Role.LEAD).user)
    line.pass_time(timedelta(hours=3))
    assert the_referral(line, case).state is ReferralState.FINISHED
    assert (len(authority.ledger.finished()), authority.ledger.open()) == (1, [])


@pytest.mark.parametrize("outage", OUTAGES)
@pytest.mark.parametrize("store", ["memory"])
def test_an_authority_that_fails_for_hours_gets_exactly_one_report(
    make_line: MakeLine, authority: AuthoritySandbox, outage: str
) -> None:
    pager = Pager()
    line = make_line(notifiers=[pager])
    line.list_of([picture()])
    submission = line.submit(picture())
    end = OUTAGES[outage](authority)
    case = decided_violation(line, submission, line.person("mika"))
    line.pass_time(OUTAGE)

    assert the_referral(line, case).state is not ReferralState.FINISHED
    assert authority.ledger.finished() == []
    assert [alarm.kind for alarm in line.store.open_alarms()] == [AlarmKind.FILING_FAILED]
    assert [alarm.kind for alarm in pager.told] == [AlarmKind.FILING_FAILED]

    end()
    line.pass_time(timedelta(hours=3))
    assert the_referral(line, case).state is ReferralState.FINISHED
    (report,) = authority.ledger.finished()
    assert [file.viewed for file in report.files] == [True]
    assert line.store.receipt_of(the_referral(line, case).id) is not None
    assert line.store.open_alarms() == []
    line.pass_time(timedelta(days=2))
    assert len(authority.ledger.finished()) == 1
    assert authority.ledger.open() == []


@pytest.mark.long
@pytest.mark.parametrize("store", ["memory"])
def test_evidence_outlives_its_date_while_the_report_is_not_finished(
    line: Line, authority: AuthoritySandbox
) -> None:
    line.list_of([picture()])
    submission = line.submit(picture())
    end = failing_with(Fault.SERVER_ERROR)(authority)
    case = decided_violation(line, submission, line.person("mika"))
    line.pass_time(line.parts.rules.periods.provisional + timedelta(days=20))
    assert line.parts.vault.open(case.item_ids[0], "original") == picture()
    end()
    line.pass_time(timedelta(hours=3))
    assert the_referral(line, case).state is ReferralState.FINISHED
    assert line.parts.vault.open(case.item_ids[0], "original") == picture()


def test_a_platform_that_is_down_for_hours_gets_every_action_once(
    line: Line, platform: PlatformSandbox
) -> None:
    line.list_of([picture()])
    platform.stop()
    submission = line.submit(picture(), content_reference="post-3", account="account-3")
    case = decided_violation(line, submission, line.person("mika"))
    line.pass_time(OUTAGE)
    assert {action.state for action in line.store.actions_of(case.id)} == {ActionState.PENDING}
    assert [alarm.kind for alarm in line.store.open_alarms()] == [AlarmKind.WEBHOOK_UNDELIVERED]

    platform.start()
    line.pass_time(timedelta(hours=2))
    assert platform.state_of("post-3") is ContentState.REMOVED
    assert platform.account_state_of("account-3") is AccountState.SUSPENDED
    assert len(platform.actions()) == len({action.id for action in platform.actions()}) == 3
    assert {action.state for action in line.store.actions_of(case.id)} == {ActionState.DELIVERED}
    assert line.store.open_alarms() == []


def test_a_platform_that_refuses_for_good_is_not_asked_again(line: Line, platform: PlatformSandbox) -> None:
    from wardline.testing import platform_sandbox

    line.list_of([picture()])
    platform.inject(platform_sandbox.Fault(platform_sandbox.FaultKind.REFUSE))
    case = line.case_of(line.submit(picture()))
    line.pass_time(timedelta(days=1))
    (action,) = line.store.actions_of(case.id)
    assert action.state is ActionState.FAILED
    # The case waits for a day, too, and its target is told of.
    (alarm,) = (each for each in line.store.open_alarms() if each.kind is AlarmKind.WEBHOOK_UNDELIVERED)
    assert alarm.subject_id == action.id
    assert platform.actions() == []


@pytest.mark.parametrize("store", ["sqlite"])  # a store in memory is gone with its line
def test_without_an_authority_in_the_settings_referrals_wait_and_are_filed_later(
    make_line: MakeLine, authority: AuthoritySandbox
) -> None:
    line = make_line(authority=None)
    line.list_of([picture()])
    case = decided_violation(line, line.submit(picture()), line.person("mika"))
    line.pass_time(timedelta(hours=5))
    assert [alarm.kind for alarm in line.store.open_alarms()] == [AlarmKind.FILING_FAILED]
    line.close()

    later = make_line(authority=authority)
    later.pass_time(timedelta(hours=3))
    referral = the_referral(later, case)
    assert referral.state is ReferralState.FINISHED
    assert (referral.authority, referral.environment) == ("ncmec", "sandbox")
    assert len(authority.ledger.finished()) == 1
    assert later.store.open_alarms() == []


class Elsewhere:
    """The same authority in another environment. Nothing of it may be called."""

    name, environment = "ncmec", "production"


@pytest.mark.parametrize("store", ["sqlite"])  # a store in memory is gone with its line
def test_a_report_of_one_environment_is_never_filed_in_another(
    make_line: MakeLine, authority: AuthoritySandbox
) -> None:
    line = make_line()
    line.list_of([picture()])
    failing_with(Fault.SERVER_ERROR)(authority)
    case = decided_violation(line, line.submit(picture()), line.person("mika"))
    line.pass_time(timedelta(hours=1))
    line.close()

    later = make_line(authority=Elsewhere())
    later.pass_time(timedelta(days=1))
    waiting = the_referral(later, case)
    assert waiting.environment == "sandbox"
    assert waiting.state is not ReferralState.FINISHED
    assert [alarm.kind for alarm in later.store.open_alarms()] == [AlarmKind.FILING_FAILED]


@pytest.mark.parametrize("store", ["memory"])
def test_a_notifier_that_cannot_be_reached_is_itself_an_alarm(
    make_line: MakeLine, platform: PlatformSandbox
) -> None:
    pager = Pager()
    pager.works = False
    line = make_line(notifiers=[pager])
    line.list_of([picture()])
    platform.stop()
    line.submit(picture())
    line.pass_time(timedelta(hours=1))
    kinds = {alarm.kind for alarm in line.store.open_alarms()}
    assert kinds == {AlarmKind.WEBHOOK_UNDELIVERED, AlarmKind.ALARM_UNDELIVERED}
    pager.works = True
    line.pass_time(timedelta(hours=2))
    assert AlarmKind.WEBHOOK_UNDELIVERED in {alarm.kind for alarm in pager.told}
    assert {alarm.kind for alarm in line.store.open_alarms()} == {AlarmKind.WEBHOOK_UNDELIVERED}


@pytest.mark.parametrize("store", ["memory"])
def test_evidence_that_cannot_be_opened_brings_a_person(
    make_line: MakeLine, authority: AuthoritySandbox
) -> None:
    line = make_line()
    line.list_of([picture()])
    case = decided_violation(line, line.submit(picture()), line.person("mika"))
    (sealed,) = (path for path in (line.folder / "vault").rglob("*.sealed"))
    damaged = bytearray(sealed.read_bytes())
    damaged[-1] ^= 1
    sealed.write_bytes(damaged)
    line.pass_time(timedelta(hours=1))
    referral = the_referral(line, case)
    assert referral.state is ReferralState.NEEDS_HUMAN
    assert authority.ledger.finished() == []
    assert authority.ledger.open() == []
    (alarm,) = line.store.open_alarms()
    assert (alarm.kind, alarm.subject_id) == (AlarmKind.FILING_NEEDS_HUMAN, referral.id)
