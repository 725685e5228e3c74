"""A vault in a bucket of an S3-compatible object store. What goes there is sealed on this machine.

An object is two: a small one with the head, which holds the wrapped data key and says that the object is there; and the ciphertext, under a
name of its own that only the head tells. So a key is destroyed or wrapped anew without touching the content, and nothing is written over.
"""

from __future__ import annotations

import hmac
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from datetime import datetime
from itertools import groupby
from pathlib import Path

from wardline import ports
from wardline.adapters.clocks import SystemClock
from wardline.adapters.vaults.bucket import Bucket, Entry
from wardline.adapters.vaults.bucket_look import looked_at
from wardline.adapters.vaults.bucket_options import place
from wardline.adapters.vaults.envelope import (
    HEADER_BYTES,
    Name,
    open_sealed,
    rewrapped,
    seal,
    sealed_at,
    tag,
    tagged_at,
    wrapped_by,
)
from wardline.adapters.vaults.naming import named
from wardline.adapters.vaults.one_key import as_keys
from wardline.errors import (
    EvidenceError,
    InputError,
    NotFoundError,
    UnknownMasterKeyError,
    VaultDeniedError,
    VaultUnavailableError,
    WardlineError,
)

_KEY = "key"
_TRIES = 5
"""So often somebody else may come in between before a call gives up."""


def create(
    _folder: Path,
    master_keys: ports.MasterKeys,
    options: Mapping[str, str],
    secret: bytes,
    *,
    reached: ports.WritePoint,
    now: Callable[[], datetime],
) -> S3Vault:
    """Make the vault from what the settings say. The object store is not asked anything yet.

    Raises:
        ConfigurationError: An option or the secret file is not what it must be.
    """
    return S3Vault(Bucket(place(options, secret)), master_keys, reached=reached, now=now)


