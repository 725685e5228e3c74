"""JSON text read piece by piece, for arrays that are larger than memory."""

from __future__ import annotations

import codecs
import json
from typing import BinaryIO

from wardline.errors import InputError

MOST_VALUE_CHARACTERS = 1 << 16
"""A single value may be this long; an entry has about a hundred characters."""

_CHUNK_BYTES = 1 << 17
_SPACE = " \t\r\n"


class JsonText:
    """A place in JSON text that moves forward, and as much of the text after it as is needed."""

    def __init__(self, file: BinaryIO, offset: int) -> None:
        """Start at a byte offset, which must be between two characters."""
        file.seek(offset)
        self._file = file
        self._decoder = codecs.getincrementaldecoder("utf-8")()
        self._json = json.JSONDecoder()
        self._buffer = ""
        self._at = 0
        self._measured = (0, offset)
        """An earlier place in the buffer and the bytes before it: the offset is counted on from there."""

    @property
    def offset(self) -> int:
        """Bytes before this place."""
        at, offset = self._measured
        offset += len(self._buffer[at : self._at].encode())
        self._measured = (self._at, offset)
        return offset

    def peek(self) -> str:
        """Give the next character that is not space, or nothing at the end."""
        while True:
            while self._at < len(self._buffer):
                if self._buffer[self._at] not in _SPACE:
                    return self._buffer[self._at]
                self._at += 1
            if not self._read_on():
                return ""

    def take(self, character: str) -> None:
        """Pass over one character, which must come next."""
        if self.peek() != character:
            raise InputError(f"hash list file: not the expected JSON, expected {character}")
        self._at += 1

    def value(self) -> object:
        """Pass over one value of any kind and give it."""
        self.peek()
        while True:
            complete = self._decoded()
            if complete is not None and (complete[1] < len(self._buffer) or not self._read_on()):
                self._at = complete[1]
                return complete[0]
            # A number that ends where the buffer does may go on: once more was read, it is decoded again.
            if complete is None and (
                len(self._buffer) - self._at > MOST_VALUE_CHARACTERS or not self._read_on()
            ):
                raise InputError("hash list file: broken or cut off JSON, expected a complete value")

    def _decoded(self) -> tuple[object, int] | None:
        try:
            return self._json.raw_decode(self._buffer, self._at)
        except (ValueError, RecursionError):
            return None

    def _read_on(self) -> bool:
        """Read another piece and forget what lies before this place. False at the end of the file."""
        piece = self._file.read(_CHUNK_BYTES)
        try:
            more = self._decoder.decode(piece, final=not piece)
        except UnicodeDecodeError:
            raise InputError("hash list file: not UTF-8, expected text in UTF-8") from None
        if not piece:
            return False
        self._measured = (0, self.offset)
        self._buffer = self._buffer[self._at :] + more
        self._at = 0
        return True
