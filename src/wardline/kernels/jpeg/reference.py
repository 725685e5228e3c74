"""The plain specification of a JPEG's luma at a fraction of its size. Tests hold the compiled twin against it; it is too slow to serve.

It knows sequential JPEGs of 8 bits with Huffman codes and one scan, grey or in YCbCr with luma at full size: nearly all that cameras and
platforms make, but for progressive ones. Whatever is anything else, or not complete and without fault, is nobody's here: a decoder that
knows them all says what is the matter with it.

Source: ITU-T T.81 (JPEG), annexes B and F; T.871 (JFIF).
"""

from __future__ import annotations

import math
import re
import struct
from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

FACTORS = {8: 0, 4: 9, 2: 63}
"""At which fractions it decodes, and up to which coefficient of a block: an eighth is the first alone, which is the mean, and at a quarter the
others hardly change what the windows of PDQ see. With all of them, hashes of 64 JPEGs were no nearer to the exact ones. Measured."""
MOST_SIDE = 65_500
"""Pixels. The format has room for more, and other decoders refuse that: what a glance reads must be readable in full."""
_SCALE = 14
_MOST_VALUE = 2047
_MOST_DC_SIZE, _MOST_DC_SYMBOL, _MOST_AC_SIZE = 11, 15, 10
_MOST_BLOCKS = 10
_LUMA = 128
_NATURAL = sorted(range(64), key=lambda at: (at // 8 + at % 8, at // 8 if (at // 8 + at % 8) % 2 else at % 8))
"""Where the coefficients come from, in the order in which they are stored: zigzag."""
_Codes = dict[tuple[int, int], int]


class _NotOursError(Exception):
    """It is another kind of JPEG, or there is something wrong with it."""


@dataclass(slots=True)
class _Component:
    number: int
    across: int
    down: int
    quantiser: int
    codes: tuple[_Codes, _Codes] = field(default_factory=lambda: ({}, {}))
    last: int = 0


@dataclass(slots=True)
class _Picture:
    components: list[_Component] = field(default_factory=list)
    quantisers: dict[int, bytes] = field(default_factory=dict)
    codes: dict[int, _Codes] = field(default_factory=dict)
    every: int = 0
    is_jfif: bool = False
    transform: int | None = None


def luma(content: bytes, size: tuple[int, int], factor: int) -> NDArray[np.uint8] | None:
    """Decode a JPEG's luma at a fraction of its size: each point is the mean of ``factor`` x ``factor`` pixels, before these are cut off.

    Args:
        content: The file.
        size: Width and height, pixels.
        factor: 2, 4 or 8.

    Returns:
        ``uint8[ceil(height / factor), ceil(width / factor)]``; None for another kind of file, or one that is not without fault.
    """
    if not all(1 <= side <= MOST_SIDE for side in size):
        return None
    try:
        picture, scan = _headers(content, size)
        return _decoded(picture, _pieces(scan), size, factor)
    except (_NotOursError, IndexError, struct.error):
        return None


def _require(condition: object) -> None:
    if not condition:
        raise _NotOursError


# --- headers -----------------------------------------------------------------------------------------------------------------------------
def _headers(content: bytes, size: tuple[int, int]) -> tuple[_Picture, bytes]:
    picture, at = _Picture(), 2
    _require(content[:2] == b"\xff\xd8")
    while True:
        mark, marker, length = struct.unpack_from(">BBH", content, at)
        said = content[at + 4 : at + 2 + length]
        _require(mark == 0xFF and length >= 2 and len(said) == length - 2)
        at += 2 + length
        match marker:
            case 0xDA:
                _start(picture, said)
                return picture, content[at:]
            case 0xC4:
                _codes(picture, said)
            case 0xDB:
                _quantisers(picture, said)
            case 0xC0 | 0xC1:
                _frame(picture, said, size)
            case 0xDD:
                (picture.every,) = struct.unpack(">H", said)
            case 0xE0 if len(said) >= 14 and said.startswith(b"JFIF\0"):
                picture.is_jfif = True
            case 0xEE if len(said) >= 12 and said.startswith(b"Adobe"):
                picture.transform = said[11]
            case _:
                _require(marker == 0xFE or 0xE0 <= marker <= 0xEF)


def _codes(picture: _Picture, said: bytes) -> None:
    while said:
        counts, total = said[1:17], sum(said[1:17])
        _require(len(said) >= 17 + total and total <= 256 and said[0] >> 4 <= 1 and said[0] & 15 <= 3)
        codes: _Codes = {}
        code, symbols = 0, iter(said[17 : 17 + total])
        for length, count in enumerate(counts, start=1):
            codes |= {(length, code + number): next(symbols) for number in range(count)}
            code += count
            _require(code < 1 << length)  # none is all ones. Source: T.81, annex C
            code *= 2
        # One that never comes, too: other decoders refuse the table.
        _require(said[0] >> 4 or all(symbol <= _MOST_DC_SYMBOL for symbol in codes.values()))
        picture.codes[said[0]] = codes
        said = said[17 + total :]


def _quantisers(picture: _Picture, said: bytes) -> None:
    while said:
        _require(len(said) >= 65 and said[0] <= 3 and 0 not in said[1:65])
        picture.quantisers[said[0]] = said[1:65]
        said = said[65:]


def _frame(picture: _Picture, said: bytes, size: tuple[int, int]) -> None:
    bits, height, width, count = struct.unpack_from(">BHHB", said)
    _require(not picture.components and bits == 8 and (width, height) == size and count in (1, 3))
    _require(len(said) == 6 + 3 * count)
    picture.components = [
        _Component(number, sampling >> 4, sampling & 15, quantiser)
        for number, sampling, quantiser in struct.iter_unpack("BBB", said[6:])
    ]
    finest = picture.components[0]
    for each in picture.components:
        _require(1 <= each.across <= min(finest.across, 4) and 1 <= each.down <= min(finest.down, 4))
        _require(each.quantiser <= 3)
    if count == 1:
        finest.across = finest.down = 1
    _require(sum(each.across * each.down for each in picture.components) <= _MOST_BLOCKS)


def _start(picture: _Picture, said: bytes) -> None:
    components = picture.components
    _require(components and len(said) == 4 + 2 * len(components) and said[0] == len(components))
    _require(said[-3:] == b"\0\x3f\0")
    if len(components) > 1 and not picture.is_jfif:  # else it might be RGB
        numbers = [each.number for each in components]
        _require(numbers == [1, 2, 3] if picture.transform is None else picture.transform == 1)
    for at, each in enumerate(components):
        tables = said[2 + 2 * at]
        _require(said[1 + 2 * at] == each.number and each.quantiser in picture.quantisers)
        _require(tables >> 4 in picture.codes and 16 + tables % 16 in picture.codes)
        each.codes = picture.codes[tables >> 4], picture.codes[16 + tables % 16]


# --- the scan ----------------------------------------------------------------------------------------------------------------------------
def _pieces(scan: bytes) -> list[bytes]:
    """Split it at the marks of fresh starts, which are counted from 0 to 7, and take out the bytes that were stuffed in."""
    found = re.compile(rb"\xff([^\0])", re.DOTALL).split(scan)
    pieces, marks = found[::2], found[1::2]
    last = next((at for at, mark in enumerate(marks) if mark == b"\xd9"), None)
    _require(last is not None)
    expected = [bytes([0xD0 + at % 8]) for at in range(last or 0)]
    _require(marks[:last] == expected)
    return [piece.replace(b"\xff\0", b"\xff") for piece in pieces[: (last or 0) + 1]]


def _decoded(picture: _Picture, pieces: list[bytes], size: tuple[int, int], factor: int) -> NDArray[np.uint8]:
    first, side = picture.components[0], 8 // factor
    across, down = -(-size[0] // (8 * first.across)), -(-size[1] // (8 * first.down))
    points = np.zeros((down * first.down * side, across * first.across * side), np.int64)
    alone = _alone(factor)
    every = picture.every or across * down
    _require(len(pieces) == -(-across * down // every))
    for number, piece in enumerate(pieces):
        bits = _Bits(piece)
        for each in picture.components:
            each.last = 0
        for unit in range(number * every, min((number + 1) * every, across * down)):
            top, left = unit // across * first.down, unit % across * first.across
            for row in range(first.down):
                for column in range(first.across):
                    values = _luma_of(picture, first, bits, FACTORS[factor])
                    at = (
                        slice((top + row) * side, (top + row + 1) * side),
                        slice((left + column) * side, (left + column + 1) * side),
                    )
                    points[at] = np.tensordot(values, alone, 1)
            for each in picture.components[1:]:
                for _ in range(each.across * each.down):
                    list(_block(each, bits))
        bits.require_over()
    rows, columns = -(-size[1] // factor), -(-size[0] // factor)
    rounded = (points[:rows, :columns] + (_LUMA << _SCALE) + (1 << (_SCALE - 1))) >> _SCALE
    found: NDArray[np.uint8] = np.clip(rounded, 0, 255).astype(np.uint8)
    return found


def _alone(factor: int) -> NDArray[np.int64]:
    """Give what each coefficient of 1 adds to each point, times ``1 << _SCALE``: ``int64[64, 8 / factor, 8 / factor]``."""
    side = 8 // factor
    lines = np.zeros((8, side))
    for wave in range(8):
        for at in range(side):
            angles = [(2 * (at * factor + step) + 1) * wave * math.pi / 16 for step in range(factor)]
            lines[wave, at] = sum(map(math.cos, angles)) / factor * (0.5 if wave else math.sqrt(0.125))
    pictures = [np.outer(lines[place // 8], lines[place % 8]) for place in _NATURAL]
    found: NDArray[np.int64] = np.rint(np.array(pictures) * (1 << _SCALE)).astype(np.int64)
    return found


def _luma_of(picture: _Picture, component: _Component, bits: _Bits, last: int) -> NDArray[np.int64]:
    quantiser = picture.quantisers[component.quantiser]
    values = np.zeros(64, np.int64)
    for place, value in _block(component, bits):
        if place <= last:
            values[place] = value * quantiser[place]
            _require(abs(int(values[place])) <= _MOST_VALUE)
    return values


def _block(component: _Component, bits: _Bits) -> Iterator[tuple[int, int]]:
    """Give place and value of each coefficient that is not 0, and of those that the codes for long runs end with."""
    symbol = bits.symbol(component.codes[0])
    _require(symbol <= _MOST_DC_SIZE)
    component.last += bits.number(symbol)
    yield 0, component.last
    place = 0
    while place < 63:
        symbol = bits.symbol(component.codes[1])
        run, size = symbol >> 4, symbol & 15
        if symbol == 0:
            return
        _require(size <= _MOST_AC_SIZE and (size or run == 15))
        place += run + 1 if size else 16
        _require(place <= 63)
        yield place, bits.number(size)


class _Bits:
    def __init__(self, piece: bytes) -> None:
        self._bits = "".join(f"{byte:08b}" for byte in piece)
        self._at = 0

    def symbol(self, codes: _Codes) -> int:
        for length in range(1, 17):
            found = codes.get((length, self._peek(length)))
            if found is not None:
                self._at += length
                return found
        raise _NotOursError

    def number(self, size: int) -> int:
        if not size:
            return 0
        found = self._peek(size)
        self._at += size
        return found if found >> (size - 1) else found - (1 << size) + 1

    def require_over(self) -> None:
        """Require that less than a byte is left."""
        _require(0 <= len(self._bits) - self._at < 8)

    def _peek(self, count: int) -> int:
        """Read the next bits; beyond the end there are zeros, as in the twin, until somebody asks whether it is over."""
        _require(self._at <= len(self._bits))
        return int(self._bits[self._at : self._at + count].ljust(count, "0"), 2)
