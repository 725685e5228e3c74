"""Review: cases, the order of their queue, claims with a lease, reveals and decisions."""

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
from wardline.review.exposure import LONGEST_LOOK, Exposure, exposure, running_reveals
from wardline.review.opinions import (
    SecondOpinions,
    Turn,
    answer_of,
    await_another,
    given,
    in_effect_at_once,
    is_party,
    is_violation,
    next_turn,
    reason_for,
)
from wardline.review.order import HANDLING_HOURS, factors, in_order, indexes, place_of, rank
from wardline.review.reveals import frames_of, require_frame, viewed_frames
from wardline.review.urgency import assess, graver, is_imminent, lane_of, severity
from wardline.review.weights import Weights

__all__ = [
    "HANDLING_HOURS",
    "LONGEST_LOOK",
    "LONGEST_SET_ASIDE",
    "Exposure",
    "Judgement",
    "SecondOpinions",
    "Turn",
    "Weights",
    "answer_of",
    "assess",
    "await_another",
    "claim",
    "conclude",
    "decide",
    "escalate",
    "exposure",
    "factors",
    "frames_of",
    "given",
    "graver",
    "in_effect_at_once",
    "in_order",
    "indexes",
    "is_imminent",
    "is_party",
    "is_violation",
    "lane_of",
    "next_turn",
    "open_case",
    "place_of",
    "rank",
    "reason_for",
    "renew",
    "require_claim",
    "require_frame",
    "return_to_queue",
    "running_reveals",
    "set_aside",
    "severity",
    "undo",
    "viewed_frames",
]  # fmt: skip
