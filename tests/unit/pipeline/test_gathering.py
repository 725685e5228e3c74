"""Where a case stands: the nearest leader, the same in every process and after a restart, and never two places for the same bytes."""

from __future__ import annotations

import secrets
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.unit.stores.databases import POSTGRES, SQLITE, new_database, open_engine
from wardline import records
from wardline.adapters.stores import SqlStore
from wardline.errors import AlreadyExistsError
from wardline.pipeline import gathering
from wardline.pipeline.leaders import Leaders
from wardline.pipeline.parts import Parts
from wardline.records import HashKind, Insert
from wardline.testing import store_records as make
from wardline.testing.harness import Line

_BITS = 256


@pytest.fixture
def line(tmp_path: Path) -> Iterator[Line]:
    with Line(tmp_path) as made:
        yield made


def item_of(pdq: int, *, sha256: str | None = None, quality: int = 90) -> records.Item:
    hashes = (
        records.Hash(kind=HashKind.SHA256, value=sha256 or secrets.token_hex(32)),
        records.Hash(kind=HashKind.PDQ, value=f"{pdq:064x}", quality=quality),
    )
    return make.item(hashes=hashes, matches=())


def away(pdq: int, bits: int, *, first: int = 0) -> int:
    """Turn so many bits over, from one of them on."""
    return pdq ^ (((1 << bits) - 1) << first)


def placed(parts: Parts, leaders: Leaders, item: records.Item) -> records.Case:
    case = make.case(item_ids=(item.id,))

    def commit(found: gathering.Placed) -> None:
        changes: list[Any] = [Insert(found.case), *found.changes]
        parts.store.commit(*changes, entries=[make.entry(), *found.entries], work=found.work)

    return gathering.open_in_place(parts, leaders, case, item, commit)


def test_the_radius_is_31_bits_from_the_leader_and_from_nobody_else(line: Line) -> None:
    leaders, leader = Leaders(line.parts), secrets.randbits(_BITS)
    first = placed(line.parts, leaders, item_of(leader))
    edge = placed(line.parts, leaders, item_of(away(leader, 31)))
    beyond = placed(line.parts, leaders, item_of(away(leader, 32)))
    chained = placed(line.parts, leaders, item_of(away(away(leader, 31), 31, first=100)))
    assert edge.cluster_id == first.cluster_id
    assert beyond.cluster_id != first.cluster_id
    assert chained.cluster_id not in (first.cluster_id, None)
    member = line.store.cluster_member(edge.id)
    assert member is not None
    assert member.distance_bits == 31


def test_of_several_leaders_the_nearest_counts_and_of_equal_ones_the_oldest(line: Line) -> None:
    leaders, middle = Leaders(line.parts), secrets.randbits(_BITS)
    far = placed(line.parts, leaders, item_of(away(middle, 30)))
    near = placed(line.parts, leaders, item_of(away(middle, 20, first=128)))
    assert far.cluster_id != near.cluster_id
    assert placed(line.parts, leaders, item_of(middle)).cluster_id == near.cluster_id
    between = away(away(middle, 5), 10, first=128)  # 25 from the first, 15 from the second
    assert placed(line.parts, leaders, item_of(between)).cluster_id == near.cluster_id


def test_a_restart_and_another_process_give_the_same_answer(line: Line) -> None:
    leaders, pdq = Leaders(line.parts), secrets.randbits(_BITS)
    first = placed(line.parts, leaders, item_of(pdq))
    others = [placed(line.parts, leaders, item_of(secrets.randbits(_BITS))) for _ in range(5)]
    again = Leaders(line.parts)
    assert placed(line.parts, again, item_of(away(pdq, 9))).cluster_id == first.cluster_id
    assert len(again) == 1 + len(others)


def test_a_poor_hash_leads_nobody_and_joins_nobody(line: Line) -> None:
    leaders, pdq = Leaders(line.parts), secrets.randbits(_BITS)
    poor = item_of(pdq, quality=49)
    first = placed(line.parts, leaders, poor)
    good = placed(line.parts, leaders, item_of(pdq, quality=50))
    same = placed(line.parts, leaders, replace(poor, id=make.new_id("item")))
    assert len({first.cluster_id, good.cluster_id, None}) == 3
    assert same.cluster_id == first.cluster_id


def test_a_file_without_a_digest_stands_alone(line: Line) -> None:
    bare = placed(line.parts, Leaders(line.parts), make.item(hashes=()))
    assert bare.cluster_id is None
    assert line.store.cluster_member(bare.id) is None


def test_a_refusal_that_is_no_race_is_not_tried_again(line: Line) -> None:
    item = item_of(secrets.randbits(_BITS))
    tries = 0

    def refuse(_: gathering.Placed) -> None:
        nonlocal tries
        tries += 1
        raise AlreadyExistsError("item: taken")

    with pytest.raises(AlreadyExistsError):
        gathering.open_in_place(line.parts, Leaders(line.parts), make.case(), item, refuse)
    assert tries == 1


@pytest.mark.parametrize("kind", [SQLITE, POSTGRES])
def test_the_same_bytes_at_the_same_moment_in_two_processes_end_in_one_cluster(
    kind: str, line: Line, tmp_path: Path
) -> None:
    address = new_database(kind, tmp_path)
    processes = 2 if kind == "postgres" else 1
    stores = [SqlStore(open_engine(kind, address), enqueue=lambda *_: None) for _ in range(processes)]
    many, gate = 8, threading.Barrier(8)
    pdq, digest = secrets.randbits(_BITS), secrets.token_hex(32)

    def one(number: int) -> str | None:
        parts = replace(line.parts, store=stores[number % processes])
        leaders = Leaders(parts)
        gate.wait()
        return placed(parts, leaders, item_of(pdq, sha256=digest)).cluster_id

    try:
        with ThreadPoolExecutor(many) as pool:
            found = set(pool.map(one, range(many)))
        assert len(found) == 1
        assert list(stores[0].count_members([str(each) for each in found], most=99).values()) == [many]
        assert list(stores[0].drifted()) == []
    finally:
        for store in stores:
            store.close()
