"""Triage: who decides. The only fork in the house."""

from wardline.triage.automation import Automation
from wardline.triage.policy import Policy, Response
from wardline.triage.routing import reason_of, route

__all__ = ["Automation", "Policy", "Response", "reason_of", "route"]
