"""Back-ups of an installation over SQLite: made while it runs, without keys, and born behind a fence. A vault in a folder is copied; one
that is elsewhere stays where it is, and the copy looks for its evidence there."""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import shutil
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import closing, suppress
from dataclasses import dataclass, fields, is_dataclass, replace
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from wardline import audit, records, settings
from wardline.errors import (
    AlreadyExistsError,
    ConfigurationError,
    InputError,
    IntegrityError,
    UnknownMasterKeyError,
)
from wardline.pipeline import fencing, log_key
from wardline.records import Verb
from wardline.settings import FILE_NAME, Settings
from wardline.wiring.backed_up_packs import known_packs
from wardline.wiring.connecting import Installation
from wardline.wiring.disk_errors import translated
from wardline.wiring.layout import KeyFiles, store_door
from wardline.wiring.master_keys import FileKeys
from wardline.wiring.receivers import PACKS, kept_packs
from wardline.wiring.vault_places import IN_A_FOLDER, place_of, require_same_place

MANIFEST = "manifest.json"
_DATA = "data"
_VAULT = "vault"
PlaceCheck = Callable[[str, Mapping[str, Any], Settings], None]
_AT_ONCE = 1 << 20
_FORM = 1
_MAGIC = b"WDLSEAL\0"
_KEY_NAME = slice(10, 18)
"""Where in a sealed file the name of the master key lies, behind the magic and the version; see ``adapters.vaults.envelope``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BackUp:
    """What a back-up holds."""

    id: str
    files: int
    bytes: int
    keys: tuple[str, ...]
    """Names of the master keys without which it cannot be read."""
    evidence: bool
    """Whether the sealed files are in it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BegunBackUp:
    """The database is copied; what is still to be copied is ciphertext, so that no key is needed meanwhile."""

    id: str
    to: Path
    at: datetime
    settings: Settings
    log_origin: str
    key_names: tuple[str, ...]
    """Of the master keys that there were when it began; the first is the one that sealed."""
    objects: frozenset[str]
    """Ids of what is sealed as that database says."""
    packs: frozenset[str]
    """Names of the packs that it knows."""


def begin_back_up(installation: Installation, to: Path, *, user: records.User) -> BegunBackUp:
    """Copy the database and the settings into a new folder, and raise the fence in it. The installation may run.

    Raises:
        AlreadyExistsError: There is something in that folder.
        ConfigurationError: The store is backed up by its own means.
        OtherLogKeyError: The log's key is not the one that signed the log.
        StorageFullError: There is no room for it.
    """
    installation.require_log_key()  # it signs for the back-up
    chosen, parts = installation.settings, installation.wardline.parts
    door = store_door(chosen)
    if door.many_workers:
        raise ConfigurationError(
            f"back-up of store {chosen.store.adapter}: not by this verb, expected sqlite",
            remedy="docs/how-to/back-up-and-restore.md says how PostgreSQL is backed up, and which fence to raise.",
        )
    if to.exists() and any(to.iterdir()):
        raise AlreadyExistsError(f"back-up {to.name}: not empty, expected a new folder")
    if to.resolve().is_relative_to(chosen.data.resolve()):
        raise InputError(f"back-up {to.name}: within the data folder, expected another place")
    made_id = parts.new_id("backup")
    with translated(f"back-up {to.name}"):
        _make_folder(to / _DATA)
        parts.store.commit(entries=[parts.entry(Verb.BACKUP_MADE, made_id, actor=user.id)])
        door.snapshot(to / _DATA)
        _copy(chosen.folder / FILE_NAME, to / FILE_NAME)
    copied = replace(chosen, installation=replace(chosen.installation, data=(to / _DATA).resolve()))
    with closing(store_door(copied).open(reached=parts.reached)) as store:
        # In the copy, so that also whoever copies its files by hand has it.
        fencing.raise_(replace(parts, store=store))
        names = list({_object_of(path) for path in _sealed_files(chosen.data / _VAULT)})
        objects = frozenset(store.sealed_items(names))
        packs = known_packs(store, kept_packs(chosen))
    return BegunBackUp(
        id=made_id, to=to, at=parts.now(), settings=chosen, log_origin=parts.log_origin, key_names=tuple(each.name for each in installation.master_keys().all()),
        objects=objects, packs=packs,
    )  # fmt: skip


