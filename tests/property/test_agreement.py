"""What spreads, for any opinions in any order: never a split, never "no violation" to a near copy, never a report without a look."""

from __future__ import annotations

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from wardline import records, referral, review
from wardline.records import Category, Outcome
from wardline.testing import store_records as make

_SAID = st.one_of(
    st.tuples(st.just(Outcome.VIOLATION), st.sampled_from(Category)),
    st.tuples(st.sampled_from([Outcome.NOT_VIOLATION, Outcome.OTHER_RULE]), st.none()),
)


@st.composite
def _voices(draw: st.DrawFn) -> list[records.Voice]:
    said = draw(st.lists(st.tuples(st.integers(1, 4), _SAID), max_size=8))
    return [
        records.Voice(f"user-{person}", outcome, category, f"decision-{number:02}")
        for number, (person, (outcome, category)) in enumerate(said)
    ]


@given(_voices(), st.randoms(use_true_random=False))
def test_the_order_of_opinions_makes_no_difference(
    voices: list[records.Voice], chance: st.DataObject
) -> None:
    shuffled = list(voices)
    chance.shuffle(shuffled)  # type: ignore[attr-defined]
    half = len(voices) // 2
    own = [voice for voice in shuffled if voice in voices[:half]]
    assert review.agreement(shuffled) == review.agreement(voices)
    assert review.for_near(shuffled) == review.for_near(voices)
    assert review.for_identical(own, shuffled) == review.for_identical(voices[:half], voices)


@given(_voices())
def test_a_split_never_spreads_and_neither_does_one_person(voices: list[records.Voice]) -> None:
    outcomes = {voice.outcome for voice in voices}
    people = {voice.user_id for voice in voices}
    if len(outcomes) > 1 or len(people) < review.QUORUM:
        assert review.for_near(voices) is None
        assert review.for_identical(voices, voices) is None


@given(_voices(), _voices())
def test_copies_are_decided_only_as_somebody_said_who_saw_them_and_nobody_denied(
    of_file: list[records.Voice], of_others: list[records.Voice]
) -> None:
    others = [
        records.Voice(each.user_id, each.outcome, each.category, f"{each.decision_id}-b")
        for each in of_others
    ]
    agreed = review.for_identical(of_file, [*of_file, *others])
    if agreed is None:
        return
    assert {voice.outcome for voice in of_file} == {agreed.outcome}
    assert (agreed.category is not None) == (agreed.outcome is Outcome.VIOLATION)
    assert {voice.category for voice in of_file} == {agreed.category}
    said_by = {voice.decision_id: voice.user_id for voice in [*of_file, *others]}
    assert len({said_by[each] for each in agreed.decisions}) == review.QUORUM
    assert any(voice.decision_id in agreed.decisions for voice in of_file)


@given(_voices())
def test_nothing_but_a_violation_reaches_a_near_copy(voices: list[records.Voice]) -> None:
    agreed = review.for_near(voices)
    assert agreed is None or agreed.outcome is Outcome.VIOLATION


@given(_voices(), st.booleans(), st.booleans())
def test_a_near_copy_is_never_decided_and_its_account_never_touched(
    voices: list[records.Voice], restricted: bool, known: bool
) -> None:
    agreed = review.for_near(voices)
    if agreed is None:
        return
    item = make.item()
    case = make.case(item_ids=(item.id,), restricted=restricted, reasons=("flagged",) if known else ())
    spread = make.spread(
        cluster_id="cluster-a", target="cluster-a", outcome=agreed.outcome, category=agreed.category
    )
    near = review.put_in_front(case, item, spread, review.Weights())
    assert (near.state, near.decision_id) == (records.CaseState.OPEN, None)
    assert near.restricted
    assert near.lane is not None
    assert near.urgency is not None
    assert near.urgency.odds.violation >= 0.9


@given(_voices())
def test_a_copy_is_reported_as_a_file_that_nobody_viewed(voices: list[records.Voice]) -> None:
    agreed = review.for_identical(voices, voices)
    if agreed is None:
        return
    item = make.item()
    case = make.case(item_ids=(item.id,))
    spread = make.spread(outcome=agreed.outcome, category=agreed.category, decisions=agreed.decisions)
    decided, decision = review.decide_alike(
        case, spread, review.words_of([]), decision_id=make.new_id("decision"), now=make.NOON
    )
    assert decision.user_id == review.NOBODY
    assert decision.spread_from == agreed.decisions
    assert referral.needs_referral(decision) == (agreed.outcome is Outcome.VIOLATION)
    if not referral.needs_referral(decision):
        return
    reporter = records.Reporter(first_name="", last_name="", email="", platform="")
    report = referral.build_report(
        make.new_id("referral"),
        decision,
        decided,
        [item],
        [],
        [],
        reporter,
        "flagged",
        make.NOON + timedelta(hours=1),
    )
    assert [file.viewed for file in report.files] == [False]
