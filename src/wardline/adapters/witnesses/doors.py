"""What the entry point ``wardline.witnesses`` gives."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path

from wardline.adapters.witnesses.file import FileWitness
from wardline.errors import ConfigurationError


def file(
    name: str,
    options: Mapping[str, str],
    secret: bytes,
    *,
    now: Callable[[], datetime],  # noqa: ARG001 -- every witness is given the time
) -> FileWitness:
    """Make a file that checkpoints are appended to. Options: ``path``, absolute, for it belongs on another disk than the installation."""
    path = Path(options.get("path", ""))
    if set(options) != {"path"} or not path.is_absolute() or secret:
        raise ConfigurationError(
            f"witness {name}: wrong options, expected an absolute path and no secret file"
        )
    return FileWitness(name, path)
