"""Places where the log lies as static files."""

from wardline.adapters.mirrors.directory import DirectoryMirror

__all__ = ["DirectoryMirror"]
