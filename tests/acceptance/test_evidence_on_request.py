"""An agency asks that evidence is kept, and later that it is destroyed: holds win over each other, two people decide, and there is proof."""

from __future__ import annotations

import base64
import hashlib
import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives import keywrap

from tests.acceptance.conftest import MakeLine
from tests.acceptance.stories import decided_violation, picture
from tests.unit.pipeline.test_preserve import Refusing
from wardline import audit, preservation, records, review
from wardline.errors import (
    ConflictError,
    EvidenceError,
    NotFoundError,
    RefusedError,
    SecondPersonError,
    VaultDeniedError,
    VersionConflictError,
)
from wardline.pipeline import Rules, alarms, destroying, destruction_proof, preserving
from wardline.pipeline.alarms import moment
from wardline.pipeline.preservation_acts import PreservationActs
from wardline.records import AlarmKind, DestructionState, HoldBasis, HoldState, PreservationBasis, Role
from wardline.testing import store_records as make
from wardline.testing.harness import REPORTER, Line

VERIFIER = Path(__file__).parents[2] / "docs/how-to/examples/verify_proof.py"
DAY = timedelta(days=1)
ASKER = records.Asker(agency="An agency", reference="REF-1", contact="officer@agency.invalid")


def asked(line: Line, **about: object) -> preserving.Wanted:
    given = {"basis": PreservationBasis.US_REQUEST, "asker": ASKER, "received_at": line.clock.now()} | about
    return preserving.Wanted(**given)  # type: ignore[arg-type]  # a test's shorthand


def reported(line: Line, account: str = "account-1") -> str:
    """Give the id of a file that was reported, its receipt stored."""
    if not line.store.hash_lists():
        line.list_of([picture()])
    submission = line.submit(picture(), account=account)
    decided_violation(line, submission, line.person(f"mika {account}"))
    line.pass_time(line.parts.rules.undo_window)
    assert submission.item_id is not None
    return submission.item_id


def is_kept(line: Line, item_id: str) -> bool:
    try:
        return line.parts.vault.open(item_id, "original") == picture()
    except NotFoundError:
        return False


def test_what_is_asked_for_outlives_every_other_hold_and_not_its_own_time(line: Line) -> None:
    lead = line.person("lea", Role.LEAD).user
    item_id = reported(line)
    line.pass_time(timedelta(days=330))
    made = line.wardline.preserve(asked(line, account="account-1"), user=lead)
    assert (made.item_ids, made.gone) == ((item_id,), ())
    assert made.until - made.received_at == timedelta(days=90)
    line.pass_time(timedelta(days=89))
    assert is_kept(line, item_id)
    later = line.wardline.extend_preservation(made.id, reason="renewed request REF-2", user=lead)
    assert later.until - made.until == timedelta(days=90)
    with pytest.raises(RefusedError):
        line.wardline.extend_preservation(made.id, reason="a third time", user=lead)
    line.pass_time(timedelta(days=90))
    assert is_kept(line, item_id)
    line.pass_time(timedelta(days=2))
    assert not is_kept(line, item_id)
    assert {hold.state for hold in line.store.holds()} == {HoldState.ENDED}
    late = line.wardline.preserve(asked(line, account="account-1"), user=lead)
    assert (late.item_ids, late.gone) == ((), (item_id,))


def test_a_request_about_somebody_of_whom_nothing_is_kept_is_recorded_too(line: Line) -> None:
    lead = line.person("lea", Role.LEAD).user
    made = line.wardline.preserve(asked(line, account="nobody"), user=lead)
    assert (made.case_ids, made.item_ids, made.gone) == ((), (), ())
    assert line.store.open_preservations(line.clock.now()) == [made]


