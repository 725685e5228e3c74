"""Review: cases, claims with a lease, reveals and decisions."""

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
from wardline.review.reveals import frames_of, require_frame, viewed_frames

__all__ = [
    "LONGEST_LOOK", "LONGEST_SET_ASIDE", "Exposure", "Judgement", "claim", "conclude", "decide", "escalate", "exposure", "frames_of",
    "open_case", "renew", "require_claim", "require_frame", "return_to_queue", "running_reveals", "set_aside", "undo", "viewed_frames",
]  # fmt: skip
