"""Entries that are wrong do no harm: canaries, entries that match too much, negative lists, previews, and what people made of matches."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from tests.unit.pipeline.scripted_exchange import ScriptedExchange, as_part
from wardline import records
from wardline.errors import ConflictError, DependencyError, InputError, NotFoundError, RefusedError
from wardline.pipeline import Rules, canaries, feedback
from wardline.records import (
    AlarmKind,
    Category,
    EntryChange,
    FeedbackState,
    HoldCause,
    ListMeaning,
    ListRole,
    ListTerms,
    ListTrust,
    Outcome,
    Role,
    Tallied,
    Verb,
    Verdict,
)
from wardline.review import Judgement
from wardline.testing import pictures
from wardline.testing.harness import REPORTER, Line, Person

KNOWN, HARMLESS = (pictures.encode(pictures.scene(seed), "png") for seed in (1, 2))
COPY = pictures.encode(pictures.scene(1).resize((250, 187)), "jpeg", 40)
"""The known picture, in other bytes."""


@pytest.fixture
def exchange() -> ScriptedExchange:
    return ScriptedExchange()


@pytest.fixture
def line(tmp_path: Path, exchange: ScriptedExchange) -> Iterator[Line]:
    rules = Rules(reporter=REPORTER, entry_daily_matches=3, undo_window=timedelta(0))
    with Line(tmp_path, rules=rules, replaced={"exchanges": as_part(exchange, feedback=True)}) as made:
        yield made


@pytest.fixture
def ann(line: Line) -> Person:
    return line.person("ann", Role.ADMIN)


@pytest.fixture
def bob(line: Line) -> Person:
    return line.person("bob", Role.LEAD)


def listed(
    line: Line,
    ann: Person,
    bob: Person,
    *files: bytes,
    name: str,
    role: ListRole = ListRole.BANK,
    **terms: object,
) -> records.HashList:
    """Add a list about some files and switch it on."""
    added = line.wardline.add_list(
        line.list_file(files, name), name=name, provenance="a test", trust=ListTrust.VERIFIED, user=ann.user, role=role, **terms,  # type: ignore[arg-type]
    )  # fmt: skip
    line.wardline.approve(added.approval.id, user=bob.user)
    return line.store.hash_list(added.hash_list.id)


def tally(line: Line, known: records.HashList, what: Tallied) -> int:
    today = line.clock.now().date()
    found = line.store.tallies(today, today)
    return sum(each.count for each in found if (each.list_id, each.what) == (known.id, what))


class TestCanaries:
    """Harmless pictures that no entry may be near."""

    def test_hold_what_is_near_them_from_the_first_moment(self, line: Line, ann: Person, bob: Person) -> None:
        listed(line, ann, bob, HARMLESS, name="canaries", role=ListRole.CANARY)
        bank = listed(line, ann, bob, KNOWN, HARMLESS, name="bank")
        held = line.store.held_entries()
        assert len(held) == 4  # MD5, SHA-1, SHA-256 and PDQ of the one picture
        assert {(each.list_id, each.cause, each.held_by) for each in held} == {
            (bank.id, HoldCause.CANARY, "system")
        }
        assert line.store.open_alarm(AlarmKind.ENTRY_HELD, bank.id) is not None
        assert isinstance(line.submit(HARMLESS).route, records.Review)
        assert isinstance(line.submit(KNOWN).route, records.Act)

    def test_that_come_later_hold_what_is_there_already(self, line: Line, ann: Person, bob: Person) -> None:
        bank = listed(line, ann, bob, KNOWN, HARMLESS, name="bank")
        assert isinstance(line.submit(HARMLESS).route, records.Act)
        listed(line, ann, bob, HARMLESS, name="canaries", role=ListRole.CANARY)
        assert {each.list_id for each in line.store.held_entries()} == {bank.id}
        assert isinstance(line.submit(HARMLESS).route, records.Review)

    def test_hold_what_a_sync_brings(self, line: Line, ann: Person, bob: Person) -> None:
        listed(line, ann, bob, HARMLESS, name="canaries", role=ListRole.CANARY)
        bank = listed(line, ann, bob, KNOWN, name="bank")
        synced = line.wardline.sync_list(bank.id, line.list_file([KNOWN, HARMLESS], "again"), user=ann.user)
        assert (synced.added, synced.held) == (4, 4)
        assert isinstance(line.submit(HARMLESS).route, records.Review)

    def test_refuse_a_list_of_which_much_is_near_them(
        self, line: Line, ann: Person, bob: Person, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(canaries, "MOST_HELD", 3)
        listed(line, ann, bob, HARMLESS, name="canaries", role=ListRole.CANARY)
        with pytest.raises(RefusedError, match="4 entries are near harmless pictures"):
            listed(line, ann, bob, HARMLESS, name="bank")
        assert [each.name for each in line.store.hash_lists()] == ["canaries"]

    def test_do_nothing_to_negative_lists(self, line: Line, ann: Person, bob: Person) -> None:
        listed(line, ann, bob, HARMLESS, name="canaries", role=ListRole.CANARY)
        listed(line, ann, bob, HARMLESS, name="negative", role=ListRole.NEGATIVE)
        assert line.store.held_entries() == []


class TestAnEntryThatMatchesTooMuch:
    """More than three uploads a day, here."""

    def test_is_held_and_a_person_is_told(self, line: Line, ann: Person, bob: Person) -> None:
        bank = listed(line, ann, bob, KNOWN, name="bank")
        routes = []
        for number in range(6):
            routes.append(type(line.submit(KNOWN, account=f"account-{number}").route))
            line.wardline._lookup.refresh()
        assert routes == [records.Act] * 4 + [records.Review] * 2
        assert {each.cause for each in line.store.held_entries()} == {HoldCause.TOO_MANY}
        alarm = line.store.open_alarm(AlarmKind.ENTRY_HELD, bank.id)
        assert alarm is not None
        assert "matched more uploads today" in alarm.message

    def test_goes_on_for_the_day_once_a_person_released_it(
        self, line: Line, ann: Person, bob: Person
    ) -> None:
        bank = listed(line, ann, bob, KNOWN, name="bank")
        for _ in range(5):
            line.submit(KNOWN)
            line.wardline._lookup.refresh()
        for held in line.store.held_entries():
            line.wardline.release_entry(held.id, user=bob.user)
        assert line.store.open_alarm(AlarmKind.ENTRY_HELD, bank.id) is None
        assert [type(line.submit(KNOWN).route) for _ in range(5)] == [records.Act] * 5
        line.clock.advance(timedelta(days=1))
        routes = []
        for _ in range(5):
            routes.append(line.submit(KNOWN).route)
            line.wardline._lookup.refresh()
        assert isinstance(routes[-1], records.Review)

    def test_that_was_released_cannot_be_released_again(self, line: Line, ann: Person, bob: Person) -> None:
        bank = listed(line, ann, bob, KNOWN, name="bank")
        entry = line.wardline._lookup.match(line.hashes(KNOWN))[0].entry_id
        (held,) = line.wardline.hold_entry(bank.id, entry, user=ann.user)
        assert line.wardline.hold_entry(bank.id, entry, user=ann.user) == []
        line.wardline.release_entry(held.id, user=bob.user)
        with pytest.raises(ConflictError):
            line.wardline.release_entry(held.id, user=bob.user)


def test_an_entry_that_is_not_there_is_not_held(line: Line, ann: Person, bob: Person) -> None:
    bank, other = (listed(line, ann, bob, KNOWN, name=name) for name in ("bank", "other"))
    batch = next(iter(line.store.batches_of(other.id, after=0)))
    for entry in (f"{batch.id}:0", "hash-batch-1:0", f"{batch.id}:x"):
        with pytest.raises(NotFoundError):
            line.wardline.hold_entry(bank.id, entry, user=ann.user)
    assert line.store.held_entries() == []


def test_a_negative_list_releases_what_only_looks_like_an_entry(line: Line, ann: Person, bob: Person) -> None:
    bank = listed(line, ann, bob, COPY, name="bank")
    assert isinstance(line.submit(KNOWN).route, records.Act)
    listed(line, ann, bob, KNOWN, name="negative", role=ListRole.NEGATIVE, radius_bits=4)
    line.clock.advance(timedelta(days=1))
    released = line.submit(KNOWN)
    assert isinstance(released.route, records.Release)
    assert released.item_id is None
    assert (tally(line, bank, Tallied.CLEARED), tally(line, bank, Tallied.MATCHED)) == (1, 0)


def test_a_preview_counts_and_does_nothing_else(line: Line, ann: Person, bob: Person) -> None:
    added = line.wardline.add_list(
        line.list_file([KNOWN], "new"),
        name="new",
        provenance="a test",
        trust=ListTrust.VERIFIED,
        user=ann.user,
    )
    line.wardline.preview_list(added.hash_list.id, user=ann.user)
    assert isinstance(line.submit(KNOWN).route, records.Release)
    assert isinstance(line.submit(KNOWN, flag="a reason").route, records.Review)
    assert tally(line, added.hash_list, Tallied.PREVIEWED) == 2
    assert tally(line, added.hash_list, Tallied.MATCHED) == 0
    with pytest.raises(ConflictError):
        line.wardline.preview_list(added.hash_list.id, user=ann.user)
    again = line.wardline.propose_activation(added.hash_list.id, user=ann.user)
    line.wardline.approve(again.id, user=bob.user)
    assert isinstance(line.submit(KNOWN).route, records.Act)


def test_a_list_is_looked_up_on_its_surfaces(line: Line, ann: Person, bob: Person) -> None:
    listed(line, ann, bob, KNOWN, name="bank", surfaces=("avatar",))
    assert isinstance(line.submit(KNOWN, surface="avatar").route, records.Act)
    assert isinstance(line.submit(KNOWN, surface="post").route, records.Release)


def test_the_reason_says_what_the_list_means(line: Line, ann: Person, bob: Person) -> None:
    listed(line, ann, bob, KNOWN, name="bank", meaning=ListMeaning.INTIMATE)
    case = line.case_of(line.submit(KNOWN))
    assert "shared without consent" in case.reasons[0]


def test_terms_change_only_while_a_list_is_not_active_and_then_need_two_people(
    line: Line, ann: Person, bob: Person
) -> None:
    bank = listed(line, ann, bob, KNOWN, name="bank")
    narrow = ListTerms(trust=ListTrust.UNVERIFIED, radius_bits=4, surfaces=("avatar",))
    with pytest.raises(ConflictError, match="active"):
        line.wardline.change_list_terms(bank.id, narrow, user=ann.user)
    line.wardline.preview_list(bank.id, user=ann.user)
    proposed = line.wardline.propose_activation(bank.id, user=ann.user)
    line.wardline.change_list_terms(bank.id, narrow, user=ann.user)
    with pytest.raises(ConflictError, match="changed since"):
        line.wardline.approve(proposed.id, user=bob.user)
    again = line.wardline.propose_activation(bank.id, user=ann.user)
    line.wardline.approve(again.id, user=bob.user)
    changed = line.store.hash_list(bank.id)
    assert (changed.trust, changed.radius_bits, changed.surfaces) == (ListTrust.UNVERIFIED, 4, ("avatar",))


class TestFeedback:
    """What people made of a match goes to the owner of the list, where that was agreed."""

    @pytest.fixture
    def fetched(self, line: Line, exchange: ScriptedExchange, ann: Person, bob: Person) -> records.HashList:
        exchange.tell(
            [
                EntryChange(kind=each.kind, value=each.value, category=None, key="4-1")
                for each in line.hashes(KNOWN)
            ]
        )
        given = line.wardline.subscribe(
            "example",
            name="list",
            provenance="a test",
            terms=ListTerms(trust=ListTrust.VERIFIED),
            user=ann.user,
        )
        line.wardline.run_sync(given.sync.id)
        line.wardline.approve(given.approval.id, user=bob.user)
        line.wardline._lookup.refresh()
        return given.hash_list

    def decided(self, line: Line, content: bytes, outcome: Outcome, *, looked: bool = True) -> records.Case:
        mo = line.person(f"mo {len(line.store.users())}")
        case = line.case_of(line.submit(content))
        line.wardline.claim(case.id, user=mo.user)
        if looked:
            line.wardline.reveal(case.id, item_id=case.item_ids[0], user=mo.user)
        graded = Category.B2 if outcome is Outcome.VIOLATION else None
        finding = records.Finding(item_id=case.item_ids[0], category=graded)
        line.wardline.decide(case.id, user=mo.user, judgement=Judgement(outcome=outcome, findings=(finding,)))
        line.run_due()
        return case

    @pytest.mark.parametrize(
        ("outcome", "verdict"),
        [(Outcome.VIOLATION, Verdict.CONFIRMED), (Outcome.NOT_VIOLATION, Verdict.DENIED)],
    )
    def test_about_the_very_file_is_sent_with_the_owners_own_key(
        self,
        line: Line,
        exchange: ScriptedExchange,
        fetched: records.HashList,
        outcome: Outcome,
        verdict: Verdict,
    ) -> None:
        self.decided(line, KNOWN, outcome)
        expected = sorted(("4-1", each.value, verdict) for each in line.hashes(KNOWN))
        assert sorted(exchange.heard) == expected
        assert {each.state for each in line.store.feedback_of(fetched.id, most=9)} == {FeedbackState.SENT}
        what = Tallied.CONFIRMED if verdict is Verdict.CONFIRMED else Tallied.DENIED
        assert tally(line, fetched, what) == 1

    def test_about_what_only_looks_alike_is_counted_and_not_sent(
        self, line: Line, exchange: ScriptedExchange, fetched: records.HashList
    ) -> None:
        distances = [match.distance_bits for match in line.wardline._lookup.match(line.hashes(COPY))]
        assert min(distances) > 0
        self.decided(line, COPY, Outcome.NOT_VIOLATION)
        assert (exchange.heard, tally(line, fetched, Tallied.DENIED)) == ([], 1)

    def test_is_refused_for_good_where_the_owner_takes_none(
        self, line: Line, exchange: ScriptedExchange, fetched: records.HashList
    ) -> None:
        exchange.deaf = True
        self.decided(line, KNOWN, Outcome.NOT_VIOLATION)
        words = line.store.feedback_of(fetched.id, most=9)
        assert {(each.state, each.problem) for each in words} == {(FeedbackState.REFUSED, "refused")}
        assert all(each.name != "feed-back" for each in line.waiting())

    def test_is_tried_again_while_the_owner_does_not_answer(
        self, line: Line, exchange: ScriptedExchange, ann: Person, fetched: records.HashList,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:  # fmt: skip
        entry = line.wardline._lookup.match(line.hashes(KNOWN))[0].entry_id
        word = line.wardline.give_feedback(fetched.id, entry, Verdict.CONFIRMED, user=ann.user)

        def away(*_: object) -> None:
            raise DependencyError("exchange: does not answer, expected an answer")

        with monkeypatch.context() as patched:
            patched.setattr(exchange, "feed_back", away)
            with pytest.raises(DependencyError):
                feedback.send(line.parts, word.id, 0)
        feedback.send(line.parts, word.id, 1)
        feedback.send(line.parts, word.id, 2)
        assert [verdict for _, _, verdict in exchange.heard] == [Verdict.CONFIRMED]
        assert line.store.list_feedback(word.id).sent_at == line.clock.now()

    def test_about_an_entry_that_is_not_there_is_not_taken(
        self, line: Line, ann: Person, fetched: records.HashList
    ) -> None:
        batch = next(iter(line.store.batches_of(fetched.id, after=0)))
        for entry in ("hash-batch-1:0", f"{batch.id}:{batch.size}", f"{batch.id}:x", batch.id):
            with pytest.raises(NotFoundError):
                line.wardline.give_feedback(fetched.id, entry, Verdict.DENIED, user=ann.user)

    def test_is_not_given_where_it_is_not_agreed(self, line: Line, ann: Person, bob: Person) -> None:
        bank = listed(line, ann, bob, KNOWN, name="bank")
        with pytest.raises(ConflictError, match="told nothing"):
            line.wardline.give_feedback(bank.id, "hash-batch-1:0", Verdict.DENIED, user=ann.user)

    def test_is_told_in_the_log_and_the_log_vouches_for_all_of_it(
        self, line: Line, fetched: records.HashList
    ) -> None:
        self.decided(line, KNOWN, Outcome.NOT_VIOLATION)
        verification = line.verify()
        assert verification.ok, verification
        verbs = {entry.verb for _, entry in line.wardline.newest_entries(200)}
        assert {Verb.LIST_FEEDBACK_GIVEN, Verb.LIST_FEEDBACK_SENT, Verb.LIST_SYNC_ENDED} <= verbs


class TestLookingBack:
    """A list that grows may know a file that is kept anyway."""

    @pytest.fixture
    def line(self, tmp_path: Path) -> Iterator[Line]:
        rules = Rules(reporter=REPORTER, undo_window=timedelta(0), look_back=timedelta(days=7))
        with Line(tmp_path, rules=rules) as made:
            yield made

    def grown(self, line: Line, ann: Person, bob: Person) -> records.HashList:
        """Have a list of another picture learn of the known one."""
        bank = listed(line, ann, bob, HARMLESS, name="bank")
        line.run_due()
        return line.wardline.sync_list(
            bank.id, line.list_file([HARMLESS, KNOWN], "again"), user=ann.user
        ).hash_list

    def test_tells_whoever_reviews_an_open_case(self, line: Line, ann: Person, bob: Person) -> None:
        case = line.case_of(line.submit(KNOWN, flag="a reason"))
        bank = self.grown(line, ann, bob)
        line.run_due()
        after = line.store.case(case.id)
        assert after.reasons == (*case.reasons, after.reasons[-1])
        assert bank.id in after.reasons[-1]
        assert "verified list" in after.reasons[-1]
        assert "unverified" not in after.reasons[-1]
        item = line.store.item(case.item_ids[0])
        assert [(match.list_id, match.distance_bits) for match in item.matches] == [(bank.id, 0)]
        assert not after.restricted

    def test_happens_when_a_list_is_switched_on(self, line: Line, ann: Person, bob: Person) -> None:
        case = line.case_of(line.submit(KNOWN, flag="a reason"))
        bank = listed(line, ann, bob, KNOWN, name="bank")
        line.run_due()
        assert bank.id in line.store.case(case.id).reasons[-1]

    def test_opens_a_new_case_about_what_was_cleared_and_keeps_its_file(
        self, line: Line, ann: Person, bob: Person
    ) -> None:
        case = TestFeedback().decided(line, self._flagged(line), Outcome.NOT_VIOLATION)
        bank = self.grown(line, ann, bob)
        line.run_due()
        (renewed,) = [each for each in line.store.cases(most=9) if each.id != case.id]
        assert renewed.item_ids == case.item_ids
        assert bank.id in renewed.reasons[0]
        line.pass_time(timedelta(days=20))  # over the end of the first hold
        assert line.store.item(case.item_ids[0]).sealed

    def _flagged(self, line: Line) -> bytes:
        submit = line.submit
        line.submit = lambda content, **upload: submit(content, flag="a reason", **upload)  # type: ignore[method-assign]
        return KNOWN

    def test_leaves_alone_what_is_older_than_the_limit(self, line: Line, ann: Person, bob: Person) -> None:
        case = line.case_of(line.submit(KNOWN, flag="a reason"))
        line.clock.advance(timedelta(days=8))
        self.grown(line, ann, bob)
        line.run_due()
        assert line.store.case(case.id) == case

    def test_leaves_alone_what_comes_from_a_private_surface(
        self, line: Line, ann: Person, bob: Person
    ) -> None:
        private = records.Visibility.PRIVATE
        case = line.case_of(line.submit(KNOWN, flag="a reason", visibility=private))
        self.grown(line, ann, bob)
        line.run_due()
        assert line.store.case(case.id) == case

    def test_is_off_unless_it_is_switched_on(self, tmp_path: Path) -> None:
        (tmp_path / "off").mkdir()
        with Line(tmp_path / "off", rules=Rules(reporter=REPORTER)) as line:
            ann, bob = line.person("ann", Role.ADMIN), line.person("bob", Role.LEAD)
            case = line.case_of(line.submit(KNOWN, flag="a reason"))
            self.grown(line, ann, bob)
            assert all(each.name != "look-back" for each in line.waiting())
            assert line.store.case(case.id) == case

    def test_happens_once_however_often_its_work_runs(self, line: Line, ann: Person, bob: Person) -> None:
        case = line.case_of(line.submit(KNOWN, flag="a reason"))
        self.grown(line, ann, bob)
        (task,) = [each for each in line.waiting() if each.name == "look-back"]
        line.run_due()
        after = line.store.case(case.id)
        from wardline.pipeline.look_back import look_back

        look_back(line.parts, task.record_id, 1)
        assert line.store.case(case.id) == after


def test_a_pictures_list_terms_have_bounds() -> None:
    good = records.HashList.__dataclass_fields__["radius_bits"].default
    assert good == records.WIDEST_RADIUS_BITS
    with pytest.raises(InputError, match="radius_bits"):
        replace(_bank(), radius_bits=32)
    with pytest.raises(InputError, match="surfaces"):
        replace(_bank(), surfaces=("post", "post"))


def _bank() -> records.HashList:
    from wardline.testing import store_records

    return store_records.hash_list()