@pytest.mark.parametrize("by", ["case", "file"])
def test_a_cleared_case_keeps_its_account_while_a_request_covers_it(line: Line, by: str) -> None:
    lead, mika = line.person("lea", Role.LEAD).user, line.person("mika").user
    line.list_of([picture()])
    case = line.case_of(line.submit(picture()))
    line.wardline.claim(case.id, user=mika)
    innocent = review.Judgement(outcome=records.Outcome.NOT_VIOLATION, findings=())
    line.wardline.decide(case.id, user=mika, judgement=innocent)
    about = {"case_ids": (case.id,)} if by == "case" else {"item_ids": case.item_ids}
    made = line.wardline.preserve(asked(line, **about), user=lead)
    line.pass_time(timedelta(days=60))
    assert line.store.case(case.id).account_reference == "account-1"
    assert is_kept(line, case.item_ids[0])
    line.wardline.end_preservation(made.id, why="withdrawn", user=lead)
    line.pass_time(timedelta(days=2))
    assert line.store.case(case.id).account_reference == ""
    assert not is_kept(line, case.item_ids[0])


def reminders(line: Line) -> list[str]:
    return [
        each.subject_id for each in line.store.open_alarms() if each.kind is AlarmKind.PRESERVATION_ENDING
    ]


def test_somebody_hears_before_a_request_ends_until_it_is_extended_or_past(make_line: MakeLine) -> None:
    line = make_line(rules=Rules(reporter=REPORTER, remind_before=timedelta(days=14)))
    lead = line.person("lea", Role.LEAD).user
    reported(line)
    made = line.wardline.preserve(asked(line, account="account-1"), user=lead)
    line.pass_time(timedelta(days=76) - timedelta(minutes=1))
    assert reminders(line) == []
    line.pass_time(timedelta(minutes=1))
    assert reminders(line) == [made.id]
    alarms.resolve_about(
        line.parts, AlarmKind.PRESERVATION_ENDING, made.id
    )  # somebody closed it and did nothing
    line.pass_time(timedelta(minutes=1))
    assert reminders(line) == [made.id]
    later = line.wardline.extend_preservation(made.id, reason="renewed", user=lead)
    line.pass_time(timedelta(minutes=1))
    assert reminders(line) == []
    line.pass_time(later.until - line.clock.now() - DAY)
    assert reminders(line) == [made.id]
    line.pass_time(2 * DAY)
    assert reminders(line) == []


def test_a_reminder_tells_of_the_end_as_it_is_now(make_line: MakeLine) -> None:
    line = make_line(rules=Rules(reporter=REPORTER, remind_before=timedelta(days=14)))
    lead = line.person("lea", Role.LEAD).user
    until = line.clock.now() + 5 * DAY
    made = line.wardline.preserve(
        asked(line, basis=PreservationBasis.ORDER, account="nobody", until=until), user=lead
    )
    line.pass_time(timedelta(minutes=1))
    line.wardline.extend_preservation(made.id, reason="again", until=until + DAY, user=lead)
    line.pass_time(timedelta(minutes=1))
    alarm = line.store.open_alarm(AlarmKind.PRESERVATION_ENDING, made.id)
    assert alarm is not None
    assert moment(until + DAY) in alarm.message
    line.wardline.end_preservation(made.id, why="withdrawn", user=lead)
    line.pass_time(timedelta(minutes=1))
    assert reminders(line) == []


def test_two_weeks_before_a_report_are_kept_where_the_settings_say_so(make_line: MakeLine) -> None:
    periods = preservation.Periods(before_filing=timedelta(days=14))
    line = make_line(rules=Rules(reporter=REPORTER, periods=periods))
    line.list_of([picture(), picture(2)])
    old, near = line.submit(picture(2)).item_id, None
    line.pass_time(timedelta(days=15))
    near = line.submit(picture(2)).item_id
    stranger = line.submit(picture(2), account="account-2").item_id
    reported(line)
    bases = {
        item_id: [hold.basis for hold in line.store.holds_of(str(item_id)) if hold.referral_id]
        for item_id in (old, near, stranger)
    }
    assert bases == {old: [], near: [HoldBasis.REPORTED], stranger: []}


def wanted(line: Line, item_id: str, *despite: str) -> destroying.Wanted:
    return destroying.Wanted(
        asker=ASKER, reason="the agency's letter", received_at=line.clock.now(), item_ids=(item_id,), despite=despite
    )  # fmt: skip


