"""Review: cases, claims with a lease, reveals and decisions."""

from wardline.review.cases import claim, open_case, renew, require_claim, return_to_queue
from wardline.review.decisions import Judgement, conclude, decide, undo
from wardline.review.reveals import frames_of, require_frame, viewed_frames

__all__ = [
    "Judgement", "claim", "conclude", "decide", "frames_of", "open_case", "renew", "require_claim", "require_frame", "return_to_queue", "undo",
    "viewed_frames",
]  # fmt: skip
