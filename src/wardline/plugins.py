"""Entry points: how adapters come in, the built-in ones like anyone's. Installed is not enabled: only what the settings name is loaded."""

from __future__ import annotations

import sys
from functools import lru_cache
from importlib.metadata import EntryPoint, EntryPoints, entry_points
from typing import Any

from wardline.errors import ConfigurationError


def load(port: str, name: str) -> Any:
    """Load an adapter by its port and name.

    Args:
        port: ``"stores"``, ``"vaults"``, ``"media"`` ...: the entry point group is ``wardline.<port>``.
        name: As the settings say.

    Raises:
        ConfigurationError: No such adapter is installed, or it cannot be imported.
    """
    try:
        return _find(port, name).load()
    except ImportError as error:
        raise ConfigurationError(
            f"adapter {port}.{name}: cannot be imported ({error.name} is missing), expected its package",
            remedy=f"Install it: `pip install 'wardline[{name}]'` or the package that brings {error.name}.",
        ) from error


def locate(port: str, name: str) -> str:
    """Say where an adapter is, as ``"module:attribute"``, without importing it: for a process that imports it itself."""
    return _find(port, name).value


def _find(port: str, name: str) -> EntryPoint:
    known = _installed(f"wardline.{port}", tuple(sys.path))
    if name not in known.names:
        raise ConfigurationError(
            f"adapter {port}.{name}: not installed, expected one of {', '.join(sorted(known.names)) or 'none'}",
            remedy="Install the package that brings it, or correct its name in wardline.toml.",
        )
    return known[name]


@lru_cache(maxsize=64)
def _installed(group: str, path: tuple[str, ...]) -> EntryPoints:  # noqa: ARG001 -- the path is what the answer depends on
    """Find the entry points of a group, once a process: each time the data of every installed package is read."""
    return entry_points(group=group)
