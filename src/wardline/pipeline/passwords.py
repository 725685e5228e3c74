"""Passwords: what does, and how one is checked without telling more than yes or no.

They are kept as argon2id only. Source: RFC 9106, section 4, whose second choice of parameters the library has as its default.
"""

from __future__ import annotations

from functools import lru_cache
from secrets import token_hex

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from wardline import records
from wardline.errors import InputError, NotAuthenticatedError
from wardline.pipeline.parts import Parts

LEAST_CHARACTERS = 12
MOST_CHARACTERS = 1024
_ALPHABET = "abcdefghjkmnpqrstvwxyz0123456789"
"""32 characters, none of which looks like another one: no i, l, o, u."""
_GROUPS, _GROUP = 5, 4
"""20 characters of 5 bits each: nobody guesses 100 bits."""


def generate(parts: Parts) -> str:
    """Make a password that nobody can guess and a person can type from a note: five groups of four."""
    picked = [_ALPHABET[byte % len(_ALPHABET)] for byte in parts.entropy(_GROUPS * _GROUP)]
    groups = ("".join(picked[start : start + _GROUP]) for start in range(0, len(picked), _GROUP))
    return "-".join(groups)


def hash_new(parts: Parts, password: str) -> str:
    """Give the hash of a password that is to be.

    Raises:
        InputError: Fewer than 12 characters or more than 1024, or no valid Unicode.
    """
    if not LEAST_CHARACTERS <= len(password) <= MOST_CHARACTERS:
        bound = (
            f"at least {LEAST_CHARACTERS}"
            if len(password) < LEAST_CHARACTERS
            else f"at most {MOST_CHARACTERS}"
        )
        raise InputError(
            f"password: {len(password)} characters, expected {bound}", remedy="Choose another one."
        )
    try:
        return parts.password_hasher.hash(password)
    except UnicodeEncodeError:
        raise InputError(
            "password: no valid Unicode, expected text", remedy="Choose one that can be typed."
        ) from None


def fits(parts: Parts, user: records.User | None, password: str) -> bool:
    """Say whether a password is this person's. Nobody has none, and it takes as long to say so."""
    # Made whether it is needed or not: the first time it takes as long as a second check would.
    nobodys = _nobodys_hash(parts.password_hasher)
    try:
        parts.password_hasher.verify(nobodys if user is None else user.password_hash, password)
    except (VerificationError, InvalidHashError, UnicodeEncodeError):
        return False
    return user is not None


def renewed_hash(parts: Parts, user: records.User, password: str) -> str:
    """Give the hash of a password that fits: the same, or a new one where it was made with parameters that are not today's."""
    if parts.password_hasher.check_needs_rehash(user.password_hash):
        return parts.password_hasher.hash(password)
    return user.password_hash


def refusal() -> NotAuthenticatedError:
    """Make the one answer to a wrong password, an unknown name, and a person who is locked out."""
    return NotAuthenticatedError(
        "user: unknown name, locked out, or another password, expected those of a person of this installation",
        remedy="Check the name (`wardline user list`) and the password.",
    )


@lru_cache(maxsize=8)
def _nobodys_hash(hasher: PasswordHasher) -> str:
    """Give a hash that no password fits, to be checked where there is no person, so that it takes as long."""
    return hasher.hash(token_hex(32))
