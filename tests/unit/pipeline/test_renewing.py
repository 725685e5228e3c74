"""What a list says of files that are kept already: several cases to a commit, and each as if it were alone."""

from __future__ import annotations

import json
import random
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.unit.stores import databases
from wardline import ports, records
from wardline.adapters import stores
from wardline.errors import VersionConflictError
from wardline.pipeline import placing, renewing
from wardline.records import CaseState, Category, HashKind, Insert, ListTrust, Outcome, Replace, Stage, Verb
from wardline.testing import store_records as make
from wardline.testing.harness import Line

Found = Sequence[tuple[records.Item, records.Match]]


def match(entry: str = "entry-2", **values: Any) -> records.Match:
    given: dict[str, Any] = {
        "list_id": "hash-list-2", "entry_id": entry, "hash_kind": HashKind.SHA256, "distance_bits": 0,
        "trust": ListTrust.VERIFIED, "category": Category.B1,
    }  # fmt: skip
    return records.Match(**{**given, **values})


def put(line: Line, *, files: int = 1, **values: Any) -> tuple[records.Case, list[records.Item]]:
    """Store a case that has its place, with its files and their holds."""
    items = [make.item(matches=()) for _ in range(files)]
    case = make.case(item_ids=tuple(each.id for each in items), opened_at=line.clock.now(), **values)
    case = placing.placed(line.parts, case, items[0], [records.Flag(reason="spam")])
    holds = [make.hold(item_id=each.id, case_id=case.id) for each in items]
    line.store.commit(*map(Insert, [*items, case, *holds]), entries=[make.entry(subject_id=case.id)])
    return case, items


@pytest.fixture
def line(tmp_path: Path) -> Iterator[Line]:
    with Line(tmp_path) as made:
        yield made


class _Meanwhile:
    """A store in which something else is committed just before the next commit."""

    def __init__(self, store: ports.Store, meanwhile: Callable[[], object], times: int) -> None:
        self._store, self._meanwhile, self._left, self.commits = store, meanwhile, times, 0

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)

    def commit(self, *changes: records.Change, entries: Sequence[records.Entry], **more: Any) -> None:
        if self._left:
            self._left -= 1
            self._meanwhile()
        self.commits += 1
        self._store.commit(*changes, entries=entries, **more)


def watched(
    line: Line, meanwhile: Callable[[], object] = lambda: None, times: int = 0
) -> tuple[Any, _Meanwhile]:
    store = _Meanwhile(line.store, meanwhile, times)
    return replace(line.parts, store=store), store


def test_several_cases_are_written_in_one_commit_and_each_has_its_entry_and_its_reason(line: Line) -> None:
    made = [put(line) for _ in range(2 * renewing.at_once(line.store) + 3)]
    parts, store = watched(line)
    assert renewing.renew(parts, [(items[0], match()) for _, items in made]) == len(made)
    assert store.commits == 3
    for before, items in made:
        case, item = line.store.case(before.id), line.store.item(items[0].id)
        assert case.version == before.version + 1
        assert case.reasons == (*before.reasons, case.reasons[-1])
        assert case.reasons[-1].startswith("A list grew: ")
        assert "hash-list-2" in case.reasons[-1]
        assert case.urgency is not None
        assert case.urgency.category is Category.B1
        assert item.matches == (match(),)
    renewed = Counter(entry.subject_id for _, entry in entries(line) if entry.verb is Verb.CASE_RENEWED)
    assert renewed == dict.fromkeys([case.id for case, _ in made], 1)
    assert line.verify().ok


def test_a_files_digest_stands_in_the_entry_of_its_own_case(line: Line) -> None:
    """Else unlinking one account would leave a digest of its file under a salt that stays, with somebody else's case."""
    made = [put(line) for _ in range(5)]
    renewing.renew(line.parts, [(items[0], match()) for _, items in made])
    line.verify()
    digests = [
        (leaf["subject"], set(leaf["digests"]))
        for _, raw, _ in line.store.log_entries(0, line.store.log_size())
        if (leaf := json.loads(raw))["verb"] == Verb.CASE_RENEWED
    ]
    assert sorted(digests) == sorted(
        (case.id, {f"case:{case.id}", f"item:{items[0].id}"}) for case, items in made
    )


