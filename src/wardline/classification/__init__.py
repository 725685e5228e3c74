"""Classification: raw answers of detectors to the one score of a scope."""

from wardline.classification.calibration import Calibration
from wardline.classification.combining import (
    CLIP,
    NEAR_HASH,
    NEAR_HASH_VERSION,
    Asked,
    Raw,
    Scale,
    combine,
    name_of,
    near_hash,
    version_of,
)

__all__ = [
    "CLIP",
    "NEAR_HASH",
    "NEAR_HASH_VERSION",
    "Asked",
    "Calibration",
    "Raw",
    "Scale",
    "combine",
    "name_of",
    "near_hash",
    "version_of",
]
