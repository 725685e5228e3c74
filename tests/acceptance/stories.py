"""Words that several stories use."""

from __future__ import annotations

from functools import cache

from wardline import records, review
from wardline.pipeline import Submission
from wardline.testing import pictures
from wardline.testing.harness import Line, Person

PNG_SIGNATURE = b"\x89PNG\r\n\x1a\n"


@cache
def picture(seed: int = 1) -> bytes:
    """Draw a harmless scene as a JPEG."""
    return pictures.encode(pictures.scene(seed, (320, 240)))


def violation(case: records.Case, category: records.Category = records.Category.A2) -> review.Judgement:
    """Say that every file of a case is of a category."""
    findings = tuple(records.Finding(item_id=item_id, category=category) for item_id in case.item_ids)
    return review.Judgement(outcome=records.Outcome.VIOLATION, findings=findings)


def reveal_all(line: Line, case: records.Case, person: Person) -> None:
    """Show the first frame of every file of a claimed case."""
    for item_id in case.item_ids:
        shown = line.wardline.reveal(case.id, item_id=item_id, user=person.user)
        assert shown.startswith(PNG_SIGNATURE)


def decided_violation(
    line: Line, submission: Submission, person: Person, *, viewed: bool = True
) -> records.Case:
    """Claim the case of an upload, look at it or not, and decide A2."""
    case = line.wardline.claim(line.case_of(submission).id, user=person.user)
    if viewed:
        reveal_all(line, case, person)
    line.wardline.decide(case.id, user=person.user, judgement=violation(case))
    return line.store.case(case.id)


def the_referral(line: Line, case: records.Case) -> records.Referral:
    """Find the one referral of a case."""
    (found,) = line.store.referrals(case_id=case.id)
    return found
