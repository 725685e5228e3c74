"""The demo's world: one installation, its server, and the two sandboxes, all in this process and on loopback."""

from __future__ import annotations

import base64
import contextlib
import json
import secrets
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from wardline import ports, settings, wiring
from wardline.cli import serve
from wardline.errors import DependencyError
from wardline.pipeline import people
from wardline.pipeline.durable import DurableWork
from wardline.records import KeyTrust, Role
from wardline.settings import FILE_NAME
from wardline.testing.authority_sandbox import AuthoritySandbox
from wardline.testing.platform_sandbox import PlatformSandbox
from wardline.wiring import Installation, create_installation, create_secret, read_secret

PLATFORM = "demo-platform"
PEOPLE = {
    "admin": Role.ADMIN, "lead": Role.LEAD, "auditor": Role.AUDITOR,
    "moderator-1": Role.MODERATOR, "moderator-2": Role.MODERATOR, "moderator-3": Role.MODERATOR,
}  # fmt: skip
_START_SECONDS = 20.0
_POLL_SECONDS = 0.25
"""Looking for work costs as much as doing some."""
_NAME_OF_PLATFORM_KEY = "platform"


@dataclass(slots=True)
class World:
    """Everything that runs while the demo does."""

    folder: Path
    installation: Installation
    durable: DurableWork
    authority: AuthoritySandbox
    platform: PlatformSandbox
    api: str
    """Address of the HTTP API."""
    keys: dict[str, str]
    """API key of the platform and of each person."""
    passwords: dict[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Manner:
    """The settings that are other ones while the demo plays by itself than when somebody works in it."""

    undo_seconds: float
    opinions_percent: float
    severe_in_a_row: int
    views_before_break: int


PLAYED = Manner(undo_seconds=0.0, opinions_percent=0.0, severe_in_a_row=0, views_before_break=0)
"""Decisions take effect at once, and nothing is drawn: so every run has the same figures, but for how many reports the files went out in.
Programs need no breaks."""
WORKED = Manner(undo_seconds=20.0, opinions_percent=25.0, severe_in_a_row=60, views_before_break=120)
"""There is time to take a decision back, and of a few decisions one is drawn for a second opinion. What the programs revealed in minutes counts as
shown to their people, so that breaks come later than by default."""


@contextlib.contextmanager
def world(folder: Path, *, reached: ports.WritePoint, manner: Manner = PLAYED) -> Iterator[World]:
    """Set up or resume the demo's world; everything ends with the block."""
    with contextlib.ExitStack() as ending:
        secrets_kept = _Secrets(folder)
        platform = ending.enter_context(PlatformSandbox(secrets_kept.platform, folder / "platform.jsonl"))
        authority = AuthoritySandbox(
            password=secrets_kept.authority.decode(), ledger_path=folder / "authority.jsonl"
        )
        ending.enter_context(authority.start())
        installation = ending.enter_context(
            _installation(folder, authority.url, platform.url, reached, manner)
        )
        installation.start_decoders()  # before the first upload waits for them
        keys = secrets_kept.people_and_keys(installation)
        durable = installation.durable_work(poll_seconds=_POLL_SECONDS)
        durable.start()
        ending.callback(durable.stop)
        api = ending.enter_context(_serving(installation))
        yield World(
            folder=folder, installation=installation, durable=durable, authority=authority, platform=platform, api=api,
            keys=keys, passwords=secrets_kept.passwords,
        )  # fmt: skip


class _Secrets:
    """The demo's secrets, kept so that a second run can go on."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder / "keys"
        self.platform = self._secret("platform.secret")
        self.authority = self._secret("authority.password")
        self._path = self._folder / "demo.json"
        self._kept: dict[str, Any] = (
            json.loads(self._path.read_text("utf-8")) if self._path.exists() else {"keys": {}}
        )
        if "passwords" not in self._kept:
            self._kept["passwords"] = {name: secrets.token_urlsafe(12) for name in PEOPLE}
            self._save()

    @property
    def passwords(self) -> dict[str, str]:
        return dict(self._kept["passwords"])

    def people_and_keys(self, installation: Installation) -> dict[str, str]:
        """Make the users and keys that are missing; give the secret of each key."""
        parts = installation.wardline.parts
        for name, role in PEOPLE.items():
            user = parts.store.user_named(name) or people.create_user(parts, name, role, self.passwords[name])
            if name not in self._kept["keys"]:
                self._keep(name, people.create_person_key(parts, f"demo {name}", user)[1])
        if _NAME_OF_PLATFORM_KEY not in self._kept["keys"]:
            made = people.create_platform_key(
                parts, "demo platform", PLATFORM, trust=KeyTrust.TRUSTED, requests_per_minute=10**6
            )
            self._keep(_NAME_OF_PLATFORM_KEY, made[1])
        return dict(self._kept["keys"])

    def _keep(self, name: str, secret: str) -> None:
        self._kept["keys"][name] = secret
        self._save()

    def _save(self) -> None:
        draft = self._path.with_suffix(".new")
        draft.unlink(missing_ok=True)
        create_secret(draft, json.dumps(self._kept).encode())
        draft.rename(self._path)

    def _secret(self, name: str) -> bytes:
        path = self._folder / name
        if not path.exists():
            create_secret(path, base64.b64encode(secrets.token_bytes(24)))
        return read_secret(path, name)


def _installation(
    folder: Path, authority_url: str, platform_url: str, reached: ports.WritePoint, manner: Manner
) -> Installation:
    text = _SETTINGS.format(
        authority=authority_url,
        platform=platform_url,
        undo=manner.undo_seconds,
        drawn=manner.opinions_percent,
        severe=manner.severe_in_a_row,
        views=manner.views_before_break,
    )
    path = folder / FILE_NAME
    if path.exists():
        # The sandboxes take any free port, another one at each run.
        draft = path.with_suffix(".new")
        draft.write_text(text, "utf-8")
        draft.replace(path)
        chosen = settings.load(folder)
    else:
        chosen = create_installation(folder, text)
    return wiring.open_installation(chosen, reached=reached)


@contextlib.contextmanager
def _serving(installation: Installation) -> Iterator[str]:
    with serve.listening("127.0.0.1", 0) as listener:
        server = serve.make_server(installation)
        thread = threading.Thread(
            target=server.run, kwargs={"sockets": [listener]}, name="wardline-http", daemon=True
        )
        thread.start()
        deadline = time.monotonic() + _START_SECONDS
        while not server.started:
            if not thread.is_alive() or time.monotonic() > deadline:
                raise DependencyError("server: did not start, expected it to listen on loopback")
            time.sleep(0.01)
        try:
            yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        finally:
            server.should_exit = True
            thread.join(timeout=_START_SECONDS)


_SETTINGS = """\
# Made by `wardline demo`. Everything here is harmless and stays on this machine.
[installation]
name = "demo"

[review]
undo_seconds = {undo}        # 60 is the default

[review.opinions]
random_percent = {drawn}     # of what one person decided, so much goes to a second one too; 5 is the default

[review.golden]
percent = 5.0             # now and then a picture for practice; 0 is the default

[review.wellbeing]
most_severe_in_a_row = {severe} # 20 is the default; 0, while the demo plays by itself, is no limit
views_before_break = {views}    # 60 is the default

[referral]
authority = "ncmec"
environment = "sandbox"   # the authority's sandbox on loopback
sandbox_url = "{authority}"
username = "sandbox"
password_file = "keys/authority.password"

[referral.reporter]
first_name = "Demo"
last_name = "Reporter"
email = "reports@demo.example"
platform = "Wardline demo platform"
legal_url = "https://demo.example/legal"

# It knows nothing: it measures how much of a picture is of one orange. What it finds opens a case, for a person; it decides nothing.
[[detectors]]
name = "orange"
adapter = "reference"
version = "reference-1"

[[automation.scopes]]
name = "posts"
surfaces = ["post"]
detectors = ["orange"]
mode = "watch"
opens_case_from = 0.12

[[platforms]]
name = "demo-platform"
url = "{platform}"
secret_file = "keys/platform.secret"
"""
