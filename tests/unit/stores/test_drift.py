"""Whoever changes a record behind the store's back is found out."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import sqlalchemy as sa

from tests.unit.stores import databases
from wardline import records
from wardline.adapters import stores
from wardline.adapters.stores import tables
from wardline.errors import IntegrityError
from wardline.records import Insert, Load, Remove, Replace, Verb
from wardline.testing import store_records as make

_EDIT_CASES = "UPDATE cases SET "


@pytest.fixture(params=[databases.SQLITE, databases.POSTGRES])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[stores.SqlStore]:
    address = databases.new_database(request.param, tmp_path)
    opened = stores.SqlStore(databases.open_engine(request.param, address))
    yield opened
    opened.close()


def edit(store: stores.SqlStore, statement: str, **values: object) -> int:
    """Change the database as somebody with its password would; gives the number of rows."""
    with store.engine.begin() as connection:
        return connection.execute(sa.text(statement), values).rowcount


@pytest.mark.parametrize("made", make.one_of_each(), ids=lambda record: type(record).__name__)
def test_an_edited_record_has_drifted_whatever_its_kind(store: stores.SqlStore, made: records.Case) -> None:
    name = tables.BY_TYPE[type(made)].name
    store.commit(Insert(made), entries=[make.entry()])
    with store.engine.begin() as connection:
        column = next(
            each["name"]
            for each in sa.inspect(connection).get_columns(name)
            if each["name"] != "id" and isinstance(each["type"], sa.Text)
        )
        connection.execute(sa.update(sa.table(name, sa.column(column))).values({column: "edited"}))
    (drifted,) = store.drifted()
    assert drifted.endswith(f":{made.id}")


def test_an_earlier_version_put_back_has_drifted(store: stores.SqlStore) -> None:
    case = make.case()
    store.commit(Insert(case), entries=[make.entry()])
    store.commit(Replace(replace(case, restricted=False, version=2)), entries=[make.entry()])
    assert edit(store, "UPDATE cases SET restricted = :value, version = 1", value=True) == 1
    assert list(store.drifted()) == [f"case:{case.id}"]


def test_a_record_that_vanished_has_drifted(store: stores.SqlStore) -> None:
    cases = [make.case() for _ in range(3)]
    store.commit(*map(Insert, cases), entries=[make.entry()])
    assert edit(store, "DELETE FROM cases WHERE id = :id", id=cases[1].id) == 1
    assert list(store.drifted()) == [f"case:{cases[1].id}"]


def test_a_record_that_came_back_after_its_removal_has_drifted(store: stores.SqlStore) -> None:
    user = make.user()
    store.commit(Insert(user), entries=[make.entry()])
    edit(store, "CREATE TABLE kept AS SELECT * FROM users")
    store.commit(Remove(records.User, user.id), entries=[make.entry()])
    edit(store, "INSERT INTO users SELECT * FROM kept")
    assert list(store.drifted()) == [f"user:{user.id}"]


def test_a_record_that_no_entry_tells_of_has_drifted(store: stores.SqlStore) -> None:
    user = make.user()
    store.commit(Insert(user), entries=[make.entry()])
    edit(store, "CREATE TABLE forged AS SELECT * FROM users")
    edit(store, "UPDATE forged SET id = 'user-forged', name = 'forged'")
    edit(store, "INSERT INTO users SELECT * FROM forged")
    assert list(store.drifted()) == ["user:user-forged"]


def test_one_edited_entry_among_many_that_were_loaded_is_named(store: stores.SqlStore) -> None:
    loaded = tuple(make.hash_batch() for _ in range(50))
    store.commit(Load(loaded), entries=[make.entry()])
    store.commit(Remove(records.HashBatch, loaded[3].id), entries=[make.entry()])
    edit(store, "UPDATE hash_batches SET number = 99 WHERE id = :id", id=loaded[7].id)
    edit(store, "DELETE FROM hash_batches WHERE id = :id", id=loaded[9].id)
    assert set(store.drifted()) == {f"hash-batch:{loaded[number].id}" for number in (7, 9)}


def test_the_digests_of_a_load_cannot_be_edited_along(store: stores.SqlStore) -> None:
    store.commit(Load((make.hash_batch(),)), entries=[make.entry()])
    edit(store, "UPDATE audit_loads SET digest = 'edited'")
    assert any(name.startswith("load:") for name in store.drifted())


def test_an_entry_that_is_no_longer_readable_vouches_for_nothing(store: stores.SqlStore) -> None:
    case = make.case()
    store.commit(Insert(case), entries=[make.entry()])
    edit(store, "UPDATE audit_entries SET leaf = :leaf", leaf=b"not json")
    assert list(store.drifted()) == [f"case:{case.id}"]


def test_a_record_whose_salt_was_erased_is_not_checked_any_more(store: stores.SqlStore) -> None:
    store.commit(Insert(make.case()), entries=[make.entry()])
    edit(store, "UPDATE audit_entries SET salt = NULL")
    edit(store, "UPDATE cases SET version = 9")
    assert list(store.drifted()) == []


def test_unlinking_erases_the_salts_of_what_was_logged_before(store: stores.SqlStore) -> None:
    item, case, other = make.item(), make.case(), make.case()
    store.commit(Insert(item), entries=[make.entry(Verb.ITEM_ROUTED, item.id)])
    store.commit(Insert(case), Insert(other), entries=[make.entry(subject_id=case.id)])
    store.commit(Insert(make.case()), entries=[make.entry(subject_id=other.id)])
    store.commit(
        Replace(replace(item, account_reference="", context=None, version=2)),
        Replace(replace(case, account_reference="", version=2)),
        entries=[make.entry(Verb.ACCOUNT_UNLINKED, case.id)],
    )
    with store.engine.connect() as connection:
        salts = connection.exec_driver_sql("SELECT salt FROM audit_entries ORDER BY ordinal").scalars().all()
    assert [salt is None for salt in salts] == [True, True, False, False]
    assert list(store.drifted()) == []


def test_a_row_that_is_no_record_is_an_integrity_error(store: stores.SqlStore) -> None:
    case = make.case()
    store.commit(Insert(case), entries=[make.entry()])
    for edited in (
        "state = 'edited'",
        "item_ids = '[1]'",
        "reasons = 'not json'",
        "item_ids = '[]'",
    ):
        edit(store, _EDIT_CASES + edited)
        with pytest.raises(IntegrityError, match=f"case {case.id}: "):
            store.case(case.id)


def test_values_of_another_type_in_sqlite_are_drift_and_not_a_crash(tmp_path: Path) -> None:
    store = stores.SqlStore(databases.open_engine("sqlite", databases.new_database("sqlite", tmp_path)))
    receipt, case = make.receipt(), make.case()
    store.commit(Insert(receipt), Insert(case), entries=[make.entry()])
    edit(store, "UPDATE receipts SET body = 'text', received_at = 'yesterday'")
    edit(store, "UPDATE cases SET version = 'one', opened_at = 12")
    assert set(store.drifted()) == {f"receipt:{receipt.id}", f"case:{case.id}"}
    with pytest.raises(IntegrityError):
        store.case(case.id)
    store.close()