def running(line: Line, item_id: str) -> list[str]:
    return [hold.id for hold in line.store.holds_of(item_id) if hold.state is HoldState.ACTIVE]


def destroyed(line: Line, item_id: str) -> records.Destruction:
    lead, other = line.person("lea", Role.LEAD).user, line.person("leo", Role.LEAD).user
    made, approval = line.wardline.propose_destruction(
        wanted(line, item_id, *running(line, item_id)), user=lead
    )
    with pytest.raises(SecondPersonError):
        line.wardline.approve(approval.id, user=lead)
    assert line.store.item(item_id).sealed
    line.wardline.approve(approval.id, user=other)
    line.run_due()
    return line.store.destruction(made.id)


def test_evidence_is_destroyed_by_two_people_and_there_is_proof_for_outsiders(
    line: Line, tmp_path: Path
) -> None:
    item_id = reported(line)
    done = destroyed(line, item_id)
    assert done.state is DestructionState.DONE
    assert not is_kept(line, item_id)
    assert running(line, item_id) == []
    (gone,) = done.destroyed
    assert (gone.item_id, gone.sha256) == (item_id, hashlib.sha256(picture()).hexdigest())

    line.sequence()
    proof = destruction_proof.prove(line.parts, done.id, line.wardline.prove_entry)
    said = audit.open_statement(proof, line.parts.log_key.public_key())
    assert said["files"][0]["item"] == item_id
    assert said["proposed_by"] != said["approved_by"]
    # It cannot know which vault it is, so what it says of the means is true of each.
    assert "in a folder" in said["means"]
    assert "in a bucket" in said["means"]
    with pytest.raises(NotFoundError):
        line.parts.vault.open(item_id, "original")
    # The agency has the proof, the key and the script of the how-to, and nothing else.
    key = audit.verifier_key(line.parts.log_origin, line.parts.log_key.public_key())
    shown = checked(proof, key, tmp_path)
    assert shown.returncode == 0, shown.stderr
    assert f"{item_id}: SHA-256 {gone.sha256}" in shown.stdout
    for changed in (
        {**proof, "statement": proof["statement"].replace(item_id, item_id[::-1])},
        {**proof, "entries": {item_id: other_entry(line)}},
    ):
        assert checked(changed, key, tmp_path).returncode == 1


def other_entry(line: Line) -> dict[str, Any]:
    """Give the proof of an entry that tells of something else."""
    return dict(audit.proof_fields(line.wardline.prove_entry(0), line.parts.log_key.public_key()))


def checked(proof: dict[str, Any], key: str, folder: Path) -> subprocess.CompletedProcess[str]:
    file = folder / "proof.json"
    file.write_text(json.dumps(proof))
    return subprocess.run(
        [sys.executable, str(VERIFIER), str(file), key], capture_output=True, text=True, check=False
    )


def test_what_people_wrote_for_a_report_is_destroyed_with_its_file(line: Line) -> None:
    item_id = reported(line)
    (case,) = [each for each in line.store.cases(most=9) if item_id in each.item_ids]
    written = make.fact(case_id=case.id)
    line.store.commit(records.Insert(written), entries=[line.parts.entry(records.Verb.FACT_ADDED, case.id)])
    destroyed(line, item_id)
    assert line.store.facts_of(case.id) == []


def test_a_destruction_is_told_of_every_hold_that_still_runs(line: Line) -> None:
    lead, other = line.person("lea", Role.LEAD).user, line.person("leo", Role.LEAD).user
    item_id = reported(line)
    known = running(line, item_id)
    with pytest.raises(RefusedError) as caught:
        line.wardline.propose_destruction(wanted(line, item_id), user=lead)
    assert known[0] in caught.value.message

    _, approval = line.wardline.propose_destruction(wanted(line, item_id, *known), user=lead)
    line.wardline.preserve(asked(line, item_ids=(item_id,)), user=lead)
    with pytest.raises(ConflictError):
        line.wardline.approve(approval.id, user=other)
    line.run_due()
    assert is_kept(line, item_id)


