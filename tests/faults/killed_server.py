"""A whole installation under load, whose ``wardline serve`` and all that it started is killed at any moment and started again.

Real are the program, its store, its vault, its sandbox, its HTTP and the processes; the platform and the authority are the package's sandboxes, which nobody kills.
The load does what those outside do: the platform repeats an upload that it got no answer to, under the same key, also where the answer got lost on its way; the moderator
looks again what is open.
"""

from __future__ import annotations

import contextlib
import io
import json
import os
import random
import signal
import socket
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import numpy as np
from PIL import Image

from tests.cli.conftest import run
from tests.faults.planted import toml
from wardline import settings, wiring
from wardline.kernels import pdq
from wardline.records import ActionState, CaseState, ReferralState
from wardline.referral.steps import UNKNOWN_ORPHAN
from wardline.testing import pictures
from wardline.testing.authority_sandbox import AuthoritySandbox
from wardline.testing.platform_sandbox import PlatformSandbox

_PATIENCE_SECONDS = 120
_DIES_STARTING = 0.25
_LONGEST_START_SECONDS = 3.0
_LONGEST_LIFE_SECONDS = 3.0
_ENDINGS = 3
_PAUSE_SECONDS = 0.25
_TIMEOUT_SECONDS = 10.0
_UPLOADERS = 2
_EVERY_OTHER = 2
"""Of the uploads one in so many is on the list."""
_LOST_ANSWERS = 6
"""Of one upload in so many, each of them on the list, the first answer gets lost: few kills come just between a commit and its answer."""


@dataclass
class Said:
    """What the platform was told."""

    accepted: set[str] = field(default_factory=set)
    """Accounts whose upload was accepted."""
    listed: set[str] = field(default_factory=set)
    """Those of them whose upload is on the list, so that each must have one case."""
    refused: list[str] = field(default_factory=list)


@dataclass
class Installation:
    """An installation, its keys, and the outside of it."""

    folder: Path
    key: str
    moderator: str
    port: int
    authority: AuthoritySandbox
    platform: PlatformSandbox

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"


def drawn(seed: int, comment: str) -> bytes:
    """Draw a picture; another comment makes another file of the same pixels."""
    file = io.BytesIO()
    pictures.scene(seed, (160, 120)).save(file, "JPEG", quality=85, comment=comment.encode())
    return file.getvalue()


def _good(*words: object) -> Any:
    ended = run(*words, "--json")
    assert ended.code == 0, ended.err
    return ended.json


@contextlib.contextmanager
def installed(folder: Path, postgres_url: str | None) -> Iterator[Installation]:
    """Make an installation by the program itself, with a list that knows one picture."""
    here = folder / "installation"
    password = folder / "password"
    password.touch(mode=0o600)
    password.write_text("a password of the tests", "ascii")
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port: int = taken.getsockname()[1]
    _good(
        "init",
        here,
        "--admin-password-file",
        password,
        "--platform",
        "example",
        "--webhook-url",
        "http://127.0.0.1:9/",
    )
    secret = (here / "keys" / "example-webhook.secret").read_bytes().strip()
    with AuthoritySandbox() as authority, PlatformSandbox(secret) as platform:
        _configure(here, port, authority.url, platform.url, postgres_url)
        if postgres_url is not None:
            _good("migrate", "--folder", here)
            _good("init", here, "--admin-password-file", password)
        for name, role in (("bea", "lead"), ("mo", "moderator")):
            _good("user", "create", name, "--role", role, "--password-file", password, "--folder", here)
        moderator = _good("api-key", "create", "--user", "mo", "--folder", here)["secret"]
        key = _good("api-key", "create", "--platform", "example", "--folder", here)["secret"]
        known = folder / "list.csv"
        pixels = np.asarray(Image.open(io.BytesIO(drawn(1, ""))).convert("RGB"))
        known.write_text(f"hash_type,hash\npdq,{pdq.exact(pixels)[0].hex()}\n", "ascii")
        signed = ("--password-file", password, "--folder", here)
        added = _good(
            "hash-list", "add", known, "--name", "known", "--provenance", "drawn by the tests", "--trust", "verified",
            "--as", "bea", *signed,
        )  # fmt: skip
        _good("hash-list", "activate", added["hash_list"]["id"], "--as", "admin", *signed)
        yield Installation(here, key, moderator, port, authority, platform)


