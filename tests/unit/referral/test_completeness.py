"""What makes a report useful to police, and whether it is there."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.unit.referral import samples
from wardline import records, referral
from wardline.records import Answer, FactKind, FileAnnotation, Reply
from wardline.referral import Adder, Need, NeedState
from wardline.testing import store_records as make
from wardline.testing.authority_contract import sample_file, sample_report

NAMES = [
    "Danger now", "Upload address", "Port of the upload", "Time with its zone", "The files themselves", "Viewed or not, per file",
    "EXIF viewed or not, per file", "Category per file", "Potential meme", "Generative AI", "Viral", "Account identifier", "Account disabled",
    "Other identifiers", "Location", "Linked accounts",
]  # fmt: skip


def judged(report: records.Report | None = None, *answers: Answer, annotated: bool = True) -> dict[str, Need]:
    """The checklist of a report, by name."""
    report = report or sample_report()
    if not annotated:
        report = replace(report, files=tuple(replace(file, annotations=()) for file in report.files))
    decision = replace(samples.decision(samples.item(1)), answers=answers)
    return {need.name: need for need in referral.checklist(report, decision)}


def files(*changed: records.ReportedFile) -> records.Report:
    return replace(sample_report(), files=changed)


def test_everything_that_police_need_is_asked_for_in_one_order() -> None:
    assert list(judged()) == NAMES


def test_an_address_that_some_uploads_lack_is_missing_and_says_for_how_many() -> None:
    whole, bare = sample_file(1), replace(sample_file(2), upload=None)
    need = judged(files(whole, bare))["Upload address"]
    assert (need.state, need.detail) == (NeedState.MISSING, "the platform did not pass it for 1 of 2 files")
    assert judged(files(bare))["Upload address"].detail == "the platform did not pass it"
    assert judged(files(bare))["Port of the upload"].state is NeedState.MISSING
    assert judged(files(whole))["Upload address"].state is NeedState.ANSWERED


def test_an_address_without_its_port_leaves_the_port_missing() -> None:
    upload = records.IpEvent(ip_address="192.0.2.1", event="Upload", at=None, port=None)
    found = judged(files(replace(sample_file(1), upload=upload)))
    assert found["Upload address"].state is NeedState.ANSWERED
    assert found["Port of the upload"].state is NeedState.MISSING


def test_a_time_needs_its_meaning() -> None:
    assert judged()["Time with its zone"].state is NeedState.ANSWERED
    unclear = judged(replace(sample_report(), incident_time_meaning=" "))["Time with its zone"]
    assert unclear.state is NeedState.MISSING


def test_viewed_or_not_is_counted_from_the_reveal_log() -> None:
    viewed = [replace(sample_file(number), viewed=number == 2) for number in (1, 2, 3)]
    need = judged(files(*viewed))["Viewed or not, per file"]
    assert (need.state, need.detail) == (NeedState.ANSWERED, "from the reveal log: 1 yes, 2 no")


@pytest.mark.parametrize(
    ("given", "state", "detail"),
    [
        (("A2", "A2"), NeedState.ANSWERED, "A2"),
        (("B1", "A2", "A2"), NeedState.ANSWERED, "2 A2, 1 B1"),
        (("A2", None), NeedState.MISSING, "nobody gave one for 1 of 2 files"),
        ((None,), NeedState.MISSING, "nobody gave one"),
    ],
)
def test_a_category_is_wanted_for_each_file(
    given: tuple[str | None, ...], state: NeedState, detail: str
) -> None:
    graded = [
        replace(sample_file(number), category=records.Category(each) if each else None)
        for number, each in enumerate(given, start=1)
    ]
    need = judged(files(*graded))["Category per file"]
    assert (need.state, need.detail) == (state, detail)


@pytest.mark.parametrize(
    ("reply", "state", "detail"),
    [
        (Reply.YES, NeedState.ANSWERED, "answered: yes"),
        (Reply.NO, NeedState.ANSWERED, "answered: no"),
        (Reply.NOT_SURE, NeedState.NOT_KNOWN, "answered: not sure"),
    ],
)
@pytest.mark.parametrize("about", records.ASKED)
def test_an_answer_counts_also_when_it_is_not_sure(
    about: FileAnnotation, reply: Reply, state: NeedState, detail: str
) -> None:
    found = judged(None, Answer(about=about, reply=reply), annotated=False)
    asked = [found[name] for name in ("Potential meme", "Generative AI", "Viral")]
    (need,) = (each for each in asked if each.state is not NeedState.MISSING)
    assert (need.state, need.detail) == (state, detail)
    assert {each.detail for each in asked if each is not need} == {"nobody answered"}


def test_an_annotation_is_an_answer_where_nobody_was_asked() -> None:
    found = judged()
    assert found["Viral"].detail == found["Generative AI"].detail == "answered: yes"
    assert found["Potential meme"].state is NeedState.MISSING


def test_an_account_that_was_not_disabled_is_said_to_be_missing() -> None:
    report = sample_report()
    assert judged(report)["Account disabled"].state is NeedState.ANSWERED
    still = replace(report, person=replace(report.person, temporarily_disabled_at=None))
    assert judged(still)["Account disabled"].state is NeedState.MISSING
    nobody = replace(report, person=replace(report.person, account_reference=""))
    assert judged(nobody)["Account identifier"].state is NeedState.MISSING


def test_that_nobody_wrote_of_danger_is_said_and_is_no_answer() -> None:
    assert judged()["Danger now"].state is NeedState.ANSWERED
    silent = judged(replace(sample_report(), escalation=None))["Danger now"]
    assert (silent.state, silent.by) == (NeedState.MISSING, Adder.ANYBODY)


def test_data_inside_a_file_are_said_to_be_shown_to_nobody() -> None:
    need = judged()["EXIF viewed or not, per file"]
    assert need.state is NeedState.ANSWERED
    assert need.detail.startswith("no, for ")


@pytest.mark.parametrize(
    ("kind", "name"),
    [
        (FactKind.IDENTIFIER, "Other identifiers"),
        (FactKind.LOCATION, "Location"),
        (FactKind.LINKED, "Linked accounts"),
    ],
)
def test_what_a_person_wrote_down_answers_its_need_and_no_other(kind: FactKind, name: str) -> None:
    report, decision = sample_report(), samples.decision(samples.item(1))
    before = {need.name: need for need in referral.checklist(report, decision)}
    after = {need.name: need for need in referral.checklist(report, decision, [make.fact(kind=kind)])}
    assert before[name].state is NeedState.MISSING
    assert after[name].detail == "1 written down by a person"
    assert {each for each in after if after[each] != before[each]} == {name}


def test_the_country_of_the_account_is_a_location() -> None:
    report, decision = sample_report(), samples.decision(samples.item(1))
    needs = {need.name: need for need in referral.checklist(report, decision, regions=["GB", "SE"])}
    assert needs["Location"].detail == "the country of the account, GB, SE"


def test_a_score_says_what_is_missing_and_the_weightiest_first() -> None:
    report = replace(
        sample_report(), escalation=None, files=(replace(sample_file(1), upload=None, annotations=()),)
    )
    score = referral.score(referral.checklist(report, samples.decision(samples.item(1))))
    assert score.words.startswith(
        f"{score.answered} of 16 of what police need; missing: danger now, upload address, "
    )
    weights = [need.weight for need in score.missing]
    assert weights == sorted(weights, reverse=True)
    assert score.percent == 100 * (score.of_weight - sum(weights)) // score.of_weight
    assert 0 < score.percent < 100


def test_only_a_report_that_lacks_nothing_has_a_hundred() -> None:
    needs = referral.checklist(sample_report(), samples.decision(samples.item(1)))
    whole = tuple(replace(need, state=NeedState.ANSWERED) for need in needs)
    assert referral.score(whole).percent == 100
    assert referral.score(whole).words.endswith("missing: nothing")
    light = min(range(len(whole)), key=lambda place: whole[place].weight)
    one_less = [
        replace(each, state=NeedState.MISSING) if at == light else each for at, each in enumerate(whole)
    ]
    assert referral.score(one_less).percent < 100
    assert referral.score(()).percent == 0


@pytest.mark.parametrize(
    ("counted", "middle"), [({}, None), ({70: 1}, 70), ({40: 1, 90: 1}, 40), ({40: 1, 80: 3, 90: 1}, 80)]
)
def test_the_median_is_the_lower_middle(counted: dict[int, int], middle: int | None) -> None:
    assert referral.median(counted) == middle


def test_the_checklist_holds_no_account_address_or_reason() -> None:
    report = sample_report()
    said = " ".join(f"{need.name} {need.detail}" for need in judged(report).values())
    for secret in (report.person.account_reference, "192.0.2.17", str(report.escalation)):
        assert secret not in said


def test_a_bare_report_can_be_judged() -> None:
    bare = replace(sample_report(), files=(), annotations=(), escalation=None, urls=())
    assert judged(bare)["The files themselves"].state is NeedState.MISSING


def test_a_file_that_is_not_kept_any_more_is_only_a_hash() -> None:
    report, decision = sample_report(), samples.decision(samples.item(1))
    gone = [report.files[0].item_id]
    found = {need.name: need for need in referral.checklist(report, decision, gone=gone)}
    assert found["The files themselves"].state is NeedState.MISSING
    assert found["The files themselves"].detail.startswith("only hashes of 1 of ")


def test_a_mark_of_danger_without_a_reason_leaves_the_reason_missing() -> None:
    need = judged(replace(sample_report(), escalation=referral.MARKED))["Danger now"]
    assert (need.state, need.detail) == (
        NeedState.MISSING,
        "a person marked it so, or a flag did, and nobody wrote why",
    )


def test_what_the_platform_passed_of_an_account_answers_like_what_people_wrote() -> None:
    other = records.AssociatedAccount(kind=records.AssociationKind.LINKED, account_reference="account-77")
    known = records.Party(
        screen_name="quillfeather", associated=(other,), location=records.Location(country="GB")
    )
    report = sample_report()
    needs = judged(replace(report, person=replace(report.person, facts=known)))
    told = {name: needs[name].detail for name in ("Other identifiers", "Location", "Linked accounts")}
    assert set(told.values()) == {"1 passed by the platform"}
