"""Assurance: how good the machine is, proven before it acts alone and watched while it does."""

from wardline.assurance.caps import SHARE_OF_HUMAN_ERROR, HumanError, cap_from
from wardline.assurance.channels import Disagreement, certify_clear_by_channel, compare_channels
from wardline.assurance.planning import Plan, plan
from wardline.assurance.thresholds import Certified, certify_act, certify_clear
from wardline.assurance.watching import ALTERNATIVES, Watch, observe, wald_limit

__all__ = [
    "ALTERNATIVES", "SHARE_OF_HUMAN_ERROR", "Certified", "Disagreement", "HumanError", "Plan", "Watch", "cap_from", "certify_act", "certify_clear",
    "certify_clear_by_channel", "compare_channels", "observe", "plan", "wald_limit",
]  # fmt: skip
