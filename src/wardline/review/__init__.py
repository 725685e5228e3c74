"""Review: cases, the order of their queue, claims with a lease, reveals and decisions."""

from wardline.review.capacity import Capacity, Reached, capacity
from wardline.review.cases import (
    LONGEST_SET_ASIDE,
    claim,
    escalate,
    open_case,
    renew,
    require_claim,
    return_to_queue,
    set_aside,
)
from wardline.review.decisions import Judgement, conclude, decide, undo
from wardline.review.exposure import (
    BRIEF_LOOK,
    LONGEST_LOOK,
    Exposure,
    exposure,
    past_shifts,
    reaches_back,
    running_reveals,
)
from wardline.review.grading import grade_of_case, grades_of, needs_view
from wardline.review.limits import Limits
from wardline.review.order import HANDLING_HOURS, factors, in_order, indexes, place_of, rank
from wardline.review.reveals import frames_of, require_frame, viewed_frames
from wardline.review.team import Band, TeamChoices, TeamExposure, team_capacity, team_choices, team_exposure
from wardline.review.urgency import assess, graver, is_imminent, lane_of, severity
from wardline.review.weights import Weights

__all__ = [
    "BRIEF_LOOK",
    "HANDLING_HOURS",
    "LONGEST_LOOK",
    "LONGEST_SET_ASIDE",
    "Band",
    "Capacity",
    "Exposure",
    "Judgement",
    "Limits",
    "Reached",
    "TeamChoices",
    "TeamExposure",
    "Weights",
    "assess",
    "capacity",
    "claim",
    "conclude",
    "decide",
    "escalate",
    "exposure",
    "factors",
    "frames_of",
    "grade_of_case",
    "grades_of",
    "graver",
    "in_order",
    "indexes",
    "is_imminent",
    "lane_of",
    "needs_view",
    "open_case",
    "past_shifts",
    "place_of",
    "rank",
    "reaches_back",
    "renew",
    "require_claim",
    "require_frame",
    "return_to_queue",
    "running_reveals",
    "set_aside",
    "severity",
    "team_capacity",
    "team_choices",
    "team_exposure",
    "undo",
    "viewed_frames",
]  # fmt: skip
