"""A file that cannot be scanned goes to a person. It is never released and never called clean."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.acceptance.conftest import MakeLine
from tests.acceptance.stories import decided_violation, picture, the_referral
from wardline import records
from wardline.errors import RefusedError
from wardline.records import AlarmKind, ReferralState, Step
from wardline.testing import pictures
from wardline.testing.authority_sandbox import AuthoritySandbox
from wardline.testing.harness import Line
from wardline.testing.pictures import Damage

pytestmark = pytest.mark.parametrize("store", ["memory"])


@pytest.mark.parametrize("damage", Damage)
def test_it_becomes_a_case_for_a_person(line: Line, damage: Damage) -> None:
    bad = pictures.damaged(damage)
    submission = line.submit(bad.content, file_name=bad.file_name)
    assert isinstance(submission.route, records.Review)
    case = line.case_of(submission)
    assert any("Could not be scanned by media" in reason for reason in case.reasons)
    item = line.store.item(case.item_ids[0])
    assert item.picture is None
    assert line.parts.vault.open(item.id, "original") == bad.content
    day = line.clock.now().date()
    figures = line.wardline.statistics(day, day)
    assert (figures.total(Step.ITEMS_UNSCANNABLE), figures.total(Step.ITEMS_RELEASED)) == (1, 0)


@pytest.mark.parametrize("damage", [damage for damage in Damage if damage is not Damage.EMPTY])
def test_it_cannot_be_shown_and_is_reported_as_not_viewed(
    line: Line, authority: AuthoritySandbox, damage: Damage
) -> None:
    mika = line.person("mika")
    submission = line.submit(pictures.damaged(damage).content)
    case = line.wardline.claim(line.case_of(submission).id, user=mika.user)
    with pytest.raises(RefusedError, match="no decoder can read it"):
        line.wardline.reveal(case.id, item_id=case.item_ids[0], user=mika.user)
    assert line.store.reveals_of(case.id) == []
    decided_violation(line, submission, mika, viewed=False)
    line.pass_time(line.parts.rules.undo_window)
    (report,) = authority.ledger.finished()
    assert [file.viewed for file in report.files] == [False]


def test_a_report_about_an_empty_file_waits_for_a_person(line: Line, authority: AuthoritySandbox) -> None:
    # The authority takes no empty files.
    case = decided_violation(line, line.submit(b""), line.person("mika"), viewed=False)
    line.pass_time(timedelta(hours=1))
    assert the_referral(line, case).state is ReferralState.NEEDS_HUMAN
    assert [alarm.kind for alarm in line.store.open_alarms()] == [AlarmKind.FILING_NEEDS_HUMAN]
    assert authority.ledger.open() == []


def test_a_truncated_file_that_is_listed_byte_for_byte_is_restricted(line: Line) -> None:
    content = pictures.damaged(Damage.TRUNCATED).content
    line.list_of([content])
    submission = line.submit(content)
    assert isinstance(submission.route, records.Act)
    reasons = line.case_of(submission).reasons
    assert any("Same as an entry of a verified list" in reason for reason in reasons)
    assert any("Could not be scanned" in reason for reason in reasons)


class NoDecoder:
    """A sandbox of which nothing is left."""

    def hash(self, content: bytes, *, precision: records.Precision) -> records.Unscannable:
        return records.Unscannable(source="media", reason="sandbox unavailable")

    def probe(self, content: bytes) -> records.Unscannable:
        return records.Unscannable(source="media", reason="sandbox unavailable")

    def close(self) -> None:
        """Nothing is left to close."""


def test_without_a_decoder_every_upload_goes_to_a_person(make_line: MakeLine) -> None:
    line = make_line(replaced={"media": NoDecoder()})
    assert isinstance(line.submit(picture()).route, records.Review)
