"""``/v1/audit/proofs``: one entry, for somebody outside."""

from __future__ import annotations

import pytest

from tests.acceptance.stories import picture
from tests.unit.audit import outsider
from tests.web.client import Api, assert_problem
from wardline import audit
from wardline.records import Role
from wardline.testing.harness import Line, Person


@pytest.fixture
def auditor(line: Line) -> Person:
    return line.person("auditor", Role.AUDITOR)


def test_every_entry_is_proved_to_an_outsider(api: Api, line: Line, auditor: Person) -> None:
    line.list_of([picture()])
    size = line.sequence()
    key = audit.verifier_key(line.parts.log_origin, line.parts.log_key.public_key())
    leaves = {
        each["position"]: each["leaf"]
        for each in api.get("/v1/audit/entries", auditor.secret).json()["items"]
    }
    for position in range(size):
        proof = api.get(f"/v1/audit/proofs/{position}", auditor.secret).json()
        assert proof["leaf"] == leaves[position]
        assert outsider.accepts(proof, key)


def test_a_position_outside_the_signed_log_is_not_found(api: Api, line: Line, auditor: Person) -> None:
    line.person("somebody")  # waits for its position
    for position in (0, 7, 2**62):
        assert_problem(api.get(f"/v1/audit/proofs/{position}", auditor.secret), 404, "not-found")


@pytest.mark.parametrize("position", ["-1", "x", "1.5", str(2**63), "9" * 4000])
def test_a_position_of_another_form_is_refused(api: Api, auditor: Person, position: str) -> None:
    assert_problem(api.get(f"/v1/audit/proofs/{position}", auditor.secret), 400, "invalid-input")


def test_proofs_are_for_those_who_read_the_log(api: Api, line: Line) -> None:
    line.sequence()
    for role in (Role.MODERATOR, Role.LEAD, Role.ADMIN):
        secret = line.person(f"one {role}", role).secret
        assert_problem(api.get("/v1/audit/proofs/0", secret), 403, "not-allowed")


def test_growth_is_proved_to_whoever_kept_a_checkpoint(api: Api, line: Line, auditor: Person) -> None:
    line.sequence()
    (kept,) = api.get("/v1/audit/checkpoints", auditor.secret).json()
    line.list_of([picture()])
    line.sequence()
    found = api.get(f"/v1/audit/checkpoints/{kept['size']}/proof", auditor.secret).json()
    assert found["old_size"] == kept["size"] < found["size"]
    proof = audit.Continuation(
        origin=found["origin"], old_size=found["old_size"], size=found["size"],
        hashes=tuple(outsider.decoded(each) for each in found["hashes"]), checkpoint=found["checkpoint"],
    )  # fmt: skip
    audit.check_continuation(proof, kept["note"], line.parts.log_origin, line.parts.log_key.public_key())
    later = found["size"] + 1
    assert_problem(api.get(f"/v1/audit/checkpoints/{later}/proof", auditor.secret), 404, "not-found")
