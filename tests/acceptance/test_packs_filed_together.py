"""A person filed several packs about one account as one report: the receiver gave one reference, and here they are one report too."""

from __future__ import annotations

import itertools
import json
from datetime import timedelta

import pytest

from tests.acceptance.conftest import MakeLine
from tests.acceptance.test_packs import REFERENCE, now_of, overturned, packs, reported, told
from wardline import records, referral
from wardline.adapters.authorities.pack import NcaPack
from wardline.errors import (
    ConflictError,
    InputError,
    NotAllowedError,
    ReferenceTakenError,
    VersionConflictError,
)
from wardline.pipeline import Rules
from wardline.records import AlarmKind, HoldBasis, ReferralState, Role, Step, Verb
from wardline.testing.harness import REPORTER, Line

__all__ = ["packs"]
_OWN = "IRP-2026-000777"


@pytest.fixture
def line(make_line: MakeLine, packs: NcaPack) -> Line:
    return make_line(authority=packs, rules=Rules(reporter=REPORTER))


def filed_as_one(line: Line, count: int = 2) -> tuple[list[records.Referral], records.User]:
    """Give packs of one account of which the first is recorded, and each further one within the one before."""
    waiting = [reported(line, seed=seed) for seed in range(1, count + 1)]
    found, user = [each for each, _ in waiting], waiting[0][1].user
    line.wardline.record_reference(found[0].id, user=user, reference=REFERENCE)
    for before, each in itertools.pairwise(found):
        line.pass_time(timedelta(minutes=5))
        line.wardline.record_reference(each.id, user=user, reference=REFERENCE, within=before.id)
    return [now_of(line, each) for each in found], user


def reported_holds(line: Line, found: records.Referral) -> list[records.Hold]:
    return [
        hold
        for file in found.files
        for hold in line.store.holds_of(file.item_id)
        if hold.basis is HoldBasis.REPORTED
    ]


def pack_in_record(line: Line, found: records.Referral) -> str:
    receipt = line.store.receipt_of(found.id)
    assert receipt is not None
    return str(json.loads(receipt.body)["pack"])


def test_packs_that_were_filed_as_one_report_are_one_and_each_is_finished(line: Line) -> None:
    (lead, inside, third), _ = filed_as_one(line, 3)
    assert {each.state for each in (lead, inside, third)} == {ReferralState.FINISHED}
    assert {each.remote_id for each in (lead, inside, third)} == {REFERENCE}
    assert [each.joined for each in (lead, inside, third)] == [None, lead.id, lead.id]
    assert [each.referral_id for each in lead.bundle] == [inside.id, third.id]
    assert [file.item_id for file in lead.files] == [
        file.item_id for each in (lead, inside, third) for file in each.files[:1]
    ]
    assert inside.completeness is not None
    for each in (inside, third):
        (hold,) = reported_holds(line, each)
        assert each.finished_at is not None
        assert hold.until == each.finished_at + line.parts.rules.periods.after_filing
        assert line.store.open_alarm(AlarmKind.FILING_NEEDS_HUMAN, each.id) is None
        assert told(line, each.id, Verb.REFERRAL_FILED)
    today = line.clock.now().date()
    counted = line.store.counts(today - timedelta(days=3), today)
    assert sum(each.count for each in counted if each.step is Step.REFERRALS_FILED) == 1
    assert line.wardline.verify_audit().ok


def test_the_pack_of_each_is_kept_as_long_as_its_files(line: Line, packs: NcaPack) -> None:
    waits = [reported(line, seed=seed)[0] for seed in (1, 2)]
    made = {each.id: each.remote_id for each in waits}
    user = line.person("lead", Role.LEAD).user
    line.wardline.record_reference(waits[0].id, user=user, reference=REFERENCE)
    line.wardline.record_reference(waits[1].id, user=user, reference=REFERENCE, within=waits[0].id)
    line.pass_time(timedelta(hours=3))
    assert dict(packs.packs()) == made
    for each in waits:
        assert line.wardline.pack_of(now_of(line, each)) == made[each.id] == pack_in_record(line, each)
        assert line.wardline.take_pack(each.id, user=user)[1].startswith(b"PK")


def test_what_falls_later_is_corrected_by_its_own_file(line: Line) -> None:
    (lead, inside), _ = filed_as_one(line)
    overturned(line, inside, line.person("olli"))
    line.run_due()
    (correction,) = [
        each for each in line.store.referrals(case_id=inside.case_id) if each.corrects == inside.id
    ]
    report = line.wardline.preview_referral(correction.id).report
    assert report is not None
    assert report.corrects == REFERENCE
    (file,) = inside.files
    assert f"about only a part of that report: file {file.remote_file_id} ({file.item_id})." in report.note
    assert [each.corrects for each in line.store.referrals(case_id=lead.case_id)] == [None]
    # Filed with the portal under the number of the report that it corrects.
    assert referral.awaits(now_of(line, correction))
    done = line.wardline.record_reference(
        correction.id, user=line.person("ada", Role.ADMIN).user, reference=REFERENCE
    )
    assert done.state is ReferralState.FINISHED


