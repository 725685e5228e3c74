"""The exchange contract over every adapter: four over HTTP against the sandbox, one over a file."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.unit.exchanges.owners import FileOwner, SandboxOwner, World
from wardline.adapters.exchanges.cursors import Cursors
from wardline.testing.exchange_contract import ExchangeContract, ExchangeOpener, Hash, hash_number


class OverSandbox(ExchangeContract):
    """What the four have in common."""

    exchange: str

    @pytest.fixture
    def owner(self) -> Iterator[SandboxOwner]:
        world = World()
        with world.sandbox:
            yield SandboxOwner(world, self.exchange)

    @pytest.fixture
    def open_exchange(self, owner: SandboxOwner) -> ExchangeOpener:
        return lambda: owner.world.open(self.exchange)

    @pytest.fixture
    def foreign_cursor(self) -> str:
        return Cursors("x", self.exchange, "production").write(since=1, start=1, began=1, after="1")


class TestNcmec(OverSandbox):
    exchange = "ncmec"


class TestStopNcii(OverSandbox):
    exchange = "stopncii"


class TestThreatExchange(OverSandbox):
    exchange = "threatexchange"


class TestTat(OverSandbox):
    exchange = "tat"


class TestLocal(ExchangeContract):
    many = 10_500

    @pytest.fixture
    def owner(self, tmp_path: Path) -> FileOwner:
        return FileOwner(tmp_path / "list.csv")

    @pytest.fixture
    def open_exchange(self, owner: FileOwner) -> ExchangeOpener:
        return owner.open

    @pytest.fixture
    def foreign_cursor(self) -> str:
        return Cursors("x", "ncmec", "NGO").write(sha256="0")

    @pytest.fixture
    def shared(self, owner: FileOwner) -> list[Hash]:
        entries = [hash_number(number, owner.kinds) for number in range(self.many)]
        owner.share_all(entries)
        return entries
