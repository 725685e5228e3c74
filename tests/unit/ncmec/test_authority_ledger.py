"""The sandbox authority's memory."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from wardline.errors import BusyError
from wardline.testing.authority_ledger import AuthorityLedger, LedgerRefusal, Standing

START = datetime(2026, 1, 1, tzinfo=UTC)
MD5 = "0" * 32


class Time:
    def __init__(self) -> None:
        self.at = START

    def __call__(self) -> datetime:
        return self.at

    def passes(self, **amount: float) -> None:
        self.at += timedelta(**amount)


@pytest.fixture
def time() -> Time:
    return Time()


def refusal(ledger: AuthorityLedger, report_id: int) -> int:
    with pytest.raises(LedgerRefusal) as caught:
        ledger.retract(report_id)
    return caught.value.code


def test_a_report_that_is_not_finished_expires_a_day_after_opening(time: Time) -> None:
    ledger = AuthorityLedger(clock_now=time)
    report_id = ledger.submit()
    time.passes(hours=23, minutes=59)
    assert len(ledger.open()) == 1
    time.passes(minutes=1)
    assert ledger.open() == []
    assert refusal(ledger, report_id) == 5001


def test_a_late_change_gives_it_another_hour(time: Time) -> None:
    ledger = AuthorityLedger(clock_now=time)
    report_id = ledger.submit()
    time.passes(hours=23, minutes=30)
    ledger.upload(report_id, 10, MD5)
    time.passes(minutes=59)
    assert len(ledger.open()) == 1
    time.passes(minutes=1)
    assert refusal(ledger, report_id) == 5001


def test_a_finished_report_never_expires(time: Time) -> None:
    ledger = AuthorityLedger(clock_now=time)
    report_id = ledger.submit()
    ledger.finish(report_id)
    time.passes(days=400)
    assert [report.report_id for report in ledger.finished()] == [report_id]
    assert refusal(ledger, report_id) == 5102


def test_a_withdrawn_report_says_so() -> None:
    ledger = AuthorityLedger()
    report_id = ledger.submit()
    ledger.retract(report_id)
    assert refusal(ledger, report_id) == 5101


def test_a_file_is_described_once() -> None:
    ledger = AuthorityLedger()
    report_id = ledger.submit()
    file_id = ledger.upload(report_id, 10, MD5)
    ledger.describe(report_id, file_id, viewed=True)
    with pytest.raises(LedgerRefusal) as again:
        ledger.describe(report_id, file_id)
    with pytest.raises(LedgerRefusal) as unknown:
        ledger.describe(report_id, "f" * 32)
    assert (again.value.code, unknown.value.code) == (4000, 5002)


def test_it_knows_everything_again_after_it_was_closed(tmp_path: Path) -> None:
    path = tmp_path / "authority" / "ledger.jsonl"
    first = AuthorityLedger(path)
    for standing in (Standing.FINISHED, Standing.RETRACTED, Standing.OPEN):
        report_id = first.submit("referral-x")
        first.describe(report_id, first.upload(report_id, 10, MD5), viewed=False)
        if standing is Standing.FINISHED:
            first.finish(report_id)
        elif standing is Standing.RETRACTED:
            first.retract(report_id)
    before = first.reports()
    first.close()
    second = AuthorityLedger(path)
    assert second.reports() == before
    assert second.submit() == before[-1].report_id + 1
    second.close()


def test_it_knows_what_it_answered_before_it_was_killed(tmp_path: Path) -> None:
    path = tmp_path / "ledger.jsonl"
    program = (
        "import pathlib, sys, time\n"
        "from wardline.testing.authority_ledger import AuthorityLedger\n"
        "ledger = AuthorityLedger(pathlib.Path(sys.argv[1]))\n"
        "report = ledger.submit()\n"
        "ledger.finish(report)\n"
        "print(report, flush=True)\n"
        "time.sleep(600)\n"
    )
    with subprocess.Popen([sys.executable, "-c", program, str(path)], stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        report_id = int(process.stdout.readline())
        process.kill()
    ledger = AuthorityLedger(path)
    assert [report.report_id for report in ledger.finished()] == [report_id]
    ledger.close()


def test_a_last_line_that_a_crash_cut_off_is_dropped(tmp_path: Path) -> None:
    path = tmp_path / "ledger.jsonl"
    first = AuthorityLedger(path)
    report_id = first.submit()
    first.close()
    with path.open("ab") as file:
        file.write(b'{"report":4200')
    second = AuthorityLedger(path)
    second.finish(report_id)
    second.close()
    third = AuthorityLedger(path)
    assert [report.standing for report in third.reports()] == [Standing.FINISHED]
    third.close()


def test_two_sandboxes_do_not_share_a_file(tmp_path: Path) -> None:
    path = tmp_path / "ledger.jsonl"
    ledger = AuthorityLedger(path)
    with pytest.raises(BusyError):
        AuthorityLedger(path)
    ledger.close()


def test_the_file_holds_sizes_and_hashes_and_nothing_else_of_a_file(tmp_path: Path) -> None:
    path = tmp_path / "ledger.jsonl"
    ledger = AuthorityLedger(path)
    report_id = ledger.submit()
    ledger.upload(report_id, 10, MD5)
    (report,) = ledger.reports()
    ledger.close()
    assert len(path.read_bytes().splitlines()) == 2
    assert replace(report.files[0], file_id="") == replace(
        report.files[0], file_id="", size_bytes=10, md5=MD5, described=False
    )
