"""How much one picture may cost."""

from __future__ import annotations

from dataclasses import dataclass

from wardline.errors import ConfigurationError


@dataclass(frozen=True, slots=True, kw_only=True)
class Caps:
    """The limits on one call; what exceeds one is ``Unscannable`` and goes to a person.

    The memory cap decides which of the allowed pictures can be decoded at all. The default holds 100 million pixels of JPEG (baseline
    and progressive), PNG, GIF, TIFF and BMP, which take 7 to 10 bytes a pixel here, of 8-bit AVIF (about 9), and 75 million pixels of
    WebP (about 16: its library keeps two canvases). Anything beyond is "too much memory".
    """

    pixels: int = 100_000_000
    """Width times height of any one frame, 1 and up."""
    frames: int = 1000
    """Frames or pages of one file, 1 and up."""
    bytes: int = 50_000_000
    """Size of the file, 1 and up."""
    seconds: float = 2.0
    """Wall time of one call, from the first byte sent to the last received. Over 0."""
    memory_bytes: int = 1_250_000_000
    """Address space that a worker may add to what it holds before its first job; at least twice ``bytes``."""

    def __post_init__(self) -> None:
        for field in ("pixels", "frames", "bytes"):
            if getattr(self, field) < 1:
                raise ConfigurationError(f"media cap {field}: {getattr(self, field)}, expected 1 or more")
        if not 0 < self.seconds < float("inf"):
            raise ConfigurationError(f"media cap seconds: {self.seconds}, expected a time over 0")
        if self.memory_bytes < 2 * self.bytes:
            raise ConfigurationError(
                f"media cap memory_bytes: {self.memory_bytes}, expected at least twice the {self.bytes} bytes of the largest file"
            )
