"""What Wardline asks of the outside: time, media, hashes, evidence, lists, classifiers, authorities, platforms, people."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from wardline import matching, records

WritePoint = Callable[[str], None]
"""Called with the name of a place where state is about to become, or has become, durable. Fault tests stop the process there."""


class Clock(Protocol):
    """The one source of time."""

    def now(self) -> datetime:
        """Give the current time, aware, in UTC."""
        ...


class Media(Protocol):
    """The only place where untrusted pictures are decoded: in a sandbox.

    Whatever the bytes are, a call ends within its time cap with a value; a worker that dies is replaced, and the content it died on is
    ``Unscannable``. Nothing is written to disk. Safe to call from many threads.
    """

    def probe(self, content: bytes) -> records.Picture | records.Unscannable:
        """Say what the picture is, without decoding all of it."""
        ...

    def hash(
        self, content: bytes, *, precision: records.Precision = records.Precision.EXACT
    ) -> records.Examination | records.Unscannable:
        """Decode the picture and compute every configured hash. Cryptographic hashes are of the bytes as uploaded, and always exact.

        A fast PDQ hash is at most 8 bits from the exact one for JPEGs of quality 60 and above. Also where no hash needs pixels, a file
        whose pixels cannot be decoded is ``Unscannable``.
        """
        ...

    def render(
        self,
        content: bytes,
        *,
        frame: int = 0,
        longest_side: int = 1600,
        rendition: records.Rendition = records.Rendition.FULL,
    ) -> bytes | records.Unscannable:
        """Decode one frame and give it back as a PNG without metadata, no side longer than ``longest_side`` pixels.

        Full is RGB. Grey is its luma, in one channel and of the same size. A cover is in one channel too, no side longer than 480
        pixels: only its points leave the sandbox, at most 32 columns by 20 rows in the picture's shape, each the mean luma of its part
        of the picture; outside they are blurred (Gaussian, 1.2 points) and scaled up smoothly.
        """
        ...

    def close(self) -> None:
        """End the workers. Later calls give ``Unscannable``."""
        ...


class Frame(Protocol):
    """The first frame of one uploaded picture: decoded when somebody asks, as far as he asks, and not twice. Lives inside the sandbox."""

    @property
    def content(self) -> bytes:
        """The file as uploaded."""
        ...

    @property
    def size(self) -> tuple[int, int]:
        """Width and height, pixels, orientation as stored."""
        ...

    def pixels(self) -> NDArray[np.uint8]:
        """Decode all of it: ``uint8[height, width, 3]``, RGB, orientation as stored."""
        ...

    def scaled_luma(self, factor: int) -> NDArray[np.uint8] | None:
        """Decode its luma only, at a fraction of its size: ``uint8[ceil(height / factor), ceil(width / factor)]``.

        Args:
            factor: 1, 2, 4 or 8.

        Returns:
            None where that would be no quicker, or when exact hashes were asked for: use ``pixels``.
        """
        ...


class Hasher(Protocol):
    """One hash type. Called inside the decode sandbox: no files, no sockets, no threads."""

    @property
    def kind(self) -> records.HashKind:
        """What it computes."""
        ...

    def hash(self, frame: Frame) -> records.Hash:
        """Hash a picture. What the frame raises is to go through: it says why the file cannot be decoded."""
        ...


class MasterKeys(Protocol):
    """The keys that wrap the data keys of sealed objects: the newest one seals, older ones still open what was sealed under them."""

    def newest(self) -> bytes:
        """The key that seals, 32 bytes."""
        ...

    def named(self, key_id: bytes) -> bytes | None:
        """The key whose SHA-256 begins with these eight bytes; None when it is not among them."""
        ...

    def kept(self) -> AbstractContextManager[None]:
        """Meanwhile no key is taken away: around choosing a key and writing what it wrapped."""
        ...


class Vault(Protocol):
    """Sealed storage of evidence: each object under its own data key, bound to its id and purpose.

    ``seal`` returns after the object is durable. The plaintext never touches disk.
    """

    def seal(self, object_id: str, purpose: str, content: bytes) -> None:
        """Store content. The same object with the same content again is no error; other content is ``IntegrityError``."""
        ...

    def open(self, object_id: str, purpose: str) -> bytes:
        """Give the content back; ``NotFoundError`` when it is not there, ``EvidenceError`` when it is not what was sealed."""
        ...

    def destroy(self, object_id: str, purpose: str) -> None:
        """Make the content unreadable for good: key first, then the ciphertext. Repeating is no error."""
        ...

    def rewrap(self, object_id: str, purpose: str) -> bool:
        """Put an object's data key under the newest master key, durably, and say whether there was anything to do; False also when the
        object is not there. At no moment is the object unreadable, and the content is written nowhere else."""
        ...

    def inventory(self) -> Iterator[tuple[str, str, datetime]]:
        """Give the id, purpose and sealing time of each object, for the sweep that destroys what no record points at."""
        ...


@runtime_checkable
class SealedVault(Vault, Protocol):
    """A vault whose objects are copied to another one as they are sealed. Both know the same master keys."""

    def sealed(self, object_id: str, purpose: str) -> bytes:
        """Give an object as it is sealed, header and ciphertext; ``NotFoundError`` when it is not there."""
        ...

    def put(self, object_id: str, purpose: str, sealed: bytes) -> None:
        """Store an object that another vault sealed, durably and as it is. The same content again is no error; ``EvidenceError`` where other
        content is there, or where this cannot be opened."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What an adapter found out about the place that it works with. A vault with a method ``examine`` that gives these is asked by
    ``wardline check``; it need not have one."""

    fatal: bool
    """It must not be used like this."""
    detail: str
    advice: str
    """What to do; empty when all is well."""


class Index(Protocol):
    """Exact search for near hashes."""

    def add(self, hashes: NDArray[np.uint8], ids: NDArray[np.int64]) -> None:
        """Make hashes findable. ``uint8[n, 32]`` and ``int64[n]``; an id is added once."""
        ...

    def remove(self, ids: NDArray[np.int64]) -> None:
        """Take hashes out. Unknown ids are ignored."""
        ...

    def search(self, queries: NDArray[np.uint8], *, radius_bits: int) -> list[list[tuple[int, int]]]:
        """For each of ``uint8[q, 32]`` give every ``(id, distance_bits)`` within the radius, inclusive, nearest first."""
        ...


class Copies(Protocol):
    """Ready-made copies of hash lists that processes share. The store's batches are what counts: any copy may be missing.

    Nothing that is wrong with a copy is raised: the process that wanted it makes the list from its batches, and somebody is told. One
    thread of a process calls, but for ``close``.
    """

    def stamp(self) -> str:
        """Give a text that is another one when copies came or went."""
        ...

    def open(
        self, list_id: str, *, above: int, is_ours: Callable[[matching.ListCopy], bool]
    ) -> matching.ListCopy | None:
        """Give the newest copy of a list that holds a later batch than number ``above``; None when there is none.

        A copy is given when all of it was checked and ``is_ours`` said yes. One that is damaged, or is not ours, is removed. What
        ``is_ours`` raises comes through.
        """
        ...

    def keep(self, list_id: str, volume: matching.Copied) -> None:
        """Take a copy if it is due and no other process is at it: what is wanted of the volume now, all that takes long in a thread."""
        ...

    def retain(self, list_ids: Iterable[str]) -> None:
        """Remove the copies of all other lists."""
        ...


@dataclass(frozen=True, slots=True)
class Indexes:
    """What an entry point of the group ``wardline.indexes`` gives."""

    make: Callable[[], Index]
    """Makes an empty index in memory."""
    copies: Copies | None = None
    """Where ready-made ones are shared; None: each process makes its own."""


class HashListSource(Protocol):
    """Where a hash list's entries come from."""

    def fetch(self, cursor: str | None) -> records.HashListPage:
        """Give the next page after a cursor (None: from the start). A malformed entry is reported and skipped; a source that is not
        of the expected form at all is ``InputError``, one that cannot be reached ``DependencyError``."""
        ...


