"""The part of the store's contract that is about how people prove who they are."""
# ruff: noqa: S101 - a contract suite is tests, kept in the package so that plug-in authors can subclass it

from __future__ import annotations

from typing import Any

import pytest

from wardline import ports, records
from wardline.errors import AlreadyExistsError
from wardline.records import Insert, Remove
from wardline.testing import store_records as make
from wardline.testing.store_records import later


def _put(store: ports.Store, *made: Any) -> None:
    store.commit(*map(Insert, made), entries=[make.entry()])


class SignInContract:
    """Accounts at providers, security keys, and reasoned openings."""

    def test_an_account_at_a_provider_is_one_persons(self, store: ports.Store) -> None:
        user_id = make.new_id("user")
        first = make.identity(user_id=user_id, subject="a", linked_at=later(2))
        same_name_elsewhere = make.identity(
            user_id=user_id, subject="a", issuer="https://other.example", linked_at=later(1)
        )
        _put(store, first, same_name_elsewhere, make.identity(subject="b"))
        assert store.identity_of(first.issuer, "a") == first
        assert store.identity_of(first.issuer, "A") is None
        assert store.identities_of(user_id) == [same_name_elsewhere, first]
        with pytest.raises(AlreadyExistsError):
            _put(store, make.identity(subject="a"))
        store.commit(Remove(records.Identity, first.id), entries=[make.entry()])
        assert store.identity_of(first.issuer, "a") is None

    def test_security_keys_are_found_by_their_own_name_and_their_person(self, store: ports.Store) -> None:
        user_id = make.new_id("user")
        keys = [make.passkey(user_id=user_id, added_at=later(minute)) for minute in (2, 1)]
        _put(store, *keys, make.passkey())
        assert store.passkey_named(keys[0].credential_id) == keys[0]
        assert store.passkey_named("unknown") is None
        assert store.passkeys_of(user_id) == keys[::-1]
        with pytest.raises(AlreadyExistsError):
            _put(store, make.passkey(credential_id=keys[0].credential_id))

    def test_an_opening_is_one_persons_of_one_case_until_it_ends(self, store: ports.Store) -> None:
        opening = make.opening()
        longer = make.opening(case_id=opening.case_id, user_id=opening.user_id, until=later(40))
        _put(
            store,
            opening,
            longer,
            make.opening(case_id=opening.case_id),
            make.opening(user_id=opening.user_id),
        )
        asked = {"case_id": opening.case_id, "user_id": opening.user_id}
        assert store.opening_of(**asked, now=later(10)) == longer
        assert store.opening_of(**asked, now=later(39)) == longer
        assert store.opening_of(**asked, now=later(40)) is None
        assert store.opening_of(opening.case_id, make.new_id("user"), now=later(10)) is None
