"""The part of the store's contract that is about reading several records at once."""
# ruff: noqa: S101 - a contract suite is tests, kept in the package so that plug-in authors can subclass it

from __future__ import annotations

from wardline import ports
from wardline.records import Insert
from wardline.testing import store_records as make
from wardline.testing.store_records import later

_MANY = 1200
"""More than databases take in one list."""


class SeveralContract:
    """What is asked for at once is what would be given one by one."""

    def test_several_records_come_by_their_ids(self, store: ports.Store) -> None:
        items = [make.item() for _ in range(_MANY)]
        referrals = [make.referral() for _ in range(_MANY)]
        decisions = [make.decision() for _ in range(3)]
        store.commit(*map(Insert, (*items, *decisions, *referrals)), entries=[make.entry()])
        assert store.several_items([*(each.id for each in items[1:]), "item-gone"]) == {
            each.id: each for each in items[1:]
        }
        assert store.several_referrals([*(each.id for each in referrals[1:]), "referral-gone"]) == {
            each.id: each for each in referrals[1:]
        }
        assert store.several_referrals([]) == {}
        asked = [decisions[2].id, decisions[0].id, "decision-gone"]
        assert store.several_decisions(asked) == {
            decisions[0].id: decisions[0],
            decisions[2].id: decisions[2],
        }
        assert (len(store.several_items([])), len(store.several_decisions([]))) == (0, 0)

    def test_what_several_cases_have_comes_by_case_oldest_first(self, store: ports.Store) -> None:
        actions = [
            make.action(case_id=f"case-{number % 3}", created_at=later(9 - number)) for number in range(9)
        ]
        referrals = [
            make.referral(case_id=f"case-{number % 3}", created_at=later(9 - number)) for number in range(9)
        ]
        store.commit(*map(Insert, (*actions, *referrals)), entries=[make.entry()])
        asked = ["case-2", "case-0", "case-none"]
        assert store.actions_of_several(asked) == {each: store.actions_of(each) for each in asked[:2]}
        assert store.referrals_of_several(asked) == {
            each: store.referrals(case_id=each) for each in asked[:2]
        }
        assert (len(store.actions_of_several([])), len(store.referrals_of_several([]))) == (0, 0)

    def test_the_holds_of_several_items_come_by_item_oldest_first(self, store: ports.Store) -> None:
        holds = [make.hold(item_id=f"item-{number % 2}", placed_at=later(9 - number)) for number in range(5)]
        others = [make.hold(item_id=f"item-{number}") for number in range(2, _MANY)]
        store.commit(*map(Insert, (*holds, *others)), entries=[make.entry()])
        found = store.holds_of_several([f"item-{number}" for number in range(_MANY)])
        assert len(found) == _MANY
        assert found["item-0"] == store.holds_of("item-0") == holds[4::-2]
        assert found["item-1"] == store.holds_of("item-1")
        assert store.holds_of_several(["item-none"]) == {}
