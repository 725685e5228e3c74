"""Where the published schema lies, and documents to try."""

from __future__ import annotations

from pathlib import Path

import pytest

from wardline import records
from wardline.adapters.authorities.ncmec import xml
from wardline.testing.authority_calls import Reply, Request
from wardline.testing.authority_contract import sample_file, sample_report
from wardline.testing.authority_sandbox import AuthoritySandbox

SHARED = Path(__file__).parents[3].parent / "shared" / "data" / "ncmec"
FILE_ID = "0" * 32


class RememberingSandbox(AuthoritySandbox):
    """A sandbox that also knows what it was asked."""

    def __init__(self) -> None:
        super().__init__()
        self.requests: list[Request] = []

    def take(self, request: Request) -> Reply | None:
        self.requests.append(request)
        return super().take(request)


def shared_file(name: str) -> bytes:
    path = SHARED / name
    if not path.is_file():
        pytest.skip(f"the published reference data is not here: {name}")
    return path.read_bytes()


def report_bytes() -> bytes:
    return xml.report_document(sample_report())


def file_bytes(number: int = 1) -> bytes:
    return xml.file_document("1", FILE_ID, sample_file(number))


def bare_report() -> records.Report:
    """Give a report with every optional part left out."""
    full = sample_report(files=1)
    return records.Report(
        referral_id=full.referral_id,
        incident_at=full.incident_at,
        incident_time_meaning=full.incident_time_meaning,
        annotations=(),
        escalation=None,
        reporter=records.Reporter(
            first_name="Test", last_name="Operator", email="a@b.example", platform="Forum"
        ),
        person=records.ReportedPerson(account_reference="account-1"),
        files=(bare_file(),),
        urls=(),
        note="Invented.",
    )


def bare_file() -> records.ReportedFile:
    """Give a file with every optional part left out."""
    full = sample_file(2)
    return records.ReportedFile(
        item_id=full.item_id,
        file_name=None,
        uploaded_at=full.uploaded_at,
        url=None,
        viewed=False,
        publicly_available=False,
        category=None,
        annotations=(),
        hashes=(),
        upload=None,
    )