def test_what_waits_for_a_second_person_is_not_proposed_again(line: Line) -> None:
    lead, other = line.person("lea", Role.LEAD).user, line.person("leo", Role.LEAD).user
    item_id, free = reported(line), reported(line, "account-2")
    known = [*running(line, item_id), *running(line, free)]
    first, approval = line.wardline.propose_destruction(wanted(line, item_id, *known), user=lead)
    both = replace(wanted(line, free, *known), item_ids=(free, item_id))
    for again in (wanted(line, item_id, *known), both):
        for person in (lead, other):
            with pytest.raises(ConflictError, match=f"{item_id}.*{first.id}") as refused:
                line.wardline.propose_destruction(again, user=person)
            assert approval.id in refused.value.advice
    assert [each.id for each in line.store.destructions(most=9)] == [first.id]
    line.wardline.refuse(approval.id, user=other)
    second, _ = line.wardline.propose_destruction(both, user=lead)
    assert second.item_ids == (free, item_id)


@pytest.mark.parametrize("reader", ["item", "approvals", "holds_of"])
def test_of_two_proposals_of_one_moment_one_is_taken(line: Line, reader: str) -> None:
    lead, other = line.person("lea", Role.LEAD).user, line.person("leo", Role.LEAD).user
    for nth in range(5):
        item_id = reported(line, f"account-{nth}")
        asked_for = wanted(line, item_id, *running(line, item_id))

        def comes(asked_for: destroying.Wanted = asked_for) -> None:
            line.wardline.propose_destruction(asked_for, user=other)

        store: Any = After(line.store, reader, nth, comes)
        acts = PreservationActs()
        acts.parts = replace(line.parts, store=store)
        with suppress(ConflictError):
            acts.propose_destruction(asked_for, user=lead)
        made = [each for each in line.store.destructions(most=20) if item_id in each.item_ids]
        assert [each.proposed_by for each in made] == [other.id if store.came else lead.id]


def test_a_file_that_the_vault_does_not_let_go_keeps_none_of_the_others(line: Line) -> None:
    lead, other = line.person("lea", Role.LEAD).user, line.person("leo", Role.LEAD).user
    locked, free = reported(line), reported(line, "account-2")
    known = [*running(line, locked), *running(line, free)]
    both = replace(wanted(line, locked, *known), item_ids=(locked, free))
    made, approval = line.wardline.propose_destruction(both, user=lead)
    line.wardline.approve(approval.id, user=other)
    vault: Any = Refusing(line.parts.vault, {locked})
    for _ in range(2):
        with pytest.raises(VaultDeniedError):
            destroying.carry_out(replace(line.parts, vault=vault), made.id, 0)
        assert [is_kept(line, each) for each in (locked, free)] == [True, False]
        assert (
            line.store.destruction(made.id).state is DestructionState.APPROVED
        )  # nothing is said to be done
    line.run_due()
    assert not is_kept(line, locked)
    assert line.store.destruction(made.id).state is DestructionState.DONE


def test_a_hold_that_comes_after_the_approval_stops_the_destruction(line: Line) -> None:
    lead, other = line.person("lea", Role.LEAD).user, line.person("leo", Role.LEAD).user
    item_id = reported(line)
    made, approval = line.wardline.propose_destruction(
        wanted(line, item_id, *running(line, item_id)), user=lead
    )
    line.wardline.approve(approval.id, user=other)
    line.wardline.preserve(asked(line, item_ids=(item_id,)), user=lead)
    line.run_due()
    assert line.store.destruction(made.id).state is DestructionState.STOPPED
    assert is_kept(line, item_id)


