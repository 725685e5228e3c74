"""Review: cases, the order of their queue, claims with a lease, reveals and decisions."""

from wardline.review.appeals import had_a_part, reopen
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
from wardline.review.order import HANDLING_HOURS, factors, in_order, indexes, place_of, rank
from wardline.review.reveals import frames_of, require_frame, viewed_frames
from wardline.review.urgency import assess, graver, is_imminent, lane_of, severity
from wardline.review.weights import Weights

__all__ = [
    "HANDLING_HOURS", "LONGEST_LOOK", "LONGEST_SET_ASIDE", "Exposure", "Judgement", "Weights", "assess", "claim", "conclude", "decide", "escalate",
    "exposure", "factors", "frames_of", "graver", "had_a_part", "in_order", "indexes", "is_imminent", "lane_of", "open_case", "place_of", "rank", "renew", "reopen",
    "require_claim", "require_frame", "return_to_queue", "running_reveals", "set_aside", "severity", "undo", "viewed_frames",
]  # fmt: skip