class S3Vault:
    """A ``ports.Vault`` of AES-256-GCM objects in a bucket. Safe for many threads, processes and machines.

    Only ciphertext leaves the process. Destroying removes every version of the head, then every version of the ciphertext, and is over when
    the bucket lists none; a copy that the object store keeps elsewhere is unreadable once the master key was changed.

    Args:
        bucket: Where the objects lie; nothing else may lie below its prefix.
        master_keys: The keys that wrap data keys; 32 bytes for one that never changes.
        reached: Write points: ``vault:before-seal`` (nothing written), ``vault:written`` (the ciphertext is durable, and nothing names it),
            ``vault:sealed``, ``vault:key-destroyed`` (the ciphertext is there, its key is gone), ``vault:destroyed``,
            ``vault:before-rewrap`` and ``vault:rewrapped``.
        now: Gives the sealing time, aware, in UTC.
    """

    def __init__(
        self,
        bucket: Bucket,
        master_keys: bytes | ports.MasterKeys,
        *,
        reached: ports.WritePoint,
        now: Callable[[], datetime] | None = None,
    ) -> None:
        self._bucket, self._keys, self._reached = bucket, as_keys(master_keys), reached
        self._now = now or SystemClock().now
        self._root = bucket.place.prefix
        self._known, self._gate = False, threading.Lock()

    def seal(self, object_id: str, purpose: str, content: bytes) -> None:
        """Store content durably. See ``ports.Vault``.

        Raises:
            InputError: The id or purpose holds other characters than lower-case letters, digits and hyphens.
            EvidenceError: The object is there with other content, or what is there cannot be opened.
            UnknownMasterKeyError: What lies in the bucket was sealed under another master key.
            StorageFullError: The object store has no room.
            VaultUnavailableError, VaultDeniedError: It did not take it.
        """
        name = named(object_id, purpose)
        self._reached("vault:before-seal")
        self._require_key()
        with self._keys.kept():
            sealed = seal(self._keys.newest(), name, content, self._now())
            header, ciphertext = sealed[:HEADER_BYTES], sealed[HEADER_BYTES:]
            self._bucket.create(self._body_of(name, header), ciphertext)
            self._reached("vault:written")
            self._publish(name, header, content)
        self._reached("vault:sealed")

    def open(self, object_id: str, purpose: str) -> bytes:
        """Give the content back. See ``ports.Vault``."""
        name = named(object_id, purpose)
        try:
            return self._opened(name)
        except EvidenceError:
            # Read before its data key was wrapped anew and opened after the old master key was taken away, or destroyed in between.
            return self._opened(name)

    def sealed(self, object_id: str, purpose: str) -> bytes:
        """Give an object as it is sealed. See ``ports.SealedVault``."""
        return self._whole(named(object_id, purpose))

    def put(self, object_id: str, purpose: str, sealed: bytes) -> None:
        """Store what another vault sealed. See ``ports.SealedVault``."""
        name = named(object_id, purpose)
        self._require_key()
        with self._keys.kept():
            content = open_sealed(self._keys, name, sealed)
            header, ciphertext = sealed[:HEADER_BYTES], sealed[HEADER_BYTES:]
            self._bucket.create(self._body_of(name, header), ciphertext)
            self._reached("vault:written")
            self._publish(name, header, content)
        self._reached("vault:sealed")

    def destroy(self, object_id: str, purpose: str) -> None:
        """Remove every version of the object's key, then of its content. See ``ports.Vault``.

        Raises:
            VaultDeniedError: A version stays, for it is locked or there is no right to remove it. It may be tried again.
        """
        name = named(object_id, purpose)
        self._bucket.remove_all(self._key_of(name))
        self._reached("vault:key-destroyed")
        self._bucket.remove_all(self._folder_of(name))
        self._reached("vault:destroyed")

    def rewrap(self, object_id: str, purpose: str) -> bool:
        """Put the object's data key under the newest master key; the ciphertext stays where it is. See ``ports.Vault``."""
        name = named(object_id, purpose)
        key = self._key_of(name)
        with self._keys.kept():
            for _ in range(_TRIES):
                found = self._bucket.read(key)
                following = None if found is None else rewrapped(self._keys, name, found[0])
                if found is None:
                    return False
                if following is None:
                    self._remove_older(key)  # of a pass that was interrupted
                    return False
                self._reached("vault:before-rewrap")
                # Only over the very head that was read: what is destroyed meanwhile does not come back.
                if self._bucket.replace(key, following, found[1]):
                    self._remove_older(key)
                    self._reached("vault:rewrapped")
                    return True
        raise _unsettled(name)

    def inventory(self) -> Iterator[tuple[str, str, datetime]]:
        """Give each object's id, purpose and sealing time, by name. See ``ports.Vault``.

        An object whose sealing or destruction was interrupted is listed, and one of which an old version is left: a sweep finishes it.

        Raises:
            EvidenceError: Something lies there that the vault did not put there.
        """
        for folder, entries in groupby(self._bucket.entries(self._root), key=self._folder_in):
            name = self._name_of(folder)
            at = self._sealed_at(name, list(entries))
            if at is not None:
                yield name.object_id, name.purpose, at

    def examine(self) -> list[ports.Finding]:
        """Look at the bucket: whether all works, and whether it would keep or show what it must not. For ``wardline check``."""
        return looked_at(self, self._bucket)

    def _remove_older(self, key: str) -> None:
        """Take away the heads that a newer one took the place of. What is locked stays, and is worth nothing once the old key is gone."""
        with suppress(VaultDeniedError):
            self._bucket.remove_all(key, but=key)

    def _publish(self, name: Name, header: bytes, content: bytes) -> None:
        """Write the head, unless the object is there already."""
        for _ in range(_TRIES):
            if self._bucket.create(self._key_of(name), header):
                return
            found = self._bucket.read(self._key_of(name))
            if found is None:
                continue  # destroyed at this very moment
            if hmac.compare_digest(found[0], header):
                return  # ours: the answer to a first try was lost
            with suppress(WardlineError):  # it is found by the inventory, too
                self._bucket.remove_all(self._body_of(name, header))
            if not hmac.compare_digest(self._opened(name), content):
                raise EvidenceError(f"{name}: sealed before with other content, expected the same again")
            return
        raise _unsettled(name)

    def _opened(self, name: Name) -> bytes:
        return open_sealed(self._keys, name, self._whole(name))

    def _whole(self, name: Name) -> bytes:
        found = self._bucket.read(self._key_of(name))
        if found is None:
            raise NotFoundError(f"{name}: not in the vault, expected a sealed object")
        header = found[0]
        if len(header) != HEADER_BYTES:
            raise EvidenceError(
                f"{name}: its head has {len(header)} bytes, expected a header of {HEADER_BYTES}"
            )
        body = self._bucket.read(self._body_of(name, header))
        if body is None:
            raise EvidenceError(f"{name}: its content is not where its head says, expected it there")
        return header + body[0]

    def _require_key(self) -> None:
        """Refuse to seal beside objects that none of the master keys opens; asked once. See ``DirectoryVault``."""
        if self._known:
            return
        with self._gate:
            for entry in self._bucket.entries(self._root):
                found = (
                    self._bucket.read(entry.name)
                    if entry.is_newest and entry.name.endswith(f"/{_KEY}")
                    else None
                )
                if found is None:
                    continue
                try:
                    wrapping = wrapped_by(self._name_of(self._folder_in(entry)), found[0])
                except EvidenceError:
                    continue  # something foreign or damaged: the sweep tells of it
                if self._keys.named(wrapping) is None:
                    raise UnknownMasterKeyError(
                        "vault: sealed under another master key than keys/vault.key holds, expected that one"
                    )
                break
            self._known = True

    def _sealed_at(self, name: Name, entries: list[Entry]) -> datetime | None:
        """Give the latest sealing time among what lies there: of an interrupted sealing a ciphertext may be left beside the object."""
        folder = self._folder_of(name)
        parts = {entry.name.removeprefix(folder) for entry in entries}
        times = [tagged_at(name, part) for part in parts - {_KEY}]
        if times:
            return max(times)
        found = self._bucket.read(folder + _KEY)
        return None if found is None else sealed_at(name, found[0])

    def _folder_of(self, name: Name) -> str:
        return f"{self._root}{name.object_id}.{name.purpose}/"

    def _key_of(self, name: Name) -> str:
        return self._folder_of(name) + _KEY

    def _body_of(self, name: Name, header: bytes) -> str:
        return self._folder_of(name) + tag(name, header)

    def _folder_in(self, entry: Entry) -> str:
        return entry.name.removeprefix(self._root).partition("/")[0]

    def _name_of(self, folder: str) -> Name:
        object_id, _, purpose = folder.partition(".")
        try:
            return named(object_id, purpose)
        except InputError:
            raise EvidenceError(
                "vault: holds something with a foreign name, expected sealed objects only"
            ) from None


def _unsettled(name: Name) -> VaultUnavailableError:
    return VaultUnavailableError(f"{name}: somebody else changes it all the time, expected it to stay")
