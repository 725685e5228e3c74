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
from wardline.review.spreading import (
    NOBODY,
    decide_alike,
    is_in_hand,
    may_be_decided,
    put_in_front,
    release,
    reopen,
    sample,
    words_of,
)
from wardline.review.urgency import assess, graver, is_imminent, lane_of, severity
from wardline.review.weights import Weights

__all__ = [
    "HANDLING_HOURS",
    "LONGEST_LOOK",
    "LONGEST_SET_ASIDE",
    "NOBODY",
    "QUORUM",
    "Agreed",
    "Exposure",
    "Judgement",
    "Split",
    "Weights",
    "agreement", "alike_first",
    "assess",
    "claim",
    "conclude",
    "contradicts",
    "decide",
    "decide_alike",
    "escalate",
    "exposure",
    "factors",
    "for_identical",
    "for_near",
    "frames_of",
    "graver",
    "in_order",
    "indexes",
    "is_imminent",
    "is_in_hand",
    "lane_of",
    "may_be_decided",
    "open_case",
    "place_of",
    "put_in_front",
    "rank",
    "release",
    "renew",
    "reopen",
    "require_claim",
    "require_frame",
    "return_to_queue",
    "running_reveals",
    "sample",
    "set_aside",
    "severity",
    "stands_alone",
    "undo",
    "viewed_frames",
    "words_of",
]  # fmt: skip
