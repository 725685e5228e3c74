"""The vault's master keys in one file, newest first, and how a new one takes the place of an old one.

The file has a line a key: ``NUMBER BASE64``; one with nothing but base64, as installations begin with, is key 1. Processes that run read
it again when it changes. Who seals holds a shared lock on its folder meanwhile, and who takes a key away an exclusive one.
"""

from __future__ import annotations

import base64
import fcntl
import hashlib
import os
import secrets
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from wardline.errors import ConflictError, SecretFileError
from wardline.wiring.secret_files import create_secret, read_secret

KEY_BYTES = 32
_NAME_BYTES = 8
_FILE = "vault.key"
_WHAT = "key vault"


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class MasterKey:
    """One key and its number; the first of an installation is 1."""

    epoch: int
    key: bytes

    @property
    def name(self) -> str:
        """What it is called in the heads of sealed files and in the log: part of its digest, which gives nothing of it away."""
        return _name(self.key).hex()


class FileKeys:
    """A ``ports.MasterKeys`` over the key file in a folder. Safe for many threads."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / _FILE
        self._gate = threading.Lock()
        self._stamp: tuple[int, int] | None = None
        self._keys: tuple[MasterKey, ...] = ()
        self._refresh()

    def newest(self) -> bytes:
        """Give the key that seals."""
        return self._refresh()[0].key

    def named(self, key_id: bytes) -> bytes | None:
        """Give the key with this name."""
        for keys in (self._keys, self._refresh()):
            for each in keys:
                if _name(each.key) == key_id:
                    return each.key
        return None

    @contextmanager
    def kept(self) -> Iterator[None]:
        """Keep others from taking a key away meanwhile."""
        with _locked(self._path.parent, fcntl.LOCK_SH):
            yield

    def all(self) -> tuple[MasterKey, ...]:
        """Give every key, newest first."""
        return self._refresh()

    def add(self, *, after: int) -> MasterKey:
        """Make a new key, durably; from now on it seals. The older ones still open.

        Args:
            after: The number of the key whose place it takes.

        Raises:
            ConflictError: Another process was quicker.
        """
        with _locked(self._path.parent, fcntl.LOCK_EX):
            found = self._refresh()
            if found[0].epoch != after:
                raise ConflictError(f"vault key {after}: key {found[0].epoch} seals, expected this one")
            made = MasterKey(epoch=found[0].epoch + 1, key=secrets.token_bytes(KEY_BYTES))
            self._replace((made, *found))
        return made

    @contextmanager
    def retiring(self, *, before: int) -> Iterator[None]:
        """Keep everybody from sealing meanwhile; at the end take away the keys with a smaller number, unless an error came.

        Never simply all but the newest: another process may have added one since everything was found under this one.
        """
        with _locked(self._path.parent, fcntl.LOCK_EX):
            yield
            self._replace([each for each in self._refresh() if each.epoch >= before])

    def _refresh(self) -> tuple[MasterKey, ...]:
        try:
            found = self._path.stat()
        except OSError:
            found = None  # reading it says what is wrong
        stamp = (found.st_ino, found.st_mtime_ns) if found else None
        if stamp is None or stamp != self._stamp:
            with self._gate:
                self._keys, self._stamp = _read(self._path), stamp
        return self._keys

    def _replace(self, keys: Sequence[MasterKey]) -> None:
        """Write the file anew, and overwrite the bytes of the one that it takes the place of."""
        self._remove_leftovers()
        lines = [f"{each.epoch} {base64.b64encode(each.key).decode()}" for each in keys]
        following = self._path.with_name(f"{_FILE}.{secrets.token_hex(4)}.new")
        create_secret(following, "\n".join(lines).encode())
        before = os.open(self._path, os.O_WRONLY | os.O_CLOEXEC)
        try:
            _give_to_owner_of(before, following)
            following.replace(self._path)
            _sync(self._path.parent)
            _overwrite(before)
        finally:
            os.close(before)

    def _remove_leftovers(self) -> None:
        """Overwrite and delete what an interrupted change left beside the file: it holds keys too. Only under the exclusive lock."""
        for path in self._path.parent.glob(f"{_FILE}.*.new"):
            left = os.open(path, os.O_WRONLY | os.O_CLOEXEC | os.O_NOFOLLOW)
            try:
                _overwrite(left)
                path.unlink()
            finally:
                os.close(left)


def _overwrite(descriptor: int) -> None:
    os.pwrite(descriptor, secrets.token_bytes(os.fstat(descriptor).st_size), 0)
    os.fsync(descriptor)


def _give_to_owner_of(before: int, following: Path) -> None:
    """Let who owns the file own the one in its place: should root change the keys, the service must still read them."""
    owner, made = os.fstat(before), following.stat()
    if (owner.st_uid, owner.st_gid) != (made.st_uid, made.st_gid):
        os.chown(following, owner.st_uid, owner.st_gid)


def _read(path: Path) -> tuple[MasterKey, ...]:
    keys = tuple(_parsed(line) for line in read_secret(path, _WHAT).splitlines() if line.strip())
    epochs = [each.epoch for each in keys]
    if epochs != sorted(set(epochs), reverse=True):
        raise SecretFileError(f"{_WHAT}: its keys are not in order, expected the newest first, each once")
    return keys


def _name(key: bytes) -> bytes:
    """Name a key as ``ports.MasterKeys`` says."""
    return hashlib.sha256(key).digest()[:_NAME_BYTES]


def _parsed(line: bytes) -> MasterKey:
    number, _, encoded = line.strip().rpartition(b" ")
    try:
        epoch, key = int(number or b"1"), base64.b64decode(encoded, validate=True)
    except ValueError:
        raise SecretFileError(f"{_WHAT}: not base64, expected 44 characters of base64") from None
    if len(key) != KEY_BYTES or epoch < 1:
        raise SecretFileError(f"{_WHAT}: {len(key)} bytes, expected {KEY_BYTES}")
    return MasterKey(epoch=epoch, key=key)


@contextmanager
def _locked(folder: Path, how: int) -> Iterator[None]:
    try:
        descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    except OSError as error:
        raise SecretFileError(f"{_WHAT}: its folder cannot be read ({error.strerror}), expected it") from None
    try:
        fcntl.flock(descriptor, how)
        yield
    finally:
        # Said, and not left to closing: a process that was forked meanwhile has the descriptor too, and would keep the lock.
        fcntl.flock(descriptor, fcntl.LOCK_UN)
        os.close(descriptor)


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
