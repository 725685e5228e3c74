"""A receiver is taken out of the settings while packs for it wait: somebody is told, and each report goes on to one end."""

from __future__ import annotations

import secrets
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from tests.acceptance.conftest import MakeLine
from tests.acceptance.stories import decided_violation, picture
from tests.acceptance.test_bundles import decided as bundled
from tests.acceptance.test_packs import GB, HOUR, REFERENCE, now_of, reported, told
from wardline import records, referral
from wardline.adapters.authorities.pack import KeptPacks, NcaPack
from wardline.errors import ConflictError, InputError, PackTakenError, RefusedError
from wardline.pipeline import Rules, refer
from wardline.pipeline.filing_rules import FilingRules
from wardline.pipeline.parts import NO_RECEIVER
from wardline.records import AlarmKind, ReferralState, Replace, Role, Verb
from wardline.testing.authority_sandbox import AuthoritySandbox, Fault
from wardline.testing.clock import VirtualClock
from wardline.testing.harness import REPORTER, Line, Person


@pytest.fixture
def packs(tmp_path: Path, clock: VirtualClock) -> NcaPack:
    folder = tmp_path / "packs"
    folder.mkdir(mode=0o700)
    return NcaPack(
        environment="sandbox", clock_now=clock.now, folder=folder, key=Ed25519PrivateKey.from_private_bytes(b"l" * 32), entropy=secrets.token_bytes
    )  # fmt: skip


def with_it(make_line: MakeLine, packs: NcaPack, **duty: Any) -> Line:
    rules = Rules(reporter=REPORTER, filing=FilingRules(duties={"GB": replace(GB, **duty)}))
    return make_line(store="sqlite", rules=rules, replaced={"receivers": {"nca-pack": packs}})


def without_it(make_line: MakeLine, tmp_path: Path) -> Line:
    return make_line(
        store="sqlite", rules=Rules(reporter=REPORTER), replaced={"packs": KeptPacks(tmp_path / "packs")}
    )


def removed(line: Line) -> records.Alarm | None:
    return line.store.open_alarm(AlarmKind.RECEIVER_REMOVED, "nca-pack")


def lead_of(line: Line) -> Person:
    return line.person("vera", Role.LEAD)


def test_packs_of_a_receiver_that_is_gone_are_an_alarm_until_the_last_is_recorded(
    make_line: MakeLine, packs: NcaPack, tmp_path: Path
) -> None:
    first = with_it(make_line, packs)
    found, _ = reported(first, region="GB")
    first.pass_time(HOUR)
    assert removed(first) is None
    line = without_it(make_line, tmp_path)
    line.pass_time(HOUR)
    alarm = removed(line)
    assert alarm is not None
    assert "nca-pack" in alarm.message
    lead = lead_of(line)
    assert line.wardline.take_pack(found.id, user=lead.user)[1].startswith(b"PK")
    line.wardline.record_reference(found.id, user=lead.user, reference=REFERENCE)
    line.pass_time(HOUR)
    assert removed(line) is None
    assert now_of(line, found).state is ReferralState.FINISHED


def test_a_report_whose_receiver_is_gone_is_passed_on_and_finished_once_elsewhere(
    make_line: MakeLine, packs: NcaPack, tmp_path: Path, authority: AuthoritySandbox
) -> None:
    first = with_it(make_line, packs)
    found, taker = reported(first, region="GB")
    first.wardline.take_pack(found.id, user=taker.user)
    with pytest.raises(ConflictError, match="in the settings"):
        first.wardline.pass_on_report(found.id, user=taker.user, to="ncmec", asked=[taker.user.id])
    line = without_it(make_line, tmp_path)
    lead = lead_of(line)
    with pytest.raises(PackTakenError):
        line.wardline.pass_on_report(found.id, user=lead.user, to="ncmec")
    with pytest.raises(InputError):
        line.wardline.pass_on_report(found.id, user=lead.user, to="nca-pack", asked=[taker.user.id])
    with pytest.raises(RefusedError):
        line.wardline.withdraw_report(found.id, user=lead.user, asked=[taker.user.id])
    line.wardline.pass_on_report(found.id, user=lead.user, to="ncmec", asked=[taker.user.id])
    line.pass_time(HOUR)
    assert (now_of(line, found).state, now_of(line, found).authority) == (ReferralState.FINISHED, "ncmec")
    assert len(authority.ledger.finished()) == 1
    assert removed(line) is None
    assert told(line, found.id, Verb.PACK_GIVEN_UP)
    assert list(packs.packs()) == []


def test_one_that_was_given_up_before_its_receiver_went_is_passed_on_too(
    make_line: MakeLine, packs: NcaPack, tmp_path: Path
) -> None:
    first = with_it(make_line, packs)
    found, taker = reported(first, region="GB")
    line = without_it(make_line, tmp_path)
    line.wardline.give_up_pack(found.id, user=line.store.user(taker.user.id))
    line.run_due()
    assert now_of(line, found).state is ReferralState.OPENING
    line.wardline.pass_on_report(found.id, user=lead_of(line).user, to="ncmec")
    line.pass_time(HOUR)
    assert now_of(line, found).state is ReferralState.FINISHED


