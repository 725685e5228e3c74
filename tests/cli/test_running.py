"""The verbs that go on until they are told to stop, as processes of their own."""

from __future__ import annotations

import contextlib
import json
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.cli.conftest import Place

PATIENCE_SECONDS = 30


@contextlib.contextmanager
def started(*words: object, errors: Path) -> Iterator[tuple[subprocess.Popen[str], dict[str, Any]]]:
    """Start a verb with --json and read what it says first; it is ended afterwards and must end well."""
    command = [sys.executable, "-m", "wardline", *map(str, words), "--json"]
    with (
        errors.open("w") as stderr,
        subprocess.Popen(command, stdout=subprocess.PIPE, stderr=stderr, text=True) as process,
    ):
        try:
            assert process.stdout is not None
            said = process.stdout.readline()
            assert said, errors.read_text("utf-8")
            yield process, json.loads(said)
        finally:
            process.send_signal(signal.SIGTERM)
            code = process.wait(PATIENCE_SECONDS)
    assert code == 0, errors.read_text("utf-8")


@pytest.mark.long
def test_the_service_answers_works_alone_and_ends_in_good_order(place: Place, tmp_path: Path) -> None:
    errors = tmp_path / "errors"
    with started("serve", "--folder", place.folder, "--port", "0", errors=errors) as (_, said):
        assert httpx.get(f"{said['url']}/ready").json() == {"status": "ready"}
        assert "server" not in httpx.get(f"{said['url']}/health").headers
        second = place.run("work", "--json")
        assert (second.code, second.error["error"]) == (2, "busy")
        port = said["url"].rpartition(":")[2]
        taken = place.run("serve", "--port", port, "--json")
        assert (taken.code, taken.error["error"]) == (2, "configuration")
        beside = place.run("audit", "verify", "--json")
        assert (beside.code, beside.json["signed_now"]) == (0, None)
    assert [json.loads(line)["level"] for line in errors.read_text("utf-8").splitlines() if line] == []
    assert place.run("audit", "verify").code == 0


@pytest.mark.long
def test_the_durable_work_runs_alone_until_it_is_told_to_stop(place: Place, tmp_path: Path) -> None:
    with started("work", "--folder", place.folder, errors=tmp_path / "errors") as (_, said):
        assert said == {"working": True}


@pytest.mark.parametrize("what", ["authority", "platform"])
def test_a_sandbox_says_where_it_is_and_ends_when_told(place: Place, tmp_path: Path, what: str) -> None:
    words = ["--secret-file", place.folder / "keys" / "example-webhook.secret"] if what == "platform" else []
    with started(
        "sandbox", what, "--port", "0", "--ledger", tmp_path / "ledger", *words, errors=tmp_path / "errors"
    ) as (_, said):
        assert httpx.get(said["url"]).status_code >= 400


def test_a_sandbox_needs_a_secret_that_only_its_owner_may_read(place: Place) -> None:
    secret = place.folder / "keys" / "example-webhook.secret"
    secret.chmod(0o604)
    from tests.cli.conftest import run

    assert (
        run("sandbox", "platform", "--secret-file", secret, "--port", "0", "--json").error["error"]
        == "secret-file"
    )


def test_the_authority_misbehaves_when_told_to_and_an_unknown_fault_is_refused(tmp_path: Path) -> None:
    words = ("sandbox", "authority", "--port", "0", "--fault", "status=server-error", "--clock-hours", "-30")
    with started(*words, errors=tmp_path / "errors") as (_, said):
        assert "<responseCode>1000<" in httpx.get(f"{said['url']}/status", auth=("sandbox", "sandbox")).text
        assert httpx.get(f"{said['url']}/xsd", auth=("sandbox", "sandbox")).status_code == 200
    from tests.cli.conftest import run

    refused = run("sandbox", "authority", "--port", "0", "--fault", "nonsense", "--json")
    assert (refused.code, refused.error["error"]) == (2, "invalid-input")


def test_a_verb_that_asks_the_authority_prints_its_answer_and_nothing_else(
    place: Place, tmp_path: Path
) -> None:
    with started("sandbox", "authority", "--port", "0", errors=tmp_path / "errors") as (_, said):
        settings, password = place.folder / "wardline.toml", place.folder / "keys" / "authority.secret"
        password.touch(mode=0o600)
        password.write_text("sandbox", "ascii")
        filled = f'[referral]\nauthority = "ncmec"\nsandbox_url = "{said["url"]}"\nusername = "sandbox"\npassword_file = "keys/{password.name}"\n'
        settings.write_text(settings.read_text("utf-8").replace("[referral]\n", filled, 1), "utf-8")
        command = [sys.executable, "-m", "wardline", "check", "--folder", str(place.folder), "--json"]
        printed = subprocess.run(command, capture_output=True, text=True, check=False)
    checks = {each["name"]: each["detail"] for each in json.loads(printed.stdout)["checks"]}
    assert "answers and knows the credentials" in checks["authority"]
    assert printed.stderr == ""
