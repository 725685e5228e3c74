"""How much one picture may cost."""

from __future__ import annotations

from dataclasses import dataclass

from wardline.errors import ConfigurationError

# For the hashers: PDQ takes 165 MB for the oddest shape, 5 rows of 19 million pixels, and hardly any for others.
_BASE_BYTES = 300_000_000
_BYTES_PER_PIXEL = 9


@dataclass(frozen=True, slots=True, kw_only=True)
class Caps:
    """The limits on one call; what exceeds one is ``Unscannable`` and goes to a person.

    Memory follows from the other caps, so that what they allow can also be decoded: every JPEG (baseline and progressive), PNG, GIF, TIFF
    and BMP up to the pixel cap, which take 5 to 10 bytes a pixel here, and 8-bit AVIF (about 9). WebP takes about 16, for its library
    keeps two canvases: by default it fits up to 75 million pixels and is "too much memory" beyond.
    """

    pixels: int = 100_000_000
    """Width times height of any one frame, 1 and up."""
    frames: int = 1000
    """Frames or pages of one file, 1 and up."""
    bytes: int = 50_000_000
    """Size of the file, 1 and up."""
    seconds: float = 2.0
    """Wall time of one call, from the first byte sent to the last received. Over 0."""
    memory_bytes: int | None = None
    """Address space that a worker may add to what it holds before its first job; at least twice ``bytes``. None: 300 MB, one file, and
    9 bytes a pixel, which is 1.25 GB by default."""

    def __post_init__(self) -> None:
        for field in ("pixels", "frames", "bytes"):
            if getattr(self, field) < 1:
                raise ConfigurationError(f"media cap {field}: {getattr(self, field)}, expected 1 or more")
        if not 0 < self.seconds < float("inf"):
            raise ConfigurationError(f"media cap seconds: {self.seconds}, expected a time over 0")
        if self.memory_bytes is not None and self.memory_bytes < 2 * self.bytes:
            raise ConfigurationError(
                f"media cap memory_bytes: {self.memory_bytes}, expected at least twice the {self.bytes} bytes of the largest file"
            )

    @property
    def address_space_bytes(self) -> int:
        """The memory cap in force."""
        if self.memory_bytes is not None:
            return self.memory_bytes
        return _BASE_BYTES + self.bytes + _BYTES_PER_PIXEL * self.pixels
