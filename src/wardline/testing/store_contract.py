"""The contract of ``ports.Store``, as tests. Subclass ``StoreContract`` and give it a store.

::

    class TestMyStore(StoreContract):
        @pytest.fixture
        def store(self, recorder: write_points.Recorder, queue: TaskQueue) -> Iterator[ports.Store]:
            store = MyStore(reached=recorder, enqueue=queue.add)
            yield store
            store.close()
"""
# ruff: noqa: S101 - a contract suite is tests, kept in the package so that plug-in authors can subclass it

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any, cast

import pytest

from wardline import ports, records
from wardline.errors import (
    AlreadyExistsError,
    ConflictError,
    IntegrityError,
    NotFoundError,
    StoreUnavailableError,
    VersionConflictError,
)
from wardline.records import Add, Insert, Load, Remove, Replace, Step, Task, Verb
from wardline.testing import store_records as make
from wardline.testing import write_points
from wardline.testing.store_contract_certificates import CertificatesContract
from wardline.testing.store_contract_clusters import ClustersContract
from wardline.testing.store_contract_complaints import ComplaintContract
from wardline.testing.store_contract_evidence import EvidenceContract
from wardline.testing.store_contract_filing import FilingContract
from wardline.testing.store_contract_finding import FindingContract
from wardline.testing.store_contract_lists import ListReadersContract
from wardline.testing.store_contract_log import LogContract
from wardline.testing.store_contract_opinions import OpinionsContract
from wardline.testing.store_contract_preservation import PreservationContract
from wardline.testing.store_contract_queue import QueueContract
from wardline.testing.store_contract_readers import ReadersContract
from wardline.testing.store_contract_schemas import SchemasContract
from wardline.testing.store_contract_several import SeveralContract
from wardline.testing.store_contract_sign_in import SignInContract
from wardline.testing.store_contract_targets import TargetsContract
from wardline.testing.store_contract_unseen import UnseenContract
from wardline.testing.store_contract_wellbeing import WellbeingContract

_DAY = make.NOON.date()
_THREADS = 16
_A_KEY = make.api_key()


