"""In which order waiting work avoids the most harm."""

from wardline.kernels.queueing.reference import index_of_turns, look_ahead, turns

__all__ = ["index_of_turns", "look_ahead", "turns"]
