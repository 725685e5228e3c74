"""Wardline: child-safety operations for online platforms, from an uploaded picture to a report filed with the authorities.

>>> import wardline
>>> line = wardline.connect("my-installation")  # doctest: +SKIP

Names are loaded when they are first used, so that importing the package is quick.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from wardline import errors, ports, records
    from wardline.pipeline import Wardline
    from wardline.wiring import connect

__version__ = "0.1.0"
__all__ = ["Wardline", "__version__", "connect", "errors", "ports", "records"]

_HOMES = {"Wardline": "wardline.pipeline", "connect": "wardline.wiring"}


def __getattr__(name: str) -> Any:
    if name in _HOMES:
        return getattr(import_module(_HOMES[name]), name)
    if name in ("errors", "ports", "records", "testing"):
        return import_module(f"wardline.{name}")
    raise AttributeError(f"module 'wardline' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted(__all__)
