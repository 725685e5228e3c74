"""One bucket of an S3-compatible object store: whole objects that are there or not, and every version of them.

Nothing of this machine's own set-up is used: no profile, no variable of the environment, no proxy, no credentials of the machine itself.

Source: Amazon S3 API reference, actions ``PutObject`` (If-None-Match, If-Match), ``ListObjectVersions``, ``DeleteObject``.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any

import botocore.session
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from wardline.adapters.vaults.bucket_answers import not_there, not_understood, of_answer, was_there
from wardline.adapters.vaults.bucket_options import Place
from wardline.errors import VaultDeniedError, VaultUnavailableError

_CONNECTIONS = 16
_PAGE = 1000
_NULL_VERSION = "null"
_CHECKSUMS = "when_required"


@dataclass(frozen=True, slots=True)
class Entry:
    """One version of an object, or the mark of a deletion."""

    name: str
    version: str | None
    """None where the object store knows no versions."""
    is_newest: bool


class Bucket:
    """A bucket. Safe for many threads and processes; made without asking the object store anything.

    Args:
        place: Where it is.

    Raises:
        VaultUnavailableError: (every call) It did not answer, or answered with a fault of its own.
        VaultDeniedError: (every call) It does not allow it, or there is no such bucket.
        StorageFullError: (``create``, ``replace``) It has no room.
    """

    def __init__(self, place: Place) -> None:
        self.place = place
        self._gate = threading.Lock()
        self._client: Any = None

    def create(self, name: str, content: bytes) -> bool:
        """Write an object that was not there, and see that it arrived; False, and nothing written, when it is there."""
        return self._put(name, content, IfNoneMatch="*")

    def replace(self, name: str, content: bytes, stamp: str) -> bool:
        """Write over an object that still bears a stamp of ``read``; False, and nothing written, when it is another one or gone."""
        return self._put(name, content, IfMatch=stamp)

    def read(self, name: str) -> tuple[bytes, str] | None:
        """Give an object and its stamp; None when there is none."""
        with _translated("read"):
            try:
                answer = self.asked().get_object(Bucket=self.place.bucket, Key=name)
            except ClientError as error:
                if not_there(error):
                    return None
                raise
            return answer["Body"].read(), answer["ETag"]

    def entries(self, prefix: str) -> Iterator[Entry]:
        """Give every version of every object whose name begins so, by name."""
        with _translated("list"):
            try:
                yield from self._versions(prefix)
            except ClientError as error:
                if not not_understood(error):
                    raise
                yield from self._objects(prefix)

    def remove(self, entry: Entry) -> None:
        """Take one version away for good. Gone already, it is no error."""
        version = {} if entry.version is None else {"VersionId": entry.version}
        with _translated("remove"):
            try:
                self.asked().delete_object(Bucket=self.place.bucket, Key=entry.name, **version)
            except ClientError as error:
                if not not_there(error):
                    raise

    def remove_all(self, prefix: str, *, but: str | None = None) -> None:
        """Take away every version of what begins so, but for the newest one of a name.

        Raises:
            VaultDeniedError: Something stays. What may go is gone.
        """
        for entry in self._removable(prefix, but):
            with suppress(
                VaultDeniedError
            ):  # a lock on one keeps none of the others; what stayed is told below
                self.remove(entry)
        left = sum(1 for _ in self._removable(prefix, but))
        if left:
            raise VaultDeniedError(
                f"bucket: {left} versions of a destroyed object cannot be removed, expected the right to and no lock on them",
                remedy="Give s3:DeleteObjectVersion and take any lock off the bucket: Wardline goes on by itself. If a lock cannot be taken "
                "off, change the vault's master key (docs/how-to/rotate-keys.md): then nobody can open what stayed.",
            )

    def _removable(self, prefix: str, but: str | None) -> list[Entry]:
        return [each for each in self.entries(prefix) if not (each.name == but and each.is_newest)]

    def asked(self) -> Any:
        """Give the client, made once. For questions about the bucket; their answers are to be translated."""
        with self._gate:
            if self._client is None:
                self._client = _client(self.place)
            return self._client

    def _put(self, name: str, content: bytes, **condition: str) -> bool:
        digests = {
            "ChecksumSHA256": base64.b64encode(hashlib.sha256(content).digest()).decode(),
            "ContentMD5": base64.b64encode(_md5(content).digest()).decode(),
        }
        with _translated("write"):
            try:
                answer = self.asked().put_object(
                    Bucket=self.place.bucket, Key=name, Body=content, **digests, **condition
                )
            except ClientError as error:
                # A stamp that matches nothing: the object is gone.
                if was_there(error) or ("IfMatch" in condition and not_there(error)):
                    return False
                raise
        self._require_arrived(name, content, answer)
        return True

    def _require_arrived(self, name: str, content: bytes, answer: dict[str, Any]) -> None:
        """See that the object store has what was sent: by its own digest, or else by reading it back.

        Not every object store checks the digests that it is sent.
        """
        sha256 = base64.b64encode(hashlib.sha256(content).digest()).decode()
        if (
            answer.get("ChecksumSHA256") == sha256
            or answer.get("ETag", "").strip('"') == _md5(content).hexdigest()
        ):
            return
        found = self.read(name)
        if found is None or not hmac.compare_digest(found[0], content):
            raise VaultUnavailableError(
                "bucket: what was written is not what it gives back, expected the same bytes"
            )

    def _versions(self, prefix: str) -> Iterator[Entry]:
        pages = self.asked().get_paginator("list_object_versions")
        for page in pages.paginate(
            Bucket=self.place.bucket, Prefix=prefix, PaginationConfig={"PageSize": _PAGE}
        ):
            found = [*page.get("Versions", ()), *page.get("DeleteMarkers", ())]
            # A page gives the versions first and then the marks; both together are ordered by name.
            for each in sorted(found, key=lambda each: str(each["Key"])):
                yield Entry(each["Key"], each.get("VersionId") or _NULL_VERSION, bool(each["IsLatest"]))

    def _objects(self, prefix: str) -> Iterator[Entry]:
        pages = self.asked().get_paginator("list_objects_v2")
        for page in pages.paginate(
            Bucket=self.place.bucket, Prefix=prefix, PaginationConfig={"PageSize": _PAGE}
        ):
            for each in page.get("Contents", ()):
                yield Entry(each["Key"], None, True)


@contextmanager
def _translated(act: str) -> Iterator[None]:
    """Turn the client's errors into ours. Names of objects, addresses and keys stay out of the messages."""
    try:
        yield
    except ClientError as error:
        raise of_answer(act, error) from None
    except (BotoCoreError, OSError) as error:
        raise VaultUnavailableError(
            f"bucket: no whole answer to {act} ({type(error).__name__}), expected one in time"
        ) from None


