"""A receiver that takes packs: a report is opened, filled and closed as at any other, and what comes of it is one signed ZIP.

Nothing is sent anywhere. A person files the pack in the receiver's portal, or hands it over, and records the receiver's reference.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any, ClassVar

import structlog
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PublicKey

from wardline import ports, preservation, records
from wardline.adapters.authorities import not_sent
from wardline.adapters.authorities.pack import checks, documents, page, preview
from wardline.adapters.authorities.pack.documents import Receiver
from wardline.adapters.authorities.pack.folder import PackFolder
from wardline.adapters.authorities.pack.kept import KeptPacks
from wardline.errors import (
    AuthorityRejectedError,
    ConfigurationError,
    NotFoundError,
    ReportFinishedError,
    ReportGoneError,
)
from wardline.records.ids import ENTROPY_BYTES

_log = structlog.get_logger("wardline.pack")
_ENVIRONMENTS = ("sandbox", "test", "production")
_EVIDENCE = "evidence"
_RECIPIENT = "recipient"


def _nothing(_name: str) -> None:
    """Nobody tries crashes here."""


class PackAuthority:
    """``ports.Authority`` and ``ports.PackMaker`` for receivers that take packs. Safe to call from many threads.

    Args:
        environment: ``"sandbox"``, ``"test"`` or ``"production"``; a pack of the first two says on each page that it is none.
        clock_now: Gives the current time, aware.
        folder: Where packs are made and kept; exists, with mode 0700.
        key: Signs each pack's manifest.
        entropy: Makes random bytes.
        recipient: PEM of the receiver's X25519 public key; None: packs hold hashes and no file.
        label: What the receiver is called on the pack.
        basis: The law by which it is owed, as the settings say it.
        production_confirmed: The second of the two settings that real reports need.
        reached: Called at every write point.

    Raises:
        ConfigurationError: The environment is unknown or not confirmed, or the receiver's key is none.
    """

    makes_packs: ClassVar[bool] = True
    NAME: ClassVar[str] = ""
    LABEL: ClassVar[str] = ""
    TITLE: ClassVar[str] = ""

    def __init__(
        self, *, environment: str, clock_now: Callable[[], datetime], folder: Path, key: Ed25519PrivateKey,
        entropy: Callable[[int], bytes], recipient: bytes | None = None, label: str = "", basis: str = "",
        production_confirmed: bool = False, reached: ports.WritePoint = _nothing,
    ) -> None:  # fmt: skip
        if environment not in _ENVIRONMENTS:
            raise ConfigurationError(f"{self.NAME}: unknown environment, expected {', '.join(_ENVIRONMENTS)}")
        if environment == "production" and not production_confirmed:
            raise ConfigurationError(
                f"{self.NAME}: production is not confirmed, expected both settings to say so"
            )
        self._environment, self._now, self._entropy, self._key = environment, clock_now, entropy, key
        self._folder = PackFolder(folder, reached)
        self._recipient: X25519PublicKey | None = (
            preservation.read_recipient(recipient) if recipient else None
        )
        self._receiver = Receiver(name=label or self.LABEL, basis=basis, is_test=environment != "production")

    @staticmethod
    def kept(folder: Path) -> KeptPacks:
        """Give the packs in a folder, whoever they are for."""
        return KeptPacks(folder)

    @property
    def name(self) -> str:
        """Give the adapter's name, as it stands in referrals."""
        return self.NAME

    @property
    def environment(self) -> str:
        """Say what the packs are for."""
        return self._environment

    def check(self, report: records.Report) -> tuple[str, ...]:
        """Say what keeps a report from being packed."""
        return checks.problems(report)

    def preview(self, report: records.Report) -> records.Preview:
        """Say what the pack would hold, in words and byte for byte."""
        pages = records.PreviewDocument(name=page.NAME, media_type=page.MEDIA_TYPE, body=self._page(report))
        return records.Preview(
            sections=(*preview.sections(report, self._receiver), *not_sent.sections(report)),
            documents=(*documents.documents(report, self._receiver), pages),
        )

    def submit(self, report: records.Report) -> records.AuthorityAnswer:
        """Begin a pack."""
        now = self._now()
        pack_id = records.new_id("pack", now, self._entropy(ENTROPY_BYTES))
        first = {
            _RECIPIENT: self._sealed_for,
            documents.REPORT: documents.report_document(report, self._receiver),
            page.NAME: self._page(report),
        }
        self._folder.begin(pack_id, report.referral_id, first, now)
        not_sent.tell(_log, report)
        return _answer(pack_id)

    def attach(self, remote_id: str, file: records.ReportedFile, content: bytes) -> records.AuthorityAnswer:
        """Put one file's details into a pack, and the file itself where it can be sealed for the receiver."""
        number = _number(self._require_open(remote_id), file.item_id)
        proof = {
            "item": file.item_id, "number": number, "sha256": hashlib.sha256(content).hexdigest(), "size_bytes": len(content),
            "sealed": None if self._recipient is None else _sealed_name(number),
        }  # fmt: skip
        added = {
            documents.file_name(number): documents.file_document(number, file),
            f"{_EVIDENCE}-{number}.proof": json.dumps(proof).encode(),
        }
        if self._recipient is not None:
            added[_sealed_name(number)] = preservation.seal(
                content,
                self._recipient,
                secret=self._entropy(preservation.SECRET_BYTES),
                about=_about(remote_id, file.item_id),
            )
        self._folder.add(remote_id, added)
        return _answer(f"{remote_id}-file-{number}")

    def finish(self, remote_id: str) -> records.AuthorityAnswer:
        """Make the pack whole; the answer's body is its manifest. A person files it."""
        self._refuse_whole(remote_id)
        made = self._require_open(remote_id)
        with self._folder.finishing(remote_id) as file:
            manifest = preservation.write_package(
                file, _members(made), self._said(remote_id, made), self._key
            )
        return records.AuthorityAnswer(
            remote_id=remote_id, request_id=None, body=manifest, awaits_filing=True
        )

    def retract(self, remote_id: str) -> records.AuthorityAnswer:
        """Throw away a pack that is not whole."""
        self._refuse_whole(remote_id)
        self._folder.drop(remote_id)
        return _answer(remote_id)

    def status(self) -> records.AuthorityAnswer:
        """Check that packs can be made here, and say whether files go into them."""
        self._folder.check()
        holds = (
            "files sealed for the receiver"
            if self._recipient is not None
            else "hashes and no file: no key of the receiver's"
        )
        return records.AuthorityAnswer(remote_id=None, request_id=None, body=f"packs with {holds}".encode())

    def packs(self) -> Iterator[tuple[str, str]]:
        """Give the referral and the id of every whole pack. What nobody carried on for long goes."""
        self._folder.forget_old(self._now())
        yield from ((referral_id, pack_id) for referral_id, pack_id, _ in self._folder.every())

    def open_pack(self, pack_id: str) -> bytes:
        """Give a whole pack, byte for byte; ``NotFoundError`` when there is none of this id."""
        found = self._folder.whole(pack_id)
        if found is None:
            raise NotFoundError("pack: none of this id is kept, expected a whole one")
        return found.read_bytes()

    def forget_pack(self, pack_id: str) -> None:
        """Delete a pack, whole or not; one that is gone is no error."""
        self._folder.forget(pack_id)

    @property
    def _sealed_for(self) -> bytes:
        return b"" if self._recipient is None else preservation.fingerprint(self._recipient).encode()

    def _require_open(self, pack_id: str) -> Path:
        """Give the folder of a pack that is being made. One that was begun for another key is made anew: it says whom its files are for."""
        made = self._folder.require_open(pack_id)
        begun_for = made / _RECIPIENT
        if not begun_for.exists() or begun_for.read_bytes() != self._sealed_for:
            raise ReportGoneError("pack: begun for another key of the receiver's, expected that of now")
        return made

    def _page(self, report: records.Report) -> bytes:
        return page.render(report, self._receiver, self.TITLE, is_sealed=self._recipient is not None)

    def _refuse_whole(self, pack_id: str) -> None:
        found = self._folder.whole(pack_id)
        if found is None:
            return
        with found.open("rb") as file:
            body = preservation.manifest_of(file)
        raise ReportFinishedError(
            "pack: whole already, expected one that is being made", body=body, awaits_filing=True
        )

    def _said(self, pack_id: str, made: Path) -> dict[str, Any]:
        proofs = (json.loads(path.read_bytes()) for path in made.glob(f"{_EVIDENCE}-*.proof"))
        return {
            "kind": "report", "pack": pack_id, "referral": json.loads((made / documents.REPORT).read_bytes())["referral"],
            "receiver": self._receiver.name, "is_test": self._receiver.is_test,
            "recipient_key": None if self._recipient is None else preservation.fingerprint(self._recipient),
            "evidence": sorted(proofs, key=lambda each: int(each["number"])),
        }  # fmt: skip


