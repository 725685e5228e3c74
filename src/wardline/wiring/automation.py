"""What the settings say of automation, as the pipeline's values."""

from __future__ import annotations

from wardline.pipeline.automation_rules import AutomationRules, automated
from wardline.pipeline.scopes import Scopes
from wardline.settings import Settings


def automation_rules(chosen: Settings, scopes: Scopes) -> AutomationRules:
    """Make the rules of automation, for the scopes that the settings name."""
    said = chosen.automation
    valid_for, evidence_for = said.days()
    return AutomationRules(
        scopes=tuple(map(automated, scopes.several)), terms=said.terms(), valid_for=valid_for,
        evidence_for=evidence_for, watch_items=said.watch_items, shift=said.score_shift,
    )  # fmt: skip
