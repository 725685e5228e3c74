"""Nobody is handed a case about an account of their own."""

from __future__ import annotations

import pytest

from tests.acceptance.stories import picture, violation
from wardline import records
from wardline.errors import InputError, NotAllowedError, RefusedError
from wardline.pipeline import blind_filing, seeing
from wardline.records import Role, Verb
from wardline.testing.harness import Line


def test_a_case_about_ones_own_account_goes_to_others(line: Line) -> None:
    mika, noor = line.person("mika"), line.person("noor")
    own = line.case_of(line.submit(picture(), flag="spam", account="mika-at-home"))
    other = line.case_of(
        line.submit(picture(2), flag="spam", account="account-2", content_reference="post-2")
    )
    user = line.wardline.declare_accounts([" mika-at-home ", "", "mika-at-home"], user=mika.user)
    assert user.accounts == ("mika-at-home",)
    assert [each.id for each in line.wardline.queue(user)] == [other.id]
    taken = line.wardline.next_case(user)
    assert taken is not None
    assert taken.id == other.id
    assert line.wardline.next_case(user) is None
    with pytest.raises(NotAllowedError, match="account of this person's own"):
        line.wardline.claim(own.id, user=user)
    found = line.wardline.next_case(noor.user)
    assert found is not None
    assert found.id == own.id


def test_somebody_hears_of_it_when_nobody_else_is_left(line: Line) -> None:
    mika = line.person("mika")
    own = line.case_of(line.submit(picture(), flag="spam", account="mika-at-home"))
    user = line.wardline.declare_accounts(["mika-at-home"], user=mika.user)
    assert line.wardline.next_case(user) is None
    line.run_due()
    assert [(each.kind, each.subject_id) for each in line.store.open_alarms()] == [
        (records.AlarmKind.CASE_STUCK, own.id)
    ]


def test_what_is_in_hand_goes_on_to_somebody_else_once_it_is_ones_own(line: Line) -> None:
    mika, noor = line.person("mika").user, line.person("noor").user
    own, other = (
        line.case_of(line.submit(picture(seed), flag="spam", account=f"account-{seed}", content_reference=f"post-{seed}"))
        for seed in (1, 2)
    )  # fmt: skip
    for case in (own, other):
        line.wardline.claim(case.id, user=mika)
    line.wardline.reveal(own.id, item_id=own.item_ids[0], user=mika)
    mika = line.wardline.declare_accounts(["account-1"], user=mika)
    assert [each.id for each in line.store.claimed_cases(user_id=mika.id, now=line.clock.now())] == [other.id]
    assert len(line.store.coverings_by(mika.id, since=line.clock.now())) == 1
    taken = line.wardline.next_case(noor)
    assert taken is not None
    assert taken.id == own.id


def test_nobody_finds_out_what_came_of_their_own_account(line: Line) -> None:
    lea, lou = line.person("lea", Role.LEAD).user, line.person("lou", Role.LEAD).user
    case = line.case_of(line.submit(picture(), flag="spam", account="lea-at-home"))
    line.wardline.claim(case.id, user=lou)
    line.wardline.decide(case.id, user=lou, judgement=violation(case))
    line.pass_time(line.parts.rules.undo_window)
    (referral,) = line.store.referrals(case_id=case.id)

    def seen(words: str) -> tuple[int, int, int]:
        found = line.wardline.find(words, user=lea)
        return len(found.by_id), len(found.of_account), len(found.referrals)

    asked = ("lea-at-home", case.id, referral.id)
    assert [seen(each) for each in asked] == [(0, 1, 0), (1, 0, 0), (0, 0, 1)]
    seeing.look_into(line.parts, case.id, lea, "Somebody asked.")
    assert seeing.sees(line.parts, case, lea)

    lea = line.wardline.declare_accounts(["lea-at-home"], user=lea)
    assert [seen(each) for each in asked] == [(0, 0, 0)] * 3
    assert not seeing.sees(line.parts, case, lea)
    for refused in (
        lambda: seeing.look_into(line.parts, case.id, lea, "Somebody asked."),
        lambda: line.wardline.require_open(case.id, user=lea),
        lambda: line.wardline.open_referral(referral.id, user=lea),
        lambda: line.wardline.take_on_report(referral.id, user=lea),
    ):
        with pytest.raises(RefusedError, match="account of this person's own"):
            refused()
    assert line.wardline.hidden_cases([case.id], user=lea) == {case.id}
    assert line.wardline.hidden_cases([case.id], user=lou) == set()


@pytest.mark.parametrize("role", [Role.ADMIN, Role.AUDITOR])
def test_neither_do_those_who_review_nothing(role: Role, line: Line) -> None:
    ada, lou = line.person("ada", role).user, line.person("lou", Role.LEAD).user
    case = line.case_of(line.submit(picture(), flag="spam", account="ada-at-home"))
    line.wardline.claim(case.id, user=lou)
    line.wardline.decide(case.id, user=lou, judgement=violation(case))
    line.pass_time(line.parts.rules.undo_window)
    (referral,) = line.store.referrals(case_id=case.id)
    assert blind_filing.visible(line.parts, [referral], ada) == [referral]
    line.wardline.require_open(case.id, user=ada)

    ada = line.wardline.declare_accounts(["ada-at-home"], user=ada)
    assert blind_filing.visible(line.parts, [referral], ada) == []
    assert line.wardline.hidden_cases([case.id], user=ada) == {case.id}
    with pytest.raises(RefusedError, match="account of this person's own"):
        line.wardline.require_open(case.id, user=ada)


def test_the_log_says_how_many_accounts_and_never_which(line: Line) -> None:
    mika = line.person("mika")
    line.wardline.declare_accounts(["mika-at-home", "mika-2"], user=mika.user)
    line.sequence()
    told = [
        entry for _, entry in line.wardline.newest_entries(9) if entry.verb is Verb.USER_ACCOUNTS_DECLARED
    ]
    assert [each.detail for each in told] == ["2 accounts"]
    with pytest.raises(InputError):
        line.wardline.declare_accounts([f"account-{number}" for number in range(21)], user=mika.user)
