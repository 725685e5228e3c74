"""Guards of the house: what a review would say again and again is said here once."""
