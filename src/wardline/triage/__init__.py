"""Triage: who decides. The only fork in the house."""

from wardline.triage.policy import Policy, Response
from wardline.triage.routing import route

__all__ = ["Policy", "Response", "route"]
