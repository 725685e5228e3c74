"""PDQ: 256 bits that tell what a picture looks like, and how much there is to see in it."""

from wardline.kernels.pdq.estimating import Estimate, factor_for
from wardline.kernels.pdq.fast import exact, linear
from wardline.kernels.pdq.reference import HASH_BYTES

__all__ = ["HASH_BYTES", "Estimate", "exact", "factor_for", "linear"]