def _configure(folder: Path, port: int, authority: str, platform: str, postgres_url: str | None) -> None:
    path = folder / "wardline.toml"
    text = path.read_text("utf-8").replace("http://127.0.0.1:9/", platform)
    password = folder / "keys" / "authority.password"
    password.touch(mode=0o600)
    password.write_text("sandbox", "ascii")
    sections: dict[str, dict[str, Any]] = {
        "server": {"port": port, "low_trust_answer_ms": 0},
        "review": {"undo_seconds": 0},
        "review.opinions": {"gravest": False, "random_percent": 0.0},
        "review.clusters": {"audit_percent": 100.0},
        "referral": {
            "authority": "ncmec", "sandbox_url": authority, "username": "sandbox", "password_file": "keys/authority.password",
        },
        "referral.reporter": {
            "first_name": "Safety", "last_name": "Team", "email": "safety@platform.example", "platform": "Example Platform",
        },
    }  # fmt: skip
    if postgres_url is not None:
        address = folder / "keys" / "postgres.url"
        address.touch(mode=0o600)
        address.write_text(postgres_url, "ascii")
        sections["store"] = {"adapter": "postgres", "url_file": "keys/postgres.url"}
    for name, values in sections.items():
        lines = "\n".join(f"{key} = {toml(value)}" for key, value in values.items())
        assert f"[{name}]\n" in text, name
        text = text.replace(f"[{name}]\n", f"[{name}]\n{lines}\n", 1)
    path.write_text(text, "utf-8")


class Load:
    """Uploads and decisions without an end, until it is told to finish what it began."""

    def __init__(self, place: Installation, *, new_keys: bool) -> None:
        self.said = Said()
        self._place, self._new_keys = place, new_keys
        self._over, self._gate = threading.Event(), threading.Lock()
        self._number = 0
        self._threads = [threading.Thread(target=self._upload_on) for _ in range(_UPLOADERS)]
        self._moderating = threading.Thread(target=self._decide_on)
        self._nothing_more = threading.Event()

    def start(self) -> None:
        for thread in (*self._threads, self._moderating):
            thread.start()

    def wait_for_accepted(self, uploads: int) -> None:
        """Wait until so many were accepted: on a slow machine few are between kills."""
        deadline = time.monotonic() + _PATIENCE_SECONDS
        while time.monotonic() < deadline and (len(self.said.accepted) < uploads or not self.said.listed):
            time.sleep(_PAUSE_SECONDS)

    def finish(self) -> None:
        """Bring to an end what was begun: the server runs and stays."""
        self._over.set()
        for thread in self._threads:
            thread.join(_PATIENCE_SECONDS)
            assert not thread.is_alive(), "an upload was never answered"

    def stop(self) -> None:
        self._nothing_more.set()
        self._moderating.join(_PATIENCE_SECONDS)

    def _upload_on(self) -> None:
        while not self._over.is_set():
            with self._gate:
                self._number += 1
                number = self._number
            self._upload(number)
            time.sleep(_PAUSE_SECONDS)

    def _upload(self, number: int) -> None:
        """Send one upload until it is answered, as the documentation asks of a platform."""
        account, listed = f"account-{number}", number % _EVERY_OTHER == 0
        context = {
            "account_reference": account, "content_reference": f"post-{number}", "surface": "post", "visibility": "public",
            "uploaded_at": "2026-01-02T03:04:05Z", "region": "US", "ip_address": "192.0.2.7",
        }  # fmt: skip
        content = drawn(1 if listed else 2 + number % 7, f"upload {number}")
        deadline, tries = time.monotonic() + _PATIENCE_SECONDS, 0
        while time.monotonic() < deadline:
            tries += 1
            headers = {
                "Authorization": f"Bearer {self._place.key}", "Wardline-Context": json.dumps(context),
                "Idempotency-Key": f"upload {number}" + (f" try {tries}" if self._new_keys else ""),
            }  # fmt: skip
            with contextlib.suppress(httpx.TransportError):
                url = f"{self._place.url}/v1/items"
                answer = httpx.post(url, content=content, headers=headers, timeout=_TIMEOUT_SECONDS)
                if answer.status_code == 202:
                    if tries == 1 and number % _LOST_ANSWERS == 0:
                        continue
                    with self._gate:
                        self.said.accepted.add(account)
                        if listed:
                            self.said.listed.add(account)
                    return
                if answer.status_code < 500:
                    self.said.refused.append(f"{answer.status_code} {answer.text[:200]}")
                    return
            time.sleep(_PAUSE_SECONDS)
        self.said.refused.append(f"upload {number}: no answer")

    def _decide_on(self) -> None:
        while not self._nothing_more.is_set():
            with contextlib.suppress(httpx.TransportError):
                for case in self._ask("GET", "/v1/cases", params={"state": "open"}).json().get("items", []):
                    findings = [{"item_id": item, "category": "B1"} for item in case["item_ids"]]
                    self._ask("POST", f"/v1/cases/{case['id']}/claim")
                    judgement = {"outcome": "violation", "findings": findings}
                    self._ask("POST", f"/v1/cases/{case['id']}/decisions", json=judgement)
            time.sleep(_PAUSE_SECONDS)

    def _ask(self, method: str, path: str, **request: Any) -> httpx.Response:
        headers = {"Authorization": f"Bearer {self._place.moderator}"}
        return httpx.request(
            method, f"{self._place.url}{path}", headers=headers, timeout=_TIMEOUT_SECONDS, **request
        )