class HashExchange(HashListSource, Protocol):
    """A hash list that its owner changes day by day, and wants to hear about.

    A cursor is text that the adapter made: at any page, so that a fetch that was cut short goes on there, and at the end, where the next
    one begins. A cursor of another environment is ``ConfigurationError``: lists of different owners or meanings are never mixed.
    """

    @property
    def meanings(self) -> frozenset[records.ListMeaning]:
        """What a list that is fetched from here may mean."""
        ...

    @property
    def describes_itself(self) -> str:
        """Name exchange and environment, in words that may stand in the log and on a page; no secret, no account."""
        ...

    def feed_back(self, entry: records.EntryChange, verdict: records.Verdict) -> None:
        """Tell the owner what became of a match; ``RefusedError`` when the exchange takes no such word, ``DependencyError`` when it may be
        tried again. Telling the same twice is harmless."""
        ...


class Classifier(Protocol):
    """A detector: bytes to a raw score.

    Asked about every upload of its scopes, from many threads at once, and within a time cap of its own: the upload waits. Whatever fails is
    ``Unscannable`` with its name as the source and a fixed phrase. It keeps nothing of what it was asked about.
    """

    @property
    def name(self) -> str: ...

    @property
    def version(self) -> str:
        """Frozen: another model is another version."""
        ...

    def score(self, content: bytes) -> float | records.Unscannable:
        """Give the raw score of a picture, on the detector's own scale."""
        ...


