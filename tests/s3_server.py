"""A real S3-compatible server in a process of its own on loopback: moto's."""

from __future__ import annotations

import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from itertools import count
from typing import Any
from urllib.error import HTTPError
from urllib.request import urlopen

from wardline.adapters.vaults.bucket import Bucket
from wardline.adapters.vaults.bucket_options import Place

_NUMBERS = count(1)
_LONGEST_START_SECONDS = 120


@dataclass(frozen=True)
class ObjectStore:
    """A server that runs."""

    url: str

    def bucket(self, *, versioned: bool = False, locked: bool = False, name: str = "") -> Bucket:
        """Make a new bucket."""
        name = name or f"evidence-{next(_NUMBERS)}"
        made = Bucket(place(self.url, name))
        made.asked().create_bucket(
            Bucket=name,
            ObjectLockEnabledForBucket=locked,
            CreateBucketConfiguration={"LocationConstraint": made.place.region},
        )
        if versioned:
            made.asked().put_bucket_versioning(Bucket=name, VersioningConfiguration={"Status": "Enabled"})
        return made


def place(url: str, name: str, **other: Any) -> Place:
    """Give the place of a bucket, with short waits."""
    chosen = {"connect_seconds": 5.0, "answer_seconds": 10.0, "attempts": 1, **other}
    return Place(
        endpoint=url, region="eu-central-1", bucket=name, access_key="id", secret_key="secret", **chosen
    )


def names_in(bucket: Bucket) -> list[str]:
    """Name everything that lies in a bucket, in whatever version."""
    return [entry.name.removeprefix(bucket.place.prefix) for entry in bucket.entries("")]


@contextmanager
def running() -> Iterator[ObjectStore]:
    """Run one."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        try:
            while True:
                try:
                    socket.create_connection(("127.0.0.1", port)).close()
                    break
                except ConnectionRefusedError:
                    assert process.poll() is None, "moto's server ended"
                    time.sleep(0.05)
            url = f"http://127.0.0.1:{port}"
            with suppress(HTTPError):
                # The first answer takes as long as loading all of it; a busy machine must not fail a test by that.
                urlopen(url, timeout=_LONGEST_START_SECONDS).close()
            yield ObjectStore(url)
        finally:
            process.kill()
