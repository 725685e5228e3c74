"""The part of the store's contract that is about what one person was shown and chose."""
# ruff: noqa: S101 - a contract suite is tests, kept in the package so that plug-in authors can subclass it

from __future__ import annotations

from dataclasses import replace

import pytest

from wardline import ports, records
from wardline.errors import AlreadyExistsError
from wardline.records import Insert, Replace
from wardline.testing import store_records as make
from wardline.testing.store_records import later

_ME, _OTHER = "user-1", "user-2"


def _put(store: ports.Store, *made: object) -> None:
    store.commit(*map(Insert, made), entries=[make.entry()])


def _file(item: records.Item) -> records.ShownFile:
    digests = [each.value for each in item.hashes if each.kind is records.HashKind.SHA256]
    return records.ShownFile(id=item.id, sha256=digests[0] if digests else None, matches=item.matches)


class WellbeingContract:
    """One person's reveals have numbers of their own, and what they were shown is found by them."""

    def test_no_two_reveals_of_a_person_have_one_number(self, store: ports.Store) -> None:
        assert store.last_number(_ME) == 0
        _put(
            store,
            make.reveal(number=1),
            make.reveal(number=2, at=later(-5)),
            make.reveal(user_id=_OTHER, number=1),
        )
        _put(store, make.reveal(), make.reveal())  # from before there were numbers
        assert (store.last_number(_ME), store.last_number(_OTHER)) == (2, 1)
        with pytest.raises(AlreadyExistsError):
            _put(store, make.reveal(number=2))

    def test_items_and_decisions_are_those_of_what_one_person_was_shown(self, store: ports.Store) -> None:
        match = records.Match(
            list_id="hash-list-1", entry_id="entry-1", hash_kind=records.HashKind.PDQ, distance_bits=3,
            trust=records.ListTrust.VERIFIED, category=records.Category.B1,
        )  # fmt: skip
        items = [make.item(matches=(match,)), make.item(hashes=()), make.item()]
        shown = [
            make.reveal(case_id="case-1", item_id=items[0].id, at=later(1)), make.reveal(case_id="case-1", item_id=items[0].id, at=later(2)),
            make.reveal(case_id="case-2", item_id=items[1].id, at=later(-1)),
            make.reveal(case_id="case-3", item_id=items[2].id, at=later(1), user_id=_OTHER),
            make.reveal(case_id="case-4", item_id="item-that-is-gone", at=later(1)),
        ]  # fmt: skip
        mine = [make.decision(case_id="case-1", at=later(9 - number)) for number in range(2)]
        others = [
            make.decision(case_id="case-1", user_id=_OTHER), make.decision(case_id="case-2"), make.decision(case_id="case-3"),
        ]  # fmt: skip
        _put(store, *items, *shown, *mine, *others)
        files = [_file(item) for item in sorted(items[:2], key=lambda item: item.id)]
        assert store.files_shown(_ME, since=later(0)) == [_file(items[0])]
        assert store.files_shown(_ME, since=later(-1)) == files
        assert store.own_decisions(_ME, since=later(0)) == mine[::-1]
        assert store.own_decisions(_OTHER, since=later(0)) == []

    def test_the_matches_of_files_are_given_where_somebody_could_look_at_them(
        self, store: ports.Store
    ) -> None:
        match = records.Match(
            list_id="hash-list-1", entry_id="entry-1", hash_kind=records.HashKind.SHA256, distance_bits=0,
            trust=records.ListTrust.VERIFIED, category=records.Category.A1,
        )  # fmt: skip
        matched, plain = make.item(matches=(match,)), make.item(matches=())
        unreadable, gone = (
            make.item(matches=(match,), picture=None),
            make.item(matches=(match,), sealed=False),
        )
        other = make.item(matches=(match,))
        _put(store, matched, plain, unreadable, gone, other)
        asked = [each.id for each in (matched, plain, unreadable, gone)]
        assert store.matches_of_visible([*asked, "item-of-nobody"]) == {matched.id: (match,), plain.id: ()}
        words = make.item(matches=(), picture=None, told=records.IncidentKind.ENTICEMENT)
        store.commit(Insert(words), entries=[make.entry()])
        assert store.matches_of_visible([words.id]) == {words.id: ()}
        assert store.matches_of_visible([]) == {}

    def test_the_clusters_are_those_of_the_cases_that_one_person_was_shown(self, store: ports.Store) -> None:
        cases = [make.case(cluster_id="cluster-1"), make.case(), make.case(cluster_id="cluster-2")]
        _put(store, *cases, *(make.reveal(case_id=case.id, at=later(1)) for case in cases[:2]))
        assert store.clusters_shown(_ME, since=later(0)) == {cases[0].id: "cluster-1"}
        assert store.clusters_shown(_ME, since=later(2)) == {}

    def test_practice_on_evidence_that_a_person_was_shown_has_its_known_category_once_anybody_answered(
        self, store: ports.Store
    ) -> None:
        evidence = make.golden_item(
            outcome=records.Outcome.VIOLATION, category=records.Category.A2, case_id="case-9", decision_id="decision-9",
            retired_at=later(1),
        )  # fmt: skip
        harmless = make.golden_item()
        said = {"outcome": records.Outcome.NOT_VIOLATION, "answered_at": later(3)}
        mine, old, unanswered, theirs, not_evidence = (
            make.golden_case(golden_id=evidence.id, user_id=_ME, **said),
            make.golden_case(golden_id=evidence.id, user_id=_ME, **said),
            make.golden_case(golden_id=evidence.id, made_for=_ME),
            make.golden_case(golden_id=evidence.id, made_for=_ME, user_id=_OTHER, **said),
            make.golden_case(golden_id=harmless.id, user_id=_ME, **said),
        )
        shown = [
            make.reveal(case_id=each.case_id, at=later(-1 if each is old else 1))
            for each in (mine, old, unanswered, theirs, not_evidence)
        ]
        _put(store, evidence, harmless, mine, old, unanswered, theirs, not_evidence, *shown)
        known = {mine.case_id: records.Category.A2, theirs.case_id: records.Category.A2}
        assert store.practice_shown(_ME, since=later(0)) == known
        assert store.practice_shown(_OTHER, since=later(0)) == {}

    def test_a_person_has_their_choices_once(self, store: ports.Store) -> None:
        assert store.choices_of(_ME) is None
        mine, theirs = (
            make.viewing_choices(user_id=_ME),
            make.viewing_choices(user_id=_OTHER, queues=(), grades=()),
        )
        _put(store, mine, theirs)
        assert store.choices_of(_ME) == mine
        with pytest.raises(AlreadyExistsError):
            _put(store, make.viewing_choices(user_id=_ME))
        changed = replace(mine, steps=True, grades=(records.Grade.OTHER,), version=2)
        store.commit(Replace(changed), entries=[make.entry()])
        assert store.choices_of(_ME) == changed
        assert store.all_choices() == sorted([changed, theirs], key=lambda each: each.id)
