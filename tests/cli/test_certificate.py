"""``wardline certificate``: what is missing, what stands, and how it is stopped."""

from __future__ import annotations

from contextlib import closing

import pytest

from tests.cli.conftest import Place
from wardline import connect
from wardline.pipeline import certified
from wardline.records import Insert, Verb
from wardline.testing import store_records_certificates as make

_SCOPE = """
[[detectors]]
name = "orange"
adapter = "reference"
version = "reference-1"

[[automation.scopes]]
name = "posts"
surfaces = ["post"]
detectors = ["orange"]
"""


@pytest.fixture
def scoped(place: Place) -> Place:
    """An installation with a scope."""
    settings = place.folder / "wardline.toml"
    settings.write_text(settings.read_text("utf-8") + _SCOPE, "utf-8")
    return place


def stands(place: Place) -> str:
    """Keep a certificate that stands."""
    with closing(connect(place.folder)) as line:
        scope = certified.scope_named(line.parts, "posts")
        now = line.parts.now()
        made = make.certificate(
            conditions=certified.conditions_now(line.parts, scope), detector=scope.detector, approved_at=now, made_at=now,
            detector_version=scope.detector_version, expires_at=now + line.parts.rules.automation.valid_for,
        )  # fmt: skip
        entry = line.parts.entry(Verb.CERTIFICATE_APPROVED, made.id)
        line.parts.store.commit(Insert(made), entries=[entry])
    return made.id


def test_each_arm_says_what_is_missing(scoped: Place) -> None:
    listed = scoped.run("certificate", "list", "--json").json
    assert [(each["scope"], each["arm"], each["holds"]) for each in listed] == [
        ("posts", "clear", False),
        ("posts", "act", False),
    ]
    assert any("how often people are wrong" in each for each in listed[0]["missing"])
    assert "never tried" in scoped.run("certificate", "list").out


def test_a_plan_in_an_installation_takes_its_terms_its_audits_and_its_next_try(scoped: Place) -> None:
    settings = scoped.folder / "wardline.toml"
    terms = "\n[automation]\ndelta_percent = 10.0\nclear_cap_percent = 2.0\n"
    text = settings.read_text("utf-8").replace("\n[automation]\n", terms)
    settings.write_text(f"{text}audit_percent = 3.0\n", "utf-8")
    tried = stands(scoped)
    made = scoped.run("certificate", "show", tried, "--json").json["certificate"]
    plan = scoped.run("certificate", "plan", "--uploads", "1000", "--json").json
    assert (plan["error"], plan["audited_a_day"], plan["terms"]) == (0.1, 30.0, "the scope posts")
    assert (plan["clear"]["cap"], plan["act"]["cap"]) == (0.02, 0.0005)
    assert plan[made["arm"]]["try"] == 2
    assert {plan[arm]["try"] for arm in ("clear", "act")} == {1, 2}
    assert "try 2 of" in scoped.run("certificate", "plan", "--uploads", "1000").out
    other = scoped.run(
        "certificate", "plan", "--uploads", "1000", "--cap-clear", "0.01", "--try", "1", "--error", "0.05",
        "--audit-percent", "1", "--json",
    ).json  # fmt: skip
    assert (other["clear"]["cap"], other["clear"]["try"], other["error"], other["audited_a_day"]) == (
        0.01,
        1,
        0.05,
        10.0,
    )
    unknown = scoped.run("certificate", "plan", "--uploads", "1000", "--scope", "nowhere", "--json")
    assert (unknown.code, unknown.error["error"]) == (2, "not-found")


def test_a_proposal_without_evidence_is_refused(scoped: Place) -> None:
    refused = scoped.run_as("bea", "certificate", "propose", "posts", "clear", "--json")
    assert refused.code == 2
    assert "how often people are wrong is not known" in refused.error["message"]
    nobody = scoped.run_as("mo", "certificate", "propose", "posts", "clear", "--json")
    assert nobody.error["error"] == "not-allowed"


def test_one_person_suspends_what_stands_and_the_public_text_follows(scoped: Place) -> None:
    assert "people decide" in scoped.run("certificate", "show", "--public").out
    made = stands(scoped)
    shown = scoped.run("certificate", "show", made)
    assert "stands" in shown.out
    assert "25 of 60" in shown.out
    public = scoped.run("certificate", "show", "--public").out
    assert "at most 0.5 % of all violating uploads" in public
    assert "orange" not in public
    ended = scoped.run_as("bea", "certificate", "suspend", made, "--reason", "a test", "--json").json
    assert (ended["state"], ended["reason"]) == ("suspended", "a test")
    assert "people decide" in scoped.run("certificate", "show", "--public").out
