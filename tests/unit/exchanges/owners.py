"""Who owns the lists in the tests: the sandbox's four exchanges, and a file."""

from __future__ import annotations

import csv
import hashlib
import os
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from wardline import ports, records
from wardline.adapters.exchanges import local, ncmec, stopncii, tat, threatexchange
from wardline.records import HashKind
from wardline.testing.clock import VirtualClock
from wardline.testing.exchange_contract import Hash, Owner
from wardline.testing.exchange_sandbox import Credentials, ExchangeFault, ExchangeSandbox

START = datetime(2026, 11, 26, 12, 0, tzinfo=UTC)
KNOWN = Credentials()
SECRETS = {
    "ncmec": KNOWN.password.encode() + b"\n",
    "stopncii": f"{KNOWN.subscription_key}\n{KNOWN.fetch_key}\n{KNOWN.feedback_key}\n".encode(),
    "threatexchange": KNOWN.app_token.encode(),
    "tat": KNOWN.password.encode(),
}
OPTIONS: dict[str, dict[str, str]] = {
    "ncmec": {"environment": "NGO", "username": KNOWN.username},
    "stopncii": {},
    "threatexchange": {"privacy_group": KNOWN.privacy_group},
    "tat": {"username": KNOWN.username},
}
CREATE = {
    "ncmec": ncmec.create,
    "stopncii": stopncii.create,
    "threatexchange": threatexchange.create,
    "tat": tat.create,
    "local": local.create,
}
_NAMES: dict[str, dict[HashKind, str]] = {
    "ncmec": {HashKind.MD5: "md5", HashKind.SHA1: "sha1", HashKind.PDQ: "pdq"},
    "stopncii": {HashKind.MD5: "VideoMD5", HashKind.PDQ: "ImagePDQ"},
    "threatexchange": {HashKind.MD5: "HASH_MD5", HashKind.SHA256: "HASH_SHA256", HashKind.PDQ: "HASH_PDQ"},
    "tat": {HashKind.MD5: "MD5", HashKind.PDQ: "PDQ"},
}


class World:
    """A sandbox and the clock that it shares with whoever follows its exchanges."""

    def __init__(self, page_entries: int = 3) -> None:
        self.clock = VirtualClock(START)
        self.sandbox = ExchangeSandbox(clock_now=self.clock.now, page_entries=page_entries)

    def wait(self, **step: float) -> None:
        self.clock.advance(timedelta(**step))

    def open(self, exchange: str, secret: bytes | None = None, **options: str) -> Any:
        """Open an exchange of the sandbox, as the settings would."""
        given: Mapping[str, str] = {
            **OPTIONS[exchange],
            "sandbox_url": self.sandbox.url_of(exchange),
            **options,
        }
        return CREATE[exchange](
            f"my-{exchange}", given, secret or SECRETS[exchange], folder=Path("/nowhere"), now=self.clock.now
        )


class SandboxOwner(Owner):
    """Shares entries of one hash each in one of the sandbox's exchanges."""

    def __init__(self, world: World, exchange: str) -> None:
        self.world, self.exchange = world, exchange
        self.ledger = world.sandbox.ledgers[exchange]
        self.names = _NAMES[exchange]
        self.kinds = tuple(self.names)
        self._malformed = 0

    def key_of(self, entry: Hash) -> str:
        number = str(int(hashlib.sha256(entry[1].encode()).hexdigest()[:12], 16) + 1)
        return f"42-{number}" if self.exchange == "ncmec" else number

    def share(self, entry: Hash) -> None:
        self.ledger.tell(self.key_of(entry), (self.names[entry[0]], entry[1]))
        self.world.wait(seconds=10)

    def withdraw(self, entry: Hash) -> None:
        self.ledger.withdraw(self.key_of(entry), (self.names[entry[0]], entry[1]))
        self.world.wait(seconds=10)

    def share_malformed(self, digits: str) -> None:
        self.ledger.tell(self.key_of((HashKind.MD5, digits)), (self.names[HashKind.MD5], digits))
        self.world.wait(seconds=10)

    def garble(self) -> None:
        self.world.sandbox.inject(ExchangeFault.GARBAGE)

    def heard(self, entry: Hash) -> str | None:
        key, fingerprint = self.key_of(entry), ""
        match self.exchange:
            case "ncmec":
                fingerprint = self.names[entry[0]].upper()
            case "stopncii":
                key = entry[1]
            case "threatexchange":
                fingerprint = "1"
        return self.world.sandbox.heard.get((self.exchange, key, fingerprint))


class FileOwner(Owner):
    """Writes a file anew whenever something changes."""

    kinds = tuple(HashKind)

    def __init__(self, path: Path) -> None:
        self.path = path
        self._rows: dict[Hash, None] = {}
        self._malformed: list[str] = []
        self._writes = 0
        self.write()

    def open(self) -> ports.HashExchange:
        return local.create(
            "my-file", {"path": self.path.name}, b"", folder=self.path.parent, now=lambda: START
        )

    def share(self, entry: Hash) -> None:
        self._rows[entry] = None
        self.write()

    def share_all(self, entries: list[Hash]) -> None:
        self._rows |= dict.fromkeys(entries)
        self.write()

    def withdraw(self, entry: Hash) -> None:
        self._rows.pop(entry, None)
        self.write()

    def share_malformed(self, digits: str) -> None:
        self._malformed.append(digits)
        self.write()

    def garble(self) -> None:
        self._replace(lambda file: file.write("<html><body>It works</body>"))

    def heard(self, entry: Hash) -> str | None:
        return None

    def write(self) -> None:
        rows = [
            *((kind.value, value) for kind, value in self._rows),
            *(("md5", each) for each in self._malformed),
        ]
        self._replace(lambda file: csv.writer(file).writerows([("hash_type", "hash"), *rows]))

    def _replace(self, write: Any) -> None:
        """Write a new file and rename it into its place, each with a time of its own."""
        fresh = self.path.with_suffix(".new")
        with fresh.open("w", newline="") as file:
            write(file)
        self._writes += 1
        os.utime(fresh, (START.timestamp(), START.timestamp() + self._writes))
        fresh.rename(self.path)


def added(page: records.HashListPage) -> dict[str, set[Hash]]:
    """What a page adds, by key."""
    found: dict[str, set[Hash]] = {}
    for change in page.added:
        found.setdefault(change.key, set()).add((change.kind, change.value))
    return found
