"""The part of the store's contract that is about certificates."""
# ruff: noqa: S101 - a contract suite is tests, kept in the package so that plug-in authors can subclass it

from __future__ import annotations

from dataclasses import replace

import pytest

from wardline import ports, records
from wardline.errors import AlreadyExistsError, NotFoundError
from wardline.records import Arm, CertificateState, Insert, Replace
from wardline.testing import store_records as make
from wardline.testing import store_records_certificates as of_certificates
from wardline.testing.store_records import later

_REFUSED = {"state": CertificateState.REFUSED, "ended_at": later(3), "reason": "refused by a second person"}


class CertificatesContract:
    """Certificates by state and by scope, their watches, the cases under them, and how uploads score."""

    def test_certificates_are_given_newest_first(self, store: ports.Store) -> None:
        old, young = of_certificates.certificate(), of_certificates.certificate(number=2, made_at=later(1.5))
        other = of_certificates.certificate(scope="avatars", made_at=later(1.25))
        store.commit(*map(Insert, (young, old, other)), entries=[make.entry()])
        assert store.certificate(old.id) == old
        assert store.certificates(most=9) == [young, other, old]
        assert store.certificates(scope="posts", most=9) == [young, old]
        assert store.certificates(most=1) == [young]
        with pytest.raises(NotFoundError):
            store.certificate(make.new_id("certificate"))

    def test_certificates_are_found_by_their_state(self, store: ports.Store) -> None:
        standing, refused = of_certificates.certificate(), of_certificates.certificate(number=2, **_REFUSED)
        elsewhere = of_certificates.certificate(scope="avatars")
        store.commit(*map(Insert, (standing, refused, elsewhere)), entries=[make.entry()])
        assert store.certificates_in(CertificateState.STANDING) == [elsewhere, standing]
        assert store.certificates_in(CertificateState.REFUSED) == [refused]
        assert store.certificates_in(CertificateState.PROPOSED) == []

    def test_all_tries_of_an_arm_are_given_by_number(self, store: ports.Store) -> None:
        second, first = of_certificates.certificate(number=2), of_certificates.certificate(**_REFUSED)
        other_arm = of_certificates.certificate(arm=Arm.ACT)
        store.commit(*map(Insert, (second, other_arm, first)), entries=[make.entry()])
        assert store.tries_of("posts", Arm.CLEAR) == [first, second]
        assert store.tries_of("avatars", Arm.CLEAR) == []

    def test_a_number_is_spent_once(self, store: ports.Store) -> None:
        store.commit(Insert(of_certificates.certificate()), entries=[make.entry()])
        with pytest.raises(AlreadyExistsError):
            store.commit(Insert(of_certificates.certificate()), entries=[make.entry()])

    def test_the_stamp_tells_when_a_certificate_begins_or_ceases_to_stand(self, store: ports.Store) -> None:
        stamps = [store.certificates_stamp()]
        made = of_certificates.certificate()
        store.commit(Insert(of_certificates.certificate(number=2, **_REFUSED)), entries=[make.entry()])
        assert store.certificates_stamp() == stamps[0]
        store.commit(Insert(made), entries=[make.entry()])
        stamps.append(store.certificates_stamp())
        assert store.certificates_stamp() == stamps[1]
        over = replace(made, state=CertificateState.SUSPENDED, ended_at=later(3), reason="doubted", version=2)
        store.commit(Replace(over), entries=[make.entry()])
        assert stamps[0] != stamps[1]
        assert store.certificates_stamp() == stamps[0]

    def test_a_certificate_has_one_watch(self, store: ports.Store) -> None:
        watch = of_certificates.certificate_watch()
        store.commit(Insert(watch), entries=[make.entry()])
        assert store.certificate_watch(watch.certificate_id) == watch
        assert store.certificate_watch(make.new_id("certificate")) is None
        second = of_certificates.certificate_watch(certificate_id=watch.certificate_id)
        with pytest.raises(AlreadyExistsError):
            store.commit(Insert(second), entries=[make.entry()])

    def test_open_cases_under_a_certificate_are_found(self, store: ports.Store) -> None:
        made = of_certificates.certificate()
        cases = sorted((make.case(certificate_id=made.id) for _ in range(3)), key=lambda each: each.id)
        others = [make.case(), make.case(certificate_id=made.id, state=records.CaseState.CLOSED)]
        store.commit(*map(Insert, (*cases, *others)), entries=[make.entry()])
        assert store.cases_under(made.id, most=9) == cases
        assert store.cases_under(made.id, most=2) == cases[:2]
        assert store.cases_under(make.new_id("certificate"), most=9) == []

    def test_what_a_machine_hid_is_not_among_what_is_hidden_for_long(self, store: ports.Store) -> None:
        left = make.case(opened_at=later(1))
        by_machine = make.case(opened_at=later(0), certificate_id=make.new_id("certificate"))
        store.commit(*map(Insert, (left, by_machine)), entries=[make.entry()])
        taker, before = make.taker(), later(5)
        assert store.restricted_cases(now=later(9), taker=taker, before=before, most=9) == [left]
        assert store.long_restricted(queue="general", before=before, most=9) == [left]

    def test_scores_are_counted_by_day(self, store: ports.Store) -> None:
        second, first = of_certificates.score_counts(day="2026-03-02"), of_certificates.score_counts()
        other = of_certificates.score_counts(detector_version="2")
        store.commit(*map(Insert, (second, other, first)), entries=[make.entry()])
        asked = ("posts", "reference", "1")
        assert store.score_counts(*asked, since="2026-03-01") == [first, second]
        assert store.score_counts(*asked, since="2026-03-02") == [second]
        with pytest.raises(AlreadyExistsError):
            store.commit(Insert(of_certificates.score_counts()), entries=[make.entry()])
