"""What is said of a report while its pack waits, or after somebody took it: it stands in the pack that is filed, or a person tells the receiver."""

from __future__ import annotations

import io
import json
import secrets
import zipfile
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from tests.acceptance.conftest import MakeLine
from tests.acceptance.stories import reveal_all
from tests.acceptance.test_packs import GB, REFERENCE, both, now_of, overturned, reported
from wardline import records, referral
from wardline.adapters.authorities.pack import NcaPack
from wardline.pipeline import Complaint, Rules
from wardline.pipeline.filing_rules import Emergency, FilingRules
from wardline.records import ActionKind, AlarmKind, FactKind, ReferralState
from wardline.testing.clock import VirtualClock
from wardline.testing.harness import REPORTER, Line, Person


@pytest.fixture
def packs(tmp_path: Path, clock: VirtualClock) -> NcaPack:
    folder = tmp_path / "packs"
    folder.mkdir(mode=0o700)
    return NcaPack(
        environment="sandbox", clock_now=clock.now, folder=folder, key=Ed25519PrivateKey.from_private_bytes(b"l" * 32), entropy=secrets.token_bytes
    )  # fmt: skip


@pytest.fixture
def line(make_line: MakeLine, packs: NcaPack) -> Line:
    return make_line(authority=packs, rules=Rules(reporter=REPORTER))


def taken(line: Line, found: records.Referral, lead: Person) -> dict[str, Any]:
    _, content = line.wardline.take_pack(found.id, user=lead.user)
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        said: dict[str, Any] = json.loads(archive.read("report.json"))
    return said


def appealed(line: Line, found: records.Referral, olli: Person) -> None:
    action = next(
        each for each in line.store.actions_of(found.case_id) if each.kind is ActionKind.REMOVE_CONTENT
    )
    line.wardline.appeal(
        Complaint(text="It is my garden.", action_id=action.id), api_key=line.platform_key().record
    )
    line.run_due()
    line.wardline.claim(found.case_id, user=olli.user)
    reveal_all(line, line.store.case(found.case_id), olli)


def test_a_report_beside_the_settings_authority_can_be_read_before_it_is_filed(
    make_line: MakeLine, packs: NcaPack
) -> None:
    line = both(make_line, packs, GB)
    found, _ = reported(line, region="GB")
    seen = line.wardline.preview_referral(found.id)
    assert seen.unavailable is None
    assert seen.preview is not None


def test_what_is_shown_is_what_lies_in_the_pack(line: Line) -> None:
    found, lead = reported(line)
    seen = line.wardline.preview_referral(found.id).preview
    assert seen is not None
    shown = next(each.body for each in seen.documents if each.name == "report.json")
    assert json.loads(shown) == taken(line, found, lead)


def test_what_somebody_writes_who_does_not_know_of_the_report_stands_in_its_pack(line: Line) -> None:
    found, lead = reported(line)
    olli = line.person("olli")
    appealed(line, found, olli)
    line.wardline.add_fact(found.case_id, user=olli.user, kind=FactKind.LOCATION, text="the town by the sea")
    line.run_due()
    again = now_of(line, found)
    assert referral.awaits(again)
    assert "the town by the sea" in taken(line, again, lead)["how_found"]


def test_a_call_that_is_noted_while_a_pack_waits_stands_in_it(make_line: MakeLine, packs: NcaPack) -> None:
    rules = Rules(reporter=REPORTER, filing=FilingRules(emergency={"GB": Emergency(phone="999")}))
    line = make_line(authority=packs, rules=rules)
    found, lead = reported(line, region="GB")
    line.wardline.note_call(found.id, user=lead.user, region="GB", at=line.parts.now())
    line.run_due()
    again = now_of(line, found)
    assert "telephoned 999" in taken(line, again, lead)["how_found"]


def test_danger_that_is_said_after_a_decision_fell_does_not_answer_whether_its_pack_was_filed(
    line: Line,
) -> None:
    found, lead = reported(line)
    overturned(line, found, line.person("olli"))
    assert now_of(line, found).problem == referral.UNWANTED
    line.wardline.add_to_referral(found.id, user=lead.user, kind=FactKind.LOCATION, text="a town")
    line.wardline.add_to_referral(found.id, user=lead.user, kind=FactKind.DANGER, text="They meet today.")
    line.run_due()
    assert now_of(line, found).problem == referral.UNWANTED
    filed = line.wardline.record_reference(found.id, user=lead.user, reference=REFERENCE)
    assert filed.state is ReferralState.FINISHED


def test_what_is_added_after_somebody_took_the_pack_is_told_by_a_person(line: Line) -> None:
    found, lead = reported(line)
    taken(line, found, lead)
    line.sequence()
    line.wardline.add_to_referral(found.id, user=lead.user, kind=FactKind.DANGER, text="They meet today.")
    alarm = line.store.open_alarm(AlarmKind.KNOWN_LATE, found.id)
    assert alarm is not None
    assert "They meet" not in alarm.message


def test_what_is_added_before_anybody_took_the_pack_is_no_alarm(line: Line) -> None:
    found, lead = reported(line)
    line.wardline.add_to_referral(found.id, user=lead.user, kind=FactKind.DANGER, text="They meet today.")
    line.run_due()
    assert line.store.open_alarm(AlarmKind.KNOWN_LATE, found.id) is None


def test_a_reference_names_the_pack_that_was_taken_and_not_one_that_was_made_since(line: Line) -> None:
    found, lead = reported(line)
    taken(line, found, lead)
    line.sequence()
    line.wardline.add_to_referral(found.id, user=lead.user, kind=FactKind.LOCATION, text="a town")
    line.pass_time(timedelta(minutes=5))
    again = now_of(line, found)
    assert again.remote_id != found.remote_id
    line.wardline.record_reference(found.id, user=lead.user, reference=REFERENCE)
    receipt = line.store.receipt_of(found.id)
    assert receipt is not None
    assert json.loads(receipt.body)["pack"] == found.remote_id
    assert line.store.open_alarm(AlarmKind.KNOWN_LATE, found.id) is not None
