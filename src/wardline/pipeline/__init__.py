"""The conductor: the only place with order. One module a step; durable work; the class ``Wardline``."""

from wardline.pipeline.parts import Exchange, Parts, Rules
from wardline.pipeline.refer import ReferralPreview
from wardline.pipeline.review import Showing
from wardline.pipeline.submit import Submission
from wardline.pipeline.wardline import Wardline

__all__ = ["Exchange", "Parts", "ReferralPreview", "Rules", "Showing", "Submission", "Wardline"]
