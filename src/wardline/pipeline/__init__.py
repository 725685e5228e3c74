"""The conductor: the only place with order. One module a step; durable work; the class ``Wardline``."""

from wardline.pipeline.appealing import Complaint
from wardline.pipeline.flagging import Flagged, FlagTaken
from wardline.pipeline.parts import Exchange, Parts, Rules, Witnessing
from wardline.pipeline.previewing import ReferralPreview
from wardline.pipeline.review import Showing
from wardline.pipeline.scopes import Detector, Scope, Scopes
from wardline.pipeline.submit import Submission
from wardline.pipeline.wardline import Wardline

__all__ = [
    "Complaint",
    "Detector",
    "Exchange",
    "FlagTaken",
    "Flagged",
    "Parts",
    "ReferralPreview",
    "Rules",
    "Scope",
    "Scopes",
    "Showing",
    "Submission",
    "Wardline",
    "Witnessing",
]
