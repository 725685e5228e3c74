from __future__ import annotations

import itertools
import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest

from wardline import records
from wardline.adapters.clocks import SystemClock
from wardline.adapters.platforms import WebhookPlatform, sign
from wardline.errors import ConfigurationError, IntegrityError, PlatformError
from wardline.testing.clock import VirtualClock
from wardline.testing.platform_contract import action
from wardline.testing.platform_sandbox import AccountState, ContentState, Fault, FaultKind, PlatformSandbox

SECRET = b"a secret of the tests"
RESTRICT = records.ActionKind.RESTRICT_CONTENT
REMOVE = records.ActionKind.REMOVE_CONTENT
RESTORE = records.ActionKind.RESTORE_CONTENT
SUSPEND = records.ActionKind.SUSPEND_ACCOUNT


@contextmanager
def _platform(sandbox: PlatformSandbox) -> Iterator[WebhookPlatform]:
    platform = WebhookPlatform("example", sandbox.url, SECRET, now=SystemClock().now)
    yield platform
    platform.close()


def test_content_and_accounts_go_through_their_states() -> None:
    with PlatformSandbox(SECRET) as sandbox, _platform(sandbox) as platform:
        assert sandbox.state_of("post-42") is ContentState.VISIBLE
        platform.carry_out(action(RESTRICT))
        assert sandbox.state_of("post-42") is ContentState.RESTRICTED
        platform.carry_out(action(RESTORE))
        assert sandbox.state_of("post-42") is ContentState.VISIBLE
        platform.carry_out(action(REMOVE))
        platform.carry_out(action(RESTORE, number=1))
        assert sandbox.state_of("post-42") is ContentState.REMOVED
        assert sandbox.state_of("post-43") is ContentState.VISIBLE
        assert sandbox.account_state_of("account-17") is AccountState.ACTIVE
        platform.carry_out(action(SUSPEND))
        assert sandbox.account_state_of("account-17") is AccountState.SUSPENDED


@pytest.mark.parametrize("kind", [RESTRICT, REMOVE])
def test_a_reversal_puts_content_back_whichever_arrives_first(kind: records.ActionKind) -> None:
    with PlatformSandbox(SECRET) as sandbox, _platform(sandbox) as platform:
        platform.carry_out(action(kind))
        platform.reverse(action(kind))
        assert sandbox.state_of("post-42") is ContentState.VISIBLE
        platform.reverse(action(kind, number=1))
        platform.carry_out(action(kind, number=1))
        assert sandbox.state_of("post-42") is ContentState.VISIBLE


def test_each_request_takes_the_next_fault_and_then_nothing_goes_wrong() -> None:
    faults = [Fault(FaultKind.DROP_BEFORE), None, Fault(FaultKind.DELAY, seconds=0.01)]
    with PlatformSandbox(SECRET, faults=faults) as sandbox, _platform(sandbox) as platform:
        with pytest.raises(PlatformError):
            platform.carry_out(action(number=1))
        for number in (2, 3, 4):
            platform.carry_out(action(number=number))
        assert [received.id for received in sandbox.actions()] == [
            action(number=number).id for number in (2, 3, 4)
        ]


def test_faults_may_be_endless() -> None:
    with (
        PlatformSandbox(SECRET, faults=itertools.repeat(Fault(FaultKind.ERROR))) as sandbox,
        _platform(sandbox) as platform,
    ):
        for _ in range(5):
            with pytest.raises(PlatformError):
                platform.carry_out(action())
        assert not sandbox.actions()


def _post(
    sandbox: PlatformSandbox,
    body: bytes,
    secret: bytes = SECRET,
    *,
    path: str = "",
    at: datetime | None = None,
) -> int:
    stamp = str(int((at or datetime.now(UTC)).timestamp()))
    headers = {"Wardline-Timestamp": stamp, "Wardline-Signature": sign(secret, stamp, body)}
    return httpx.post(sandbox.url + path, content=body, headers=headers, trust_env=False).status_code


def _fields(**changes: object) -> bytes:
    fields: dict[str, object] = {
        "id": "action-1", "type": "action", "action": "restrict-content", "account_reference": "account-17",
        "content_reference": "post-42", "case_id": "case-1", "created_at": "2026-11-23T09:30:00+00:00", "reverse": False,
    }  # fmt: skip
    return json.dumps({**fields, **changes}).encode()


