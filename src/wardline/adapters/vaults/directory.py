"""A vault in a folder: one sealed file an object, spread over sub-folders."""

from __future__ import annotations

import hashlib
import hmac
import os
import secrets
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from datetime import datetime
from pathlib import Path

from wardline import ports
from wardline.adapters.clocks import SystemClock
from wardline.adapters.vaults.durable import (
    keep_owner,
    locked_folder,
    make_folders,
    old_file,
    remove_leftovers,
    translated,
    written,
)
from wardline.adapters.vaults.envelope import (
    HEADER_BYTES,
    WRAPPED_KEY,
    Name,
    key_id,
    open_sealed,
    rewrapped,
    seal,
    sealed_at,
    wrapped_by,
)
from wardline.adapters.vaults.naming import named
from wardline.adapters.vaults.one_key import as_keys
from wardline.errors import (
    ConfigurationError,
    EvidenceError,
    InputError,
    NotFoundError,
    UnknownMasterKeyError,
)

_SHARDS = tuple(f"{number:02x}" for number in range(256))
_INCOMING = "incoming"
_SUFFIX = ".sealed"


def create(
    folder: Path,
    master_keys: ports.MasterKeys,
    options: Mapping[str, str],
    secret: bytes,
    *,
    reached: ports.WritePoint,
    now: Callable[[], datetime],
) -> DirectoryVault:
    """Make the vault from what the settings say: it takes no options and no secret.

    Raises:
        ConfigurationError: Some are set.
    """
    if options or secret:
        raise ConfigurationError(
            "vault directory: has options or a secret file, expected neither",
            remedy="Take preservation.vault_options and preservation.vault_secret_file out of wardline.toml, or name the vault they are for.",
        )
    return DirectoryVault(folder, master_keys, reached=reached, now=now)


