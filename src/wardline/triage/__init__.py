"""Triage: who decides. The only fork in the house."""

from wardline.triage.automation import Automation
from wardline.triage.policy import Policy, Response
from wardline.triage.routing import is_told, reason_of, route
from wardline.triage.scopes import ScopeMode, for_people, pointing

__all__ = [
    "Automation",
    "Policy",
    "Response",
    "ScopeMode",
    "for_people",
    "is_told",
    "pointing",
    "reason_of",
    "route",
]
