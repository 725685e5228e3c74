"""Multipart bodies, parsed in memory: nothing of an upload ever spools to disk."""

from __future__ import annotations

from python_multipart.exceptions import MultipartParseError
from python_multipart.multipart import MultipartParser, parse_options_header

from wardline.errors import InputError

_MOST_PARTS = 4


class _Parts:
    """Collects the parts of one body. Its methods are the parser's callbacks."""

    def __init__(self) -> None:
        self.found: dict[str, bytes] = {}
        self._header, self._value, self._name = b"", b"", ""
        self._data: list[bytes] = []

    def on_part_begin(self) -> None:
        if len(self.found) >= _MOST_PARTS:
            raise InputError(f"multipart: over {_MOST_PARTS} parts, expected context and file")
        self._header, self._value, self._name, self._data = b"", b"", "", []

    def on_header_field(self, data: bytes, start: int, end: int) -> None:
        self._header += data[start:end]

    def on_header_value(self, data: bytes, start: int, end: int) -> None:
        self._value += data[start:end]

    def on_header_end(self) -> None:
        if self._header.lower() == b"content-disposition":
            _, options = parse_options_header(self._value)
            self._name = options.get(b"name", b"").decode("utf-8", "replace")
        self._header, self._value = b"", b""

    def on_part_data(self, data: bytes, start: int, end: int) -> None:
        self._data.append(data[start:end])

    def on_part_end(self) -> None:
        if not self._name or self._name in self.found:
            raise InputError(
                "multipart: a part without a name or with a repeated one, expected context and file"
            )
        self.found[self._name] = b"".join(self._data)


def parse(content_type: str, body: bytes) -> dict[str, bytes]:
    """Split a multipart body into its named parts.

    Raises:
        InputError: It is not well formed, incomplete, or has more than four parts.
    """
    _, options = parse_options_header(content_type)
    boundary = options.get(b"boundary", b"")
    if not 1 <= len(boundary) <= 70:
        raise InputError("multipart: no usable boundary, expected 1 to 70 characters")
    parts = _Parts()
    names = (
        "on_part_begin",
        "on_header_field",
        "on_header_value",
        "on_header_end",
        "on_part_data",
        "on_part_end",
    )
    ended: list[bool] = []
    callbacks = {name: getattr(parts, name) for name in names} | {"on_end": lambda: ended.append(True)}
    try:
        parser = MultipartParser(boundary, callbacks)  # type: ignore[arg-type]  # its callback type is a closed TypedDict
        parser.write(body)
        parser.finalize()
    except MultipartParseError:
        raise InputError("multipart: not well formed, expected RFC 7578") from None
    if not ended:
        raise InputError("multipart: ends too early, expected its closing boundary")
    return parts.found
