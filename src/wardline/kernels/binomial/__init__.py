"""Exact limits of a probability that was observed as a count."""

from wardline.kernels.binomial.reference import interval, lower_limit, most_hits, trials_needed, upper_limit

__all__ = ["interval", "lower_limit", "most_hits", "trials_needed", "upper_limit"]
