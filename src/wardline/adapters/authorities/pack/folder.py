"""Packs on the disk: being made in a folder of their own, and whole as one ZIP. No file of theirs that is media lies there in the clear."""

from __future__ import annotations

import errno
import os
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import IO

from wardline import ports
from wardline.errors import (
    AuthorityDeniedError,
    AuthorityError,
    AuthorityUncertainError,
    AuthorityUnreachableError,
    ReportGoneError,
)

OPEN_FOR = timedelta(hours=24)
"""A pack that nobody carried on for so long is thrown away, and made anew by whoever comes back to it."""
_PACK = re.compile(r"pack-[0-9a-hjkmnp-tv-z]{26}")
_WHOLE = re.compile(r"(referral-[0-9a-hjkmnp-tv-z]{26})\.(pack-[0-9a-hjkmnp-tv-z]{26})\.zip")
_OPEN = ".open"
_REFERRAL = "referral"
_OTHERS = 0o077
_DENIED = {errno.EACCES, errno.EPERM, errno.EROFS}
_DISK = "Wardline tries again by itself; if that lasts, look at the folder data/packs of the installation, at its rights and at the disk."


@dataclass(frozen=True, slots=True)
class PackFolder:
    """The folder of an installation's packs; it is made by whoever sets the installation up, with mode 0700."""

    path: Path
    reached: ports.WritePoint

    def check(self) -> None:
        """Require the folder, and that nobody else may read it."""
        with _translated("check", is_certain=True):
            self._require()

    def begin(self, pack_id: str, referral_id: str, documents: dict[str, bytes], now: datetime) -> None:
        """Begin a pack with what is known at first."""
        with _translated("begin", is_certain=True):
            self._require()
        with _translated("begin"):
            self.forget_old(now)
            made = self._open(pack_id)
            made.mkdir(mode=0o700)
            _write(made / _REFERRAL, referral_id.encode())
            for name, content in documents.items():
                _write(made / name, content)
            _sync(self.path)
            self.reached("pack:begun")

    def add(self, pack_id: str, contents: dict[str, bytes]) -> None:
        """Put files into a pack that is being made; those of the same name are replaced."""
        made = self.require_open(pack_id)
        with _translated("attach"):
            for name, content in contents.items():
                _write(made / name, content)
            _sync(made)
            self.reached("pack:file-added")

    @contextmanager
    def finishing(self, pack_id: str) -> Iterator[IO[bytes]]:
        """Give the file that becomes the whole pack, in one move, when the block ends well."""
        made = self.require_open(pack_id)
        with _translated("finish"):
            referral_id = (made / _REFERRAL).read_text("ascii")
            draft = made / "whole.zip"
            with os.fdopen(
                os.open(draft, os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600), "w+b"
            ) as file:
                yield file
                file.flush()
                os.fsync(file.fileno())
            self.reached("pack:written")
            draft.rename(self.path / f"{referral_id}.{pack_id}.zip")
            _sync(self.path)
            self.reached("pack:whole")
            shutil.rmtree(made)

    def drop(self, pack_id: str) -> None:
        """Throw away a pack that is being made."""
        made = self.require_open(pack_id)
        with _translated("retract"):
            shutil.rmtree(made)
            _sync(self.path)

    def require_open(self, pack_id: str) -> Path:
        """Give the folder of a pack that is being made; ``ReportGoneError`` when there is none."""
        with _translated("pack", is_certain=True):
            self._require()
        if not _PACK.fullmatch(pack_id) or not self._open(pack_id).is_dir():
            raise ReportGoneError("pack: none of this id is being made, expected one that was begun")
        return self._open(pack_id)

    def whole(self, pack_id: str) -> Path | None:
        """Find a whole pack by its own id."""
        return next((path for _, found, path in self.every() if found == pack_id), None)

    def every(self) -> Iterator[tuple[str, str, Path]]:
        """Give every whole pack: its referral, its id, its file."""
        for path in sorted(self.path.glob("*.zip")):
            if named := _WHOLE.fullmatch(path.name):
                yield named[1], named[2], path

    def forget(self, pack_id: str) -> None:
        """Delete a pack, whole or not; a crash may have left both."""
        found = self.whole(pack_id)
        if found is not None:
            found.unlink(missing_ok=True)
        if _PACK.fullmatch(pack_id):
            shutil.rmtree(self._open(pack_id), ignore_errors=True)

    def forget_old(self, now: datetime) -> None:
        """Delete what was being made and nobody carried on."""
        for path in self.path.glob(f"*{_OPEN}"):
            with suppress(FileNotFoundError):  # carried on or deleted at this moment
                if now.timestamp() - path.stat().st_mtime > OPEN_FOR.total_seconds():
                    shutil.rmtree(path, ignore_errors=True)

    def _open(self, pack_id: str) -> Path:
        return self.path / f"{pack_id}{_OPEN}"

    def _require(self) -> None:
        if self.path.stat().st_mode & _OTHERS:
            raise AuthorityDeniedError(
                "packs: their folder is open to other accounts of this machine, expected mode 0700",
                remedy=_DISK,
            )


@contextmanager
def _translated(call: str, *, is_certain: bool = False) -> Iterator[None]:
    """Say what an error of the disk means for the pack."""
    try:
        yield
    except AuthorityError:
        raise
    except OSError as error:
        said = f"packs, {call}: {error.strerror or 'the disk failed'}"
        if error.errno in _DENIED:
            raise AuthorityDeniedError(
                f"{said}, expected a folder that may be written", remedy=_DISK
            ) from error
        if is_certain:
            raise AuthorityUnreachableError(
                f"{said}, expected the folder data/packs", remedy=_DISK
            ) from error
        raise AuthorityUncertainError(f"{said}, expected it written", remedy=_DISK) from error


def _write(path: Path, content: bytes) -> None:
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600), "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        with suppress(OSError):
            os.close(descriptor)
