"""The witness contract over a file, webhook and mail, the last two against servers on loopback."""

from __future__ import annotations

import json
import os
import resource
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.unit.notifiers.mail_server import MailServer, certificate, mail_server
from tests.unit.platforms.receiver import Receiver, receiving
from wardline import plugins, ports
from wardline.adapters.clocks import SystemClock
from wardline.adapters.notifiers import SmtpNotifier, WebhookNotifier
from wardline.adapters.witnesses import FileWitness
from wardline.errors import ConfigurationError, WitnessError
from wardline.testing.witness_contract import WitnessContract, checkpoint


class TestFileWitness(WitnessContract):
    path: Path

    @pytest.fixture
    def witness(self, tmp_path: Path) -> ports.Witness:
        self.path = tmp_path / "kept.txt"
        return FileWitness("elsewhere", self.path)

    def received(self) -> list[bytes]:
        return [self.path.read_bytes()]

    def fail_next(self) -> None:
        self.path.mkdir()

    def works_again(self) -> None:
        self.path.rmdir()

    def test_what_a_crash_left_half_written_hides_no_later_note(self, witness: ports.Witness) -> None:
        witness.keep(checkpoint(1))
        whole = checkpoint(2).note
        for torn in range(1, len(whole), 7):
            with self.path.open("a", encoding="utf-8") as file:
                file.write(whole[:torn])
            witness.keep(checkpoint(3))
            assert witness.kept()[0] == checkpoint(1).note
            assert witness.kept()[-1] == checkpoint(3).note

    def test_a_file_that_cannot_be_read_is_no_empty_one(self, witness: ports.Witness) -> None:
        self.path.mkdir()
        with pytest.raises(WitnessError, match="cannot be read"):
            witness.kept()

    def test_a_note_that_is_written_in_part_was_not_kept(self, witness: ports.Witness) -> None:
        witness.keep(checkpoint(1))
        limit = self.path.stat().st_size + 20
        child = os.fork()
        if not child:  # a limit of the whole process, so in one that ends
            signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
            resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
            try:
                witness.keep(checkpoint(2))
            except WitnessError:
                os._exit(7)
            finally:
                os._exit(1)
        assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 7
        witness.keep(checkpoint(3))
        assert witness.kept() == [checkpoint(1).note, checkpoint(3).note]

    @pytest.mark.parametrize("options", [{}, {"path": "here.txt"}, {"path": "/tmp/x", "more": "1"}])
    def test_its_file_is_given_by_an_absolute_path(self, options: dict[str, str]) -> None:
        with pytest.raises(ConfigurationError, match="absolute path"):
            plugins.load("witnesses", "file")("elsewhere", options, b"", now=SystemClock().now)


class TestWebhookWitness(WitnessContract):
    receiver: Receiver

    @pytest.fixture(autouse=True)
    def _receiver(self) -> Iterator[None]:
        with receiving() as self.receiver:
            yield

    @pytest.fixture
    def witness(self) -> Iterator[ports.Witness]:
        witness = WebhookNotifier("far", self.receiver.url, b"a secret of the tests", now=SystemClock().now)
        yield witness
        witness.close()

    def received(self) -> list[bytes]:
        return [json.loads(body)["note"].encode() for _, body in self.receiver.requests]

    def fail_next(self) -> None:
        self.receiver.drop = True

    def works_again(self) -> None:
        self.receiver.drop = False
        self.receiver.requests.clear()


class TestSmtpWitness(WitnessContract):
    mail: MailServer

    @pytest.fixture(autouse=True)
    def _mail(self) -> Iterator[None]:
        with mail_server() as self.mail:
            yield

    @pytest.fixture
    def witness(self) -> ports.Witness:
        return SmtpNotifier(
            "mail", host="127.0.0.1", port=self.mail.port, sender="wardline@example.org", recipients=["witness@example.org"],
            tls=certificate()[1],
        )  # fmt: skip

    def received(self) -> list[bytes]:
        return [text.encode() for text in self.mail.messages]

    def fail_next(self) -> None:
        self.mail.refuse_next = True

    def works_again(self) -> None:
        """It refuses one message only."""