def test_a_reference_of_another_report_is_refused_unless_somebody_says_that_they_are_one(line: Line) -> None:
    one, two = (reported(line, seed=seed)[0] for seed in (1, 2))
    user = line.person("lead", Role.LEAD).user
    line.wardline.record_reference(one.id, user=user, reference=REFERENCE)
    with pytest.raises(ReferenceTakenError):
        line.wardline.record_reference(two.id, user=user, reference=REFERENCE)
    assert referral.awaits(now_of(line, two))


@pytest.mark.parametrize(
    "what", ["other account", "other reference", "unrecorded", "itself", "moderator", "both"]
)
def test_what_cannot_be_one_report_is_refused_and_changes_nothing(line: Line, what: str) -> None:
    one = reported(line, seed=1, account="account-1")[0]
    two = reported(line, seed=2, account="account-2" if what == "other account" else "account-1")[0]
    user = line.person("lead", Role.LEAD).user
    if what != "unrecorded":
        line.wardline.record_reference(one.id, user=user, reference=REFERENCE)
    before = [now_of(line, each) for each in (one, two)]
    error: type[Exception] = {"moderator": NotAllowedError, "both": InputError}.get(what, ConflictError)
    with pytest.raises(error):
        line.wardline.record_reference(
            two.id,
            user=line.person("mod").user if what == "moderator" else user,
            reference=_OWN if what == "other reference" else REFERENCE,
            within=two.id if what == "itself" else one.id,
            instead_of="IRP-1" if what == "both" else None,
        )
    assert [now_of(line, each) for each in (one, two)] == before
    assert line.store.receipt_of(two.id) is None


def test_who_said_so_by_mistake_gives_it_the_reference_of_its_own(line: Line) -> None:
    (lead, inside), user = filed_as_one(line)
    pack = pack_in_record(line, inside)
    out = line.wardline.record_reference(inside.id, user=user, reference=_OWN, instead_of=REFERENCE)
    assert (out.joined, out.remote_id, out.state) == (None, _OWN, ReferralState.FINISHED)
    assert out.finished_at == inside.finished_at
    left = now_of(line, lead)
    assert (left.bundle, left.remote_id) == ((), REFERENCE)
    assert [file.item_id for file in left.files] == [lead.files[0].item_id]
    assert {hold.referral_id for hold in reported_holds(line, out)} == {out.id}
    assert {hold.referral_id for hold in reported_holds(line, left)} == {lead.id}
    assert pack_in_record(line, out) == pack == line.wardline.pack_of(out)
    with pytest.raises(ReferenceTakenError):
        line.wardline.record_reference(out.id, user=user, reference=REFERENCE, instead_of=_OWN)
    assert line.wardline.verify_audit().ok


def test_a_reference_that_was_recorded_wrongly_is_put_right_for_all_of_them(line: Line) -> None:
    (lead, inside), user = filed_as_one(line)
    line.wardline.record_reference(lead.id, user=user, reference=_OWN, instead_of=REFERENCE)
    for each in (lead, inside):
        assert now_of(line, each).remote_id == _OWN
        receipt = line.store.receipt_of(each.id)
        assert receipt is not None
        said = json.loads(receipt.body)
        assert (receipt.remote_id, said["reference"]) == (_OWN, _OWN)
        assert [earlier["reference"] for earlier in said["instead_of"]] == [REFERENCE]
        assert len(told(line, each.id, Verb.REFERENCE_CORRECTED)) == 1
    out = line.wardline.record_reference(inside.id, user=user, reference="IRP-9", instead_of=_OWN)
    assert (out.joined, out.remote_id) == (None, "IRP-9")


def test_two_who_record_it_at_one_moment_finish_it_once(line: Line, monkeypatch: pytest.MonkeyPatch) -> None:
    one, two, three = (reported(line, seed=seed)[0] for seed in (1, 2, 3))
    user = line.person("lead", Role.LEAD).user
    line.wardline.record_reference(one.id, user=user, reference=REFERENCE)
    commit, others = line.store.commit, [three.id]

    def meanwhile(*changes: records.Change, **rest: object) -> None:
        while others:
            line.wardline.record_reference(others.pop(), user=user, reference=REFERENCE, within=one.id)
        commit(*changes, **rest)  # type: ignore[arg-type]

    monkeypatch.setattr(line.store, "commit", meanwhile)
    with pytest.raises(VersionConflictError):
        line.wardline.record_reference(two.id, user=user, reference=REFERENCE, within=one.id)
    monkeypatch.undo()
    assert referral.awaits(now_of(line, two))
    assert [each.referral_id for each in now_of(line, one).bundle] == [three.id]
    line.wardline.record_reference(two.id, user=user, reference=REFERENCE, within=one.id)
    assert [each.referral_id for each in now_of(line, one).bundle] == [three.id, two.id]