def _md5(content: bytes) -> Any:
    """What the protocol calls a stamp, and object stores check; nothing rests on it alone against anybody's will."""
    return hashlib.md5(content, usedforsecurity=False)


def _client(place: Place) -> Any:
    nothing = {
        "profile": (None, None, None, None),
        "config_file": (None, None, os.devnull, None),
        "credentials_file": (None, None, os.devnull, None),
    }
    config = Config(
        signature_version="s3v4",
        # The name in the path: the other form needs a certificate and a name server that know every bucket.
        s3={"addressing_style": "path", "payload_signing_enabled": True},
        connect_timeout=place.connect_seconds, read_timeout=place.answer_seconds, max_pool_connections=_CONNECTIONS,
        retries={"total_max_attempts": place.attempts, "mode": "standard"}, proxies={},
        request_checksum_calculation=_CHECKSUMS, response_checksum_validation=_CHECKSUMS,
        user_agent="wardline", disable_request_compression=True,
    )  # fmt: skip
    return botocore.session.Session(session_vars=nothing).create_client(
        "s3", region_name=place.region, endpoint_url=place.endpoint, verify=str(place.ca_file) if place.ca_file else True,
        aws_access_key_id=place.access_key, aws_secret_access_key=place.secret_key, config=config,
    )  # fmt: skip