def test_one_that_another_receiver_gets_is_withdrawn_and_its_pack_goes(
    make_line: MakeLine, packs: NcaPack, tmp_path: Path, authority: AuthoritySandbox
) -> None:
    first = with_it(make_line, packs, receivers=("ncmec", "nca-pack"), reported_elsewhere=())
    lead = first.person("mika", Role.LEAD)
    case = decided_violation(first, first.submit(picture(), flag="spam", region="GB"), lead)
    first.pass_time(first.parts.rules.undo_window)
    (found,) = (each for each in first.store.referrals(case_id=case.id) if referral.awaits(each))
    line = without_it(make_line, tmp_path)
    with pytest.raises(ConflictError, match="has a report"):
        line.wardline.pass_on_report(found.id, user=lead.user, to="ncmec")
    assert line.wardline.withdraw_report(found.id, user=lead.user).state is ReferralState.WITHDRAWN
    line.pass_time(HOUR)
    assert list(packs.packs()) == []
    assert len(authority.ledger.finished()) == 1


def test_reports_that_went_together_are_passed_on_one_by_one_and_finished_once(
    make_line: MakeLine, packs: NcaPack, authority: AuthoritySandbox
) -> None:
    authority.faults = lambda call, _number: Fault.SERVER_ERROR if call == "submit" else None
    first = make_line(store="sqlite")
    mika = first.person("mika")
    cases = [bundled(first, mika, seed) for seed in (1, 2, 3)]
    first.pass_time(first.parts.rules.undo_window)
    held = [each for each in first.store.referrals() if each.joined]
    assert len(held) == len(cases) - 1
    line = make_line(
        store="sqlite", rules=Rules(reporter=REPORTER), replaced={"authority": packs, "packs": packs}
    )
    lead = lead_of(line).user
    with pytest.raises(ConflictError):
        line.wardline.pass_on_report(held[0].id, user=lead, to="nca-pack")
    line.wardline.pass_on_report(str(held[0].joined), user=lead, to="nca-pack")
    line.run_due()
    for each in held:
        assert now_of(line, each).state is ReferralState.DRAFT
        line.wardline.pass_on_report(each.id, user=lead, to="nca-pack")
    line.pass_time(HOUR)
    waiting = line.store.referrals()
    assert all(referral.awaits(each) and not each.bundle and each.joined is None for each in waiting)
    for number, each in enumerate(waiting):
        line.wardline.record_reference(each.id, user=lead, reference=f"{REFERENCE}-{number}")
    line.pass_time(HOUR)
    assert {(each.state, each.authority) for each in line.store.referrals()} == {
        (ReferralState.FINISHED, "nca-pack")
    }
    assert authority.ledger.finished() == []
    assert line.verify().ok


def test_a_report_for_which_nobody_is_named_yet_is_no_other_receiver_that_gets_it(
    make_line: MakeLine, packs: NcaPack, tmp_path: Path, authority: AuthoritySandbox
) -> None:
    authority.faults = lambda _call, _number: Fault.SERVER_ERROR
    first = with_it(make_line, packs, receivers=("ncmec", "nca-pack"), reported_elsewhere=())
    lead = first.person("mika", Role.LEAD)
    case = decided_violation(first, first.submit(picture(), flag="spam", region="GB"), lead)
    first.pass_time(first.parts.rules.undo_window)
    found, other = sorted(first.store.referrals(case_id=case.id), key=referral.awaits, reverse=True)
    drafted = replace(
        other, authority=NO_RECEIVER, environment=NO_RECEIVER, state=ReferralState.DRAFT, version=other.version + 1
    )  # fmt: skip
    told = first.parts.entry(Verb.REFERRAL_MOVED, drafted.id, detail="as before there was a receiver")
    first.store.commit(Replace(drafted), entries=[told])
    kept = {"packs": KeptPacks(tmp_path / "packs"), "authority": None}
    line = make_line(store="sqlite", rules=Rules(reporter=REPORTER), replaced=kept)
    with pytest.raises(RefusedError):
        line.wardline.withdraw_report(found.id, user=lead.user)


def test_a_report_for_nobody_whose_twin_to_the_receiver_of_now_was_withdrawn_waits_for_a_person(
    make_line: MakeLine, packs: NcaPack, authority: AuthoritySandbox
) -> None:
    authority.faults = lambda _call, _number: Fault.SERVER_ERROR
    first = with_it(make_line, packs, receivers=("ncmec", "nca-pack"), reported_elsewhere=())
    case = decided_violation(first, first.submit(picture(), flag="spam", region="GB"), first.person("mika"))
    first.pass_time(first.parts.rules.undo_window)
    pack, own = sorted(first.store.referrals(case_id=case.id), key=referral.awaits, reverse=True)
    drafted = replace(
        pack, authority=NO_RECEIVER, environment=NO_RECEIVER, state=ReferralState.DRAFT, remote_id=None,
        files=tuple(records.ReferralFile(item_id=each.item_id) for each in pack.files), version=pack.version + 1,
    )  # fmt: skip
    ended = replace(own, state=ReferralState.WITHDRAWN, version=own.version + 1)
    entries = [
        first.parts.entry(Verb.REFERRAL_MOVED, each.id, detail="as after two changes of the settings")
        for each in (drafted, ended)
    ]
    first.store.commit(Replace(drafted), Replace(ended), entries=entries)
    authority.faults = lambda _call, _number: None
    refer.refer(first.parts, drafted.id, 0)
    assert now_of(first, drafted).state is ReferralState.NEEDS_HUMAN
    alarm = first.store.open_alarm(AlarmKind.FILING_NEEDS_HUMAN, drafted.id)
    assert alarm is not None
    assert ended.id in alarm.message
