"""Indexes: where near hashes are searched for."""

from wardline.adapters.indexes.brute import BruteIndex
from wardline.adapters.indexes.copies import MappedCopies
from wardline.adapters.indexes.hamming import MemoryIndex

__all__ = ["BruteIndex", "MappedCopies", "MemoryIndex"]
