"""Which route found an upload: never its score, and always the same whatever the score is."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from tests.property.test_triage import matches, signals, words
from wardline import records
from wardline.pipeline.evidencing import channel_of
from wardline.records import Channel, ListTrust

scores = st.builds(records.Score, detector=words, detector_version=words, probability=st.floats(0, 1))
unscannable = st.builds(records.Unscannable, source=words, reason=words)
near_or_unverified = matches.filter(
    lambda found: found.trust is not ListTrust.VERIFIED or found.distance_bits > 0
)


@given(st.lists(scores | unscannable | near_or_unverified, max_size=6))
def test_what_neither_a_user_nor_a_verified_entry_pointed_at_is_no_sentinel(
    found: list[records.Signal],
) -> None:
    assert channel_of(found) is None


@given(st.lists(signals, max_size=6), st.lists(scores, max_size=3))
def test_no_score_changes_the_route(found: list[records.Signal], more: list[records.Signal]) -> None:
    assert channel_of([*found, *more]) is channel_of(found)


@given(st.lists(signals, max_size=6))
def test_a_flag_or_a_verified_entry_is_the_only_route_there_is(found: list[records.Signal]) -> None:
    assert channel_of(found) in (
        None,
        Channel.VERIFIED_LIST,
        Channel.POLICE,
        Channel.TRUSTED_FLAGGER,
        Channel.USER_FLAG,
    )
    flagged = any(isinstance(each, records.Flag) for each in found)
    assert flagged <= (channel_of(found) is not None)