class NcaPack(PackAuthority):
    """For the portal of the United Kingdom's National Crime Agency. Its programming interface is not public, so none is made up here."""

    NAME: ClassVar[str] = "nca-pack"
    LABEL: ClassVar[str] = "the National Crime Agency"
    TITLE: ClassVar[str] = "Report of suspected child sexual exploitation and abuse content"


class SignedPack(PackAuthority):
    """For any other receiver, who agreed to get packs."""

    NAME: ClassVar[str] = "signed-pack"
    LABEL: ClassVar[str] = "the receiver"
    TITLE: ClassVar[str] = "Report of an apparent incident"


def _answer(remote_id: str) -> records.AuthorityAnswer:
    return records.AuthorityAnswer(remote_id=remote_id, request_id=None, body=b"")


def _number(made: Path, item_id: str) -> int:
    listed = json.loads((made / documents.REPORT).read_bytes()).get("files", [])
    found = next((number for number, each in enumerate(listed, start=1) if each["item"] == item_id), None)
    if found is None:
        raise AuthorityRejectedError("pack: a file that its report does not name, expected one of its own")
    return found


def _about(pack_id: str, item_id: str) -> bytes:
    """Give what a sealed file of a pack opens under."""
    return f"{pack_id}\n{item_id}".encode()


def _sealed_name(number: int) -> str:
    return f"{_EVIDENCE}-{number}.sealed"


def _members(made: Path) -> Iterator[preservation.Member]:
    """Give a pack's members in the order of reading: the page, the report, then each file's details and the sealed file."""
    listed = json.loads((made / documents.REPORT).read_bytes()).get("files", [])
    names = [page.NAME, documents.REPORT]
    for number in range(1, len(listed) + 1):
        names += [documents.file_name(number), _sealed_name(number)]
    for name in names:
        path = made / name
        if path.exists():
            yield preservation.Member(name, path.read_bytes)
