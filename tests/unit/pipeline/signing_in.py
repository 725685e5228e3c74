"""What the tests of people's sign-in share: somebody with a password, and what the log says of them."""

from __future__ import annotations

import json
from typing import Any

from argon2 import PasswordHasher

from wardline import records
from wardline.errors import NotAuthenticatedError
from wardline.pipeline import Parts, people, sessions
from wardline.testing.harness import Line

CHEAP = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
"""Weak on purpose: what is tested here is not argon2id's strength."""
PASSWORD = "correct horse battery"
WRONG = "wrong horse battery"


def somebody(line: Line, name: str = "ana", role: records.Role = records.Role.MODERATOR) -> records.User:
    """Add a person with the password of these tests."""
    return people.create_user(line.parts, name, role, PASSWORD)


def is_let_in(parts: Parts, name: str, password: str = PASSWORD) -> bool:
    """Try to sign in; say whether that worked."""
    try:
        sessions.sign_in(parts, name, password)
    except NotAuthenticatedError:
        return False
    return True


def logged(line: Line, user: records.User) -> list[dict[str, Any]]:
    """Read the log's entries about a person or of their sessions, in the order of the commits."""
    while line.sequence():
        pass
    leaves = [json.loads(leaf) for _, leaf, _ in line.store.log_entries(0, line.store.log_size())]
    return [leaf for leaf in leaves if user.id in (leaf["subject"], leaf["actor"])]


def verbs(line: Line, user: records.User) -> list[str]:
    """Read what the log says of a person after they were added."""
    return [leaf["verb"] for leaf in logged(line, user)][1:]
