"""Near files stand together: the cluster of a case is chosen when it is opened, and stored with it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from wardline import matching, records
from wardline.errors import AlreadyExistsError
from wardline.pipeline.leaders import Leaders
from wardline.pipeline.parts import Parts
from wardline.records import CLUSTER_RADIUS_BITS, HashKind, Insert, Remove, Replace, Task, Verb


@dataclass(frozen=True, slots=True, kw_only=True)
class Placed:
    """A case with its place, and what has to be committed with it."""

    case: records.Case
    changes: tuple[records.Change, ...] = ()
    entries: tuple[records.Entry, ...] = ()
    work: tuple[Task, ...] = ()
    founded: records.Cluster | None = None
    file: records.ClusterFile | None = None
    """The file that is new to the store, which another process may add at the same moment; None for a known one."""


Commit = Callable[[Placed], None]


def open_in_place(
    parts: Parts, leaders: Leaders | None, case: records.Case, item: records.Item, commit: Commit
) -> records.Case:
    """Find the place of a new case and commit both together.

    Two processes may open cases about identical files at the same moment. The store takes one of them; the other looks again and joins.

    Args:
        parts: The installation's.
        leaders: To join near files; None to join identical ones only.
        case: A new one.
        item: Its first file.
        commit: Writes the case and everything else; called again when it raised ``AlreadyExistsError`` for the lost race.
    """
    while True:
        placed = _place(parts, leaders, case, item)
        try:
            commit(placed)
        except AlreadyExistsError:
            if placed.file is None or parts.store.cluster_file(placed.file.sha256) is None:
                raise  # something else was there before
            continue
        if placed.founded is not None and leaders is not None:
            leaders.learn(placed.founded)
        return placed.case


def _place(parts: Parts, leaders: Leaders | None, case: records.Case, item: records.Item) -> Placed:
    digest = _value_of(item, HashKind.SHA256)
    if digest is None:
        return Placed(case=case)
    known = parts.store.cluster_file(digest)
    if known is not None:
        return _join(parts, case, item, parts.store.cluster(known.cluster_id), known, is_new=False)
    if leaders is None:
        return Placed(case=case)
    pdq = _good_pdq(item)
    for cluster in _near(parts, leaders, pdq):
        file = records.ClusterFile(id=parts.new_id("cluster-file"), cluster_id=cluster.id, sha256=digest)
        return _join(parts, case, item, cluster, file, is_new=True)
    return _found(parts, case, item, pdq, digest)


def _near(parts: Parts, leaders: Leaders, pdq: str | None) -> Iterator[records.Cluster]:
    if pdq is None:
        return
    for _, cluster_id in leaders.near(pdq):
        cluster = parts.store.cluster(cluster_id)
        if cluster.pdq is not None:  # not forgotten since
            yield cluster


def _found(parts: Parts, case: records.Case, item: records.Item, pdq: str | None, digest: str) -> Placed:
    cluster = records.Cluster(id=parts.new_id("cluster"), opened_at=parts.now(), pdq=pdq)
    file = records.ClusterFile(id=parts.new_id("cluster-file"), cluster_id=cluster.id, sha256=digest)
    placed = _join(parts, case, item, cluster, file, is_new=True)
    return replace(
        placed, changes=(Insert(cluster), *placed.changes), founded=cluster,
        entries=(parts.entry(Verb.CLUSTER_OPENED, cluster.id, detail=case.id),),
    )  # fmt: skip


def _join(
    parts: Parts, case: records.Case, item: records.Item, cluster: records.Cluster, file: records.ClusterFile, *, is_new: bool
) -> Placed:  # fmt: skip
    member = records.ClusterMember(
        id=parts.new_id("cluster-member"), cluster_id=cluster.id, file_id=file.id, case_id=case.id, joined_at=parts.now(),
        distance_bits=_distance_bits(_value_of(item, HashKind.PDQ), cluster.pdq),
    )  # fmt: skip
    follows = not is_new or parts.store.standing_spread(cluster.id) is not None
    return Placed(
        case=replace(case, cluster_id=cluster.id),
        changes=(*((Insert(file),) if is_new else ()), Insert(member)),
        work=(Task(name="follow", record_id=case.id),) if follows else (),
        file=file if is_new else None,
    )


def forget(parts: Parts, case: records.Case) -> tuple[list[records.Change], list[records.Entry]]:
    """Make what takes the hashes of a case out of its cluster that is about to be unlinked, as far as no other case needs them.

    The digest goes with the last linked case about the file, and the leader's hash with the last one of the cluster.
    """
    member, store = parts.store.cluster_member(case.id), parts.store
    if member is None:
        return [], []
    changes: list[records.Change] = []
    if not store.is_linked(cluster_id=member.cluster_id, file_id=member.file_id, besides=case.id):
        changes.append(Remove(records.ClusterFile, member.file_id))
    cluster = store.cluster(member.cluster_id)
    if cluster.pdq is not None and not store.is_linked(cluster_id=cluster.id, besides=case.id):
        changes.append(Replace(replace(cluster, pdq=None, version=cluster.version + 1)))
    return changes, [parts.entry(Verb.CLUSTER_FORGOTTEN, cluster.id, detail=case.id)] if changes else []


def _good_pdq(item: records.Item) -> str | None:
    """Give the perceptual hash, if it says enough about its picture: those of one colour are all near each other."""
    for each in item.hashes:
        if each.kind is HashKind.PDQ and (each.quality or 0) >= matching.MIN_PDQ_QUALITY:
            return each.value
    return None


def _value_of(item: records.Item, kind: HashKind) -> str | None:
    return next((each.value for each in item.hashes if each.kind is kind), None)


def _distance_bits(one: str | None, other: str | None) -> int:
    if one is None or other is None:
        return 0
    # An identical file joins whatever its hash is; a later decoder may see it a little differently.
    return min((int(one, 16) ^ int(other, 16)).bit_count(), CLUSTER_RADIUS_BITS)
