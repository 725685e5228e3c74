"""The part of the store's contract that is about clusters."""
# ruff: noqa: S101 - a contract suite is tests, kept in the package so that plug-in authors can subclass it

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from wardline import ports, records
from wardline.errors import AlreadyExistsError
from wardline.records import CaseState, ClusterMember, DecisionState, Insert, Outcome, Replace, Stage
from wardline.testing import store_records as make
from wardline.testing.store_records import later


def _put(store: ports.Store, *kept: Any) -> None:
    store.commit(*map(Insert, kept), entries=[make.entry()])


def _joined(store: ports.Store, cluster_id: str, file_id: str, **values: Any) -> ClusterMember:
    """Put an open case into a cluster."""
    case = make.case(cluster_id=cluster_id, **values)
    member = make.cluster_member(cluster_id=cluster_id, file_id=file_id, case_id=case.id)
    _put(store, case, member)
    return member


def _by_id(*members: ClusterMember) -> list[ClusterMember]:
    return sorted(members, key=lambda each: each.id)


class ClustersContract:
    """Members, voices, and spreads; page by page."""

    def test_leaders_are_given_by_id_and_none_of_a_cluster_that_near_files_may_not_join(
        self, store: ports.Store
    ) -> None:
        found = [make.cluster(id=make.new_id("cluster", later(minute))) for minute in (2, 1, 3)]
        _put(store, *found, make.cluster(pdq=None))
        second, first, third = ((each.id, each.pdq) for each in found)
        assert store.leaders(after="", most=9) == [first, second, third]
        assert store.leaders(after=first[0], most=1) == [second]
        between = records.new_id("cluster", later(2.5), b"\0" * 10)
        assert store.leaders(after=between, most=9) == [third]

    def test_clusters_are_listed_oldest_first(self, store: ports.Store) -> None:
        found = [make.cluster(opened_at=later(minute)) for minute in (2, 1)]
        _put(store, *found)
        assert store.clusters(most=9) == [found[1], found[0]]
        assert store.clusters(after=found[1].id, most=9) == [found[0]]

    def test_identical_bytes_are_in_one_cluster_only(self, store: ports.Store) -> None:
        known = make.cluster_file()
        _put(store, known)
        with pytest.raises(AlreadyExistsError):
            _put(store, make.cluster(), make.cluster_file(sha256=known.sha256))
        assert store.cluster_file(known.sha256) == known
        assert store.cluster_file("0" * 64) is None
        assert store.clusters(most=9) == []

    def test_a_case_has_one_place(self, store: ports.Store) -> None:
        member = _joined(store, "cluster-a", "file-a")
        with pytest.raises(AlreadyExistsError):
            _put(store, make.cluster_member(case_id=member.case_id))
        assert store.cluster_member(member.case_id) == member
        assert store.cluster_member("case-1") is None

    def test_members_come_page_by_page_and_are_counted_up_to_a_number(self, store: ports.Store) -> None:
        members = _by_id(*(_joined(store, "cluster-a", "file-a") for _ in range(3)))
        _joined(store, "cluster-b", "file-b")
        assert store.cluster_members("cluster-a", most=2) == members[:2]
        assert store.cluster_members("cluster-a", after=members[1].id, most=2) == members[2:]
        asked = ["cluster-a", "cluster-b", "cluster-c"]
        assert store.count_members(asked, most=2) == {"cluster-a": 2, "cluster-b": 1}
        assert store.count_members([], most=2) == {}

    def test_judged_members_are_those_of_closed_cases_whose_newest_decision_is_a_violation_in_effect(
        self, store: ports.Store
    ) -> None:
        def judged(state: CaseState, outcome: Outcome, took: DecisionState, **values: Any) -> ClusterMember:
            is_one = outcome is Outcome.VIOLATION
            decision = make.decision(
                outcome=outcome,
                state=took,
                **({} if is_one else {"findings": (), "annotations": (), "escalation": None}),
            )
            _put(store, decision)
            return _joined(store, "cluster-a", "file-a", state=state, decision_id=decision.id, **values)  # fmt: skip

        first = judged(CaseState.CLOSED, Outcome.VIOLATION, DecisionState.EFFECTIVE)
        second = judged(CaseState.CLOSED, Outcome.VIOLATION, DecisionState.EFFECTIVE)
        judged(CaseState.OPEN, Outcome.VIOLATION, DecisionState.EFFECTIVE)
        judged(CaseState.DECIDED, Outcome.VIOLATION, DecisionState.PENDING)
        judged(CaseState.CLOSED, Outcome.VIOLATION, DecisionState.OVERTURNED)
        judged(CaseState.CLOSED, Outcome.NOT_VIOLATION, DecisionState.EFFECTIVE)
        judged(CaseState.CLOSED, Outcome.VIOLATION, DecisionState.EFFECTIVE, account_reference="")
        _joined(store, "cluster-a", "file-a")
        newest, oldest = _by_id(first, second)[::-1]
        assert store.judged_members(cluster_id="cluster-a", most=9) == [newest, oldest]
        assert store.judged_members(cluster_id="cluster-a", most=1) == [newest]
        assert store.judged_members(cluster_id="cluster-a", file_id="file-a", most=9) == [newest, oldest]
        assert store.judged_members(cluster_id="cluster-a", file_id="file-b", most=9) == []
        assert store.judged_members(cluster_id="cluster-a", besides="file-b", most=9) == [newest, oldest]
        assert store.judged_members(cluster_id="cluster-a", besides="file-a", most=9) == []
        assert store.judged_members(cluster_id="cluster-b", most=9) == []

    def test_a_spread_comes_to_open_cases_that_it_did_not_come_to_yet(self, store: ports.Store) -> None:
        one, two = (_joined(store, "cluster-a", "file-a") for _ in range(2))
        near = _joined(store, "cluster-a", "file-b")
        done = _joined(store, "cluster-a", "file-a", state=CaseState.CLOSED)
        _joined(store, "cluster-b", "file-a-not")
        copies = make.spread(cluster_id="cluster-a", target="file-a")
        whole = make.spread(cluster_id="cluster-a", target="cluster-a")
        _put(store, copies, whole)
        assert store.untouched_members(copies, most=9) == _by_id(one, two)
        assert store.untouched_members(whole, most=9) == _by_id(one, two, near)
        assert store.untouched_members(whole, after=_by_id(one, two, near)[0].id, most=1) == [
            _by_id(one, two, near)[1]
        ]
        decided = replace(one, spread_id=copies.id, version=2)
        in_front = replace(near, near_spread_id=whole.id, restricted=True, version=2)
        store.commit(Replace(decided), Replace(in_front), entries=[make.entry()])
        assert store.untouched_members(copies, most=9) == [two]
        assert store.untouched_members(whole, most=9) == [two]
        assert store.touched_members(copies.id, most=9) == [decided]
        assert store.touched_members(whole.id, most=9) == [in_front]
        assert done not in store.touched_members(copies.id, most=9)
        assert list(store.drifted()) == []

    def test_each_voice_is_heard_once_and_a_withdrawn_one_not_at_all(self, store: ports.Store) -> None:
        first = make.new_id("decision", later(1))
        about: dict[str, Any] = {"cluster_id": "cluster-a", "file_id": "file-a"}
        votes = [
            make.cluster_vote(**about, decision_id=make.new_id("decision", later(5))), make.cluster_vote(**about, decision_id=first),
            make.cluster_vote(**about, user_id="user-2", outcome=Outcome.NOT_VIOLATION, category=None),
            make.cluster_vote(**about, user_id="user-3", withdrawn_at=later(9)),
            make.cluster_vote(cluster_id="cluster-a", file_id="file-b", user_id="user-4"),
            make.cluster_vote(cluster_id="cluster-b", user_id="user-5"),
        ]  # fmt: skip
        _put(store, *votes)
        of_file = store.voices(cluster_id="cluster-a", file_id="file-a")
        assert {(each.user_id, each.outcome) for each in of_file} == {
            ("user-1", Outcome.VIOLATION), ("user-2", Outcome.NOT_VIOLATION),
        }  # fmt: skip
        assert first in {each.decision_id for each in of_file}
        assert {each.user_id for each in store.voices(cluster_id="cluster-a")} == {
            "user-1",
            "user-2",
            "user-4",
        }
        assert store.judged_files("cluster-a", after="", most=9) == ["file-a", "file-b"]
        assert store.judged_files("cluster-a", after="file-a", most=9) == ["file-b"]
        assert store.cluster_vote(first) == votes[1]
        with pytest.raises(AlreadyExistsError):
            _put(store, make.cluster_vote(decision_id=first))

    def test_one_spread_stands_for_a_target_at_a_time(self, store: ports.Store) -> None:
        old = make.spread(
            cluster_id="cluster-a", target="cluster-a", stopped_at=later(1), withdrawn_at=later(2)
        )
        standing = make.spread(cluster_id="cluster-a", target="cluster-a")
        _put(store, old, standing)
        with pytest.raises(AlreadyExistsError):
            _put(store, make.spread(cluster_id="cluster-a", target="cluster-a"))
        assert store.standing_spread("cluster-a") == standing
        assert store.standing_spread("cluster-b") is None
        assert store.spread(old.id) == old
        both = sorted([old, standing], key=lambda each: each.id)
        assert store.spreads_of("cluster-a", most=9) == both
        assert store.spreads_of("cluster-a", after=both[0].id, most=9) == both[1:]

    def test_it_is_known_whether_an_account_is_left_and_whether_an_opinion_is_awaited(
        self, store: ports.Store
    ) -> None:
        linked = _joined(store, "cluster-a", "file-a")
        _joined(store, "cluster-a", "file-b", account_reference="", state=CaseState.CLOSED)
        assert store.is_linked(cluster_id="cluster-a", besides="case-1")
        assert not store.is_linked(cluster_id="cluster-a", besides=linked.case_id)
        assert not store.is_linked(cluster_id="cluster-a", file_id="file-b", besides="case-1")
        assert not store.awaits_opinion("cluster-a")
        _joined(store, "cluster-a", "file-a", stage=Stage.AUDIT)
        assert store.awaits_opinion("cluster-a")
        _joined(store, "cluster-b", "file-c", stage=Stage.AUDIT, state=CaseState.CLOSED)
        assert not store.awaits_opinion("cluster-b")

    def test_what_waits_in_a_cluster_is_what_this_person_may_take(self, store: ports.Store) -> None:
        free = _joined(store, "cluster-a", "file-a")
        _joined(store, "cluster-a", "file-a", passed_by=("user-1",))
        _joined(store, "cluster-a", "file-a", claimed_by="user-2", lease_until=later(30))
        _joined(store, "cluster-a", "file-a", escalated_by="user-2")
        _joined(store, "cluster-a", "file-a", queue="german")
        _joined(store, "cluster-b", "file-b")
        waiting = store.waiting_in_cluster("cluster-a", now=later(10), taker=make.taker(), most=9)
        assert [case.id for case in waiting] == [free.case_id]
        assert store.several_cases([free.case_id, "case-1"]) == {free.case_id: waiting[0]}

    def test_what_a_person_was_shown_of_a_cluster_or_a_file_comes_newest_first(
        self, store: ports.Store
    ) -> None:
        one, near = _joined(store, "cluster-a", "file-a"), _joined(store, "cluster-a", "file-b")
        other = _joined(store, "cluster-b", "file-c")
        shown = [
            make.reveal(case_id=case_id, at=later(minute), user_id=user)
            for case_id, minute, user in (
                (one.case_id, 1, "user-1"), (near.case_id, 2, "user-1"), (other.case_id, 3, "user-1"), (one.case_id, 4, "user-2"),
            )
        ]  # fmt: skip
        _put(store, *shown)
        me: dict[str, Any] = {"user_id": "user-1", "most": 9}
        assert store.shown_in_cluster("cluster-a", since=later(0), **me) == [shown[1], shown[0]]
        assert store.shown_in_cluster("cluster-a", since=later(1.5), **me) == [shown[1]]
        assert store.shown_in_cluster("cluster-a", since=later(0), file_id="file-a", **me) == [shown[0]]
