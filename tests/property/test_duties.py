"""Whatever regions and rules there are: nobody to whom a report is owed goes without one, unless a report that is filed counts for it."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from wardline import referral

MAIN = "main"
RECEIVERS = (MAIN, "nca-pack", "signed-pack", "other")
some = st.lists(st.sampled_from(RECEIVERS), max_size=3, unique=True).map(tuple)
duty = st.builds(
    lambda receivers, elsewhere: referral.Duty(receivers=receivers, reported_elsewhere=elsewhere),
    some.filter(bool), some,
)  # fmt: skip
REGIONS = ("GB", "US", "FR", "DE")
rules = st.dictionaries(st.sampled_from(REGIONS), duty)
regions = st.lists(st.sampled_from(REGIONS), max_size=4, unique=True)


@given(regions=regions, rules=rules)
def test_each_receiver_gets_a_report_or_is_discharged_by_one_who_does(
    regions: list[str], rules: dict[str, referral.Duty]
) -> None:
    owed = referral.owed(regions, rules, main=MAIN)
    assert owed.receivers
    assert len(set(owed.receivers)) == len(owed.receivers)
    gone = {each.receiver: each for each in owed.discharged}
    for region in regions:
        for receiver in rules[region].receivers if region in rules else (MAIN,):
            if receiver in owed.receivers:
                continue
            by = gone[receiver]
            assert region in by.regions
            assert by.by in owed.receivers
            assert by.by in rules[region].reported_elsewhere


@given(regions=regions, rules=rules)
def test_an_unknown_region_is_never_one_without_a_duty(
    regions: list[str], rules: dict[str, referral.Duty]
) -> None:
    if not regions or any(each not in rules for each in regions):
        assert MAIN in referral.owed(regions, rules, main=MAIN).receivers


@given(regions=regions)
def test_without_rules_all_is_as_it_was(regions: list[str]) -> None:
    assert referral.owed(regions, {}, main=MAIN) == referral.Owed(receivers=(MAIN,))


def test_two_that_count_for_each_other_do_not_both_go_without() -> None:
    both = referral.Duty(receivers=("nca-pack", "other"), reported_elsewhere=("nca-pack", "other"))
    owed = referral.owed(("GB",), {"GB": both}, main=MAIN)
    assert len(owed.receivers) == len(owed.discharged) == 1
