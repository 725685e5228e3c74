"""Clusters over HTTP: counted, without names and hashes, and without opinions while one is awaited."""

from __future__ import annotations

import pytest

from tests.web.client import Api, assert_problem
from wardline import records
from wardline.records import Insert, Outcome, Stage
from wardline.testing import store_records as make
from wardline.testing.harness import Line


@pytest.fixture
def cluster(line: Line) -> records.Cluster:
    """Three cases, two of them identical; two people said that it is a violation, and it spread."""
    cluster, file = make.cluster(), make.cluster_file()
    cases = [make.case(cluster_id=cluster.id) for _ in range(3)]
    members = [
        make.cluster_member(cluster_id=cluster.id, file_id=file.id if n < 2 else "file-2", case_id=case.id)
        for n, case in enumerate(cases)
    ]
    votes = [
        make.cluster_vote(cluster_id=cluster.id, file_id=file.id, user_id=f"user-{number}")
        for number in range(2)
    ]
    spread = make.spread(cluster_id=cluster.id, target=file.id, decided=7)
    line.store.commit(*map(Insert, (cluster, file, *cases, *members, *votes, spread)), entries=[make.entry()])
    return cluster


def test_they_are_listed_with_their_size(api: Api, line: Line, cluster: records.Cluster) -> None:
    secret = line.person("mika").secret
    (found,) = api.get("/v1/clusters", secret).json()["items"]
    assert (found["id"], found["members"], found["stopped_at"]) == (cluster.id, 3, None)
    full = api.get("/v1/clusters?limit=1", secret).json()
    assert full["next"] == cluster.id
    assert api.get(f"/v1/clusters?cursor={cluster.id}", secret).json() == {"items": [], "next": None}


def test_one_tells_what_people_said_and_names_nobody(api: Api, line: Line, cluster: records.Cluster) -> None:
    answer = api.get(f"/v1/clusters/{cluster.id}?limit=2", line.person("mika").secret)
    told = answer.json()
    assert told["said"] == [{"outcome": "violation", "category": "A2", "people": 2}]
    assert [(each["identical"], each["decided"]) for each in told["spreads"]] == [(True, 7)]
    assert len(told["members"]["items"]) == 2
    assert told["members"]["next"]
    assert "user-0" not in answer.text
    assert (cluster.pdq or "") not in answer.text


def test_while_an_opinion_is_awaited_none_is_told(api: Api, line: Line, cluster: records.Cluster) -> None:
    asked = make.case(cluster_id=cluster.id, stage=Stage.SECOND)
    line.store.commit(Insert(asked), entries=[make.entry()])
    answer = api.get(f"/v1/clusters/{cluster.id}", line.person("mika").secret)
    assert (answer.json()["said"], answer.json()["spreads"]) == (None, [])
    assert Outcome.VIOLATION.value not in answer.text


def test_who_asks_needs_the_scope_and_is_a_person(api: Api, line: Line, cluster: records.Cluster) -> None:
    assert_problem(api.get("/v1/clusters", line.platform_key().secret), 403, "not-allowed")
    auditor = line.person("otto", records.Role.AUDITOR)
    assert_problem(api.get(f"/v1/clusters/{cluster.id}", auditor.secret), 403, "not-allowed")
    mika = line.person("mika")
    assert api.get(f"/v1/clusters/{make.new_id('cluster')}", mika.secret).status_code == 404
    assert api.get("/v1/clusters/cluster-1", mika.secret).status_code == 400
