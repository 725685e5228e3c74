"""The whole log as static files elsewhere, for people and tools that trust neither us nor our database."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from wardline import audit, ports, records
from wardline.errors import AuditLogError, ConflictError
from wardline.pipeline.parts import Parts
from wardline.pipeline.reading import READINGS
from wardline.records import Verb


@dataclass(frozen=True, slots=True, kw_only=True)
class Exported:
    """What an export did."""

    size: int
    """Entries that lie there now, all of them under the checkpoint."""
    new_entries: int
    files_written: int


def export(
    parts: Parts, mirror: ports.LogMirror, *, actor: str, progress: Callable[[int], None] = lambda _entries: None
) -> Exported:  # fmt: skip
    """Bring a mirror to the newest checkpoint. What lies there already is not read again, but for the tiles that are not whole.

    The mirror's checkpoint is replaced last, and only when the log begins with all that the old one was signed over and gives the root of
    the new one: a mirror is a witness too.

    Args:
        parts: The installation's.
        mirror: Where the files go.
        actor: Who gets to see the log by it.
        progress: Called with the number of entries that were read since the last call.

    Raises:
        ConflictError: Nothing is signed yet.
        AuditLogError: The mirror is of another log, is damaged, or the log is not one that grew from what was exported.
    """
    last = parts.store.last_checkpoint()
    if last is None:
        raise ConflictError("audit log: no checkpoint yet, expected a signed one", remedy="Start the service, or run `wardline audit verify`, which signs what waits.")  # fmt: skip
    old_size, old_root = _old(parts, mirror)
    if old_size > last.size:
        raise AuditLogError(
            f"audit log of {last.size} entries: cut off, expected the {old_size} that were exported"
        )
    detail = f"entries {old_size} to {last.size - 1} exported" if last.size > old_size else "exported again"
    parts.store.commit(entries=[parts.entry(Verb.LOG_READ, READINGS, actor=actor, detail=detail)])
    tiling = _resumed(mirror, old_size)
    written = _write_whole(parts, mirror, tiling, (old_size, old_root), last, progress)
    if tiling.root() != last.root:
        raise AuditLogError(
            f"audit log of {last.size} entries: its entries and what was exported do not give the signed root, expected the same root"
        )
    for each in tiling.rest():
        mirror.write(each.path, each.content)
        written += 1
    mirror.write(audit.CHECKPOINT_PATH, last.note.encode())
    for path in _partial_paths(old_size) - _partial_paths(last.size):
        mirror.remove(path)
    return Exported(size=last.size, new_entries=last.size - old_size, files_written=written + 1)


def _old(parts: Parts, mirror: ports.LogMirror) -> tuple[int, bytes | None]:
    """Give what the mirror's checkpoint was signed over; 0 and None for an empty one."""
    note = mirror.read(audit.CHECKPOINT_PATH)
    if note is None:
        return 0, None
    return audit.open_checkpoint(
        note.decode("utf-8", errors="replace"), parts.log_origin, parts.log_key.public_key()
    )


def _resumed(mirror: ports.LogMirror, old_size: int) -> audit.Tiling:
    """Go on where the mirror ends: at its last whole bundle, with the hashes that its partial tiles above the leaves hold."""
    start = old_size - old_size % audit.TILE_WIDTH
    pending = []
    for level, (count, part) in enumerate(audit.widths(start)):
        if level == 0:
            continue
        pending.append(_partial(mirror, level, count // audit.TILE_WIDTH, part) if part else [])
    return audit.Tiling(start, pending)


def _partial(mirror: ports.LogMirror, level: int, index: int, width: int) -> list[bytes]:
    path = audit.hash_path(level, index, width)
    data = mirror.read(path)
    if data is None:
        raise AuditLogError(
            f"log mirror: {path} is missing, expected it",
            remedy="The mirror is damaged: export to an empty folder, and compare the two.",
        )
    return audit.read_tile(data, width)


def _write_whole(
    parts: Parts, mirror: ports.LogMirror, tiling: audit.Tiling, old: tuple[int, bytes | None], last: records.Checkpoint,
    progress: Callable[[int], None],
) -> int:  # fmt: skip
    """Write the files that became whole; gives how many."""
    written, old_size, old_root = 0, *old
    for position, leaf, _ in parts.store.log_entries(tiling.size, last.size):
        if position != tiling.size:
            raise AuditLogError(f"entry {tiling.size}: missing, expected one before entry {position}")
        _compare(tiling, old_size, old_root)
        for each in tiling.add(leaf):
            mirror.write(each.path, each.content)
            written += 1
            progress(audit.TILE_WIDTH if each.path.startswith(audit.ENTRIES) else 0)
    _compare(tiling, old_size, old_root)
    return written


def _compare(tiling: audit.Tiling, old_size: int, old_root: bytes | None) -> None:
    """Require, at the size of the old checkpoint, the root that it was signed over."""
    if tiling.size == old_size and old_root is not None and tiling.root() != old_root:
        raise AuditLogError(
            f"audit log: its first {old_size} entries are not those that were exported, expected the same"
        )


def _partial_paths(size: int) -> set[str]:
    """Give the paths of a log's partial files."""
    paths = set()
    for level, (count, part) in enumerate(audit.widths(size)):
        if part:
            paths.add(audit.hash_path(level, count // audit.TILE_WIDTH, part))
            if level == 0:
                paths.add(audit.entries_path(count // audit.TILE_WIDTH, part))
    return paths
