"""The program as a whole: its help, its exit codes, its reference, its logs."""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from tests.cli import reference
from tests.cli.conftest import run
from wardline import errors
from wardline.cli import logging_setup, output
from wardline.cli.errors_table import exit_code
from wardline.records import DurationFigure, Figures, Step, StepCount

HEAVY = (
    "sqlalchemy",
    "dbos",
    "fastapi",
    "uvicorn",
    "numpy",
    "PIL",
    "cryptography",
    "httpx",
    "alembic",
    "rich.console",
    "structlog",
    "argon2",
)


def test_help_loads_nothing_heavy() -> None:
    source = "import sys\nfrom wardline.__main__ import main\nsys.argv = ['wardline', '--help']\ntry:\n    main()\nexcept SystemExit:\n    pass\n"
    ended = subprocess.run(
        [sys.executable, "-c", source + f"print([name for name in {HEAVY!r} if name in sys.modules])"],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert "hash-list" in ended.stdout
    assert ended.stdout.splitlines()[-1] == "[]"


def test_the_version_is_printed_and_bare_groups_show_their_help() -> None:
    assert run("--version").out.startswith("wardline ")
    assert "activate" in run("hash-list", "--help").out


def test_an_unknown_verb_is_the_callers_mistake() -> None:
    assert run("nothing").code == 2
    assert run("user", "create").code == 2


@pytest.mark.parametrize(
    ("kind", "code"),
    [
        (errors.ConfigurationError, 2), (errors.SecretFileError, 2), (errors.InputError, 2), (errors.NotFoundError, 2),
        (errors.BusyError, 2), (errors.NotAllowedError, 2), (errors.StoreUnavailableError, 3), (errors.AuthorityDeniedError, 3),
        (errors.AuditLogError, 4), (errors.EvidenceError, 4),
    ],
)  # fmt: skip
def test_each_kind_of_error_has_its_exit_code(kind: type[errors.WardlineError], code: int) -> None:
    assert exit_code(kind("thing: is, expected other")) == code


def test_the_reference_is_what_the_program_says() -> None:
    page = Path(__file__).parents[2] / "docs" / "reference" / "cli.md"
    assert page.read_text("utf-8") == reference.text(), (
        "python -m tests.cli.reference prints docs/reference/cli.md as it should be"
    )


def test_every_verb_gives_json() -> None:
    assert not [
        name
        for name, command in reference.commands()
        if "--json" not in {o for each in command.params for o in each.opts}
    ]


def test_records_become_what_json_can_hold() -> None:
    day = date(2026, 2, 1)
    figures = Figures(
        first_day=day, last_day=day, counts=(StepCount(day=day, step=Step.REVEALS, count=2),),
        durations=(DurationFigure(name="a to b", count=1, median_seconds=1.0, p90_seconds=1.0, longest_seconds=1.0),),
        made_at=datetime(2026, 2, 1, tzinfo=UTC),
    )  # fmt: skip
    shown = json.loads(json.dumps(output.plain(figures, without=("durations",))))
    assert shown == {
        "first_day": "2026-02-01", "last_day": "2026-02-01", "made_at": "2026-02-01T00:00:00+00:00",
        "counts": [{"day": "2026-02-01", "step": "reveals", "count": 2}],
    }  # fmt: skip


def test_a_log_line_holds_no_secret_and_no_text_of_a_foreign_error() -> None:
    event: dict[str, Any] = {"event": "failed", "api_key": "wl_secret", "referral": "referral-1"}
    assert logging_setup.masked(None, "error", event) == {
        "event": "failed",
        "api_key": "(left out)",
        "referral": "referral-1",
    }
    with pytest.raises(ValueError) as caught:
        int("account-17")
    told = logging_setup.without_traceback(None, "error", {"event": "failed", "exc_info": caught.value})
    assert told["exception"] == "ValueError"
    assert "account-17" not in str(told)
    assert logging_setup.first_line(None, "error", {"event": "failed\nDETAIL: account-17"}) == {
        "event": "failed"
    }


def test_an_error_without_advice_of_its_own_leads_to_the_help_of_the_command() -> None:
    refused = run("audit", "prove", "--json")
    assert (refused.code, refused.error["error"]) == (2, "invalid-input")
    assert "--help" in refused.error["advice"]
    assert "http.md" not in refused.error["advice"]
