"""Words of the stories about batched reports."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from tests.acceptance.stories import picture
from wardline import records, referral, review
from wardline.pipeline import Rules
from wardline.pipeline.filing_rules import FilingRules
from wardline.records import Category, FileAnnotation, Outcome, Reply
from wardline.testing.harness import REPORTER, Line, Person

AGREED = referral.Agreement(
    agreed_with="the reporting team, by mail", agreed_on="2026-02-01", leaves_out=tuple(referral.LeftOut)
)
VIRAL = (records.Answer(about=FileAnnotation.VIRAL, reply=Reply.YES),)
MEME = (records.Answer(about=FileAnnotation.POTENTIAL_MEME, reply=Reply.YES),)


def rules(agreed: referral.Agreement | None = AGREED, **more: Any) -> Rules:
    """Give the rules of an installation whose receiver agreed to batched reports, or did not."""
    batches = {"ncmec": agreed} if agreed is not None else {}
    return Rules(reporter=REPORTER, filing=FilingRules(batches=batches, **more))


def decided(
    line: Line, person: Person, account: str, *, seed: int = 1, answers: tuple[records.Answer, ...] = VIRAL,
    annotations: tuple[FileAnnotation, ...] = (), viewed: bool = True, category: Category = Category.A2,
    said: dict[str, Any] | None = None, **context: Any,
) -> records.Case:  # fmt: skip
    """Have an upload of an account decided by somebody who saw it, without letting the decision take effect."""
    submission = line.submit(
        picture(seed), flag="spam", account=account, content_reference=f"post-{account}-{seed}", **context
    )
    case = line.wardline.claim(line.case_of(submission).id, user=person.user)
    if viewed:
        line.wardline.reveal(case.id, item_id=case.item_ids[0], user=person.user)
    marks = tuple(each.about for each in answers if each.reply is Reply.YES) + annotations
    findings = tuple(
        records.Finding(item_id=each, category=category, annotations=marks) for each in case.item_ids
    )
    judgement = review.Judgement(
        outcome=Outcome.VIOLATION, findings=findings, answers=answers, **(said or {})
    )
    line.wardline.decide(case.id, user=person.user, judgement=judgement)
    return line.store.case(case.id)


def without_wait(agreed: referral.Agreement = AGREED, **changes: Any) -> referral.Agreement:
    """Give an agreement with something changed."""
    return replace(agreed, **changes)
