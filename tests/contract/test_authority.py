"""Every authority adapter keeps the contract."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime

import pytest

from tests.unit.ncmec.samples import RememberingSandbox
from wardline import ports
from wardline.adapters.authorities.ncmec import NcmecAuthority
from wardline.testing.authority_contract import AuthorityContract
from wardline.testing.authority_sandbox import AuthoritySandbox, Fault


def _now() -> datetime:
    return datetime.now(UTC)


def _client(url: str, *, password: str) -> NcmecAuthority:
    return NcmecAuthority("sandbox", "sandbox", password, _now, sandbox_url=url)


class TestNcmecAuthority(AuthorityContract):
    @pytest.fixture
    def sandbox(self) -> Iterator[RememberingSandbox]:
        sandbox = RememberingSandbox()
        with sandbox:
            yield sandbox

    @pytest.fixture
    def received(self, sandbox: RememberingSandbox) -> Callable[[], Sequence[bytes]]:
        return lambda: [request.body for request in sandbox.requests]

    @pytest.fixture
    def authority(self, sandbox: AuthoritySandbox) -> Iterator[ports.Authority]:
        with _client(sandbox.url, password=sandbox.password) as client:
            yield client

    @pytest.fixture
    def unreachable_authority(self) -> Iterator[ports.Authority]:
        with socket.socket() as taken:
            taken.bind(("127.0.0.1", 0))  # bound and not listening: every connection is refused
            with _client(f"http://127.0.0.1:{taken.getsockname()[1]}/ispws", password="sandbox") as client:
                yield client

    @pytest.fixture
    def denied_authority(self, sandbox: AuthoritySandbox) -> Iterator[ports.Authority]:
        with _client(sandbox.url, password="another") as client:
            yield client

    @pytest.fixture
    def lose_next_answer(self, sandbox: AuthoritySandbox) -> Callable[[], None]:
        def lose() -> None:
            faults = iter([Fault.DROP_AFTER])
            sandbox.faults = lambda _call, _number: next(faults, None)

        return lose

    def test_the_status_call_checks_the_credentials(self, sandbox: AuthoritySandbox) -> None:
        with _client(sandbox.url, password=sandbox.password) as client:
            answer = client.status()
        assert answer.remote_id is None
        assert answer.request_id
        assert b"Remote User : sandbox" in answer.body
