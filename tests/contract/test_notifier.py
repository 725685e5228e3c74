"""The notifier contract over webhook and mail, against servers on loopback."""

from __future__ import annotations

import email
import email.policy
import json
from collections.abc import Iterator

import pytest

from tests.unit.notifiers.mail_server import MailServer, certificate, mail_server
from tests.unit.platforms.receiver import Receiver, receiving
from wardline import ports
from wardline.adapters.clocks import SystemClock
from wardline.adapters.notifiers import SmtpNotifier, WebhookNotifier
from wardline.testing.notifier_contract import NotifierContract


class TestWebhookNotifier(NotifierContract):
    receiver: Receiver

    @pytest.fixture(autouse=True)
    def _receiver(self) -> Iterator[None]:
        with receiving() as self.receiver:
            yield

    @pytest.fixture
    def notifier(self) -> Iterator[ports.Notifier]:
        notifier = WebhookNotifier("duty", self.receiver.url, b"a secret of the tests", now=SystemClock().now)
        yield notifier
        notifier.close()

    def delivered(self) -> list[str]:
        self.receiver.drop = False
        return [" ".join(map(str, json.loads(body).values())) for _, body in self.receiver.requests]

    def fail_next(self) -> None:
        self.receiver.drop = True


class TestSmtpNotifier(NotifierContract):
    mail: MailServer

    @pytest.fixture(autouse=True)
    def _mail(self) -> Iterator[None]:
        with mail_server() as self.mail:
            yield

    @pytest.fixture
    def notifier(self) -> ports.Notifier:
        return SmtpNotifier(
            "mail",
            host="127.0.0.1",
            port=self.mail.port,
            sender="wardline@example.org",
            recipients=["duty@example.org"],
            tls=certificate()[1],
        )

    def delivered(self) -> list[str]:
        messages = [
            email.message_from_string(text, policy=email.policy.default) for text in self.mail.messages
        ]
        return [f"{message['Subject']}\n{message.get_content()}" for message in messages]

    def fail_next(self) -> None:
        self.mail.refuse_next = True
