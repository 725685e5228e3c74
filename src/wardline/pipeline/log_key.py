"""Is the key that is loaded the one that signed the log? Asked before anything is signed with it, and before a service takes anything in."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from wardline import audit
from wardline.errors import AuditLogError, OtherLogKeyError
from wardline.pipeline.parts import Parts

_ORIGIN = "wardline.invalid/"


def require(parts: Parts) -> None:
    """Require that this key signed the log so far. A log without a checkpoint takes any.

    Only that the key is another one is found here. Whether what it signed is as it was is for the check of the log: a note that was put in
    another's place says nothing of the key, so that it is enough when the oldest or the newest checkpoint names it.

    Raises:
        OtherLogKeyError: Another key signed it, or this one under another name of the installation.
    """
    last = parts.store.last_checkpoint()
    if last is None:
        return
    first = next(iter(parts.store.checkpoints()), last)
    try:
        found = [*audit.signers(last.note), *audit.signers(first.note)]
    except AuditLogError:
        return  # no note at all: the check of the log tells of it
    public = parts.log_key.public_key()
    if any(
        key == audit.key_hash(parts.log_origin, public) for name, key in found if name == parts.log_origin
    ):
        return
    for name, key in found:
        if key == audit.key_hash(name, public):
            raise _named_otherwise(parts.log_origin, name)
    name, key = next(((name, key) for name, key in found if name == parts.log_origin), found[0])
    raise OtherLogKeyError(
        f"log key {audit.key_hash(parts.log_origin, public).hex()}: not the one that signed the log, expected key {key.hex()} of {name} in "
        "keys/log.key"
    )


def require_signer(what: str, signed: Mapping[str, Any], public: Ed25519PublicKey) -> None:
    """Require that a signed statement does not name another key than this one. Whether it is signed is not looked at.

    Raises:
        OtherLogKeyError: It names another one.
    """
    name, _, rest = str(signed.get("key", "")).partition("+")
    said = rest.partition("+")[0]
    if said and said != (ours := audit.key_hash(name, public).hex()):
        raise OtherLogKeyError(
            f"{what}: signed with log key {said} of {name}, expected key {ours}, which is in keys/log.key"
        )


def _named_otherwise(now: str, then: str) -> OtherLogKeyError:
    before, after = then.removeprefix(_ORIGIN), now.removeprefix(_ORIGIN)
    return OtherLogKeyError(
        f"installation.name {after}: the log was signed as {before}, expected that name",
        remedy=f'Set name = "{before}" in the section [installation] of wardline.toml: the log bears it, and outsiders check it by that name.',
    )
