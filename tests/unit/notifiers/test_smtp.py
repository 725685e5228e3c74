from __future__ import annotations

import dataclasses
import email
import email.policy
from typing import Any

import pytest

from tests.unit.notifiers.mail_server import MailServer, certificate, mail_server
from wardline.adapters.notifiers import SmtpNotifier, SmtpSecurity
from wardline.errors import ConfigurationError, NotifierError
from wardline.testing.notifier_contract import alarm


def _notifier(mail: MailServer | None = None, **changes: Any) -> SmtpNotifier:
    values: dict[str, Any] = {
        "host": "127.0.0.1", "port": mail.port if mail else 25, "sender": "wardline@example.org",
        "recipients": ["duty@example.org", "lead@example.org"], "tls": certificate()[1], "timeout_seconds": 5,
    }  # fmt: skip
    return SmtpNotifier("mail", **{**values, **changes})


def test_the_password_is_sent_only_after_the_connection_is_encrypted() -> None:
    with mail_server() as mail:
        _notifier(mail, user="wardline", password="right").notify(alarm())
    assert mail.signed_in == [("wardline", "right", True)]
    assert mail.envelopes == [["duty@example.org", "lead@example.org"]]


def test_a_server_without_encryption_gets_neither_password_nor_message() -> None:
    with mail_server(offers_starttls=False) as mail, pytest.raises(NotifierError):
        _notifier(mail, user="wardline", password="right").notify(alarm())
    assert not mail.signed_in
    assert not mail.messages


def test_a_certificate_that_nobody_vouches_for_is_refused() -> None:
    with mail_server() as mail, pytest.raises(NotifierError):
        _notifier(mail, tls=None).notify(alarm())
    assert not mail.messages


def test_encryption_from_the_first_byte_works_too() -> None:
    with mail_server(tls_from_the_start=True) as mail:
        _notifier(mail, security=SmtpSecurity.TLS).notify(alarm())
    assert len(mail.messages) == 1


def test_plain_mail_goes_to_this_machine_only() -> None:
    with mail_server(offers_starttls=False) as mail:
        _notifier(mail, security=SmtpSecurity.PLAIN).notify(alarm())
    assert len(mail.messages) == 1
    with pytest.raises(ConfigurationError):
        _notifier(host="mail.example.org", security=SmtpSecurity.PLAIN)


def test_a_wrong_password_is_an_error_that_shows_neither_password_nor_address() -> None:
    with mail_server() as mail, pytest.raises(NotifierError, match="535") as caught:
        _notifier(mail, user="wardline", password="wrong-word").notify(alarm())
    assert "wrong-word" not in str(caught.value)
    assert "example.org" not in str(caught.value)


def test_a_recipient_who_was_not_told_is_an_error() -> None:
    with mail_server() as mail:
        mail.refused_recipients = frozenset({"lead@example.org"})
        with pytest.raises(NotifierError, match="1 of 2"):
            _notifier(mail).notify(alarm())
        mail.refused_recipients = frozenset({"lead@example.org", "duty@example.org"})
        with pytest.raises(NotifierError):
            _notifier(mail).notify(alarm())


def test_a_missing_server_is_an_error() -> None:
    with mail_server() as mail:
        pass
    with pytest.raises(NotifierError):
        _notifier(mail).notify(alarm())


def test_the_message_is_marked_as_automatic_and_the_same_alarm_has_the_same_id() -> None:
    with mail_server() as mail:
        _notifier(mail).notify(alarm())
        _notifier(mail).notify(alarm())
    first, second = (email.message_from_string(text, policy=email.policy.default) for text in mail.messages)
    assert first["Message-ID"] == second["Message-ID"]
    assert first["Auto-Submitted"] == "auto-generated"
    assert first["Date"].datetime == alarm().raised_at
    assert "23 November 2026, 09:30:00 UTC" in first.get_content()


def test_a_subject_with_line_breaks_cannot_add_headers() -> None:
    sly = dataclasses.replace(alarm(), subject_id="disk\r\nBcc: other@example.org")
    with mail_server() as mail:
        _notifier(mail).notify(sly)
    message = email.message_from_string(mail.messages[0], policy=email.policy.default)
    assert message["Bcc"] is None
    assert mail.envelopes == [["duty@example.org", "lead@example.org"]]


@pytest.mark.parametrize(
    "changes",
    [
        {"recipients": []}, {"recipients": ["nobody"]}, {"sender": "@example.org"}, {"sender": "a@b\r\nBcc: c@d"}, {"sender": ""},
        {"user": "wardline"}, {"password": "word"},
    ],
)  # fmt: skip
def test_settings_that_cannot_work_are_refused_at_once(changes: dict[str, Any]) -> None:
    with pytest.raises(ConfigurationError):
        _notifier(**changes)
