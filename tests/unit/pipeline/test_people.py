from __future__ import annotations

import subprocess
import sys

import pytest

from wardline import records
from wardline.errors import (
    AlreadyExistsError,
    InputError,
    NotAllowedError,
    NotAuthenticatedError,
    NotFoundError,
)
from wardline.pipeline import changing_people, people
from wardline.records import KeyTrust, Role, Scope
from wardline.testing.harness import Line


def test_a_password_is_kept_as_argon2id_only_and_has_twelve_characters(line: Line) -> None:
    user = people.create_user(line.parts, "ana", Role.ADMIN, "correct horse")
    assert user.password_hash.startswith("$argon2id$")
    assert "correct horse" not in repr(line.store.user(user.id))
    with pytest.raises(InputError, match="11 characters, expected at least 12"):
        people.create_user(line.parts, "ben", Role.ADMIN, "x" * 11)


def test_new_passwords_are_hashed_as_rfc_9106_recommends_where_memory_is_scarce() -> None:
    # Asked of a program of its own: in this process installations have a cheap one.
    asked = (
        "from wardline.pipeline import Parts; from dataclasses import fields\n"
        "made = next(each for each in fields(Parts) if each.name == 'password_hasher').default_factory()\n"
        "print(made.type.name, made.time_cost, made.memory_cost, made.parallelism)"
    )
    told = subprocess.run([sys.executable, "-c", asked], check=True, capture_output=True, text=True).stdout
    assert told.split() == ["ID", "3", "65536", "4"]


def test_a_name_is_given_once(line: Line) -> None:
    people.create_user(line.parts, "ana", Role.ADMIN, "correct horse")
    with pytest.raises(AlreadyExistsError):
        people.create_user(line.parts, "ana", Role.AUDITOR, "another horse")


@pytest.mark.parametrize(
    ("role", "scopes"),
    [
        (Role.MODERATOR, {Scope.CASES}), (Role.LEAD, {Scope.CASES, Scope.MANAGE}), (Role.ADMIN, {Scope.MANAGE}),
        (Role.AUDITOR, {Scope.AUDIT}),
    ],
)  # fmt: skip
def test_a_persons_key_does_what_the_role_allows_and_no_more(
    line: Line, role: Role, scopes: set[Scope]
) -> None:
    person = line.person("somebody", role)
    assert set(person.key.scopes) == scopes
    for scope in set(Scope) - scopes:
        with pytest.raises(NotAllowedError, match="scopes beyond the role"):
            people.create_person_key(line.parts, "wide", person.user, [scope])


@pytest.mark.parametrize(("trust", "scopes"), [(KeyTrust.LOW, 1), (KeyTrust.TRUSTED, 2)])
def test_a_platforms_key_reads_items_only_when_it_is_trusted(
    line: Line, trust: KeyTrust, scopes: int
) -> None:
    key = line.platform_key(trust=trust).record
    assert len(key.scopes) == scopes
    assert (Scope.ITEMS_READ in key.scopes) == (trust is KeyTrust.TRUSTED)


def test_a_secret_finds_its_key_and_is_kept_nowhere(line: Line) -> None:
    key = line.platform_key()
    person = line.person("mika")
    assert line.wardline.authenticate(key.secret) == (key.record, None)
    assert line.wardline.authenticate(person.secret) == (person.key, person.user)
    stored = repr(line.store.api_keys())
    assert key.secret not in stored
    assert person.secret not in stored


def test_revoked_disabled_and_unknown_look_alike(line: Line) -> None:
    key, person = line.platform_key(), line.person("mika")
    people.revoke_key(line.parts, key.record.id)
    changing_people.disable_user(line.parts, "mika")
    told = set()
    for secret in (key.secret, person.secret, "wl_unknown", ""):
        with pytest.raises(NotAuthenticatedError) as refused:
            line.wardline.authenticate(secret)
        told.add(refused.value.message)
    assert len(told) == 1


def test_what_is_not_there_cannot_be_switched_off(line: Line) -> None:
    with pytest.raises(NotFoundError):
        people.revoke_key(line.parts, line.parts.new_id("api-key"))
    with pytest.raises(NotFoundError):
        changing_people.disable_user(line.parts, "nobody")


def test_every_change_of_people_and_keys_is_in_the_log(line: Line) -> None:
    key = line.platform_key()
    line.person("mika")
    people.revoke_key(line.parts, key.record.id, actor="user-1")
    changing_people.disable_user(line.parts, "mika", actor="user-1")
    line.sequence()
    log = b"".join(leaf for _, leaf, _ in line.store.log_entries(0, line.store.log_size()))
    for verb in (
        records.Verb.API_KEY_CREATED,
        records.Verb.USER_CREATED,
        records.Verb.API_KEY_REVOKED,
        records.Verb.USER_DISABLED,
    ):
        assert verb.value.encode() in log
