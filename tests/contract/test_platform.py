"""The platform contract over the signed webhook, against the platform sandbox."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from wardline import ports, records
from wardline.adapters.clocks import SystemClock
from wardline.adapters.platforms import WebhookPlatform
from wardline.testing.platform_contract import PlatformContract
from wardline.testing.platform_sandbox import Fault, FaultKind, PlatformSandbox

SECRET = b"a secret of the tests"


class TestWebhookPlatform(PlatformContract):
    sandbox: PlatformSandbox

    @pytest.fixture(autouse=True)
    def _sandbox(self) -> Iterator[None]:
        with PlatformSandbox(SECRET) as self.sandbox:
            yield

    @pytest.fixture
    def platform(self) -> Iterator[ports.Platform]:
        platform = WebhookPlatform("example", self.sandbox.url, SECRET, now=SystemClock().now)
        yield platform
        platform.close()

    def effects(self) -> list[tuple[str, records.ActionKind, bool]]:
        return [(action.id, action.action, action.reverse) for action in self.sandbox.actions()]

    def told(self) -> list[tuple[str, str | None, str]]:
        return [(each.id, each.account_reference, each.text) for each in self.sandbox.messages()]

    def fail_next(self) -> None:
        self.sandbox.inject(Fault(FaultKind.ERROR))

    def lose_next_answer(self) -> None:
        self.sandbox.inject(Fault(FaultKind.DROP_AFTER))

    def refuse_next(self) -> None:
        self.sandbox.inject(Fault(FaultKind.REFUSE))