def finish_back_up(begun: BegunBackUp) -> BackUp:
    """Copy the sealed files and the packs that the copied database knows, and sign for all of it.

    What is destroyed meanwhile is left out. So is what was sealed since: in the restored copy nobody would know whose it is.

    Raises:
        StorageFullError: There is no room for it.
    """
    to, vault, keys = begun.to, begun.settings.data / _VAULT, set[str]()
    with translated(f"back-up {to.name}"):
        for path in _sealed_files(vault):  # none where the evidence lies elsewhere
            if _object_of(path) in begun.objects:
                with suppress(FileNotFoundError):  # destroyed since it was listed
                    keys |= _copy_sealed(path, to / _DATA / _VAULT / path.relative_to(vault))
        for name in sorted(begun.packs):
            with suppress(FileNotFoundError):  # nothing keeps it any more
                _copy(begun.settings.data / PACKS / name, to / _DATA / PACKS / name)
        files = {str(path.relative_to(to)): _described(path) for path in _files(to)}
        evidence = begun.settings.preservation.vault == IN_A_FOLDER
        # What lies elsewhere may be sealed under any of them.
        needed = (tuple(sorted(keys)) or begun.key_names[:1]) if evidence else begun.key_names
        said = {
            "kind": "back-up", "form": _FORM, "id": begun.id, "at": begun.at.isoformat(), "keys": needed,
            "vault": begun.settings.preservation.vault, "vault_place": place_of(begun.settings), "files": files,
        }  # fmt: skip
        key = Ed25519PrivateKey.from_private_bytes(KeyFiles.read(begun.settings.keys).log)
        _write(to / MANIFEST, [json.dumps(audit.sign_statement(said, begun.log_origin, key)).encode()])
    size = sum(each["size"] for each in files.values())
    return BackUp(id=begun.id, files=len(files), bytes=size, keys=needed, evidence=evidence)


def restore(source: Path, folder: Path, *, place: PlaceCheck = require_same_place) -> Settings:
    """Put a back-up into a folder that holds the keys and no data; its fence stands until somebody lifts it.

    Nothing is written before the signature was checked, and no adapter is opened: what else the settings name may come later.

    Args:
        source: The back-up.
        folder: Where to.
        place: Compares where the evidence lies with what the settings there say.

    Raises:
        InputError: It is no back-up.
        IntegrityError: It is not what was backed up.
        AlreadyExistsError: There is data in that folder.
        UnknownMasterKeyError, OtherLogKeyError: The keys are others than it was sealed under, or signed with.
        ConfigurationError: The settings there name another vault, or another place of it, than the one its evidence is in.
    """
    has_settings = (folder / FILE_NAME).exists()
    chosen = settings.load(folder) if has_settings else settings.parse(folder, _settings_of(source))
    said = _manifest(source, chosen)
    have = {each.name for each in FileKeys(chosen.keys).all()}
    missing = [name for name in said["keys"] if name not in have]
    if missing:
        raise UnknownMasterKeyError(
            f"back-up {said['id']}: sealed under key {missing[0]}, expected it in keys/vault.key"
        )
    if said.get("vault", IN_A_FOLDER) != chosen.preservation.vault:
        raise ConfigurationError(
            f"back-up {said['id']}: its evidence is in a vault {said.get('vault', IN_A_FOLDER)}, expected preservation.vault to name it"
        )
    place(said["id"], said, chosen)
    if chosen.data.exists() and any(chosen.data.iterdir()):
        raise AlreadyExistsError(
            f"installation {folder.name}: there is data already where its settings put it, expected none"
        )
    incoming = chosen.data.with_name(f"{chosen.data.name}.incoming")
    with translated(f"back-up {said['id']}"):
        shutil.rmtree(incoming, ignore_errors=True)  # of a restore that was interrupted
        for name, described in said["files"].items():
            if name != FILE_NAME:
                _copy_checked(said["id"], source / name, incoming / Path(name).relative_to(_DATA), described)
        _require_fence(chosen, incoming, said["id"])
        if not has_settings:
            _copy_checked(said["id"], source / FILE_NAME, folder / FILE_NAME, said["files"][FILE_NAME])
        with suppress(FileNotFoundError):
            chosen.data.rmdir()
        incoming.rename(chosen.data)
    return settings.load(folder)


