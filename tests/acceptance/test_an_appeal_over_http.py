"""A flag, a decision, an appeal and its answer, over real HTTP and with the real durable work, on SQLite and on PostgreSQL."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest
import uvicorn

from tests.acceptance.waiting import until
from wardline import records, wiring
from wardline.cli import serve
from wardline.pipeline import people
from wardline.records import DecisionState, MessageKind, ReferralState, Role
from wardline.testing import pictures, postgres
from wardline.testing.authority_sandbox import AuthoritySandbox
from wardline.testing.platform_ledger import AccountState, ContentState
from wardline.testing.platform_sandbox import PlatformSandbox
from wardline.web.app import create_app
from wardline.wiring import Installation, create_installation, create_secret

_SECRET = b"a secret that both sides know, 32+"
_PATIENCE_SECONDS = 90.0
_SETTINGS = """
[store]
adapter = "{adapter}"
{url_file}
[intake]
decode_workers = 1
[review]
undo_seconds = 0.0
[review.opinions]
random_percent = 0.0
[complaints]
redress = "the body that your counsel named."
[complaints.templates]
appeal-overturned = "sorry.txt"
[referral]
authority = "ncmec"
sandbox_url = "{authority}"
username = "sandbox"
password_file = "keys/authority.password"
[referral.reporter]
first_name = "Test"
last_name = "Reporter"
email = "reports@service.example"
platform = "Example service"
[[platforms]]
name = "example"
url = "{platform}"
secret_file = "keys/platform.secret"
"""
_NEEDS = postgres.why_no_postgres()


@pytest.fixture(
    params=[
        "sqlite",
        pytest.param(
            "postgres",
            marks=[pytest.mark.postgres, pytest.mark.skipif(_NEEDS is not None, reason=str(_NEEDS))],
        ),
    ]
)
def adapter(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def authority() -> Iterator[AuthoritySandbox]:
    with AuthoritySandbox().start() as sandbox:
        yield sandbox


@pytest.fixture
def platform() -> Iterator[PlatformSandbox]:
    with PlatformSandbox(_SECRET) as sandbox:
        yield sandbox


@pytest.fixture
def installation(
    adapter: str, tmp_path: Path, authority: AuthoritySandbox, platform: PlatformSandbox
) -> Iterator[Installation]:
    create_secret(tmp_path / "keys" / "platform.secret", _SECRET)
    create_secret(tmp_path / "keys" / "authority.password", b"sandbox")
    (tmp_path / "sorry.txt").write_text(
        "Vi hade fel om {{ facts.content_reference }}. {{ facts.reference }}", "utf-8"
    )
    url_file = ""
    if adapter == "postgres":
        create_secret(tmp_path / "keys" / "postgres.url", postgres.shared_server().new_database().encode())
        url_file = 'url_file = "keys/postgres.url"'
    text = _SETTINGS.format(
        adapter=adapter, url_file=url_file, authority=authority.url, platform=platform.url
    )
    with wiring.open_installation(create_installation(tmp_path, text)) as opened:
        yield opened


@contextmanager
def serving(installation: Installation) -> Iterator[str]:
    """Serve on a free port of this machine, with the durable work; gives the address."""
    durable = installation.durable_work(poll_seconds=0.05)
    durable.start()
    try:
        with serve.listening("127.0.0.1", 0) as listener:
            app = create_app(installation.wardline, low_trust_answer_seconds=0)
            server = uvicorn.Server(
                uvicorn.Config(app, log_level="critical", access_log=False, lifespan="off")
            )
            thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
            thread.start()
            try:
                yield f"http://127.0.0.1:{listener.getsockname()[1]}"
            finally:
                server.should_exit = True
                thread.join(_PATIENCE_SECONDS)
    finally:
        durable.stop()


def a_person(installation: Installation, name: str) -> str:
    """Add a moderator; gives the secret of their key."""
    parts = installation.wardline.parts
    user = people.create_user(parts, name, Role.MODERATOR, "long enough a password")
    return people.create_person_key(parts, name, user)[1]


def call(address: str, secret: str, path: str, **request: Any) -> Any:
    answer = httpx.post(address + path, headers={"Authorization": f"Bearer {secret}"}, timeout=30, **request)
    assert answer.is_success, answer.text
    return answer.json() if "json" in answer.headers.get("content-type", "") else answer.content


def decide(address: str, secret: str, judgement: Callable[[str], dict[str, Any]]) -> str:
    """Take the next case, look at it and decide; gives the case."""
    case = call(address, secret, "/v1/cases/next")
    item_id = case["item_ids"][0]
    call(address, secret, f"/v1/cases/{case['id']}/reveals", json={"item_id": item_id})
    call(address, secret, f"/v1/cases/{case['id']}/decisions", json=judgement(item_id))
    return str(case["id"])


def flag(address: str, secret: str) -> None:
    context = {
        "account_reference": "account-1", "content_reference": "post-1", "surface": "post", "visibility": "public",
        "uploaded_at": datetime.now(UTC).isoformat(),
    }  # fmt: skip
    parts: dict[str, Any] = {
        "flag": (None, json.dumps({"reason": "child-safety"})),
        "context": (None, json.dumps(context)),
        "file": pictures.encode(pictures.scene(8)),
    }
    call(address, secret, "/v1/flags", files=parts)


@pytest.mark.long
def test_an_overturned_appeal_from_the_flag_to_the_correction(
    installation: Installation, authority: AuthoritySandbox, platform: PlatformSandbox
) -> None:
    wardline, store = installation.wardline, installation.wardline.parts.store
    mika, noor = (a_person(installation, name) for name in ("mika", "noor"))
    _, key = people.create_platform_key(
        wardline.parts, "example", "example", trust=records.KeyTrust.LOW, requests_per_minute=600
    )
    with serving(installation) as address:
        flag(address, key)
        case_id = decide(address, mika, lambda item_id: {
            "outcome": "violation", "findings": [{"item_id": item_id, "category": "B1"}],
        })  # fmt: skip
        until(lambda: platform.account_state_of("account-1") is AccountState.SUSPENDED)
        until(lambda: platform.state_of("post-1") is ContentState.REMOVED)
        until(lambda: len(authority.ledger.finished()) == 1)
        until(lambda: len(platform.messages()) == 2)

        said = {"account_reference": "account-1", "content_reference": "post-1", "text": "It is our garden."}
        appeal = call(address, key, "/v1/appeals", json=said)
        blocked = httpx.post(
            f"{address}/v1/cases/{case_id}/claim", headers={"Authorization": f"Bearer {mika}"}, timeout=30
        )
        assert blocked.status_code == 409
        assert decide(address, noor, lambda _: {"outcome": "not-a-violation"}) == case_id

        until(lambda: platform.state_of("post-1") is ContentState.VISIBLE)
        until(lambda: platform.account_state_of("account-1") is AccountState.ACTIVE)
        until(lambda: len(authority.ledger.finished()) == 2)
        until(lambda: len(platform.messages()) == 4)

    first, correction = store.referrals(case_id=case_id)
    assert (correction.corrects, correction.state) == (first.id, ReferralState.FINISHED)
    assert [each.state for each in store.decisions_of(case_id)] == [
        DecisionState.OVERTURNED,
        DecisionState.EFFECTIVE,
    ]
    assert {each.message for each in platform.messages()} == {
        MessageKind.FLAG_RECEIVED, MessageKind.FLAG_ACTED_ON, MessageKind.APPEAL_RECEIVED, MessageKind.APPEAL_OVERTURNED,
    }  # fmt: skip
    assert platform.messages()[-1].text == f"Vi hade fel om post-1. {appeal['id']}"
    assert {each.voided_by is not None for each in store.strikes_of("example", "account-1")} == {True}
    assert store.open_alarms() == []
    checked = wardline.verify_audit()
    assert checked.ok, checked.reason
