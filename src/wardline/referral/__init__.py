"""Reports to an authority: what they say, when one is owed, and where each stands. Pure.

``build_report`` writes the content, ``checklist`` says what police would miss in it, ``plan`` drafts the referral; ``next_step`` says what
to do, ``on_answer`` and ``on_error`` what came of it.
"""

from wardline.referral.addresses import is_plain_address
from wardline.referral.building import build_report, needs_referral, plan
from wardline.referral.completeness import Need, NeedState, checklist
from wardline.referral.corrections import build_correction, cancel
from wardline.referral.moving import (
    begin,
    build_receipt,
    next_step,
    on_answer,
    on_error,
    refile,
    retry_delay,
    withdraw,
)
from wardline.referral.regrading import APPROVAL, build_regrading, differs, graded, unreported
from wardline.referral.steps import (
    UNKNOWN_ORPHAN,
    AskHuman,
    Attach,
    Call,
    Done,
    Finish,
    Move,
    Retract,
    Step,
    Submit,
)
from wardline.referral.viewing import was_viewed

__all__ = [
    "APPROVAL", "UNKNOWN_ORPHAN", "AskHuman", "Attach", "Call", "Done", "Finish", "Move", "Need", "NeedState", "Retract", "Step", "Submit", "begin",
    "build_correction", "build_receipt", "build_regrading", "build_report", "cancel", "checklist", "differs", "graded", "is_plain_address", "needs_referral", "next_step", "on_answer", "on_error", "plan",
    "refile", "retry_delay", "unreported", "was_viewed", "withdraw",
]  # fmt: skip
