"""An installation keeps copies of its lists in its data folder, and a damaged one is an alarm, not a gap."""

from __future__ import annotations

from pathlib import Path

import pytest

from wardline import records, wiring
from wardline.pipeline import Wardline
from wardline.records import AlarmKind, BatchChange, HashKind, Insert, Load, Verb
from wardline.settings import Settings
from wardline.testing.copies_contract import LIST, Batches, value
from wardline.wiring.layout import create_installation

KNOWN = [records.Hash(kind=HashKind.PDQ, value=value(number).hex(), quality=100) for number in range(4)]


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """Settings of an installation with an active list, of which a copy is due at once."""
    monkeypatch.setattr("wardline.adapters.indexes.copies.most_changes", lambda size: 0)
    return installed(tmp_path, "[alarms]\nmin_free_bytes = 0\n")


def installed(folder: Path, text: str) -> Settings:
    made, batches = create_installation(folder, text), Batches()
    batches.tell(BatchChange.ADD, 0, 1, 2)
    [owner], loaded = batches.lists(), tuple(batches.of(LIST, 0))
    with wiring.open_installation(made) as opened:
        parts = opened.wardline.parts
        parts.store.commit(Insert(owner), Load(loaded), entries=[parts.entry(Verb.HASH_LIST_ADDED, LIST)])
    return made


def found(wardline: Wardline) -> list[bool]:
    wardline._lookup.refresh()
    return [bool(wardline._lookup.match((each,))) for each in KNOWN]


def held(wardline: Wardline) -> int:
    """Say up to which batch a copy holds what is searched."""
    [(_, volume)] = wardline._lookup._catalogue._shelf.volumes.values()
    return volume.copied


def test_the_next_start_is_from_a_copy_in_the_data_folder(settings: Settings) -> None:
    for copied in (0, 1):
        with wiring.open_installation(settings) as opened:
            assert found(opened.wardline) == [True, True, True, False]
            assert held(opened.wardline) == copied
        assert [path.suffix for path in (settings.data / "indexes").glob("hash*")] == [".0000000001"]


def test_a_service_goes_over_to_a_copy_although_nothing_changes(settings: Settings) -> None:
    with wiring.open_installation(settings) as opened:
        assert found(opened.wardline) == [True, True, True, False]
        copies = opened.wardline.parts.copies
        assert copies is not None
        copies.close()  # type: ignore[attr-defined]
        assert found(opened.wardline) == [True, True, True, False]
        assert held(opened.wardline) == 1


def test_a_damaged_copy_is_an_alarm_about_its_list_and_nothing_is_missed(settings: Settings) -> None:
    with wiring.open_installation(settings) as opened:
        found(opened.wardline)
    [path] = (settings.data / "indexes").glob("hash*")
    content = bytearray(path.read_bytes())
    content[8192] ^= 1
    path.write_bytes(content)
    with wiring.open_installation(settings) as opened:
        assert found(opened.wardline) == [True, True, True, False]
        [alarm] = opened.wardline.parts.store.open_alarms()
        assert (alarm.kind, alarm.subject_id) == (AlarmKind.COPY_FAILED, LIST)
        assert "section near is damaged" in alarm.message


@pytest.mark.parametrize("index", ["hamming", "brute"])
def test_other_indexes_leave_nothing_in_the_data_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, index: str
) -> None:
    monkeypatch.setattr("wardline.adapters.indexes.copies.most_changes", lambda size: 0)
    made = installed(tmp_path, f'[matching]\nindex = "{index}"\n')
    with wiring.open_installation(made) as opened:
        assert found(opened.wardline) == [True, True, True, False]
    assert not (made.data / "indexes").exists()
