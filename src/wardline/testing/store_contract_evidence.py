"""The part of the store's contract that is about evidence."""
# ruff: noqa: S101 - a contract suite is tests, kept in the package so that plug-in authors can subclass it

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from wardline import ports, records
from wardline.errors import AlreadyExistsError
from wardline.records import Insert, Replace
from wardline.testing import store_records as make
from wardline.testing.store_records import later


class EvidenceContract:
    """Evidence by score and by source."""

    def test_evidence_of_one_score_is_given_as_it_was_recorded(self, store: ports.Store) -> None:
        first, second, third = (make.evidence(recorded_at=later(minute)) for minute in (1, 2, 3))
        others = [
            make.evidence(scope="avatars"),
            make.evidence(detector="another"),
            make.evidence(detector_version="2"),
        ]
        store.commit(*map(Insert, (third, *others, first, second)), entries=[make.entry()])
        asked = ("posts", "reference", "1")
        assert list(store.evidence_about(*asked)) == [first, second, third]
        assert list(store.evidence_about(*asked, since=later(2))) == [second, third]
        assert list(store.evidence_about(*asked, since=later(4))) == []
        assert list(store.evidence_about("posts", "reference", "3")) == []

    def test_evidence_is_counted_by_all_but_its_score(self, store: ports.Store) -> None:
        audit, violating, innocent = records.Channel.AUDIT, records.Truth.VIOLATING, records.Truth.INNOCENT
        alike = {"channel": audit, "truth": violating, "scored_at": later(1), "recorded_at": later(2)}
        several = [
            *(make.evidence(score=score, **alike) for score in (0.1, 0.9)),
            make.evidence(**alike | {"person_was_right": False}), make.evidence(**alike | {"part": records.Part.CAPS}),
            make.evidence(**alike | {"channel": records.Channel.POLICE}), make.evidence(**alike | {"truth": innocent}),
            make.evidence(**alike | {"scored_at": later(0)}), make.evidence(**alike | {"recorded_at": later(0)}),
            make.evidence(**alike | {"recorded_at": later(3)}), make.evidence(**alike, scope="avatars"),
            make.evidence(**alike, detector="another"), make.evidence(**alike, detector_version="2"),
        ]  # fmt: skip
        store.commit(*map(Insert, several), entries=[make.entry()])

        def counted(truth: records.Truth) -> set[records.EvidenceCount]:
            found = store.count_evidence(
                "posts", "reference", "1", truth=truth, since=later(1), until=later(2)
            )
            assert len(set(found)) == len(found)
            return set(found)

        def number(count: int, **other: Any) -> records.EvidenceCount:
            given = {"channel": audit, "truth": violating, "part": several[0].part, "person_was_right": True}
            return records.EvidenceCount(**{**given, **other}, count=count)

        assert counted(innocent) == {number(1, truth=innocent)}
        assert counted(violating) == {
            number(2), number(1, person_was_right=False), number(1, part=records.Part.CAPS),
            number(1, channel=records.Channel.POLICE),
        }  # fmt: skip

    def test_evidence_of_the_same_moment_is_given_by_its_id(self, store: ports.Store) -> None:
        several = sorted((make.evidence() for _ in range(5)), key=lambda each: each.id)
        store.commit(*map(Insert, reversed(several)), entries=[make.entry()])
        assert list(store.evidence_about("posts", "reference", "1")) == several

    def test_evidence_is_found_by_what_it_rests_on(self, store: ports.Store) -> None:
        case_id = make.new_id("case")
        two = [make.evidence(source_id=case_id, detector=name, recorded_at=later(1)) for name in ("a", "b")]
        two.sort(key=lambda each: each.id)
        store.commit(*map(Insert, (*two, make.evidence())), entries=[make.entry()])
        assert store.evidence_of(case_id) == two
        assert store.evidence_of(make.new_id("case")) == []

    def test_one_source_is_evidence_of_one_score_once(self, store: ports.Store) -> None:
        found = make.evidence()
        store.commit(Insert(found), entries=[make.entry()])
        with pytest.raises(AlreadyExistsError):
            store.commit(Insert(make.evidence(source_id=found.source_id)), entries=[make.entry()])
        store.commit(
            Insert(make.evidence(source_id=found.source_id, detector_version="2")), entries=[make.entry()]
        )
        assert len(store.evidence_of(found.source_id)) == 2

    def test_evidence_is_corrected_and_keeps_its_place(self, store: ports.Store) -> None:
        first, second = (make.evidence(recorded_at=later(minute)) for minute in (1, 2))
        store.commit(*map(Insert, (first, second)), entries=[make.entry()])
        corrected = replace(first, truth=records.Truth.INNOCENT, person_was_right=False, version=2)
        store.commit(Replace(corrected), entries=[make.entry()])
        assert list(store.evidence_about("posts", "reference", "1")) == [corrected, second]

    def test_a_case_is_drawn_once_and_found_by_its_audit(self, store: ports.Store) -> None:
        audit = make.random_audit()
        store.commit(Insert(audit), Insert(make.random_audit()), entries=[make.entry()])
        assert store.random_audit_of(audit.case_id) == audit
        assert store.random_audit_of(make.new_id("case")) is None
        with pytest.raises(AlreadyExistsError):
            store.commit(Insert(make.random_audit(case_id=audit.case_id)), entries=[make.entry()])

    def test_audits_whose_time_is_over_are_given_until_they_end(self, store: ports.Store) -> None:
        second, first, future = (make.random_audit(expires_at=later(minute)) for minute in (2, 1, 9))
        over = make.random_audit(expires_at=later(1), ended_at=later(0))
        store.commit(*map(Insert, (second, first, future, over)), entries=[make.entry()])
        assert store.expired_audits(later(2), most=9) == [first, second]
        assert store.expired_audits(later(2), most=1) == [first]
        assert store.expired_audits(later(0), most=9) == []
        store.commit(Replace(replace(first, ended_at=later(3), version=2)), entries=[make.entry()])
        assert store.expired_audits(later(2), most=9) == [second]