class StoreContract(
    ReadersContract,
    QueueContract,
    UnseenContract,
    TargetsContract,
    SignInContract,
    ListReadersContract,
    SeveralContract,
    FindingContract,
    SchemasContract,
    FilingContract,
    ClustersContract,
    ComplaintContract,
    OpinionsContract,
    EvidenceContract,
    PreservationContract,
    CertificatesContract,
    WellbeingContract,
    LogContract,
):
    """What every store does."""

    @pytest.fixture
    def recorder(self) -> write_points.Recorder:
        """Give what the store must call at its write points."""
        return write_points.Recorder()

    @pytest.fixture
    def store(self, recorder: write_points.Recorder) -> ports.Store:
        """Give an empty store. Override it."""
        raise NotImplementedError

    def tasks(self, store: ports.Store) -> Sequence[Task]:
        """Give the work that the store has enqueued. Override it."""
        raise NotImplementedError

    # --- all or nothing ---------------------------------------------------------------------------------------------------------
    def test_a_commit_writes_all_of_its_changes(self, store: ports.Store) -> None:
        case, hold = make.case(), make.hold()
        task = Task(name="conclude", record_id=case.id)
        store.commit(
            Insert(case), Insert(hold), Add(Step.CASES_OPENED, _DAY), entries=[make.entry()], work=[task]
        )
        assert store.case(case.id) == case
        assert store.holds() == [hold]
        assert _count(store, Step.CASES_OPENED) == 1
        assert list(self.tasks(store)) == [task]

    @pytest.mark.parametrize("position", [0, 1, 2])
    def test_one_refused_change_leaves_nothing_of_its_commit(self, store: ports.Store, position: int) -> None:
        taken = make.user()
        store.commit(Insert(taken), entries=[make.entry()])
        hash_list, case = make.hash_list(), make.case()
        changes: list[records.Change] = [Insert(hash_list), Insert(case)]
        changes.insert(position, Insert(make.user(name=taken.name)))
        task = Task(name="conclude", record_id=case.id)
        with pytest.raises(AlreadyExistsError):
            store.commit(*changes, Add(Step.CASES_OPENED, _DAY), entries=[make.entry()], work=[task])
        with pytest.raises(NotFoundError):
            store.case(case.id)
        assert store.hash_lists() == []
        assert store.users() == [taken]
        assert _count(store, Step.CASES_OPENED) == 0
        assert not self.tasks(store)
        store.commit(Insert(hash_list), entries=[make.entry()])

    @pytest.mark.parametrize(
        "change",
        [
            pytest.param(lambda _: Insert(make.case()), id="insert"),
            pytest.param(lambda case: Replace(replace(case, version=2)), id="replace"),
            pytest.param(lambda case: Remove(records.Case, case.id), id="remove"),
            pytest.param(lambda _: Load((make.hash_batch(),)), id="load"),
        ],
    )
    def test_no_entry_no_action(
        self, store: ports.Store, change: Callable[[records.Case], records.Change]
    ) -> None:
        case = make.case()
        store.commit(Insert(case), entries=[make.entry()])
        with pytest.raises(IntegrityError):
            store.commit(change(case), Add(Step.CASES_OPENED, _DAY), entries=[])
        assert store.cases() == [case]
        assert _count(store, Step.CASES_OPENED) == 0

    def test_counts_and_keys_may_come_without_an_entry(self, store: ports.Store) -> None:
        key = records.Remembered(key_digest="a1", body_digest="b1", expires_at=make.later(1))
        store.commit(Add(Step.ITEMS_RECEIVED, _DAY, 3), key, Add(Step.ITEMS_RECEIVED, _DAY), entries=[])
        assert _count(store, Step.ITEMS_RECEIVED) == 4
        assert store.remembered("a1") == key

    def test_an_entry_may_come_without_a_change(self, store: ports.Store) -> None:
        store.commit(entries=[make.entry(Verb.COUNTS_LOGGED, "counts")])
        assert self.sequence_all(store) == 1

    def test_so_many_changes_as_the_background_commits_at_once_are_written_together(
        self, store: ports.Store
    ) -> None:
        assert store.changes_at_once >= 2
        cases = [make.case() for _ in range(store.changes_at_once)]
        store.commit(*map(Insert, cases), entries=[make.entry()])
        assert len(store.several_cases([each.id for each in cases])) == store.changes_at_once

    def test_a_closed_store_takes_no_commit(self, store: ports.Store) -> None:
        store.close()
        with pytest.raises(StoreUnavailableError):
            store.commit(entries=[make.entry()])
        store.close()

    # --- records ----------------------------------------------------------------------------------------------------------------
    @pytest.mark.parametrize("record", make.one_of_each(), ids=lambda record: type(record).__name__)
    def test_every_kind_of_record_is_stored_once_and_can_be_removed(
        self, store: ports.Store, record: Any
    ) -> None:
        store.commit(Insert(record), entries=[make.entry()])
        with pytest.raises(AlreadyExistsError):
            store.commit(Insert(record), entries=[make.entry()])
        assert list(store.drifted()) == []
        store.commit(Remove(type(record), record.id), entries=[make.entry()])
        store.commit(Remove(type(record), record.id), entries=[make.entry()])
        store.commit(Insert(record), entries=[make.entry()])

    def test_text_that_databases_find_hard_comes_back_as_it_was(self, store: ports.Store) -> None:
        alarm = make.alarm(message="100% of 'quoted' \"text\" \\ _ ✎ 𝄞", undelivered=("%", '"', "\\"))
        store.commit(Insert(alarm), entries=[make.entry(detail="ünïcode ✎")])
        assert store.alarm(alarm.id) == alarm

    def test_a_replacement_takes_the_place_of_the_version_before(self, store: ports.Store) -> None:
        case = make.case()
        store.commit(Insert(case), entries=[make.entry()])
        claimed = replace(case, claimed_by="user-1", lease_until=make.later(5), version=2)
        store.commit(Replace(claimed), entries=[make.entry(Verb.CASE_CLAIMED)])
        assert store.case(case.id) == claimed

    @pytest.mark.parametrize("version", [1, 3, 7])
    def test_a_replacement_of_another_version_conflicts(self, store: ports.Store, version: int) -> None:
        case = make.case()
        store.commit(Insert(case), entries=[make.entry()])
        with pytest.raises(VersionConflictError):
            store.commit(Replace(replace(case, restricted=False, version=version)), entries=[make.entry()])
        assert store.case(case.id) == case

    def test_a_replacement_of_what_is_not_stored_conflicts(self, store: ports.Store) -> None:
        with pytest.raises(VersionConflictError):
            store.commit(Replace(make.case(version=2)), entries=[make.entry()])

    def test_of_many_replacements_all_are_made_or_none(self, store: ports.Store) -> None:
        cases = [make.case() for _ in range(5)]
        store.commit(*map(Insert, cases), entries=[make.entry()])
        changes = [
            {"restricted": False},
            {"claimed_by": "user-1", "lease_until": make.later(5)},
            {"account_reference": "other"},
        ]
        again = [replace(case, version=2, **changes[number % 3]) for number, case in enumerate(cases)]  # type: ignore[arg-type]
        store.commit(*map(Replace, again), entries=[make.entry()])
        assert [store.case(each.id) for each in cases] == again
        late = [
            *(replace(each, version=3, state=records.CaseState.CLOSED) for each in again[:4]),
            replace(again[4], version=2),
        ]
        with pytest.raises(VersionConflictError):
            store.commit(*map(Replace, late), entries=[make.entry()])
        assert [store.case(each.id) for each in cases] == again
        twice = [replace(again[0], version=version) for version in (3, 4)]
        store.commit(*map(Replace, twice), entries=[make.entry()])
        assert store.case(again[0].id) == twice[1]
        assert list(store.drifted()) == []

    def test_changes_of_one_commit_follow_each_other(self, store: ports.Store) -> None:
        case, key = (
            make.case(),
            records.Remembered(key_digest="a1", body_digest="b1", expires_at=make.later(1)),
        )
        changed = replace(case, restricted=False, version=2)
        store.commit(Insert(case), Replace(changed), key, entries=[make.entry()])
        store.commit(Remove(records.Remembered, "a1"), replace(key, body_digest="b2"), entries=[])
        assert store.case(case.id) == changed
        assert cast("records.Remembered", store.remembered("a1")).body_digest == "b2"
        assert list(store.drifted()) == []

    def test_loaded_records_are_all_there(self, store: ports.Store) -> None:
        batches = tuple(make.hash_batch(list_id="hash-list-1", number=number) for number in range(1, 701))
        store.commit(Load(batches), entries=[make.entry(Verb.HASH_LIST_ADDED, "hash-list-1")])
        assert tuple(store.batches_of("hash-list-1", after=0)) == batches
        with pytest.raises(AlreadyExistsError):
            store.commit(Load((make.hash_batch(), batches[0])), entries=[make.entry()])

    # --- what is unique ---------------------------------------------------------------------------------------------------------
    @pytest.mark.parametrize(
        ("first", "second"),
        [
            pytest.param(make.user(name="kim"), make.user(name="kim"), id="user name"),
            pytest.param(make.hash_list(name="X"), make.hash_list(name="X"), id="hash list name"),
            pytest.param(_A_KEY, make.api_key(secret_digest=_A_KEY.secret_digest), id="key"),
            pytest.param(make.referral(decision_id="d-1"), make.referral(decision_id="d-1"), id="decision"),
            pytest.param(make.receipt(referral_id="r-1"), make.receipt(referral_id="r-1"), id="receipt"),
            pytest.param(make.alarm(subject_id="disk"), make.alarm(subject_id="disk"), id="open alarm"),
            pytest.param(
                records.Remembered(key_digest="k", body_digest="1", expires_at=make.NOON),
                records.Remembered(key_digest="k", body_digest="2", expires_at=make.NOON),
                id="idempotency key",
            ),
        ],
    )
    def test_what_is_unique_is_taken_once(self, store: ports.Store, first: Any, second: Any) -> None:
        def written(record: Any) -> records.Change:
            return record if isinstance(record, records.Remembered) else Insert(record)

        store.commit(written(first), entries=[make.entry()])
        with pytest.raises(AlreadyExistsError):
            store.commit(written(second), entries=[make.entry()])
        if not isinstance(first, records.Remembered):
            store.commit(Remove(type(first), first.id), Insert(second), entries=[make.entry()])

    def test_a_resolved_alarm_makes_room_for_the_next(self, store: ports.Store) -> None:
        first = make.alarm(subject_id="disk")
        store.commit(Insert(first), entries=[make.entry()])
        store.commit(Replace(replace(first, resolved_at=make.later(1), version=2)), entries=[make.entry()])
        second = make.alarm(subject_id="disk")
        store.commit(Insert(second), entries=[make.entry()])
        assert store.open_alarms() == [second]
        with pytest.raises(AlreadyExistsError):
            store.commit(Replace(replace(first, version=3)), entries=[make.entry()])

    # --- many at once -----------------------------------------------------------------------------------------------------------
    def test_of_many_who_claim_one_case_exactly_one_wins(self, store: ports.Store) -> None:
        case = make.case()
        store.commit(Insert(case), entries=[make.entry()])

        def claim(number: int) -> str | None:
            claimed = replace(case, claimed_by=f"user-{number}", lease_until=make.later(5), version=2)
            try:
                store.commit(Replace(claimed), entries=[make.entry(Verb.CASE_CLAIMED, case.id)])
            except ConflictError:
                return None
            return claimed.claimed_by

        winners = [name for name in _all_at_once(claim) if name]
        assert winners == [store.case(case.id).claimed_by]

    def test_of_many_who_take_one_name_exactly_one_wins(self, store: ports.Store) -> None:
        def register(number: int) -> bool:
            try:
                store.commit(
                    Insert(make.user(name="kim")), Add(Step.REVEALS, _DAY, number), entries=[make.entry()]
                )
            except AlreadyExistsError:
                return False
            return True

        won = _all_at_once(register)
        assert won.count(True) == 1
        assert len(store.users()) == 1
        assert _count(store, Step.REVEALS) == won.index(True)

    def test_commits_from_many_threads_are_all_there_and_all_told_of(self, store: ports.Store) -> None:
        def work(_: int) -> list[str]:
            cases = [make.case() for _ in range(10)]
            for case in cases:
                task = Task(name="conclude", record_id=case.id)
                store.commit(
                    Insert(case),
                    Add(Step.CASES_OPENED, _DAY),
                    entries=[make.entry(subject_id=case.id)],
                    work=[task],
                )
                store.commit(
                    Replace(replace(case, restricted=False, version=2)),
                    entries=[make.entry(subject_id=case.id)],
                )
            return [case.id for case in cases]

        opened = {case_id for ids in _all_at_once(work) for case_id in ids}
        assert {case.id for case in store.cases(most=1000) if case.version == 2} == opened
        assert len(opened) == _THREADS * 10 == _count(store, Step.CASES_OPENED)
        assert {task.record_id for task in self.tasks(store)} == opened
        assert self.sequence_all(store) == 2 * len(opened)
        assert list(store.drifted()) == []

    # --- work and write points --------------------------------------------------------------------------------------------------
    def test_a_queue_in_which_work_waits_may_hold_work(self, store: ports.Store) -> None:
        task = Task(name="refer", record_id="referral-1")
        store.commit(entries=[make.entry()], work=[task])
        assert store.may_hold_work(task.queue)

    def test_of_a_queue_the_work_whose_turn_is_next_is_known(self, store: ports.Store) -> None:
        tasks = [Task(name="refer", record_id=f"referral-{number}") for number in range(3)]
        later = replace(tasks[0], attempt=1, not_before=make.later(10**6))
        assert store.first_work("wardline-filing") is None
        store.commit(entries=[make.entry()], work=[later])
        assert store.first_work("wardline-filing") is None
        for task in tasks:
            store.commit(entries=[make.entry()], work=[task])
        assert store.first_work("wardline-filing") == "refer:referral-0:0"
        assert store.first_work("wardline-clusters") is None
        assert store.taken_work(make.NOON, most=5) == {}
        assert store.ended_work(make.NOON, most=5) == []

    def test_the_same_work_is_enqueued_once(self, store: ports.Store) -> None:
        task = Task(name="refer", record_id="referral-1")
        again = Task(name="refer", record_id="referral-1", attempt=1, not_before=make.NOON)
        for _ in range(3):
            store.commit(entries=[make.entry()], work=[task, task])
        store.commit(entries=[make.entry()], work=[again])
        assert [(each.name, each.record_id, each.attempt) for each in self.tasks(store)] == [
            ("refer", "referral-1", 0),
            ("refer", "referral-1", 1),
        ]

    def test_a_commit_passes_its_write_points_in_order(
        self, store: ports.Store, recorder: write_points.Recorder
    ) -> None:
        store.commit(
            Insert(make.case()), entries=[make.entry(Verb.CASE_OPENED), make.entry(Verb.ACTION_TAKEN)]
        )
        store.commit(Add(Step.ITEMS_RELEASED, _DAY), entries=[])
        assert recorder.names == (
            "store:before-commit:case:opened",
            "store:after-commit:case:opened",
            "store:before-commit:counts",
            "store:after-commit:counts",
        )


def _count(store: ports.Store, step: Step) -> int:
    return sum(count.count for count in store.counts(_DAY, _DAY) if count.step is step)


def _all_at_once(run: Callable[[int], Any]) -> list[Any]:
    """Run something in many threads that start together; gives the results by thread."""
    start = threading.Barrier(_THREADS)

    def wait_and_run(number: int) -> Any:
        start.wait()
        return run(number)

    with ThreadPoolExecutor(_THREADS) as pool:
        return list(pool.map(wait_and_run, range(_THREADS)))
