"""Copies of the audit log outside: without one, whoever holds the log's key can write another history that verifies."""

from __future__ import annotations

from typing import Protocol

from wardline import records


class LogMirror(Protocol):
    """A place where the whole log lies as static files, named as ``audit.tiles`` does."""

    def read(self, path: str) -> bytes | None:
        """Give a file; None when there is none. ``DependencyError`` when that cannot be told."""
        ...

    def write(self, path: str, content: bytes) -> None:
        """Put a file there, or in the place of what is there; return when it is durable. A reader sees all of it or nothing.

        ``StorageFullError`` when there is no room, ``DependencyError`` when it cannot be written.
        """
        ...

    def remove(self, path: str) -> None:
        """Take a file away; one that is not there is no error."""
        ...


class Witness(Protocol):
    """Somebody or something elsewhere that is given each of some checkpoints, so that what was signed once cannot be denied later."""

    @property
    def name(self) -> str: ...

    def keep(self, checkpoint: records.Checkpoint) -> None:
        """Hand a signed checkpoint over; ``WitnessError`` when that failed. The same one again does no harm."""
        ...

    def kept(self) -> list[str]:
        """Give back the signed notes that it was given, oldest first; none when it is not one to give anything back.

        ``WitnessError`` when that failed. An adapter of a witness that can always be asked says ``gives_back = True``: one that took something and has
        nothing any more is an alarm then, and is handed nothing.
        """
        ...