def _started(place: Installation, log: Path) -> subprocess.Popen[bytes]:
    command = [
        sys.executable,
        "-m",
        "wardline",
        "serve",
        "--folder",
        str(place.folder),
        "--with-work",
        "--json",
    ]
    with log.open("ab") as errors:
        return subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=errors)


def _is_ready(place: Installation) -> bool:
    with contextlib.suppress(httpx.TransportError):
        return httpx.get(f"{place.url}/ready", timeout=_TIMEOUT_SECONDS).status_code == 200
    return False


def family(pid: int) -> list[int]:
    """Give a process and all that it started, by /proc."""
    found = [pid]
    for each in found:
        with contextlib.suppress(OSError):
            for task in Path(f"/proc/{each}/task").iterdir():
                found += [int(child) for child in (task / "children").read_text("ascii").split()]
    return found


def kill_whole(process: subprocess.Popen[bytes]) -> int:
    """Kill a server and its sandbox's processes at once; gives how many there were."""
    members = family(process.pid)
    for pid in members:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    process.wait(_PATIENCE_SECONDS)
    return len(members)


@dataclass
class Told:
    """What many kills came to."""

    kills: int = 0
    serving: int = 0
    """Kills of a server that was ready to answer."""
    with_workers: int = 0
    accepted: int = 0
    cases: int = 0
    finished: int = 0
    wrong: list[str] = field(default_factory=list)


def kill_often(
    folder: Path, seeds: range, *, postgres_url: str | None = None, new_keys: bool = False
) -> Told:
    """Kill the server once with each seed, at a moment that it draws; gives what was lost or doubled at the end.

    With ``new_keys`` the platform repeats uploads under other keys, as it must not: a bug that has to be found.
    """
    told = Told()
    with installed(folder, postgres_url) as place:
        load, log = Load(place, new_keys=new_keys), folder / "errors"
        load.start()
        try:
            for seed in seeds:
                process = _started(place, log)
                serving = _live(process, place, random.Random(seed))
                if process.poll() is not None:
                    told.wrong.append(f"seed {seed}: the server ended by itself: {log.read_bytes()[-500:]!r}")
                told.kills += 1
                told.serving += serving
                told.with_workers += kill_whole(process) > 1
            _end_well(place, load, log, told)
        finally:
            load._over.set()
            load.stop()
    return told


