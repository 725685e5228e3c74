"""Assurance: how good machine and people are.

The machine is proven before it acts alone, and watched while it does. Of people it is counted how well they agree and how often they are
overruled, for training and never for a ranking; files with a known answer belong to that.
"""

from wardline.assurance.agreement import LEAST_OPINIONS, Measures, Share, alpha, measure, share
from wardline.assurance.caps import SHARE_OF_HUMAN_ERROR, HumanError, cap_from
from wardline.assurance.certifying import (
    Tried,
    attempt,
    bins,
    digest,
    is_harmed,
    moved,
    score_counts,
)
from wardline.assurance.channels import (
    FEWEST_IN_CHANNEL,
    Disagreement,
    certify_act_by_kind,
    certify_clear_by_channel,
    compare_channels,
)
from wardline.assurance.counting import Counted, Counts, Question, count, counted, counts_for, truth_for
from wardline.assurance.differences import KINDS, LEAST_PEOPLE, Difference, differences
from wardline.assurance.golden import choose, disguise, is_beyond_doubt
from wardline.assurance.intervals import Interval, exact_interval
from wardline.assurance.judging import Judged, NotJudged, judge, truth_of
from wardline.assurance.planning import Plan, plan
from wardline.assurance.saying import Said, percent, say
from wardline.assurance.terms import Terms, error_of_try
from wardline.assurance.thresholds import Certified, certify_act, certify_clear
from wardline.assurance.watching import ALTERNATIVES, Watch, observe, wald_limit

__all__ = [
    "ALTERNATIVES",
    "FEWEST_IN_CHANNEL",
    "KINDS",
    "LEAST_OPINIONS",
    "LEAST_PEOPLE",
    "SHARE_OF_HUMAN_ERROR",
    "Certified",
    "Counted",
    "Counts",
    "Difference",
    "Disagreement",
    "HumanError",
    "Interval",
    "Judged",
    "Measures",
    "NotJudged",
    "Plan",
    "Question",
    "Said",
    "Share",
    "Terms",
    "Tried",
    "Watch",
    "alpha",
    "attempt",
    "bins",
    "cap_from",
    "certify_act",
    "certify_act_by_kind",
    "certify_clear",
    "certify_clear_by_channel",
    "choose",
    "compare_channels",
    "count",
    "counted",
    "counts_for",
    "differences",
    "digest",
    "disguise",
    "error_of_try", "exact_interval",
    "is_beyond_doubt",
    "is_harmed",
    "judge",
    "measure",
    "moved",
    "observe",
    "percent",
    "plan",
    "say",
    "score_counts",
    "share",
    "truth_for",
    "truth_of",
    "wald_limit",
]  # fmt: skip