def test_a_case_of_several_files_changes_once_and_says_all_reasons(line: Line) -> None:
    before, items = put(line, files=3)
    found = [(item, match(f"entry-{number}", list_id=f"list-{number}")) for number, item in enumerate(items)]
    assert renewing.renew(line.parts, found) == 1
    after = line.store.case(before.id)
    assert after.version == before.version + 1
    assert [f"list-{number}" in reason for number, reason in enumerate(after.reasons[-3:])] == [True] * 3
    assert [line.store.item(item.id).version for item in items] == [2, 2, 2]
    assert line.verify().ok


def test_a_case_whose_files_fall_into_two_commits_keeps_what_both_say(
    line: Line, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(renewing, "at_once", lambda _store: 2)
    before, items = put(line, files=5)
    renewing.renew(line.parts, [(item, match(f"entry-{number}")) for number, item in enumerate(items)])
    after = line.store.case(before.id)
    assert (after.version, len(after.reasons)) == (before.version + 3, len(before.reasons) + 5)
    assert all(line.store.item(item.id).matches for item in items)


def test_somebody_who_claims_one_of_them_at_that_moment_keeps_it_and_all_have_their_place(line: Line) -> None:
    mika = line.person("mika").user
    made = [put(line) for _ in range(4)]
    parts, store = watched(line, lambda: line.wardline.claim(made[1][0].id, user=mika), times=1)
    assert renewing.renew(parts, [(items[0], match()) for _, items in made]) == 4
    assert store.commits == 2
    cases = [line.store.case(case.id) for case, _ in made]
    assert [case.claimed_by for case in cases] == [None, mika.id, None, None]
    assert all(case.urgency is not None and case.urgency.category is Category.B1 for case in cases)


def test_what_another_list_said_of_a_file_at_that_moment_stays(line: Line) -> None:
    case, (item,) = put(line)
    other = match("entry-9", list_id="hash-list-9", category=Category.A1)
    parts, _ = watched(line, lambda: renewing.renew(line.parts, [(item, other)]), times=1)
    assert renewing.renew(parts, [(item, match())]) == 1
    assert line.store.item(item.id).matches == (match(), other)
    after = line.store.case(case.id)
    assert after.urgency is not None
    assert after.urgency.category is Category.A1  # the graver of both


def test_cases_that_keep_changing_are_said_to_and_nothing_is_half_written(line: Line) -> None:
    case, (item,) = put(line)

    def change() -> None:
        now = line.store.case(case.id)
        line.store.commit(
            Replace(replace(now, version=now.version + 1)), entries=[make.entry(subject_id=case.id)]
        )

    parts, store = watched(line, change, times=99)
    with pytest.raises(VersionConflictError):
        renewing.renew(parts, [(item, match())])
    assert store.commits == 5
    assert line.store.item(item.id) == item


def test_settled_and_known_and_unsealed_files_are_passed_over(line: Line) -> None:
    settled, (one,) = put(line, state=CaseState.CLOSED)
    found = make.decision(case_id=settled.id, outcome=Outcome.VIOLATION)
    closed = replace(settled, decision_id=found.id, version=settled.version + 1)
    line.store.commit(Insert(found), Replace(closed), entries=[make.entry(subject_id=settled.id)])
    known, gone, unlinked, kept = (put(line)[1][0] for _ in range(4))
    pairs = [
        (one, match()), (replace(known, matches=(match(),)), match()), (replace(gone, sealed=False), match()),
        (replace(unlinked, account_reference=""), match()), (kept, match()),
    ]  # fmt: skip
    assert renewing.renew(line.parts, pairs) == 1
    assert line.store.case(settled.id) == closed
    assert [line.store.item(item.id).version for item, _ in pairs] == [1, 1, 1, 1, 2]


@pytest.mark.parametrize("stage", [Stage.SECOND, Stage.ADJUDICATION, Stage.APPEAL])
@pytest.mark.parametrize("outcome", [Outcome.VIOLATION, Outcome.NOT_VIOLATION])
def test_what_others_are_still_asked_about_is_renewed_whatever_the_first_answer_was(
    line: Line, outcome: Outcome, stage: Stage
) -> None:
    """Else the missing news would tell whoever judges next, and be lost where the first answer does not stand."""
    asked, (item,) = put(line, stage=stage)
    findings = {} if outcome is Outcome.VIOLATION else {"findings": (), "annotations": ()}
    found = make.decision(case_id=asked.id, outcome=outcome, **findings)
    waiting = replace(asked, decision_id=found.id, version=asked.version + 1)
    line.store.commit(Insert(found), Replace(waiting), entries=[make.entry(subject_id=asked.id)])
    assert renewing.renew(line.parts, [(item, match())]) == 1
    assert line.store.case(asked.id).reasons[-1].startswith("A list grew: ")
    assert line.store.item(item.id).matches == (match(),)


@pytest.mark.parametrize("kind", [databases.SQLITE, databases.POSTGRES, "memory"])
@settings(max_examples=6, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 2**32))
def test_the_order_is_the_same_as_if_each_were_renewed_alone(
    kind: str, tmp_path_factory: pytest.TempPathFactory, seed: int
) -> None:
    chance = random.Random(seed)
    made: list[tuple[records.Case, list[records.Item]]] = []
    with Line(tmp_path_factory.mktemp("plain")) as line:
        for _ in range(chance.randint(1, 14)):
            line.clock.advance(timedelta(minutes=chance.randrange(300)))
            values = {
                "restricted": chance.random() < 0.3,
                "certificate_id": chance.choice((None, None, "certificate-1")),
            }
            made.append(put(line, files=chance.choice((1, 1, 2)), **values))
        items = [item for _, several in made for item in several]
        found = [(item, _drawn(chance)) for item in chance.sample(items, chance.randint(1, len(items)))]
        alone, together = line.store, _copied(kind, tmp_path_factory.mktemp("other"), made)
        for pair in found:  # what is read and placed one by one
            renewing.renew(line.parts, [(alone.item(pair[0].id), pair[1])])
        renewing.renew(replace(line.parts, store=together), found)
        for case, files in made:
            assert _without_version(together.case(case.id)) == _without_version(alone.case(case.id))
            assert together.several_items([each.id for each in files]) == alone.several_items(
                [each.id for each in files]
            )
        asked: dict[str, Any] = {"now": line.clock.now(), "taker": make.taker("user-1"), "most": 99}
        for orders in ("urgent_standings", "waiting_cases", "likeliest_cases"):
            ids = [[each.id for each in getattr(store, orders)(**asked)] for store in (alone, together)]
            assert sorted(ids[0]) == sorted(ids[1]) if orders == "urgent_standings" else ids[0] == ids[1]
        assert list(together.drifted()) == []
        together.close()


def _drawn(chance: random.Random) -> records.Match:
    return match(
        f"entry-{chance.random()}", trust=chance.choice([*ListTrust]), category=chance.choice([None, *Category]),
        hash_kind=HashKind.PDQ, distance_bits=chance.randrange(32),
    )  # fmt: skip


def _copied(kind: str, folder: Path, made: Sequence[tuple[records.Case, list[records.Item]]]) -> Any:
    """Give a store in which the same is stored."""
    if kind == "memory":
        store: Any = stores.MemoryStore()
    else:
        store = stores.SqlStore(databases.open_engine(kind, databases.new_database(kind, folder)))
    for case, items in made:
        holds = [make.hold(item_id=each.id, case_id=case.id) for each in items]
        store.commit(*map(Insert, [*items, case, *holds]), entries=[make.entry(subject_id=case.id)])
    return store


def _without_version(case: records.Case) -> records.Case:
    """A case of several files changes once here, and once a file there."""
    return replace(case, version=1)


def entries(line: Line) -> list[tuple[int, records.Entry]]:
    line.verify()
    return list(line.wardline.newest_entries(500))