def _live(process: subprocess.Popen[bytes], place: Installation, chance: random.Random) -> bool:
    """Let a server live until the moment that is drawn: of four one dies while it starts, the others under load; says whether it served."""
    if chance.random() < _DIES_STARTING:
        time.sleep(chance.uniform(0.0, _LONGEST_START_SECONDS))
        return _is_ready(place)
    deadline = time.monotonic() + _PATIENCE_SECONDS
    while not _is_ready(place) and process.poll() is None and time.monotonic() < deadline:
        time.sleep(0.05)
    time.sleep(chance.uniform(0.0, _LONGEST_LIFE_SECONDS))
    return _is_ready(place)


def _end_well(place: Installation, load: Load, log: Path, told: Told) -> None:
    """Start the server once more, let everything come to its end, stop it in good order and look; again where the end was not reached in time.

    What is lost or doubled stays so however often it is started.
    """
    found: list[str] = []
    for _ in range(_ENDINGS):
        process = _started(place, log)
        try:
            load.wait_for_accepted(told.kills + 1)
            load.finish()
            deadline = time.monotonic() + _PATIENCE_SECONDS + 2 * told.kills
            while (
                time.monotonic() < deadline and process.poll() is None and not _is_all_finished(place, load)
            ):
                time.sleep(_PAUSE_SECONDS)
            time.sleep(_LONGEST_LIFE_SECONDS)  # the last receipt is stored meanwhile
        finally:
            process.send_signal(signal.SIGTERM)
            code = process.wait(_PATIENCE_SECONDS)
        found = _look(place, load.said, told)
        if code != 0:
            found.append(f"the last server ended with {code}: {log.read_bytes()[-500:]!r}")
        if not found:
            return
    told.wrong += found


def _is_all_finished(place: Installation, load: Load) -> bool:
    """Say whether each case has its finished report. One that was opened for a server which died before it read the number stays open: nobody can name it."""
    ledger = place.authority.ledger
    finished = {each.reference for each in ledger.finished()}
    return len(finished) >= len(load.said.listed) and {each.reference for each in ledger.open()} <= finished


def _look(place: Installation, said: Said, told: Told) -> list[str]:
    with wiring.open_installation(settings.load(place.folder)) as opened:
        line = opened.wardline
        store = line.parts.store
        cases = store.cases(most=10**6)
        referrals = store.referrals(most=10**6)
        actions = {action.id: action for case in cases for action in store.actions_of(case.id)}
        verified = line.verify_audit()
        receipts = [each.id for each in referrals if store.receipt_of(each.id) is None]
    unnamed = {each.id: each.orphans.count(UNKNOWN_ORPHAN) for each in referrals}
    of_accounts = sorted(str(case.account_reference) for case in cases)
    finished = sorted(str(report.reference) for report in place.authority.ledger.finished())
    received = [(each.id, each.reverse) for each in place.platform.actions()]
    told.accepted, told.cases, told.finished = len(said.accepted), len(cases), len(finished)
    checks = {
        f"refused: {said.refused[:3]}": bool(said.refused),
        "a case for each accepted upload that is on the list, and no other": of_accounts
        != sorted(said.listed),
        "every case is closed": any(case.state is not CaseState.CLOSED for case in cases),
        "every referral is finished": any(each.state is not ReferralState.FINISHED for each in referrals),
        "a receipt of each": bool(receipts),
        "one finished report for each referral, and a referral for each case": not (
            finished == sorted(each.id for each in referrals) and len(referrals) == len(cases)
        ),
        "every action is delivered, and none twice": not (
            all(each.state is ActionState.DELIVERED for each in actions.values())
            and sorted(each for each, reverse in received if not reverse) == sorted(actions)
        ),
        "what stays open at the authority is noted as an orphan without a number": any(
            count > unnamed[str(reference)]
            for reference, count in Counter(each.reference for each in place.authority.ledger.open()).items()
        ),
        f"the log verifies: {verified.reason}": not verified.ok,
    }
    return [f"not so: {what}" for what, is_wrong in checks.items() if is_wrong]
