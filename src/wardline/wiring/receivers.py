"""Those who get reports: the authority of the settings, and the makers of packs beside it."""

from __future__ import annotations

import secrets
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from wardline import plugins, ports
from wardline.errors import ConfigurationError
from wardline.settings import PackSettings, Settings
from wardline.wiring.secret_files import read_secret

PACKS = "packs"
"""Folder below the data folder."""
_SHARED = "signed-pack"
"""Our adapters for packs keep them in one folder; any of them finds all."""


def receivers(
    chosen: Settings, time: ports.Clock, *, log_key: bytes, reached: ports.WritePoint
) -> tuple[ports.Authority | None, dict[str, ports.Authority]]:
    """Give where reports go that no rule of a region sends elsewhere, and the others by name.

    Args:
        chosen: The settings.
        time: The clock.
        log_key: Seed of the key that signs the log; packs are signed by it too.
        reached: Called at every write point.

    Raises:
        ConfigurationError: What the settings name is no receiver, or lacks something.
    """
    wanted = chosen.referral
    names = [*([wanted.authority] if wanted.authority else []), *wanted.packs]
    made = {name: _receiver(name, chosen, time, log_key, reached) for name in dict.fromkeys(names)}
    main = made.pop(wanted.authority) if wanted.authority else None
    return main, made


def kept_packs(chosen: Settings) -> ports.PackKeeper | None:
    """Give the packs of all receivers, where any were made: also of those that the settings do not name any more."""
    folder = chosen.data / PACKS
    if not folder.is_dir():
        return None
    kept: ports.PackKeeper = plugins.load("authorities", _SHARED).kept(folder)
    return kept


def _receiver(
    name: str, chosen: Settings, time: ports.Clock, log_key: bytes, reached: ports.WritePoint
) -> ports.Authority:
    adapter: Any = plugins.load("authorities", name)
    if name in chosen.referral.viral_batches and not getattr(adapter, "takes_batches", False):
        raise ConfigurationError(
            f"referral.viral_batches.{name}: takes no batched reports, expected a receiver whose adapter can write them",
            remedy="Take the table out of wardline.toml: each account has a report of its own.",
        )
    if getattr(adapter, "makes_packs", False):
        return _maker(
            adapter, chosen.referral.packs.get(name, PackSettings()), chosen, time, log_key, reached
        )
    if name in chosen.referral.packs:
        raise ConfigurationError(f"referral.packs.{name}: makes no packs, expected a receiver of packs")
    return _authority(adapter, chosen, time)


def _maker(
    adapter: Any, pack: PackSettings, chosen: Settings, time: ports.Clock, log_key: bytes, reached: ports.WritePoint
) -> ports.Authority:  # fmt: skip
    folder = chosen.data / PACKS
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    recipient = None
    if pack.recipient_key_file is not None:
        try:
            recipient = (chosen.folder / pack.recipient_key_file).read_bytes()
        except OSError as error:
            raise ConfigurationError(
                f"referral.packs: a recipient_key_file cannot be read ({error.strerror}), expected the receiver's public key"
            ) from None
    made: ports.Authority = adapter(
        environment=chosen.referral.environment, clock_now=time.now, folder=folder,
        key=Ed25519PrivateKey.from_private_bytes(log_key), entropy=secrets.token_bytes, recipient=recipient, label=pack.label,
        basis=pack.basis, production_confirmed=chosen.installation.production, reached=reached,
    )  # fmt: skip
    return made


def _authority(adapter: Any, chosen: Settings, time: ports.Clock) -> ports.Authority:
    wanted = chosen.referral
    if wanted.password_file is None:
        raise ConfigurationError(
            "referral.password_file: missing, expected a file with the authority's password"
        )
    authority: ports.Authority = adapter(
        environment=wanted.environment, username=wanted.username,
        password=read_secret(chosen.folder / wanted.password_file, "referral.password_file").decode(), clock_now=time.now,
        sandbox_url=wanted.sandbox_url, production_confirmed=chosen.installation.production,
    )  # fmt: skip
    return authority
