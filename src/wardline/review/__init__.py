"""Review: cases, the order of their queue, claims with a lease, reveals and decisions."""

from wardline.review.agreement import (
    QUORUM,
    Agreed,
    Split,
    agreement,
    contradicts,
    for_identical,
    for_near,
    stands_alone,
)
from wardline.review.alike import alike_first
from wardline.review.appeals import had_a_part, reopen
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
from wardline.review.spreading import (
    NOBODY,
    decide_alike,
    is_in_hand,
    may_be_decided,
    open_again,
    put_in_front,
    release,
    sample,
    words_of,
)
from wardline.review.targets import Targets, hours, length, letter_of, reached, with_target
from wardline.review.urgency import assess, graver, is_imminent, lane_of, severity
from wardline.review.weights import Weights

__all__ = [
    "ASSIGNED_FOR",
    "HANDLING_HOURS",
    "LEAST_HANDLED",
    "LONGEST_LOOK",
    "LONGEST_SET_ASIDE",
    "NOBODY",
    "QUORUM",
    "Agreed",
    "Calibration",
    "CalibrationLimits",
    "Exposure",
    "Handling",
    "Judgement",
    "Order",
    "QueueRule",
    "Split",
    "Targets",
    "Weights",
    "agreement",
    "alike_first",
    "assess",
    "assign",
    "calibration",
    "claim",
    "conclude",
    "contradicts",
    "decide",
    "decide_alike",
    "divert",
    "escalate",
    "exposure",
    "factors",
    "for_identical",
    "for_near",
    "frames_of",
    "graver",
    "had_a_part",
    "handling",
    "hours",
    "hours_of",
    "in_order",
    "indexes",
    "is_imminent",
    "is_in_hand",
    "lane_of",
    "length",
    "letter_of",
    "lot_of",
    "mark_danger",
    "may_be_decided",
    "open_again",
    "open_case",
    "pass_on",
    "place_of",
    "put_in_front",
    "put_in_queue",
    "queue_of",
    "rank",
    "reached",
    "release",
    "renew",
    "reopen",
    "require_claim",
    "require_frame",
    "return_to_queue",
    "running_reveals",
    "sample",
    "sees",
    "set_aside",
    "severity",
    "stands_alone",
    "taken_with",
    "undo",
    "viewed_frames",
    "with_target",
    "words_of",
]  # fmt: skip