def test_a_call_that_is_not_signed_right_or_old_changes_nothing() -> None:
    with PlatformSandbox(SECRET) as sandbox:
        assert _post(sandbox, _fields(), b"another secret of tests") == 401
        assert _post(sandbox, _fields(), at=datetime(2020, 1, 1, tzinfo=UTC)) == 401
        assert httpx.post(sandbox.url, content=_fields(), trust_env=False).status_code == 401
        assert not sandbox.actions()
        assert _post(sandbox, _fields()) == 204


@pytest.mark.parametrize(
    "body",
    [
        b"", b"no json", b"[]", b"{}", _fields(action="unknown"), _fields(reverse="yes"), _fields(id=3), _fields(id=""),
        _fields(content_reference=None), _fields(content_reference=7),
    ],
)  # fmt: skip
def test_a_signed_call_of_another_form_is_refused(body: bytes) -> None:
    with PlatformSandbox(SECRET) as sandbox:
        assert _post(sandbox, body) == 400
        assert not sandbox.actions()


def test_other_paths_and_large_bodies_are_refused() -> None:
    with PlatformSandbox(SECRET) as sandbox:
        assert _post(sandbox, _fields(), path="/other") == 404
        assert _post(sandbox, b"x" * 70_000) == 413


def test_the_sandbox_can_live_in_simulated_time() -> None:
    clock = VirtualClock(datetime(2031, 5, 1, tzinfo=UTC))
    with PlatformSandbox(SECRET, now=clock.now) as sandbox:
        assert _post(sandbox, _fields(), at=clock.now()) == 204
        assert sandbox.actions()[0].received_at == "2031-05-01T00:00:00+00:00"


def test_a_stopped_sandbox_answers_nothing_and_goes_on_at_the_same_address() -> None:
    sandbox = PlatformSandbox(SECRET).start()
    with _platform(sandbox) as platform:
        platform.carry_out(action(number=1))
        url = sandbox.url
        sandbox.stop()
        sandbox.stop()
        with pytest.raises(PlatformError):
            platform.carry_out(action(number=2))
        with sandbox:
            assert sandbox.url == url
            platform.carry_out(action(number=2))
        assert len(sandbox.actions()) == 2


def test_starting_twice_on_a_taken_port_and_asking_before_the_start_are_errors() -> None:
    with pytest.raises(ConfigurationError):
        PlatformSandbox(SECRET).actions()
    with PlatformSandbox(SECRET) as sandbox:
        with pytest.raises(ConfigurationError):
            sandbox.start()
        with pytest.raises(ConfigurationError):
            PlatformSandbox(SECRET, port=int(sandbox.url.split(":")[2].split("/")[0])).start()


def test_a_killed_sandbox_remembers_everything_it_answered(tmp_path: Path) -> None:
    ledger = tmp_path / "ledger.jsonl"
    program = (
        "import time; from pathlib import Path; from wardline.testing.platform_sandbox import PlatformSandbox\n"
        f"print(PlatformSandbox({SECRET!r}, Path({str(ledger)!r})).start().url, flush=True); time.sleep(60)"
    )
    with subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        platform = WebhookPlatform(
            "example", process.stdout.readline().strip(), SECRET, now=SystemClock().now
        )
        for number in range(5):
            platform.carry_out(action(number=number))
        platform.reverse(action(number=4))
        os.kill(process.pid, signal.SIGKILL)
        platform.close()
    with ledger.open("ab") as file:
        file.write(b'{"id":"action-cut')  # what a crash in the middle of a write leaves
    with PlatformSandbox(SECRET, ledger) as sandbox, _platform(sandbox) as platform:
        assert len(sandbox.actions()) == 6
        platform.carry_out(action(number=0))
        platform.carry_out(action(number=9))
        assert len(sandbox.actions()) == 7
        assert sandbox.state_of("post-42") is ContentState.RESTRICTED
    with PlatformSandbox(SECRET, ledger) as sandbox:
        assert len(sandbox.actions()) == 7


def test_a_ledger_with_a_malformed_line_in_it_is_an_integrity_error(tmp_path: Path) -> None:
    ledger = tmp_path / "ledger.jsonl"
    ledger.write_bytes(b"not an action\n")
    with pytest.raises(IntegrityError), PlatformSandbox(SECRET, ledger):
        pass