@pytest.mark.parametrize("what", ["placed", "renewed"])
@pytest.mark.parametrize(("after", "count"), [("item", 2), ("holds_of", 9)])
def test_what_holds_a_file_at_the_very_moment_of_its_destruction_keeps_it(
    line: Line, what: str, after: str, count: int
) -> None:
    """Whichever of its looks at the file it comes after."""
    lead, other = line.person("lea", Role.LEAD).user, line.person("leo", Role.LEAD).user
    for nth in range(count):
        item_id = reported(line, f"account-{nth}")
        asking = line.wardline.preserve(asked(line, item_ids=(item_id,)), user=lead)
        made, approval = line.wardline.propose_destruction(
            wanted(line, item_id, *running(line, item_id)), user=lead
        )
        line.wardline.approve(approval.id, user=other)
        line.clock.advance(timedelta(minutes=1))

        def comes(item_id: str = item_id, asking: records.Preservation = asking) -> None:
            if what == "placed":
                line.wardline.preserve(asked(line, item_ids=(item_id,)), user=lead)
            else:
                line.wardline.extend_preservation(asking.id, reason="renewed", user=lead)

        store: Any = After(line.store, after, nth, comes)
        with suppress(VersionConflictError):
            destroying.carry_out(replace(line.parts, store=store), made.id, 0)
        if store.came:
            line.run_due()
            assert is_kept(line, item_id)
            assert len(running(line, item_id)) >= 2
            assert line.store.destruction(made.id).state is DestructionState.STOPPED


class After:
    """A store to which something happens once, after one of the calls of one of its readers."""

    def __init__(self, store: Any, reader: str, nth: int, comes: Callable[[], object]) -> None:
        self._store, self._reader, self._left, self._comes = store, reader, nth, comes
        self.came = False

    def __getattr__(self, name: str) -> Any:
        called = getattr(self._store, name)
        if name != self._reader:
            return called

        def then(*arguments: Any, **named: Any) -> Any:
            answer = called(*arguments, **named)
            self._left -= 1
            if self._left == -1:
                self.came = True
                self._comes()
            return answer

        return then


@pytest.mark.parametrize("when", ["proposed", "approved"])
def test_a_request_that_was_renewed_since_keeps_the_evidence(line: Line, when: str) -> None:
    """Both people were told of the hold with its former end."""
    lead, other = line.person("lea", Role.LEAD).user, line.person("leo", Role.LEAD).user
    item_id = reported(line)
    asking = line.wardline.preserve(asked(line, item_ids=(item_id,)), user=lead)
    made, approval = line.wardline.propose_destruction(
        wanted(line, item_id, *running(line, item_id)), user=lead
    )
    line.clock.advance(timedelta(minutes=1))
    if when == "approved":
        line.wardline.approve(approval.id, user=other)
    line.wardline.extend_preservation(asking.id, reason="renewed", user=lead)
    if when == "proposed":
        with pytest.raises(ConflictError, match="renewed"):
            line.wardline.approve(approval.id, user=other)
    line.run_due()
    assert is_kept(line, item_id)
    expected = DestructionState.STOPPED if when == "approved" else DestructionState.PROPOSED
    assert line.store.destruction(made.id).state is expected


@pytest.mark.parametrize("when", ["proposed", "approved"])
def test_a_case_that_is_open_again_keeps_its_evidence(line: Line, when: str) -> None:
    lead, other = line.person("lea", Role.LEAD).user, line.person("leo", Role.LEAD).user
    item_id = reported(line)
    made, approval = line.wardline.propose_destruction(
        wanted(line, item_id, *running(line, item_id)), user=lead
    )
    if when == "approved":
        line.wardline.approve(approval.id, user=other)
    case = line.store.case(line.store.holds_of(item_id)[0].case_id)
    again = replace(case, state=records.CaseState.OPEN, version=case.version + 1)
    line.store.commit(records.Replace(again), entries=[line.parts.entry(records.Verb.CASE_REOPENED, case.id)])
    if when == "proposed":
        with pytest.raises(ConflictError, match="open again"):
            line.wardline.approve(approval.id, user=other)
    line.run_due()
    assert is_kept(line, item_id)
    expected = DestructionState.STOPPED if when == "approved" else DestructionState.PROPOSED
    assert line.store.destruction(made.id).state is expected


