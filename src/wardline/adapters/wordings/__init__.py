"""How messages to people are worded."""

from wardline.adapters.wordings.templates import Operator, TemplateWording

__all__ = ["Operator", "TemplateWording"]
