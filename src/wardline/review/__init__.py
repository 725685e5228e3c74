"""Review: cases, the order of their queue, claims with a lease, reveals and decisions."""

from wardline.review.calibration import Calibration, CalibrationLimits, calibration
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
from wardline.review.handling import LEAST_HANDLED, Handling, handling
from wardline.review.order import HANDLING_HOURS, Order, factors, in_order, indexes, lot_of, place_of, rank
from wardline.review.passing import ASSIGNED_FOR, assign, divert, mark_danger, pass_on
from wardline.review.queues import QueueRule, hours_of, put_in_queue, queue_of, taken_with
from wardline.review.reveals import frames_of, require_frame, viewed_frames
from wardline.review.seeing import sees
from wardline.review.targets import Targets, hours, length, letter_of, reached, with_target
from wardline.review.urgency import assess, graver, is_imminent, lane_of, severity
from wardline.review.weights import Weights

__all__ = [
    "ASSIGNED_FOR", "HANDLING_HOURS", "LEAST_HANDLED", "LONGEST_LOOK", "LONGEST_SET_ASIDE", "Calibration", "CalibrationLimits", "Exposure",
    "Handling", "Judgement", "Order", "QueueRule", "Targets", "Weights", "assess", "assign", "calibration", "claim", "conclude", "decide",
    "divert", "escalate", "exposure", "factors", "frames_of", "graver", "handling", "hours", "hours_of", "in_order", "indexes", "is_imminent", "lane_of",
    "length", "letter_of", "lot_of", "mark_danger", "open_case", "pass_on", "place_of", "put_in_queue", "queue_of", "rank", "reached", "renew",
    "require_claim", "require_frame", "return_to_queue", "running_reveals", "sees", "set_aside", "severity", "taken_with", "undo", "viewed_frames",
    "with_target",
]  # fmt: skip