class DirectoryVault:
    """A ``ports.Vault`` of AES-256-GCM files below one folder. Safe for many threads and processes on one machine.

    Only ciphertext is ever written, also under temporary names. Files are 0600 and folders 0700. Destroying overwrites the wrapped data
    key in place before the file goes; on file systems that write elsewhere (copy on write, flash translation) the old bytes of that key
    may outlive it below the file system, still wrapped by the master key, and back-ups keep theirs until they expire.

    Args:
        root: The vault's folder; made when missing, its parent must exist. Nothing else may live there.
        master_keys: The keys that wrap data keys; 32 bytes for one that never changes.
        reached: Write points: ``vault:before-seal`` (nothing written), ``vault:written`` (durable under a temporary name),
            ``vault:sealed`` (durable under its own name), ``vault:key-destroyed`` (the file is there, its key is gone),
            ``vault:destroyed``, ``vault:before-rewrap`` (the new file is durable under a temporary name) and ``vault:rewrapped``.
        now: Gives the sealing time, aware, in UTC.

    Raises:
        ConfigurationError: The key has another length, or the folder cannot be used.
        UnknownMasterKeyError: What lies there was sealed under another master key.
    """

    def __init__(
        self,
        root: Path,
        master_keys: bytes | ports.MasterKeys,
        *,
        reached: ports.WritePoint,
        now: Callable[[], datetime] | None = None,
    ) -> None:
        self._root, self._keys, self._reached = root, as_keys(master_keys), reached
        self._now = now or SystemClock().now
        self._incoming = root / _INCOMING
        try:
            make_folders(root, (_INCOMING, *_SHARDS))
            remove_leftovers(self._incoming)
        except OSError as error:
            raise ConfigurationError(
                f"vault: its folder cannot be used ({type(error).__name__}), expected a writable one"
            ) from None
        self._require_key()

    def seal(self, object_id: str, purpose: str, content: bytes) -> None:
        """Store content durably. See ``ports.Vault``.

        Raises:
            InputError: The id or purpose holds other characters than lower-case letters, digits and hyphens.
            EvidenceError: The object is there with other content, or what is there cannot be opened.
            StorageFullError: The disk is full; nothing of the object stays.
        """
        name = named(object_id, purpose)
        self._reached("vault:before-seal")
        with self._keys.kept():
            sealed = seal(self._keys.newest(), name, content, self._now())
            with translated(str(name)), written(self._incoming, sealed) as temporary:
                self._reached("vault:written")
                self._publish(name, temporary, content)
        self._reached("vault:sealed")

    def open(self, object_id: str, purpose: str) -> bytes:
        """Give the content back. See ``ports.Vault``."""
        name = named(object_id, purpose)
        try:
            return open_sealed(self._keys, name, self._read(name))
        except EvidenceError:
            # Read while its data key was wrapped anew, so that the bytes in hand are those that were just made worthless; or wrapped anew
            # before, and looked for after the old master key was taken away. What lies there now is readable.
            return open_sealed(self._keys, name, self._read(name))

    def sealed(self, object_id: str, purpose: str) -> bytes:
        """Give an object as it is sealed. See ``ports.SealedVault``."""
        return self._read(named(object_id, purpose))

    def put(self, object_id: str, purpose: str, sealed: bytes) -> None:
        """Store what another vault sealed. See ``ports.SealedVault``."""
        name = named(object_id, purpose)
        with self._keys.kept():
            content = open_sealed(self._keys, name, sealed)
            with translated(str(name)), written(self._incoming, sealed) as temporary:
                self._reached("vault:written")
                self._publish(name, temporary, content)
        self._reached("vault:sealed")

    def destroy(self, object_id: str, purpose: str) -> None:
        """Overwrite the object's key, then delete the object. See ``ports.Vault``."""
        name = named(object_id, purpose)
        path = self._path(name)
        with translated(str(name)), suppress(FileNotFoundError), locked_folder(path.parent) as folder:
            _overwrite_key(path)
            self._reached("vault:key-destroyed")
            path.unlink()
            os.fsync(folder)
        self._reached("vault:destroyed")

    def rewrap(self, object_id: str, purpose: str) -> bool:
        """Put the object's data key under the newest master key: a whole new file takes the old one's place. See ``ports.Vault``."""
        name = named(object_id, purpose)
        path = self._path(name)
        with translated(str(name)), self._keys.kept():
            header = _header(path, name)
            if header is None or wrapped_by(name, header) == key_id(self._keys.newest()):
                return False
            # Locked from reading on: what is destroyed meanwhile must not come back.
            with locked_folder(path.parent) as folder:
                if not path.exists():
                    return False
                following = rewrapped(self._keys, name, path.read_bytes())
                if following is None:
                    return False
                with written(self._incoming, following) as temporary, old_file(path) as before:
                    keep_owner(before, temporary)
                    self._reached("vault:before-rewrap")
                    temporary.rename(path)
                    os.fsync(folder)
                    # Else the data key would lie on the disk for good, under the old master key, also once this object is destroyed.
                    _overwrite_key_in(before)
        self._reached("vault:rewrapped")
        return True

    def inventory(self) -> Iterator[tuple[str, str, datetime]]:
        """Give each object's id, purpose and sealing time, by folder. See ``ports.Vault``.

        An object whose destruction was interrupted is still listed, so that a sweep finishes it.

        Raises:
            EvidenceError: A file's header cannot be read, or a file lies there that the vault did not put there.
        """
        with translated("vault"):
            remove_leftovers(self._incoming)
        for shard in _SHARDS:
            with translated("vault"):
                paths = sorted((self._root / shard).iterdir())
            for path in paths:
                name = self._name_of(path)
                header = _header(path, name)
                if header is not None:
                    yield name.object_id, name.purpose, sealed_at(name, header)

    def _publish(self, name: Name, temporary: Path, content: bytes) -> None:
        """Give a written file its name, unless the object is there already."""
        path = self._path(name)
        with locked_folder(path.parent) as folder:
            if not path.exists():
                temporary.rename(path)
            elif not hmac.compare_digest(open_sealed(self._keys, name, path.read_bytes()), content):
                raise EvidenceError(f"{name}: sealed before with other content, expected the same again")
            os.fsync(folder)

    def _read(self, name: Name) -> bytes:
        with translated(str(name)):
            try:
                return self._path(name).read_bytes()
            except FileNotFoundError:
                raise NotFoundError(f"{name}: not in the vault, expected a sealed object") from None

    def _require_key(self) -> None:
        """Refuse to work over files that none of the master keys opens. One file of each sub-folder is asked: they are all under one key, or,
        where a change of keys was interrupted, under two, sub-folder by sub-folder."""
        for shard in _SHARDS:
            key = self._some_key(shard)
            if key is not None and self._keys.named(key) is None:
                raise UnknownMasterKeyError(
                    "vault: sealed under another master key than keys/vault.key holds, expected that one"
                )

    def _some_key(self, shard: str) -> bytes | None:
        """Give the name of the key that wraps one object of a sub-folder; None where there is none."""
        with os.scandir(self._root / shard) as entries:
            for entry in entries:
                path = self._root / shard / entry.name
                try:
                    return wrapped_by(self._name_of(path), _header(path, self._name_of(path)) or b"")
                except EvidenceError:
                    continue  # a foreign or damaged file: the sweep tells of it
        return None

    def _path(self, name: Name) -> Path:
        shard = hashlib.sha256(name.object_id.encode()).hexdigest()[:2]
        return self._root / shard / f"{name.object_id}.{name.purpose}{_SUFFIX}"

    def _name_of(self, path: Path) -> Name:
        """Read an object's name from its path."""
        object_id, _, purpose = path.name.removesuffix(_SUFFIX).partition(".")
        try:
            name = named(object_id, purpose)
        except InputError:
            raise EvidenceError(
                "vault: holds a file with a foreign name, expected sealed objects only"
            ) from None
        if self._path(name) != path:
            raise EvidenceError(f"{name}: not where it was put, expected the folder of its id")
        return name


def _overwrite_key(path: Path) -> None:
    with old_file(path) as descriptor:
        _overwrite_key_in(descriptor)


def _overwrite_key_in(descriptor: int) -> None:
    if os.fstat(descriptor).st_size >= HEADER_BYTES:
        os.pwrite(descriptor, secrets.token_bytes(WRAPPED_KEY.stop - WRAPPED_KEY.start), WRAPPED_KEY.start)
        os.fsync(descriptor)


def _header(path: Path, name: Name) -> bytes | None:
    """Read a header; None when the object was destroyed meanwhile."""
    with translated(str(name)), suppress(FileNotFoundError), path.open("rb") as file:
        return file.read(HEADER_BYTES)
    return None
