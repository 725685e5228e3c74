"""Reports to an authority: what they say, when one is owed, and where each stands. Pure.

``build_report`` writes the content, ``checklist`` says what police would miss in it, ``plan`` drafts the referral; ``next_step`` says what
to do, ``on_answer`` and ``on_error`` what came of it.
"""

from wardline.referral.addresses import is_plain_address
from wardline.referral.building import build_report, needs_referral, plan
from wardline.referral.bundling import (
    MOST_FILES,
    Bundle,
    as_one,
    chosen,
    join,
    leave,
    may_join,
    may_lead,
    settle,
)
from wardline.referral.completeness import WEIGHTS, Adder, Need, NeedState, Score, checklist, median, score
from wardline.referral.corrections import build_correction, cancel
from wardline.referral.duties import Discharged, Duty, Owed, owed
from wardline.referral.facts import also_known
from wardline.referral.handing import LONGEST_REFERENCE, awaits, recorded, remade
from wardline.referral.knowledge import FACT_WORDS, MARKED, require_addable, with_knowledge
from wardline.referral.moves import TO_FILE, UNWANTED
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
from wardline.referral.passed import identifiers, linked, places
from wardline.referral.priorities import (
    Approval,
    Clocked,
    Clocks,
    assign,
    clocked,
    graver,
    part_over,
    raised,
    regions_of,
    release,
    seconded,
    unapproved,
    waits,
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
from wardline.referral.supplements import build_supplement, is_supplement
from wardline.referral.texts import withheld
from wardline.referral.viewing import was_viewed

__all__ = [
    "APPROVAL",
    "FACT_WORDS",
    "LONGEST_REFERENCE",
    "MARKED",
    "MOST_FILES",
    "TO_FILE",
    "UNKNOWN_ORPHAN",
    "UNWANTED",
    "WEIGHTS",
    "Adder",
    "Approval",
    "AskHuman",
    "Attach",
    "Bundle",
    "Call",
    "Clocked",
    "Clocks",
    "Discharged",
    "Done",
    "Duty",
    "Finish",
    "Move",
    "Need",
    "NeedState",
    "Owed",
    "Retract",
    "Score",
    "Step",
    "Submit",
    "also_known",
    "as_one",
    "assign",
    "awaits",
    "begin",
    "build_correction",
    "build_receipt",
    "build_regrading",
    "build_report",
    "build_supplement",
    "cancel",
    "checklist",
    "chosen",
    "clocked",
    "differs",
    "graded",
    "graver",
    "identifiers",
    "is_plain_address",
    "is_supplement",
    "join",
    "leave",
    "linked",
    "may_join",
    "may_lead",
    "median",
    "needs_referral",
    "next_step",
    "on_answer",
    "on_error",
    "owed",
    "part_over",
    "places",
    "plan",
    "raised",
    "recorded",
    "refile",
    "regions_of",
    "release",
    "remade",
    "require_addable",
    "retry_delay",
    "score",
    "seconded",
    "settle",
    "unapproved",
    "unreported",
    "waits",
    "was_viewed",
    "with_knowledge",
    "withdraw",
    "withheld",
]  # fmt: skip
