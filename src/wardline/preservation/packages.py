"""Packages for people outside: ZIP files with a signed manifest, the same bytes for the same members.

Members are stored, in order and without a time, so that two packages can be compared.
"""

from __future__ import annotations

import hashlib
import json
import zipfile
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import IO, Any

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

MANIFEST, SIGNATURE, KEY = "manifest.json", "manifest.sig", "signing-key.pem"
_NO_TIME = (1980, 1, 1, 0, 0, 0)
_UNIX = 3


@dataclass(frozen=True, slots=True)
class Member:
    """One file of a package, read when it is written."""

    name: str
    read: Callable[[], bytes]

    @classmethod
    def of(cls, name: str, content: bytes) -> Member:
        """Make one of what is in memory."""
        return cls(name, lambda: content)


def write_package(
    file: IO[bytes], members: Iterable[Member], about: Mapping[str, Any], key: Ed25519PrivateKey
) -> bytes:
    """Write members, the manifest over them, its signature and the public key. Gives the manifest.

    Args:
        file: Where to.
        members: In order; one is held in memory at a time.
        about: What the manifest says beside its members.
        key: Signs the manifest.
    """
    listed = []
    with zipfile.ZipFile(file, "w", zipfile.ZIP_STORED) as archive:
        for member in members:
            content = member.read()
            listed.append(
                {
                    "name": member.name,
                    "size_bytes": len(content),
                    "sha256": hashlib.sha256(content).hexdigest(),
                }
            )
            _add(archive, member.name, content)
        manifest = json.dumps(
            {"form": "wardline-manifest", "version": 1, **about, "members": listed},
            sort_keys=True, indent=1, ensure_ascii=False,
        ).encode()  # fmt: skip
        _add(archive, MANIFEST, manifest)
        _add(archive, SIGNATURE, key.sign(manifest))
        pem = key.public_key().public_bytes(
            serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
        )
        _add(archive, KEY, pem)
    return manifest


def manifest_of(file: IO[bytes]) -> bytes:
    """Read the manifest of a package."""
    with zipfile.ZipFile(file) as archive:
        return archive.read(MANIFEST)


def _add(archive: zipfile.ZipFile, name: str, content: bytes) -> None:
    info = zipfile.ZipInfo(name, _NO_TIME)
    info.create_system, info.external_attr = _UNIX, 0o600 << 16
    archive.writestr(info, content)
