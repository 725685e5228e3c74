"""Tell a file's format by its first bytes. Names and declared types are never looked at."""

from __future__ import annotations

import struct

from wardline.records import MediaFormat

_PREFIXES = (
    (b"\xff\xd8\xff", MediaFormat.JPEG),
    (b"\x89PNG\r\n\x1a\n", MediaFormat.PNG),
    (b"GIF87a", MediaFormat.GIF),
    (b"GIF89a", MediaFormat.GIF),
    (b"BM", MediaFormat.BMP),
    (b"II*\0", MediaFormat.TIFF),
    (b"MM\0*", MediaFormat.TIFF),
    (b"II+\0", MediaFormat.TIFF),
    (b"MM\0+", MediaFormat.TIFF),
)
_AVIF_BRANDS = frozenset({b"avif", b"avis"})
_HEIC_BRANDS = frozenset({b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1"})
_LONGEST_BRAND_BOX = 256


def sniff(content: bytes) -> MediaFormat | None:
    """Name the format, or None when it is none of those that are accepted. A named file may still be damaged."""
    for prefix, media_format in _PREFIXES:
        if content.startswith(prefix):
            return media_format
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        return MediaFormat.WEBP
    if content[4:8] == b"ftyp":
        return _by_brands(content)
    return None


def _by_brands(content: bytes) -> MediaFormat | None:
    """Read the brands of an ISO base media file. Source: ISO/IEC 14496-12, 4.3; AV1 Image File Format, 6.2; ISO/IEC 23008-12, 10."""
    end = min(int.from_bytes(content[:4], "big"), _LONGEST_BRAND_BOX, len(content))
    brands = {content[start : start + 4] for start in range(8, end, 4)}
    if brands & _AVIF_BRANDS:
        return MediaFormat.AVIF
    return MediaFormat.HEIC if brands & _HEIC_BRANDS else None


def declared_size(content: bytes, media_format: MediaFormat) -> tuple[int, int] | None:
    """Give width and height from the header, for the formats whose decoder reserves the whole canvas before it can be asked.

    Returns:
        Pixels; None for other formats and for headers that are not understood, which the decoder will judge.
    """
    if media_format is MediaFormat.GIF and len(content) >= 10:
        width, height = struct.unpack_from("<HH", content, 6)
        return width, height
    if media_format is MediaFormat.WEBP and len(content) >= 30:
        return _webp_size(content)
    return None


def _webp_size(content: bytes) -> tuple[int, int] | None:
    """Source: RFC 9649, 2.5 to 2.7."""
    kind = content[12:16]
    if kind == b"VP8X":
        return 1 + int.from_bytes(content[24:27], "little"), 1 + int.from_bytes(content[27:30], "little")
    if kind == b"VP8L":
        bits = int.from_bytes(content[21:25], "little")
        return 1 + (bits & 0x3FFF), 1 + (bits >> 14 & 0x3FFF)
    if kind == b"VP8 ":
        width, height = struct.unpack_from("<HH", content, 26)
        return width & 0x3FFF, height & 0x3FFF
    return None
