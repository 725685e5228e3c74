"""A whole installation for tests: real parts, a clock that stands still, and durable work that runs when it is told to.

    with harness.Line(tmp_path) as line:
        line.list_of([picture], name="known", trust=records.ListTrust.VERIFIED)
        line.submit(picture)
        line.run_due()

Vault, decode sandbox, index and store are the real ones; the authority and the platform are those that the caller gives, such as the
sandboxes of ``wardline.testing``.
"""

from __future__ import annotations

import functools
import random
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import TracebackType
from typing import Any

from argon2 import PasswordHasher
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from wardline import intake, ports, records
from wardline.adapters import hash_lists
from wardline.adapters.authorities.ncmec import NcmecAuthority
from wardline.adapters.indexes.hamming import MemoryIndex
from wardline.adapters.media import SandboxMedia
from wardline.adapters.platforms.webhook import WebhookPlatform
from wardline.adapters.vaults.directory import DirectoryVault
from wardline.adapters.wordings import Operator, TemplateWording
from wardline.errors import InputError
from wardline.pipeline import Parts, Rules, Submission, Wardline, people
from wardline.pipeline.log import Sequencer, Verification
from wardline.pipeline.tasks import TASKS, Chores
from wardline.records import KeyTrust, ListTrust, Role, Visibility
from wardline.testing.authority_sandbox import AuthoritySandbox
from wardline.testing.clock import VirtualClock
from wardline.testing.harness_stores import MemoryWork, SqlWork, Work
from wardline.testing.platform_sandbox import PlatformSandbox

START = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
"""The first moment of every line: a Monday."""
PLATFORM = "example"
"""The platform whose uploads a line gets."""
PLATFORM_SECRET = b"a secret for tests and nothing else"
HASHERS = tuple(f"wardline.adapters.hashers:{kind}" for kind in ("md5", "sha1", "sha256", "pdq"))
REPORTER = records.Reporter(
    first_name="Safety", last_name="Team", email="safety@platform.example", platform="Example Platform"
)
_MOST_TASKS = 100_000
_CHEAP = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
"""Weak on purpose: to hash a password as an installation does would take longer than all else in most tests."""
_NO_PASSWORD = "!"  # noqa: S105 - no password has this as its hash: people of a line sign in by key only


def nothing_reached(name: str) -> None:
    """Let every write point pass."""


@functools.cache
def shared_media() -> SandboxMedia:
    """Give the decode sandbox that every line of this process uses. It ends with the process."""
    return SandboxMedia(HASHERS, workers=2)


class _Kept:
    """A ``ports.Media`` that a line may close without closing it for others."""

    def __init__(self, media: ports.Media) -> None:
        self.probe, self.hash, self.render = media.probe, media.hash, media.render

    def close(self) -> None:
        """Leave it open."""


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody with a key."""

    user: records.User
    key: records.ApiKey
    secret: str


@dataclass(frozen=True, slots=True)
class Key:
    """A platform's key."""

    record: records.ApiKey
    secret: str


