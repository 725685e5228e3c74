"""The part of the store's contract that is about the audit log."""
# ruff: noqa: S101 - a contract suite is tests, kept in the package so that plug-in authors can subclass it

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

import pytest

from wardline import ports, records
from wardline.errors import AuditLogError
from wardline.records import Insert, Load, Remove, Replace, Verb
from wardline.testing import store_records as make

_MOST_LEAF_BYTES = 65_535


class LogContract:
    """Entries, positions, checkpoints and drift."""

    def sequence_all(self, store: ports.Store, *, most: int = 10_000) -> int:
        """Give every new entry its position, with a stand-in for the signature; gives how many."""
        total = 0
        while given := store.sequence(_Signer(store), most=most):
            total += given
        return total

    def leaves(self, store: ports.Store) -> list[dict[str, Any]]:
        """Give the content of every sequenced entry."""
        return [json.loads(leaf) for _, leaf, _ in store.log_entries(0, store.log_size())]

    def test_an_empty_log_has_no_size_and_no_checkpoint(self, store: ports.Store) -> None:
        assert store.log_size() == 0
        assert store.last_checkpoint() is None
        assert list(store.checkpoints()) == []
        assert self.sequence_all(store) == 0
        assert store.last_checkpoint() is None

    def test_entries_are_logged_in_the_order_of_their_commits(self, store: ports.Store) -> None:
        for number in range(5):
            store.commit(entries=[make.entry(subject_id=f"a-{number}"), make.entry(subject_id=f"b-{number}")])
        assert store.log_size() == 0
        assert self.sequence_all(store) == 10
        assert store.log_size() == 10
        expected = [f"{letter}-{number}" for number in range(5) for letter in "ab"]
        assert [leaf["subject"] for leaf in self.leaves(store)] == expected

    def test_a_leaf_says_what_happened_and_holds_no_record(self, store: ports.Store) -> None:
        item = make.item(account_reference="account-to-keep-secret")
        told = make.entry(Verb.ITEM_ROUTED, item.id, actor="user-1", detail="act at once")
        store.commit(Insert(item), entries=[told])
        self.sequence_all(store)
        ((position, leaf, leaf_hash),) = store.log_entries(0, 1)
        content = json.loads(leaf)
        assert position == 0
        assert leaf_hash == hashlib.sha256(b"\x00" + leaf).digest()
        assert set(content) == {"actor", "at", "detail", "digests", "id", "subject", "verb"}
        assert (content["verb"], content["subject"]) == ("item:routed", item.id)
        assert (content["actor"], content["detail"]) == ("user-1", "act at once")
        assert set(content["digests"]) == {f"item:{item.id}"}
        assert b"account-to-keep-secret" not in leaf

    def test_each_change_is_told_by_the_entry_about_it(self, store: ports.Store) -> None:
        case, decision, hold = make.case(), make.decision(), make.hold()
        entries = [make.entry(Verb.CASE_DECIDED, case.id), make.entry(Verb.ACTION_TAKEN, decision.id)]
        store.commit(Insert(hold), Insert(decision), Insert(case), entries=entries)
        store.commit(Remove(records.Hold, hold.id), entries=[make.entry(Verb.HOLD_ENDED, hold.id)])
        self.sequence_all(store)
        first, second, third = (leaf["digests"] for leaf in self.leaves(store))
        assert set(first) == {f"case:{case.id}", f"hold:{hold.id}"}
        assert set(second) == {f"decision:{decision.id}"}
        assert third == {f"hold:{hold.id}": "removed"}

    def test_entries_about_a_record_are_found_newest_first(self, store: ports.Store) -> None:
        store.commit(entries=[make.entry(subject_id=f"case-{number % 2}") for number in range(5)])
        assert store.log_positions_of("case-0", most=9) == []
        self.sequence_all(store)
        store.commit(entries=[make.entry(subject_id="case-0")])
        assert store.log_positions_of("case-0", most=9) == [4, 2, 0]
        assert store.log_positions_of("case-0", most=2) == [4, 2]
        assert store.log_positions_of("case-0", before=4, most=9) == [2, 0]
        assert store.log_positions_of("case-0", before=0, most=9) == []
        assert store.log_positions_of("case-7", most=9) == []

    def test_the_same_record_has_another_digest_each_time(self, store: ports.Store) -> None:
        user = make.user()
        for _ in range(2):
            store.commit(Insert(user), entries=[make.entry()])
            store.commit(Remove(records.User, user.id), entries=[make.entry()])
        self.sequence_all(store)
        digests = [leaf["digests"][f"user:{user.id}"] for leaf in self.leaves(store)]
        assert digests[0] != digests[2]

    def test_a_commit_of_many_records_keeps_every_leaf_small(self, store: ports.Store) -> None:
        alarms = [make.alarm() for _ in range(1500)]
        store.commit(*map(Insert, alarms), entries=[make.entry(detail="✎" * 500)])
        assert self.sequence_all(store) > 1
        assert all(len(leaf) <= _MOST_LEAF_BYTES for _, leaf, _ in store.log_entries(0, 100))
        told = [key for leaf in self.leaves(store) for key in leaf["digests"]]
        assert sorted(told) == sorted(f"alarm:{alarm.id}" for alarm in alarms)
        assert list(store.drifted()) == []

    def test_loaded_records_share_one_digest(self, store: ports.Store) -> None:
        loaded = tuple(make.hash_batch() for _ in range(900))
        store.commit(Load(loaded), entries=[make.entry(Verb.HASH_LIST_ADDED)])
        self.sequence_all(store)
        (leaf,) = self.leaves(store)
        assert len(leaf["digests"]) == 1
        assert list(store.drifted()) == []
        store.commit(Remove(records.HashBatch, loaded[5].id), entries=[make.entry()])
        assert list(store.drifted()) == []

    def test_the_signer_gets_the_new_leaves_and_its_checkpoint_is_kept(self, store: ports.Store) -> None:
        signer = _Signer(store)
        store.commit(entries=[make.entry(), make.entry()])
        assert store.sequence(signer) == 2
        store.commit(entries=[make.entry()])
        assert store.sequence(signer) == 1
        assert store.sequence(signer) == 0
        assert [len(leaves) for leaves in signer.seen] == [2, 1]
        logged = [leaf for _, leaf, _ in store.log_entries(0, 3)]
        assert logged == [leaf for leaves in signer.seen for leaf in leaves]
        assert list(store.checkpoints()) == signer.signed
        assert store.last_checkpoint() == signer.signed[-1]

    def test_a_batch_of_entries_is_as_big_as_asked(self, store: ports.Store) -> None:
        store.commit(entries=[make.entry(subject_id=f"a-{number}") for number in range(25)])
        assert self.sequence_all(store, most=10) == 25
        assert [checkpoint.size for checkpoint in store.checkpoints()] == [10, 20, 25]
        assert [leaf["subject"] for leaf in self.leaves(store)] == [f"a-{number}" for number in range(25)]

    def test_a_part_of_the_log_is_given_by_position(self, store: ports.Store) -> None:
        store.commit(entries=[make.entry() for _ in range(5)])
        self.sequence_all(store)
        assert [position for position, _, _ in store.log_entries(1, 4)] == [1, 2, 3]
        assert [position for position, _, _ in store.log_entries(3, 99)] == [3, 4]
        assert list(store.log_entries(5, 9)) == []

    def test_single_entries_and_bare_hashes_are_those_of_the_log(self, store: ports.Store) -> None:
        store.commit(entries=[make.entry() for _ in range(5)])
        assert store.log_entries_at([0, 1]) == []
        self.sequence_all(store)
        every = list(store.log_entries(0, 5))
        assert store.log_entries_at([3, 0, 3, 7]) == [every[0], every[3]]
        assert store.log_entries_at([]) == []
        assert store.log_entries_at(range(2000)) == every
        assert list(store.log_hashes(1, 9)) == [leaf_hash for _, _, leaf_hash in every[1:]]

    def test_when_signing_fails_nothing_was_sequenced(self, store: ports.Store) -> None:
        def fail(_: Sequence[bytes]) -> records.Checkpoint:
            raise RuntimeError("no key")

        store.commit(entries=[make.entry()])
        with pytest.raises(RuntimeError, match="no key"):
            store.sequence(fail)
        assert store.log_size() == 0
        assert self.sequence_all(store) == 1

    def test_a_checkpoint_over_another_number_of_entries_is_refused(self, store: ports.Store) -> None:
        def sign(_: Sequence[bytes]) -> records.Checkpoint:
            return records.Checkpoint(size=7, root=b"r" * 32, note="", at=make.NOON)

        store.commit(entries=[make.entry()])
        with pytest.raises(AuditLogError):
            store.sequence(sign)
        assert store.log_size() == 0
        assert store.last_checkpoint() is None

    def test_sequencers_that_meet_give_every_entry_one_position(self, store: ports.Store) -> None:
        def commit_some(number: int) -> int:
            for step in range(10):
                store.commit(entries=[make.entry(subject_id=f"s-{number}-{step}")])
                store.sequence(_Signer(store))
            return 10

        with ThreadPoolExecutor(8) as pool:
            committed = sum(pool.map(commit_some, range(8)))
        self.sequence_all(store)
        positions = [position for position, _, _ in store.log_entries(0, 10_000)]
        assert positions == list(range(committed))
        assert len({leaf["subject"] for leaf in self.leaves(store)}) == committed

    # --- drift ------------------------------------------------------------------------------------------------------------------
    def test_records_that_were_only_committed_have_not_drifted(self, store: ports.Store) -> None:
        made = make.one_of_each()
        store.commit(*map(Insert, made), entries=[make.entry()])
        case = next(record for record in made if isinstance(record, records.Case))
        for version in range(2, 5):
            store.commit(Replace(replace(case, version=version)), entries=[make.entry(subject_id=case.id)])
        store.commit(Remove(records.Case, case.id), entries=[make.entry()])
        self.sequence_all(store)
        assert list(store.drifted()) == []

    def test_unlinking_an_account_leaves_the_log_complete_and_free_of_drift(self, store: ports.Store) -> None:
        item, other = make.item(), make.item()
        store.commit(Insert(item), Insert(other), entries=[make.entry(Verb.ITEM_ROUTED, item.id)])
        unlinked = replace(item, account_reference="", context=None, version=2)
        store.commit(Replace(unlinked), entries=[make.entry(Verb.ACCOUNT_UNLINKED, item.id)])
        assert self.sequence_all(store) == 2
        assert list(store.drifted()) == []


class _Signer:
    """Stands in for the Merkle log: counts instead of hashing."""

    def __init__(self, store: ports.Store) -> None:
        self._store = store
        self.seen: list[Sequence[bytes]] = []
        self.signed: list[records.Checkpoint] = []

    def __call__(self, leaves: Sequence[bytes]) -> records.Checkpoint:
        last = self._store.last_checkpoint()
        size = (last.size if last else 0) + len(leaves)
        checkpoint = records.Checkpoint(
            size=size, root=hashlib.sha256(b"".join(leaves)).digest(), note="signed\n", at=make.NOON
        )
        self.seen.append(leaves)
        self.signed.append(checkpoint)
        return checkpoint
