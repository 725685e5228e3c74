"""Cases wait in queues by what they are, and come only to people who have the skills; leads give them away and move them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.acceptance.stories import picture, violation
from wardline import records
from wardline.errors import ConflictError, InputError, LeaseLostError, NotAllowedError
from wardline.pipeline import Rules, changing_people
from wardline.pipeline.flagging import Flagged
from wardline.records import AlarmKind, Insert, KeyTrust, Letter, Replace, Role, Target, Verb, Visibility
from wardline.review import ASSIGNED_FOR, QueueRule
from wardline.testing import store_records as make
from wardline.testing.harness import REPORTER, Line

QUEUES = (
    QueueRule(name="german", languages=("de",), skills=("german",), target_hours=12),
    QueueRule(name="grave", categories=(Letter.A,), skills=("grave",)),
    QueueRule(name="private", visibility=Visibility.PRIVATE, surfaces=("Chat",)),
)
HOUR = timedelta(hours=1)


@pytest.fixture
def line_with(tmp_path: Path) -> Callable[..., Line]:
    def make_line(**rules: Any) -> Line:
        return Line(
            tmp_path, rules=Rules(**{"reporter": REPORTER, "oldest_share": 0.0, "queues": QUEUES, **rules})
        )

    return make_line


def skilled(line: Line, name: str, *skills: str, role: Role = Role.MODERATOR) -> records.User:
    line.person(name, role)
    return changing_people.change_skills(line.parts, name, skills)


def upload(line: Line, number: int, **context: Any) -> records.Case:
    return line.case_of(line.submit(picture(number), flag=context.pop("flag", "spam"), **context))


def alarm(line: Line, kind: AlarmKind, subject: str) -> records.Alarm | None:
    return line.store.open_alarm(kind, subject)


def test_the_first_queue_that_fits_gets_the_case_and_only_who_has_its_skills_takes_it(
    line_with: Callable[..., Line],
) -> None:
    with line_with() as line:
        german = upload(line, 1, language="de-AT")
        plain = upload(line, 2, language="den")
        private = upload(line, 3, surface="chat", visibility=Visibility.PRIVATE)
        line.list_of([picture(4)])
        grave = line.case_of(line.submit(picture(4)))
        assert [each.queue for each in (german, plain, private, grave)] == [
            "german",
            "general",
            "private",
            "grave",
        ]
        mika, noor = skilled(line, "mika"), skilled(line, "noor", "german", "grave")
        assert {each.id for each in line.wardline.queue(mika)} == {plain.id, private.id}
        assert {each.id for each in line.wardline.queue(noor)} == {
            each.id for each in (german, plain, private, grave)
        }
        assert (
            line.store.count_waiting(now=line.clock.now(), taker=line.wardline.takers.others(mika), most=9)
            == 2
        )
        taken = [line.wardline.next_case(mika) for _ in range(3)]
        assert {each.id for each in taken if each} == {plain.id, private.id}
        assert taken[2] is None
        with pytest.raises(NotAllowedError, match="in the queue german, whose skills this person lacks"):
            line.wardline.claim(german.id, user=mika)
        line.wardline.claim(german.id, user=noor)
        skilled_no_more = changing_people.change_skills(line.parts, "noor", ())
        line.wardline.claim(german.id, user=skilled_no_more)  # what is in hand stays
        assert german.due_at == german.opened_at + 12 * HOUR


def test_a_case_changes_its_queue_when_a_list_knows_it_and_its_target_only_becomes_earlier(
    line_with: Callable[..., Line],
) -> None:
    with line_with(look_back=timedelta(days=30)) as line:
        case = upload(line, 1)
        assert (case.queue, case.target, case.due_at) == (
            "general",
            Target.OTHER,
            case.opened_at + 168 * HOUR,
        )
        line.clock.advance(HOUR)
        line.list_of([picture(1)], name="grows")
        line.run_due()
        again = line.store.case(case.id)
        assert (again.queue, again.target, again.due_at) == ("grave", Target.A, case.opened_at + 24 * HOUR)


def test_a_queue_that_nobody_may_take_from_is_told_of_until_somebody_may(
    line_with: Callable[..., Line],
) -> None:
    with line_with() as line:
        line.person("mika")
        upload(line, 1, language="de")
        line.chores.run()
        told = alarm(line, AlarmKind.QUEUE_UNSTAFFED, "german")
        assert told is not None
        assert told.message.startswith(
            "1 case in the queue german, and nobody may take them: needed is german."
        )
        line.chores.run()
        assert len(line.store.open_alarms()) == 1
        changing_people.change_skills(line.parts, "mika", ["german"])
        line.chores.run()
        assert alarm(line, AlarmKind.QUEUE_UNSTAFFED, "german") is None


def test_cases_of_a_queue_that_the_settings_no_longer_name_are_nobodys_loss(
    line_with: Callable[..., Line],
) -> None:
    with line_with() as line:
        old = make.case(queue="dropped", opened_at=line.clock.now(), lot=0.5)
        line.store.commit(Insert(old), entries=[make.entry()])
        mika = line.person("mika").user
        assert [each.id for each in line.wardline.queue(mika)] == [old.id]
        line.chores.run()
        moved = line.store.case(old.id)
        assert (moved.queue, moved.lot, moved.version) == ("general", 0.5, 2)
        assert list(line.store.drifted()) == []


def test_cases_from_before_get_a_place_by_themselves(line_with: Callable[..., Line]) -> None:
    with line_with() as line:
        known = upload(line, 1, language="de")
        items = [make.item(id=make.new_id("item"), matches=()) for _ in range(3)]
        old = [make.case(item_ids=(item.id,), opened_at=line.clock.now()) for item in items]
        gone = make.case(opened_at=line.clock.now())
        line.store.commit(*map(Insert, [*items, *old, gone]), entries=[make.entry()])
        line.chores.run()
        again = [line.store.case(each.id) for each in old]
        assert all(
            each.lane and each.views_turn is not None and each.lot is not None and each.due_at
            for each in again
        )
        assert line.store.case(gone.id).lot is not None
        assert line.store.unplaced_cases(most=9) == []
        assert line.store.case(known.id).version == 1
        assert line.verify().ok


def test_what_somebody_passed_on_never_comes_to_them_again_unless_they_choose_it(
    line_with: Callable[..., Line],
) -> None:
    with line_with() as line:
        case, mika, noor = upload(line, 1), line.person("mika").user, line.person("noor").user
        assert line.wardline.next_case(mika) is not None
        passed = line.wardline.pass_on(case.id, user=mika, note="not my kind of case")
        assert (passed.claimed_by, passed.passed_by, passed.declined_by) == (None, (mika.id,), (mika.id,))
        assert line.wardline.next_case(mika) is None
        assert [note.text for note in line.store.notes_of(case.id)] == ["not my kind of case"]
        line.sequence()
        about = [entry.verb for _, entry in line.wardline.entries_about(case.id, 9)]
        assert about[0] is Verb.CASE_PASSED
        chosen = line.wardline.claim(case.id, user=mika)
        assert (chosen.claimed_by, chosen.passed_by, chosen.declined_by) == (mika.id, (), ())
        line.wardline.pass_on(case.id, user=mika)
        assert line.wardline.next_case(noor) is not None
        with pytest.raises(LeaseLostError):
            line.wardline.pass_on(case.id, user=mika)


def test_when_everybody_passed_a_case_on_a_person_hears_of_it_each_time(
    line_with: Callable[..., Line],
) -> None:
    with line_with() as line:
        case, mika = upload(line, 1), line.person("mika").user
        ada = line.person("ada", Role.ADMIN).user
        for _ in range(2):
            line.wardline.claim(case.id, user=mika)
            line.wardline.pass_on(case.id, user=mika)
            line.run_due()
            told = alarm(line, AlarmKind.CASE_STUCK, case.id)
            assert told is not None
            line.wardline.resolve_alarm(told.id, user=ada)


def test_a_lead_gives_a_case_to_somebody_who_can(line_with: Callable[..., Line]) -> None:
    with line_with() as line:
        case, mika = upload(line, 1, language="de"), line.person("mika").user
        noor, lea = skilled(line, "noor", "german"), skilled(line, "lea", role=Role.LEAD)
        with pytest.raises(NotAllowedError):
            line.wardline.assign(case.id, lead=mika, to="noor")
        with pytest.raises(NotAllowedError, match="lacks a skill"):
            line.wardline.assign(case.id, lead=lea, to="mika")
        line.person("otto", Role.AUDITOR)
        with pytest.raises(NotAllowedError, match="takes no cases"):
            line.wardline.assign(case.id, lead=lea, to="otto")
        given = line.wardline.assign(case.id, lead=lea, to="noor", note="you know this account")
        assert (given.claimed_by, given.lease_until) == (noor.id, line.clock.now() + ASSIGNED_FOR)
        kim = skilled(line, "kim", "german")
        taken = line.wardline.assign(case.id, lead=lea, to="kim")
        assert taken.claimed_by == kim.id
        with pytest.raises(LeaseLostError):
            line.wardline.decide(case.id, user=noor, judgement=violation(case))
        line.wardline.pass_on(case.id, user=kim)
        with pytest.raises(ConflictError, match="passed it on"):
            line.wardline.assign(case.id, lead=lea, to="kim")


def test_a_lead_moves_a_case_and_it_stays_there(line_with: Callable[..., Line]) -> None:
    with line_with(look_back=timedelta(days=30)) as line:
        case, mika, lea = upload(line, 1), line.person("mika").user, skilled(line, "lea", role=Role.LEAD)
        with pytest.raises(InputError, match="not in the settings"):
            line.wardline.divert(case.id, lead=lea, queue="nowhere", note="why")
        with pytest.raises(NotAllowedError):
            line.wardline.divert(case.id, lead=mika, queue="german", note="why")
        line.wardline.claim(case.id, user=mika)
        with pytest.raises(ConflictError, match="claimed by somebody else"):
            line.wardline.divert(case.id, lead=lea, queue="german", note="why")
        line.wardline.return_case(case.id, user=mika)
        moved = line.wardline.divert(case.id, lead=lea, queue="german", note="It is in German.")
        assert (moved.queue, moved.diverted_by, moved.due_at) == (
            "german",
            lea.id,
            case.opened_at + 12 * HOUR,
        )
        assert line.wardline.next_case(mika) is None
        line.run_due()
        assert alarm(line, AlarmKind.CASE_STUCK, case.id) is not None
        line.list_of([picture(1)], name="grows")
        line.run_due()
        assert line.store.case(case.id).queue == "german"


def test_danger_that_a_person_sees_puts_the_case_before_all_others(line_with: Callable[..., Line]) -> None:
    with line_with() as line:
        first, second = upload(line, 1, views_per_hour=1e6), upload(line, 2, views_per_hour=1.0)
        mika, noor, lea = (
            line.person("mika").user,
            line.person("noor").user,
            skilled(line, "lea", role=Role.LEAD),
        )
        with pytest.raises(LeaseLostError):
            line.wardline.mark_danger(second.id, user=mika, note="It says where and when.")
        line.wardline.claim(second.id, user=mika)
        line.clock.advance(timedelta(minutes=10))
        marked = line.wardline.mark_danger(second.id, user=mika, note="It says where and when.")
        assert (marked.imminent_since, marked.target, marked.claimed_by) == (
            line.clock.now(),
            Target.IMMINENT,
            mika.id,
        )
        assert marked.due_at == line.clock.now() + HOUR
        with pytest.raises(ConflictError, match="marked already"):
            line.wardline.mark_danger(second.id, user=lea, note="again")
        line.wardline.return_case(second.id, user=mika)
        taken = line.wardline.next_case(noor)
        assert taken is not None
        assert taken.id == second.id
        line.wardline.mark_danger(first.id, user=lea, note="A lead needs no claim.")
        assert line.verify().ok


def test_danger_ends_the_wait_of_a_case_that_was_set_aside_and_such_a_case_is_not_set_aside(
    line_with: Callable[..., Line],
) -> None:
    with line_with(queues=()) as line:
        mika, lea = line.person("mika"), line.person("lea", Role.LEAD)
        key = line.platform_key(trust=KeyTrust.TRUSTED)
        for number in (1, 2):
            upload = line.submit(
                picture(number), flag="spam", account="a", content_reference=f"post-{number}"
            )
            case = line.case_of(upload)
            line.wardline.claim(case.id, user=mika.user)
            until = line.clock.now() + timedelta(days=3)
            line.wardline.hold_case(case.id, user=mika.user, until=until, note="asked the platform")
            assert line.wardline.next_case(mika.user) is None
            if number == 1:
                line.wardline.mark_danger(case.id, user=lea.user, note="a threat for today")
            else:
                told = Flagged(
                    reason=records.IMMINENT_DANGER,
                    account_reference="a",
                    content_reference="post-2",
                    upload=None,
                )
                line.wardline.flag(told, api_key=key.record)
            taken = line.wardline.next_case(mika.user)
            assert taken is not None
            assert taken.id == case.id
            with pytest.raises(ConflictError, match="a child may be in danger now"):
                line.wardline.hold_case(case.id, user=mika.user, until=until, note="asked again")


@pytest.mark.parametrize("by_flag", [False, True])
def test_danger_shortens_how_long_a_case_waits_for_whom_it_was_given_to(
    line_with: Callable[..., Line], *, by_flag: bool
) -> None:
    with line_with(queues=()) as line:
        mika, noor, lea = line.person("mika"), line.person("noor"), line.person("lea", Role.LEAD)
        case = line.case_of(line.submit(picture(1), flag="spam", account="a", content_reference="post-1"))
        line.wardline.assign(case.id, lead=lea.user, to="mika")
        if by_flag:
            told = Flagged(
                reason=records.IMMINENT_DANGER, account_reference="a", content_reference="post-1", upload=None
            )
            line.wardline.flag(told, api_key=line.platform_key(trust=KeyTrust.TRUSTED).record)
        else:
            line.wardline.mark_danger(case.id, user=lea.user, note="a threat for today")
        assert line.wardline.next_case(noor.user) is None
        assert line.store.case(case.id).claimed_by == mika.user.id
        line.clock.advance(line.parts.rules.lease)
        taken = line.wardline.next_case(noor.user)
        assert taken is not None
        assert taken.id == case.id


def test_skills_are_those_that_queues_ask_for(line_with: Callable[..., Line]) -> None:
    with line_with() as line:
        mika = skilled(line, "mika", "grave", "german", "german")
        assert mika.skills == ("german", "grave")
        assert changing_people.change_skills(line.parts, "mika", ["grave", "german"]).version == mika.version
        with pytest.raises(InputError, match="no queue asks for it"):
            changing_people.change_skills(line.parts, "mika", ["juggling"])
        from_before = records.User(
            **{**{f: getattr(mika, f) for f in mika.__dataclass_fields__}, "skills": ("old",), "version": 3}
        )
        line.store.commit(Replace(from_before), entries=[make.entry()])
        assert changing_people.change_skills(line.parts, "mika", ["old", "grave"]).skills == ("grave", "old")
        assert line.verify().ok
