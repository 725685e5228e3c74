"""One master key that never changes: for tests, and for whoever holds it in memory."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from wardline import ports
from wardline.adapters.vaults.envelope import KEY_BYTES, key_id
from wardline.errors import ConfigurationError


class OneKey:
    """A ``ports.MasterKeys`` of one."""

    def __init__(self, key: bytes) -> None:
        if len(key) != KEY_BYTES:
            raise ConfigurationError(f"vault: a master key of {len(key)} bytes, expected {KEY_BYTES}")
        self._key = key

    def newest(self) -> bytes:
        """Give the key."""
        return self._key

    def named(self, name: bytes) -> bytes | None:
        """Give the key if it has this name."""
        return self._key if name == key_id(self._key) else None

    @contextmanager
    def kept(self) -> Iterator[None]:
        """Do nothing: it is never taken away."""
        yield


def as_keys(keys: bytes | ports.MasterKeys) -> ports.MasterKeys:
    """Take one key for a ring of one."""
    return OneKey(keys) if isinstance(keys, bytes) else keys