def test_of_a_destruction_that_stopped_what_was_destroyed_is_proven(line: Line) -> None:
    lead, other = line.person("lea", Role.LEAD).user, line.person("leo", Role.LEAD).user
    first, second = reported(line), reported(line, "account-2")
    asking = replace(
        wanted(line, first, *running(line, first), *running(line, second)), item_ids=(first, second)
    )
    made, approval = line.wardline.propose_destruction(asking, user=lead)
    line.wardline.approve(approval.id, user=other)
    line.wardline.preserve(asked(line, item_ids=(second,)), user=lead)
    line.run_due()
    assert line.store.destruction(made.id).state is DestructionState.STOPPED
    told = line.store.open_alarm(AlarmKind.DESTRUCTION_STOPPED, made.id)
    assert told is not None
    assert "1 of 2 files are destroyed" in told.message
    line.sequence()
    proof = destruction_proof.prove(line.parts, made.id, line.wardline.prove_entry)
    said = audit.open_statement(proof, line.parts.log_key.public_key())
    assert (said["state"], said["done_at"]) == ("stopped", None)
    assert [each["item"] for each in said["files"]] == [first]
    assert said["not_destroyed_by_this"] == [{"item": second, "is_kept": True}]
    assert list(proof["entries"]) == [first]


def test_the_proof_names_what_had_gone_before(line: Line) -> None:
    lead, other = line.person("lea", Role.LEAD).user, line.person("leo", Role.LEAD).user
    item_id = reported(line)
    made, approval = line.wardline.propose_destruction(
        wanted(line, item_id, *running(line, item_id)), user=lead
    )
    line.pass_time(timedelta(days=400))
    line.wardline.approve(approval.id, user=other)
    line.run_due()
    line.sequence()
    proof = destruction_proof.prove(line.parts, made.id, line.wardline.prove_entry)
    said = audit.open_statement(proof, line.parts.log_key.public_key())
    assert (said["files"], said["not_destroyed_by_this"]) == ([], [{"item": item_id, "is_kept": False}])


def test_what_is_not_reported_yet_is_not_destroyed_on_request(line: Line) -> None:
    lead = line.person("lea", Role.LEAD).user
    line.list_of([picture()])
    item_id = str(line.submit(picture()).item_id)
    with pytest.raises(ConflictError):
        line.wardline.propose_destruction(wanted(line, item_id, *running(line, item_id)), user=lead)


@pytest.mark.parametrize("store", ["sqlite"])
def test_no_byte_of_destroyed_evidence_and_no_key_to_it_is_left(
    make_line: MakeLine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The data key is caught where it is made, and looked for raw, wrapped and in base64: in the database, its WAL and the vault."""
    made: list[bytes] = []
    wrap = keywrap.aes_key_wrap

    def caught(master: bytes, data_key: bytes) -> bytes:
        wrapped = wrap(master, data_key)
        made.extend((data_key, wrapped))
        return wrapped

    monkeypatch.setattr("wardline.adapters.vaults.envelope.aes_key_wrap", caught)
    line = make_line()
    item_id = reported(line)
    before = b"".join(_below(tmp_path))
    assert len(made) == 2
    assert made[1] in before  # else the search could find nothing
    assert made[0] not in before
    destroyed(line, item_id)
    (line.folder / "known.csv").unlink()  # the list's file, which is the test's own
    for content in _below(tmp_path):
        for secret in (*made, *map(base64.b64encode, made), picture()[200:264], picture()[-64:]):
            assert secret not in content


def _below(folder: Path) -> Iterator[bytes]:
    return (path.read_bytes() for path in folder.rglob("*") if path.is_file())


def test_what_was_damaged_is_destroyed_all_the_same_and_has_no_digest(line: Line) -> None:
    item_id = reported(line)
    (path,) = line.folder.rglob(f"{item_id}*.sealed")
    content = bytearray(path.read_bytes())
    content[-1] ^= 1
    path.write_bytes(content)
    with pytest.raises(EvidenceError):
        line.parts.vault.open(item_id, "original")
    (gone,) = destroyed(line, item_id).destroyed
    assert gone.sha256 is None
    assert not path.exists()
