"""Every authority adapter keeps the contract."""

from __future__ import annotations

import errno
import secrets
import socket
import zipfile
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from tests.unit.ncmec.samples import RememberingSandbox
from wardline import ports
from wardline.adapters.authorities.ncmec import NcmecAuthority
from wardline.adapters.authorities.pack import NcaPack, PackAuthority, SignedPack
from wardline.errors import ReportFinishedError
from wardline.testing.authority_contract import AuthorityContract, sample_report
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


class PackContract(AuthorityContract):
    """Both receivers of packs keep it; ``kind`` says which."""

    kind: type[PackAuthority]

    @pytest.fixture
    def folder(self, tmp_path: Path) -> Path:
        folder = tmp_path / "packs"
        folder.mkdir(mode=0o700)
        return folder

    @pytest.fixture
    def faults(self) -> dict[str, OSError]:
        return {}

    def made(self, folder: Path, faults: dict[str, OSError] | None = None) -> PackAuthority:
        def reached(name: str) -> None:
            if faults and (fault := faults.pop(name, None)):
                raise fault

        return self.kind(
            environment="sandbox", clock_now=_now, folder=folder, key=Ed25519PrivateKey.from_private_bytes(bytes(32)),
            entropy=secrets.token_bytes, reached=reached,
        )  # fmt: skip

    @pytest.fixture
    def authority(self, folder: Path, faults: dict[str, OSError]) -> ports.Authority:
        return self.made(folder, faults)

    @pytest.fixture
    def received(self, folder: Path) -> Callable[[], Sequence[bytes]]:
        def members() -> list[bytes]:
            (whole,) = folder.glob("*.zip")
            with zipfile.ZipFile(whole) as archive:
                return [archive.read(name) for name in archive.namelist()]

        return members

    @pytest.fixture
    def unreachable_authority(self, tmp_path: Path) -> ports.Authority:
        return self.made(tmp_path / "a disk that is not there")

    @pytest.fixture
    def denied_authority(self, folder: Path) -> ports.Authority:
        folder.chmod(0o755)
        return self.made(folder)

    @pytest.fixture
    def lose_next_answer(self, faults: dict[str, OSError]) -> Callable[[], None]:
        def lose() -> None:
            faults["pack:whole"] = OSError(errno.EIO, "input/output error")

        return lose

    def test_what_is_finished_waits_for_a_person_to_file_it(self, authority: ports.Authority) -> None:
        remote_id = authority.submit(sample_report()).remote_id or ""
        assert authority.finish(remote_id).awaits_filing
        with pytest.raises(ReportFinishedError) as caught:
            authority.retract(remote_id)
        assert caught.value.awaits_filing


class TestNcaPack(PackContract):
    kind = NcaPack


class TestSignedPack(PackContract):
    kind = SignedPack
