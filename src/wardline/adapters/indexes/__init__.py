"""Indexes: where near hashes are searched for."""

from wardline.adapters.indexes.brute import BruteIndex

__all__ = ["BruteIndex"]
