"""Users and trusted flaggers flag content, kept or not; each is told what came of it."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.acceptance.stories import decided_violation, picture, reveal_all
from tests.unit.ncmec import full
from wardline import enforcement, records, review
from wardline.errors import (
    AlreadyExistsError,
    ConflictError,
    IdempotencyMismatchError,
    InputError,
    NoLegalBasisError,
    NotAllowedError,
    NotFoundError,
)
from wardline.pipeline.appealing import Complaint
from wardline.pipeline.flagging import Flagged, FlagTaken
from wardline.records import (
    AlarmKind,
    AppealState,
    CaseState,
    Flagger,
    KeyTrust,
    MessageKind,
    NoticeState,
    Outcome,
    Target,
    Visibility,
)
from wardline.testing import pictures
from wardline.testing.harness import START, Key, Line, Person
from wardline.testing.platform_sandbox import PlatformSandbox

INNOCENT = review.Judgement(outcome=Outcome.NOT_VIOLATION)


def flag(
    line: Line,
    content: bytes | None = None,
    *,
    key: Key,
    idempotency_key: str | None = None,
    **values: object,
) -> FlagTaken:
    """Flag post-9 of account-9, with its content or without."""
    upload = (
        line.upload(content, account="account-9", content_reference="post-9") if content is not None else None
    )
    given = {"reason": "child-safety", "account_reference": "account-9", "content_reference": "post-9"}
    flagged = Flagged(**{**given, **values}, upload=upload)  # type: ignore[arg-type]
    return line.wardline.flag(flagged, api_key=key.record, idempotency_key=idempotency_key)


@pytest.fixture
def trusted(line: Line) -> Key:
    return line.platform_key(trust=KeyTrust.TRUSTED)


@pytest.fixture
def low(line: Line) -> Key:
    return line.platform_key()


def the_case(line: Line) -> records.Case:
    (case,) = line.store.cases()
    return case


def decide(line: Line, person: Person, judgement: review.Judgement = INNOCENT) -> records.Case:
    case = line.wardline.claim(the_case(line).id, user=person.user)
    reveal_all(line, case, person)
    line.wardline.decide(case.id, user=person.user, judgement=judgement)
    line.pass_time(line.parts.rules.undo_window)
    return line.store.case(case.id)


def told(platform: PlatformSandbox) -> list[MessageKind]:
    return [each.message for each in platform.messages()]


def test_content_that_was_released_opens_a_case_when_it_comes_with_its_flag(
    line: Line, platform: PlatformSandbox, low: Key
) -> None:
    line.submit(picture(), account="account-9", content_reference="post-9")
    assert line.store.cases() == []
    flag(line, picture(), key=low)
    line.run_due()
    case = the_case(line)
    assert case.reasons == ("A user flagged it: child-safety",)
    (notice,) = line.store.notices_of(case.id)
    assert (notice.flagger, notice.count, notice.state) == (Flagger.USER, 1, NoticeState.OPEN)
    (message,) = platform.messages()
    assert message.message is MessageKind.FLAG_RECEIVED
    assert message.account_reference is None
    assert message.content_reference == "post-9"


def test_what_people_flag_stands_with_what_it_is_near_as_what_is_uploaded_does(line: Line, low: Key) -> None:
    near = pictures.encode(pictures.scene(1, (320, 240)), quality=40)
    for number, content in enumerate((picture(1), picture(1), near, picture(2))):
        upload = line.upload(content, account=f"account-{number}", content_reference=f"post-{number}")
        line.wardline.flag(Flagged(reason="nudity", upload=upload), api_key=low.record)
    line.submit(picture(1), account="account-4", content_reference="post-4", flag="nudity")
    clusters = [
        case.cluster_id
        for number in range(5)
        for case in line.store.cases_of_account(f"account-{number}", most=9)
    ]
    assert None not in clusters
    assert clusters[0] == clusters[1] == clusters[2] == clusters[4] != clusters[3]


def test_whoever_flagged_is_told_the_outcome(line: Line, platform: PlatformSandbox, low: Key) -> None:
    flag(line, picture(), key=low)
    decide(line, line.person("mika"))
    assert told(platform) == [MessageKind.FLAG_RECEIVED, MessageKind.FLAG_NOT_ACTED_ON]
    (notice,) = line.store.notices()
    assert notice.state is NoticeState.ANSWERED


def test_flags_on_one_file_join_its_case_and_are_counted(
    line: Line, platform: PlatformSandbox, trusted: Key
) -> None:
    line.list_of([picture()])
    submission = line.submit(picture(), account="account-9", content_reference="post-9")
    line.run_due()
    before = line.case_of(submission)
    for _ in range(3):
        flag(line, key=trusted)
    flag(line, key=trusted, reason="spam")
    flag(line, key=trusted, item_id=submission.item_id)
    line.run_due()
    case = line.store.case(before.id)
    assert case.reasons == (
        *before.reasons,
        "A user flagged it: child-safety",
        "A user flagged it: spam",
    )
    counts = {each.reason: each.count for each in line.store.notices_of(case.id)}
    assert counts == {"child-safety": 4, "spam": 1}
    assert told(platform) == [MessageKind.FLAG_RECEIVED] * 2
    assert len(line.store.cases()) == 1


def test_a_trusted_flaggers_flag_comes_before_a_users(line: Line, trusted: Key) -> None:
    flag(line, picture(), key=trusted)
    by_user = the_case(line).urgency
    flag(line, key=trusted, flagger=Flagger.TRUSTED_FLAGGER)
    by_both = the_case(line).urgency
    assert by_user is not None
    assert by_both is not None
    assert by_both.odds.violation > by_user.odds.violation
    flag(line, key=trusted)
    assert the_case(line).urgency == by_both
    assert "A trusted flagger flagged it: child-safety" in the_case(line).reasons


def test_what_more_people_see_since_then_moves_up_with_a_flag_that_says_so_and_never_down(
    line: Line, low: Key
) -> None:
    flag(line, picture(), key=low)
    before = the_case(line)
    assert before.urgency is not None
    assert not before.urgency.views_known

    def again(reason: str, views: float) -> records.Case:
        seen = {"account": "account-9", "content_reference": "post-9", "views_per_hour": views}
        line.wardline.flag(Flagged(reason=reason, upload=line.upload(picture(), **seen)), api_key=low.record)  # type: ignore[arg-type]
        return the_case(line)

    after = before
    for reason, views, most in (("spam", 5e4, 5e4), ("spam", 9e4, 9e4), ("nudity", 10.0, 9e4)):
        after = again(reason, views)
        assert after.urgency is not None
        assert (after.urgency.views_known, after.urgency.views_per_hour) == (True, most)
        assert after.urgency.odds == before.urgency.odds
    assert after.views_turn is not None
    assert before.views_turn is not None
    assert after.views_turn < before.views_turn
    (item,) = [line.store.item(each) for each in after.item_ids]
    assert item.context is not None
    assert item.context.views_per_hour == 9e4


def test_a_flag_about_danger_now_brings_an_open_case_to_the_front(line: Line, trusted: Key) -> None:
    flag(line, picture(), key=trusted)
    assert the_case(line).imminent_since is None
    flag(line, key=trusted, reason=records.IMMINENT_DANGER)
    case = the_case(line)
    assert case.imminent_since == line.clock.now()
    assert (case.target, case.due_at) == (Target.IMMINENT, line.clock.now() + timedelta(hours=1))


def test_a_new_reason_reopens_a_file_that_was_cleared_for_somebody_else(line: Line, trusted: Key) -> None:
    mika, noor = line.person("mika"), line.person("noor")
    flag(line, picture(), key=trusted)
    decide(line, mika)
    flag(line, key=trusted)
    assert the_case(line).state is CaseState.CLOSED, "the same reason was answered"
    flag(line, key=trusted, reason=records.IMMINENT_DANGER)
    case = the_case(line)
    assert case.state is CaseState.OPEN
    assert case.imminent_since is not None
    with pytest.raises(ConflictError):
        line.wardline.claim(case.id, user=mika.user)
    decide(line, noor)
    assert {each.state for each in line.store.notices()} == {NoticeState.ANSWERED}
    line.pass_time(timedelta(days=40))
    assert the_case(line).account_reference == ""


def test_the_time_of_a_case_that_a_flag_opened_again_runs_from_that_flag_on(line: Line, trusted: Key) -> None:
    flag(line, picture(), key=trusted)
    decide(line, line.person("mika"))
    line.clock.advance(timedelta(days=12))
    flag(line, key=trusted, reason="spam")
    case, came = the_case(line), line.clock.now()
    assert case.state is CaseState.OPEN
    assert (case.target, case.due_at) == (Target.OTHER, came + timedelta(hours=168))
    line.clock.advance(timedelta(hours=1))
    flag(line, key=trusted, reason="nudity")
    assert the_case(line).due_at == came + timedelta(hours=168)


def test_a_flag_on_what_was_acted_on_is_answered_with_that(
    line: Line, platform: PlatformSandbox, trusted: Key
) -> None:
    line.list_of([picture()])
    submission = line.submit(picture(), account="account-9", content_reference="post-9")
    decided_violation(line, submission, line.person("mika"))
    line.pass_time(line.parts.rules.undo_window)
    flag(line, key=trusted)
    line.run_due()
    assert told(platform) == [MessageKind.FLAG_RECEIVED, MessageKind.FLAG_ACTED_ON]
    assert the_case(line).state is CaseState.CLOSED


def test_what_is_not_kept_needs_its_content(line: Line, trusted: Key, low: Key) -> None:
    with pytest.raises(NotFoundError, match="nothing is kept"):
        flag(line, key=trusted)
    flag(line, picture(), key=trusted)
    elsewhere = line.platform_key(platform="another", trust=KeyTrust.TRUSTED)
    with pytest.raises(NotFoundError):
        flag(line, key=elsewhere)
    with pytest.raises(InputError, match="without the content"):
        flag(line, key=low)
    with pytest.raises(NotAllowedError):
        flag(line, picture(), key=low, flagger=Flagger.TRUSTED_FLAGGER)
    with pytest.raises(InputError, match="names nothing"):
        flag(line, key=trusted, content_reference=None)


def test_a_flag_that_is_sent_twice_with_one_key_counts_once(line: Line, trusted: Key) -> None:
    for _ in range(2):
        flag(line, picture(), key=trusted, idempotency_key="first")
    for _ in range(2):
        flag(line, picture(), key=trusted, reason="spam", idempotency_key="second")
    assert {each.reason: each.count for each in line.store.notices()} == {"child-safety": 1, "spam": 1}
    with pytest.raises(IdempotencyMismatchError):
        flag(line, picture(), key=trusted, reason="other", idempotency_key="second")


def test_what_an_upload_is_refused_for_a_flag_on_kept_content_is_refused_for_as_well(
    line: Line, low: Key
) -> None:
    flag(line, picture(), key=low)
    upload = line.upload(
        picture(), account="account-9", content_reference="post-9", visibility=Visibility.PRIVATE
    )
    line.wardline.flag(Flagged(reason="spam", upload=upload), api_key=low.record)
    unflagged = line.upload(picture(), visibility=Visibility.PRIVATE)
    with pytest.raises(NoLegalBasisError):
        line.wardline.submit(unflagged, api_key=low.record)
    late = line.upload(
        picture(),
        account="account-9",
        content_reference="post-9",
        uploaded_at=line.clock.now() + timedelta(days=1),
    )
    with pytest.raises(InputError, match="in the future"):
        line.wardline.flag(Flagged(reason="spam", upload=late), api_key=low.record)


def test_what_comes_for_a_report_with_a_flag_on_kept_content_is_added_and_takes_nothing_away(
    line: Line, low: Key
) -> None:
    def told(person: records.Person, **known: str) -> records.ReportFacts:
        event = full.event(at=START - timedelta(days=len(known)))
        account = records.Party(ip_events=(event,), **known)  # type: ignore[arg-type]  # fields by name
        victim = records.Party(account_reference="v", person=person)
        return records.ReportFacts(account=account, victims=(victim,), supplemental="group" in known)

    younger, named = records.Person(age=11), records.Person(first_name="A", age=12)
    first = line.upload(
        picture(), account="account-9", content_reference="post-9", facts=told(younger, screen_name="first")
    )
    line.wardline.flag(Flagged(reason="spam", upload=first), api_key=low.record)
    more = line.upload(
        picture(),
        account="account-9",
        content_reference="post-9",
        facts=told(named, screen_name="other", group="g"),
    )
    for reason in ("child-safety", "child-safety", "spam"):
        line.wardline.flag(Flagged(reason=reason, upload=more), api_key=low.record)
    item = line.store.item(the_case(line).item_ids[0])
    assert item.context is not None
    facts = item.context.facts
    assert facts is not None
    assert facts.account is not None
    assert (facts.account.screen_name, facts.account.group) == ("first", "g")
    assert len(facts.account.ip_events) == 2
    assert facts.victims == (
        records.Party(account_reference="v", person=records.Person(first_name="A", age=11)),
    )
    assert not facts.supplemental
    assert item.version == 2


def test_a_person_hears_when_a_flag_is_not_answered_in_time(line: Line, low: Key) -> None:
    flag(line, picture(), key=low)
    line.pass_time(timedelta(days=14))
    (notice,) = line.store.notices()
    assert line.store.open_alarm(AlarmKind.COMPLAINT_LATE, notice.id) is not None
    decide(line, line.person("mika"))
    line.chores.run()
    assert line.store.open_alarm(AlarmKind.COMPLAINT_LATE, notice.id) is None


def test_a_person_hears_when_an_acknowledgement_is_not_delivered_in_time(
    line: Line, platform: PlatformSandbox, low: Key
) -> None:
    platform.stop()
    flag(line, picture(), key=low)
    line.pass_time(timedelta(hours=24))
    (message,) = line.store.messages_of(the_case(line).id)
    assert line.store.open_alarm(AlarmKind.COMPLAINT_LATE, message.id) is not None
    platform.start()
    line.pass_time(timedelta(hours=1))
    assert line.store.open_alarm(AlarmKind.COMPLAINT_LATE, message.id) is None
    assert told(platform) == [MessageKind.FLAG_RECEIVED]


def test_what_new_flags_have_decided_anew_is_appealed_anew(
    line: Line, platform: PlatformSandbox, trusted: Key
) -> None:
    other = review.Judgement(outcome=Outcome.OTHER_RULE)
    mika, noor, olli, pia = (line.person(name) for name in ("mika", "noor", "olli", "pia"))
    flag(line, picture(), key=trusted)
    decide(line, mika, other)
    named = Complaint(text="It is a garden.", account_reference="account-9", content_reference="post-9")
    line.wardline.appeal(named, api_key=trusted.record)
    decide(line, noor, INNOCENT)
    flag(line, key=trusted, reason="nudity")
    decide(line, olli, other)
    reasons = [each.text for each in platform.messages() if each.message is MessageKind.STATEMENT_OF_REASONS]
    assert ["You may appeal until" in each for each in reasons] == [True, True]
    again = line.wardline.appeal(named, api_key=trusted.record)
    with pytest.raises(AlreadyExistsError, match="one appeal at a time"):
        line.wardline.appeal(named, api_key=trusted.record)
    for earlier in (mika, noor, olli):
        with pytest.raises(ConflictError):
            line.wardline.claim(again.case_id, user=earlier.user)
    decide(line, pia, INNOCENT)
    states = [(each.number, each.state) for each in line.store.appeals_of(again.case_id)]
    assert states == [(1, AppealState.OVERTURNED), (2, AppealState.OVERTURNED)]
    assert not any(enforcement.acts(each) for each in line.store.actions_of(again.case_id))


def test_the_answer_to_an_appeal_is_not_appealed(line: Line, trusted: Key) -> None:
    other = review.Judgement(outcome=Outcome.OTHER_RULE)
    flag(line, picture(), key=trusted)
    decide(line, line.person("mika"), other)
    named = Complaint(text="It is a garden.", account_reference="account-9", content_reference="post-9")
    appeal = line.wardline.appeal(named, api_key=trusted.record)
    decide(line, line.person("noor"), other)
    assert line.store.appeal(appeal.id).state is AppealState.UPHELD
    with pytest.raises(AlreadyExistsError, match="one appeal against") as refused:
        line.wardline.appeal(named, api_key=trusted.record)
    assert "where else they may turn" in refused.value.advice