class Line:
    """One installation. Use it in a ``with`` statement, or close it.

    Args:
        folder: For the vault, the lists and, on SQLite, the database.
        store: ``"memory"``, or ``"sqlite"`` for a database in the folder that a later line opens again, or the address of a PostgreSQL
            database that ``harness_stores.prepare`` was called for.
        clock: Shared with sandboxes; by default one that starts at ``START``.
        rules: By default the package's, with a reporter filled in.
        authority: Where reports go; a started sandbox, any other adapter, or None.
        platform: Where actions go; a started sandbox that knows ``PLATFORM_SECRET``, any other adapter, or None.
        notifiers: Who hears of alarms.
        reached: Called at every write point of the store, the vault and the pipeline.
        replaced: Other parts, by their name in ``pipeline.Parts``: a vault that fails, a disk without room.
        seed: Of ids and jitter.
    """

    def __init__(
        self, folder: Path, *, store: str = "memory", clock: VirtualClock | None = None, rules: Rules | None = None,
        authority: AuthoritySandbox | ports.Authority | None = None, platform: PlatformSandbox | ports.Platform | None = None,
        notifiers: Sequence[ports.Notifier] = (), reached: ports.WritePoint = nothing_reached,
        replaced: Mapping[str, Any] | None = None, seed: int = 0,
    ) -> None:  # fmt: skip
        self.folder = folder
        self.clock = clock or VirtualClock(START)
        self._work: Work = _work(store, folder, reached)
        chance = random.Random(f"{seed} {folder if store != 'memory' else ''} {self.clock.now()}")
        parts = Parts(
            store=self._work.store, vault=DirectoryVault(folder / "vault", b"v" * 32, reached=reached, now=self.clock.now),
            media=_Kept(shared_media()), clock=self.clock, rules=rules or Rules(reporter=REPORTER), make_index=MemoryIndex,
            open_list=hash_lists.open_source, wording=TemplateWording(Operator(service="Example Platform"), {}), entropy=chance.randbytes, idempotency_secret=b"i" * 32,
            log_origin="wardline.invalid/test", log_key=Ed25519PrivateKey.from_private_bytes(b"l" * 32),
            authority=_authority(authority, self.clock), platforms=_platforms(platform, self.clock), notifiers=notifiers,
            reached=reached, password_hasher=_CHEAP,
        )  # fmt: skip
        self.parts = replace(parts, **(replaced or {}))
        self.wardline = Wardline(self.parts)
        self.chores = Chores(self.parts)
        self._sequencer = Sequencer(self.parts)

    @property
    def store(self) -> ports.Store:
        """The line's store."""
        return self.parts.store

    # time and work
    def run_due(self) -> int:
        """Do the work that is due now and what follows from it, oldest first. Gives how many tasks ran.

        A task that raises stays, as after a crash, and its error comes through.
        """
        for ran in range(_MOST_TASKS):
            task = next((each for each in self._work.waiting() if _due(each) <= self.clock.now()), None)
            if task is None:
                return ran
            self.chores.before(task.name)
            TASKS[task.name](self.parts, task.record_id, task.attempt)
            self._work.done(task)
        raise InputError(f"line: over {_MOST_TASKS} tasks without an end, expected work that ends")

    def pass_time(self, period: timedelta) -> int:
        """Let time pass, doing each task when it is due, and the chores at the end. Gives how many tasks ran."""
        until = self.clock.now() + period
        ran = self.run_due()
        while (nearest := min(map(_due, self._work.waiting()), default=until)) < until:
            self.clock.advance(max(nearest - self.clock.now(), timedelta(0)))
            ran += self.run_due()
        self.clock.advance(until - self.clock.now())
        ran += self.run_due()
        self.chores.run()
        return ran + self.run_due()

    def waiting(self) -> Sequence[records.Task]:
        """Give the work that is not done yet, due or not."""
        return self._work.waiting()

    def sequence(self) -> int:
        """Give the audit log's new entries their positions under a checkpoint; gives how many."""
        return self._sequencer.run()

    def verify(self) -> Verification:
        """Sequence the audit log and check all of it."""
        self.sequence()
        return self.wardline.verify_audit()

    # who there is
    def person(self, name: str, role: Role = Role.MODERATOR) -> Person:
        """Add a person with a key that holds every scope of the role."""
        user = records.User(
            id=self.parts.new_id("user"),
            name=name,
            role=role,
            password_hash=_NO_PASSWORD,
            created_at=self.clock.now(),
        )
        self.store.commit(
            records.Insert(user), entries=[self.parts.entry(records.Verb.USER_CREATED, user.id)]
        )
        key, secret = people.create_person_key(self.parts, f"key of {name}", user)
        return Person(user, key, secret)

    def platform_key(
        self, *, platform: str = PLATFORM, trust: KeyTrust = KeyTrust.LOW, requests_per_minute: int = 6000
    ) -> Key:
        """Add a key for a platform's uploads."""
        record, secret = people.create_platform_key(
            self.parts, f"{platform} {trust}", platform, trust=trust, requests_per_minute=requests_per_minute
        )
        return Key(record, secret)

    # what comes in
    def hashes(self, content: bytes) -> tuple[records.Hash, ...]:
        """Hash a file; one that no decoder can read has its cryptographic hashes only."""
        examined = self.parts.media.hash(content)
        return examined.hashes if isinstance(examined, records.Examination) else intake.digests(content)

    def list_file(
        self, pictures: Iterable[bytes], name: str, *, category: records.Category | None = None
    ) -> Path:
        """Write a hash list about some files."""
        grade = category.value if category else ""
        lines = [f"{each.kind},{each.value},{grade}" for content in pictures for each in self.hashes(content)]
        path = self.folder / f"{name}.csv"
        path.write_text("\n".join(["hash_type,hash,category", *lines, ""]), "utf-8")
        return path

    def list_of(
        self, pictures: Iterable[bytes], *, name: str = "known", trust: ListTrust = ListTrust.VERIFIED,
        category: records.Category | None = records.Category.A2,
    ) -> records.HashList:  # fmt: skip
        """Add a list about some files: one administrator proposes it, another approves it."""
        first, second = (self.person(f"{name} {word}", Role.ADMIN).user for word in ("proposer", "approver"))
        path = self.list_file(pictures, name, category=category)
        added = self.wardline.add_list(path, name=name, provenance="made for a test", trust=trust, user=first)
        self.wardline.approve(added.approval.id, user=second)
        return self.store.hash_list(added.hash_list.id)

    def upload(
        self, content: bytes, *, account: str = "account-1", flag: str | None = None, **context: Any
    ) -> intake.Upload:
        """Make an upload of now to a public surface; any field of its context may be given."""
        values: dict[str, Any] = {
            "surface": "post", "visibility": Visibility.PUBLIC, "uploaded_at": self.clock.now(), "content_reference": "post-1",
            "ip_address": "192.0.2.7", "port": 50123, "file_name": "picture.jpg",
        } | context  # fmt: skip
        reason = records.Flag(reason=flag) if flag is not None else None
        return intake.Upload(
            content=content, account_reference=account, context=records.UploadContext(**values), flag=reason
        )

    def submit(
        self, content: bytes, *, key: Key | None = None, idempotency_key: str | None = None, **upload: Any
    ) -> Submission:
        """Submit an upload; see ``upload`` for its other arguments."""
        record = (key or self._own_key).record
        return self.wardline.submit(
            self.upload(content, **upload), api_key=record, idempotency_key=idempotency_key
        )

    def case_of(self, submission: Submission) -> records.Case:
        """Find the case of an upload that was kept."""
        found = [each for each in self.store.cases(most=_MOST_TASKS) if submission.item_id in each.item_ids]
        if not found:
            raise InputError("line: this upload has no case, expected one that was kept")
        return found[0]

    @functools.cached_property
    def _own_key(self) -> Key:
        return self.platform_key()

    def close(self) -> None:
        """Close the store; the decode sandbox stays for other lines."""
        self.wardline.close()

    def __enter__(self) -> Line:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def _due(task: records.Task) -> datetime:
    return task.not_before or datetime.min.replace(tzinfo=UTC)


def _work(store: str, folder: Path, reached: Callable[[str], None]) -> Work:
    match store:
        case "memory":
            return MemoryWork(reached=reached)
        case "sqlite":
            return SqlWork.in_file(folder / "wardline.sqlite", reached=reached)
        case _ if store.startswith("postgresql:"):
            return SqlWork.on_server(store, reached=reached)
        case _:
            raise InputError("line: unknown store, expected memory, sqlite or a postgresql:// address")


def _authority(
    given: AuthoritySandbox | ports.Authority | None, clock: ports.Clock
) -> ports.Authority | None:
    if not isinstance(given, AuthoritySandbox):
        return given
    return NcmecAuthority(
        environment="sandbox",
        username=given.username,
        password=given.password,
        clock_now=clock.now,
        sandbox_url=given.url,
    )


def _platforms(
    given: PlatformSandbox | ports.Platform | None, clock: ports.Clock
) -> dict[str, ports.Platform]:
    if given is None:
        return {}
    if not isinstance(given, PlatformSandbox):
        return {PLATFORM: given}
    return {PLATFORM: WebhookPlatform(PLATFORM, given.url, given.secret, now=clock.now)}