class Authority(Protocol):
    """A receiver of reports, call by call, so that each answer can be made durable before the next call.

    Every failed call raises a leaf of ``AuthorityError``, which tells the referral's state machine what is known about its effect. Its message
    and its advice reach operators by an alarm: what was seen (a status, a kind of content, a count of bytes, a code) and where to look, in
    words of the adapter's own. An answer may quote the report, so nothing of it stands there.
    """

    @property
    def name(self) -> str: ...

    @property
    def environment(self) -> str:
        """``"sandbox"``, ``"test"`` or ``"production"``."""
        ...

    def check(self, report: records.Report) -> tuple[str, ...]:
        """Build the report and check it against the receiver's schema and rules. Gives the problems found; empty when it may be sent."""
        ...

    def preview(self, report: records.Report) -> records.Preview:
        """Say what the receiver would get: the documents byte for byte, and the same in words, read from those bytes.

        Nothing is sent. It also works for a report that has problems, and gives the same for the same report.
        """
        ...

    def submit(self, report: records.Report) -> records.AuthorityAnswer:
        """Open a report. The answer's ``remote_id`` is the receiver's report id."""
        ...

    def attach(self, remote_id: str, file: records.ReportedFile, content: bytes) -> records.AuthorityAnswer:
        """Upload one file with its details. The answer's ``remote_id`` is the file's."""
        ...

    def finish(self, remote_id: str) -> records.AuthorityAnswer:
        """Close the report. The answer's body is the receipt."""
        ...

    def retract(self, remote_id: str) -> records.AuthorityAnswer:
        """Withdraw an open report."""
        ...


class Platform(Protocol):
    """The online platform that Wardline serves."""

    def carry_out(self, action: records.Action) -> None:
        """Ask for an action. Repeating the same action is harmless: it carries its id. ``PlatformError`` when it may be tried again,
        ``RefusedError`` when the platform refused it for good."""
        ...

    def reverse(self, action: records.Action) -> None:
        """Ask to undo an action, under the same contract. Whichever of the two comes first, nothing of the action remains."""
        ...

    def tell(self, message: records.Message) -> None:
        """Ask to show a message to the person it is for, under the same contract: it carries its id."""
        ...


class Notifier(Protocol):
    """A way to tell a person."""

    @property
    def name(self) -> str: ...

    def notify(self, alarm: records.Alarm) -> None:
        """Deliver an alarm; ``NotifierError`` when that failed."""
        ...


class Publisher(Protocol):
    """Where figures are published."""

    def publish(self, figures: records.Figures) -> None: ...


@runtime_checkable
class Closeable(Protocol):
    """An adapter that holds connections. Any may be one; it is closed with the installation."""

    def close(self) -> None: ...
