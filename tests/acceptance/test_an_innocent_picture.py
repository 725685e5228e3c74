"""A picture that was no violation: shown again, destroyed after the time to appeal, and its account forgotten."""

from __future__ import annotations

import sqlite3
from datetime import timedelta
from pathlib import Path

import pytest

from tests.acceptance.conftest import MakeLine
from tests.acceptance.stories import picture
from wardline import records, review
from wardline.errors import NotFoundError
from wardline.pipeline import Submission
from wardline.records import HoldState, Outcome
from wardline.testing.authority_sandbox import AuthoritySandbox
from wardline.testing.harness import Line
from wardline.testing.platform_ledger import AccountState, ContentState
from wardline.testing.platform_sandbox import PlatformSandbox

NOT_VIOLATION = review.Judgement(outcome=Outcome.NOT_VIOLATION)
ACCOUNT, CONTENT, FILE, ADDRESS = (
    "account-innocent-4711",
    "post-innocent-4712",
    "holiday-4713.jpg",
    "198.51.100.77",
)


def cleared(line: Line, submission: Submission) -> records.Case:
    mika = line.person("mika")
    case = line.wardline.claim(line.case_of(submission).id, user=mika.user)
    line.wardline.reveal(case.id, item_id=case.item_ids[0], user=mika.user)
    line.wardline.decide(case.id, user=mika.user, judgement=NOT_VIOLATION)
    line.pass_time(line.parts.rules.undo_window)
    return line.store.case(case.id)


def flagged(line: Line) -> Submission:
    return line.submit(
        picture(),
        flag="looks-wrong",
        account=ACCOUNT,
        content_reference=CONTENT,
        file_name=FILE,
        ip_address=ADDRESS,
    )


def places_with(folder: Path, wanted: str) -> list[str]:
    return [
        path.name for path in folder.rglob("*") if path.is_file() and wanted.encode() in path.read_bytes()
    ]


def test_a_flag_alone_restricts_nothing(line: Line, platform: PlatformSandbox) -> None:
    submission = flagged(line)
    assert isinstance(submission.route, records.Review)
    line.run_due()
    assert platform.state_of(CONTENT) is ContentState.VISIBLE
    assert cleared(line, submission).state is records.CaseState.CLOSED
    assert platform.actions() == []


def test_what_was_restricted_is_restored(
    line: Line, platform: PlatformSandbox, authority: AuthoritySandbox
) -> None:
    line.list_of([picture()])
    submission = line.submit(picture(), content_reference=CONTENT, account=ACCOUNT)
    line.run_due()
    assert platform.state_of(CONTENT) is ContentState.RESTRICTED
    cleared(line, submission)
    assert platform.state_of(CONTENT) is ContentState.VISIBLE
    assert platform.account_state_of(ACCOUNT) is AccountState.ACTIVE
    assert authority.ledger.reports() == []


def test_it_is_destroyed_after_the_time_to_appeal_and_not_before(line: Line) -> None:
    submission = flagged(line)
    assert submission.item_id is not None
    cleared(line, submission)
    window = line.parts.rules.periods.after_clearance
    line.pass_time(window - timedelta(seconds=1))
    assert line.parts.vault.open(submission.item_id, "original") == picture()
    line.pass_time(timedelta(seconds=1))
    with pytest.raises(NotFoundError):
        line.parts.vault.open(submission.item_id, "original")
    assert list(line.parts.vault.inventory()) == []
    assert [hold.state for hold in line.store.holds()] == [HoldState.ENDED]
    assert not line.store.item(submission.item_id).sealed


def test_its_account_is_forgotten(line: Line) -> None:
    submission = flagged(line)
    assert submission.item_id is not None
    case = cleared(line, submission)
    line.pass_time(line.parts.rules.periods.unlink_after_clearance)
    item = line.store.item(submission.item_id)
    assert (item.account_reference, item.context, item.hashes) == ("", None, ())
    assert line.store.case(case.id).account_reference == ""


@pytest.mark.parametrize("store", ["sqlite"])
def test_no_byte_of_its_account_stays_in_the_database(make_line: MakeLine, tmp_path: Path) -> None:
    line = make_line()
    line.list_of([picture()])
    submission = line.submit(
        picture(), account=ACCOUNT, content_reference=CONTENT, file_name=FILE, ip_address=ADDRESS
    )
    line.run_due()
    md5 = line.hashes(picture())[0].value
    cleared(line, submission)
    line.parts.vault.open(str(submission.item_id), "original")
    line.close()
    assert places_with(tmp_path, ACCOUNT) == ["wardline.sqlite"]

    later = make_line()
    later.pass_time(later.parts.rules.periods.unlink_after_clearance)
    assert later.verify().ok
    later.close()
    with sqlite3.connect(tmp_path / "wardline.sqlite") as database:
        database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    database.close()
    for trace in (ACCOUNT, CONTENT, FILE, ADDRESS):
        assert places_with(tmp_path, trace) == []
    # The list still holds the hash, once; the item's own is gone.
    with sqlite3.connect(tmp_path / "wardline.sqlite") as database:
        assert database.execute(
            "SELECT count(*) FROM items WHERE hashes LIKE ?", (f"%{md5}%",)
        ).fetchone() == (0,)
    database.close()
    make_line()


def test_an_account_stays_while_the_platform_still_owes_the_restoration(
    make_line: MakeLine, platform: PlatformSandbox
) -> None:
    line = make_line()
    line.list_of([picture()])
    submission = line.submit(picture(), content_reference=CONTENT, account=ACCOUNT)
    line.run_due()
    platform.stop()
    case = cleared(line, submission)
    line.pass_time(line.parts.rules.periods.unlink_after_clearance + timedelta(hours=1))
    assert line.store.case(case.id).account_reference == ACCOUNT
    platform.start()
    line.pass_time(timedelta(days=1, hours=2))
    assert platform.state_of(CONTENT) is ContentState.VISIBLE
    assert line.store.case(case.id).account_reference == ""
    assert {action.account_reference for action in line.store.actions_of(case.id)} == {""}
