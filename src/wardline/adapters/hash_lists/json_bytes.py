"""JSON walked through as bytes, for documents that are larger than memory and values that may be too.

A value is passed over by its brackets and quotation marks alone, so one that is broken inside, or huge, does not hide the next.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import BinaryIO

from wardline.errors import InputError

CHUNK_BYTES = 1 << 17

_MOST_KEY_BYTES = 4096
_SPACE = re.compile(rb"[ \t\r\n]*")
# Whole strings are passed over at once; possessive, so that no input makes the expression go back and try again.
_OUTSIDE = re.compile(rb'(?:[^"{}\[\]]++|"(?:[^"\\]++|\\.)*+")*+', re.DOTALL)
# What has at most two levels of brackets inside its own, and ends in the buffer: nearly every value there is.
_SHALLOW = re.compile(
    rb"[{\[](?:TEXT|[{\[](?:TEXT|[{\[](?:TEXT)*+[}\]])*+[}\]])*+[}\]]".replace(
        b"TEXT", rb'[^"{}\[\]]++|"(?:[^"\\]++|\\.)*+"'
    ),
    re.DOTALL,
)
_IN_STRING = re.compile(rb'(?:[^"\\]++|\\.)*+', re.DOTALL)
_SCALAR = re.compile(rb'[^ \t\r\n,:"{}\[\]]*')


class JsonBytes:
    """A place in JSON that moves forward, and as many of the bytes after it as are needed."""

    def __init__(self, file: BinaryIO, offset: int, *, chunk_bytes: int = CHUNK_BYTES) -> None:
        file.seek(offset)
        self._file = file
        self._chunk_bytes = chunk_bytes
        self._buffer = b""
        self._base = offset
        """Bytes of the file before the buffer."""
        self._at = 0

    @property
    def offset(self) -> int:
        """Bytes before this place."""
        return self._base + self._at

    def peek(self) -> bytes:
        """Give the next byte that is not space, or nothing at the end."""
        while True:
            self._at = _end(_SPACE, self._buffer, self._at)
            if self._at < len(self._buffer):
                return self._buffer[self._at : self._at + 1]
            if not self._read_on(self._at):
                return b""

    def take(self, byte: bytes) -> None:
        """Pass over one byte, which must come next."""
        if not self.passes(byte):
            raise InputError(f"hash list file: not the expected JSON, expected {byte.decode()}")

    def passes(self, byte: bytes) -> bool:
        """Pass over one byte if it comes next, and say whether it did."""
        found = self.peek() == byte
        self._at += found
        return found

    def members(self, *, inside: bool = False) -> Iterator[str]:
        """Stop at the value of each member of an object and give its key. The caller passes over the value.

        Args:
            inside: The place is after a member already, not before the object.
        """
        if not inside:
            self.take(b"{")
            if self.passes(b"}"):
                return
            yield self._key()
        while not self.passes(b"}"):
            self.take(b",")
            yield self._key()

    def items(self, *, inside: bool = False) -> Iterator[None]:
        """Stop at each value of an array, which the caller passes over.

        Args:
            inside: The place is after a value already, not before the array.
        """
        if not inside:
            self.take(b"[")
            if self.passes(b"]"):
                return
            yield
        while not self.passes(b"]"):
            self.take(b",")
            yield

    def skip(self) -> None:
        """Pass over one value, however large."""
        self.value(0)

    def value(self, most_bytes: int) -> bytes | None:
        """Pass over one value and give its bytes, or None when there are more of them. What is inside it is not checked."""
        first = self.peek()
        if first in (b"{", b"[", b'"'):
            return self._enclosed(most_bytes)
        return self._scalar(most_bytes)

    def _key(self) -> str:
        if self.peek() != b'"':
            raise InputError("hash list file: not the expected JSON, expected a key in quotation marks")
        raw = self.value(_MOST_KEY_BYTES) or b'""'  # a longer key is none that anybody knows
        self.take(b":")
        try:
            return str(json.loads(raw.decode("utf-8")))
        except ValueError:
            raise InputError("hash list file: a key that is no text, expected JSON text in UTF-8") from None

    def _enclosed(self, most_bytes: int) -> bytes | None:
        start, depth, kept = self._at, 0, True
        if shallow := _SHALLOW.match(self._buffer, start):
            self._at = shallow.end()
            return shallow[0] if self._at - start <= most_bytes else None
        in_string = self.passes(b'"')
        while True:
            # An expression stops short of a string that the buffer does not end; from there on it is looked at piece by piece.
            self._at = _end(_IN_STRING if in_string else _OUTSIDE, self._buffer, self._at)
            byte = self._buffer[self._at : self._at + 1]
            if byte == b'"':
                in_string = not in_string
                self._at += 1
            elif byte and not in_string:
                depth += 1 if byte in b"{[" else -1
                self._at += 1
            kept = kept and self._at - start <= most_bytes
            if depth == 0 and not in_string:
                return self._buffer[start : self._at] if kept else None
            if in_string or not byte:
                start = self._more(start if kept else self._at)

    def _scalar(self, most_bytes: int) -> bytes | None:
        start, kept = self._at, True
        while True:
            self._at = _end(_SCALAR, self._buffer, self._at)
            kept = kept and self._at - start <= most_bytes
            if self._at < len(self._buffer) or not self._read_on(start if kept else self._at):
                break
            start = 0
        if self._at == start and kept:
            raise InputError("hash list file: not the expected JSON, expected a value")
        return self._buffer[start : self._at] if kept else None

    def _more(self, keep_from: int) -> int:
        """Read on inside a value. Gives where the kept bytes begin now."""
        if not self._read_on(keep_from):
            raise InputError("hash list file: broken or cut off JSON, expected a complete value")
        return 0

    def _read_on(self, keep_from: int) -> bool:
        """Read another piece and forget what lies before a place in the buffer. False at the end of the file."""
        piece = self._file.read(self._chunk_bytes)
        if not piece:
            return False
        self._buffer = self._buffer[keep_from:] + piece
        self._base += keep_from
        self._at -= keep_from
        return True


def _end(expression: re.Pattern[bytes], buffer: bytes, at: int) -> int:
    found = expression.match(buffer, at)
    return at if found is None else found.end()
