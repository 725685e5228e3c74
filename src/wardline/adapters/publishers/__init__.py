"""Where figures are published."""

from wardline.adapters.publishers.page import PagePublisher

__all__ = ["PagePublisher"]