def missing_files(chosen: Settings) -> tuple[str, ...]:
    """Name the files that the settings name and that are not there: secrets and templates are in no back-up."""
    named = sorted({path for path in _named_files(chosen) if not (chosen.folder / path).exists()})
    return tuple(str(path) for path in named)


def _named_files(section: Any) -> Iterator[Path]:
    for each in fields(section):
        value = getattr(section, each.name)
        if each.name.endswith("_file") and isinstance(value, Path):
            yield value
        elif each.name == "templates":
            yield from value.values()
        several = (
            value.values() if isinstance(value, Mapping) else value if isinstance(value, tuple) else (value,)
        )
        for part in several:
            if is_dataclass(part):
                yield from _named_files(part)


def _settings_of(source: Path) -> str:
    try:
        return (source / FILE_NAME).read_text("utf-8")
    except (OSError, ValueError):
        raise InputError(f"back-up {source.name}: no {FILE_NAME} in it, expected a whole back-up") from None


def _require_fence(chosen: Settings, data: Path, backup_id: str) -> None:
    """Require that the fence stands in a copied database. It was raised before that was signed for."""
    copied = replace(chosen, installation=replace(chosen.installation, data=data.resolve()))
    with closing(store_door(copied).open(reached=lambda _name: None)) as store:
        if store.fence() is None:
            raise IntegrityError(f"back-up {backup_id}: no fence in it, expected the one it was made with")


def _manifest(source: Path, chosen: Settings) -> dict[str, Any]:
    try:
        signed = json.loads((source / MANIFEST).read_bytes())
    except (OSError, ValueError):
        raise InputError(f"back-up {source.name}: no manifest in it, expected a whole back-up") from None
    key = Ed25519PrivateKey.from_private_bytes(KeyFiles.read(chosen.keys).log).public_key()
    log_key.require_signer(f"back-up {source.name}", signed, key)
    said = audit.open_statement(signed, key)
    if said.get("kind") != "back-up" or said.get("form") != _FORM:
        raise InputError(f"back-up {source.name}: of another form, expected {_FORM}")
    return said


def _sealed_files(vault: Path) -> Iterator[Path]:
    return (path for path in sorted(vault.glob("*/*.sealed")) if path.is_file())


def _object_of(path: Path) -> str:
    return path.name.partition(".")[0]


def _files(to: Path) -> Iterator[Path]:
    return (path for path in sorted(to.rglob("*")) if path.is_file())


def _described(path: Path) -> dict[str, Any]:
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(_AT_ONCE):
            digest.update(block)
    return {"sha256": digest.hexdigest(), "size": path.stat().st_size}


def _copy_sealed(source: Path, target: Path) -> set[str]:
    """Copy one sealed file as it is at one moment; gives the name of the master key that it needs.

    Whoever destroys it or wraps its key anew writes over bytes of it, and locks its folder meanwhile.
    """
    descriptor = os.open(source.parent, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH)
        content = source.read_bytes()
    finally:
        os.close(descriptor)
    _make_folder(target.parent)
    _write(target, [content])
    return {content[_KEY_NAME].hex()} if content.startswith(_MAGIC) else set()


def _copy(source: Path, target: Path) -> None:
    """Copy a file bit by bit: a database may be larger than the memory."""
    with source.open("rb") as file:
        _make_folder(target.parent)
        _write(target, iter(partial(file.read, _AT_ONCE), b""))


def _copy_checked(backup_id: str, source: Path, target: Path, described: dict[str, Any]) -> None:
    """Copy a file of a back-up; ``IntegrityError`` unless it is there, byte for byte."""
    try:
        _copy(source, target)
    except FileNotFoundError:
        raise IntegrityError(
            f"back-up {backup_id}: a file is not there, expected all that was backed up"
        ) from None
    if _described(target) != described:
        target.unlink()
        raise IntegrityError(
            f"back-up {backup_id}: a file is not what was backed up, expected the same bytes"
        )


def _make_folder(folder: Path) -> None:
    """Make a folder and those above it, for their owner only."""
    if not folder.exists():
        _make_folder(folder.parent)
        folder.mkdir(mode=0o700, exist_ok=True)


def _write(target: Path, content: Iterable[bytes]) -> None:
    with os.fdopen(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600), "wb") as file:
        file.writelines(content)
        file.flush()
        os.fsync(file.fileno())
