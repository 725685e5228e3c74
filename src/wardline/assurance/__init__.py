"""Assurance: how good machine and people are.

The machine is proven before it acts alone, and watched while it does. Of people it is counted how well they agree and how often they are
overruled, for training and never for a ranking; files with a known answer belong to that.
"""

from wardline.assurance.agreement import LEAST_OPINIONS, Measures, Share, alpha, measure, share
from wardline.assurance.caps import SHARE_OF_HUMAN_ERROR, HumanError, cap_from
from wardline.assurance.channels import Disagreement, certify_clear_by_channel, compare_channels
from wardline.assurance.differences import KINDS, LEAST_PEOPLE, Difference, differences
from wardline.assurance.golden import choose, disguise, is_beyond_doubt
from wardline.assurance.intervals import Interval, exact_interval
from wardline.assurance.planning import Plan, plan
from wardline.assurance.thresholds import Certified, certify_act, certify_clear
from wardline.assurance.watching import ALTERNATIVES, Watch, observe, wald_limit

__all__ = [
    "ALTERNATIVES", "KINDS", "LEAST_OPINIONS", "LEAST_PEOPLE", "SHARE_OF_HUMAN_ERROR", "Certified", "Difference", "Disagreement", "HumanError", "Interval", "Measures", "Plan", "Share",
    "Watch", "alpha", "cap_from", "certify_act", "certify_clear", "certify_clear_by_channel", "choose", "compare_channels", "differences", "disguise",
    "exact_interval", "is_beyond_doubt", "measure", "observe", "plan", "share", "wald_limit",
]  # fmt: skip
