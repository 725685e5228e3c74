"""A report played to its end against an authority that is none. Nothing is written, and nothing is sent anywhere else."""

from __future__ import annotations

from dataclasses import dataclass

from wardline import ports, records
from wardline.errors import AuthorityError, InputError, WardlineError
from wardline.pipeline import bundles, reported, schemas
from wardline.pipeline.parts import ORIGINAL, Parts

REHEARSED = "sandbox"


@dataclass(frozen=True, slots=True, kw_only=True)
class PlayedCall:
    """One call, and what came of it."""

    call: str
    """``"submit"``, ``"attach"`` or ``"finish"``."""
    about: str
    """The file's item; empty for a call about the report."""
    answer: str
    """What was answered, or which error it was: never content."""
    is_refused: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Played:
    """How far a report came."""

    referral_id: str
    problems: tuple[str, ...]
    """What the receiver's schema and rules have against it; then nothing was played."""
    calls: tuple[PlayedCall, ...]

    @property
    def is_accepted(self) -> bool:
        """Whether the report would be taken whole."""
        return not self.problems and bool(self.calls) and not any(each.is_refused for each in self.calls)


def play(parts: Parts, referral_id: str, rehearsal: ports.Authority) -> Played:
    """Build the documents of a referral, check them, and play them call by call; the first refusal ends it.

    Args:
        parts: The installation's; its own authority is not touched.
        referral_id: Which referral, in any state.
        rehearsal: A sandbox that keeps what it gets in memory.

    Raises:
        InputError: The report cannot be built any more, or the authority is a real one.
    """
    if rehearsal.environment != REHEARSED:
        raise InputError(
            f"{referral_id}: played against {rehearsal.environment}, expected {REHEARSED}: nothing is sent to a receiver here"
        )
    schemas.adopt_for(parts, rehearsal)
    found = parts.store.referral(referral_id)
    lead = bundles.lead_of(parts, found)
    decision, case = parts.store.decision(lead.decision_id), parts.store.case(lead.case_id)
    report = reported.report_of(parts, lead.id, decision, case, corrects=lead.corrects, bundle=lead.bundle)
    problems = rehearsal.check(report)
    calls = () if problems else tuple(_calls(parts, report, rehearsal))
    return Played(referral_id=found.id, problems=problems, calls=calls)


def _calls(parts: Parts, report: records.Report, rehearsal: ports.Authority) -> list[PlayedCall]:
    made: list[PlayedCall] = []
    call, about = "submit", ""
    try:
        opened = rehearsal.submit(report)
        made.append(PlayedCall(call=call, about="", answer=f"report {opened.remote_id}"))
        for file in report.files:
            call, about = "attach", file.item_id
            content = parts.vault.open(file.item_id, ORIGINAL)
            attached = rehearsal.attach(opened.remote_id or "", file, content)
            made.append(PlayedCall(call=call, about=about, answer=f"file {attached.remote_id}"))
        call, about = "finish", ""
        finished = rehearsal.finish(opened.remote_id or "")
        made.append(PlayedCall(call=call, about="", answer=f"receipt of {len(finished.body)} bytes"))
    except WardlineError as error:
        told = error.message if isinstance(error, AuthorityError) else error.code
        made.append(PlayedCall(call=call, about=about, answer=told, is_refused=True))
    return made
