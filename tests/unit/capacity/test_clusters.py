"""The rehearsal of clusters: the figures that are promised, as drawn, and what the drawing cannot make better."""

from __future__ import annotations

from dataclasses import replace

import pytest

from wardline.capacity import Clustered, rehearse

_DRAWN = Clustered(uploads=12_000, most_files=100)


def test_few_decisions_that_spread_are_wrong_and_much_is_not_looked_at() -> None:
    clustered, everything = rehearse(_DRAWN, seed=7)
    assert clustered.spread > 1_000
    assert clustered.spread_wrong <= 0.003 * clustered.spread
    # A small drawing of smaller clusters; `wardline bench clusters` draws the one of which figures are told.
    assert clustered.looks <= 0.75 * clustered.files
    assert clustered.looks < everything.looks
    assert clustered.looks + clustered.spread - clustered.taken_back == clustered.files


def test_the_same_seed_gives_the_same_answer_and_another_another() -> None:
    small = replace(_DRAWN, uploads=2_000)
    assert rehearse(small, seed=1) == rehearse(small, seed=1)
    assert rehearse(small, seed=1) != rehearse(small, seed=2)


def test_without_copies_nothing_is_decided_without_a_look() -> None:
    clustered, everything = rehearse(replace(_DRAWN, uploads=3_000, identical_share=0.0), seed=3)
    assert clustered.spread == 0
    assert everything.looks == everything.files
    assert clustered.in_front > 0


def test_where_everything_is_sampled_everything_is_looked_at() -> None:
    _, everything = rehearse(replace(_DRAWN, uploads=3_000, audit_share=1.0), seed=3)
    assert everything.looks == everything.files


@pytest.mark.parametrize("mistaken", [0.02, 0.1])
def test_people_who_err_stop_clusters_and_what_had_spread_is_looked_at(mistaken: float) -> None:
    clustered, _ = rehearse(replace(_DRAWN, mistaken=mistaken), seed=5)
    assert clustered.stopped > 0
    assert clustered.looks + clustered.spread - clustered.taken_back == clustered.files
    assert clustered.spread_wrong <= mistaken * clustered.spread
