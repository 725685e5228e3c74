"""The first records of an installation: its administrator and its first keys, in one commit."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from wardline import records
from wardline.errors import AlreadyExistsError
from wardline.pipeline import people
from wardline.pipeline.parts import Parts
from wardline.records import Insert, KeyTrust, Role, Verb

FIRST_KEY_REQUESTS_PER_MINUTE = 6000


@dataclass(frozen=True, slots=True, kw_only=True)
class Founding:
    """Who may do what in a new installation. The secrets are kept nowhere else."""

    administrator: records.User
    administrator_key: records.ApiKey
    administrator_secret: str
    platform_keys: tuple[tuple[records.ApiKey, str], ...]
    """One for each platform of the settings, with its secret."""


def found(
    parts: Parts, *, name: str, admin: str, password: str, platforms: Sequence[str], trust: KeyTrust
) -> Founding:
    """Make the first person and the first keys, all or none: an interrupted founding can be done again.

    Args:
        parts: An open installation without people.
        name: The installation's name, for the log.
        admin: The administrator's name.
        password: At least 12 characters.
        platforms: Names of the platforms that get a key.
        trust: How far these keys are trusted.

    Raises:
        AlreadyExistsError: There are people already.
        InputError: The password is too short, or a name is malformed.
    """
    if parts.store.users():
        raise AlreadyExistsError(
            f"installation {name}: has people already, expected none",
            remedy="Add people with `wardline user create` and keys with `wardline api-key create`.",
        )
    user = people.new_user(parts, admin, Role.ADMIN, password)
    key, secret = people.new_person_key(parts, f"first key of {admin}"[:100], user)
    others = tuple(
        people.new_platform_key(
            parts,
            f"first key of {each}"[:100],
            each,
            trust=trust,
            requests_per_minute=FIRST_KEY_REQUESTS_PER_MINUTE,
        )
        for each in platforms
    )
    keys = [key, *(other for other, _ in others)]
    parts.store.commit(
        Insert(user), *map(Insert, keys),
        entries=[
            parts.entry(Verb.INSTALLATION_CREATED, name), parts.entry(Verb.USER_CREATED, user.id, detail=user.role),
            *(parts.entry(Verb.API_KEY_CREATED, each.id) for each in keys),
        ],
    )  # fmt: skip
    return Founding(
        administrator=user, administrator_key=key, administrator_secret=secret, platform_keys=others
    )
