"""The demo's platform: sends every upload through the HTTP API, once."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from pathlib import Path

import httpx

from wardline.cli.demo.extras import DemoAppeal
from wardline.cli.demo.scenario import DemoUpload
from wardline.errors import DependencyError

_AT_ONCE = 4
_SECONDS = 30.0
_TRIES = 5


class Journal:
    """The uploads that were acknowledged, one reference a line: what a platform would keep in its own database."""

    def __init__(self, path: Path) -> None:
        self._lock = threading.Lock()
        self._done = set(path.read_text("utf-8").splitlines()) if path.exists() else set()
        self._file = path.open("a", encoding="utf-8")

    def __contains__(self, reference: str) -> bool:
        return reference in self._done

    def note(self, reference: str) -> None:
        """Remember an acknowledged upload."""
        with self._lock:
            self._done.add(reference)
            self._file.write(reference + "\n")
            self._file.flush()

    def close(self) -> None:
        """Close the file."""
        self._file.close()


def send(
    api: str,
    key: str,
    uploads: Iterable[DemoUpload],
    journal: Journal,
    *,
    begun: datetime,
    done: Callable[[], None],
) -> None:
    """Send what the journal does not have yet, several at a time, as uploaded in the hour and a half before the demo began.

    An upload that was acknowledged just before a crash is sent again under the same Idempotency-Key, and counts once.
    """
    with httpx.Client(base_url=api, headers={"Authorization": f"Bearer {key}"}, timeout=_SECONDS) as client:

        def one(upload: DemoUpload) -> None:
            if upload.reference not in journal:
                _send_one(client, upload, begun)
                journal.note(upload.reference)
            done()

        with ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="demo-upload") as pool:
            for finished in [pool.submit(one, upload) for upload in uploads]:
                finished.result()


def complain(api: str, key: str, appeals: Iterable[DemoAppeal], journal: Journal) -> None:
    """Pass on what people say, those appeals that the journal does not have yet."""
    with httpx.Client(base_url=api, headers={"Authorization": f"Bearer {key}"}, timeout=_SECONDS) as client:
        for each in appeals:
            if each.reference not in journal:
                body = {
                    "text": each.text,
                    "account_reference": each.account,
                    "content_reference": each.reference,
                }
                answer = client.post(
                    "/v1/appeals", json=body, headers={"Idempotency-Key": f"appeal-{each.reference}"}
                )
                if answer.status_code != 202:
                    raise DependencyError(
                        f"appeal about {each.reference}: answered {answer.status_code}, expected 202"
                    )
                journal.note(each.reference)


def _send_one(client: httpx.Client, upload: DemoUpload, begun: datetime) -> None:
    number = sum(upload.reference.encode())
    context = {
        "account_reference": upload.account,
        "content_reference": upload.reference,
        "surface": "post",
        "visibility": "public",
        # The same whenever it is sent, so that a repetition has the same body.
        "uploaded_at": (begun - timedelta(minutes=number % 90)).isoformat(),
        "ip_address": f"192.0.2.{number % 254 + 1}",
        "port": 40_000 + number,
        "file_name": upload.file_name,
        "url": f"https://demo.example/{upload.reference}",
        "flag": upload.flag,
    }
    headers = {"Wardline-Context": json.dumps(context), "Idempotency-Key": upload.reference,
               "Content-Type": "application/octet-stream"}  # fmt: skip
    content = upload.draw()
    status = 0
    for _ in range(_TRIES):
        status = client.post("/v1/items", content=content, headers=headers).status_code
        if status == 202:
            return
        if status < 500:
            break
    raise DependencyError(f"upload {upload.reference}: answered {status}, expected 202")
